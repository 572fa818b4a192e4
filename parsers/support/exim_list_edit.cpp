#include "parsers/support/exim_list_edit.hpp"

#include <algorithm>

namespace relaylint {

namespace {

/// The bytes between two items, as they stand in the list's text.
std::string_view between(const EximText& value, const EximItem& left, const EximItem& right) {
  return value.view({left.range.end, right.range.start});
}

/// Whether a comment line lies within the bytes of an edit.
bool holds_comment(const SourceSet& sources, Span span) {
  const auto text = sources.slice(span);
  for (auto newline = text.find('\n'); newline != std::string_view::npos; newline = text.find('\n', newline + 1)) {
    const auto next = text.find_first_not_of(" \t", newline + 1);
    if (next != std::string_view::npos && text[next] == '#') return true;
  }
  return false;
}

/// Drops items first to last of a list, each run of them with one separator beside it.
class Dropper {
 public:
  Dropper(const SourceSet& sources, const EximText& value, std::vector<EximItem> items, char separator)
      : sources_(sources), value_(value), items_(std::move(items)), separator_(separator) {}

  bool replace(std::size_t item, std::string_view text) { return add(items_[item].range, text); }

  bool drop(std::size_t first, std::size_t last) {
    const TextRange range{items_[first].range.start, items_[last].range.end};
    const bool has_left = first > 0;
    const bool has_right = last + 1 < items_.size();
    const auto left = has_left ? value_.edit_place({items_[first - 1].range.end, range.end}) : std::nullopt;
    const auto right = has_right ? value_.edit_place({range.start, items_[last + 1].range.start}) : std::nullopt;
    if (left && !holds_comment(sources_, *left)) return take(*left);
    if (right && !holds_comment(sources_, *right)) return take(*right);
    if (!has_left && !has_right) return add(range, "");
    // Comment lines on both sides stay: only the separator and the items go.
    const TextRange gap = has_left ? TextRange{items_[first - 1].range.end, range.start}
                                   : TextRange{range.end, items_[last + 1].range.start};
    const auto at = value_.view(gap).find(separator_);
    if (at == std::string_view::npos) return false;
    return add(text_range(gap.start + at, gap.start + at + 1), "") && add(range, "");
  }

  [[nodiscard]] std::vector<Edit> take_edits() { return std::move(edits_); }

 private:
  bool take(Span span) {
    edits_.push_back({span, ""});
    return true;
  }
  bool add(TextRange range, std::string_view text) {
    const auto place = value_.edit_place(range);
    if (place) edits_.push_back({*place, std::string(text)});
    return place.has_value();
  }

  const SourceSet& sources_;
  const EximText& value_;
  std::vector<EximItem> items_;
  char separator_;
  std::vector<Edit> edits_;
};

}  // namespace

std::string exim_separator_style(const EximText& value) {
  const auto split = split_exim_list(value);
  for (std::size_t i = 1; i < split.items.size(); ++i) {
    const auto gap = between(value, split.items[i - 1], split.items[i]);
    if (gap.find('\n') == std::string_view::npos &&
        value.is_verbatim({split.items[i - 1].range.end, split.items[i].range.start})) {
      return std::string(gap);
    }
  }
  return std::string(" ") + split.separator + " ";
}

std::string join_exim_items(const EximText& value, const std::vector<std::string>& items) {
  const auto separator = split_exim_list(value).separator;
  const auto style = exim_separator_style(value);
  std::string joined;
  for (const auto& item : items) {
    if (!joined.empty()) joined += style;
    for (const char c : item) joined.append(c == separator ? 2 : 1, c);
  }
  return joined;
}

std::optional<std::vector<Edit>> drop_exim_items(const SourceSet& sources, const EximText& value,
                                                 const std::vector<std::size_t>& dropped, std::string_view instead) {
  auto split = split_exim_list(value);
  Dropper dropper(sources, value, std::move(split.items), split.separator);
  auto rest = dropped;
  if (!instead.empty() && !rest.empty()) {
    if (!dropper.replace(rest.front(), instead)) return std::nullopt;
    rest.erase(rest.begin());
  }
  for (std::size_t at = 0; at < rest.size();) {
    const auto first = rest[at];
    auto last = first;
    while (++at < rest.size() && rest[at] == last + 1) last = rest[at];
    if (!dropper.drop(first, last)) return std::nullopt;
  }
  return dropper.take_edits();
}

std::optional<std::vector<Edit>> append_exim_item(const EximText& value, std::string_view item) {
  const auto items = split_exim_list(value).items;
  if (items.empty()) return std::nullopt;
  const auto end = items.back().range.end;
  const auto place = value.edit_place({end, end});
  if (!place) return std::nullopt;
  return std::vector<Edit>{{*place, exim_separator_style(value) + std::string(item)}};
}

}  // namespace relaylint
