#include "tests/support/examine.hpp"

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "parsers/registry.hpp"
#include "rules/registry.hpp"
#include "tests/support/temporary_folder.hpp"

namespace relaylint::test {

bool Examined::has(std::string_view rule) const {
  for (const Finding& finding : configuration.findings) {
    if (finding.rule == rule) return true;
  }
  return false;
}

std::string Examined::text_of(std::string_view rule) const {
  for (const Finding& finding : configuration.findings) {
    if (finding.rule == rule) return std::string(configuration.sources->slice(finding.span));
  }
  return {};
}

Decision Examined::decide(const Transaction& transaction) const {
  return relaylint::decide(configuration.policy, transaction, options.judge);
}

FixResult Examined::fix_all() const {
  const FixOptions fix_options{.unsafe = true};
  return fix_configuration(configuration, *reader, options, fix_options, [](const Finding&) { return true; });
}

EngineOptions all_rules_on() {
  EngineOptions options;
  options.rules = all_rules();
  return options;
}

Examined examine_files(std::string_view format, const Files& files, const std::string& entry, EngineOptions options) {
  Examined examined;
  examined.reader = std::make_unique<MemoryReader>(files);
  examined.options = std::move(options);
  Target target;
  target.path = entry;
  target.format = find_format(format);
  target.allowed = {"."};
  if (target.format == nullptr) throw std::invalid_argument("no such format: " + std::string(format));
  examined.configuration = examine(target, *examined.reader, examined.options);
  return examined;
}

std::optional<std::string> entry_of(const Format& format, const Files& files) {
  if (files.empty()) return std::nullopt;
  if (files.size() == 1) return files.begin()->first;
  if (format.detect_directory != nullptr) {
    const std::vector<std::string> names = MemoryReader(files).list(".");
    if (const std::optional<std::string> start = format.detect_directory(".", names))
      return start->empty() ? "." : *start;
  }
  std::optional<std::string> best;
  Detection sure = Detection::No;
  for (const auto& [path, bytes] : files) {
    const Detection detection = format.detect(path, std::string_view(bytes).substr(0, 65536));
    if (detection <= sure) continue;
    best = path;
    sure = detection;
  }
  return best;
}

Examined examine_text(std::string_view format, std::string_view text, const std::string& path) {
  return examine_files(format, {{path, std::string(text)}}, path);
}

Files load_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  Files files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(folder).generic_string()] = read_bytes(entry.path());
  }
  return files;
}

Files patched(Files files, const PatchedFiles& changes) {
  for (const auto& [path, bytes] : changes) files[path] = *bytes;
  return files;
}

}  // namespace relaylint::test
