#pragma once
// Files that exist in the test only.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lint/source.hpp"

namespace relaylint::test {

/// Path → bytes. Paths are relative ("etc/exim/configure") or absolute.
using Files = std::map<std::string, std::string>;

/// Folders exist as far as a file's path names them. There are no links; relative paths start at `/memory`.
class MemoryReader final : public FileReader {
 public:
  MemoryReader() = default;
  explicit MemoryReader(const Files& files);

  void add(const std::string& path, std::string bytes);

  FileContent read(const std::string& path) override;
  FileKind kind(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  std::string canonical(const std::string& path) override;

 private:
  std::map<std::string, std::shared_ptr<const std::string>> files_;  ///< by canonical path
};

}  // namespace relaylint::test
