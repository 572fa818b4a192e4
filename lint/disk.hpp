#pragma once
// The real file system behind FileReader.

#include <cstddef>
#include <string>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

/// Reads regular files and lists folders; devices, FIFOs and sockets are never opened (contract.md 7). Has no state
/// that changes: threads may share it.
class DiskReader final : public FileReader {
 public:
  /// Files of more than `max_file_bytes` are refused unread.
  explicit DiskReader(std::size_t max_file_bytes = std::size_t{2} << 30) : max_file_bytes_(max_file_bytes) {}

  FileContent read(const std::string& path) override;
  FileContent read_head(const std::string& path, std::size_t limit) override;
  FileKind kind(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  std::string canonical(const std::string& path) override;

 private:
  std::size_t max_file_bytes_;
};

}  // namespace relaylint
