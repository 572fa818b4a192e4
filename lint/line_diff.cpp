#include "lint/line_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace relaylint {
namespace {

using Lines = std::span<const std::string_view>;

// Fixes change few lines: 2048 differences and a few looks at each line are far beyond any fix, and keep the trace
// below 20 MB.
constexpr std::ptrdiff_t kMaxDifferences = 2048;
constexpr std::size_t kLooksPerLine = 16;
constexpr std::size_t kLooksAtLeast = std::size_t{1} << 22;

/// Myers' greedy search. Diagonal k holds the pairs with old - new = k; `reach_` is the furthest old line on each.
class GreedySearch {
 public:
  GreedySearch(Lines before, Lines after)
      : before_(before), after_(after), looks_left_(kLooksAtLeast + kLooksPerLine * (before.size() + after.size())) {}

  /// Changes in order, of single lines, or nothing where the bound was hit.
  std::optional<std::vector<LineChange>> run() {
    const auto old_size = static_cast<std::ptrdiff_t>(before_.size());
    const auto new_size = static_cast<std::ptrdiff_t>(after_.size());
    const std::ptrdiff_t most = std::min(kMaxDifferences, old_size + new_size);
    reach_.assign(static_cast<std::size_t>(2 * most + 3), 0);
    middle_ = most + 1;
    for (std::ptrdiff_t differences = 0; differences <= most; ++differences) {
      for (std::ptrdiff_t diagonal = -differences; diagonal <= differences; diagonal += 2) {
        const std::ptrdiff_t old_line = follow(start_on(diagonal, differences), diagonal);
        reach(diagonal) = old_line;
        if (old_line >= old_size && old_line - diagonal >= new_size) return trace_back(differences);
      }
      if (looks_left_ == 0) return std::nullopt;
      const auto* row = reach_.data() + (middle_ - differences);
      rows_.emplace_back();
      for (std::ptrdiff_t i = 0; i <= 2 * differences; ++i) rows_.back().push_back(static_cast<std::uint32_t>(row[i]));
    }
    return std::nullopt;
  }

 private:
  std::ptrdiff_t& reach(std::ptrdiff_t diagonal) { return reach_[static_cast<std::size_t>(middle_ + diagonal)]; }

  [[nodiscard]] static bool comes_from_above(std::ptrdiff_t diagonal, std::ptrdiff_t differences, std::ptrdiff_t below,
                                             std::ptrdiff_t above) {
    return diagonal == -differences || (diagonal != differences && below < above);
  }

  /// The old line that the search enters a diagonal at: one line inserted from the diagonal above, or one deleted.
  std::ptrdiff_t start_on(std::ptrdiff_t diagonal, std::ptrdiff_t differences) {
    if (differences == 0) return 0;
    const std::ptrdiff_t below = reach(diagonal - 1);
    const std::ptrdiff_t above = reach(diagonal + 1);
    return comes_from_above(diagonal, differences, below, above) ? above : below + 1;
  }

  /// As far along the diagonal as the lines are equal.
  std::ptrdiff_t follow(std::ptrdiff_t old_line, std::ptrdiff_t diagonal) {
    auto i = static_cast<std::size_t>(old_line);
    auto j = static_cast<std::size_t>(old_line - diagonal);
    while (i < before_.size() && j < after_.size() && before_[i] == after_[j] && looks_left_ > 0) {
      ++i;
      ++j;
      --looks_left_;
    }
    return static_cast<std::ptrdiff_t>(i);
  }

  [[nodiscard]] std::vector<LineChange> trace_back(std::ptrdiff_t differences) const {
    std::vector<LineChange> changes;
    auto old_line = static_cast<std::ptrdiff_t>(before_.size());
    auto diagonal = old_line - static_cast<std::ptrdiff_t>(after_.size());
    for (; differences > 0; --differences) {
      const std::vector<std::uint32_t>& row = rows_[static_cast<std::size_t>(differences - 1)];
      const auto at = [&](std::ptrdiff_t k) {
        return std::ptrdiff_t{row[static_cast<std::size_t>(k + differences - 1)]};
      };
      const std::ptrdiff_t below = diagonal - 1 >= 1 - differences ? at(diagonal - 1) : 0;
      const std::ptrdiff_t above = diagonal + 1 <= differences - 1 ? at(diagonal + 1) : 0;
      const bool inserted = comes_from_above(diagonal, differences, below, above);
      old_line = inserted ? above : below;
      diagonal += inserted ? 1 : -1;
      const auto i = static_cast<std::size_t>(old_line);
      const auto j = static_cast<std::size_t>(old_line - diagonal);
      changes.push_back(inserted ? LineChange{i, i, j, j + 1} : LineChange{i, i + 1, j, j});
    }
    std::reverse(changes.begin(), changes.end());
    return changes;
  }

  Lines before_;
  Lines after_;
  std::size_t looks_left_;
  std::vector<std::ptrdiff_t> reach_;
  std::ptrdiff_t middle_ = 0;
  // What reach_ was after each number of differences; files are below 4 GiB, so lines fit.
  std::vector<std::vector<std::uint32_t>> rows_;
};

std::vector<LineChange> join_adjacent(const std::vector<LineChange>& single) {
  std::vector<LineChange> joined;
  for (const LineChange& change : single) {
    if (!joined.empty() && joined.back().old_end == change.old_start && joined.back().new_end == change.new_start) {
      joined.back().old_end = change.old_end;
      joined.back().new_end = change.new_end;
    } else {
      joined.push_back(change);
    }
  }
  return joined;
}

}  // namespace

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

std::vector<LineChange> diff_lines(const std::vector<std::string_view>& before,
                                   const std::vector<std::string_view>& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t prefix = 0;
  while (prefix < shorter && before[prefix] == after[prefix]) ++prefix;
  std::size_t suffix = 0;
  while (suffix < shorter - prefix && before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix]) ++suffix;

  const Lines old_middle = Lines(before).subspan(prefix, before.size() - prefix - suffix);
  const Lines new_middle = Lines(after).subspan(prefix, after.size() - prefix - suffix);
  if (old_middle.empty() && new_middle.empty()) return {};
  const LineChange whole{prefix, prefix + old_middle.size(), prefix, prefix + new_middle.size()};
  if (old_middle.empty() || new_middle.empty()) return {whole};

  const std::optional<std::vector<LineChange>> found = GreedySearch(old_middle, new_middle).run();
  if (!found) return {whole};
  std::vector<LineChange> changes = join_adjacent(*found);
  for (LineChange& change : changes) {
    change.old_start += prefix;
    change.old_end += prefix;
    change.new_start += prefix;
    change.new_end += prefix;
  }
  return changes;
}

}  // namespace relaylint
