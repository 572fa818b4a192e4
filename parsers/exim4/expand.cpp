#include "parsers/exim4/expand.hpp"

#include <utility>

#include "lint/pattern.hpp"

namespace relaylint::exim4 {
namespace {

/// Named lists and ACL arguments may refer to each other; deeper than this nothing is followed.
constexpr int kMaxDepth = 24;

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

ExpressionPtr make_expression(EximText source) {
  auto expression = std::make_shared<Expression>();
  expression->source = std::move(source);
  expression->parsed = parse_expansion(expression->source.view());
  return expression;
}

Expansion Expander::unknown(TextRange range, const std::string& why) {
  facts_.not_understood({source_ == nullptr ? Span{} : source_->place(range), why});
  return {Value::Unknown, {}};
}

void Expander::assume(TextRange range, std::string what) {
  facts_.assume({source_ == nullptr ? Span{} : source_->place(range), std::move(what)});
}

EximText Expander::as_text(const std::string& text, TextRange range) const {
  EximText result;
  result.append_derived(text, source_ == nullptr ? Span{} : source_->place(range));
  return result;
}

Expansion Expander::expand(const Expression& expression) {
  const EximText* const outer = std::exchange(source_, &expression.source);
  Expansion result;
  if (!expression.parsed.error.empty()) {
    result = {Value::Error, {}};
  } else if (!expression.parsed.doubt.empty()) {
    result = unknown(expression.parsed.at, expression.parsed.doubt);
  } else if (++depth_ > kMaxDepth) {
    result = unknown(expression.parsed.text.range, "strings refer to each other too deeply to be followed");
  } else {
    result = expand(expression.parsed.text);
  }
  source_ = outer;
  return result;
}

Expansion Expander::expand_piece(const Expression& expression, std::size_t index) {
  source_ = &expression.source;
  return expand(expression.parsed.text.pieces[index]);
}

Value Expander::condition(const Expression& expression, Value when_forced) {
  const Expansion expanded = expand(expression);
  if (expanded.status == Value::No) return when_forced;
  if (expanded.status != Value::Yes) return expanded.status;
  const std::string_view text = expanded.text;
  if (text.empty() || text == "0" || equals_ignoring_case(text, "no") || equals_ignoring_case(text, "false"))
    return Value::No;
  if (equals_ignoring_case(text, "yes") || equals_ignoring_case(text, "true")) return Value::Yes;
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    return text.find_first_not_of('0') == std::string_view::npos ? Value::No : Value::Yes;
  }
  return Value::Error;
}

Expansion Expander::expand(const Text& text) {
  Expansion result;
  bool in_doubt = false;
  for (const Piece& piece : text.pieces) {
    Expansion part = expand(piece);
    if (part.status == Value::No || part.status == Value::Error) return in_doubt ? Expansion{Value::Unknown, {}} : part;
    in_doubt |= part.status == Value::Unknown;
    result.text += part.text;
  }
  if (in_doubt) return {Value::Unknown, {}};
  return result;
}

Expansion Expander::expand(const Piece& piece) {
  switch (piece.kind) {
    case PieceKind::Literal:
      return {Value::Yes, piece.text};
    case PieceKind::Variable:
      return variable(piece.text, piece.range);
    case PieceKind::Header:
      return frame_.where == Where::Message ? unknown(piece.range, "depends on the message's headers") : Expansion{};
    case PieceKind::Operator:
      return operation(piece);
    case PieceKind::Item:
      return item(piece);
  }
  return {Value::Unknown, {}};
}

Expansion Expander::operation(const Piece& piece) {
  Expansion operand = expand(piece.args[0]);
  if (operand.status != Value::Yes) return operand;
  if (piece.text == "expand") {
    const ExpressionPtr inner = make_expression(as_text(operand.text, piece.range));
    return expand(*inner);
  }
  std::optional<Expansion> result = apply_operator(piece.text, piece.detail, operand.text);
  return result ? *std::move(result) : unknown(piece.range, "what ${" + piece.text + ":…} gives is not computed here");
}

Expansion Expander::item(const Piece& piece) {
  const std::string& name = piece.text;
  if (name == "if") return item_if(piece);
  if (name == "env") return item_env(piece);
  if (name == "extract") return item_extract(piece);
  if (name == "listextract") return item_listextract(piece);
  if (name == "lookup") return item_lookup(piece);
  if (name == "readfile") return item_readfile(piece);
  if (name == "sg") return item_substitute(piece);
  if (name == "substr" || name == "length") return item_substring(piece);
  if (name == "tr") return item_translate(piece);
  if (name == "filter" || name == "map" || name == "reduce") return item_over_list(piece);
  if (name == "acl") {
    const auto list = frame_.site->acl_calls.find(&piece);
    if (list != frame_.site->acl_calls.end() && facts_.ask(list->second) == Value::No) return {Value::No, {}};
    return unknown(piece.range, "the message of an ACL used as a string is not computed here");
  }
  return unknown(piece.range, "what ${" + name + "{…} gives is not computed here");
}

/// The branch that a failing or succeeding item takes; `when_alone` is its value where no branches are written.
Expansion Expander::branch(const Piece& piece, Value value, std::string_view when_alone) {
  if (value == Value::Error) return {Value::Error, {}};
  if (value == Value::Unknown) {
    Expansion yes = branch(piece, Value::Yes, when_alone);
    const Expansion no = branch(piece, Value::No, when_alone);
    if (yes.status == no.status && yes.text == no.text) return yes;
    return {Value::Unknown, {}};
  }
  if (value == Value::Yes) return piece.has_yes ? expand(piece.yes) : Expansion{Value::Yes, std::string(when_alone)};
  switch (piece.otherwise) {
    case Otherwise::Nothing:
      return {};
    case Otherwise::Text:
      return expand(piece.no);
    case Otherwise::Fail:
      return {Value::No, {}};
  }
  return {};
}

/// As `branch`, with $value set in the first one.
Expansion Expander::branch_with(const Piece& piece, const Found& found) {
  const std::optional<std::string> outer = value_;
  if (found.status == Value::Yes) value_ = found.value;
  Expansion result = branch(piece, found.status, found.value);
  value_ = outer;
  return result;
}

Expansion Expander::item_if(const Piece& piece) {
  const std::array<std::string, 10> outer = numbers_;
  const std::optional<std::string> outer_value = value_;
  forced_ = false;
  const Value holds = test(piece.tests[0]);
  Expansion result = holds == Value::Error && forced_ ? Expansion{Value::No, {}} : branch(piece, holds, "true");
  numbers_ = outer;
  value_ = outer_value;
  return result;
}

Expansion Expander::item_env(const Piece& piece) {
  const Expansion name = expand(piece.args[0]);
  if (name.status != Value::Yes) return name;
  assume(piece.range, "the environment variable " + name.text + " is taken to be unset");
  return branch_with(piece, {});
}

Expansion Expander::argument(std::size_t number) {
  if (!frame_.arguments || number == 0 || number > frame_.arguments->values.size()) return {};
  const Frame outer{frame_.site, frame_.where, frame_.arguments->outer};
  if (depth_ > kMaxDepth) return {Value::Unknown, {}};
  Expander caller(outer, facts_);
  caller.depth_ = depth_ + 1;
  return caller.expand(*frame_.arguments->values[number - 1]);
}

Expansion Expander::item_readfile(const Piece& piece) {
  const Expansion path = expand(piece.args[0]);
  if (path.status != Value::Yes) return path;
  const Reference file = frame_.site->sources().refer(path.text, frame_.site->main());
  if (file.status != ReferenceStatus::Found) return unknown(piece.range, path.text + " " + file.reason);
  std::string text(frame_.site->sources().file(file.file).bytes());
  if (piece.args.size() < 2) return {Value::Yes, std::move(text)};
  const Expansion line_end = expand(piece.args[1]);
  if (line_end.status != Value::Yes) return line_end;
  std::string joined;
  for (const char c : text) {
    if (c == '\n') {
      joined += line_end.text;
    } else {
      joined += c;
    }
  }
  return {Value::Yes, std::move(joined)};
}

namespace {

/// The value after `name=` in a string of `name=value` pairs, quotes taken off.
std::optional<std::string> keyed_value(std::string_view text, std::string_view name) {
  std::size_t pos = 0;
  const auto skip = [&](std::string_view set) { pos = std::min(text.find_first_not_of(set, pos), text.size()); };
  while (pos < text.size()) {
    skip(" \t\n\r,");
    const std::size_t start = pos;
    while (pos < text.size() && text[pos] != '=' && text[pos] != ' ' && text[pos] != '\t') ++pos;
    const std::string_view key = text.substr(start, pos - start);
    skip(" \t");
    if (pos >= text.size() || text[pos] != '=') continue;
    ++pos;
    skip(" \t");
    std::string value;
    if (pos < text.size() && text[pos] == '"') {
      for (++pos; pos < text.size() && text[pos] != '"'; ++pos) {
        if (text[pos] == '\\' && pos + 1 < text.size()) ++pos;
        value += text[pos];
      }
      if (pos < text.size()) ++pos;
    } else {
      while (pos < text.size() && text[pos] != ' ' && text[pos] != '\t' && text[pos] != '\n' && text[pos] != ',')
        value += text[pos++];
    }
    if (!key.empty() && equals_ignoring_case(key, name)) return value;
    if (pos == start) ++pos;
  }
  return std::nullopt;
}

/// The field of that number (from 1, or from the end where negative) between any of the separators; 0 is the whole.
std::optional<std::string> numbered_field(std::string_view text, long number, std::string_view separators) {
  if (number == 0) return std::string(text);
  std::vector<std::string_view> fields;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = text.find_first_of(separators, start);
    fields.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
    if (end == std::string_view::npos) break;
    start = end + 1;
  }
  const long count = static_cast<long>(fields.size());
  const long index = number > 0 ? number - 1 : count + number;
  if (index < 0 || index >= count) return std::nullopt;
  return std::string(fields[static_cast<std::size_t>(index)]);
}

std::optional<long> field_number(std::string_view text) {
  text = without_blanks(text);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 8 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const long value = std::stol(std::string(text));
  return negative ? -value : value;
}

}  // namespace

Expansion Expander::item_extract(const Piece& piece) {
  const Expansion selector = expand(piece.args[0]);
  if (selector.status != Value::Yes) return selector;
  const std::optional<long> number = field_number(selector.text);
  const std::size_t needed = number ? 3 : 2;
  if (piece.args.size() < needed) return {Value::Error, {}};
  const Expansion separators = number ? expand(piece.args[1]) : Expansion{};
  if (separators.status != Value::Yes) return separators;
  const Expansion subject = expand(piece.args[needed - 1]);
  if (subject.status != Value::Yes) return subject;
  const std::optional<std::string> field = number ? numbered_field(subject.text, *number, separators.text)
                                                  : keyed_value(subject.text, without_blanks(selector.text));
  // The branches are the strings that are left.
  Piece branches;
  branches.otherwise = piece.otherwise;
  if (piece.args.size() > needed) {
    branches.has_yes = true;
    branches.yes = piece.args[needed];
  }
  if (piece.args.size() > needed + 1) {
    branches.otherwise = Otherwise::Text;
    branches.no = piece.args[needed + 1];
  }
  return branch_with(branches, {field ? Value::Yes : Value::No, field.value_or("")});
}

Expansion Expander::item_listextract(const Piece& piece) {
  const Expansion selector = expand(piece.args[0]);
  if (selector.status != Value::Yes) return selector;
  const Expansion list = expand(piece.args[1]);
  if (list.status != Value::Yes) return list;
  const std::optional<long> number = field_number(selector.text);
  if (!number) return {Value::Error, {}};
  const EximItems items = split_exim_list(as_text(list.text, piece.range));
  const long count = static_cast<long>(items.items.size());
  const long index = *number > 0 ? *number - 1 : count + *number;
  if (*number == 0 || index < 0 || index >= count) return branch_with(piece, {});
  const EximItem& found = items.items[static_cast<std::size_t>(index)];
  return branch_with(piece, {Value::Yes, (found.negated ? "!" : "") + found.text.str()});
}

}  // namespace relaylint::exim4
