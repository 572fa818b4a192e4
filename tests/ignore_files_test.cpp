#include "lint/ignore_files.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace relaylint;

namespace {

bool ignored(std::string_view patterns, std::string_view path, bool is_directory = false) {
  return IgnorePatterns::parse(patterns).match(path, is_directory) == IgnoreAnswer::Ignored;
}

}  // namespace

// The cases of gitignore(5), "Pattern format" and "Examples".
TEST_CASE("ignore files: names match at any depth, a slash ties to the folder") {
  CHECK(ignored("foo", "foo"));
  CHECK(ignored("foo", "a/b/foo"));
  CHECK(ignored("/foo", "foo"));
  CHECK_FALSE(ignored("/foo", "a/foo"));
  CHECK(ignored("doc/frotz", "doc/frotz"));
  CHECK_FALSE(ignored("doc/frotz", "a/doc/frotz"));
  CHECK_FALSE(ignored("foo", "food"));
}

TEST_CASE("ignore files: a slash at the end means folders only") {
  CHECK(ignored("build/", "build", true));
  CHECK_FALSE(ignored("build/", "build", false));
  CHECK(ignored("build/", "a/build", true));
  CHECK_FALSE(ignored("doc/frotz/", "a/doc/frotz", true));
}

TEST_CASE("ignore files: stars, question marks and classes stop at a slash") {
  CHECK(ignored("*.conf", "a/exim.conf"));
  CHECK(ignored("foo/*", "foo/test.json"));
  CHECK_FALSE(ignored("foo/*", "foo/bar/hello.c"));
  CHECK(ignored("exim?.conf", "exim4.conf"));
  CHECK_FALSE(ignored("a?b", "a/b"));
  CHECK(ignored("exim[34].conf", "exim3.conf"));
  CHECK(ignored("exim[!0-2].conf", "exim4.conf"));
  CHECK_FALSE(ignored("exim[^0-9].conf", "exim4.conf"));
  CHECK(ignored("a[]]b", "a]b"));
  CHECK(ignored("a[b", "a[b"));
  CHECK(ignored("a*b*c", "axxbxxbxxc"));
  CHECK_FALSE(ignored("a*b*c", "axxbxxbxx"));
}

TEST_CASE("ignore files: two stars stand for any number of folders") {
  CHECK(ignored("**/foo", "foo"));
  CHECK(ignored("**/foo", "a/b/foo"));
  CHECK(ignored("**/foo/bar", "a/foo/bar"));
  CHECK(ignored("abc/**", "abc/x/y"));
  CHECK_FALSE(ignored("abc/**", "abc", true));
  CHECK(ignored("a/**/b", "a/b"));
  CHECK(ignored("a/**/b", "a/x/y/b"));
  CHECK_FALSE(ignored("a/**/b", "x/a/b"));
}

TEST_CASE("ignore files: comments, escapes, blanks, line ends, negation") {
  CHECK_FALSE(ignored("#foo", "#foo"));
  CHECK(ignored("\\#foo", "#foo"));
  CHECK(ignored("\\!foo", "!foo"));
  CHECK(ignored("foo  \r\nbar\r\n", "foo"));
  CHECK(ignored("foo\\ ", "foo "));
  CHECK_FALSE(ignored("*.conf\n!keep.conf\n", "keep.conf"));
  CHECK(ignored("!keep.conf\n*.conf\n", "keep.conf"));
  CHECK(
      ignored("\xEF\xBB\xBF"
              "foo",
              "foo"));
  CHECK_FALSE(ignored("/\n\n!\n", "x"));
}

TEST_CASE("ignore files: deeper files win, and apply below their folder only") {
  IgnoreStack stack;
  stack.push("/r", IgnorePatterns::parse("*.conf\n"));
  stack.push("/r/keep", IgnorePatterns::parse("!a.conf\n"));
  CHECK(stack.ignores("/r/a.conf", false));
  CHECK(stack.ignores("/r/x/a.conf", false));
  CHECK_FALSE(stack.ignores("/r/keep/a.conf", false));
  CHECK(stack.ignores("/r/keep/b.conf", false));
  CHECK_FALSE(stack.ignores("/rx/a.conf", false));
}

TEST_CASE("ignore files: hostile patterns take no time") {
  std::string stars;
  for (int i = 0; i < 2000; ++i) stars += "*a";
  CHECK_FALSE(ignored(stars + "b", std::string(4000, 'a')));
  std::string folders;
  for (int i = 0; i < 500; ++i) folders += "**/a/";
  std::string path = "a";
  for (int i = 0; i < 400; ++i) path += "/a";
  CHECK_FALSE(ignored(folders + "b", path));
}
