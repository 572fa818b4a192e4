#pragma once
// Patterns over domain names, host names and mail addresses, and ordered lists of them. Matching is ASCII
// case-insensitive, as every mail system of the dossiers does it for domains.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

class Regex;

enum class PatternKind {
  Any,    ///< everything, the empty string too
  Exact,  ///< `text` itself
  Below,  ///< a name with at least one label before `.text` (text without the dot)
  Tail,   ///< any string that ends in `text`, `text` itself too (Exim's `*text`)
  Glob,   ///< `*` stands for any run of characters
  Regex,  ///< PCRE2, caseless, unanchored
};

struct Pattern {
  PatternKind kind = PatternKind::Exact;
  std::string text;
  Span span{};
  bool negated = false;
  std::shared_ptr<const Regex> regex{};  ///< for Regex; null where it did not compile
};

/// How a pattern list answers.
enum class MatchResult { No, Yes, Error };

/// An ordered list: the first pattern that matches decides (a negated one says no); past the end `at_end` is the answer.
class PatternSet {
 public:
  PatternSet() = default;

  void add(Pattern pattern);
  /// Convenience for tests and defaults.
  void add(PatternKind kind, std::string text, Span span = {}) { add(Pattern{kind, std::move(text), span, false, {}}); }
  /// The answer where nothing matches; Exim: yes if the last item is negated.
  void set_at_end(bool yes) { at_end_ = yes; }

  [[nodiscard]] MatchResult match(std::string_view subject) const;
  /// Index of the pattern that decides, by a match or by an error, if any does.
  [[nodiscard]] std::optional<std::size_t> deciding(std::string_view subject) const;
  [[nodiscard]] bool empty() const { return patterns_.empty(); }
  [[nodiscard]] const std::vector<Pattern>& patterns() const { return patterns_; }
  [[nodiscard]] bool at_end() const { return at_end_; }

 private:
  struct Decision {
    std::size_t index = 0;
    MatchResult result = MatchResult::No;  ///< No: nothing matches; Yes: the pattern at `index` does, negated or not
  };
  [[nodiscard]] Decision decide(std::string_view subject) const;
  [[nodiscard]] std::size_t first_below(std::string_view name) const;

  std::vector<Pattern> patterns_;
  std::unordered_map<std::string, std::size_t> exact_;  ///< lower-cased text → first index
  std::unordered_map<std::string, std::size_t> below_;
  std::size_t longest_below_ = 0;
  std::vector<std::size_t> scanned_;  ///< indices of the other kinds
  bool at_end_ = false;
};

/// Does one pattern match, without regard to its negation?
MatchResult matches(const Pattern& pattern, std::string_view subject);

/// ASCII lower case.
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// The part after the last `@` (all of it without one), and before it (empty without one).
std::string_view domain_of(std::string_view address);
std::string_view local_part_of(std::string_view address);

/// A top-level domain or a public suffix (ICANN section of the public suffix list; libpsl): nobody names it as his own.
/// A single label that no list knows counts as a top-level domain.
bool is_public_suffix(std::string_view domain);
/// The list's date for `--version --verbose`, empty if unknown.
std::string public_suffix_list_date();
/// Does the pattern take in every domain, or whatever is below a top-level domain or a public suffix? A negated pattern takes in
/// nothing, and an Exact one its own name only (`localhost` and `com` alike). Regular expressions and globs are tried on fresh names,
/// so "yes" is certain and "no" holds for the canonical names of contract.md 1.
bool matches_everybodys_domain(const Pattern& pattern);

}  // namespace relaylint
