#include "lint/cli/judged.hpp"

#include <algorithm>
#include <utility>

#include "lint/cli/parallel.hpp"
#include "lint/output/collect.hpp"

namespace relaylint::cli {
namespace {

Membership membership_of(const Input& input, const Configuration& configuration, FileReader& reader) {
  Membership member;
  member.target = input.found.target.bytes ? input.found.target.path : reader.canonical(input.found.target.path);
  member.format = input.found.target.format;
  member.named = input.found.named;
  member.directory = input.found.directory;
  if (configuration.unreadable) return member;
  const SourceSet& sources = *configuration.sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources.file(static_cast<FileId>(i));
    if (file.present()) member.files.push_back(reader.canonical(file.path()));
  }
  return member;
}

/// An `open` verdict counts even where every rule that names it is ignored, but not where its findings are suppressed,
/// with a reason, and nothing else speaks of it.
bool open_counts(const Configuration& configuration) {
  if (configuration.verdict.state != VerdictState::Open) return false;
  bool suppressed = false;
  for (const Finding& finding : configuration.findings) {
    if (finding.severity != Severity::Error) continue;
    if (!finding.suppressed) return true;
    suppressed = true;
  }
  return !suppressed;
}

}  // namespace

void report_findings(const Configuration& configuration, Judged& judged) {
  const Context& context = *judged.input.context;
  judged.report = collect(configuration, [&](const Finding& finding) { return context.wants(finding); });
  judged.open_counts = open_counts(configuration);
  judged.fixable =
      std::any_of(configuration.findings.begin(), configuration.findings.end(), [&](const Finding& finding) {
        return finding.fix && !finding.fix->edits.empty() && !finding.suppressed && context.wants(finding);
      });
}

std::vector<Judged> judge_all(std::vector<Input> inputs, const Options& options, FileReader& reader,
                              const Reporting& reporting, Tally& tally) {
  std::vector<Judged> all(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) all[i].input = std::move(inputs[i]);
  in_parallel(all.size(), options.threads, !options.quiet, [&](std::size_t i) {
    Judged& judged = all[i];
    const Configuration configuration = examine(judged.input.found.target, reader, judged.input.context->engine);
    judged.membership = membership_of(judged.input, configuration, reader);
    judged.unreadable = configuration.unreadable;
    if (!configuration.unreadable) reporting(configuration, judged);
  });
  std::vector<Membership> members;
  for (Judged& judged : all) members.push_back(std::move(judged.membership));
  const std::vector<bool> redundant = redundant_targets(members);
  std::vector<Judged> kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (redundant[i]) continue;
    if (all[i].unreadable) {
      tally.complain(all[i].unreadable->message);
    } else {
      kept.push_back(std::move(all[i]));
    }
  }
  return kept;
}

void count(const Judged& judged, Tally& tally) {
  const Severity fail_on = judged.input.context->fail_on;
  tally.found |= judged.open_counts;
  tally.found |=
      std::any_of(judged.report.findings.begin(), judged.report.findings.end(),
                  [&](const ReportedFinding& finding) { return !finding.suppressed && finding.severity >= fail_on; });
  tally.undecided |= judged.report.verdict == VerdictState::Unknown;
}

}  // namespace relaylint::cli
