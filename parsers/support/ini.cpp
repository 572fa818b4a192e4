#include "parsers/support/ini.hpp"

#include <ini.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "lint/pattern.hpp"

namespace relaylint {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
/// Beyond so many lines that cannot be read, one more tells nothing new.
constexpr std::size_t kMaxProblems = 200;
constexpr char kControlZ = '\x1A';

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F'; }

TextRange range(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

/// Moves both ends inward over blanks.
void trim(std::string_view bytes, std::size_t& begin, std::size_t& end) {
  while (begin < end && is_blank(bytes[begin])) ++begin;
  while (end > begin && is_blank(bytes[end - 1])) --end;
}

/// What DOS programs leave behind the last line.
constexpr std::string_view kNothing{"\x1A\0 \t\r\n", 6};

std::optional<std::uint32_t> early_end_of(std::string_view bytes) {
  const std::size_t end = bytes.find(kControlZ);
  if (end == std::string_view::npos || bytes.find_first_not_of(kNothing, end) == std::string_view::npos)
    return std::nullopt;
  return static_cast<std::uint32_t>(end);
}

}  // namespace

// --- scanning -------------------------------------------------------------------------------------------------

std::size_t IniScanner::comment_in(std::size_t begin, std::size_t end) const {
  if (dialect_.inline_comments.empty()) return end;
  const std::string_view line = bytes_.substr(0, end);
  for (std::size_t at = line.find_first_of(dialect_.inline_comments, begin); at != std::string_view::npos;
       at = line.find_first_of(dialect_.inline_comments, at + 1)) {
    if (!dialect_.inline_needs_blank || at == begin || is_blank(line[at - 1])) return at;
  }
  return end;
}

bool IniScanner::next(IniLine& line) {
  if (at_ >= bytes_.size()) return false;
  line = IniLine{};
  const std::size_t start = at_;
  const std::size_t newline = bytes_.find('\n', start);
  at_ = newline == std::string_view::npos ? bytes_.size() : newline + 1;
  line.line = range(start, at_);

  std::size_t begin = start;
  std::size_t end = newline == std::string_view::npos ? bytes_.size() : newline;
  while (end > begin && bytes_[end - 1] == '\r') --end;
  if (start == 0 && bytes_.starts_with(kByteOrderMark)) {
    begin += kByteOrderMark.size();
    line.doubtful = true;
  }
  const std::size_t comment = comment_in(begin, end);
  std::size_t first = begin;
  while (first < comment && is_blank(bytes_[first])) ++first;
  if (first < end && bytes_[first] == kControlZ &&
      bytes_.find_first_not_of(kNothing, first) == std::string_view::npos) {
    line.name = line.value = range(first, first);
    line.doubtful = false;
    return true;
  }
  if (first == comment || dialect_.line_comments.find(bytes_[first]) != std::string_view::npos) {
    line.kind = first == end ? IniLineKind::Blank : IniLineKind::Comment;
    line.name = line.value = range(first, first);
    line.doubtful = false;
    return true;
  }
  read_statement(begin, comment, line);
  return true;
}

void IniScanner::read_statement(std::size_t begin, std::size_t end, IniLine& line) {
  const std::string_view statement = bytes_.substr(begin, end - begin);
  line.doubtful |= std::any_of(statement.begin(), statement.end(), is_control);
  std::size_t first = begin;
  std::size_t last = end;
  trim(bytes_, first, last);
  if (bytes_[first] == '[' && (first == begin || !dialect_.blanks_count)) {
    read_header(first, last, line);
    return;
  }
  line.kind = IniLineKind::Entry;
  if (!dialect_.blanks_count) {
    begin = first;
    end = last;
  }
  const std::size_t split =
      in_free_text_ ? std::string_view::npos : bytes_.substr(0, end).find_first_of(dialect_.separators, begin);
  if (split == std::string_view::npos) {
    line.name = range(begin, end);
    line.value = range(end, end);
    return;
  }
  line.has_separator = true;
  std::size_t key_end = split;
  std::size_t value = split + 1;
  if (!dialect_.blanks_count) {
    trim(bytes_, begin, key_end);
    trim(bytes_, value, end);
  }
  line.name = range(begin, key_end);
  line.value = range(value, end);
}

void IniScanner::read_header(std::size_t begin, std::size_t end, IniLine& line) {
  line.kind = IniLineKind::Section;
  const std::size_t close = bytes_.substr(0, end).find(']', begin);
  std::size_t name = begin + 1;
  std::size_t name_end = close == std::string_view::npos ? end : close;
  const std::size_t bracketed = name_end - name;
  trim(bytes_, name, name_end);
  line.doubtful |=
      close == std::string_view::npos || close + 1 != end || name_end - name != bracketed || name == name_end;
  line.name = range(name, name_end);
  line.value = range(end, end);
  const std::string_view text = bytes_.substr(name, name_end - name);
  const auto sections = dialect_.free_text_sections;
  in_free_text_ =
      std::any_of(sections.begin(), sections.end(), [&](std::string_view section) { return ini_named(text, section); });
}

// --- inih -----------------------------------------------------------------------------------------------------

namespace {

/// What inih reads from and reports to. Spans are numbered: an entry's key is 2n, its value 2n + 1.
struct Stream {
  IniScanner scanner;
  IniFile& file;
};

/// fgets for inih: the next header as `[number]`, the next statement as `number=number`.
char* read_canonical_line(char* out, int size, void* user) {
  auto& stream = *static_cast<Stream*>(user);
  IniLine line;
  while (stream.scanner.next(line)) {
    if (line.kind == IniLineKind::Section) {
      stream.file.sections.push_back({line.name, line.line, line.doubtful});
      std::snprintf(out, static_cast<std::size_t>(size), "[%zu]\n", stream.file.sections.size() - 1);
      return out;
    }
    if (line.kind == IniLineKind::Entry) {
      const std::size_t number = 2 * stream.file.entries.size();
      stream.file.entries.push_back({0, line.has_separator, line.doubtful, line.name, line.value, line.line});
      std::snprintf(out, static_cast<std::size_t>(size), "%zu=%zu\n", number, number + 1);
      return out;
    }
  }
  return nullptr;
}

std::size_t number_in(const char* text) {
  std::size_t number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

int take_entry(void* user, const char* section, const char* name, const char* value) {
  auto& file = static_cast<Stream*>(user)->file;
  const std::size_t key = number_in(name);
  if (key + 1 != number_in(value) || key / 2 >= file.entries.size()) return 0;
  file.entries[key / 2].section = static_cast<std::uint32_t>(number_in(section));
  return 1;
}

}  // namespace

IniFile read_ini(std::string_view bytes, const IniDialect& dialect) {
  IniFile file;
  file.sections.push_back({});
  file.early_end = early_end_of(bytes);
  Stream stream{IniScanner(bytes, dialect), file};
  ini_parse_stream(read_canonical_line, &stream, take_entry, &stream);
  return file;
}

void for_each_ini_leaf(std::string_view bytes, const IniDialect& dialect, const LeafVisitor& visit) {
  IniScanner scanner(bytes, dialect);
  IniLine line;
  while (scanner.next(line)) {
    Leaf leaf{LeafKind::Directive, line.line, line.name, line.value};
    switch (line.kind) {
      case IniLineKind::Blank:
        leaf.kind = LeafKind::Blank;
        break;
      case IniLineKind::Comment:
        leaf.kind = LeafKind::Comment;
        break;
      case IniLineKind::Section:
        leaf.kind = LeafKind::Section;
        break;
      case IniLineKind::Entry:
        leaf.kind = LeafKind::Directive;
        break;
    }
    if (line.doubtful) leaf.kind = LeafKind::Error;
    visit(leaf);
  }
}

// --- the document -----------------------------------------------------------------------------------------------

IniDocument::IniDocument(SourceSet& sources, FileId main, const IniDialect& dialect)
    : Document(sources, main), dialect_(dialect), bytes_(sources.file(main).bytes()), ini_(read_ini(bytes_, dialect)) {
  for (const IniSection& section : ini_.sections) {
    if (section.doubtful) note(ini_without_ending(bytes_, section.line), "this section header may not be read as one");
  }
  for (const IniEntry& entry : ini_.entries) {
    if (entry.doubtful)
      note(entry.statement(), "control bytes or a byte order mark: this line may not be read as it looks");
  }
}

void IniDocument::note(TextRange place, std::string_view message) {
  if (problems.size() < kMaxProblems) problems.push_back({span(place), std::string(message)});
}

void IniDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  if (file != main()) {
    Document::for_each_leaf(file, visit);
    return;
  }
  for_each_ini_leaf(bytes_, dialect_, visit);
}

TextRange ini_without_ending(std::string_view bytes, TextRange line) {
  while (line.end > line.start && (bytes[line.end - 1] == '\n' || bytes[line.end - 1] == '\r')) --line.end;
  return line;
}

// --- editing ----------------------------------------------------------------------------------------------------

std::string_view ini_line_ending(std::string_view bytes, TextRange line) {
  const auto ending_before = [&](std::size_t end) -> std::string_view {
    if (end == 0 || bytes[end - 1] != '\n') return {};
    return end > 1 && bytes[end - 2] == '\r' ? "\r\n" : "\n";
  };
  if (const std::string_view own = ending_before(line.end); !own.empty()) return own;
  const std::string_view previous = ending_before(line.start);
  return previous.empty() ? "\n" : previous;
}

Edit ini_insert_below(const SourceFile& file, FileId id, TextRange line, std::span<const std::string> lines) {
  const std::string_view bytes = file.bytes();
  const std::string_view ending = ini_line_ending(bytes, line);
  const bool ended = line.end > line.start ? bytes[line.end - 1] == '\n' : true;
  Edit edit{{id, {line.end, line.end}}, {}};
  for (const std::string& text : lines) {
    if (!ended) edit.text += ending;
    edit.text += text;
    if (ended) edit.text += ending;
  }
  return edit;
}

bool ini_named(std::string_view text, std::string_view name) { return equals_ignoring_case(text, name); }

}  // namespace relaylint
