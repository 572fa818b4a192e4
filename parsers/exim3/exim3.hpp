#pragma once
// Exim 3 configuration files (3.0 to 3.36), inside the format: the document, and the seams between its files.
// Semantics: README.md.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "lint/format.hpp"
#include "lint/policy.hpp"
#include "parsers/support/exim_lines.hpp"
#include "parsers/support/exim_list.hpp"
#include "parsers/support/exim_options.hpp"

namespace relaylint::exim3 {

/// One setting, of the main section or of a driver.
struct Setting {
  EximOption option{};
  EximText line{};
  EximString value{};
  Span span{};  ///< the whole statement

  [[nodiscard]] Span value_span() const { return line.place(option.value_range); }
  /// The statement on one line, cut where it is long; for messages.
  [[nodiscard]] std::string text() const;
};

/// A transport, director, router or authenticator.
struct Driver {
  std::string name{};
  Span span{};
  std::vector<Setting> settings{};

  [[nodiscard]] const Setting* find(std::string_view option) const;
  /// The value of a setting; empty where it is not set.
  [[nodiscard]] std::string_view text(std::string_view option) const;
};

/// A line of the rewrite section: `PATTERN REPLACEMENT FLAGS`.
struct RewriteRule {
  EximText pattern{};
  EximText replacement{};
  std::string flags{};
  Span span{};
};

class Exim3Document final : public Document {
 public:
  using Document::Document;
  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  /// A setting of the main section; null where it is not set.
  [[nodiscard]] const Setting* find(std::string_view option) const;
  /// A boolean of the main section: false where it is not set (the default of all that matter here).
  [[nodiscard]] bool is_on(std::string_view option) const;

  EximLines lines{};
  std::vector<Setting> settings{};                            ///< of the main section, in file order
  std::map<std::string, std::size_t, std::less<>> by_name{};  ///< the first of each name
  std::vector<Driver> transports{};
  std::vector<Driver> directors{};
  std::vector<Driver> authenticators{};
  std::vector<RewriteRule> rewrites{};
  /// Where the main section ends: its `end` line, or the end of the file.
  Span main_end{};
};

/// What kind of value a main option takes. Unchecked: it has nothing to do with relaying.
enum class OptionType { Boolean, String, Unchecked };
/// Nothing for a name that Exim 3 does not have.
std::optional<OptionType> main_option(std::string_view name);
/// All names of the main section.
std::span<const std::string_view> main_options();
/// Options by which only Exim 3 is known: its relay control.
bool is_exim3_policy_option(std::string_view name);

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);
Detection detect(std::string_view path, std::string_view head);

/// What the server side of all authenticators together lets pass (RL009 points at the note's place).
Authenticated credentials_of(const Exim3Document& document);

/// Variables and the few items of Exim 3's expansion language that decide authenticators and rewriting rules. Nothing
/// where the string holds more than that.
class Expander {
 public:
  std::map<std::string, std::string, std::less<>> variables{};
  /// Set where an answer rests on data that is not at hand, and was taken to be "not there".
  bool asked_elsewhere = false;
  /// Set where `fail` took effect: the string as a whole has no value.
  bool forced_failure = false;

  std::optional<std::string> expand(std::string_view text);

 private:
  std::optional<std::string> expand_until(std::string_view text, std::size_t& at, bool in_braces);
  std::optional<std::string> item(std::string_view text, std::size_t& at);
  std::optional<std::string> item_if(std::string_view text, std::size_t& at);
  std::optional<std::string> item_lookup(std::string_view text, std::size_t& at);
  std::optional<std::string> branches(std::string_view text, std::size_t& at, bool first);
  std::optional<bool> condition(std::string_view text, std::size_t& at);
  std::optional<bool> test(std::string_view text, std::size_t& at);
  std::optional<bool> all_or_any(std::string_view text, std::size_t& at, bool all);
  std::optional<std::string> argument(std::string_view text, std::size_t& at);

  int depth_ = 0;
};

/// What a rewriting rule makes of the recipient; status No where the rule does not match, Unknown where it is not
/// understood.
Expansion rewritten(const RewriteRule& rule, Facts& facts);
/// The rule as a clause that goes on. The rule must outlive it.
Clause rewriting_clause(const RewriteRule& rule);
/// Unknown for a recipient for which the rule is not understood, else no. The rule must outlive it.
Condition rewriting_doubt(const RewriteRule& rule);
/// The rule applies to recipients when they are delivered (after they were accepted), or when RCPT is read (flag S).
bool rewrites_accepted_recipients(const RewriteRule& rule);
bool rewrites_at_smtp_time(const RewriteRule& rule);

/// The policy's delivery list. `local`: the recipient's domain is local.
void add_delivery(const Exim3Document& document, const EximListContext& context, Condition local, RelayPolicy& policy);
/// Observations of the policy: settings in capitals, DNS lists, settings without effect.
void observe(const Exim3Document& document, const Authenticated& credentials, RelayPolicy& policy);

}  // namespace relaylint::exim3
