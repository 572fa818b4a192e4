#include "parsers/support/json_spans.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "lint/pattern.hpp"

namespace relaylint {
namespace {

using nlohmann::json;

/// Takes nlohmann's events in turn. Each event comes right after its token was read, so that the next token of the text
/// is the one that the event is about.
class Handler {
 public:
  Handler(std::string_view bytes, JsonText& out) : bytes_(bytes), out_(out) {
    if (bytes_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  bool null() { return scalar(JsonKind::Literal, {}); }
  bool boolean(bool) { return scalar(JsonKind::Literal, {}); }
  bool number_integer(json::number_integer_t) { return scalar(JsonKind::Number, {}); }
  bool number_unsigned(json::number_unsigned_t) { return scalar(JsonKind::Number, {}); }
  bool number_float(json::number_float_t, const std::string&) { return scalar(JsonKind::Number, {}); }
  bool string(std::string& text) { return scalar(JsonKind::String, std::move(text)); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(JsonKind::Object); }
  bool start_array(std::size_t) { return open(JsonKind::Array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& text) {
    key_range_ = token();
    key_ = std::move(text);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) {
    const std::size_t at = std::min(position > 0 ? position - 1 : 0, bytes_.size());
    out_.error_at = static_cast<std::uint32_t>(at);
    return false;
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last_child = kNoNode;
  };

  static TextRange range(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  /// Steps over the next token; a string's range is without its quotes.
  TextRange token() {
    at_ = std::min(bytes_.find_first_not_of(" \t\r\n,:", at_), bytes_.size());
    if (at_ == bytes_.size()) return range(at_, at_);
    const std::size_t begin = at_;
    if (bytes_[begin] == '"') {
      ++at_;
      while (at_ < bytes_.size() && bytes_[at_] != '"') at_ += bytes_[at_] == '\\' ? 2 : 1;
      at_ = std::min(at_, bytes_.size());
      const std::size_t end = at_;
      at_ = std::min(at_ + 1, bytes_.size());
      return range(begin + 1, end);
    }
    constexpr std::string_view kBrackets = "{}[]";
    if (kBrackets.find(bytes_[begin]) != std::string_view::npos) {
      ++at_;
    } else {
      at_ = std::min(bytes_.find_first_of(" \t\r\n,:]}", at_), bytes_.size());
    }
    return range(begin, at_);
  }

  std::uint32_t add(JsonNode node) {
    const auto index = static_cast<std::uint32_t>(out_.nodes.size());
    node.key = std::exchange(key_, {});
    node.key_range = std::exchange(key_range_, {});
    out_.nodes.push_back(std::move(node));
    if (!open_.empty()) {
      Open& parent = open_.back();
      if (parent.last_child == kNoNode) {
        out_.nodes[parent.node].first_child = index;
      } else {
        out_.nodes[parent.last_child].next = index;
      }
      parent.last_child = index;
    }
    return index;
  }

  bool scalar(JsonKind kind, std::string text) {
    JsonNode node;
    node.kind = kind;
    node.range = token();
    node.text =
        kind == JsonKind::String ? std::move(text) : std::string(bytes_.substr(node.range.start, node.range.size()));
    add(std::move(node));
    return true;
  }

  bool open(JsonKind kind) {
    JsonNode node;
    node.kind = kind;
    node.range = token();
    open_.push_back({add(std::move(node))});
    return true;
  }

  bool close() {
    const TextRange bracket = token();
    out_.nodes[open_.back().node].range.end = bracket.end;
    open_.pop_back();
    return true;
  }

  std::string_view bytes_;
  JsonText& out_;
  std::size_t at_ = 0;
  std::vector<Open> open_{};
  std::string key_{};
  TextRange key_range_{};
};

}  // namespace

std::uint32_t JsonText::member(std::uint32_t object, std::string_view key) const {
  if (object == kNoNode || nodes[object].kind != JsonKind::Object) return kNoNode;
  for (std::uint32_t child = nodes[object].first_child; child != kNoNode; child = nodes[child].next) {
    if (equals_ignoring_case(nodes[child].key, key)) return child;
  }
  return kNoNode;
}

JsonText read_json(std::string_view bytes) {
  JsonText text;
  Handler handler(bytes, text);
  try {
    json::sax_parse(bytes.begin(), bytes.end(), &handler);
  } catch (const json::exception&) {
    text.error_at = 0;
  }
  return text;
}

}  // namespace relaylint
