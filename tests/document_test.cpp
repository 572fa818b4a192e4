#include "lint/document.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace relaylint;

namespace {

std::vector<Leaf> leaves(std::string_view bytes, std::string_view comment_starts = "#") {
  std::vector<Leaf> found;
  for_each_line_leaf(bytes, comment_starts, [&](const Leaf& leaf) { found.push_back(leaf); });
  return found;
}

}  // namespace

TEST_CASE("document: lines as leaves") {
  const std::string_view bytes = "a.example\r\n\n  # note\n\t b c \nlast";
  const std::vector<Leaf> found = leaves(bytes);
  REQUIRE(found.size() == 5);
  CHECK(found[0].kind == LeafKind::Directive);
  CHECK(found[0].whole == TextRange{0, 11});
  CHECK(found[0].value == TextRange{0, 9});
  CHECK(found[1].kind == LeafKind::Blank);
  CHECK(found[2].kind == LeafKind::Comment);
  CHECK(bytes.substr(found[3].value.start, found[3].value.size()) == "b c");
  CHECK(found[4].whole.end == bytes.size());
  std::uint32_t next = 0;
  for (const Leaf& leaf : found) {
    CHECK(leaf.whole.start == next);
    next = leaf.whole.end;
  }
}

TEST_CASE("document: no lines, no leaves; other comment marks") {
  CHECK(leaves("").empty());
  CHECK(leaves("; x\n", ";#")[0].kind == LeafKind::Comment);
  CHECK(leaves("# x\n", "")[0].kind == LeafKind::Directive);
  CHECK(leaves(std::string_view("\0", 1))[0].kind == LeafKind::Directive);
}

TEST_CASE("document: the line ending is that of the first line") {
  CHECK(line_ending_of("a\r\nb\n") == "\r\n");
  CHECK(line_ending_of("a\nb\r\n") == "\n");
  CHECK(line_ending_of("\n") == "\n");
  CHECK(line_ending_of("\r\n") == "\r\n");
  CHECK(line_ending_of("a") == "\n");
  CHECK(line_ending_of("") == "\n");
}
