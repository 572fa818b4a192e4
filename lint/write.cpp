#include "lint/write.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include "lint/file_attributes.hpp"
#include "lint/source.hpp"

namespace relaylint {
namespace {

/// Why something failed, as a phrase; nothing where it did not.
using Failure = std::optional<std::string>;

/// An open file, closed with the object.
class Descriptor {
 public:
  Descriptor(SystemCalls& calls, const std::string& path, int flags, mode_t mode = 0)
      : calls_(calls), fd_(calls.open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) calls_.close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool opened() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  /// False with errno: on some file systems writing fails as late as here.
  bool close() { return calls_.close(std::exchange(fd_, -1)) == 0; }

 private:
  SystemCalls& calls_;
  int fd_;
};

/// The path of a file that is removed with the object, unless it has taken its place by then.
class TemporaryName {
 public:
  TemporaryName(SystemCalls& calls, std::string path) : calls_(&calls), path_(std::move(path)) {}
  TemporaryName(TemporaryName&& other) noexcept : calls_(other.calls_), path_(std::exchange(other.path_, {})) {}
  TemporaryName& operator=(TemporaryName&&) = delete;
  ~TemporaryName() {
    if (!path_.empty()) calls_->unlink(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void took_its_place() { path_.clear(); }

 private:
  SystemCalls* calls_;
  std::string path_;
};

/// One change, ready: all that is left to do is renaming.
struct StagedChange {
  const FileChange* change = nullptr;
  std::string real_path;              ///< without symbolic links
  std::optional<struct stat> seen{};  ///< the old file, as it was compared; nothing where one is created
  std::optional<TemporaryName> backup{};
  TemporaryName fresh;
};

/// Hidden, so that programs that read every file of a folder pass it by; at most 255 bytes (NAME_MAX).
std::string temporary_path(const std::string& real_path) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string name = "." + std::string(base_name(real_path).substr(0, 200)) + ".relaylint-";
  for (int i = 0; i < 12; ++i) name += kDigits[random() % kDigits.size()];
  return join_path(directory_of(real_path), name);
}

Failure write_all(SystemCalls& calls, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = calls.write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_message("the temporary file cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

/// Are the bytes of the file, from its start, exactly `bytes`?
Result<bool> holds(SystemCalls& calls, int fd, std::string_view bytes) {
  std::array<char, std::size_t{64} << 10> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
  while (true) {
    const ssize_t count = calls.read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{errno_message("it cannot be read")};
    if (count == 0) return bytes.empty();
    const std::string_view part(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.substr(0, part.size()) != part) return false;
    bytes.remove_prefix(part.size());
  }
}

/// Writes a synced temporary file beside `real_path`, with the attributes of `like` (a descriptor), or mode 0644 where
/// it is -1.
Result<TemporaryName> stage_bytes(SystemCalls& calls, const std::string& real_path, std::string_view bytes, int like) {
  const std::string path = temporary_path(real_path);
  Descriptor file(calls, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file.opened()) {
    return Error{errno_message("a temporary file cannot be created in folder " + directory_of(real_path))};
  }
  TemporaryName name(calls, path);
  if (Failure failure = write_all(calls, file.get(), bytes)) return Error{*failure};
  if (like >= 0) {
    if (Failure failure = copy_attributes(calls, like, file.get())) return Error{*failure};
  } else if (calls.fchmod(file.get(), 0644) != 0) {
    return Error{errno_message("the temporary file's mode cannot be set")};
  }
  if (calls.fsync(file.get()) != 0) return Error{errno_message("the temporary file cannot be synced to disk")};
  if (!file.close()) return Error{errno_message("the temporary file cannot be closed")};
  return name;
}

std::string hard_links_refused(nlink_t links) {
  return "it has " + std::to_string(links) +
         " hard links, and replacing it would leave the other names with the old bytes; edit it in place, or make the "
         "other "
         "names symbolic links";
}

/// Stages the replacement of a file that is there. An error is a phrase.
Result<StagedChange> stage_replacement(SystemCalls& calls, const FileChange& change, const WriteOptions& options) {
  std::error_code error;
  const std::string real_path = std::filesystem::canonical(change.path, error).string();
  if (error == std::errc::no_such_file_or_directory) return Error{"it has gone since it was read"};
  if (error) return Error{error.message()};
  const Descriptor old(calls, real_path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!old.opened()) return Error{errno_message("it cannot be opened")};
  struct stat status {};
  if (calls.fstat(old.get(), &status) != 0) return Error{errno_message("it cannot be examined")};
  if (!S_ISREG(status.st_mode)) return Error{"it is no regular file"};
  if (status.st_nlink > 1) return Error{hard_links_refused(status.st_nlink)};
  const Result<bool> same = holds(calls, old.get(), *change.before);
  if (!same) return same.error();
  if (!*same) return Error{"it has changed since it was read"};

  std::optional<TemporaryName> backup;
  if (!options.backup_suffix.empty()) {
    Result<TemporaryName> staged = stage_bytes(calls, real_path, *change.before, old.get());
    if (!staged) return Error{"no backup can be made: " + staged.error().message};
    backup.emplace(std::move(*staged));
  }
  Result<TemporaryName> fresh = stage_bytes(calls, real_path, *change.after, old.get());
  if (!fresh) return fresh.error();
  return StagedChange{&change, real_path, status, std::move(backup), std::move(*fresh)};
}

/// Stages a file that is not there yet. An error is a phrase.
Result<StagedChange> stage_creation(SystemCalls& calls, const FileChange& change) {
  struct stat status {};
  if (calls.lstat(change.path.c_str(), &status) == 0) {
    return Error{S_ISLNK(status.st_mode) ? "it is a symbolic link to a file that does not exist"
                                         : "it has appeared since the configuration was read"};
  }
  if (errno != ENOENT) return Error{errno_message("it cannot be examined")};
  std::error_code error;
  const std::string folder = std::filesystem::canonical(directory_of(change.path), error).string();
  if (error) return Error{"its folder cannot be found: " + error.message()};
  std::string real_path = join_path(folder, base_name(change.path));
  Result<TemporaryName> fresh = stage_bytes(calls, real_path, *change.after, -1);
  if (!fresh) return fresh.error();
  return StagedChange{&change, std::move(real_path), std::nullopt, std::nullopt, std::move(*fresh)};
}

bool same_time(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Nothing where the file under the name is still the very one that was compared, untouched.
Failure no_longer(SystemCalls& calls, const std::string& path, const struct stat& seen) {
  struct stat now {};
  if (calls.lstat(path.c_str(), &now) != 0) return errno_message("it cannot be examined again");
  const bool same = now.st_dev == seen.st_dev && now.st_ino == seen.st_ino && now.st_size == seen.st_size &&
                    now.st_nlink == seen.st_nlink && same_time(now.st_mtim, seen.st_mtim) &&
                    same_time(now.st_ctim, seen.st_ctim);
  return same ? Failure() : "it has changed since it was read";
}

Failure rename_failed() {
  if (errno == EBUSY) return "it is a mount point of its own (a file mounted into a container?) and cannot be replaced";
  if (errno == EEXIST) return "it has appeared since the configuration was read";
  return errno_message("the temporary file cannot take its name");
}

Failure put_in_place(SystemCalls& calls, StagedChange& staged, const WriteOptions& options) {
  if (!staged.seen) {
    if (calls.rename_new(staged.fresh.path().c_str(), staged.real_path.c_str()) != 0) return rename_failed();
    staged.fresh.took_its_place();
    return std::nullopt;
  }
  if (Failure failure = no_longer(calls, staged.real_path, *staged.seen)) return failure;
  if (staged.backup) {
    const std::string kept = staged.real_path + options.backup_suffix;
    if (calls.rename(staged.backup->path().c_str(), kept.c_str()) != 0)
      return errno_message("no backup can be made as " + kept);
    staged.backup->took_its_place();
  }
  if (calls.rename(staged.fresh.path().c_str(), staged.real_path.c_str()) != 0) return rename_failed();
  staged.fresh.took_its_place();
  return std::nullopt;
}

/// So that the new name outlives a power failure. Some file systems cannot sync folders and say EINVAL.
Failure sync_folder(SystemCalls& calls, const std::string& folder) {
  Descriptor opened(calls, folder, O_RDONLY | O_DIRECTORY);
  if (!opened.opened()) return errno_message("folder " + folder + " cannot be opened");
  if (calls.fsync(opened.get()) != 0 && errno != EINVAL)
    return errno_message("folder " + folder + " cannot be synced to disk");
  return std::nullopt;
}

/// Nothing else may run in between the changes of a fix, so say what is done when one of them stops it.
std::string written_before(const std::vector<std::string>& written) {
  if (written.empty()) return {};
  std::string list;
  for (const std::string& path : written) list += (list.empty() ? "" : ", ") + path;
  return " (written already: " + list + "; a second run finishes the rest)";
}

Error unchanged(const FileChange& change, const std::string& reason, const std::vector<std::string>& written) {
  return Error{"cannot write " + change.path + ": " + reason + "; " +
               (change.before ? "the file is unchanged" : "the file has not been created") + written_before(written)};
}

/// Two paths may name one file: a symbolic link and its target.
const StagedChange* staged_for(const std::vector<StagedChange>& staged, const std::string& real_path) {
  const auto found =
      std::find_if(staged.begin(), staged.end(), [&](const StagedChange& one) { return one.real_path == real_path; });
  return found == staged.end() ? nullptr : &*found;
}

/// Stages every change that changes something.
Result<std::vector<StagedChange>> stage_all(SystemCalls& calls, std::span<const FileChange> changes,
                                            const WriteOptions& options) {
  std::vector<StagedChange> staged;
  for (const FileChange& change : changes) {
    if (change.before && *change.before == *change.after) continue;
    Result<StagedChange> one =
        change.before ? stage_replacement(calls, change, options) : stage_creation(calls, change);
    if (!one) return unchanged(change, one.error().message, {});
    const StagedChange* earlier = staged_for(staged, one->real_path);
    if (earlier == nullptr) {
      staged.push_back(std::move(*one));
    } else if (*earlier->change->after != *change.after) {
      return unchanged(change, "it is the same file as " + earlier->change->path + ", with other changes", {});
    }
  }
  return staged;
}

}  // namespace

WriteResult write_files(std::span<const FileChange> changes, const WriteOptions& options, SystemCalls& calls) {
  WriteResult result;
  if (options.backup_suffix.find('/') != std::string::npos) {
    result.error = Error{"backup suffix " + options.backup_suffix + " contains a slash; no file is changed"};
    return result;
  }
  Result<std::vector<StagedChange>> staged = stage_all(calls, changes, options);
  if (!staged) {
    result.error = staged.error();
    return result;
  }
  for (StagedChange& one : *staged) {
    if (const Failure failure = put_in_place(calls, one, options)) {
      result.error = unchanged(*one.change, *failure, result.written);
      return result;
    }
    result.written.push_back(one.change->path);
    if (const Failure failure = sync_folder(calls, directory_of(one.real_path))) {
      result.error =
          Error{one.change->path + " is written, but a power failure may bring the old file back: " + *failure};
      return result;
    }
  }
  return result;
}

}  // namespace relaylint
