#include "lint/cli/comparing.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "lint/compare.hpp"
#include "lint/output/collect.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"

namespace relaylint::cli {
namespace {

/// The part of `path` below `folder`; "." for the folder itself.
std::string below(std::string_view path, std::string_view folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  if (folder == "." && path.substr(0, 1) != "/") return std::string(path);
  if (path == folder || path.substr(0, folder.size()) != folder) return ".";
  path.remove_prefix(folder.size());
  return std::string(path.substr(path.find_first_not_of('/')));
}

/// Where the old side of each configuration is.
class OldSide {
 public:
  OldSide(const std::string& path, FileReader& reader, const Options& options) : path_(path), reader_(reader) {
    if (path == "-") {
      bytes_ = std::make_shared<const std::string>(std::istreambuf_iterator<char>(std::cin),
                                                   std::istreambuf_iterator<char>());
    } else if (reader.kind(path) == FileKind::Directory) {
      const PathRequest request{path, {}, {}};
      const Format* as = options.as.empty() ? nullptr : find_format(options.as);
      Discovery found = discover(std::span(&request, 1), reader, all_formats(), as);
      for (FoundTarget& one : found.targets) by_path_[below(one.target.path, path)] = std::move(one.target);
    }
  }

  /// The old version of a configuration; nothing where it is new. `alone`: it is the only one.
  std::optional<Target> of(const Target& now, const std::string& request, bool alone) const {
    if (bytes_) {
      Target old = now;
      old.bytes = bytes_;
      return old;
    }
    if (reader_.kind(path_) != FileKind::Directory) {
      Target old{path_, now.format, nullptr, {path_, directory_of(path_)}};
      return old;
    }
    if (alone && by_path_.size() == 1) return by_path_.begin()->second;
    const auto found = by_path_.find(below(now.path, request));
    return found == by_path_.end() ? std::nullopt : std::optional<Target>(found->second);
  }

 private:
  const std::string& path_;
  FileReader& reader_;
  std::shared_ptr<const std::string> bytes_{};
  std::map<std::string, Target> by_path_{};
};

/// Messages of several threads, told in the order of the configurations.
struct Told {
  std::vector<std::string> doubts{};
  std::optional<Error> error{};
  bool added = false;
};

Told compare_one(const Configuration& now, const std::optional<Target>& target, FileReader& reader, Judged& judged) {
  Told told;
  const Context& context = *judged.input.context;
  RelayPolicy nothing;
  Configuration old;
  if (target) {
    old = examine(*target, reader, context.engine);
    told.error = old.unreadable;
    if (old.unreadable) return told;
    if (old.verdict.state == VerdictState::Unknown) {
      told.doubts.push_back(target->path + ": what it relays could not be decided, so some changes may not be told");
    }
  }
  const Comparison comparison = compare(target ? old.policy : nothing, now.policy, context.engine.judge);
  if (comparison.cut_short)
    told.doubts.push_back(now.target.path +
                          ": there are more combinations than are tried; some changes may not be told");
  judged.report = collect(now, [](const Finding&) { return false; });
  for (const Finding& finding : findings_of(comparison, now, all_rules(), context.engine.judge)) {
    judged.report.findings.push_back(collect_finding(*now.sources, finding));
  }
  told.added = std::any_of(comparison.changes.begin(), comparison.changes.end(),
                           [](const RelayChange& change) { return change.allowed; });
  return told;
}

}  // namespace

std::vector<ConfigurationReport> compare_all(std::vector<Input> inputs, const Options& options, FileReader& reader,
                                             Tally& tally) {
  std::vector<ConfigurationReport> reports;
  if (options.compare != "-" && reader.kind(options.compare) == FileKind::Missing) {
    tally.complain("--compare: " + options.compare + " does not exist");
    return reports;
  }
  const OldSide old(options.compare, reader, options);
  const bool alone = inputs.size() == 1;
  const bool one_to_one = options.compare == "-" || reader.kind(options.compare) != FileKind::Directory;
  if (one_to_one && inputs.size() > 1) {
    tally.complain("--compare: PATH holds several configurations, and OLD is one file");
    return reports;
  }
  std::mutex mutex;
  std::map<std::string, Told> all_told;
  std::vector<Judged> all = judge_all(
      std::move(inputs), options, reader,
      [&](const Configuration& now, Judged& judged) {
        const std::string& request = options.paths.empty() ? now.target.path : options.paths.front();
        Told told = compare_one(now, old.of(now.target, request, alone), reader, judged);
        const std::lock_guard<std::mutex> lock(mutex);
        all_told.emplace(now.target.path, std::move(told));
      },
      tally);
  for (Judged& judged : all) {
    const Told& told = all_told[judged.input.found.target.path];
    if (told.error) tally.complain(told.error->message);
    for (const std::string& doubt : told.doubts) Tally::say(doubt);
    tally.undecided |= !told.doubts.empty() || judged.report.verdict == VerdictState::Unknown;
    tally.found |= told.added;
    if (!told.error) reports.push_back(std::move(judged.report));
  }
  return reports;
}

}  // namespace relaylint::cli
