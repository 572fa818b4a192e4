#pragma once
// A folder that tests may write to, gone with the object, and the few things tests do in it.

#include <filesystem>
#include <string>
#include <string_view>

namespace relaylint::test {

class TemporaryFolder {
 public:
  /// Below $TMPDIR or /tmp; throws where none can be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The path of `name` in the folder.
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }
  /// Writes a file, with the folders it needs; gives its path.
  std::string write(std::string_view name, std::string_view bytes) const;

 private:
  std::string path_;
};

/// All bytes of a file; throws where it cannot be read.
std::string read_bytes(const std::string& path);

}  // namespace relaylint::test
