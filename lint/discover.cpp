#include "lint/discover.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "lint/pattern.hpp"
#include "lint/settings.hpp"

namespace relaylint {
namespace {

constexpr std::array<std::string_view, 2> kIgnoreFiles = {".gitignore", ".relaylintignore"};
constexpr int kMaxDepth = 256;

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool is_known_name(std::string_view path, std::span<const Format* const> formats) {
  const std::string name(base_name(path));
  for (const Format* format : formats) {
    for (const std::string_view known : format->file_names) {
      if (matches(Pattern{PatternKind::Glob, std::string(known)}, name) == MatchResult::Yes) return true;
    }
  }
  return false;
}

/// A folder on the way down: as reports print it, and as it really is.
struct Folder {
  std::string path;
  std::string real;
};

class Discoverer {
 public:
  Discoverer(FileReader& reader, std::span<const Format* const> formats, const Format* as)
      : reader_(reader), formats_(formats), as_(as), looked_for_(as == nullptr ? formats : std::span(&as_, 1)) {}

  Discovery run(std::span<const PathRequest> requests);

 private:
  void take_file(const std::string& path);
  void take_folder(const std::string& path, const PathRequest& request);
  void walk(const Folder& folder, IgnoreStack ignored, int depth);
  void take_entry(const Folder& folder, const std::string& name, const IgnoreStack& ignored, int depth);
  void take_found_file(const Folder& folder, const std::string& name);
  bool take_as_configuration(const Folder& folder, bool named);
  IgnoreStack ignored_above(const std::string& real) const;
  void push_ignore_files(const std::string& real, IgnoreStack& ignored) const;
  void add(std::string path, const Format* format, bool named, bool directory);
  void remove_repetitions();

  FileReader& reader_;
  std::span<const Format* const> formats_;
  const Format* as_;
  std::span<const Format* const> looked_for_;
  Discovery out_{};
  std::size_t request_ = 0;
  std::string top_{};  ///< canonical PATH of the walk
  IgnoreStack excluded_{};
};

void Discoverer::add(std::string path, const Format* format, bool named, bool directory) {
  FoundTarget found;
  found.target.path = std::move(path);
  found.target.format = format;
  found.request = request_;
  found.named = named;
  found.directory = directory;
  out_.targets.push_back(std::move(found));
}

void Discoverer::take_file(const std::string& path) {
  if (as_ != nullptr) return add(path, as_, true, false);
  const FileContent head = reader_.read_head(path, kHeadBytes);
  if (!head.bytes) return out_.errors.push_back({path + ": " + head.error});
  const Format* format = detect_format(path, *head.bytes, formats_);
  if (format == nullptr) return out_.unrecognised.push_back(path);
  add(path, format, true, false);
}

void Discoverer::take_folder(const std::string& path, const PathRequest& request) {
  const std::size_t before = out_.targets.size();
  const Folder folder{path, reader_.canonical(path)};
  top_ = folder.real;
  excluded_ = {};
  excluded_.push(request.exclude_directory, request.exclude);
  take_as_configuration(folder, true);
  walk(folder, ignored_above(folder.real), 0);
  if (out_.targets.size() > before) return;
  // Told what it is, a folder is taken at its word: an empty qmail control folder is a configuration, too.
  if (as_ != nullptr && as_->detect_directory != nullptr) return add(path, as_, true, true);
  out_.empty.push_back(path);
}

/// The ignore files of the folders from the root of the repository down to the one above `real`.
IgnoreStack Discoverer::ignored_above(const std::string& real) const {
  IgnoreStack ignored;
  const std::string root = repository_root(real, reader_);
  if (root.empty()) return ignored;
  std::vector<std::string> folders;
  for (std::string at = real; at != root;) folders.push_back(at = directory_of(at));
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) push_ignore_files(*folder, ignored);
  return ignored;
}

void Discoverer::push_ignore_files(const std::string& real, IgnoreStack& ignored) const {
  for (const std::string_view name : kIgnoreFiles) {
    const FileContent content = reader_.read(join_path(real, name));
    if (content.bytes) ignored.push(real, IgnorePatterns::parse(*content.bytes));
  }
}

bool Discoverer::take_as_configuration(const Folder& folder, bool named) {
  const std::vector<std::string> names = reader_.list(folder.path);
  for (const Format* format : looked_for_) {
    if (format->detect_directory == nullptr) continue;
    const std::optional<std::string> start = format->detect_directory(folder.path, names);
    if (!start) continue;
    add(start->empty() ? folder.path : join_path(folder.path, *start), format, named, start->empty());
    return true;
  }
  return false;
}

void Discoverer::walk(const Folder& folder, IgnoreStack ignored, int depth) {
  if (depth > kMaxDepth) return out_.errors.push_back({folder.path + ": folders are nested too deeply"});
  push_ignore_files(folder.real, ignored);
  for (const std::string& name : reader_.list(folder.path)) take_entry(folder, name, ignored, depth);
}

void Discoverer::take_entry(const Folder& folder, const std::string& name, const IgnoreStack& ignored, int depth) {
  const std::string path = join_path(folder.path, name);
  const std::string real = join_path(folder.real, name);
  const FileKind kind = reader_.kind(path);
  const bool is_folder = kind == FileKind::Directory;
  if (!is_folder && kind != FileKind::Regular) return;
  if (is_folder && name.front() == '.') return;
  if (ignored.ignores(real, is_folder) || excluded_.ignores(real, is_folder)) return;
  if (!is_folder) return take_found_file(folder, name);
  if (reader_.canonical(path) != real) return;  // a link: what it leads to is walked where it is, or is not ours
  const Folder below{path, real};
  take_as_configuration(below, false);
  walk(below, ignored, depth + 1);
}

void Discoverer::take_found_file(const Folder& folder, const std::string& name) {
  const std::string path = join_path(folder.path, name);
  const FileContent head = reader_.read_head(path, kHeadBytes);
  if (!head.bytes) {
    if (is_known_name(path, looked_for_)) out_.errors.push_back({path + ": " + head.error});
    return;
  }
  const Format* format = detect_format(path, *head.bytes, looked_for_);
  if (format != nullptr && is_within(reader_.canonical(path), top_)) add(path, format, false, false);
}

/// One target for each file, by whatever links and PATHs it was reached.
void Discoverer::remove_repetitions() {
  const auto is_link = [this](const std::string& path, const std::string& real) {
    return join_path(reader_.canonical(directory_of(path)), base_name(path)) != real;
  };
  std::map<std::string, FoundTarget> by_file;
  for (FoundTarget& found : out_.targets) {
    const std::string real = reader_.canonical(found.target.path);
    const auto [place, added] = by_file.emplace(real, found);
    if (added) continue;
    // As the user named it, then as a folder, then by its own name rather than by a link.
    const auto rank = [&](const FoundTarget& f) {
      return std::tuple(!f.named, !f.directory, is_link(f.target.path, real), f.target.path);
    };
    if (rank(found) < rank(place->second)) place->second = std::move(found);
  }
  out_.targets.clear();
  for (auto& [real, found] : by_file) out_.targets.push_back(std::move(found));
  std::stable_sort(out_.targets.begin(), out_.targets.end(),
                   [](const FoundTarget& a, const FoundTarget& b) { return a.target.path < b.target.path; });
}

Discovery Discoverer::run(std::span<const PathRequest> requests) {
  std::vector<std::string> allowed;
  for (const PathRequest& request : requests) {
    const std::string path = without_trailing_slashes(request.path);
    const FileKind kind = reader_.kind(path);
    allowed.push_back(path);
    if (kind == FileKind::Regular) allowed.push_back(directory_of(path));
    if (kind == FileKind::Missing) out_.errors.push_back({path + ": does not exist"});
    if (kind == FileKind::Other) out_.errors.push_back({path + ": is neither a file nor a folder"});
    if (kind == FileKind::Regular) take_file(path);
    if (kind == FileKind::Directory) take_folder(path, request);
    ++request_;
  }
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  remove_repetitions();
  for (FoundTarget& found : out_.targets) found.target.allowed = allowed;
  return std::move(out_);
}

}  // namespace

const Format* detect_format(std::string_view path, std::string_view head, std::span<const Format* const> formats) {
  const Format* best = nullptr;
  Detection surest = Detection::No;
  for (const Format* format : formats) {
    const Detection detection = format->detect(path, head);
    if (detection <= surest) continue;
    best = format;
    surest = detection;
  }
  return best;
}

Discovery discover(std::span<const PathRequest> requests, FileReader& reader, std::span<const Format* const> formats,
                   const Format* as) {
  return Discoverer(reader, formats, as).run(requests);
}

std::vector<bool> redundant_targets(std::span<const Membership> targets) {
  std::unordered_map<std::string, std::vector<std::size_t>> readers;  // file → targets that read it
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (const std::string& file : targets[i].files) readers[file].push_back(i);
  }
  const auto reads = [&](std::size_t i, std::size_t other) {
    const std::vector<std::string>& files = targets[i].files;
    return std::find(files.begin(), files.end(), targets[other].target) != files.end();
  };
  const auto preferred = [&](std::size_t i, std::size_t other) {
    return std::tuple(!targets[i].directory, !targets[i].named, i) < std::tuple(!targets[other].directory, !targets[other].named, other);
  };
  std::vector<bool> redundant(targets.size(), false);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (const std::size_t j : readers[targets[i].target]) {
      if (j == i || (targets[i].named && targets[j].format != targets[i].format)) continue;
      if (!reads(i, j) || preferred(j, i)) redundant[i] = true;
    }
  }
  return redundant;
}

}  // namespace relaylint
