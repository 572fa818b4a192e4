#pragma once
// Every rule the program knows, from rules/rules.def. The engine gets them handed in; only lint/cli and the
// tests look here.

#include <span>
#include <string_view>

#include "lint/rule.hpp"

namespace relaylint {

/// In the order of rules/rules.def, which is that of their ids.
std::span<const Rule* const> all_rules();
/// By id or name, without regard to case; null where there is none.
const Rule* find_rule(std::string_view id_or_name);

}  // namespace relaylint
