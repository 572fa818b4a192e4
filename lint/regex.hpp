#pragma once
// Regular expressions with match limits, by PCRE2: what Exim and Postfix use themselves.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lint/result.hpp"

namespace relaylint {

/// A compiled expression. Immutable and shared between threads.
class Regex {
 public:
  enum class Answer { No, Yes, LimitHit };

  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  /// `caseless` as Exim's lists match. The error names the offset within the expression.
  static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern, bool caseless = true);
  /// Unanchored. Backtracking is bounded; a bound that is hit is said, never taken for "no".
  [[nodiscard]] Answer search(std::string_view subject) const;
  /// As `search`, with the captured groups (group 0 first; unset groups are empty).
  [[nodiscard]] Answer capture(std::string_view subject, std::vector<std::string>& groups) const;
  [[nodiscard]] const std::string& pattern() const { return pattern_; }
  /// Domain-like literals in the expression ("com" of `\.com$`): names for the judge to try.
  [[nodiscard]] std::vector<std::string> literals() const;

 private:
  Regex(void* code, std::string pattern) : code_(code), pattern_(std::move(pattern)) {}

  void* code_;  // pcre2_code, kept out of this header
  std::string pattern_;
};

}  // namespace relaylint
