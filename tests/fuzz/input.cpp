#include "tests/fuzz/input.hpp"

#include <cstdio>
#include <cstdlib>

namespace relaylint::test {
namespace {

constexpr std::string_view kHeading("\0=== ", 5);
constexpr std::size_t kMaxFiles = 16;

std::string default_name(const Format& format) {
  if (format.file_names.empty()) return "configuration";
  // Of a pattern (`*.ini`) something that it matches.
  std::string name(format.file_names.front());
  for (char& c : name) {
    if (c == '*' || c == '?' || c == '/') c = 'x';
  }
  return name;
}

}  // namespace

FuzzInput fuzz_input(const Format& format, const std::uint8_t* data, std::size_t size) {
  FuzzInput input;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string name = default_name(format);
  while (input.files.size() < kMaxFiles) {
    const std::size_t end = rest.find(kHeading);
    if (end != 0 || !input.entry.empty()) {
      input.files[name] = rest.substr(0, end);
      if (input.entry.empty()) input.entry = name;
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + kHeading.size());
    const std::size_t newline = rest.find('\n');
    name = rest.substr(0, newline);
    if (input.entry.empty()) input.entry = name;
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
  }
  input.entry = entry_of(format, input.files).value_or(input.entry);
  return input;
}

Examined examine_fuzz_input(const Format& format, const FuzzInput& input) {
  EngineOptions options = all_rules_on();
  options.judge.max_evaluations = 2'000;
  options.judge.max_steps = 200'000;
  return examine_files(format.id, input.files, input.entry, std::move(options));
}

void abort_if_any(const std::vector<std::string>& broken) {
  if (broken.empty()) return;
  for (const std::string& law : broken) std::fprintf(stderr, "broken: %s\n", law.c_str());
  std::abort();
}

}  // namespace relaylint::test
