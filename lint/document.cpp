#include "lint/document.hpp"

#include <algorithm>

namespace relaylint {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

Leaf line_leaf(std::string_view bytes, std::size_t start, std::size_t end, std::string_view comment_starts) {
  const auto at = [](std::size_t offset) { return static_cast<std::uint32_t>(offset); };
  Leaf leaf;
  leaf.whole = {at(start), at(end)};
  const std::string_view line = bytes.substr(start, end - start);
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    leaf.kind = LeafKind::Blank;
    leaf.name = leaf.value = {at(start), at(start)};
    return leaf;
  }
  leaf.kind = comment_starts.find(line[first]) == std::string_view::npos ? LeafKind::Directive : LeafKind::Comment;
  leaf.value = {at(start + first), at(start + line.find_last_not_of(kBlanks) + 1)};
  leaf.name = {leaf.value.start, leaf.value.start};
  return leaf;
}

}  // namespace

void Document::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  for_each_line_leaf(sources().file(file).bytes(), "#", visit);
}

void for_each_line_leaf(std::string_view bytes, std::string_view comment_starts, const LeafVisitor& visit) {
  for (std::size_t start = 0; start < bytes.size();) {
    const std::size_t newline = bytes.find('\n', start);
    const std::size_t end = newline == std::string_view::npos ? bytes.size() : newline + 1;
    visit(line_leaf(bytes, start, end, comment_starts));
    start = end;
  }
}

std::string_view line_ending_of(std::string_view bytes) {
  const std::size_t newline = bytes.find('\n');
  const bool crlf = newline != std::string_view::npos && newline > 0 && bytes[newline - 1] == '\r';
  return crlf ? "\r\n" : "\n";
}

}  // namespace relaylint
