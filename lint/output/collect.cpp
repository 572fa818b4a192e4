#include "lint/output/collect.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "lint/output/escape.hpp"
#include "lint/output/excerpt.hpp"
#include "lint/output/secrets.hpp"

namespace relaylint {
namespace {

constexpr std::size_t kMaxPrefixes = 4096;

std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 160;
  std::string line;
  for (const char c : text) {
    if (c == '\r') continue;
    line += c == '\n' || c == '\t' ? ' ' : c;
    if (line.size() >= kLongest) return line + "…";
  }
  return line;
}

ReportedNote collect_note(const SourceSet& sources, const Note& note) {
  return {collect_place(sources, note.span), escape(note.text)};
}

std::vector<ReportedNote> collect_notes(const SourceSet& sources, const std::vector<Note>& notes) {
  std::vector<ReportedNote> all;
  for (const Note& note : notes) all.push_back(collect_note(sources, note));
  return all;
}

ReportedStep collect_step(const SourceSet& sources, const PathStep& step) {
  const std::string text = step.text.empty() ? one_line(sources.slice(step.span)) : step.text;
  return {collect_place(sources, step.span), escape(mask_secrets(text)), step.accepts};
}

/// A list that several stages run is told once, and what says nothing (the end of a list that lets pass) not at all.
std::vector<ReportedStep> collect_path(const SourceSet& sources, const std::vector<PathStep>& path) {
  std::vector<ReportedStep> steps;
  const PathStep* last = nullptr;
  for (const PathStep& step : path) {
    const bool repeated =
        last != nullptr && last->span == step.span && last->text == step.text && last->accepts == step.accepts;
    if (repeated) continue;
    last = &step;
    ReportedStep reported = collect_step(sources, step);
    if (!reported.text.empty()) steps.push_back(std::move(reported));
  }
  return steps;
}

/// The same edit on fewer bytes. One that repeats bytes which are no UTF-8 could not be written as JSON.
void trim_common_bytes(std::string_view old, ReportedEdit& edit) {
  const std::string& text = edit.text;
  const std::size_t shorter = std::min(old.size(), text.size());
  std::size_t front = 0;
  while (front < shorter && old[front] == text[front]) ++front;
  std::size_t back = 0;
  while (back < shorter - front && old[old.size() - 1 - back] == text[text.size() - 1 - back]) ++back;
  edit.offset += static_cast<std::uint32_t>(front);
  edit.length = static_cast<std::uint32_t>(old.size() - front - back);
  edit.text = text.substr(front, text.size() - front - back);
}

ReportedFix collect_fix(const SourceSet& sources, const Fix& fix) {
  ReportedFix reported{escape(fix.title), fix.applicability, {}, fix.steps, diffs_of(sources, fix.edits)};
  for (const Edit& edit : fix.edits) {
    reported.edits.push_back(
        {sources.file(edit.span.file).path(), edit.span.range.start, edit.span.range.size(), edit.text});
    if (!is_utf8(edit.text)) trim_common_bytes(sources.slice(edit.span), reported.edits.back());
  }
  return reported;
}

Place place_in(const SourceFile& file, TextRange range) {
  Place place;
  place.path = file.path();
  place.present = file.present();
  place.start = file.line_column(range.start);
  place.end = file.line_column(range.end);
  place.start_offset = range.start;
  place.end_offset = range.end;
  place.excerpt = excerpt_of(file, range);
  return place;
}

/// Places that parsing made nothing of: its problems, and the leaves it calls errors. Each once, in the order of files
/// and lines.
std::vector<Place> places_not_understood(const Configuration& configuration) {
  const SourceSet& sources = *configuration.sources;
  std::vector<Span> spans;
  for (const Note& note : configuration.policy.not_understood) spans.push_back(note.span);
  for (const Problem& problem : configuration.document->problems) spans.push_back(problem.span);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto id = static_cast<FileId>(i);
    if (!sources.file(id).present()) continue;
    configuration.document->for_each_leaf(id, [&](const Leaf& leaf) {
      if (leaf.kind == LeafKind::Error) spans.push_back({id, leaf.whole});
    });
  }
  std::vector<Place> places;
  for (const Span span : spans) places.push_back(collect_place(sources, span));
  const auto key = [](const Place& place) { return std::tuple(place.path, place.start.line, place.start.column); };
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) { return key(a) < key(b); });
  const auto same = [&](const Place& a, const Place& b) { return key(a) == key(b); };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
  return places;
}

}  // namespace

Place collect_place(const SourceSet& sources, Span span) { return place_in(sources.file(span.file), span.range); }

Place collect_line(const SourceFile& file, std::uint32_t number) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < number && start < file.bytes().size(); ++line) {
    start = std::min(file.bytes().find('\n', start), file.bytes().size() - 1) + 1;
  }
  return place_in(file, file.line_at(static_cast<std::uint32_t>(start)));
}

ReportedFinding collect_finding(const SourceSet& sources, const Finding& finding) {
  ReportedFinding reported{
      finding.rule, finding.name, finding.severity,  escape(finding.message), collect_place(sources, finding.span),
      {},           {},           finding.suppressed};
  for (const Related& related : finding.related) {
    reported.related.push_back({collect_place(sources, related.span), escape(related.message)});
  }
  if (finding.fix) reported.fix = collect_fix(sources, *finding.fix);
  return reported;
}

ReportedDecision collect_decision(const SourceSet& sources, const Decision& decision) {
  ReportedDecision reported;
  reported.outcome = decision.outcome;
  reported.path = collect_path(sources, decision.path);
  if (decision.refusal) reported.refusal = collect_step(sources, *decision.refusal);
  reported.assumptions = collect_notes(sources, decision.assumptions);
  reported.reasons = collect_notes(sources, decision.reasons);
  return reported;
}

ReportedExposure collect_exposure(const Exposure& exposure) {
  ReportedExposure reported;
  const AddressSet v4 = exposure.clients.intersect(AddressSet::all_v4());
  const AddressSet v6 = exposure.clients.intersect(AddressSet::all_v6());
  reported.ipv4_addresses = v4.count_v4();
  reported.all_ipv4 = v4 == public_addresses().intersect(AddressSet::all_v4());
  if (!reported.all_ipv4) reported.ipv4_prefixes = v4.prefixes(kMaxPrefixes);
  const AddressSet missing = public_addresses().intersect(AddressSet::all_v4()).subtract(v4);
  constexpr std::size_t kFew = 4;
  if (!v4.empty() && missing.prefixes(kFew + 1).size() <= kFew) reported.ipv4_exceptions = missing.prefixes();
  if (!v6.empty() && v6 == public_addresses().intersect(AddressSet::all_v6())) {
    reported.ipv6_prefixes = {"::/0"};
  } else {
    reported.ipv6_prefixes = v6.v6_prefixes(kMaxPrefixes);
  }
  reported.anyone = exposure.anyone;
  reported.recipients = exposure.recipients;
  return reported;
}

std::string replay_line(std::string_view pattern, const Transaction& transaction, const std::string& file) {
  // What a shell takes as one word, whatever stands in it.
  const auto quoted = [](std::string_view text) {
    std::string word = "'";
    for (const char c : text) {
      if (c == '\'') {
        word += "'\\''";
      } else {
        word += c;
      }
    }
    return word + "'";
  };
  const std::string talk = "EHLO " + transaction.helo + "\\r\\nMAIL FROM:<" + transaction.mail_from +
                           ">\\r\\nRCPT TO:<" + transaction.rcpt_to + ">\\r\\nQUIT\\r\\n";
  const std::string_view used =
      pattern.empty() ? std::string_view("printf {talk} | nc YOUR-SERVER 25  # from {client}") : pattern;
  std::string line;
  for (std::size_t at = 0; at < used.size();) {
    const std::size_t open = used.find('{', at);
    const std::size_t close = open == std::string_view::npos ? open : used.find('}', open);
    line += used.substr(at, open == std::string_view::npos ? open : open - at);
    if (close == std::string_view::npos) break;
    const std::string_view name = used.substr(open + 1, close - open - 1);
    if (name == "client") {
      line += transaction.client.text();
    } else if (name == "helo") {
      line += quoted(transaction.helo);
    } else if (name == "from") {
      line += quoted(transaction.mail_from);
    } else if (name == "to") {
      line += quoted(transaction.rcpt_to);
    } else if (name == "file") {
      line += quoted(file);
    } else if (name == "talk") {
      line += quoted(talk);
    }
    at = close + 1;
  }
  return escape(line);
}

ConfigurationReport collect(const Configuration& configuration, const std::function<bool(const Finding&)>& wanted) {
  const SourceSet& sources = *configuration.sources;
  const Format& format = *configuration.target.format;
  ConfigurationReport report;
  report.path = configuration.target.path;
  report.format = format.id;
  report.format_title = format.title;
  report.product = configuration.policy.product;
  report.version = configuration.policy.version;
  report.verdict = configuration.verdict.state;
  if (configuration.verdict.witness) {
    const Witness& witness = *configuration.verdict.witness;
    report.witness = ReportedWitness{witness.transaction, collect_path(sources, witness.path),
                                     replay_line(format.replay, witness.transaction, configuration.target.path)};
  }
  report.exposure = collect_exposure(configuration.verdict.exposure);
  report.assumptions = collect_notes(sources, configuration.verdict.assumptions);
  report.reasons = collect_notes(sources, configuration.verdict.reasons);
  report.not_understood = places_not_understood(configuration);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources.file(static_cast<FileId>(i));
    if (!file.present()) continue;
    report.files.push_back(file.path());
    report.bytes += file.bytes().size();
  }
  std::sort(report.files.begin(), report.files.end());
  for (const Finding& finding : configuration.findings) {
    if (wanted(finding)) report.findings.push_back(collect_finding(sources, finding));
  }
  report.after_fix = format.after_fix;
  return report;
}

Summary summarise(const std::vector<ConfigurationReport>& configurations) {
  Summary summary;
  summary.configurations = configurations.size();
  std::set<std::string> files;
  for (const ConfigurationReport& configuration : configurations) {
    summary.open += configuration.verdict == VerdictState::Open ? 1 : 0;
    summary.closed += configuration.verdict == VerdictState::Closed ? 1 : 0;
    summary.unknown += configuration.verdict == VerdictState::Unknown ? 1 : 0;
    for (const ReportedFinding& finding : configuration.findings) summary.findings += finding.suppressed ? 0 : 1;
    summary.fixed += configuration.fixed.size();
    files.insert(configuration.files.begin(), configuration.files.end());
    summary.bytes += configuration.bytes;
  }
  summary.files = files.size();
  return summary;
}

}  // namespace relaylint
