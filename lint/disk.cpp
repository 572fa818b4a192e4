#include "lint/disk.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace relaylint {
namespace {

namespace fs = std::filesystem;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

FileKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::Regular;
  return S_ISDIR(mode) ? FileKind::Directory : FileKind::Other;
}

bool says_missing(int error) { return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG; }

std::string words_for(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

FileContent failure(int error) {
  if (says_missing(error)) return {};
  return {FileKind::Regular, nullptr, words_for(error)};
}

/// A name with a NUL byte in it is not a file's; the system would see its beginning only.
bool is_nameable(const std::string& path) { return path.find('\0') == std::string::npos; }

/// Up to the end of the file or a little more than `limit` bytes; nothing and errno where that fails. `expected` may be
/// 0 for files that are made up while being read.
std::optional<std::string> read_bytes(int fd, std::size_t expected, std::size_t limit) {
  std::string bytes;
  std::size_t filled = 0;
  for (std::size_t room = std::min(expected, limit) + 1; filled <= limit; room = 65536) {
    bytes.resize(filled + room);
    const ssize_t got = ::read(fd, bytes.data() + filled, room);
    if (got < 0 && errno != EINTR) return std::nullopt;
    if (got == 0) break;
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

/// What `take` makes of an open regular file and its size, or why there is none.
template <typename Take>
FileContent with_file(const std::string& path, Take take) {
  if (!is_nameable(path)) return {};
  struct stat status {};
  // Looked at before it is opened: opening alone can rewind a tape or wait for a writer.
  if (::stat(path.c_str(), &status) != 0) return failure(errno);
  if (!S_ISREG(status.st_mode)) return {kind_of_mode(status.st_mode), nullptr, {}};
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return failure(errno);
  if (!S_ISREG(status.st_mode)) return {kind_of_mode(status.st_mode), nullptr, {}};
  return take(file.get(), static_cast<std::size_t>(status.st_size));
}

FileContent content(std::optional<std::string> bytes) {
  if (!bytes) return failure(errno);
  return {FileKind::Regular, std::make_shared<const std::string>(std::move(*bytes)), {}};
}

}  // namespace

FileContent DiskReader::read(const std::string& path) {
  return with_file(path, [this](int fd, std::size_t size) {
    const FileContent too_large{FileKind::Regular, nullptr, fmt::format("it has more than {} bytes", max_file_bytes_)};
    if (size > max_file_bytes_) return too_large;
    FileContent whole = content(read_bytes(fd, size, max_file_bytes_));
    return whole.bytes && whole.bytes->size() > max_file_bytes_ ? too_large : whole;
  });
}

FileContent DiskReader::read_head(const std::string& path, std::size_t limit) {
  return with_file(path, [limit](int fd, std::size_t size) { return content(read_bytes(fd, size, limit)); });
}

FileKind DiskReader::kind(const std::string& path) {
  struct stat status {};
  if (!is_nameable(path)) return FileKind::Missing;
  if (::stat(path.c_str(), &status) != 0) return says_missing(errno) ? FileKind::Missing : FileKind::Other;
  return kind_of_mode(status.st_mode);
}

std::vector<std::string> DiskReader::list(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  if (!is_nameable(directory)) return names;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().native());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string DiskReader::canonical(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) return path;
  const fs::path resolved = fs::weakly_canonical(absolute, error);
  return (error ? absolute.lexically_normal() : resolved).native();
}

}  // namespace relaylint
