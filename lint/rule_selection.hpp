#pragma once
// Which rules are wanted: `--select`, `--ignore` and the settings' keys of the same names.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/result.hpp"
#include "lint/rule.hpp"

namespace relaylint {

/// Rules by id, name, or the beginning of either ("RL0", "relay-hosts"), without regard to case.
bool selector_matches(std::string_view selector, const RuleInfo& rule);

/// Splits a list at commas and white space. The error names the first entry that no rule matches, and the one that may be meant.
Result<std::vector<std::string>> parse_rule_selectors(std::string_view list, std::span<const Rule* const> rules);

struct RuleSelection {
  std::vector<std::string> select{};  ///< empty: every rule
  std::vector<std::string> ignore{};

  /// Where both name a rule, the longer selector wins; of equals, ignoring.
  [[nodiscard]] bool wants(const RuleInfo& rule) const;
};

/// The parts of a list that commas and white space separate, none of them empty.
std::vector<std::string_view> split_list(std::string_view list);

}  // namespace relaylint
