// The answer of `text`: verdict, the witness as an SMTP dialogue, what let it through, how much of the Internet it is,
// what the answer rests on, and what to run next.

#include <fmt/format.h>

#include <algorithm>

#include "lint/output/escape.hpp"
#include "lint/output/text_style.hpp"

namespace relaylint::text {
namespace {

constexpr std::size_t kGutter = 2;
constexpr std::size_t kShownItems = 4;  ///< of a list of prefixes or domains

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < kShownItems; ++i) text += (i == 0 ? "" : ", ") + escape(items[i]);
  if (items.size() > kShownItems) text += fmt::format(" and {} more", items.size() - kShownItems);
  return text;
}

std::string recipients_text(const ReportedExposure& exposure) {
  if (exposure.anyone) return "anybody";
  return exposure.recipients.empty() ? "the address of the proof" : "addresses at " + listed(exposure.recipients);
}

std::string clients_text(const ReportedExposure& exposure) {
  std::string text;
  if (exposure.all_ipv4) {
    text = fmt::format("every public IPv4 address ({})", with_commas(exposure.ipv4_addresses));
  } else if (!exposure.ipv4_exceptions.empty()) {
    text = fmt::format("every public IPv4 address but {} ({})", listed(exposure.ipv4_exceptions),
                       with_commas(exposure.ipv4_addresses));
  } else if (exposure.ipv4_addresses > 0) {
    text = fmt::format("{} IPv4 address{} ({})", with_commas(exposure.ipv4_addresses),
                       exposure.ipv4_addresses == 1 ? "" : "es", listed(exposure.ipv4_prefixes));
  }
  if (exposure.ipv6_prefixes.empty()) return text;
  const bool all = exposure.ipv6_prefixes.size() == 1 && exposure.ipv6_prefixes.front() == "::/0";
  return fmt::format("{}{}{}", text, text.empty() ? "" : " and ",
                     all ? "every public IPv6 address" : "IPv6 " + listed(exposure.ipv6_prefixes));
}

/// `path` first, as far as a reader needs it: places in the configuration's own file by line and column alone.
std::string step_place(const Place& place, const std::string& main) {
  return place.path == main ? fmt::format("{}:{}", place.start.line, place.start.column) : place_text(place);
}

struct Row {
  const ReportedStep* step;
  std::string_view effect;
};

void rows(const std::vector<Row>& all, const std::string& main, Block& block) {
  std::size_t place_width = 0;
  std::size_t effect_width = 0;
  for (const Row& row : all) {
    place_width = std::max(place_width, display_width(step_place(row.step->place, main)));
    effect_width = std::max(effect_width, row.effect.size());
  }
  for (const Row& row : all) {
    const std::string place = step_place(row.step->place, main);
    block.bar(fmt::format("  {}{}  {:<{}}  {}", block.paint()(Style::Dim, place),
                          std::string(place_width - display_width(place), ' '), row.effect, effect_width,
                          row.step->text));
  }
}

std::vector<Row> rows_of(const std::vector<ReportedStep>& steps) {
  std::vector<Row> all;
  for (const ReportedStep& step : steps) all.push_back({&step, step.accepts ? "accepts" : "passes"});
  return all;
}

void notes(std::string_view word, const std::vector<ReportedNote>& all, const std::string& main, Block& block) {
  if (all.empty()) return;
  block.note(word, {});
  for (const ReportedNote& note : all) {
    block.bar(fmt::format("  {}  {}", block.paint()(Style::Dim, step_place(note.place, main)), note.text));
  }
}

std::string stranger_text(const Transaction& transaction) {
  std::string text = transaction.client.text();
  text += transaction.client_name ? fmt::format(" ({})", escape(*transaction.client_name)) : "";
  if (transaction.tls) text += ", over TLS";
  return text;
}

void dialogue(const Transaction& transaction, Block& block) {
  const Painter& paint = block.paint();
  const auto client = [&](const std::string& line) {
    block.bar(fmt::format("  {} {}", paint(Style::Dim, "C:"), line));
  };
  const auto server = [&](const std::string& line) {
    block.bar(fmt::format("  {} {}", paint(Style::Dim, "S:"), line));
  };
  client("EHLO " + escape(transaction.helo));
  if (transaction.auth != Auth::None) {
    client(transaction.auth == Auth::Junk ? "AUTH PLAIN (a user and a password that he made up)"
                                          : "AUTH PLAIN (valid)");
    server("235 welcome");
  }
  client(fmt::format("MAIL FROM:<{}>", escape(transaction.mail_from)));
  server("250 OK");
  for (const std::string& recipient : transaction.preceding) client(fmt::format("RCPT TO:<{}>", escape(recipient)));
  client(fmt::format("RCPT TO:<{}>", escape(transaction.rcpt_to)));
  server(paint(Style::Error, "250 accepted, and sent on"));
}

void witness(const ConfigurationReport& report, Block& block, bool verbose) {
  block.note("proof", fmt::format("a stranger at {} says", stranger_text(report.witness->transaction)));
  dialogue(report.witness->transaction, block);
  if (!report.witness->path.empty()) {
    block.note("let through by", {});
    rows(rows_of(report.witness->path), report.path, block);
  }
  const std::string clients = clients_text(report.exposure);
  if (report.verdict == VerdictState::Open && !clients.empty()) {
    block.note("exposure", fmt::format("{} can send to {}", clients, recipients_text(report.exposure)));
  }
  if (verbose) block.note("replay", report.witness->replay);
}

bool has_fix(const ConfigurationReport& report, Applicability applicability) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const ReportedFinding& finding) {
    return finding.fix && !finding.suppressed && !finding.fix->edits.empty() &&
           finding.fix->applicability == applicability;
  });
}

void next_steps(const ConfigurationReport& report, const OutputOptions& options, Block& block) {
  const std::string command =
      fmt::format("{} {}", options.arguments, report.path == "-" ? "FILE" : shell_word(report.path));
  std::vector<std::string> steps;
  for (const std::string& file : report.written) steps.push_back("wrote " + escape(file));
  const bool safe = has_fix(report, Applicability::Safe);
  const bool unsafe = has_fix(report, Applicability::Unsafe);
  if (report.written.empty() && safe) steps.push_back(fmt::format("relaylint --fix{}", command));
  if (unsafe) {
    steps.push_back(fmt::format("relaylint --diff --unsafe-fixes{}    shows {} that may refuse wanted mail", command,
                                safe ? "also the fixes" : "the fix"));
  }
  if (steps.empty()) return;
  if (!report.after_fix.empty()) steps.push_back("then: " + report.after_fix);
  block.note(report.written.empty() ? "next" : "fixed", {});
  for (const std::string& step : steps) block.bar("  " + step);
}

std::string format_text(const ConfigurationReport& report) {
  const std::string version = report.version ? fmt::format(", {} {}", report.product, escape(*report.version)) : "";
  return fmt::format(" {}{}", report.format_title, version);
}

void headline(const ConfigurationReport& report, Block& block) {
  const Painter& paint = block.paint();
  const std::string format = paint(Style::Dim, format_text(report));
  const std::string_view word = to_string(report.verdict);
  if (report.verdict == VerdictState::Closed) {
    block.plain(
        fmt::format("{}{} {}", paint(Style::Good, word), paint(Style::Bold, ": " + escape(report.path)), format));
    return;
  }
  const bool open = report.verdict == VerdictState::Open;
  const std::string meaning =
      open ? ": a stranger can send mail through this server to " + recipients_text(report.exposure)
           : ": whether a stranger can relay through this server could not be decided";
  block.plain(paint(open ? Style::Error : Style::Warning, word) + paint(Style::Bold, meaning));
  block.arrow("-->", fmt::format("{} {}", escape(report.path), format));
}

}  // namespace

std::string verdict_text(const ConfigurationReport& report, const OutputOptions& options) {
  Block block(options, kGutter);
  headline(report, block);
  if (report.witness) witness(report, block, options.verbose);
  if (report.verdict == VerdictState::Unknown) notes("because", report.reasons, report.path, block);
  if (report.verdict == VerdictState::Closed || options.verbose)
    notes("as long as", report.assumptions, report.path, block);
  if (report.verification) {
    block.note("verified", fmt::format("{}: {}", report.verification->outcome, escape(report.verification->detail)));
  }
  if (options.verbose) block.note("read", fmt::format("{}, {} bytes", listed(report.files), with_commas(report.bytes)));
  next_steps(report, options, block);
  return block.take();
}

std::string decision_text(const ConfigurationReport& report, const Transaction& asked, const OutputOptions& options) {
  Block block(options, kGutter);
  const ReportedDecision& decision = *report.decision;
  Style style = Style::Good;
  if (decision.outcome == Outcome::Relayed) style = Style::Error;
  if (decision.outcome == Outcome::Unknown) style = Style::Warning;
  block.plain(block.paint()(style, to_string(decision.outcome)) +
              block.paint()(Style::Bold, fmt::format(": mail from <{}> to <{}>, client {}", escape(asked.mail_from),
                                                     escape(asked.rcpt_to), stranger_text(asked))));
  block.arrow("-->", escape(report.path));
  std::vector<Row> path = rows_of(decision.path);
  if (decision.refusal)
    path.push_back({&*decision.refusal, decision.outcome == Outcome::Deferred ? "defers" : "refuses"});
  rows(path, report.path, block);
  notes("because", decision.reasons, report.path, block);
  notes("as long as", decision.assumptions, report.path, block);
  return block.take();
}

}  // namespace relaylint::text
