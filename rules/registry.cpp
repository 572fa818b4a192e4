#include "rules/registry.hpp"

#include <array>

#include "lint/pattern.hpp"

namespace relaylint {

#define RELAYLINT_RULE(id, name) \
  namespace rules {              \
  extern const Rule name;        \
  }
#include "rules/rules.def"
#undef RELAYLINT_RULE

namespace {

constexpr std::array kRules = {
#define RELAYLINT_RULE(id, name) &rules::name,
#include "rules/rules.def"
#undef RELAYLINT_RULE
};

}  // namespace

std::span<const Rule* const> all_rules() { return kRules; }

const Rule* find_rule(std::string_view id_or_name) {
  for (const Rule* rule : kRules) {
    if (equals_ignoring_case(rule->info.id, id_or_name) || equals_ignoring_case(rule->info.name, id_or_name))
      return rule;
  }
  return nullptr;
}

}  // namespace relaylint
