#include "tests/support/memory_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace relaylint::test {

MemoryReader::MemoryReader(const Files& files) {
  for (const auto& [path, bytes] : files) add(path, bytes);
}

void MemoryReader::add(const std::string& path, std::string bytes) {
  files_[canonical(path)] = std::make_shared<const std::string>(std::move(bytes));
}

FileContent MemoryReader::read(const std::string& path) {
  const auto found = files_.find(canonical(path));
  if (found == files_.end()) return {kind(path), nullptr, {}};
  return {FileKind::Regular, found->second, {}};
}

FileKind MemoryReader::kind(const std::string& path) {
  std::string name = canonical(path);
  if (files_.contains(name)) return FileKind::Regular;
  if (name.back() != '/') name += '/';
  const auto inside = files_.lower_bound(name);
  return inside != files_.end() && inside->first.starts_with(name) ? FileKind::Directory : FileKind::Missing;
}

std::vector<std::string> MemoryReader::list(const std::string& directory) {
  std::vector<std::string> names;
  std::string folder = canonical(directory);
  if (folder.back() != '/') folder += '/';
  for (auto file = files_.lower_bound(folder); file != files_.end() && file->first.starts_with(folder); ++file) {
    const std::string rest = file->first.substr(folder.size());
    std::string name = rest.substr(0, rest.find('/'));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  // "a/x" sorts behind "a.b": the order of paths is not that of names.
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string MemoryReader::canonical(const std::string& path) {
  std::string normal = (std::filesystem::path("/memory") / path).lexically_normal().native();
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

}  // namespace relaylint::test
