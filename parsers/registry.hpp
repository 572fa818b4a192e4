#pragma once
// Every format the program knows, from parsers/formats.def. The engine gets them handed in; only lint/cli and
// the tests look here.

#include <span>
#include <string_view>

#include "lint/format.hpp"

namespace relaylint {

/// In the order of parsers/formats.def.
std::span<const Format* const> all_formats();
/// By its id; null where there is none of that name.
const Format* find_format(std::string_view id);

}  // namespace relaylint
