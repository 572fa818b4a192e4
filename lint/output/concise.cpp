// One line a finding: `file:line:col: severity RULE message`, as compilers write it and editors read it. Then one line
// a configuration for what no finding says.

#include <fmt/format.h>

#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"

namespace relaylint {
namespace {

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", escape(place.path), place.start.line, place.start.column);
}

void write_decision(const ConfigurationReport& configuration, std::string& out) {
  const ReportedDecision& decision = *configuration.decision;
  out += fmt::format("{}: {}\n", escape(configuration.path), to_string(decision.outcome));
  for (const ReportedStep& step : decision.path) {
    out += fmt::format("{}: {} {}\n", place_text(step.place), step.accepts ? "accepts" : "passes", step.text);
  }
  if (decision.refusal) {
    const std::string_view effect = decision.outcome == Outcome::Deferred ? "defers" : "refuses";
    out += fmt::format("{}: {} {}\n", place_text(decision.refusal->place), effect, decision.refusal->text);
  }
  for (const ReportedNote& note : decision.reasons)
    out += fmt::format("{}: unknown {}\n", place_text(note.place), note.text);
}

}  // namespace

std::string write_concise(const Report& report, const OutputOptions& options) {
  std::string out;
  for (const ConfigurationReport& configuration : report.configurations) {
    if (configuration.decision) {
      write_decision(configuration, out);
      continue;
    }
    for (const ReportedFinding& finding : configuration.findings) {
      if (finding.suppressed && !options.verbose) continue;
      out += fmt::format("{}: {} {} {}{}\n", place_text(finding.place), to_string(finding.severity), finding.rule,
                         finding.message, finding.suppressed ? " (suppressed)" : "");
    }
  }
  return out;
}

}  // namespace relaylint
