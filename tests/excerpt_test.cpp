#include "lint/output/excerpt.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

SourceFile file_of(std::string text, bool present = true) {
  return {"f", std::make_shared<const std::string>(std::move(text)), present};
}

std::vector<ExcerptLine> excerpt(const std::string& text, std::uint32_t start, std::uint32_t end) {
  return excerpt_of(file_of(text), {start, end});
}

/// `number sign text` of each line.
std::vector<std::string> diff(const std::string& text, std::vector<Edit> edits) {
  MemoryReader reader;
  SourceSet sources(reader, "", {});
  const FileId id = sources.add("f", std::make_shared<const std::string>(text));
  for (Edit& edit : edits) edit.span.file = id;
  std::vector<std::string> lines;
  for (const FileDiff& one : diffs_of(sources, edits)) {
    for (const DiffLine& line : one.lines)
      lines.push_back(std::to_string(line.number) + " " + line.sign + " " + line.text);
  }
  return lines;
}

Edit edit(std::uint32_t start, std::uint32_t end, std::string text) {
  return {{FileId{}, {start, end}}, std::move(text)};
}

}  // namespace

TEST_CASE("excerpt: the mark stands beneath what it marks, whatever is before it") {
  const auto lines = excerpt("a\n\tb\x1b c\xc3\xa9* = *\n", 11, 12);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].number == 2);
  CHECK(lines[0].text == "    b\\x1b c\xc3\xa9* = *");
  CHECK(lines[0].text.substr(lines[0].mark_start + 1, 1) == "=");  // one column less than bytes: é
  CHECK(lines[0].mark_end == lines[0].mark_start + 1);
}

TEST_CASE("excerpt: a password is never shown, also not where the finding points at it") {
  const auto lines = excerpt("password = hunter2 # *\n", 11, 18);
  CHECK(lines[0].text == "password = ********");
  CHECK(lines[0].mark_start == 11);
  CHECK(lines[0].mark_end == 19);
}

TEST_CASE("excerpt: long lines are cut around the mark, long places in their middle") {
  const std::string line = std::string(5000, 'x') + "MARK" + std::string(5000, 'y');
  const auto cut = excerpt(line, 5000, 5004);
  CHECK(cut[0].text.size() < 140);
  CHECK(cut[0].text.find("MARK") != std::string::npos);
  CHECK(cut[0].mark_end - cut[0].mark_start == 4);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "line\n";
  const auto lines = excerpt(many, 0, 500);
  REQUIRE(lines.size() == 6);
  CHECK(lines[2].number == 3);
  CHECK(lines[3].number == 98);
  CHECK(excerpt("secret = " + std::string(9000, 's'), 5000, 5004)[0].text.find('s') == std::string::npos);
}

TEST_CASE("excerpt: ends of files and lines") {
  CHECK(excerpt("", 0, 0).empty());
  CHECK(excerpt_of(file_of("", false), {0, 0}).empty());
  CHECK(excerpt("abc", 3, 3)[0].mark_start == 3);
  CHECK(excerpt("abc\r\n", 0, 5).size() == 1);
  CHECK(excerpt("abc\r\n", 0, 5)[0].text == "abc");
}

TEST_CASE("diff of a fix: changed lines only, and the line before what is inserted") {
  CHECK(diff("a = 1\nb = 2\n", {edit(10, 11, "0")}) == std::vector<std::string>{"2 - b = 2", "2 + b = 0"});
  CHECK(diff("a = 1\nb = 2\n", {edit(6, 6, "new\n")}) == std::vector<std::string>{"1   a = 1", "2 + new"});
  CHECK(diff("a = 1\nb = 2\n", {edit(12, 12, "new\n")}) == std::vector<std::string>{"2   b = 2", "3 + new"});
  CHECK(diff("a\nb\nc\n", {edit(0, 2, "")}) == std::vector<std::string>{"1 - a"});
  CHECK(diff("last", {edit(4, 4, "\nnew\n")}) == std::vector<std::string>{"1   last", "2 + new"});
}

TEST_CASE("diff of a fix: line numbers of the new file, edits of one line together") {
  CHECK(diff("a b\nc\nd\n", {edit(0, 1, "x"), edit(2, 3, "y\nz"), edit(6, 7, "D")}) ==
        std::vector<std::string>{"1 - a b", "1 + x y", "2 + z", "3 - d", "4 + D"});
  CHECK(diff("a = 1\nb\n", {edit(4, 5, "0"), edit(6, 6, "new\n")}) ==
        std::vector<std::string>{"1 - a = 1", "1 + a = 0", "2 + new"});
  std::string many;
  for (int i = 0; i < 40; ++i) many += "x\n";
  CHECK(diff("", {edit(0, 0, many)}).back() == "0   \xe2\x80\xa6 28 more lines");
}

TEST_CASE("diff of a fix: no password there either") {
  CHECK(diff("x = 1\n", {edit(4, 5, "2\npassword = hunter2")}).back() == "2 + password = ********");
}
