#include "lint/source.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using relaylint::test::Files;
using relaylint::test::MemoryReader;
using enum ReferenceStatus;

namespace {

SourceFile file_of(std::string bytes) {
  return SourceFile("x", std::make_shared<const std::string>(std::move(bytes)), true);
}

void check_place(const SourceFile& file, std::uint32_t offset, std::uint32_t line, std::uint32_t column) {
  CAPTURE(offset);
  CHECK(file.line_column(offset).line == line);
  CHECK(file.line_column(offset).column == column);
}

}  // namespace

TEST_CASE("source file: lines and columns in code points") {
  const SourceFile file = file_of("ab\r\n\n\xC3\xA9\xE2\x82\xACx\n\xFF\x80y");
  check_place(file, 0, 1, 1);
  check_place(file, 3, 1, 4);
  check_place(file, 4, 2, 1);
  check_place(file, 5, 3, 1);
  check_place(file, 7, 3, 2);
  check_place(file, 8, 3, 2);  // inside of a sequence: where that starts
  check_place(file, 10, 3, 3);
  check_place(file, 12, 4, 1);
  check_place(file, 14, 4, 3);
  check_place(file, 15, 4, 4);
  check_place(file, 999, 4, 4);
}

TEST_CASE("source file: an empty file has one place") { check_place(file_of(""), 0, 1, 1); }

TEST_CASE("source file: line numbers far into a large file") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + "\n";
  const SourceFile file = file_of(text);
  for (const int line : {0, 1, 4'000, 20'000, 49'999}) {
    const auto offset = static_cast<std::uint32_t>(line == 0 ? 0 : text.find("\n" + std::to_string(line) + "\n") + 1);
    check_place(file, offset, static_cast<std::uint32_t>(line + 1), 1);
  }
  check_place(file, static_cast<std::uint32_t>(text.size()), 50'001, 1);
}

TEST_CASE("source file: the line of a place, without its ending") {
  const SourceFile file = file_of("one\r\ntwo\n\nfour\r");
  CHECK(file.slice(file.line_at(0)) == "one");
  CHECK(file.slice(file.line_at(4)) == "one");
  CHECK(file.slice(file.line_at(5)) == "two");
  CHECK(file.slice(file.line_at(9)).empty());
  CHECK(file.slice(file.line_at(12)) == "four\r");
  CHECK(file.slice(file.line_at(15)) == "four\r");
}

TEST_CASE("paths") {
  CHECK(directory_of("a/b") == "a");
  CHECK(directory_of("a") == ".");
  CHECK(directory_of("/a") == "/");
  CHECK(base_name("a/b") == "b");
  CHECK(base_name("b") == "b");
  CHECK(join_path(".", "b") == "b");
  CHECK(join_path("a", "b") == "a/b");
  CHECK(join_path("a/", "b") == "a/b");
  CHECK(join_path("a", "/b") == "/b");
}

TEST_CASE("source set: what is beside a file, in a folder, below the root") {
  MemoryReader reader(Files{
      {"conf/main", "m"}, {"conf/lists/a", "a"}, {"tree/etc/exim/configure", "c"}, {"tree/etc/exim/domains", "d"}});
  SourceSet set(reader, "tree", {"conf"});
  const FileId main = set.open("conf/main").file;
  const Reference beside = set.refer("lists/a", main);
  CHECK(beside.status == Found);
  CHECK(beside.path == "conf/lists/a");
  CHECK(set.slice({beside.file, {0, 1}}) == "a");
  CHECK(set.refer("./lists/a", main).path == "conf/lists/a");
  CHECK(set.resolve(".///lists/a", main) == "conf/lists/a");
  CHECK(set.refer("/etc/exim/domains", main).path == "tree/etc/exim/domains");
  CHECK(set.refer("//etc/exim/domains", main).status == Found);
  CHECK(set.kind("/etc/exim", main) == FileKind::Directory);
  CHECK(set.kind("/etc/postfix", main) == FileKind::Missing);
  const FileId folder = set.add("tree/etc/exim", nullptr);
  CHECK(set.refer("domains", folder).path == "tree/etc/exim/domains");
  CHECK_FALSE(set.file(folder).present());
}

TEST_CASE("source set: one file has one id") {
  MemoryReader reader(Files{{"conf/main", "m"}, {"conf/a", "a"}});
  SourceSet set(reader, "", {"conf"});
  const FileId main = set.open("conf/main").file;
  CHECK(set.refer("main", main).file == main);
  CHECK(set.refer("../conf/./main", main).file == main);
  const FileId a = set.add("conf/a", std::make_shared<const std::string>("edited"));
  CHECK(set.refer("a", main).file == a);
  CHECK(set.file(a).bytes() == "edited");
  CHECK(set.size() == 2);
}

TEST_CASE("source set: nothing is read outside of what was given") {
  MemoryReader reader(Files{{"conf/main", "m"}, {"conf-other/secret", "s"}, {"/etc/shadow", "s"}, {"secret", "s"}});
  SourceSet set(reader, "", {"conf"});
  const FileId main = set.open("conf/main").file;
  for (const char* name :
       {"/etc/shadow", "../secret", "../conf-other/secret", "../../etc/shadow", "x/../../secret", "..", "/"}) {
    CAPTURE(name);
    CHECK(set.refer(name, main).status == OutsideRoot);
    CHECK(set.kind(name, main) == FileKind::Missing);
  }
  CHECK(set.refer("/etc/shadow", main).reason == "is outside the given paths (give --root to read it)");
  CHECK(set.list("conf-other").empty());
  CHECK(set.list("conf") == std::vector<std::string>{"main"});
  CHECK(set.size() == 1);
}

TEST_CASE("source set: with a root, no name leads out of it") {
  MemoryReader reader(Files{{"tree/etc/main", "m"}, {"etc/shadow", "s"}, {"/etc/shadow", "s"}});
  SourceSet set(reader, "tree", {});
  const FileId main = set.open("tree/etc/main").file;
  CHECK(set.refer("/../etc/shadow", main).status == OutsideRoot);
  CHECK(set.refer("../../etc/shadow", main).status == OutsideRoot);
  CHECK(set.refer("/etc/shadow", main).status == Missing);
}

TEST_CASE("source set: standard input has nothing beside it") {
  MemoryReader reader(Files{{"domains", "d"}});
  SourceSet set(reader, "", {});
  const FileId main = set.add("-", std::make_shared<const std::string>("x"));
  CHECK(set.refer("domains", main).status == OutsideRoot);
}

TEST_CASE("source set: missing files and folders") {
  MemoryReader reader(Files{{"conf/main", "m"}, {"conf/lists/a", "a"}});
  SourceSet set(reader, "", {"conf"});
  const FileId main = set.open("conf/main").file;
  const Reference missing = set.refer("rcpthosts", main);
  CHECK(missing.status == Missing);
  CHECK(missing.reason == "does not exist");
  CHECK_FALSE(set.file(missing.file).present());
  CHECK(set.file(missing.file).bytes().empty());
  CHECK(set.refer("rcpthosts", main).file == missing.file);
  CHECK(set.refer("lists", main).status == NotAFile);
  CHECK(set.refer("lists", main).reason == "is a directory");
}

TEST_CASE("source set: bounds that are hit are said") {
  MemoryReader reader(Files{{"conf/main", "m"}, {"conf/a", "12345"}, {"conf/b", "12345"}, {"conf/c", "1"}});
  SUBCASE("files") {
    SourceSet set(reader, "", {"conf"}, {.max_files = 2});
    const FileId main = set.open("conf/main").file;
    CHECK(set.refer("a", main).status == Found);
    CHECK(set.refer("b", main).status == OverLimit);
    CHECK(set.refer("b", main).reason == "is not read: a configuration has at most 2 files");
    CHECK(set.refer("a", main).status == Found);
  }
  SUBCASE("bytes") {
    SourceSet set(reader, "", {"conf"}, {.max_total_bytes = 7});
    const FileId main = set.open("conf/main").file;
    CHECK(set.refer("a", main).status == Found);
    CHECK(set.refer("b", main).status == OverLimit);
    CHECK(set.refer("c", main).status == Found);
  }
}
