#pragma once
// A rule: constants that document it and one check function. Rules never print, read files or sort; rules/registry.hpp
// lists them all.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "lint/finding.hpp"
#include "lint/judge.hpp"
#include "lint/policy.hpp"

namespace relaylint {

enum class FixAvailability { None, Sometimes, Always };

/// A documented example: `bad` fires the rule, `good` does not (tests lint both).
struct RuleExample {
  std::string_view format;
  std::string_view file_name;
  std::string_view bad;
  std::string_view good;
};

struct RuleInfo {
  std::string_view id;       ///< RL001; never reused
  std::string_view name;     ///< kebab-case, reads well in "allow <name>"
  Severity severity;         ///< of its findings, where the rule does not say otherwise
  std::string_view summary;  ///< one line
  std::string_view what;     ///< What it checks
  std::string_view why;      ///< Why it matters
  RuleExample example;
  std::string_view fix_safety;
  FixAvailability fix;
  std::string_view references;  ///< RFC section, manual; one a line
  /// The data that the rule goes by, for its page: rows of cells, the first row their headings. Null where it has none.
  std::vector<std::vector<std::string>> (*table)() = nullptr;
};

class Reporter;

struct Rule {
  RuleInfo info;
  /// Looks at the policy and the verdict; null for the engine's own findings (RL9xx), which are listed for their
  /// documentation.
  void (*check)(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter);
};

/// The only way out of a rule. It stamps the rule, so that a rule cannot mislabel itself.
class Reporter {
 public:
  Reporter(const RuleInfo& info, std::vector<Finding>& out) : info_(info), out_(out) {}
  void report(Span span, std::string message, std::optional<PolicyChange> change = std::nullopt,
              std::vector<Related> related = {}, std::optional<Severity> severity = std::nullopt);

 private:
  const RuleInfo& info_;
  std::vector<Finding>& out_;
};

}  // namespace relaylint
