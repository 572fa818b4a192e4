#include "lint/cli/fixing.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lint/diff.hpp"
#include "lint/output/collect.hpp"
#include "lint/output/escape.hpp"
#include "lint/write.hpp"

namespace relaylint::cli {
namespace {

using Bytes = std::shared_ptr<const std::string>;

/// The bytes that a configuration read at `path`; null where the file was not there.
Bytes bytes_read(const Configuration& configuration, const std::string& path) {
  const SourceSet& sources = *configuration.sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources.file(static_cast<FileId>(i));
    if (file.path() == path && file.present()) return file.share();
  }
  return nullptr;
}

struct Fixed {
  Configuration before;
  FixResult result;
};

Fixed fix(const Judged& judged, const Options& options, FileReader& reader, Tally& tally) {
  const Context& context = *judged.input.context;
  Fixed fixed{examine(judged.input.found.target, reader, context.engine), {}};
  if (fixed.before.unreadable) {
    tally.complain(fixed.before.unreadable->message);
    return fixed;
  }
  FixOptions fix_options;
  fix_options.unsafe = options.unsafe_fixes;
  fixed.result = fix_configuration(fixed.before, reader, context.engine, fix_options,
                                   [&](const Finding& finding) { return context.wants(finding); });
  for (const std::string& refusal : fixed.result.unproved) tally.complain(judged.report.path + ": " + refusal);
  return fixed;
}

/// A fixed finding as it is told: its place may be in a text of a round in between, which nobody sees.
ReportedFinding told(const Finding& finding) {
  ReportedFinding reported;
  reported.rule = finding.rule;
  reported.name = finding.name;
  reported.severity = finding.severity;
  reported.message = escape(finding.message);
  if (finding.fix) {
    reported.fix = ReportedFix{};
    reported.fix->title = escape(finding.fix->title);
    reported.fix->applicability = finding.fix->applicability;
  }
  return reported;
}

std::vector<FileChange> changes_of(const Fixed& fixed) {
  std::vector<FileChange> changes;
  for (const std::string& path : fixed.result.order)
    changes.push_back({path, bytes_read(fixed.before, path), fixed.result.files.at(path)});
  return changes;
}

/// Takes the fixed standard input out of the changes.
void take_standard_input(const Judged& judged, std::vector<FileChange>& changes, std::string& standard_output) {
  if (!judged.input.found.target.bytes) return;
  const auto own = std::find_if(changes.begin(), changes.end(),
                                [&](const FileChange& change) { return change.path == judged.report.path; });
  standard_output += own == changes.end() ? *judged.input.found.target.bytes : *own->after;
  if (own != changes.end()) changes.erase(own);
}

void fix_one(Judged& judged, const Options& options, FileReader& reader, Tally& tally, std::string& standard_output) {
  Fixed fixed = fix(judged, options, reader, tally);
  if (fixed.before.unreadable) return;
  report_findings(fixed.before, judged);  // the fixes before this one may have changed what it reads
  std::vector<FileChange> changes = changes_of(fixed);
  take_standard_input(judged, changes, standard_output);
  if (fixed.result.files.empty() || !fixed.result.after) return;
  const WriteResult written = write_files(changes, {options.backup_suffix.value_or("")});
  judged.report.written = written.written;
  if (written.error) return tally.complain(written.error->message);
  report_findings(*fixed.result.after, judged);
  judged.report.written = written.written;
  for (const Finding& finding : fixed.result.fixed) judged.report.fixed.push_back(told(finding));
}

}  // namespace

void fix_all(std::vector<Judged>& all, const Options& options, FileReader& reader, Tally& tally,
             std::string& standard_output) {
  std::set<std::string> changed;  // canonical paths
  for (Judged& judged : all) {
    const std::vector<std::string>& files = judged.report.files;
    const bool touched = std::any_of(files.begin(), files.end(),
                                     [&](const std::string& path) { return changed.contains(reader.canonical(path)); });
    if (judged.fixable) {
      fix_one(judged, options, reader, tally, standard_output);
    } else if (judged.input.found.target.bytes) {
      standard_output += *judged.input.found.target.bytes;
    } else if (touched) {
      report_findings(examine(judged.input.found.target, reader, judged.input.context->engine), judged);
    }
    for (const std::string& path : judged.report.written) changed.insert(reader.canonical(path));
  }
}

std::string diff_all(const std::vector<Judged>& all, const Options& options, FileReader& reader, Tally& tally) {
  OverlayReader patched(reader);
  struct Change {
    Bytes before;
    Bytes after;
  };
  std::map<std::string, Change> changes;  // by the name in the diff
  const std::string here = reader.canonical(".");
  for (const Judged& judged : all) {
    if (!judged.fixable) continue;
    const Fixed fixed = fix(judged, options, patched, tally);
    for (const FileChange& change : changes_of(fixed)) {
      const bool from_standard_input = change.path == judged.report.path && judged.input.found.target.bytes;
      const std::string name = from_standard_input ? change.path : diff_name(reader.canonical(change.path), here);
      changes.emplace(name, Change{change.before, nullptr}).first->second.after = change.after;
      if (!from_standard_input) patched.put(change.path, change.after);
    }
  }
  std::string out;
  for (const auto& [name, change] : changes) {
    const std::optional<std::string_view> before =
        change.before ? std::optional<std::string_view>(*change.before) : std::nullopt;
    out += unified_diff(name, before, *change.after);
  }
  return out;
}

}  // namespace relaylint::cli
