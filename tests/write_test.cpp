#include "lint/write.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

FileChange change(std::string path, const std::string& before, const std::string& after) {
  return {std::move(path), shared(before), shared(after)};
}

FileChange creation(std::string path, const std::string& after) { return {std::move(path), nullptr, shared(after)}; }

WriteResult write_one(const FileChange& one, const WriteOptions& options = {},
                      SystemCalls& calls = real_system_calls()) {
  return write_files(std::span<const FileChange>(&one, 1), options, calls);
}

std::string error_of(const WriteResult& result) { return result.error ? result.error->message : ""; }

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct stat status_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// Lets one call fail, or be the last one before a kill, after which nothing reaches the kernel any more.
class FaultyCalls : public SystemCalls {
 public:
  enum class Fault { None, Error, Kill };
  FaultyCalls(Fault fault, std::size_t at, int error = EIO) : fault_(fault), at_(at), error_(error) {}

  [[nodiscard]] std::size_t count() const { return count_; }

  int open(const char* path, int flags, mode_t mode) override {
    return trips() ? -1 : SystemCalls::open(path, flags, mode);
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return trips() ? -1 : SystemCalls::read(fd, buffer, size);
  }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    // Half of it arrives, whatever happens then.
    if (!dead_ && size > 1) return SystemCalls::write(fd, buffer, size / 2);
    return trips() ? -1 : SystemCalls::write(fd, buffer, size);
  }
  int fstat(int fd, struct stat* status) override { return trips() ? -1 : SystemCalls::fstat(fd, status); }
  int lstat(const char* path, struct stat* status) override { return trips() ? -1 : SystemCalls::lstat(path, status); }
  int fchown(int fd, uid_t owner, gid_t group) override { return trips() ? -1 : SystemCalls::fchown(fd, owner, group); }
  int fchmod(int fd, mode_t mode) override { return trips() ? -1 : SystemCalls::fchmod(fd, mode); }
  ssize_t flistxattr(int fd, char* names, std::size_t size) override {
    return trips() ? -1 : SystemCalls::flistxattr(fd, names, size);
  }
  int fsync(int fd) override { return trips() ? -1 : SystemCalls::fsync(fd); }
  int close(int fd) override {
    // The descriptor is gone even where close reports an error (close(2)), and after a kill.
    const bool failed = trips();
    const int result = SystemCalls::close(fd);
    if (failed) errno = error_;
    return failed ? -1 : result;
  }
  int rename(const char* from, const char* to) override { return trips() ? -1 : SystemCalls::rename(from, to); }
  int rename_new(const char* from, const char* to) override { return trips() ? -1 : SystemCalls::rename_new(from, to); }
  int unlink(const char* path) override { return dead_ ? -1 : SystemCalls::unlink(path); }

 private:
  bool trips() {
    const bool here = count_++ == at_ && fault_ != Fault::None;
    if (here && fault_ == Fault::Kill) dead_ = true;
    if (here || dead_) errno = error_;
    return here || dead_;
  }

  Fault fault_;
  std::size_t at_;
  int error_;
  std::size_t count_ = 0;
  bool dead_ = false;
};

/// Two files and one that is created, in a folder of their own.
struct Scene {
  TemporaryFolder folder;
  std::vector<FileChange> changes;

  Scene() {
    folder.write("one", "one before\n");
    folder.write("two", "two before\n");
    changes = {change(folder / "one", "one before\n", "one after\n"), creation(folder / "new", "created\n"),
               change(folder / "two", "two before\n", "two after\n")};
  }
  [[nodiscard]] std::size_t done() const {
    std::size_t count = 0;
    for (const FileChange& one : changes) count += fs::exists(one.path) && read_bytes(one.path) == *one.after ? 1U : 0U;
    return count;
  }
  /// Every file is the old or the new one, and the later ones are old where an earlier one is.
  void check_whole() const {
    bool old_seen = false;
    for (const FileChange& one : changes) {
      CAPTURE(one.path);
      const bool present = fs::exists(one.path);
      const std::string bytes = present ? read_bytes(one.path) : "";
      const bool is_old = one.before ? present && bytes == *one.before : !present;
      const bool is_new = present && bytes == *one.after;
      CHECK(is_old != is_new);
      if (is_new) CHECK_FALSE(old_seen);
      old_seen = old_seen || is_old;
    }
  }
};

}  // namespace

TEST_CASE("write: a file is replaced whole and nothing is left beside it") {
  const TemporaryFolder folder;
  const std::string path = folder.write("mercury.ini", "Relay : 1\r\n");
  const WriteResult result = write_one(change(path, "Relay : 1\r\n", "Relay : 0\r\n"));
  CHECK(error_of(result).empty());
  CHECK(result.written == std::vector<std::string>{path});
  CHECK(read_bytes(path) == "Relay : 0\r\n");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"mercury.ini"});
}

TEST_CASE("write: large files and names as long as they can be") {
  const TemporaryFolder folder;
  std::string before;
  for (int i = 0; i < 100'000; ++i) before += "host" + std::to_string(i) + ".example\n";
  const std::string after = before + "last.example\n";
  const std::string path = folder.write(std::string(255, 'n'), before);
  CHECK(error_of(write_one(change(path, before, after))).empty());
  CHECK(read_bytes(path) == after);
}

TEST_CASE("write: equal bytes are not written, not even the time stamp") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "same");
  const struct stat before = status_of(path);
  const WriteResult result = write_one(change(path, "same", "same"), {".orig"});
  CHECK(error_of(result).empty());
  CHECK(result.written.empty());
  const struct stat after = status_of(path);
  CHECK(after.st_ino == before.st_ino);
  CHECK(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
  CHECK(names_in(folder.path()) == std::vector<std::string>{"configure"});
}

TEST_CASE("write: mode is kept, set-id bits too") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  for (const mode_t mode : {0600U, 0640U, 0444U, 0666U, 02750U}) {
    CAPTURE(mode);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(error_of(write_one(change(path, read_bytes(path), read_bytes(path) + "b"))).empty());
    CHECK((status_of(path).st_mode & 07777U) == mode);
  }
}

TEST_CASE("write: owner is kept") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  if (::chown(path.c_str(), 4711, 4712) != 0) {
    MESSAGE("not tested: only root can give files away");
    return;
  }
  CHECK(error_of(write_one(change(path, "a", "b"), {".bak"})).empty());
  CHECK(read_bytes(path) == "b");
  CHECK(status_of(path).st_uid == 4711);
  CHECK(status_of(path).st_gid == 4712);
  CHECK(status_of(path + ".bak").st_uid == 4711);
}

TEST_CASE("write: an owner that cannot be kept is a reason not to write") {
  // As if the file belonged to somebody else and we were not root.
  class ForeignFile : public SystemCalls {
   public:
    int fstat(int fd, struct stat* status) override {
      const int result = SystemCalls::fstat(fd, status);
      if (++count_ <= 2)
        status->st_uid += 1;  // the file itself, when it is compared and when its attributes are copied
      return result;
    }
    int fchown(int, uid_t, gid_t) override {
      errno = EPERM;
      return -1;
    }

   private:
    int count_ = 0;
  };
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  ForeignFile calls;
  const WriteResult result = write_one(change(path, "a", "b"), {}, calls);
  CHECK(contains(error_of(result), "cannot write " + path + ": its owner"));
  CHECK(contains(error_of(result), "the file is unchanged"));
  CHECK(read_bytes(path) == "a");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"configure"});
}

TEST_CASE("write: extended attributes and access lists are kept, and the folder's default list is not taken on") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  const std::string plain = folder.write("plain", "a");
  if (::setxattr(path.c_str(), "user.origin", "puppet", 6, 0) != 0) {
    MESSAGE("not tested: the file system has no extended attributes");
    return;
  }
  // struct posix_acl_xattr: version 2, then tag, permissions, id, little endian: user::rw-, user:4711:rw-, group::r--,
  // mask::rw-, other::---.
  const std::string list(
      "\x02\0\0\0"
      "\x01\0\x06\0\xFF\xFF\xFF\xFF"
      "\x02\0\x06\0\x67\x12\0\0"
      "\x04\0\x04\0\xFF\xFF\xFF\xFF"
      "\x10\0\x06\0\xFF\xFF\xFF\xFF"
      "\x20\0\0\0\xFF\xFF\xFF\xFF",
      44);
  const bool lists = ::setxattr(path.c_str(), "system.posix_acl_access", list.data(), list.size(), 0) == 0;
  if (lists) REQUIRE(::setxattr(folder.path().c_str(), "system.posix_acl_default", list.data(), list.size(), 0) == 0);
  const mode_t mode = status_of(path).st_mode;

  CHECK(error_of(write_one(change(path, "a", "b"))).empty());
  CHECK(error_of(write_one(change(plain, "a", "b"))).empty());

  std::string value(256, '\0');
  REQUIRE(::getxattr(path.c_str(), "user.origin", value.data(), value.size()) == 6);
  CHECK(value.substr(0, 6) == "puppet");
  CHECK(status_of(path).st_mode == mode);
  if (!lists) {
    MESSAGE("not tested: the file system has no access lists");
    return;
  }
  REQUIRE(::getxattr(path.c_str(), "system.posix_acl_access", value.data(), value.size()) == 44);
  CHECK(value.substr(0, 44) == list);
  CHECK(::getxattr(plain.c_str(), "system.posix_acl_access", value.data(), value.size()) == -1);
}

TEST_CASE("write: a symbolic link stays and its target changes") {
  const TemporaryFolder folder;
  const std::string target = folder.write("real/exim.conf", "a");
  fs::create_directory(folder / "etc");
  fs::create_symlink("../real/exim.conf", folder / "etc/configure");
  fs::create_symlink("etc/configure", folder / "twice");
  CHECK(error_of(write_one(change(folder / "twice", "a", "b"), {".orig"})).empty());
  CHECK(fs::is_symlink(folder / "twice"));
  CHECK(fs::is_symlink(folder / "etc/configure"));
  CHECK_FALSE(fs::is_symlink(target));
  CHECK(read_bytes(target) == "b");
  CHECK(read_bytes(target + ".orig") == "a");
}

TEST_CASE("write: dangling and cyclic links are errors") {
  const TemporaryFolder folder;
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_symlink("cycle", folder / "cycle");
  CHECK(contains(error_of(write_one(change(folder / "dangling", "a", "b"))), "it has gone since it was read"));
  CHECK(contains(error_of(write_one(change(folder / "cycle", "a", "b"))), "Too many levels of symbolic links"));
  CHECK(
      contains(error_of(write_one(creation(folder / "dangling", "b"))), "symbolic link to a file that does not exist"));
  CHECK_FALSE(fs::exists(folder / "nowhere"));
}

TEST_CASE("write: hard links are not split") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  fs::create_hard_link(path, folder / "other");
  CHECK(contains(error_of(write_one(change(path, "a", "b"))), "it has 2 hard links"));
  CHECK(read_bytes(path) == "a");
  CHECK(fs::hard_link_count(path) == 2);
}

TEST_CASE("write: what is no regular file is refused without waiting for it") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(contains(error_of(write_one(change(folder / "fifo", "a", "b"))), "no regular file"));
  CHECK(contains(error_of(write_one(change(folder.path(), "a", "b"))), "no regular file"));
}

TEST_CASE("write: a file that changed, went or appeared since it was read is not written over") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "somebody else's\n");
  for (const char* read : {"a", "somebody else's\nb", "somebody else's", ""}) {
    CAPTURE(read);
    const WriteResult result = write_one(change(path, read, "b"));
    CHECK(contains(error_of(result),
                   "cannot write " + path + ": it has changed since it was read; the file is unchanged"));
    CHECK(result.written.empty());
  }
  CHECK(contains(error_of(write_one(creation(path, "b"))), "it has appeared since the configuration was read"));
  CHECK(read_bytes(path) == "somebody else's\n");
  CHECK(contains(error_of(write_one(change(folder / "gone", "a", "b"))), "it has gone since it was read"));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"configure"});
}

TEST_CASE("write: a file that changes while the new one is being written is not written over") {
  // The administrator saves his own version just after we compared ours.
  class Meanwhile : public SystemCalls {
   public:
    explicit Meanwhile(const TemporaryFolder& folder) : folder_(folder) {}
    int fchmod(int fd, mode_t mode) override {
      folder_.write("configure", "c");
      folder_.write("new", "c");
      return SystemCalls::fchmod(fd, mode);
    }

   private:
    const TemporaryFolder& folder_;
  };
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  Meanwhile calls(folder);
  CHECK(contains(error_of(write_one(change(path, "a", "b"), {".orig"}, calls)), "it has changed since it was read"));
  CHECK(read_bytes(path) == "c");
  fs::remove(folder / "new");
  CHECK(contains(error_of(write_one(creation(folder / "new", "b"), {}, calls)), "it has appeared since"));
  CHECK(read_bytes(folder / "new") == "c");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"configure", "new"});
}

TEST_CASE("write: a created file can be read by the mail system, whatever the umask") {
  const TemporaryFolder folder;
  const mode_t mask = ::umask(077);
  const WriteResult result = write_one(creation(folder / "rcpthosts", "example.org\n"));
  ::umask(mask);
  CHECK(error_of(result).empty());
  CHECK(read_bytes(folder / "rcpthosts") == "example.org\n");
  CHECK((status_of(folder / "rcpthosts").st_mode & 07777U) == 0644U);
  CHECK(contains(error_of(write_one(creation(folder / "missing/rcpthosts", "x"))), "the file has not been created"));
}

TEST_CASE("write: a backup is kept beside the new file and replaces an older one") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  CHECK(error_of(write_one(change(path, "a", "b"), {".orig"})).empty());
  CHECK(read_bytes(path + ".orig") == "a");
  CHECK((status_of(path + ".orig").st_mode & 07777U) == 0640U);
  CHECK(error_of(write_one(change(path, "b", "c"), {".orig"})).empty());
  CHECK(read_bytes(path + ".orig") == "b");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"configure", "configure.orig"});

  fs::create_directory(folder / "configure.d");
  CHECK(contains(error_of(write_one(change(path, "c", "d"), {".d"})), "no backup can be made"));
  CHECK(contains(error_of(write_one(change(path, "c", "d"), {"/../x"})), "contains a slash"));
  CHECK(read_bytes(path) == "c");
}

TEST_CASE("write: one file under two names") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  fs::create_symlink("configure", folder / "link");
  const std::vector<FileChange> same = {change(path, "a", "b"), change(folder / "link", "a", "b")};
  CHECK(error_of(write_files(same)).empty());
  CHECK(read_bytes(path) == "b");
  const std::vector<FileChange> different = {change(path, "b", "c"), change(folder / "link", "b", "d")};
  CHECK(contains(error_of(write_files(different)), "it is the same file as " + path));
  CHECK(read_bytes(path) == "b");
}

TEST_CASE("write: an obstacle in the last file leaves the first one alone") {
  const Scene scene;
  scene.folder.write("two", "changed meanwhile\n");
  const WriteResult result = write_files(scene.changes);
  CHECK(contains(error_of(result), scene.folder / "two"));
  CHECK(result.written.empty());
  CHECK(read_bytes(scene.folder / "one") == "one before\n");
  CHECK(names_in(scene.folder.path()) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("write: a folder that may not be written to") {
  const TemporaryFolder folder;
  const std::string path = folder.write("configure", "a");
  REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  const WriteResult result = write_one(change(path, "a", "b"));
  if (root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  CHECK(contains(error_of(result), "a temporary file cannot be created in folder " + folder.path()));
  CHECK(contains(error_of(result), "the file is unchanged"));
  CHECK(read_bytes(path) == "a");
}

TEST_CASE("write: whatever call fails, files stay whole, the report is true and no temporary file is left") {
  FaultyCalls counting(FaultyCalls::Fault::None, 0);
  const Scene undisturbed;
  REQUIRE_FALSE(write_files(undisturbed.changes, {".orig"}, counting).error);
  REQUIRE(undisturbed.done() == 3);
  REQUIRE(counting.count() > 30);
  for (std::size_t at = 0; at < counting.count(); ++at) {
    for (const int error : {ENOSPC, EIO}) {
      CAPTURE(at);
      CAPTURE(error);
      const Scene scene;
      FaultyCalls calls(FaultyCalls::Fault::Error, at, error);
      const WriteResult result = write_files(scene.changes, {".orig"}, calls);
      scene.check_whole();
      CHECK(scene.done() == result.written.size());
      if (result.error) {
        CHECK(contains(result.error->message, scene.folder.path()));
        CHECK(contains(result.error->message, error == EIO ? "Input/output error" : "No space left on device"));
      } else {
        CHECK(scene.done() == 3);
      }
      for (const std::string& name : names_in(scene.folder.path())) CHECK(name.front() != '.');
    }
  }
}

TEST_CASE("write: killed at any call, files stay whole and a second run finishes") {
  FaultyCalls counting(FaultyCalls::Fault::None, 0);
  const Scene undisturbed;
  REQUIRE_FALSE(write_files(undisturbed.changes, {".orig"}, counting).error);
  for (std::size_t at = 0; at < counting.count(); ++at) {
    CAPTURE(at);
    Scene scene;
    FaultyCalls calls(FaultyCalls::Fault::Kill, at);
    write_files(scene.changes, {".orig"}, calls);
    scene.check_whole();
    std::vector<FileChange> rest;
    for (const FileChange& one : scene.changes) {
      if (!fs::exists(one.path) || read_bytes(one.path) != *one.after) rest.push_back(one);
    }
    CHECK(error_of(write_files(rest, {".orig"})).empty());
    CHECK(scene.done() == 3);
  }
}

TEST_CASE("write: renaming to a new name never replaces a file") {
  const TemporaryFolder folder;
  const std::string from = folder.write("from", "new");
  const std::string to = folder.write("to", "old");
  CHECK(real_system_calls().rename_new(from.c_str(), to.c_str()) == -1);
  CHECK(errno == EEXIST);
  CHECK(read_bytes(to) == "old");
  fs::remove(to);
  CHECK(real_system_calls().rename_new(from.c_str(), to.c_str()) == 0);
  CHECK(read_bytes(to) == "new");
  CHECK_FALSE(fs::exists(from));
}
