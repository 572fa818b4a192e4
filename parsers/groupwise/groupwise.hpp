#pragma once
// The startup file of Novell GroupWise's Internet gateways (GWSMTP.CFG, GWIA.CFG): one command-line switch a line. What
// is taken from it for relaying is a short survey; README.md has the syntax and its sources.

#include <cstdint>
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

namespace relaylint::groupwise {

enum class Prefix : std::uint8_t { None, Slash, Dash, DoubleDash };

/// One line, split. All ranges are absolute within the file.
struct Line {
  LeafKind kind = LeafKind::Blank;
  TextRange whole{};  ///< with the line ending
  TextRange body{};   ///< without line ending and outer blanks; of a comment, with its mark
  Prefix prefix = Prefix::None;
  TextRange name{};   ///< of a switch, without its prefix
  TextRange value{};  ///< what follows the separator, to the end of the body
  bool bare = false;  ///< a switch with nothing behind its name
  bool indented = false;
};

/// Splits the line that starts at `start` (less than the size of `bytes`).
Line split_line(std::string_view bytes, std::uint32_t start);

/// The two switches that close relaying.
enum class Protection : std::uint8_t { NoRouting, ForceInboundAuth };
std::string_view switch_name(Protection protection);

/// A place where one of them is named.
struct Mention {
  enum class Kind : std::uint8_t {
    Switch,         ///< a switch line of that name; whether it counts depends on the file's style
    CommentedOut,   ///< a comment that starts with the switch; `alone` if nothing else stands there
    Misspelt,       ///< a switch whose name is nearly that
    WithoutPrefix,  ///< the name alone, without / or --
    InComment,      ///< behind a comment mark in the middle of another switch's line
    InOtherSwitch,  ///< behind another switch, without a comment mark
  };
  Kind kind = Kind::Switch;
  Protection protection = Protection::NoRouting;
  TextRange line{};  ///< without line ending and outer blanks
  TextRange text{};  ///< the switch with its prefix, or the word
  Prefix prefix = Prefix::None;
  bool alone = false;  ///< nothing but the switch (and a comment mark before it) on the line
  bool indented = false;
  bool lower_case = false;
};

/// How the file spells its switches. Slash: NetWare and Windows up to version 8; Dash: Linux, and everywhere from 2012
/// on.
enum class Style : std::uint8_t { Unknown, Slash, Dash };

/// What one pass over the file gives. Linear; a stored mention for each line that names a protection.
struct Survey {
  std::uint32_t slash_switches = 0;
  std::uint32_t dash_switches = 0;
  std::uint32_t upper_case_names = 0;  ///< of the switches with a slash
  std::uint32_t other_names = 0;
  std::vector<Mention> mentions{};
  std::optional<TextRange> smarthost{};  ///< /mh
  std::optional<TextRange> dsn_age{};    ///< /dsnage: version 6 or later
  std::optional<TextRange> imip{};       ///< /imip: version 8 or later
  std::optional<TextRange> host_name{};  ///< the value of /hn
  /// A version that a comment names ("# GroupWise 2014 R2"), the highest of them.
  std::optional<std::string> named_version{};
  TextRange named_version_at{};

  [[nodiscard]] Style style() const;
};

Survey survey_of(std::string_view bytes);

/// "GroupWise 6.5", "GWIA 7.0.1", "GroupWise 2014" in a comment: the number, and where it stands within `text`.
struct NamedVersion {
  std::string version;
  std::size_t at = 0;
};
std::optional<NamedVersion> version_in_comment(std::string_view text);

/// Who decides what is not in the file.
enum class Era : std::uint8_t {
  FileDecides,      ///< 4.1 to 6.5: no switch means that everything is passed on
  DatabaseDecides,  ///< from 7 on: wpdomain.db holds the setting, the file only overrides it
  Unknown,
};
Era era_of_version(std::string_view version);

/// Does a mention protect?
enum class Standing : std::uint8_t { Protects, Doubtful, Ineffective };
struct Judgement {
  Standing standing = Standing::Ineffective;
  std::string_view reason;  ///< "has no / before it": completes "`norouting` …"
};
Judgement judge_mention(const Mention& mention, Style style);

class GroupWiseDocument final : public Document {
 public:
  GroupWiseDocument(SourceSet& set, FileId main_file) : Document(set, main_file) {}
  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  Survey survey{};
  bool utf16 = false;  ///< not read at all

  [[nodiscard]] std::string_view bytes() const { return sources().file(main()).bytes(); }
  [[nodiscard]] std::string_view slice(TextRange range) const { return sources().file(main()).slice(range); }
};

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

}  // namespace relaylint::groupwise
