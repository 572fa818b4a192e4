// One finding of `text`: what is wrong, the lines themselves, what else has to do with it, and the fix as a small diff.

#include <fmt/format.h>

#include <algorithm>

#include "lint/output/escape.hpp"
#include "lint/output/text_style.hpp"

namespace relaylint::text {
namespace {

std::size_t gutter_of(const ReportedFinding& finding) {
  std::uint32_t highest = 0;
  for (const ExcerptLine& line : finding.place.excerpt) highest = std::max(highest, line.number);
  for (const ReportedNote& note : finding.related) {
    for (const ExcerptLine& line : note.place.excerpt) highest = std::max(highest, line.number);
  }
  if (finding.fix) {
    for (const FileDiff& diff : finding.fix->diffs) {
      for (const DiffLine& line : diff.lines) highest = std::max(highest, line.number);
    }
  }
  return std::to_string(highest).size();
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

/// Carets beneath the part, and what there is to say about it.
void one_line(const ExcerptLine& line, std::string_view label, Style style, Block& block) {
  block.numbered(line.number, line.text);
  const std::string carets(std::max<std::size_t>(1, line.mark_end - line.mark_start), '^');
  block.bar(spaces(line.mark_start) +
            block.paint()(style, label.empty() ? carets : fmt::format("{} {}", carets, label)));
}

/// A bracket at the left of all lines, closed beneath the last one.
void several_lines(const std::vector<ExcerptLine>& lines, std::string_view label, Style style, Block& block) {
  const Painter& paint = block.paint();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0 && lines[i].number > lines[i - 1].number + 1) block.plain(paint(Style::Gutter, "..."));
    block.numbered(lines[i].number, fmt::format("{} {}", paint(style, i == 0 ? "/" : "|"), lines[i].text));
  }
  const std::string underline(lines.back().mark_end, '_');
  block.bar(paint(style, fmt::format("|{}^ {}", underline, label)));
}

void excerpt(const Place& place, std::string_view label, Style style, Block& block) {
  if (!place.present) {
    block.bar();
    block.bar(block.paint()(style, "(there is no such file)"));
    return;
  }
  if (place.excerpt.empty()) return;
  block.bar();
  if (place.excerpt.size() == 1) {
    one_line(place.excerpt.front(), label, style, block);
  } else {
    several_lines(place.excerpt, label, style, block);
  }
}

void diff(const FileDiff& diff, bool with_path, Block& block) {
  if (with_path || diff.created) {
    block.arrow("-->", fmt::format("{}{}", escape(diff.path), diff.created ? " (new file)" : ""));
  }
  block.bar();
  for (const DiffLine& line : diff.lines) {
    const Style style = line.sign == '-' ? Style::Removed : line.sign == '+' ? Style::Added : Style::Dim;
    block.numbered(line.number, line.text, std::string_view(&line.sign, 1), style);
  }
}

void fix(const ReportedFix& fix, bool told, Block& block) {
  const std::string_view word = fix.applicability == Applicability::Safe     ? "fix"
                                : fix.applicability == Applicability::Unsafe ? "unsafe fix"
                                                                             : "to do";
  block.bar();
  if (told) return block.note(word, "the same as above");
  block.note(word, fix.title);
  for (std::size_t i = 0; i < fix.steps.size(); ++i) block.bar(fmt::format("  {}. {}", i + 1, escape(fix.steps[i])));
  for (const FileDiff& one : fix.diffs) diff(one, fix.diffs.size() > 1, block);
}

}  // namespace

std::string finding_text(const ReportedFinding& finding, bool fix_told, const OutputOptions& options) {
  Block block(options, gutter_of(finding));
  const Style style = style_of(finding.severity);
  const std::string head = fmt::format("{}[{}]", to_string(finding.severity), finding.rule);
  block.plain(block.paint()(style, head) + block.paint()(Style::Bold, ": " + finding.message));
  block.arrow("-->", place_text(finding.place));
  excerpt(finding.place, finding.name, style, block);
  for (const ReportedNote& note : finding.related) {
    block.arrow(":::", place_text(note.place));
    excerpt(note.place, note.text, Style::Note, block);
  }
  if (finding.fix) fix(*finding.fix, fix_told, block);
  if (finding.suppressed) {
    const std::string& until = finding.suppressed->expires;
    block.note("suppressed",
               escape(finding.suppressed->reason) + (until.empty() ? "" : fmt::format(" (until {})", until)));
  }
  return block.take();
}

}  // namespace relaylint::text
