// The items of Exim's expansion language that rewrite strings or look something up.

#include <algorithm>
#include <memory>
#include <utility>

#include "lint/regex.hpp"
#include "parsers/exim4/expand.hpp"

namespace relaylint::exim4 {

Expansion Expander::item_substring(const Piece& piece) {
  std::vector<std::string> values;
  for (const Text& argument : piece.args) {
    Expansion value = expand(argument);
    if (value.status != Value::Yes) return value;
    values.push_back(std::move(value.text));
  }
  const std::string& subject = values.back();
  std::vector<long> numbers;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const std::optional<long long> number = exim_integer(values[i]);
    if (!number || *number > 1'000'000 || *number < -1'000'000) return {Value::Error, {}};
    numbers.push_back(static_cast<long>(*number));
  }
  if (piece.text == "length") return {Value::Yes, exim_substring(subject, 0, numbers[0])};
  return {Value::Yes,
          exim_substring(subject, numbers[0], numbers.size() > 1 ? std::optional<long>(numbers[1]) : std::nullopt)};
}

Expansion Expander::item_translate(const Piece& piece) {
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < 3; ++i) {
    Expansion value = expand(piece.args[i]);
    if (value.status != Value::Yes) return value;
    values[i] = std::move(value.text);
  }
  if (values[2].empty()) return {Value::Yes, values[0]};
  for (char& c : values[0]) {
    const std::size_t which = values[1].rfind(c);
    if (which != std::string::npos) c = values[2][std::min(which, values[2].size() - 1)];
  }
  return {Value::Yes, values[0]};
}

Expansion Expander::item_substitute(const Piece& piece) {
  const Expansion subject = expand(piece.args[0]);
  if (subject.status != Value::Yes) return subject;
  const Expansion pattern = expand(piece.args[1]);
  if (pattern.status != Value::Yes) return pattern;
  // The replacement is expanded once here and its $1 for each match.
  const Expansion replacement = expand(piece.args[2]);
  if (replacement.status != Value::Yes) return replacement;
  const auto regex = Regex::compile(pattern.text, false);
  if (!regex) return {Value::Error, {}};
  const ExpressionPtr each = make_expression(as_text(replacement.text, piece.range));
  const std::array<std::string, 10> outer = numbers_;
  std::string result;
  std::string rest = subject.text;
  Expansion answer;
  for (std::size_t rounds = 0; rounds < 10'000; ++rounds) {
    std::vector<std::string> groups;
    const Regex::Answer found = (*regex)->capture(rest, groups);
    if (found == Regex::Answer::LimitHit) return unknown(piece.range, "a regular expression takes too long here");
    if (found == Regex::Answer::No || groups.empty() || groups[0].empty()) break;
    const std::size_t at = rest.find(groups[0]);
    if (at == std::string::npos) break;
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i] = i < groups.size() ? groups[i] : "";
    Expansion put = expand(*each);
    if (put.status != Value::Yes) {
      numbers_ = outer;
      return put;
    }
    result += rest.substr(0, at) + put.text;
    rest.erase(0, at + groups[0].size());
  }
  numbers_ = outer;
  return {Value::Yes, result + rest};
}

Expansion Expander::item_over_list(const Piece& piece) {
  const Expansion list = expand(piece.args[0]);
  if (list.status != Value::Yes) return list;
  const EximItems items = split_exim_list(as_text(list.text, piece.range));
  const std::optional<std::string> outer_item = item_;
  const std::optional<std::string> outer_value = value_;
  Expansion result;
  if (piece.text == "reduce") {
    const Expansion start = expand(piece.args[1]);
    if (start.status != Value::Yes) return start;
    value_ = start.text;
  }
  bool first = true;
  for (const EximItem& entry : items.items) {
    item_ = (entry.negated ? "!" : "") + entry.text.str();
    std::string add = *item_;
    if (piece.text == "filter") {
      forced_ = false;
      const Value keep = test(piece.tests[0]);
      if (keep == Value::No) continue;
      if (keep != Value::Yes) result.status = keep == Value::Error && forced_ ? Value::No : keep;
    } else {
      Expansion value = expand(piece.args[piece.text == "map" ? 1 : 2]);
      if (value.status != Value::Yes) result.status = value.status;
      add = std::move(value.text);
    }
    if (result.status != Value::Yes) break;
    if (piece.text == "reduce") {
      value_ = add;
    } else {
      result.text += (first ? "" : std::string(1, items.separator)) + add;
      first = false;
    }
  }
  if (piece.text == "reduce") result.text = value_.value_or("");
  item_ = outer_item;
  value_ = outer_value;
  return result;
}

Expansion Expander::item_lookup(const Piece& piece) {
  const std::optional<EximLookup> lookup = parse_exim_lookup(piece.detail + ";");
  std::vector<std::string> values;
  for (const Text& argument : piece.args) {
    Expansion value = expand(argument);
    // A query that is not known is asked all the same.
    if (value.status != Value::Yes && !(value.status == Value::Unknown && piece.args.size() == 1)) return value;
    values.push_back(std::move(value.text));
  }
  if (!lookup) return unknown(piece.range, "the lookup type " + piece.detail + " is not known");
  if (values.size() == 1) {  // a query
    if (lookup->type == "dnsdb") return unknown(piece.range, "depends on the DNS");
    assume(piece.range, "a " + lookup->type + " query is taken to find nothing");
    return branch_with(piece, {});
  }
  const Found found = look_up(piece, *lookup, values[0], values[1]);
  if (found.status == Value::Yes && piece.detail.find("ret=key") != std::string::npos)
    return branch_with(piece, {Value::Yes, values[0]});
  return branch_with(piece, found);
}

}  // namespace relaylint::exim4
