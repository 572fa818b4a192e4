#include "lint/rule_selection.hpp"

#include <algorithm>
#include <optional>

#include "lint/edit_distance.hpp"
#include "lint/pattern.hpp"

namespace relaylint {
namespace {

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() && equals_ignoring_case(text.substr(0, beginning.size()), beginning);
}

/// Length of the longest selector that matches, nothing where none does.
std::optional<std::size_t> best_match(const std::vector<std::string>& selectors, const RuleInfo& rule) {
  std::optional<std::size_t> best;
  for (const std::string& selector : selectors) {
    if (selector_matches(selector, rule)) best = std::max(best.value_or(0), selector.size());
  }
  return best;
}

}  // namespace

bool selector_matches(std::string_view selector, const RuleInfo& rule) {
  return !selector.empty() && (begins_with(rule.id, selector) || begins_with(rule.name, selector));
}

Result<std::vector<std::string>> parse_rule_selectors(std::string_view list, std::span<const Rule* const> rules) {
  std::vector<std::string> selectors;
  for (const std::string_view selector : split_list(list)) {
    const bool known =
        std::any_of(rules.begin(), rules.end(), [&](const Rule* rule) { return selector_matches(selector, rule->info); });
    if (!known) {
      std::vector<std::string_view> names;
      for (const Rule* rule : rules) {
        names.push_back(rule->info.id);
        names.push_back(rule->info.name);
      }
      return Error{"there is no rule '" + std::string(selector) + "'" + did_you_mean(selector, names)};
    }
    selectors.emplace_back(selector);
  }
  if (selectors.empty()) return Error{"no rule is named"};
  return selectors;
}

bool RuleSelection::wants(const RuleInfo& rule) const {
  const std::optional<std::size_t> selected = select.empty() ? std::optional<std::size_t>(0) : best_match(select, rule);
  const std::optional<std::size_t> ignored = best_match(ignore, rule);
  if (!selected) return false;
  return !ignored || *selected > *ignored;
}

std::vector<std::string_view> split_list(std::string_view list) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  std::vector<std::string_view> parts;
  for (std::size_t at = list.find_first_not_of(kSeparators); at != std::string_view::npos;) {
    const std::size_t end = std::min(list.find_first_of(kSeparators, at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = list.find_first_not_of(kSeparators, end);
  }
  return parts;
}

}  // namespace relaylint
