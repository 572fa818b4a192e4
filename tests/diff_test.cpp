#include "lint/diff.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "lint/line_diff.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// A file before (nothing: it is created) and after.
struct Case {
  std::string name;
  std::optional<std::string> before;
  std::string after;
};

std::string diff_of(const Case& c) {
  return unified_diff(c.name, c.before ? std::optional<std::string_view>(*c.before) : std::nullopt, c.after);
}

/// Applies the diffs of all cases as one patch, by the given program, and compares every byte.
void check_applied_by(const std::vector<std::string>& program, const std::vector<Case>& cases) {
  CAPTURE(program.front());
  const TemporaryFolder folder;
  std::string patch;
  for (const Case& c : cases) {
    if (c.before) folder.write(c.name, *c.before);
    patch += diff_of(c);
  }
  const Ran ran = run_program(
      program, folder.path(), patch,
      {"LC_ALL=C", "GIT_CEILING_DIRECTORIES=/", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null"});
  CAPTURE(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("fuzz") == std::string::npos);
  CHECK(ran.out.find("offset") == std::string::npos);
  for (const Case& c : cases) {
    CAPTURE(c.name);
    REQUIRE(std::filesystem::is_regular_file(folder / c.name));
    CHECK(read_bytes(folder / c.name) == c.after);
  }
}

void check_applied(const std::vector<Case>& cases) {
  check_applied_by({"patch", "-p1"}, cases);
  check_applied_by({"git", "apply"}, cases);
}

std::string numbered_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += std::to_string(i) + "\n";
  return text;
}

/// Few different lines, so that many are equal, with what trips programs that take texts for granted.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kLines = {"a",
                                                  "b",
                                                  "",
                                                  " ",
                                                  "-- x",
                                                  "+++ b/x",
                                                  "--- a/x",
                                                  "@@ -1 +1 @@",
                                                  "crlf\r",
                                                  "\r",
                                                  "\xE9\xFF",
                                                  std::string("nul\0nul", 7),
                                                  "\\ No newline at end of file",
                                                  "diff --git a/x b/x",
                                                  "lone\rreturn"};
  std::string text;
  const auto count = random() % 14;
  for (std::size_t i = 0; i < count; ++i) text += kLines[random() % kLines.size()] + "\n";
  if (!text.empty() && random() % 3 == 0) text.pop_back();
  return text;
}

/// The text with some lines taken out, doubled or replaced.
std::string changed_text(const std::string& text, std::mt19937& random) {
  std::string out;
  for (const std::string_view line : split_lines(text)) {
    switch (random() % 8) {
      case 0:
        break;
      case 1:
        out += std::string(line) + std::string(line);
        break;
      case 2:
        out += "new\n" + std::string(line);
        break;
      default:
        out += line;
    }
  }
  if (random() % 6 == 0) out += "the end";
  return out;
}

std::string applied(const std::string& before, const std::string& after) {
  const std::vector<std::string_view> old_lines = split_lines(before);
  const std::vector<std::string_view> new_lines = split_lines(after);
  std::string out;
  std::size_t line = 0;
  for (const LineChange& change : diff_lines(old_lines, new_lines)) {
    for (; line < change.old_start; ++line) out += old_lines[line];
    for (std::size_t i = change.new_start; i < change.new_end; ++i) out += new_lines[i];
    line = change.old_end;
  }
  for (; line < old_lines.size(); ++line) out += old_lines[line];
  return out;
}

}  // namespace

TEST_CASE("diff: nothing changes, nothing is printed") {
  CHECK(unified_diff("x", "a\n", "a\n").empty());
  CHECK(unified_diff("x", "", "").empty());
}

TEST_CASE("diff: a changed line with three lines of context") {
  CHECK(unified_diff("etc/mercury.ini", "1\n2\n3\n4\nRelay : 1\n5\n6\n7\n8\n", "1\n2\n3\n4\nRelay : 0\n5\n6\n7\n8\n") ==
        "diff --git a/etc/mercury.ini b/etc/mercury.ini\n"
        "--- a/etc/mercury.ini\n"
        "+++ b/etc/mercury.ini\n"
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-Relay : 1\n+Relay : 0\n 5\n 6\n 7\n");
}

TEST_CASE("diff: changes apart by six lines share a hunk, by seven they do not") {
  const std::string before = numbered_lines(20);
  std::string after = before;
  after.replace(after.find("5\n"), 1, "five");
  std::string near = after;
  near.replace(near.find("12\n"), 2, "twelve");
  std::string far = after;
  far.replace(far.find("13\n"), 2, "thirteen");
  const auto hunks = [&](const std::string& text) {
    const std::string diff = unified_diff("x", before, text);
    std::size_t count = 0;
    for (std::size_t at = diff.find("\n@@ "); at != std::string::npos; at = diff.find("\n@@ ", at + 1)) ++count;
    return count;
  };
  CHECK(hunks(near) == 1);
  CHECK(hunks(far) == 2);
}

TEST_CASE("diff: created files name /dev/null, also empty ones") {
  CHECK(unified_diff("control/rcpthosts", std::nullopt, "example.org\n") ==
        "diff --git a/control/rcpthosts b/control/rcpthosts\nnew file mode 100644\n--- /dev/null\n+++ "
        "b/control/rcpthosts\n"
        "@@ -0,0 +1 @@\n+example.org\n");
  CHECK(unified_diff("x", std::nullopt, "") == "diff --git a/x b/x\nnew file mode 100644\n");
}

TEST_CASE("diff: a missing final newline is told on either side") {
  CHECK(unified_diff("x", "a", "a\n") ==
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(unified_diff("x", "a\nb", "b") ==
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n b\n\\ No newline at end of file\n");
}

TEST_CASE("diff: names are quoted as git quotes them") {
  CHECK(unified_diff("a\"b\\c\td\x01\xC3\xA9", "1\n", "2\n")
            .rfind("diff --git \"a/a\\\"b\\\\c\\td\\001\\303\\251\" \"b/a\\\"b\\\\c\\td\\001\\303\\251\"\n"
                   "--- \"a/a\\\"b\\\\c\\td\\001\\303\\251\"\n"
                   "+++ \"b/a\\\"b\\\\c\\td\\001\\303\\251\"\n",
                   0) == 0);
  CHECK(unified_diff("two words", "1\n", "2\n").find("--- a/two words\t\n+++ b/two words\t\n") != std::string::npos);
}

TEST_CASE("diff: names are relative to the working directory, or to the root") {
  CHECK(diff_name("etc/exim/configure", "/home/u") == "etc/exim/configure");
  CHECK(diff_name("./etc//exim/../exim/configure", "/home/u") == "etc/exim/configure");
  CHECK(diff_name("/home/u/etc/configure", "/home/u") == "etc/configure");
  CHECK(diff_name("/home/u/etc/configure", "/home/u/") == "etc/configure");
  CHECK(diff_name("/etc/exim/configure", "/home/u") == "etc/exim/configure");
  CHECK(diff_name("../other/configure", "/home/u") == "home/other/configure");
  CHECK(diff_name("/home/user/configure", "/home/u") == "home/user/configure");
  CHECK(diff_name("../../../../etc/passwd", "/home/u") == "etc/passwd");
  CHECK(diff_name("etc/passwd", "/") == "etc/passwd");
}

TEST_CASE("diff: real programs take what is odd") {
  check_applied({
      {"plain", "a\nb\nc\n", "a\nB\nc\n"},
      {"sub folder/two words.ini", "[MercuryS]\r\nRelay : 1\r\n", "[MercuryS]\r\nRelay : 0\r\n"},
      {"quote\"back\\slash\ttab", "1\n", "2\n"},
      {"\xC3\xA9t\xC3\xA9", "1\n", "2\n"},
      {"latin\xE9", "1\n", "2\n"},
      {"control/rcpthosts", std::nullopt, "example.org\n.example.org\n"},
      {"control/empty", std::nullopt, ""},
      {"control/no newline", std::nullopt, "example.org"},
      {"was empty", "", "a\n"},
      {"becomes empty", "a\nb\n", ""},
      {"gains newline", "a", "a\n"},
      {"loses newline", "a\n", "a"},
      {"nul", std::string("a\0b\nc\n", 6), std::string("a\0B\nc\n", 6)},
      {"only returns", "a\rb\rc", "a\rB\rc"},
      {"-leading", "1\n", "2\n"},
  });
}

TEST_CASE("diff: real programs give back exactly the new bytes") {
  std::mt19937 random(20240917);  // NOLINT(cert-msc51-cpp): the same texts in every run
  std::vector<Case> cases;
  while (cases.size() < 400) {
    const std::string before = random_text(random);
    const std::string after = random() % 4 == 0 ? random_text(random) : changed_text(before, random);
    if (before != after) cases.push_back({"file" + std::to_string(cases.size()), before, after});
  }
  check_applied(cases);
}

TEST_CASE("diff: the script is right and as short as can be") {
  std::mt19937 random(4711);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 2000; ++round) {
    const std::string before = random_text(random);
    const std::string after = random() % 2 == 0 ? random_text(random) : changed_text(before, random);
    CHECK(applied(before, after) == after);
    const auto old_lines = split_lines(before);
    const auto new_lines = split_lines(after);
    // The longest common subsequence by the textbook table is the yardstick.
    std::vector<std::vector<std::size_t>> common(old_lines.size() + 1, std::vector<std::size_t>(new_lines.size() + 1));
    for (std::size_t i = old_lines.size(); i-- > 0;) {
      for (std::size_t j = new_lines.size(); j-- > 0;) {
        common[i][j] =
            old_lines[i] == new_lines[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
      }
    }
    std::size_t touched = 0;
    for (const LineChange& change : diff_lines(old_lines, new_lines)) {
      touched += change.old_end - change.old_start + change.new_end - change.new_start;
    }
    CHECK(touched == old_lines.size() + new_lines.size() - 2 * common[0][0]);
  }
}

TEST_CASE("diff: files that differ all over are replaced between their common ends") {
  const std::string before = "head\n" + numbered_lines(6000) + "tail\n";
  std::string after = "head\n";
  for (int i = 0; i < 6000; ++i) after += "x" + std::to_string(i) + "\n";
  after += "tail\n";
  CHECK(applied(before, after) == after);
  CHECK(diff_lines(split_lines(before), split_lines(after)) == std::vector<LineChange>{{1, 6001, 1, 6001}});
}

TEST_CASE("diff: equal lines everywhere stay within the bound") {
  // Every diagonal matches to its end here: without a bound this is the quadratic case.
  std::string before;
  std::string after;
  for (int i = 0; i < 200'000; ++i) before += "same\n";
  for (int i = 0; i < 200'000; ++i) after += i % 90 == 0 ? "other\n" : "same\n";
  CHECK(applied(before, after) == after);
}
