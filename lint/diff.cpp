#include "lint/diff.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "lint/line_diff.hpp"

namespace relaylint {
namespace {

constexpr std::size_t kContext = 3;

std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> kept;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (component.empty() || component == ".") continue;
    if (component != "..") {
      kept.push_back(component);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  return kept;
}

/// git's names in C style: needed for quotes, backslashes, control characters and bytes that are not ASCII.
std::string quoted(const std::string& name) {
  constexpr std::string_view kEscaped = "\a\b\t\n\v\f\r\"\\";
  constexpr std::string_view kLetters = "abtnvfr\"\\";
  std::string out;
  bool needed = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t letter = kEscaped.find(c);
    if (letter != std::string_view::npos) {
      out += {'\\', kLetters[letter]};
    } else if (byte < 0x20 || byte >= 0x7F) {
      out += {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)),
              static_cast<char>('0' + (byte & 7))};
    } else {
      out += c;
      continue;
    }
    needed = true;
  }
  return needed ? '"' + out + '"' : name;
}

/// A name with a space ends in a tab, as git writes it: otherwise patch takes the rest for a time stamp.
std::string header_line(std::string_view mark, const std::string& name) {
  const bool spaced = name.find(' ') != std::string::npos;
  return std::string(mark) + quoted(name) + (spaced ? "\t\n" : "\n");
}

std::string header(std::string_view name, bool created, bool empty) {
  const std::string old_name = "a/" + std::string(name);
  const std::string new_name = "b/" + std::string(name);
  std::string out = "diff --git " + quoted(old_name) + ' ' + quoted(new_name) + '\n';
  if (created) out += "new file mode 100644\n";
  if (empty) return out;
  return out + (created ? "--- /dev/null\n" : header_line("--- ", old_name)) + header_line("+++ ", new_name);
}

void append_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (line.empty() || line.back() != '\n') out += "\n\\ No newline at end of file\n";
}

/// `start,count` of a hunk; lines count from 1, and an empty range names the line before it (POSIX diff).
std::string hunk_range(std::size_t start, std::size_t count) {
  const std::string first = std::to_string(count == 0 ? start : start + 1);
  return count == 1 ? first : first + ',' + std::to_string(count);
}

/// Changes [first, last) with their context as one hunk.
void append_hunk(std::string& out, const std::vector<std::string_view>& before,
                 const std::vector<std::string_view>& after, const std::vector<LineChange>& changes, std::size_t first,
                 std::size_t last) {
  const std::size_t lead = std::min(kContext, changes[first].old_start);
  const std::size_t old_start = changes[first].old_start - lead;
  const std::size_t new_start = changes[first].new_start - lead;
  const std::size_t tail = std::min(kContext, before.size() - changes[last - 1].old_end);
  const std::size_t old_end = changes[last - 1].old_end + tail;
  const std::size_t new_end = changes[last - 1].new_end + tail;
  out +=
      "@@ -" + hunk_range(old_start, old_end - old_start) + " +" + hunk_range(new_start, new_end - new_start) + " @@\n";
  std::size_t line = old_start;
  for (std::size_t i = first; i < last; ++i) {
    for (; line < changes[i].old_start; ++line) append_line(out, ' ', before[line]);
    for (; line < changes[i].old_end; ++line) append_line(out, '-', before[line]);
    for (std::size_t added = changes[i].new_start; added < changes[i].new_end; ++added)
      append_line(out, '+', after[added]);
  }
  for (; line < old_end; ++line) append_line(out, ' ', before[line]);
}

}  // namespace

std::string diff_name(std::string_view path, std::string_view working_directory) {
  const bool absolute = !path.empty() && path.front() == '/';
  const std::string full = absolute ? std::string(path) : std::string(working_directory) + '/' + std::string(path);
  const std::vector<std::string_view> components = components_of(full);
  const std::vector<std::string_view> base = components_of(working_directory);
  const bool below = components.size() > base.size() && std::equal(base.begin(), base.end(), components.begin());
  std::string name;
  for (std::size_t i = below ? base.size() : 0; i < components.size(); ++i) {
    if (!name.empty()) name += '/';
    name += components[i];
  }
  return name;
}

std::string unified_diff(std::string_view name, std::optional<std::string_view> before, std::string_view after) {
  if (before && *before == after) return {};
  std::string out = header(name, !before, !before && after.empty());
  const std::vector<std::string_view> old_lines = split_lines(before.value_or(std::string_view()));
  const std::vector<std::string_view> new_lines = split_lines(after);
  const std::vector<LineChange> changes = diff_lines(old_lines, new_lines);
  std::size_t first = 0;
  while (first < changes.size()) {
    std::size_t last = first + 1;
    while (last < changes.size() && changes[last].old_start - changes[last - 1].old_end <= 2 * kContext) ++last;
    append_hunk(out, old_lines, new_lines, changes, first, last);
    first = last;
  }
  return out;
}

}  // namespace relaylint
