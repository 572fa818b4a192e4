// Where entries start and end: README.md, "Entries".

#include <algorithm>

#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

std::size_t line_end(std::string_view bytes, std::size_t at) {
  const std::size_t newline = bytes.find('\n', at);
  return newline == std::string_view::npos ? bytes.size() : newline + 1;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_blank_line(std::string_view bytes, std::size_t start, std::size_t end) {
  return bytes.substr(start, end - start).find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

/// The end of the line of an entry that starts at `at`: a newline that a backslash does not take away.
std::size_t entry_line_end(std::string_view bytes, std::size_t at) {
  for (;;) {
    const std::size_t newline = bytes.find('\n', at);
    if (newline == std::string_view::npos) return bytes.size();
    std::size_t backslashes = 0;
    while (backslashes < newline - at && bytes[newline - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return newline + 1;
    at = newline + 1;
  }
}

/// The next line that continues the entry which has a line ending at `at`, behind blank lines and comments; nothing if
/// it has none.
std::size_t continuation(std::string_view bytes, std::size_t at) {
  while (at < bytes.size()) {
    const std::size_t end = line_end(bytes, at);
    const bool skipped = bytes[at] == '#' || bytes[at] == '\n' || bytes.substr(at, end - at) == "\r\n";
    if (!skipped) return is_blank(bytes[at]) ? at : std::string_view::npos;
    at = end;
  }
  return std::string_view::npos;
}

TextRange range(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

}  // namespace

Item next_item(std::string_view bytes, std::uint32_t start) {
  const std::size_t end = line_end(bytes, start);
  if (is_blank_line(bytes, start, end)) return {LeafKind::Blank, range(start, end)};
  const std::size_t first = bytes.find_first_not_of(" \t\r\v\f", start);
  if (bytes[first] == '#') return {LeafKind::Comment, range(start, end)};

  std::size_t last = entry_line_end(bytes, first);
  for (std::size_t next = continuation(bytes, last); next != std::string_view::npos; next = continuation(bytes, last)) {
    last = entry_line_end(bytes, next);
  }
  std::size_t text_end = last;
  while (text_end > first && (bytes[text_end - 1] == '\n' || bytes[text_end - 1] == '\r')) --text_end;
  return {LeafKind::Directive, range(start, last), range(first, text_end)};
}

JoinedText::JoinedText(std::string_view bytes, TextRange text) : plain_(bytes.substr(text.start, text.size())) {
  pieces_.push_back({0, text.start});
  std::size_t copied = 0;
  for (std::size_t at = plain_.find("\\\n"); at != std::string_view::npos; at = plain_.find("\\\n", at)) {
    std::size_t backslashes = 1;
    while (backslashes <= at && plain_[at - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) {
      ++at;
      continue;
    }
    joined_.append(plain_.substr(copied, at - copied));
    std::size_t next = at + 2;
    while (next < plain_.size() && is_blank(plain_[next])) ++next;
    pieces_.push_back({joined_.size(), text.start + static_cast<std::uint32_t>(next)});
    copied = next;
    at = next;
  }
  if (copied != 0) joined_.append(plain_.substr(copied));
}

std::uint32_t JoinedText::source(std::size_t at) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), at,
                                      [](std::size_t wanted, const Piece& piece) { return wanted < piece.at; });
  const Piece& piece = *std::prev(after);
  return piece.source + static_cast<std::uint32_t>(at - piece.at);
}

}  // namespace relaylint::smail
