// What tells the version, and what the version tells: README.md, "Versions".

#include <algorithm>
#include <array>
#include <charconv>

#include "lint/pattern.hpp"
#include "parsers/groupwise/groupwise.hpp"

namespace relaylint::groupwise {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> major_of(std::string_view version) {
  int major = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  if (error != std::errc{} || end == version.data()) return std::nullopt;
  return major;
}

/// Numbers that releases have; others in a comment are years and dates.
bool is_release(int major) {
  constexpr std::array kMajors = {4, 5, 6, 7, 8, 12, 14, 18, 23, 24, 2012, 2014};
  return std::find(kMajors.begin(), kMajors.end(), major) != kMajors.end();
}

/// Past the words that may stand between the product's name and its number.
std::size_t skip_filler(std::string_view lower, std::size_t at) {
  constexpr std::array<std::string_view, 8> kFiller = {
      "internet agent", "smtp gateway", "smtp/mime gateway", "version", "release", "ver.", "ver", "v"};
  for (bool moved = true; moved;) {
    moved = false;
    while (at < lower.size() && (lower[at] == ' ' || lower[at] == '\t')) ++at;
    for (const std::string_view word : kFiller) {
      if (lower.substr(at).starts_with(word)) {
        at += word.size();
        moved = true;
        break;
      }
    }
  }
  return at;
}

}  // namespace

std::optional<NamedVersion> version_in_comment(std::string_view text) {
  const std::string lower = to_lower(text);
  constexpr std::array<std::string_view, 3> kNames = {"groupwise", "gwia", "internet agent"};
  for (const std::string_view name : kNames) {
    for (std::size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + name.size())) {
      const std::size_t start = skip_filler(lower, at + name.size());
      std::size_t end = start;
      while (end < lower.size() &&
             (is_digit(lower[end]) || (lower[end] == '.' && end + 1 < lower.size() && is_digit(lower[end + 1]))))
        ++end;
      if (end == start || start == at + name.size()) continue;
      if (end < lower.size() && (lower[end] == '/' || lower[end] == '-' || lower[end] == ':')) continue;  // a date
      const std::string version = lower.substr(start, end - start);
      const std::optional<int> major = major_of(version);
      if (major && is_release(*major)) return NamedVersion{version, start};
    }
  }
  return std::nullopt;
}

Era era_of_version(std::string_view version) {
  const std::optional<int> major = major_of(version);
  if (!major) return Era::Unknown;
  return *major < 7 ? Era::FileDecides : Era::DatabaseDecides;
}

}  // namespace relaylint::groupwise
