#pragma once
// The system calls that writing files needs, as a seam: tests make each of them fail, stop short or be the last one
// before a kill. Every function is the call of its name (section 2 of the Linux manual): -1 and errno on failure.

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <string>

namespace relaylint {

class SystemCalls {
 public:
  virtual ~SystemCalls() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t read(int fd, void* buffer, std::size_t size);
  virtual ssize_t write(int fd, const void* buffer, std::size_t size);
  virtual int fstat(int fd, struct stat* status);
  virtual int lstat(const char* path, struct stat* status);
  virtual int fchown(int fd, uid_t owner, gid_t group);
  virtual int fchmod(int fd, mode_t mode);
  virtual ssize_t flistxattr(int fd, char* names, std::size_t size);
  virtual ssize_t fgetxattr(int fd, const char* name, void* value, std::size_t size);
  virtual int fsetxattr(int fd, const char* name, const void* value, std::size_t size);
  virtual int fremovexattr(int fd, const char* name);
  virtual int fsync(int fd);
  virtual int close(int fd);
  virtual int rename(const char* from, const char* to);
  /// rename that fails with EEXIST where `to` exists: renameat2 with RENAME_NOREPLACE, or link and unlink on file
  /// systems that do not know it.
  virtual int rename_new(const char* from, const char* to);
  virtual int unlink(const char* path);
};

/// The kernel's own.
SystemCalls& real_system_calls();

/// "what: why the last call failed", of errno.
std::string errno_message(const std::string& what);

}  // namespace relaylint
