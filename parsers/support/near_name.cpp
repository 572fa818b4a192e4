#include "parsers/support/near_name.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "lint/pattern.hpp"

namespace relaylint {

bool is_near(std::string_view text, std::string_view name, std::size_t distance) {
  if (text.size() > name.size() + distance || name.size() > text.size() + distance) return false;
  const std::string a = to_lower(text);
  const std::string b = to_lower(name);
  if (a == b) return false;
  // Rows of the matrix of optimal string alignment: before[j] is the distance of the first i - 1 bytes of a and j of b.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, before);
    std::swap(before, row);
  }
  return before[b.size()] <= distance;
}

}  // namespace relaylint
