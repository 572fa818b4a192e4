#include "lint/disk.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using relaylint::test::TemporaryFolder;
namespace fs = std::filesystem;

TEST_CASE("disk: every byte of a regular file, and its head") {
  const TemporaryFolder folder;
  const std::string bytes = std::string(
                                "\xEF\xBB\xBF"
                                "a\0\r\n",
                                7) +
                            std::string(200'000, 'x');
  const std::string path = folder.write("sub/file", bytes);
  DiskReader disk;
  const FileContent whole = disk.read(path);
  CHECK(whole.kind == FileKind::Regular);
  REQUIRE(whole.bytes);
  CHECK(*whole.bytes == bytes);
  const FileContent head = disk.read_head(path, 100);
  REQUIRE(head.bytes);
  CHECK(head.bytes->size() >= 100);
  CHECK(head.bytes->size() < 1'000);
  CHECK(bytes.starts_with(*head.bytes));
  CHECK(disk.read(folder.write("empty", "")).bytes->empty());
}

TEST_CASE("disk: what is there is told apart") {
  const TemporaryFolder folder;
  DiskReader disk;
  folder.write("file", "x");
  CHECK(disk.kind(folder.path()) == FileKind::Directory);
  CHECK(disk.kind(folder / "file") == FileKind::Regular);
  CHECK(disk.kind(folder / "none") == FileKind::Missing);
  CHECK(disk.kind(folder / "file/below") == FileKind::Missing);
  CHECK(disk.kind(folder / std::string(5'000, 'x')) == FileKind::Missing);
  CHECK(disk.kind(folder / std::string("file\0x", 6)) == FileKind::Missing);
  CHECK(disk.read(folder / std::string("file\0x", 6)).kind == FileKind::Missing);
  CHECK(disk.read(folder.path()).kind == FileKind::Directory);
  CHECK(disk.read("/dev/null").kind == FileKind::Other);
  CHECK_FALSE(disk.read("/dev/null").bytes);
}

TEST_CASE("disk: a FIFO is not waited for") {
  const TemporaryFolder folder;
  DiskReader disk;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(disk.kind(folder / "pipe") == FileKind::Other);
  CHECK(disk.read(folder / "pipe").kind == FileKind::Other);
}

TEST_CASE("disk: unreadable and too large files are there, with a reason") {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "123456");
  DiskReader small(5);
  const FileContent large = small.read(path);
  CHECK(large.kind == FileKind::Regular);
  CHECK_FALSE(large.bytes);
  CHECK(large.error == "it has more than 5 bytes");
  CHECK(DiskReader(6).read(path).bytes);
  if (::geteuid() == 0) return;  // root may read everything
  fs::permissions(path, fs::perms::none);
  CHECK(DiskReader().read(path).error == "permission denied");
}

TEST_CASE("disk: entries sorted by bytes") {
  const TemporaryFolder folder;
  DiskReader disk;
  for (const char* name : {"b", "a.b", "a/x", "Z", "\xC3\xA9"}) folder.write(name, "");
  CHECK(disk.list(folder.path()) == std::vector<std::string>{"Z", "a", "a.b", "b", "\xC3\xA9"});
  CHECK(disk.list(folder / "b").empty());
  CHECK(disk.list(folder / "none").empty());
}

TEST_CASE("disk: canonical paths") {
  const TemporaryFolder folder;
  DiskReader disk;
  folder.write("real/file", "x");
  fs::create_symlink("real", folder / "link");
  const std::string real = disk.canonical(folder / "real/file");
  CHECK(disk.canonical(folder / "link/file") == real);
  CHECK(disk.canonical(folder / "link/../real/./file") == real);
  CHECK(disk.canonical(folder / "link/none") == disk.canonical(folder / "real") + "/none");
  CHECK(disk.canonical("relative").starts_with('/'));
}

TEST_CASE("disk: links that leave what was given are not followed") {
  const TemporaryFolder given;
  const TemporaryFolder outside;
  const std::string secret = outside.write("secret", "s");
  given.write("main", "m");
  given.write("inside", "i");
  fs::create_symlink(secret, given / "file-link");
  fs::create_symlink(outside.path(), given / "folder-link");
  fs::create_symlink("inside", given / "good-link");
  fs::create_symlink("loop", given / "loop");
  DiskReader disk;
  SourceSet set(disk, "", {given.path()});
  const FileId main = set.open(given / "main").file;
  CHECK(set.refer("file-link", main).status == ReferenceStatus::OutsideRoot);
  CHECK(set.refer("folder-link/secret", main).status == ReferenceStatus::OutsideRoot);
  CHECK(set.list(given / "folder-link").empty());
  CHECK(set.refer("loop", main).status != ReferenceStatus::Found);
  const Reference good = set.refer("good-link", main);
  CHECK(good.status == ReferenceStatus::Found);
  CHECK(set.refer("inside", main).file == good.file);
  // A link that the user himself gave is his to give.
  SourceSet given_link(disk, "", {given / "file-link"});
  CHECK(given_link.open(given / "file-link").status == ReferenceStatus::Found);
}
