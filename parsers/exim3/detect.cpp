// Which files called `configure`, `exim.conf` or anything else are Exim 3's: README.md, "Recognition".

#include <algorithm>
#include <array>

#include "lint/pattern.hpp"
#include "parsers/exim3/exim3.hpp"

namespace relaylint::exim3 {

namespace {

constexpr std::array<std::string_view, 5> kNames{"configure", "configure.default", "exim.conf", "exim3.conf",
                                                 "exim.configure"};

struct Look {
  std::size_t known = 0;    ///< settings of Exim 3's main section
  std::size_t telling = 0;  ///< those that no other program has, in capitals too
  std::size_t unknown = 0;
  std::size_t ends = 0;
  std::size_t drivers = 0;
  bool other = false;  ///< Exim 4, or another program
};

bool is_macro(std::string_view line) { return line.front() >= 'A' && line.front() <= 'Z'; }

void look_at(std::string_view line, Look& look) {
  if (is_exim3_end(line)) {
    ++look.ends;
    return;
  }
  if (exim4_section(line) || parse_exim_named_list(line) || line.front() == '.') look.other = true;
  if (line.find("{%") != std::string_view::npos || line.front() == '[' || line.front() == '<') look.other = true;
  const auto option = parse_exim_option(line);
  if (look.ends > 0) {
    if (option && option->name == "driver" && option->has_value) ++look.drivers;
    return;
  }
  if (!option) {
    ++look.unknown;
  } else if (is_macro(line)) {
    const auto meant =
        exim_option_in_capitals(line.substr(option->name_range.start, option->name_range.size()), main_options());
    const auto plain = meant ? parse_exim_option(*meant) : std::nullopt;
    if (plain && is_exim3_policy_option(plain->name)) ++look.telling;
    if (!option->has_value && !meant) ++look.unknown;
  } else if (option->name.starts_with("acl_")) {
    look.other = true;
  } else if (main_option(option->name) && option->junk.empty()) {
    ++look.known;
    if (is_exim3_policy_option(option->name)) ++look.telling;
  } else {
    ++look.unknown;
  }
}

Look look_at_head(std::string_view head) {
  constexpr std::size_t kWhole = 65536;
  Look look;
  bool continues = false;
  for (std::size_t start = 0; start < head.size() && !look.other;) {
    const auto newline = head.find('\n', start);
    if (newline == std::string_view::npos && head.size() >= kWhole) break;  // may be cut off
    auto line = head.substr(start, newline == std::string_view::npos ? newline : newline - start);
    start = newline == std::string_view::npos ? head.size() : newline + 1;
    while (!line.empty() && is_exim_blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_exim_blank(line.back())) line.remove_suffix(1);
    if (!line.empty() && line.front() == '#') continue;
    const bool inside = continues && !line.empty();
    continues = !line.empty() && line.back() == '\\';
    if (!inside && !line.empty()) look_at(line, look);
  }
  return look;
}

bool is_named(std::string_view path) {
  const auto name = to_lower(base_name(path));
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

Detection detect(std::string_view path, std::string_view head) {
  if (head.starts_with("#!")) return Detection::No;  // a script, such as GNU's configure
  const auto look = look_at_head(head);
  if (look.other || look.unknown > look.known + look.telling) return Detection::No;
  const bool sections = look.ends > 0 && look.known > 0 && (look.drivers > 0 || look.unknown == 0);
  const bool content = look.telling > 0 || sections;
  if (!content) return Detection::No;
  return is_named(path) ? Detection::Certain : Detection::ByContent;
}

}  // namespace relaylint::exim3
