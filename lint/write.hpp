#pragma once
// Writes fixed files (contract.md 5.4 and 5.5). A file is replaced whole or not at all: at every instant its name shows
// the old bytes or the new ones.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lint/result.hpp"
#include "lint/system_calls.hpp"

namespace relaylint {

/// New bytes for one file.
struct FileChange {
  std::string path;                             ///< of a symbolic link, the target is what changes
  std::shared_ptr<const std::string> before{};  ///< the bytes that were read; null: there was no such file
  std::shared_ptr<const std::string> after{};   ///< never null
};

struct WriteOptions {
  /// Keeps the old file beside the new one under its name with this suffix, an older backup being replaced; empty: no
  /// backup.
  std::string backup_suffix{};
};

struct WriteResult {
  /// Paths whose files hold the new bytes now and did not before, in order.
  std::vector<std::string> written{};
  /// Why it stopped: one sentence that names the file and says what state it is in. Files after it are untouched.
  std::optional<Error> error{};
};

/// Writes the changes in the order given. Everything that can fail is done for all of them first (the new bytes stand
/// synced in temporary files beside the old ones), then the files are replaced one by one. Nothing is written where
/// `before` and `after` are equal. Refused: a file whose bytes are no longer `before`, one that has appeared or gone,
/// one with further hard links (they would be split), no regular file, an owner, mode, access list or extended
/// attribute that cannot be kept. A created file has mode 0644. No temporary file is left behind, but by a kill.
WriteResult write_files(std::span<const FileChange> changes, const WriteOptions& options = {},
                        SystemCalls& calls = real_system_calls());

}  // namespace relaylint
