#include "lint/ignore_files.hpp"

#include <utility>

namespace relaylint {
namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

/// Trailing blanks do not count, unless a backslash stands before them.
std::string_view without_trailing_blanks(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) {
    if (line.size() >= 2 && line[line.size() - 2] == '\\') break;
    line.remove_suffix(1);
  }
  return line;
}

/// What a bracket expression says about one character.
struct ClassAnswer {
  bool closed = false;  ///< there is a closing bracket
  bool matches = false;
  std::size_t end = 0;  ///< after it
};

/// `[abc]`, `[a-z]`, `[!a]`, `[^a]`; `start` is after the opening bracket.
ClassAnswer match_class(std::string_view pattern, std::size_t start, char c) {
  std::size_t at = start;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    const char low = pattern[at++];
    char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = pattern[at + 1];
      at += 2;
    }
    const auto value = static_cast<unsigned char>(c);
    found = found || (static_cast<unsigned char>(low) <= value && value <= static_cast<unsigned char>(high));
  }
  if (at >= pattern.size()) return {};
  return {true, found != negated, at + 1};
}

/// Matches one pattern element (not `*`) at `p` against `c`; the length of the element, 0 where it does not match.
std::size_t match_one(std::string_view pattern, std::size_t p, char c) {
  if (pattern[p] == '?') return 1;
  if (pattern[p] == '\\' && p + 1 < pattern.size()) return pattern[p + 1] == c ? 2 : 0;
  if (pattern[p] == '[') {
    const ClassAnswer answer = match_class(pattern, p + 1, c);
    if (answer.closed) return answer.matches ? answer.end - p : 0;
  }
  return pattern[p] == c ? 1 : 0;
}

/// One segment against one name. Only the last `*` is ever tried again, so the cost is at most the product of the lengths.
bool match_segment(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    const std::size_t length = p < pattern.size() ? match_one(pattern, p, name[n]) : 0;
    if (length > 0) {
      p += length;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// `path` below `directory`, empty where it is not below it.
std::string_view below(std::string_view path, std::string_view directory) {
  if (directory == "." || directory.empty()) return path.substr(0, 2) == "./" ? path.substr(2) : path;
  if (path.substr(0, directory.size()) != directory) return {};
  path.remove_prefix(directory.size());
  if (directory.back() == '/') return path;
  return !path.empty() && path.front() == '/' ? path.substr(1) : std::string_view();
}

}  // namespace

IgnorePatterns IgnorePatterns::parse(std::string_view text) {
  IgnorePatterns patterns;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    patterns.add_line(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return patterns;
}

void IgnorePatterns::add_line(std::string_view line) {
  line = without_trailing_blanks(line);
  if (line.empty() || line.front() == '#') return;
  Pattern pattern;
  pattern.negated = line.front() == '!';
  if (pattern.negated) line.remove_prefix(1);
  pattern.directories_only = !line.empty() && line.back() == '/';
  if (pattern.directories_only) line.remove_suffix(1);
  // A slash at the beginning or in the middle ties the pattern to its folder; else it matches a name at any depth.
  const bool anchored = line.find('/') != std::string_view::npos;
  if (!line.empty() && line.front() == '/') line.remove_prefix(1);
  if (line.empty()) return;
  if (!anchored) pattern.segments.emplace_back("**");
  for (const std::string_view segment : split_path(line)) {
    const bool repeated = segment == "**" && !pattern.segments.empty() && pattern.segments.back() == "**";
    if (!repeated) pattern.segments.emplace_back(segment);
  }
  patterns_.push_back(std::move(pattern));
}

bool IgnorePatterns::matches(const Pattern& pattern, const std::vector<std::string_view>& path) {
  // The same walk as match_segment, a level higher: segments for characters, `**` for `*`.
  const std::vector<std::string>& segments = pattern.segments;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < path.size()) {
    if (p < segments.size() && segments[p] == "**") {
      star = p++;
      star_name = n;
    } else if (p < segments.size() && match_segment(segments[p], path[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
    // `abc/**` is everything below abc, not abc itself.
    if (star != std::string_view::npos && star + 1 == segments.size()) return n < path.size();
  }
  return p == segments.size();
}

IgnoreAnswer IgnorePatterns::match(std::string_view path, bool is_directory) const {
  const std::vector<std::string_view> parts = split_path(path);
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (pattern->directories_only && !is_directory) continue;
    if (matches(*pattern, parts)) return pattern->negated ? IgnoreAnswer::Kept : IgnoreAnswer::Ignored;
  }
  return IgnoreAnswer::Undecided;
}

void IgnoreStack::push(std::string directory, IgnorePatterns patterns) {
  if (!patterns.empty()) levels_.push_back({std::move(directory), std::move(patterns)});
}

bool IgnoreStack::ignores(std::string_view path, bool is_directory) const {
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    const std::string_view relative = below(path, level->directory);
    if (relative.empty()) continue;
    const IgnoreAnswer answer = level->patterns.match(relative, is_directory);
    if (answer != IgnoreAnswer::Undecided) return answer == IgnoreAnswer::Ignored;
  }
  return false;
}

}  // namespace relaylint
