#pragma once
// The `config` attribute file of smail 3. README.md has the syntax, the attributes and the sources; what differs
// between versions is data in attributes.cpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/change.hpp"
#include "lint/document.hpp"
#include "lint/policy.hpp"

namespace relaylint {
struct LowerOptions;
}  // namespace relaylint

namespace relaylint::smail {

// --- versions and attributes (attributes.cpp) -------------------------------------------------------------------

/// Does a version have smtp_remote_allow?
enum class RelayControl : std::uint8_t { None, Present, Unknown };
RelayControl relay_control_of(std::string_view version);

enum class AttributeType : std::uint8_t {
  Boolean,  ///< `NAME`, `+NAME` or `-NAME` only
  Value,    ///< string or number: `NAME = VALUE`, or `-NAME` to unset
  Either,   ///< not known which
};
struct Attribute {
  std::string_view name;
  AttributeType type = AttributeType::Value;
  /// Known to later releases only: 3.2.0 refuses to run with it.
  bool later = false;
  /// Names the attribute where `name` is an alias; else empty.
  std::string_view canonical{};

  [[nodiscard]] std::string_view key() const { return canonical.empty() ? name : canonical; }
};
/// Null for a name that no version at hand is known to have. Names are case-sensitive.
const Attribute* find_attribute(std::string_view name);
/// Is this a name that hardly another program's configuration has?
bool is_telling_name(std::string_view name);
/// "3.1.28" of "smail3.1.28" or "Smail-3.2.0.115", where a text names one.
struct NamedVersion {
  std::string version;
  std::size_t at = 0;
};
std::optional<NamedVersion> version_in_text(std::string_view text);

// --- lines and entries (entries.cpp) ----------------------------------------------------------------------------

/// A blank line, a comment line or an entry with its continuation lines.
struct Item {
  LeafKind kind = LeafKind::Blank;
  TextRange whole{};  ///< with the line ending
  TextRange text{};   ///< of an entry: from its first character to the end of its last line
};
/// The item that starts at `start` (less than the size of `bytes`).
Item next_item(std::string_view bytes, std::uint32_t start);

/// An entry as smail's value parser sees it: backslash-newline and the blanks behind it taken out.
class JoinedText {
 public:
  JoinedText(std::string_view bytes, TextRange text);
  [[nodiscard]] std::string_view view() const { return joined_.empty() ? plain_ : std::string_view(joined_); }
  /// The place in the file of a place in `view`.
  [[nodiscard]] std::uint32_t source(std::size_t at) const;

 private:
  struct Piece {
    std::size_t at;
    std::uint32_t source;
  };
  std::string_view plain_;
  std::string joined_{};
  std::vector<Piece> pieces_{};
};

// --- one entry (grammar.cpp) ------------------------------------------------------------------------------------

/// A value, unquoted: each character with its place in the joined text.
struct Unquoted {
  std::string text;
  std::vector<std::uint32_t> at{};
};

/// Offsets are within the text that was parsed.
struct ParsedEntry {
  enum class Error : std::uint8_t { None, NoName, SignedValue, NoEquals, Unterminated, AfterValue };
  Error error = Error::None;
  std::size_t error_at = 0;
  char sign = 0;  ///< '+', '-' or 0
  TextRange name{};
  bool has_value = false;
  bool quoted = false;
  TextRange value{};  ///< with its quotes
  Unquoted decoded{};
};
ParsedEntry parse_entry(std::string_view text);
std::string_view message_of(ParsedEntry::Error error);

// --- the document (parse.cpp) -----------------------------------------------------------------------------------

/// The last word on an attribute, or an earlier one.
struct Assignment {
  FileId file{};
  TextRange whole{};  ///< the entry's leaf, with its line ending
  TextRange text{};   ///< the entry without the comment behind it
  TextRange name{};
  TextRange value{};    ///< with its quotes; empty where there is none
  TextRange content{};  ///< inside the quotes
  char sign = 0;
  bool quoted = false;
  /// Unquoted value; nothing for `NAME`, `+NAME` and `-NAME`.
  std::optional<std::string> text_value{};
  std::vector<std::uint32_t> at{};  ///< place in the file of each character of `text_value`
  /// A comment line that ends in a backslash stands right before it: smail may take both for one.
  bool doubtful = false;

  [[nodiscard]] bool is_unset() const { return sign == '-'; }
  [[nodiscard]] Span span(TextRange range) const { return {file, range}; }
};

class SmailDocument final : public Document {
 public:
  SmailDocument(SourceSet& set, FileId main_file) : Document(set, main_file) {}
  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  /// By canonical name, the last assignment; second_config_file's come after the main file's.
  std::map<std::string_view, Assignment> attributes{};
  /// All assignments of smtp_remote_allow but the last.
  std::vector<Assignment> overridden_allow{};
  /// The first attribute that no version is known to have.
  std::optional<Span> unknown_name{};
  /// The first attribute that only later releases have.
  std::optional<Span> later_attribute{};
  /// smtp_remote_allow at the start of a line that a backslash made part of a comment.
  std::optional<Span> swallowed_allow{};
  /// A version that a comment or the banner names.
  std::optional<std::string> named_version{};
  Span named_version_at{};
  /// The value of smtp_remote_allow where it lacks the quotes that its blanks or commas need.
  std::optional<Span> unquoted_allow{};
  /// second_config_file cannot be looked at: where it is named, and why.
  std::optional<Note> missing_file{};
  FileId last_file{};  ///< the file that is read last: where new entries go

  [[nodiscard]] const Assignment* find(std::string_view name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? nullptr : &found->second;
  }
};

/// For a policy whose version is known or not: smtp_remote_allow and its like are evidence where it is not.
RelayControl relay_control_of(const SmailDocument& document, const RelayPolicy& policy);

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

// --- lists (lists.cpp) ------------------------------------------------------------------------------------------

/// An item of a colon-separated value, without blanks around it and without the explanation behind `;`.
struct ListItem {
  std::string text;
  TextRange place{};  ///< in the file, from its first to its last character, explanation and all
};
/// Empty items are left out.
std::vector<ListItem> split_list(const Assignment& assignment);

/// A client item of smtp_remote_allow and its relatives.
struct ClientItem {
  enum class Kind : std::uint8_t {
    Addresses,  ///< exactly `set`
    LocalNet,   ///< the networks of the machine's own interfaces
    HostName,   ///< a name, which is not looked up
    Unclear,    ///< not known what smail makes of it; certainly nothing outside `set`
  };
  Kind kind = Kind::Unclear;
  bool negated = false;
  AddressSet set{};
  TextRange place{};
  std::string text;
};
std::vector<ClientItem> client_items(const Assignment& assignment);

// --- lists as clauses (clients.cpp) -----------------------------------------------------------------------------

/// smtp_remote_allow: its clients are accepted, and `list` refuses at its end.
void add_allowed(const Assignment& allow, DecisionList& list, std::vector<Note>& assumptions);
/// smtp_recipient_no_verify: its clients may escape the check that follows.
void add_unverified(const Assignment& lax, DecisionList& list);

}  // namespace relaylint::smail
