// `text`, for a person at a terminal, in the manner of rustc: findings with their lines, then the answer and its proof,
// then one line for all.

#include <fmt/format.h>

#include <algorithm>

#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"
#include "lint/output/text_style.hpp"

namespace relaylint {
namespace {

using text::Painter;
using text::Style;

std::string count(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

std::string configuration_text(const ConfigurationReport& report, const OutputOptions& options) {
  std::string out;
  for (const ReportedFinding& finding : report.fixed) {
    const Painter paint(options.color);
    const std::string what = finding.fix ? finding.fix->title : finding.message;
    out += fmt::format("{}: {}\n", paint(Style::Good, fmt::format("fixed[{}]", finding.rule)), what);
  }
  if (!out.empty()) out += '\n';
  std::vector<std::vector<ReportedEdit>> told_fixes;
  for (const ReportedFinding& finding : report.findings) {
    if (finding.suppressed && !options.verbose) continue;
    if (options.quiet && finding.severity == Severity::Info) continue;
    const bool told = finding.fix && !finding.fix->edits.empty() &&
                      std::find(told_fixes.begin(), told_fixes.end(), finding.fix->edits) != told_fixes.end();
    out += text::finding_text(finding, told, options) + "\n";
    if (finding.fix) told_fixes.push_back(finding.fix->edits);
  }
  const bool nothing_wrong = report.verdict == VerdictState::Closed && report.fixed.empty();
  if (options.quiet && nothing_wrong) return out;
  const std::string verdict = text::verdict_text(report, options);
  const bool one_line = verdict.find('\n') + 1 == verdict.size();
  return out + verdict + (one_line ? "" : "\n");
}

/// The changes, or that there are none.
std::string comparison_text(const ConfigurationReport& report, const std::string& old, const OutputOptions& options) {
  const Painter paint(options.color);
  std::string out;
  for (const ReportedFinding& finding : report.findings) out += text::finding_text(finding, false, options) + "\n";
  if (!out.empty() || options.quiet) return out;
  return fmt::format("{}: {} relays what {} relays\n", paint(Style::Good, "unchanged"), escape(report.path),
                     escape(old));
}

std::string summary_text(const Report& report) {
  std::size_t by_severity[3] = {};
  std::size_t fixable = 0;
  for (const ConfigurationReport& one : report.configurations) {
    for (const ReportedFinding& finding : one.findings) {
      if (finding.suppressed) continue;
      ++by_severity[static_cast<std::size_t>(finding.severity)];
      fixable += finding.fix && finding.fix->applicability == Applicability::Safe ? 1 : 0;
    }
  }
  const Summary& total = report.summary;
  std::string text =
      fmt::format("{}: {} open, {} unknown, {} closed; {}, {}, {}", count(total.configurations, "configuration"),
                  total.open, total.unknown, total.closed, count(by_severity[2], "error"),
                  count(by_severity[1], "warning"), count(by_severity[0], "note"));
  if (fixable > 0) text += fmt::format("; {} can be mended with --fix", fixable);
  if (total.fixed > 0) text += fmt::format("; {} fixed", total.fixed);
  return text + "\n";
}

}  // namespace

std::string write_text(const Report& report, const OutputOptions& options) {
  std::string out;
  for (const ConfigurationReport& one : report.configurations) {
    if (report.question == Question::Compare) {
      out += comparison_text(one, report.compared_with, options);
      continue;
    }
    out += one.decision && report.asked ? text::decision_text(one, *report.asked, options) + "\n"
                                        : configuration_text(one, options);
  }
  if (report.question == Question::Lint && !report.configurations.empty() && !options.quiet)
    out += summary_text(report);
  return out;
}

}  // namespace relaylint
