// For a person at a terminal, in the manner of rustc: what is wrong, where, with the lines themselves; then the proof
// as an SMTP dialogue, what it means in numbers, and what to run next.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"

namespace relaylint {
namespace {

class TextWriter {
 public:
  explicit TextWriter(const OutputOptions& options) : options_(options) {}

  std::string write(const Report& report);

 private:
  enum class Style { Plain, Bold, Red, Yellow, Cyan, Green, Dim };

  [[nodiscard]] std::string styled(std::string_view text, Style style) const;
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_ += fmt::format(format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }

  void configuration(const ConfigurationReport& report);
  void finding(const ReportedFinding& finding);
  void excerpt(const Place& place, std::string_view label, Style style, std::size_t gutter);
  void fix(const ReportedFix& fix, std::size_t gutter);
  void verdict(const ConfigurationReport& report);
  void witness(const ReportedWitness& witness);
  void path(const std::vector<ReportedStep>& steps);
  void exposure(const ReportedExposure& exposure);
  void notes(std::string_view title, const std::vector<ReportedNote>& notes);
  void next_steps(const ConfigurationReport& report);
  void decision(const ConfigurationReport& report, const Transaction& asked);
  void summary(const Report& report);

  static Style style_of(Severity severity);
  [[nodiscard]] static std::string place_text(const Place& place) {
    return fmt::format("{}:{}:{}", escape(place.path), place.start.line, place.start.column);
  }

  const OutputOptions& options_;
  std::string out_;
};

std::string TextWriter::styled(std::string_view text, Style style) const {
  if (!options_.color || style == Style::Plain) return std::string(text);
  const char* code = "";
  switch (style) {
    case Style::Plain:
      break;
    case Style::Bold:
      code = "1";
      break;
    case Style::Red:
      code = "1;31";
      break;
    case Style::Yellow:
      code = "1;33";
      break;
    case Style::Cyan:
      code = "36";
      break;
    case Style::Green:
      code = "32";
      break;
    case Style::Dim:
      code = "2";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

TextWriter::Style TextWriter::style_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return Style::Red;
    case Severity::Warning:
      return Style::Yellow;
    case Severity::Info:
      return Style::Cyan;
  }
  return Style::Plain;
}

std::size_t digits(std::uint32_t number) { return std::to_string(number).size(); }

std::size_t gutter_of(const ReportedFinding& finding) {
  std::size_t gutter = 1;
  const auto widen = [&](const Place& place) {
    for (const ExcerptLine& line : place.excerpt) gutter = std::max(gutter, digits(line.number));
  };
  widen(finding.place);
  for (const ReportedNote& note : finding.related) widen(note.place);
  if (finding.fix) {
    for (const FileDiff& diff : finding.fix->diffs) {
      for (const DiffLine& line : diff.lines) gutter = std::max(gutter, digits(line.number));
    }
  }
  return gutter;
}

void TextWriter::excerpt(const Place& place, std::string_view label, Style style, std::size_t gutter) {
  const std::string margin(gutter, ' ');
  if (!place.present) {
    line("{} {} {}", margin, styled("=", Style::Cyan), "this file does not exist");
    return;
  }
  if (place.excerpt.empty()) return;
  line("{} {}", margin, styled("|", Style::Cyan));
  for (std::size_t i = 0; i < place.excerpt.size(); ++i) {
    const ExcerptLine& shown = place.excerpt[i];
    if (i > 0 && shown.number > place.excerpt[i - 1].number + 1) line("{}", styled("...", Style::Cyan));
    const std::string number = fmt::format("{:>{}}", shown.number, gutter);
    if (shown.text.empty()) {
      line("{} {}", styled(number, Style::Cyan), styled("|", Style::Cyan));
    } else {
      line("{} {} {}", styled(number, Style::Cyan), styled("|", Style::Cyan), shown.text);
    }
    const std::size_t marks = std::max<std::size_t>(1, shown.mark_end - shown.mark_start);
    const bool last = i + 1 == place.excerpt.size();
    const std::string caret = std::string(marks, '^') + (last && !label.empty() ? " " + std::string(label) : "");
    line("{} {} {}{}", margin, styled("|", Style::Cyan), std::string(shown.mark_start, ' '), styled(caret, style));
  }
}

void TextWriter::fix(const ReportedFix& fix, std::size_t gutter) {
  const std::string margin(gutter, ' ');
  const std::string_view kind = fix.applicability == Applicability::Safe     ? "fix"
                                : fix.applicability == Applicability::Unsafe ? "unsafe fix"
                                                                             : "to do";
  line("{} {} {}: {}", margin, styled("=", Style::Cyan), styled(kind, Style::Bold), fix.title);
  for (std::size_t i = 0; i < fix.steps.size(); ++i) line("{}     {}. {}", margin, i + 1, escape(fix.steps[i]));
  for (const FileDiff& diff : fix.diffs) {
    if (fix.diffs.size() > 1 || diff.created)
      line("{}   {}{}", margin, escape(diff.path), diff.created ? " (new file)" : "");
    for (const DiffLine& shown : diff.lines) {
      const Style style = shown.sign == '-' ? Style::Red : shown.sign == '+' ? Style::Green : Style::Dim;
      const std::string number =
          shown.number == 0 ? std::string(gutter, ' ') : fmt::format("{:>{}}", shown.number, gutter);
      line("{}  {}", styled(number, Style::Cyan), styled(fmt::format("{} {}", shown.sign, shown.text), style));
    }
  }
}

void TextWriter::finding(const ReportedFinding& finding) {
  const std::size_t gutter = gutter_of(finding);
  const std::string margin(gutter, ' ');
  const Style style = style_of(finding.severity);
  const std::string suppressed =
      finding.suppressed ? fmt::format(" (suppressed: {})", escape(finding.suppressed->reason)) : "";
  line("{}{}", styled(fmt::format("{}[{}]", to_string(finding.severity), finding.rule), style),
       styled(fmt::format(": {}{}", finding.message, suppressed), Style::Bold));
  line("{}{} {}", margin, styled("-->", Style::Cyan), place_text(finding.place));
  excerpt(finding.place, finding.name, style, gutter);
  for (const ReportedNote& note : finding.related) {
    line("{}{} {}", margin, styled(":::", Style::Cyan), place_text(note.place));
    excerpt(note.place, note.text, Style::Cyan, gutter);
  }
  if (finding.fix) fix(*finding.fix, gutter);
  out_ += '\n';
}

void TextWriter::path(const std::vector<ReportedStep>& steps) {
  for (const ReportedStep& step : steps) {
    line("      {} {}  {}", step.accepts ? "accepts" : "passes ", place_text(step.place),
         styled(step.text, Style::Dim));
  }
}

void TextWriter::witness(const ReportedWitness& witness) {
  const Transaction& transaction = witness.transaction;
  const std::string name =
      transaction.client_name ? fmt::format(", which calls itself {}", escape(*transaction.client_name)) : "";
  line("  {} from {}{}{}", styled("proof:", Style::Bold), transaction.client.text(), name,
       transaction.tls ? ", over TLS" : "");
  const auto says = [&](std::string_view who, std::string_view what) {
    line("      {} {}", styled(who, Style::Dim), what);
  };
  says("C:", "EHLO " + escape(transaction.helo));
  if (transaction.auth == Auth::Junk) {
    says("C:", "AUTH PLAIN (made-up user and password)");
    says("S:", "235 accepted");
  }
  says("C:", "MAIL FROM:<" + escape(transaction.mail_from) + ">");
  says("S:", "250 OK");
  for (const std::string& recipient : transaction.preceding) says("C:", "RCPT TO:<" + escape(recipient) + ">");
  says("C:", "RCPT TO:<" + escape(transaction.rcpt_to) + ">");
  line("      {} {}", styled("S:", Style::Dim), styled("250 accepted, and sent on", Style::Red));
  if (!witness.path.empty()) {
    line("  {}", styled("let through by:", Style::Bold));
    path(witness.path);
  }
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

void TextWriter::exposure(const ReportedExposure& exposure) {
  std::vector<std::string> who;
  if (exposure.all_ipv4) {
    who.push_back("every IPv4 address");
  } else if (exposure.ipv4_addresses > 0) {
    who.push_back(fmt::format("{} IPv4 addresses ({})", with_commas(exposure.ipv4_addresses),
                              fmt::join(exposure.ipv4_prefixes, ", ")));
  }
  if (exposure.ipv6_prefixes == std::vector<std::string>{"::/0"}) {
    who.push_back("every IPv6 address");
  } else if (!exposure.ipv6_prefixes.empty()) {
    who.push_back(fmt::format("{}", fmt::join(exposure.ipv6_prefixes, ", ")));
  }
  if (who.empty()) return;
  const std::string to =
      exposure.anyone ? "anyone" : fmt::format("addresses below {}", fmt::join(exposure.recipients, ", "));
  line("  {} {} can send to {}", styled("exposure:", Style::Bold), fmt::join(who, " and "), to);
}

void TextWriter::notes(std::string_view title, const std::vector<ReportedNote>& notes) {
  if (notes.empty()) return;
  line("  {}", styled(title, Style::Bold));
  for (const ReportedNote& note : notes) line("      {}: {}", place_text(note.place), note.text);
}

void TextWriter::next_steps(const ConfigurationReport& report) {
  const auto has = [&](Applicability applicability) {
    return std::any_of(report.findings.begin(), report.findings.end(), [&](const ReportedFinding& finding) {
      return finding.fix && !finding.suppressed && finding.fix->applicability == applicability;
    });
  };
  const std::string path = report.path == "-" ? "FILE" : escape(report.path);
  std::vector<std::string> steps;
  if (!report.written.empty()) {
    for (const std::string& file : report.written) steps.push_back(fmt::format("wrote {}", escape(file)));
    if (!report.after_fix.empty()) steps.push_back("then: " + report.after_fix);
  } else {
    if (has(Applicability::Safe))
      steps.push_back(fmt::format("relaylint --diff {}   shows the fix, --fix writes it", path));
    if (has(Applicability::Unsafe)) {
      steps.push_back(
          fmt::format("relaylint --diff --unsafe-fixes {}   shows the fixes that may refuse wanted mail", path));
    }
    if (!steps.empty() && !report.after_fix.empty()) steps.push_back("afterwards: " + report.after_fix);
  }
  if (steps.empty()) return;
  line("  {}", styled("next:", Style::Bold));
  for (const std::string& step : steps) line("      {}", step);
}

void TextWriter::verdict(const ConfigurationReport& report) {
  const Style style = report.verdict == VerdictState::Open     ? Style::Red
                      : report.verdict == VerdictState::Closed ? Style::Green
                                                               : Style::Yellow;
  std::string_view meaning = "no stranger can relay through it";
  if (report.verdict == VerdictState::Open) meaning = "a stranger can send mail through it to anybody it names below";
  if (report.verdict == VerdictState::Unknown) meaning = "it could not be decided";
  if (report.verdict == VerdictState::Open && report.exposure.anyone)
    meaning = "a stranger can send mail through it to anybody";
  line("{}: {}: {}  {}", escape(report.path), styled(to_string(report.verdict), style), meaning,
       styled(fmt::format("({})", report.format_title), Style::Dim));
  if (report.witness) witness(*report.witness);
  if (report.verdict == VerdictState::Open) exposure(report.exposure);
  if (report.verdict == VerdictState::Unknown) notes("because:", report.reasons);
  if (report.verdict == VerdictState::Closed || options_.verbose) notes("as long as:", report.assumptions);
  if (report.witness && options_.verbose) line("  {} {}", styled("replay:", Style::Bold), report.witness->replay);
  if (report.verification) {
    line("  {} {}: {}", styled("verified:", Style::Bold), report.verification->outcome,
         escape(report.verification->detail));
  }
  next_steps(report);
}

void TextWriter::decision(const ConfigurationReport& report, const Transaction& asked) {
  const ReportedDecision& decision = *report.decision;
  const bool bad = decision.outcome == Outcome::Relayed;
  line("{}: mail from <{}> to <{}>, client {}: {}", escape(report.path), escape(asked.mail_from), escape(asked.rcpt_to),
       asked.client.text(), styled(to_string(decision.outcome), bad ? Style::Red : Style::Green));
  path(decision.path);
  notes("because:", decision.reasons);
  notes("as long as:", decision.assumptions);
}

void TextWriter::configuration(const ConfigurationReport& report) {
  for (const ReportedFinding& found : report.fixed) {
    line("{} {}: {}", styled("fixed", Style::Green), styled(fmt::format("[{}]", found.rule), Style::Bold),
         found.fix ? found.fix->title : found.message);
  }
  for (const ReportedFinding& found : report.findings) {
    const bool minor = found.severity == Severity::Info && options_.quiet;
    if (!minor && (!found.suppressed || options_.verbose)) finding(found);
  }
  if (options_.quiet && report.verdict == VerdictState::Closed && report.findings.empty()) return;
  verdict(report);
  out_ += '\n';
}

void TextWriter::summary(const Report& report) {
  const Summary& total = report.summary;
  if (options_.quiet && total.open + total.unknown + total.findings == 0) return;
  const auto count = [](std::size_t number, std::string_view one) {
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
  };
  line("{}: {} open, {} unknown, {} closed; {}{}", count(total.configurations, "configuration"), total.open,
       total.unknown, total.closed, count(total.findings, "finding"),
       total.fixed > 0 ? fmt::format(", {} fixed", total.fixed) : "");
}

std::string TextWriter::write(const Report& report) {
  for (const ConfigurationReport& one : report.configurations) {
    if (one.decision && report.asked) {
      decision(one, *report.asked);
    } else {
      configuration(one);
    }
  }
  if (report.question == Question::Lint && !report.configurations.empty()) summary(report);
  return std::move(out_);
}

}  // namespace

std::string write_text(const Report& report, const OutputOptions& options) { return TextWriter(options).write(report); }

}  // namespace relaylint
