#pragma once
// All bytes of one configuration. A Span is the only position the program knows; lines and columns are
// computed when something is printed. Files are read through FileReader alone, so that tests run on files in
// memory and the limits of contract.md 7 hold everywhere.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace relaylint {

/// Which file of a SourceSet; an index into it.
enum class FileId : std::uint32_t {};

/// Half-open range of byte offsets within one file.
struct TextRange {
  std::uint32_t start = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const { return end - start; }
  [[nodiscard]] bool empty() const { return start == end; }
  auto operator<=>(const TextRange&) const = default;
};

/// A place: bytes of one file. An empty range names a point (an insertion, "here something is missing").
struct Span {
  FileId file{};
  TextRange range{};

  auto operator<=>(const Span&) const = default;
};

/// 1-based; the column counts code points (a byte that is not UTF-8 counts as one).
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

enum class FileKind { Missing, Regular, Directory, Other };

/// What reading a file gave. `kind` Other is a device, FIFO or socket: never opened. `error` is set where the
/// file is there but could not be read (permission, size, I/O), in words.
struct FileContent {
  FileKind kind = FileKind::Missing;
  std::shared_ptr<const std::string> bytes;  ///< null unless Regular and read
  std::string error;
};

/// The only way to the file system.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// Follows symbolic links. Never throws.
  virtual FileContent read(const std::string& path) = 0;
  /// The first `limit` bytes (or more), for recognising what a file is without reading all of a large one.
  virtual FileContent read_head(const std::string& path, std::size_t /*limit*/) { return read(path); }
  virtual FileKind kind(const std::string& path) = 0;
  /// Names of a directory's entries, sorted by bytes; empty where it is none.
  virtual std::vector<std::string> list(const std::string& directory) = 0;
  /// The absolute path with symbolic links and `..` resolved, for the check against the roots; of a path that does not exist, the
  /// part that does, followed by the rest.
  virtual std::string canonical(const std::string& path) = 0;
};

/// One file's path and bytes. Its address is stable for the life of the SourceSet.
class SourceFile {
 public:
  SourceFile(std::string path, std::shared_ptr<const std::string> bytes, bool present);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  /// As given by the user, or the given folder joined with the rest: what is printed and what is written to.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view bytes() const { return *bytes_; }
  [[nodiscard]] std::shared_ptr<const std::string> share() const { return bytes_; }
  /// False for a file that the configuration would read but that does not exist (a missing rcpthosts).
  [[nodiscard]] bool present() const { return present_; }
  [[nodiscard]] std::string_view slice(TextRange range) const;
  [[nodiscard]] LineColumn line_column(std::uint32_t offset) const;
  /// The whole line that holds `offset`, without its line ending.
  [[nodiscard]] TextRange line_at(std::uint32_t offset) const;

 private:
  [[nodiscard]] std::size_t newlines_before(std::size_t offset) const;

  std::string path_;
  std::shared_ptr<const std::string> bytes_;
  bool present_;
  // Filled when the first line number is asked for; most files are never printed from.
  mutable std::once_flag indexed_;
  mutable std::vector<std::uint32_t> newlines_before_block_;
};

/// Bounds on what one configuration may pull in (contract.md 7).
struct SourceLimits {
  std::size_t max_files = 4096;
  std::size_t max_total_bytes = std::size_t{2} << 30;
};

/// Why a reference (an include, a list file, a sibling) gave no file.
enum class ReferenceStatus { Found, Missing, OutsideRoot, NotAFile, Unreadable, OverLimit };

struct Reference {
  ReferenceStatus status = ReferenceStatus::Missing;
  FileId file{};        ///< valid where Found; where Missing, the absent file (present() is false)
  std::string path;     ///< where it was looked for
  /// One phrase for the user: "is outside the given paths (give --root to read it)", "does not exist" …
  std::string reason;
};

/// Every file of one configuration, owned. Created first and destroyed last: Documents and policies hold spans
/// and views into it.
class SourceSet {
 public:
  /// `root`: where absolute names are looked up (`--root`), empty for none. `allowed`: folders below which
  /// references may be read besides `root`; the folder of the configuration itself belongs here, and a file that the
  /// user gave (it may be a link that leads elsewhere).
  SourceSet(FileReader& reader, std::string root, std::vector<std::string> allowed, SourceLimits limits = {});

  /// Adds a file that is at hand already (standard input, a test); without bytes one that is absent, or a folder that is the
  /// configuration. Later references to the path give this file.
  FileId add(std::string path, std::shared_ptr<const std::string> bytes);
  /// Reads a file by path, without the mapping of references. One file gives one FileId, by whatever path or link it is named, so
  /// that no file is edited twice.
  Reference open(const std::string& path);
  /// Reads what a configuration refers to: absolute names below the root, others beside `from`, or in it where it is a folder.
  Reference refer(std::string_view name, FileId from);
  /// The path that `refer` would read, without reading it.
  [[nodiscard]] std::string resolve(std::string_view name, FileId from) const;
  /// Kind of what a reference names (a folder, a file), under the same rules as `refer`; Missing where it may not be looked at.
  FileKind kind(std::string_view name, FileId from);
  /// Entries of a folder, by path; empty where it may not be looked at.
  std::vector<std::string> list(const std::string& directory);

  [[nodiscard]] const SourceFile& file(FileId id) const { return *files_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] std::string_view slice(Span span) const { return file(span.file).slice(span.range); }
  [[nodiscard]] FileReader& reader() const { return reader_; }
  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] const std::vector<std::string>& allowed() const { return allowed_; }
  [[nodiscard]] const SourceLimits& limits() const { return limits_; }

 private:
  [[nodiscard]] bool may_read(const std::string& path) const;
  [[nodiscard]] bool may_read_canonical(std::string_view canonical) const;
  FileId insert(std::string path, std::string key, std::shared_ptr<const std::string> bytes);

  FileReader& reader_;
  std::string root_;
  std::vector<std::string> allowed_;
  std::vector<std::string> readable_;  ///< canonical: the root and what is allowed
  SourceLimits limits_;
  std::vector<std::unique_ptr<SourceFile>> files_;
  std::unordered_map<std::string, FileId> by_canonical_path_;
  std::size_t total_bytes_ = 0;
};

/// The folder part of a path ("." where there is none) and the last component.
std::string directory_of(std::string_view path);
std::string_view base_name(std::string_view path);
/// `directory`/`name`, or `name` where it is absolute or `directory` is ".".
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace relaylint
