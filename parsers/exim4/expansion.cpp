#include "parsers/exim4/expansion.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/exim4/names.hpp"

namespace relaylint::exim4 {
namespace {

constexpr int kMaxDepth = 60;

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

TextRange range_of(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

/// The header's name where a variable name starts like $h_…, $rheader_…; else 0.
std::size_t header_prefix(std::string_view name) {
  constexpr std::array<std::string_view, 8> kPrefixes{"h_",      "rh_",      "bh_",      "lh_",
                                                      "header_", "rheader_", "bheader_", "lheader_"};
  for (const std::string_view prefix : kPrefixes) {
    if (name.starts_with(prefix)) return prefix.size();
  }
  return 0;
}

/// One pass over the string, as the server makes it. After the first error or doubt nothing more is read.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ParsedExpansion run() {
    ParsedExpansion result;
    result.text = read_text(false, true);
    result.error = std::move(error_);
    result.doubt = std::move(doubt_);
    result.at = at_;
    return result;
  }

 private:
  /// Counts a level of nesting while it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) parser_.doubt("is nested too deeply to be followed", parser_.at_pos());
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  [[nodiscard]] bool stopped() const { return !error_.empty() || !doubt_.empty(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_end() const { return pos_ >= text_.size(); }
  [[nodiscard]] TextRange at_pos() const {
    const std::size_t start = std::min(pos_, text_.size());
    return range_of(start, std::min(start + 1, text_.size()));
  }
  void fail(std::string why, TextRange where) {
    if (stopped()) return;
    error_ = std::move(why);
    at_ = where;
  }
  void fail(std::string why) { fail(std::move(why), at_pos()); }
  void doubt(std::string why, TextRange where) {
    if (stopped()) return;
    doubt_ = std::move(why);
    at_ = where;
  }
  void skip_blanks() {
    while (!at_end() && is_blank(text_[pos_])) ++pos_;
  }
  bool take(char c) {
    if (peek() != c || at_end()) return false;
    ++pos_;
    return true;
  }
  std::string_view take_name(std::string_view more = "_") {
    const std::size_t start = pos_;
    while (!at_end() && (is_alpha(peek()) || is_digit(peek()) || more.find(peek()) != std::string_view::npos)) ++pos_;
    return text_.substr(start, pos_ - start);
  }

  Text read_text(bool in_braces, bool dollars);
  void read_escape(Text& into);
  void read_dollar(Text& into);
  void read_braced(Text& into, std::size_t start);
  void read_item(Piece& piece);
  void read_variable(Piece& piece, std::string_view name);
  void read_operator(Piece& piece, std::string_view name);
  void read_lookup(Piece& piece);
  void read_groups(Piece& piece, std::size_t least, std::size_t most);
  void read_branches(Piece& piece);
  void read_fail(Piece& piece);
  void read_closing(const Piece& piece);
  bool read_group(std::vector<Text>& into, bool dollars = true);
  Test read_test();
  void read_test_body(Test& test);
  void read_sub_tests(Test& test);
  void read_def(Test& test);
  static void add_literal(Text& into, std::string_view value, TextRange range, bool verbatim);

  std::string_view text_;
  std::size_t pos_ = 0;
  int depth_ = 0;
  std::string error_;
  std::string doubt_;
  TextRange at_{};
};

void Parser::add_literal(Text& into, std::string_view value, TextRange range, bool verbatim) {
  if (verbatim && !into.pieces.empty()) {
    Piece& last = into.pieces.back();
    if (last.kind == PieceKind::Literal && last.verbatim && last.range.end == range.start) {
      last.text += value;
      last.range.end = range.end;
      return;
    }
  }
  Piece piece;
  piece.text = value;
  piece.range = range;
  piece.verbatim = verbatim;
  into.pieces.push_back(std::move(piece));
}

Text Parser::read_text(bool in_braces, bool dollars) {
  const Level level(*this);
  Text result;
  const std::size_t start = pos_;
  while (!stopped() && !at_end() && !(in_braces && peek() == '}')) {
    const char c = peek();
    if (c == '\\') {
      read_escape(result);
    } else if (c == '$' && dollars) {
      read_dollar(result);
    } else {
      std::size_t end = pos_ + 1;
      while (end < text_.size() && text_[end] != '\\' && text_[end] != '$' && text_[end] != '}') ++end;
      add_literal(result, text_.substr(pos_, end - pos_), range_of(pos_, end), true);
      pos_ = end;
    }
  }
  result.range = range_of(start, pos_);
  return result;
}

void Parser::read_escape(Text& into) {
  const std::size_t start = pos_++;
  if (at_end()) return fail("ends in a backslash", range_of(start, start + 1));
  const char c = text_[pos_];
  if (c == 'N') {
    const std::size_t inner = pos_ + 1;
    const std::size_t end = std::min(text_.find("\\N", inner), text_.size());
    if (end > inner) add_literal(into, text_.substr(inner, end - inner), range_of(inner, end), true);
    pos_ = std::min(end + 2, text_.size());
    return;
  }
  ++pos_;
  char value = c;
  if (c >= '0' && c <= '7') {
    int code = c - '0';
    for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i) code = code * 8 + (text_[pos_++] - '0');
    value = static_cast<char>(code);
  } else if (c == 'x') {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::size_t code = 0;
    for (int i = 0; i < 2 && !at_end(); ++i) {
      const std::size_t digit = kHex.find(static_cast<char>(is_alpha(peek()) ? peek() | 0x20 : peek()));
      if (digit == std::string_view::npos) break;
      code = code * 16 + digit;
      ++pos_;
    }
    value = static_cast<char>(code);
  } else {
    constexpr std::string_view kNames = "bfnrtv";
    constexpr std::string_view kValues = "\b\f\n\r\t\v";
    const std::size_t which = kNames.find(c);
    if (which != std::string_view::npos) value = kValues[which];
  }
  add_literal(into, std::string_view(&value, 1), range_of(start, pos_), false);
}

void Parser::read_dollar(Text& into) {
  const std::size_t start = pos_++;
  if (take('{')) return read_braced(into, start);
  Piece piece;
  piece.kind = PieceKind::Variable;
  if (is_digit(peek())) {
    while (is_digit(peek())) piece.text += text_[pos_++];
  } else if (is_alpha(peek())) {
    const std::string_view name = take_name();
    read_variable(piece, name);
  } else {
    return fail("`$` is not followed by a letter, a digit or `{`", range_of(start, start + 1));
  }
  piece.range = range_of(start, pos_);
  into.pieces.push_back(std::move(piece));
}

/// `pos_` is behind `name`; a header's name goes on to its colon.
void Parser::read_variable(Piece& piece, std::string_view name) {
  const std::size_t prefix = header_prefix(name);
  if (prefix == 0) {
    piece.kind = PieceKind::Variable;
    piece.text = name;
    if (!is_known_variable(name))
      doubt("no variable $" + std::string(name) + " is known", range_of(pos_ - name.size(), pos_));
    return;
  }
  piece.kind = PieceKind::Header;
  piece.text = name.substr(prefix);
  while (!at_end() && peek() > ' ' && peek() != ':' && peek() != '}') piece.text += text_[pos_++];
  take(':');
}

void Parser::read_braced(Text& into, std::size_t start) {
  Piece piece;
  if (is_digit(peek())) {
    piece.kind = PieceKind::Variable;
    while (is_digit(peek())) piece.text += text_[pos_++];
    if (!take('}')) fail("`}` is missing after ${" + piece.text);
  } else if (is_alpha(peek())) {
    const std::string_view name = take_name("_-");
    if (header_prefix(name) != 0) {
      read_variable(piece, name);
      if (!take('}')) fail("`}` is missing after a header's name");
    } else if (item_rule(name) != nullptr && peek() != ':') {
      piece.kind = PieceKind::Item;
      piece.text = name;
      read_item(piece);
    } else if (take(':')) {
      read_operator(piece, name);
    } else if (peek() == '}') {
      read_variable(piece, name);
      take('}');
    } else {
      doubt("no expansion item " + std::string(name) + " is known", range_of(start, pos_));
    }
  } else {
    fail("a letter or a digit is expected after `${`", range_of(start, pos_));
  }
  piece.range = range_of(start, pos_);
  into.pieces.push_back(std::move(piece));
}

void Parser::read_operator(Piece& piece, std::string_view name) {
  piece.kind = PieceKind::Operator;
  piece.text = name;
  if (!is_known_operator(name)) {
    const std::size_t underscore = name.find('_');
    piece.text = name.substr(0, underscore);
    piece.detail = underscore == std::string_view::npos ? "" : name.substr(underscore + 1);
    if (!is_known_operator(piece.text)) {
      return doubt("no expansion operator " + std::string(name) + " is known", range_of(pos_ - name.size() - 1, pos_));
    }
  }
  piece.args.push_back(read_text(true, true));
  if (!take('}')) fail("`}` is missing at the end of ${" + std::string(name) + ":…");
}

void Parser::read_item(Piece& piece) {
  const Level level(*this);
  if (stopped()) return;
  const ItemRule& rule = *item_rule(piece.text);
  if (piece.text == "if") {
    piece.tests.push_back(read_test());
    read_branches(piece);
  } else if (piece.text == "lookup") {
    read_lookup(piece);
    read_branches(piece);
  } else if (piece.text == "filter") {
    read_group(piece.args);
    skip_blanks();
    if (!take('{')) fail("`{` is missing before the condition of ${filter");
    piece.tests.push_back(read_test());
    skip_blanks();
    if (!take('}')) fail("`}` is missing after the condition of ${filter");
  } else {
    if (piece.text == "run" && take(',')) piece.detail = take_name("_,=");
    read_groups(piece, rule.least, rule.most);
    if (rule.branches) read_branches(piece);
    // How many strings come before the branches depends on the first one's value.
    if (piece.text == "extract") read_fail(piece);
  }
  read_closing(piece);
}

void Parser::read_closing(const Piece& piece) {
  skip_blanks();
  if (!stopped() && !take('}')) fail("`}` is missing at the end of ${" + piece.text);
}

bool Parser::read_group(std::vector<Text>& into, bool dollars) {
  skip_blanks();
  if (stopped() || !take('{')) return false;
  into.push_back(read_text(true, dollars));
  if (!stopped() && !take('}')) fail("`}` is missing at the end of a string");
  return true;
}

void Parser::read_groups(Piece& piece, std::size_t least, std::size_t most) {
  while (!stopped() && piece.args.size() < most && read_group(piece.args)) {
  }
  if (piece.args.size() < least) fail("a string in `{}` is missing in ${" + piece.text);
}

void Parser::read_fail(Piece& piece) {
  skip_blanks();
  if (stopped() || !is_alpha(peek())) return;
  const std::size_t start = pos_;
  if (take_name() == "fail") {
    piece.otherwise = Otherwise::Fail;
  } else {
    fail("`fail` or a string in `{}` is expected", range_of(start, pos_));
  }
}

void Parser::read_branches(Piece& piece) {
  skip_blanks();
  if (stopped() || peek() == '}') return;
  std::vector<Text> groups;
  if (!read_group(groups)) {
    // A lookup may say `fail` alone: its value is then the value.
    return read_fail(piece);
  }
  piece.has_yes = true;
  piece.yes = std::move(groups[0]);
  groups.clear();
  if (read_group(groups)) {
    piece.otherwise = Otherwise::Text;
    piece.no = std::move(groups[0]);
  } else {
    read_fail(piece);
  }
}

void Parser::read_lookup(Piece& piece) {
  read_group(piece.args);  // the key; query-style lookups have none
  skip_blanks();
  const std::size_t start = pos_;
  while (!at_end() && peek() != '{' && peek() != '}' && !is_blank(peek())) ++pos_;
  piece.detail = text_.substr(start, pos_ - start);
  if (piece.detail.empty()) return fail("the type of a ${lookup is missing");
  if (!read_group(piece.args)) fail("the file or query of a ${lookup is missing");
}

Test Parser::read_test() {
  const Level level(*this);
  Test test;
  if (stopped()) return test;
  skip_blanks();
  const std::size_t start = pos_;
  while (take('!')) {
    test.negated = !test.negated;
    skip_blanks();
  }
  if (is_alpha(peek())) {
    test.name = take_name();
  } else {
    while (test.name.size() < 2 && (peek() == '<' || peek() == '>' || peek() == '=')) test.name += text_[pos_++];
  }
  read_test_body(test);
  test.range = range_of(start, pos_);
  return test;
}

void Parser::read_test_body(Test& test) {
  if (test.name.empty()) return fail("the name of a condition is expected");
  const TestRule* rule = test_rule(test.name);
  if (rule == nullptr) return doubt("no condition " + test.name + " is known", range_of(pos_ - test.name.size(), pos_));
  switch (rule->shape) {
    case TestShape::Bare:
      return;
    case TestShape::Def:
      return read_def(test);
    case TestShape::Tests:
      return read_sub_tests(test);
    case TestShape::ListAndTest:
      if (!read_group(test.args)) return fail("a list in `{}` is missing after " + test.name);
      skip_blanks();
      if (!take('{')) return fail("a condition in `{}` is missing after " + test.name);
      test.tests.push_back(read_test());
      skip_blanks();
      if (!take('}')) fail("`}` is missing after the condition of " + test.name);
      return;
    case TestShape::Braced:
      skip_blanks();
      if (!take('{')) return fail("`{` is missing after " + test.name);
      while (!stopped() && read_group(test.args)) {
      }
      skip_blanks();
      if (!take('}')) fail("`}` is missing at the end of " + test.name);
      return;
    case TestShape::Strings:
      break;
  }
  for (std::size_t i = 0; i < rule->strings && !stopped(); ++i) {
    // The lists of match_domain and its kin are not expanded here (but those of match_ip are, when they are split).
    if (!read_group(test.args, !(rule->plain_second && i == 1))) fail("a string in `{}` is missing after " + test.name);
  }
}

void Parser::read_def(Test& test) {
  if (!take(':')) return fail("`:` is expected after def");
  const std::string_view name = take_name();
  Piece piece;
  read_variable(piece, name);
  test.variable = (piece.kind == PieceKind::Header ? "h_" : "") + piece.text;
}

void Parser::read_sub_tests(Test& test) {
  skip_blanks();
  if (!take('{')) return fail("`{` is missing after " + test.name);
  for (skip_blanks(); !stopped() && peek() != '}'; skip_blanks()) {
    if (!take('{')) return fail("each condition inside " + test.name + "{…} must be in its own `{}`");
    test.tests.push_back(read_test());
    skip_blanks();
    if (!stopped() && !take('}')) return fail("`}` is missing inside " + test.name + "{…}");
  }
  if (!stopped()) take('}');
}

}  // namespace

ParsedExpansion parse_expansion(std::string_view text) { return Parser(text).run(); }

bool is_constant(const Text& text, std::string& value) {
  value.clear();
  for (const Piece& piece : text.pieces) {
    if (piece.kind != PieceKind::Literal) return false;
    value += piece.text;
  }
  return true;
}

}  // namespace relaylint::exim4
