// --fix and --diff: one configuration after the other, each looking at the files as the fixes before it left them,
// since configurations may share files.

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lint/cli/session.hpp"
#include "lint/diff.hpp"
#include "lint/output/collect.hpp"
#include "lint/output/escape.hpp"

namespace relaylint::cli {
namespace {

/// What was read of a file; null where it did not exist.
std::shared_ptr<const std::string> bytes_of(const SourceSet& sources, const std::string& path) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources.file(static_cast<FileId>(i));
    if (file.path() == path && file.present()) return file.share();
  }
  return nullptr;
}

std::vector<FileChange> changes_of(const Configuration& configuration, const FixResult& result) {
  std::vector<FileChange> changes;
  for (const std::string& path : result.order) {
    changes.push_back({path, bytes_of(*configuration.sources, path), result.files.at(path)});
  }
  return changes;
}

std::vector<ReportedFinding> told_of(const std::vector<Finding>& fixed) {
  std::vector<ReportedFinding> all;
  for (const Finding& finding : fixed) {
    // A finding of a later round has its place in a text that is gone; what it says is all that is told of it.
    ReportedFinding told{finding.rule, finding.name, finding.severity, escape(finding.message), {}, {}, {}, {}};
    if (finding.fix) told.fix = ReportedFix{escape(finding.fix->title), finding.fix->applicability, {}, {}, {}};
    all.push_back(std::move(told));
  }
  return all;
}

}  // namespace

void Session::look_again(Examined& examined) {
  const SourceSet& sources = *examined.configuration.sources;
  bool changed = false;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    changed = changed || fixed_.covers(sources.file(static_cast<FileId>(i)).path());
  }
  if (changed) examined.configuration = examine(examined.found.target, fixed_, context_of(examined).engine);
}

FixResult Session::fix_of(const Examined& examined) {
  const PathContext& context = context_of(examined);
  FixOptions fix_options;
  fix_options.unsafe = options_.unsafe_fixes;
  FixResult result = fix_configuration(examined.configuration, fixed_, context.engine, fix_options,
                                       [&](const Finding& finding) { return context.wants(finding); });
  for (const std::string& refusal : result.unproved) complain(examined.found.target.path + ": " + refusal);
  return result;
}

void Session::fix(Examined& examined, ConfigurationReport& report) {
  if (examined.found.target.bytes)
    return complain("--fix cannot write standard input; --diff prints what it would write");
  const FixResult result = fix_of(examined);
  if (result.files.empty()) return;
  const WriteResult written =
      write_files(changes_of(examined.configuration, result), {options_.backup_suffix.value_or("")});
  for (const std::string& path : written.written) fixed_.put(path, result.files.at(path));
  if (written.error) return complain(written.error->message);
  const PathContext& context = context_of(examined);
  report = collect(*result.after, [&](const Finding& finding) { return context.wants(finding); });
  report.fixed = told_of(result.fixed);
  report.written = written.written;
}

void Session::diff(std::string& out) {
  std::vector<FileChange> all;
  for (Examined& examined : examined_) {
    look_again(examined);
    const FixResult result = fix_of(examined);
    for (FileChange& change : changes_of(examined.configuration, result)) {
      fixed_.put(change.path, change.after);
      const std::string real = reader_.canonical(change.path);
      const auto earlier =
          std::find_if(all.begin(), all.end(), [&](const FileChange& one) { return one.path == real; });
      if (earlier == all.end()) {
        all.push_back({real, std::move(change.before), std::move(change.after)});
      } else {
        earlier->after = std::move(change.after);
      }
    }
    const PathContext& context = context_of(examined);
    count_towards_status(
        examined, collect(examined.configuration, [&](const Finding& finding) { return context.wants(finding); }));
  }
  std::error_code error;
  const std::string here = std::filesystem::current_path(error).string();
  for (const FileChange& change : all) {
    const std::optional<std::string_view> before =
        change.before ? std::optional<std::string_view>(*change.before) : std::nullopt;
    out += unified_diff(diff_name(change.path, error ? "/" : here), before, *change.after);
  }
}

}  // namespace relaylint::cli
