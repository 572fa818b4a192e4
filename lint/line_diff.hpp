#pragma once
// Which lines differ between two texts: the shortest edit script, after Myers, "An O(ND) Difference Algorithm and Its
// Variations" (Algorithmica 1, 1986), under a bound that keeps it linear.

#include <cstddef>
#include <string_view>
#include <vector>

namespace relaylint {

/// Lines [old_start, old_end) are replaced by lines [new_start, new_end) of the other text; one of the two may be
/// empty.
struct LineChange {
  std::size_t old_start = 0;
  std::size_t old_end = 0;
  std::size_t new_start = 0;
  std::size_t new_end = 0;
  bool operator==(const LineChange&) const = default;
};

/// The lines of a text, each with its "\n"; the last may lack it. A carriage return belongs to its line.
std::vector<std::string_view> split_lines(std::string_view text);

/// The changes that make `after` of `before`, in order, never adjacent. The fewest lines where the search ends within
/// its bound, else one change from the first to the last difference.
std::vector<LineChange> diff_lines(const std::vector<std::string_view>& before,
                                   const std::vector<std::string_view>& after);

}  // namespace relaylint
