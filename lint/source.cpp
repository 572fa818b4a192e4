#include "lint/source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

#include "lint/utf8.hpp"

namespace relaylint {
namespace {

/// Line numbers are counted from the start of a block, so that printing many findings in one large file stays linear.
constexpr std::size_t kBlock = std::size_t{1} << 14;

std::size_t count_newlines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t line_start(std::string_view bytes, std::size_t offset) {
  const std::size_t newline = offset == 0 ? std::string_view::npos : bytes.rfind('\n', offset - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

/// Code points that end at or before `offset`, from `start` on.
std::size_t count_code_points(std::string_view bytes, std::size_t start, std::size_t offset) {
  std::size_t count = 0;
  while (start < offset) {
    start += std::max<std::size_t>(1, utf8_sequence_length(bytes, start));
    if (start > offset) break;
    ++count;
  }
  return count;
}

bool is_absolute(std::string_view path) { return !path.empty() && path.front() == '/'; }

/// Both canonical.
bool is_at_or_below(std::string_view path, std::string_view folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

}  // namespace

SourceFile::SourceFile(std::string path, std::shared_ptr<const std::string> bytes, bool present)
    : path_(std::move(path)),
      bytes_(bytes ? std::move(bytes) : std::make_shared<const std::string>()),
      present_(present) {}

std::string_view SourceFile::slice(TextRange range) const {
  assert(range.start <= range.end && range.end <= bytes_->size());
  return bytes().substr(range.start, range.size());
}

std::size_t SourceFile::newlines_before(std::size_t offset) const {
  std::call_once(indexed_, [this] {
    std::size_t count = 0;
    for (std::size_t at = 0; at < bytes_->size(); at += kBlock) {
      newlines_before_block_.push_back(static_cast<std::uint32_t>(count));
      count += count_newlines(bytes().substr(at, kBlock));
    }
  });
  if (newlines_before_block_.empty()) return 0;
  const std::size_t block = std::min(offset / kBlock, newlines_before_block_.size() - 1);
  return newlines_before_block_[block] + count_newlines(bytes().substr(block * kBlock, offset - block * kBlock));
}

LineColumn SourceFile::line_column(std::uint32_t offset) const {
  const std::size_t at = std::min<std::size_t>(offset, bytes_->size());
  const std::size_t column = count_code_points(bytes(), line_start(bytes(), at), at);
  return {static_cast<std::uint32_t>(newlines_before(at) + 1), static_cast<std::uint32_t>(column + 1)};
}

TextRange SourceFile::line_at(std::uint32_t offset) const {
  const std::size_t at = std::min<std::size_t>(offset, bytes_->size());
  const std::size_t start = line_start(bytes(), at);
  std::size_t end = std::min(bytes().find('\n', at), bytes_->size());
  if (end > start && end < bytes_->size() && bytes()[end - 1] == '\r') --end;
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

SourceSet::SourceSet(FileReader& reader, std::string root, std::vector<std::string> allowed, SourceLimits limits)
    : reader_(reader), root_(std::move(root)), allowed_(std::move(allowed)), limits_(limits) {
  if (!root_.empty()) readable_.push_back(reader_.canonical(root_));
  for (const std::string& folder : allowed_) readable_.push_back(reader_.canonical(folder));
}

FileId SourceSet::insert(std::string path, std::string key, std::shared_ptr<const std::string> bytes) {
  const auto id = static_cast<FileId>(files_.size());
  const bool present = bytes != nullptr;
  if (present) total_bytes_ += bytes->size();
  files_.push_back(std::make_unique<SourceFile>(std::move(path), std::move(bytes), present));
  by_canonical_path_.emplace(std::move(key), id);
  return id;
}

FileId SourceSet::add(std::string path, std::shared_ptr<const std::string> bytes) {
  std::string key = reader_.canonical(path);
  return insert(std::move(path), std::move(key), std::move(bytes));
}

bool SourceSet::may_read_canonical(std::string_view canonical) const {
  return std::any_of(readable_.begin(), readable_.end(),
                     [&](const std::string& folder) { return is_at_or_below(canonical, folder); });
}

bool SourceSet::may_read(const std::string& path) const { return may_read_canonical(reader_.canonical(path)); }

Reference SourceSet::open(const std::string& path) {
  using enum ReferenceStatus;
  std::string key = reader_.canonical(path);
  if (const auto known = by_canonical_path_.find(key); known != by_canonical_path_.end()) {
    const SourceFile& known_file = file(known->second);
    if (known_file.present()) return {Found, known->second, known_file.path(), {}};
    return {Missing, known->second, known_file.path(), "does not exist"};
  }
  if (!may_read_canonical(key)) return {OutsideRoot, {}, path, "is outside the given paths (give --root to read it)"};
  if (files_.size() >= limits_.max_files) {
    return {OverLimit, {}, path, fmt::format("is not read: a configuration has at most {} files", limits_.max_files)};
  }
  FileContent content = reader_.read(path);
  if (content.kind == FileKind::Missing)
    return {Missing, insert(path, std::move(key), nullptr), path, "does not exist"};
  if (content.kind == FileKind::Directory) return {NotAFile, {}, path, "is a directory"};
  if (content.kind == FileKind::Other) return {NotAFile, {}, path, "is not a regular file"};
  if (!content.bytes) return {Unreadable, {}, path, "cannot be read: " + content.error};
  if (content.bytes->size() > std::numeric_limits<std::uint32_t>::max()) {
    return {OverLimit, {}, path, "is not read: it has 4 GiB or more"};
  }
  if (content.bytes->size() > limits_.max_total_bytes - std::min(total_bytes_, limits_.max_total_bytes)) {
    return {
        OverLimit, {}, path, fmt::format("is not read: a configuration has at most {} bytes", limits_.max_total_bytes)};
  }
  return {Found, insert(path, std::move(key), std::move(content.bytes)), path, {}};
}

Reference SourceSet::refer(std::string_view name, FileId from) { return open(resolve(name, from)); }

std::string SourceSet::resolve(std::string_view name, FileId from) const {
  if (is_absolute(name)) {
    if (root_.empty()) return std::string(name);
    const std::size_t relative = name.find_first_not_of('/');
    return join_path(root_, relative == std::string_view::npos ? "" : name.substr(relative));
  }
  while (name.starts_with("./")) name.remove_prefix(std::min(name.find_first_not_of('/', 1), name.size()));
  const SourceFile& source = file(from);
  const bool is_folder = !source.present() && reader_.kind(source.path()) == FileKind::Directory;
  return join_path(is_folder ? source.path() : directory_of(source.path()), name);
}

FileKind SourceSet::kind(std::string_view name, FileId from) {
  const std::string path = resolve(name, from);
  return may_read(path) ? reader_.kind(path) : FileKind::Missing;
}

std::vector<std::string> SourceSet::list(const std::string& directory) {
  return may_read(directory) ? reader_.list(directory) : std::vector<std::string>{};
}

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string join_path(std::string_view directory, std::string_view name) {
  if (is_absolute(name) || directory == "." || directory.empty()) return std::string(name);
  std::string path(directory);
  if (path.back() != '/') path += '/';
  return path.append(name);
}

}  // namespace relaylint
