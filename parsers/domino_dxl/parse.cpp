// Reading DXL with pugixml, whose offsets hold for text that it does not convert: UTF-8 alone is read. Elements are
// walked without recursion, so that depth costs no stack.

#include <algorithm>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/domino_dxl/domino_dxl.hpp"

namespace relaylint::domino_dxl {
namespace {

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Domino knows seven; one that is not understood is enough for a doubt.
constexpr std::size_t kMostItems = 256;

class DxlReader {
 public:
  explicit DxlReader(DxlDocument& document)
      : document_(document), bytes_(document.sources().file(document.main()).bytes()) {}

  void run();

 private:
  void refuse(std::size_t offset, std::string message);
  [[nodiscard]] bool is_readable(const pugi::xml_document& xml);
  void walk(const pugi::xml_document& xml);
  void document_at(const pugi::xml_node& node);
  void add_item(const pugi::xml_node& node, DominoConfiguration& configuration) const;
  void add_value(const pugi::xml_node& node, DominoItem& item) const;
  [[nodiscard]] Span start_tag(const pugi::xml_node& node) const;
  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const {
    const auto at = [&](std::size_t offset) { return static_cast<std::uint32_t>(std::min(offset, bytes_.size())); };
    return {document_.main(), {at(begin), std::max(at(begin), at(end))}};
  }

  DxlDocument& document_;
  std::string_view bytes_;
};

void DxlReader::refuse(std::size_t offset, std::string message) {
  document_.unreadable = Note{span(offset, offset + 1), std::move(message)};
  document_.problems.push_back({document_.unreadable->span, document_.unreadable->text, true});
}

/// From `<` to `>`; attribute values may hold a `>`.
Span DxlReader::start_tag(const pugi::xml_node& node) const {
  const std::ptrdiff_t offset = node.offset_debug();
  if (offset <= 0) return span(0, 0);
  const auto begin = static_cast<std::size_t>(offset) - 1;
  char quote = 0;
  std::size_t at = begin;
  for (; at < bytes_.size(); ++at) {
    const char c = bytes_[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  return span(begin, at + 1);
}

/// The text of `<text>` or `<number>`, which may be in pieces; its place is that of the first.
void DxlReader::add_value(const pugi::xml_node& node, DominoItem& item) const {
  std::string text;
  Span place = start_tag(node);
  bool first = true;
  for (const pugi::xml_node piece : node.children()) {
    if (piece.type() != pugi::node_pcdata && piece.type() != pugi::node_cdata) continue;
    text += piece.value();
    if (first && piece.offset_debug() > 0) {
      const auto begin = static_cast<std::size_t>(piece.offset_debug());
      const std::size_t end =
          bytes_.find(piece.type() == pugi::node_cdata ? std::string_view("]]>") : std::string_view("<"), begin);
      place = span(begin, std::min(end, bytes_.size()));
    }
    first = false;
  }
  item.values.push_back({std::move(text), place});
}

void DxlReader::add_item(const pugi::xml_node& node, DominoConfiguration& configuration) const {
  const std::string name = node.attribute("name").value();
  DominoItem item{name, start_tag(node)};
  for (const pugi::xml_node value : node.children()) {
    const std::string_view kind = value.name();
    if (kind == "text" || kind == "number") add_value(value, item);
    if (kind != "textlist" && kind != "numberlist") continue;
    for (const pugi::xml_node entry : value.children()) {
      if (entry.type() == pugi::node_element) add_value(entry, item);
    }
  }
  if (equals_ignoring_case(name, "ServerName") && !item.values.empty()) configuration.server = item.values.front().text;
  if (name.size() < 7 || !equals_ignoring_case(std::string_view(name).substr(0, 7), "SMTPRly")) return;
  const auto same = std::find_if(configuration.items.begin(), configuration.items.end(),
                                 [&](const DominoItem& other) { return equals_ignoring_case(other.name, name); });
  if (same == configuration.items.end()) {
    if (configuration.items.size() >= kMostItems) return;
    configuration.items.push_back(std::move(item));
  } else {
    std::move(item.values.begin(), item.values.end(), std::back_inserter(same->values));
  }
}

void DxlReader::document_at(const pugi::xml_node& node) {
  bool is_configuration = equals_ignoring_case(node.attribute("form").value(), "ServerConfig");
  DominoConfiguration configuration;
  configuration.span = start_tag(node);
  for (const pugi::xml_node child : node.children()) {
    if (std::string_view(child.name()) != "item") continue;
    const std::string_view name = child.attribute("name").value();
    if (equals_ignoring_case(name, "Form"))
      is_configuration |= equals_ignoring_case(child.child("text").child_value(), "ServerConfig");
    add_item(child, configuration);
  }
  if (is_configuration) document_.configurations.push_back(std::move(configuration));
}

void DxlReader::walk(const pugi::xml_document& xml) {
  pugi::xml_node node = xml.first_child();
  while (node) {
    if (std::string_view(node.name()) == "document") document_at(node);
    if (node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) node = node.parent();
    if (node) node = node.next_sibling();
  }
}

bool DxlReader::is_readable(const pugi::xml_document& xml) {
  for (const pugi::xml_node node : xml.children()) {
    if (node.type() != pugi::node_declaration) continue;
    const std::string encoding = to_lower(node.attribute("encoding").value());
    if (encoding.empty() || encoding == "utf-8" || encoding == "us-ascii" || is_ascii(bytes_)) continue;
    refuse(0, "the encoding " + encoding + " is not read, only UTF-8 is");
    return false;
  }
  return true;
}

void DxlReader::run() {
  if (bytes_.starts_with("\xFF\xFE") || bytes_.starts_with("\xFE\xFF") || bytes_.find('\0') != std::string_view::npos) {
    refuse(0, "this is not UTF-8");
    return;
  }
  pugi::xml_document xml;
  const unsigned flags = pugi::parse_default | pugi::parse_declaration;
  const pugi::xml_parse_result result = xml.load_buffer(bytes_.data(), bytes_.size(), flags, pugi::encoding_utf8);
  if (!result) {
    refuse(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)),
           std::string("this is no well-formed XML: ") + result.description());
    return;
  }
  if (!is_readable(xml)) return;
  walk(xml);
  if (document_.configurations.empty())
    refuse(0, "there is no Configuration document (form ServerConfig) in this file");
}

}  // namespace

void DxlDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  if (file != main()) {
    Document::for_each_leaf(file, visit);
  } else {
    for_each_line_leaf(sources().file(file).bytes(), "", visit);
  }
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<DxlDocument>(sources, main);
  DxlReader(*document).run();
  return document;
}

}  // namespace relaylint::domino_dxl
