// One-touch setup files (Domino 12 and its containers): `serverSetup.notesINI` holds NOTES.INI variables, and among the
// documents that are to be made may be Configuration documents. The older container format has `notesini` and `fields`.

#include <algorithm>
#include <string>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"

namespace relaylint::domino {
namespace {

class SetupReader {
 public:
  explicit SetupReader(DominoDocument& document) : document_(document), json_(document.json) {}

  void run();

 private:
  void variables_in(std::uint32_t object);
  void document_at(std::uint32_t node);
  void add_item(DominoConfiguration& configuration, std::string_view name, std::uint32_t value, TextRange name_range);
  [[nodiscard]] bool is_configuration(std::uint32_t node, std::uint32_t items) const;
  [[nodiscard]] const std::string& text_of(std::uint32_t object, std::string_view key) const;
  [[nodiscard]] const JsonNode& at(std::uint32_t node) const { return json_.nodes[node]; }

  DominoDocument& document_;
  const JsonText& json_;
};

const std::string& SetupReader::text_of(std::uint32_t object, std::string_view key) const {
  static const std::string nothing;
  const std::uint32_t member = json_.member(object, key);
  return member == kNoNode ? nothing : at(member).text;
}

void SetupReader::variables_in(std::uint32_t object) {
  if (object == kNoNode || at(object).kind != JsonKind::Object) return;
  for (std::uint32_t child = at(object).first_child; child != kNoNode; child = at(child).next) {
    const JsonNode& node = at(child);
    if (node.kind == JsonKind::Object || node.kind == JsonKind::Array) continue;
    const Span value = document_.span(node.range);
    document_.variables.push_back({node.key, node.text, document_.span({node.key_range.start, node.range.end}), value,
                                   is_domino_template(node.text) ? Standing::Doubtful : Standing::Effective});
  }
}

/// Form or Type ServerConfig, in the items or in what is searched for; `configuration` in the older format.
bool SetupReader::is_configuration(std::uint32_t node, std::uint32_t items) const {
  for (const std::uint32_t where : {items, json_.member(node, "findDocument")}) {
    if (equals_ignoring_case(text_of(where, "Form"), "ServerConfig") ||
        equals_ignoring_case(text_of(where, "Type"), "ServerConfig"))
      return true;
  }
  return equals_ignoring_case(text_of(node, "type"), "configuration");
}

void SetupReader::add_item(DominoConfiguration& configuration, std::string_view name, std::uint32_t value,
                           TextRange name_range) {
  if (equals_ignoring_case(name, "ServerName")) configuration.server = at(value).text;
  if (name.size() < 7 || !equals_ignoring_case(name.substr(0, 7), "SMTPRly")) return;
  DominoItem item{std::string(name), document_.span({name_range.start, at(value).range.end})};
  const bool several = at(value).kind == JsonKind::Array;
  for (std::uint32_t part = several ? at(value).first_child : value; part != kNoNode;
       part = several ? at(part).next : kNoNode) {
    item.values.push_back({at(part).text, document_.span(at(part).range)});
  }
  configuration.items.push_back(std::move(item));
}

void SetupReader::document_at(std::uint32_t node) {
  const std::uint32_t items = json_.member(node, "items");
  if (!is_configuration(node, items) || equals_ignoring_case(text_of(node, "action"), "delete")) return;
  DominoConfiguration configuration;
  configuration.span = document_.span({at(node).range.start, at(node).range.start + 1});
  configuration.server = text_of(json_.member(node, "findDocument"), "ServerName");
  if (items != kNoNode && at(items).kind == JsonKind::Object) {
    for (std::uint32_t child = at(items).first_child; child != kNoNode; child = at(child).next) {
      add_item(configuration, at(child).key, child, at(child).key_range);
    }
  }
  const std::uint32_t fields = json_.member(node, "fields");
  if (fields != kNoNode && at(fields).kind == JsonKind::Array) {
    for (std::uint32_t field = at(fields).first_child; field != kNoNode; field = at(field).next) {
      const std::uint32_t name = json_.member(field, "name");
      const std::uint32_t value = json_.member(field, "value");
      if (name != kNoNode && value != kNoNode) add_item(configuration, at(name).text, value, at(name).range);
    }
  }
  document_.configurations.push_back(std::move(configuration));
}

void SetupReader::run() {
  const std::uint32_t root = json_.nodes.empty() ? kNoNode : 0;
  variables_in(json_.member(json_.member(root, "serverSetup"), "notesINI"));
  variables_in(json_.member(root, "notesINI"));
  for (std::uint32_t node = 0; node < json_.nodes.size(); ++node) {
    if (at(node).kind != JsonKind::Array || !equals_ignoring_case(at(node).key, "documents")) continue;
    for (std::uint32_t child = at(node).first_child; child != kNoNode; child = at(child).next) document_at(child);
  }
}

}  // namespace

void read_setup(DominoDocument& document) {
  document.json = read_json(document.bytes());
  if (!document.json.error_at) {
    SetupReader(document).run();
    return;
  }
  const std::string_view bytes = document.bytes();
  const bool is_template = is_domino_template(bytes);
  const std::size_t place = is_template ? std::min(bytes.find("{{"), bytes.find("{%")) : *document.json.error_at;
  const auto begin = static_cast<std::uint32_t>(std::min(place, bytes.size()));
  const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(begin + (is_template ? 2 : 1), bytes.size()));
  document.unreadable = Note{
      document.span({begin, end}),
      is_template ? "this is a template, and no JSON before {{ }} and {% %} are filled in" : "this is not valid JSON"};
  document.problems.push_back({document.unreadable->span, document.unreadable->text, true});
}

}  // namespace relaylint::domino
