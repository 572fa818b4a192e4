#pragma once
// What reports are made of: plain data, finished and sorted, with nothing in it that points into a configuration.
// Formats (one file each in this folder) only write it down.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/finding.hpp"
#include "lint/judge.hpp"
#include "lint/transaction.hpp"

namespace relaylint {

/// One line of an excerpt, fit to be shown: escaped, masked, tabs expanded, cut to a window. Columns are display
/// columns.
struct ExcerptLine {
  std::uint32_t number = 1;
  std::string text;
  std::size_t mark_start = 0;
  std::size_t mark_end = 0;
};

struct Place {
  std::string path;
  LineColumn start{};
  LineColumn end{};
  std::uint32_t start_offset = 0;
  std::uint32_t end_offset = 0;
  bool present = true;  ///< false: the file does not exist
  std::vector<ExcerptLine> excerpt{};
};

struct ReportedNote {
  Place place;
  std::string text;
};

struct ReportedStep {
  Place place;
  std::string text;
  bool accepts = false;
};

struct ReportedEdit {
  std::string path;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::string text;
  bool operator==(const ReportedEdit&) const = default;
};

/// One line of the small diff that shows a fix: `-`, `+`, or ` ` for the line before an insertion and for what was left
/// out ("… 7 more lines", number 0).
struct DiffLine {
  char sign = ' ';
  std::uint32_t number = 0;
  std::string text;
};

struct FileDiff {
  std::string path;
  bool created = false;
  std::vector<DiffLine> lines;
};

struct ReportedFix {
  std::string title;
  Applicability applicability = Applicability::Safe;
  std::vector<ReportedEdit> edits{};
  std::vector<std::string> steps{};
  std::vector<FileDiff> diffs{};
};

struct ReportedFinding {
  std::string rule;
  std::string name;
  Severity severity = Severity::Error;
  std::string message;
  Place place;
  std::vector<ReportedNote> related{};
  std::optional<ReportedFix> fix{};
  std::optional<Suppression> suppressed{};
};

struct ReportedWitness {
  Transaction transaction;
  std::vector<ReportedStep> path{};
  std::string replay;  ///< shell line
};

struct ReportedExposure {
  std::uint64_t ipv4_addresses = 0;
  bool all_ipv4 = false;                       ///< every public address
  std::vector<std::string> ipv4_prefixes{};    ///< the fewest that say it, at most a few
  std::vector<std::string> ipv4_exceptions{};  ///< where they are few: the public prefixes that are not in it
  std::vector<std::string> ipv6_prefixes{};    ///< "::/0" for all public ones
  bool anyone = false;
  std::vector<std::string> recipients{};
};

struct ReportedDecision {
  Outcome outcome = Outcome::Unknown;
  std::vector<ReportedStep> path{};
  std::optional<ReportedStep> refusal{};
  std::vector<ReportedNote> assumptions{};
  std::vector<ReportedNote> reasons{};
};

/// contract.md 4, `verify`.
struct ReportedVerification {
  std::string outcome;  ///< agree, disagree, unavailable
  std::string detail;
};

struct ConfigurationReport {
  std::string path;
  std::string format;
  std::string format_title;
  std::string product;
  std::optional<std::string> version{};
  VerdictState verdict = VerdictState::Closed;
  std::optional<ReportedWitness> witness{};
  ReportedExposure exposure{};
  std::vector<ReportedNote> assumptions{};
  std::vector<ReportedNote> reasons{};
  std::uint64_t bytes = 0;
  std::vector<Place> not_understood{};
  std::vector<std::string> files{};
  std::vector<ReportedFinding> findings{};  ///< of the wanted rules; suppressed ones are marked
  std::optional<ReportedDecision> decision{};
  std::optional<ReportedVerification> verification{};
  std::string after_fix;  ///< what makes a fix live
  /// With --fix: what was fixed, and the files that were written. Their places are those before.
  std::vector<ReportedFinding> fixed{};
  std::vector<std::string> written{};
};

struct Summary {
  std::size_t configurations = 0;
  std::size_t open = 0;
  std::size_t closed = 0;
  std::size_t unknown = 0;
  std::size_t findings = 0;  ///< not suppressed
  std::size_t fixed = 0;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// What the user asked; decides what `text` shows.
enum class Question { Lint, Ask, Compare };

struct Report {
  Question question = Question::Lint;
  std::optional<Transaction> asked{};
  std::string compared_with{};  ///< OLD of --compare
  std::vector<ConfigurationReport> configurations{};
  Summary summary{};
};

Summary summarise(const std::vector<ConfigurationReport>& configurations);

}  // namespace relaylint
