// README.md says what is so: its examples are run, its table of formats is that of the registry.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>

#include "parsers/registry.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace relaylint::test {
namespace {

constexpr std::string_view kTableStart = "<!-- formats: kept by tests/readme_test.cpp -->\n";
constexpr std::string_view kTableEnd = "<!-- end of formats -->\n";

std::string readme_path() { return std::string(RELAYLINT_SOURCE_DIR) + "/README.md"; }

std::string take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string line(text.substr(0, end == std::string_view::npos ? end : end + 1));
  text.remove_prefix(line.size());
  return line;
}

/// A command of the README as it is run here: the program that was built beside the tests, without colour.
std::string output_of(std::string_view command) {
  constexpr std::string_view kRun = "./tools/run";
  std::string line(command.substr(0, command.find('\n')));
  REQUIRE(line.starts_with(kRun));
  line.replace(0, kRun.size(), std::string("'") + RELAYLINT_BINARY + "' --color never");
  return run_program({"sh", "-c", "exec 2>&1; " + line}, RELAYLINT_SOURCE_DIR).out;
}

/// The text with the output of every command in a `console` block as it really is.
std::string with_real_output(std::string_view text) {
  std::string out;
  bool in_console = false;
  bool in_output = false;
  while (!text.empty()) {
    const std::string line = take_line(text);
    if (line.starts_with("```")) {
      in_console = line == "```console\n";
      in_output = false;
    } else if (in_console && line.starts_with("$ ")) {
      in_output = true;
      out += line + output_of(std::string_view(line).substr(2));
      continue;
    }
    if (!in_output) out += line;
  }
  return out;
}

std::string formats_table() {
  std::string table = "| `--as` | what it reads | known by name |\n|---|---|---|\n";
  for (const Format* format : all_formats()) {
    table += fmt::format("| `{}` | {} | {} |\n", format->id, format->title,
                         format->file_names.empty() ? "" : fmt::format("`{}`", fmt::join(format->file_names, "` `")));
  }
  return table;
}

std::string with_real_table(const std::string& text) {
  const std::size_t start = text.find(kTableStart);
  const std::size_t end = text.find(kTableEnd);
  REQUIRE(start != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::size_t from = start + kTableStart.size();
  return text.substr(0, from) + formats_table() + text.substr(end);
}

TEST_CASE("README.md shows what the program really prints, and every format it has") {
  const std::string text = read_bytes(readme_path());
  check_golden(readme_path(), with_real_table(with_real_output(text)));
  CHECK(text.find("```console\n$ ./tools/run") != std::string::npos);
}

}  // namespace
}  // namespace relaylint::test
