#include "lint/output/excerpt.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "lint/output/escape.hpp"
#include "lint/output/secrets.hpp"

namespace relaylint {
namespace {

constexpr std::size_t kTabWidth = 4;
constexpr std::size_t kMaxColumns = 120;
constexpr std::size_t kColumnsBefore = 40;  ///< kept before the mark where a line is cut
constexpr std::uint32_t kMaxBytes = 4096;   ///< of a line that are looked at; a longer one is cut around the mark first
constexpr std::uint32_t kBytesAround = 1024;
constexpr std::size_t kLinesAtEnds = 3;  ///< of a long range, at its beginning and at its end
constexpr std::size_t kDiffLines = 12;   ///< of one file

/// What is printed for some bytes.
struct Cell {
  std::uint32_t offset = 0;  ///< of its first byte, in the file
  std::string text;
  std::size_t width = 1;
};

/// The part of a line to look at.
TextRange window_of(TextRange line, TextRange mark) {
  if (line.size() <= kMaxBytes) return line;
  const std::uint32_t at = std::clamp(mark.start, line.start, line.end);
  const std::uint32_t start = at - line.start > kBytesAround ? at - kBytesAround : line.start;
  return {start, line.end - at > kBytesAround ? at + kBytesAround : line.end};
}

/// Secrets of a line, or of the window where the line is too long to be read for each of its findings.
std::vector<TextRange> secrets_of(const SourceFile& file, TextRange line, TextRange window) {
  std::vector<TextRange> secrets;
  if (window == line) {
    secrets = secrets_in_line(file, line);
  } else {
    const TextRange beginning{line.start, line.start + kBytesAround};
    const std::vector<TextRange> first = secrets_in_line(file, beginning);
    if (!first.empty() && first.back().end == beginning.size()) return {window};
    secrets = secrets_in(file.slice(window));
  }
  for (TextRange& secret : secrets) secret = {secret.start + window.start, secret.end + window.start};
  return secrets;
}

std::vector<Cell> cells_of(const SourceFile& file, TextRange line, TextRange mark) {
  const TextRange window = window_of(line, mark);
  const std::vector<TextRange> secrets = secrets_of(file, line, window);
  auto secret = secrets.begin();
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::uint32_t at = window.start; at < window.end;) {
    Cell cell{at, {}, 0};
    if (secret != secrets.end() && at >= secret->start) {
      cell.text = kMask;
      at = std::max(secret->end, at + 1);
      ++secret;
    } else {
      const CodePoint point = code_point_at(file.slice({at, window.end}), 0);
      const bool tab = point.value == U'\t';
      cell.text =
          tab ? std::string(kTabWidth - column % kTabWidth, ' ') : shown(file.slice({at, window.end}), 0, point);
      at += static_cast<std::uint32_t>(point.length);
    }
    cell.width = display_width(cell.text);
    column += cell.width;
    cells.push_back(std::move(cell));
  }
  return cells;
}

/// Column of the first cell at or behind `offset`, counted from the cell `first`.
std::size_t column_at(const std::vector<Cell>& cells, std::size_t first, std::size_t end, std::uint32_t offset) {
  std::size_t column = 0;
  for (std::size_t i = first; i < end && cells[i].offset < offset; ++i) column += cells[i].width;
  return column;
}

/// The first cell to print where the line is too wide.
std::size_t first_cell(const std::vector<Cell>& cells, std::uint32_t mark) {
  const std::size_t width = column_at(cells, 0, cells.size(), UINT32_MAX);
  const std::size_t mark_column = column_at(cells, 0, cells.size(), mark);
  if (width <= kMaxColumns || mark_column <= kMaxColumns - kColumnsBefore) return 0;
  std::size_t column = 0;
  std::size_t first = 0;
  for (; first < cells.size() && column + kColumnsBefore < mark_column; ++first) column += cells[first].width;
  return first;
}

ExcerptLine show_line(const SourceFile& file, TextRange line, TextRange mark) {
  const std::vector<Cell> cells = cells_of(file, line, mark);
  const std::size_t first = first_cell(cells, mark.start);
  std::size_t end = first;
  for (std::size_t width = 0; end < cells.size() && width + cells[end].width <= kMaxColumns; ++end)
    width += cells[end].width;
  ExcerptLine shown_line;
  shown_line.number = file.line_column(line.start).line;
  const bool cut_before = first > 0 || (!cells.empty() && cells.front().offset > line.start);
  if (cut_before) shown_line.text = "…";
  for (std::size_t i = first; i < end; ++i) shown_line.text += cells[i].text;
  if (end < cells.size()) shown_line.text += "…";
  const std::size_t shift = cut_before ? 1 : 0;
  shown_line.mark_start = shift + column_at(cells, first, end, mark.start);
  shown_line.mark_end = std::max(shift + column_at(cells, first, end, mark.end), shown_line.mark_start);
  return shown_line;
}

TextRange intersection(TextRange a, TextRange b) {
  const std::uint32_t start = std::max(a.start, b.start);
  return {start, std::max(start, std::min(a.end, b.end))};
}

/// The line after `line`, nothing at the end of the file.
std::optional<TextRange> next_line(const SourceFile& file, TextRange line) {
  const std::string_view bytes = file.bytes();
  const std::size_t newline = bytes.find('\n', line.end);
  if (newline == std::string_view::npos || newline + 1 >= bytes.size()) return std::nullopt;
  return file.line_at(static_cast<std::uint32_t>(newline + 1));
}

// --- diffs --------------------------------------------------------------------------------------------------------

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Edits of neighbouring lines, as whole lines before and after.
struct Hunk {
  TextRange lines{};  ///< of the old file, line endings included
  std::string after;
};

TextRange whole_lines(const SourceFile& file, TextRange range) {
  const std::string_view bytes = file.bytes();
  const TextRange first = file.line_at(range.start);
  const std::size_t newline = bytes.find('\n', range.end > range.start ? range.end - 1 : range.end);
  const std::size_t end = newline == std::string_view::npos ? bytes.size() : newline + 1;
  return {first.start, static_cast<std::uint32_t>(end)};
}

std::vector<Hunk> hunks_of(const SourceFile& file, const std::vector<const Edit*>& edits) {
  std::vector<Hunk> hunks;
  std::uint32_t copied = 0;
  for (const Edit* edit : edits) {
    const TextRange range = edit->span.range;
    const TextRange lines = whole_lines(file, range);
    if (hunks.empty() || lines.start > hunks.back().lines.end) {
      if (!hunks.empty()) hunks.back().after += file.slice({copied, hunks.back().lines.end});
      hunks.push_back({lines, {}});
      copied = lines.start;
    }
    hunks.back().lines.end = std::max(hunks.back().lines.end, lines.end);
    hunks.back().after += file.slice({copied, range.start});
    hunks.back().after += edit->text;
    copied = range.end;
  }
  if (!hunks.empty()) hunks.back().after += file.slice({copied, hunks.back().lines.end});
  return hunks;
}

/// A line that the program shows of its own, not at a place in a file: masked and escaped.
std::string show_text(const std::string& line) {
  std::string text = escape(mask_secrets(line));
  // A tab is no danger; written out it would only look odd.
  for (std::size_t at = text.find("\\t"); at != std::string::npos; at = text.find("\\t", at)) text.replace(at, 2, "  ");
  return text;
}

void add_hunk(const SourceFile& file, const Hunk& hunk, std::uint32_t& shift, std::vector<DiffLine>& out) {
  std::vector<std::string> before = split_lines(file.slice(hunk.lines));
  std::vector<std::string> after = split_lines(hunk.after);
  std::uint32_t line = file.line_column(hunk.lines.start).line;
  const std::size_t growth = after.size() - before.size();  // may wrap; added to a number that takes it back
  std::string context;
  if (hunk.lines.start > 0) context = file.slice(file.line_at(hunk.lines.start - 1));
  while (!before.empty() && !after.empty() && before.front() == after.front()) {
    context = before.front();
    before.erase(before.begin());
    after.erase(after.begin());
    ++line;
  }
  while (!before.empty() && !after.empty() && before.back() == after.back()) {
    before.pop_back();
    after.pop_back();
  }
  if (before.empty() && line > 1) out.push_back({' ', line - 1, show_text(context)});
  std::uint32_t number = line;
  for (const std::string& text : before) out.push_back({'-', number++, show_text(text)});
  number = line + shift;
  for (const std::string& text : after) out.push_back({'+', number++, show_text(text)});
  shift += static_cast<std::uint32_t>(growth);
}

FileDiff diff_of(const SourceFile& file, const std::vector<const Edit*>& edits) {
  FileDiff diff{file.path(), !file.present(), {}};
  std::uint32_t shift = 0;
  for (const Hunk& hunk : hunks_of(file, edits)) add_hunk(file, hunk, shift, diff.lines);
  if (diff.lines.size() > kDiffLines) {
    const std::size_t left_out = diff.lines.size() - kDiffLines;
    diff.lines.resize(kDiffLines);
    diff.lines.push_back({' ', 0, "… " + std::to_string(left_out) + " more lines"});
  }
  return diff;
}

}  // namespace

std::vector<ExcerptLine> excerpt_of(const SourceFile& file, TextRange range) {
  if (!file.present() || file.bytes().empty()) return {};
  std::vector<TextRange> lines = {file.line_at(range.start)};
  while (range.end > lines.back().end) {
    const std::optional<TextRange> next = next_line(file, lines.back());
    if (!next || next->start >= range.end) break;
    lines.push_back(*next);
    if (lines.size() <= 2 * kLinesAtEnds) continue;
    // Only the first and the last lines are kept, so that a long range costs no more than its lines.
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(kLinesAtEnds));
  }
  std::vector<ExcerptLine> excerpt;
  for (const TextRange line : lines) excerpt.push_back(show_line(file, line, intersection(range, line)));
  return excerpt;
}

std::vector<FileDiff> diffs_of(const SourceSet& sources, std::span<const Edit> edits) {
  std::map<FileId, std::vector<const Edit*>> by_file;
  for (const Edit& edit : edits) by_file[edit.span.file].push_back(&edit);
  std::vector<FileDiff> diffs;
  for (auto& [file, of_file] : by_file) {
    std::stable_sort(of_file.begin(), of_file.end(), [](const Edit* a, const Edit* b) { return a->span < b->span; });
    diffs.push_back(diff_of(sources.file(file), of_file));
  }
  return diffs;
}

}  // namespace relaylint
