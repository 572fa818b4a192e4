#include "lint/system_calls.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace relaylint {

int SystemCalls::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t SystemCalls::read(int fd, void* buffer, std::size_t size) { return ::read(fd, buffer, size); }
ssize_t SystemCalls::write(int fd, const void* buffer, std::size_t size) { return ::write(fd, buffer, size); }
int SystemCalls::fstat(int fd, struct stat* status) { return ::fstat(fd, status); }
int SystemCalls::lstat(const char* path, struct stat* status) { return ::lstat(path, status); }
int SystemCalls::fchown(int fd, uid_t owner, gid_t group) { return ::fchown(fd, owner, group); }
int SystemCalls::fchmod(int fd, mode_t mode) { return ::fchmod(fd, mode); }
ssize_t SystemCalls::flistxattr(int fd, char* names, std::size_t size) { return ::flistxattr(fd, names, size); }
ssize_t SystemCalls::fgetxattr(int fd, const char* name, void* value, std::size_t size) {
  return ::fgetxattr(fd, name, value, size);
}
int SystemCalls::fsetxattr(int fd, const char* name, const void* value, std::size_t size) {
  return ::fsetxattr(fd, name, value, size, 0);
}
int SystemCalls::fremovexattr(int fd, const char* name) { return ::fremovexattr(fd, name); }
int SystemCalls::fsync(int fd) { return ::fsync(fd); }
int SystemCalls::close(int fd) { return ::close(fd); }
int SystemCalls::rename(const char* from, const char* to) { return ::rename(from, to); }

int SystemCalls::rename_new(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::link(from, to) != 0) return -1;
  return ::unlink(from);
}

int SystemCalls::unlink(const char* path) { return ::unlink(path); }

SystemCalls& real_system_calls() {
  static SystemCalls calls;
  return calls;
}

std::string errno_message(const std::string& what) { return what + ": " + std::generic_category().message(errno); }

}  // namespace relaylint
