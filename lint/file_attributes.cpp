#include "lint/file_attributes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace relaylint {
namespace {

/// The kernel keeps these itself and they hold for the old bytes only: a copied hash would lock the new file out.
bool belongs_to_bytes(std::string_view name) { return name == "security.ima" || name == "security.evm"; }

/// Names of the extended attributes; nothing where they could not be listed (errno).
std::optional<std::vector<std::string>> attribute_names(SystemCalls& calls, int fd) {
  std::vector<std::string> names;
  std::string list(std::size_t{64} << 10, '\0');  // XATTR_LIST_MAX
  const ssize_t size = calls.flistxattr(fd, list.data(), list.size());
  if (size < 0 && errno == ENOTSUP) return names;
  if (size < 0) return std::nullopt;
  list.resize(static_cast<std::size_t>(size));
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = std::min(list.find('\0', start), list.size());
    names.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

/// The attribute's value; nothing where there is none or it cannot be read (errno).
std::optional<std::string> attribute(SystemCalls& calls, int fd, const std::string& name) {
  std::string value(std::size_t{64} << 10, '\0');  // XATTR_SIZE_MAX
  const ssize_t size = calls.fgetxattr(fd, name.c_str(), value.data(), value.size());
  if (size < 0) return std::nullopt;
  value.resize(static_cast<std::size_t>(size));
  return value;
}

std::optional<std::string> copy_owner(SystemCalls& calls, const struct stat& from, int to) {
  struct stat status {};
  if (calls.fstat(to, &status) != 0) return errno_message("the temporary file cannot be examined");
  if (status.st_uid == from.st_uid && status.st_gid == from.st_gid) return std::nullopt;
  if (calls.fchown(to, from.st_uid, from.st_gid) == 0) return std::nullopt;
  return errno_message("its owner (uid " + std::to_string(from.st_uid) + ", gid " + std::to_string(from.st_gid) +
                ") cannot be kept");
}

std::optional<std::string> copy_extended(SystemCalls& calls, int from, int to) {
  const auto wanted = attribute_names(calls, from);
  if (!wanted) return errno_message("its extended attributes cannot be read");
  const auto present = attribute_names(calls, to);
  if (!present) return errno_message("extended attributes of the temporary file cannot be read");
  for (const std::string& name : *present) {
    // A security module labels every file and does not let its label go; the old file's has been there all the same.
    if (std::find(wanted->begin(), wanted->end(), name) != wanted->end() || name.rfind("security.", 0) == 0) continue;
    if (calls.fremovexattr(to, name.c_str()) != 0) return errno_message("extended attribute " + name + " cannot be taken off");
  }
  for (const std::string& name : *wanted) {
    if (belongs_to_bytes(name)) continue;
    const auto value = attribute(calls, from, name);
    if (!value) return errno_message("extended attribute " + name + " cannot be read");
    if (attribute(calls, to, name) == value) continue;
    if (calls.fsetxattr(to, name.c_str(), value->data(), value->size()) != 0) {
      return errno_message("extended attribute " + name + " cannot be kept");
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> copy_attributes(SystemCalls& calls, int from, int to) {
  struct stat status {};
  if (calls.fstat(from, &status) != 0) return errno_message("it cannot be examined");
  if (auto error = copy_owner(calls, status, to)) return error;
  if (auto error = copy_extended(calls, from, to)) return error;
  // Last: changing the owner takes set-id bits away.
  if (calls.fchmod(to, status.st_mode & 07777U) != 0) return errno_message("its mode cannot be kept");
  return std::nullopt;
}

}  // namespace relaylint
