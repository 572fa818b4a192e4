#pragma once
// Misspelt names: how many letters apart two names are.

#include <string_view>

namespace relaylint {

/// Are the names at most `distance` insertions, deletions, replacements or swaps of neighbours apart, without regard to
/// ASCII case, and not the same? Time is bounded by the length of `name`, however long `text` is.
bool is_near(std::string_view text, std::string_view name, std::size_t distance);

}  // namespace relaylint
