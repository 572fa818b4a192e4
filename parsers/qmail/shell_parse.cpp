// The shell grammar (POSIX.1, "Shell Command Language", 2.3 and 2.10), as far as scripts that start a daemon use it.

#include <algorithm>
#include <cstddef>
#include <utility>

#include "parsers/qmail/shell.hpp"

namespace relaylint::qmail {
namespace {

constexpr int kMaxDepth = 48;

enum class TokenKind { Word, Operator, Newline, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;  ///< operators, and words without quotes or expansions (reserved words)
  ScriptWord word{};
  TextRange range{};
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_operator(char c) { return c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '<' || c == '>'; }
bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); }

/// Cuts a script into words and operators.
class Lexer {
 public:
  explicit Lexer(std::string_view bytes) : bytes_(bytes) { advance(); }

  [[nodiscard]] const Token& peek() const { return token_; }
  Token take() {
    Token taken = std::move(token_);
    advance();
    return taken;
  }

 private:
  void advance();
  void skip_blanks();
  void skip_here_documents();
  void word();
  void quoted(ScriptWord& into);
  void expansion(ScriptWord& into, bool in_quotes);
  [[nodiscard]] std::size_t closing(std::size_t open, char opens, char closes) const;
  static void add(ScriptWord& word, WordPart::Kind kind, std::string_view text, bool in_quotes);
  [[nodiscard]] char at(std::size_t offset) const { return offset < bytes_.size() ? bytes_[offset] : '\0'; }
  [[nodiscard]] static std::uint32_t u32(std::size_t offset) { return static_cast<std::uint32_t>(offset); }

  std::string_view bytes_;
  std::size_t at_ = 0;
  Token token_{};
  std::vector<std::string> here_documents_{};  ///< delimiters that wait for the end of the line
  bool delimiter_next_ = false;
};

void Lexer::add(ScriptWord& word, WordPart::Kind kind, std::string_view text, bool in_quotes) {
  if (kind == WordPart::Kind::Text && !word.parts.empty() && word.parts.back().kind == kind && word.parts.back().quoted == in_quotes) {
    word.parts.back().text.append(text);
  } else {
    word.parts.push_back({kind, std::string(text), in_quotes});
  }
}

void Lexer::skip_blanks() {
  while (at_ < bytes_.size()) {
    if (is_blank(bytes_[at_])) {
      ++at_;
    } else if (bytes_[at_] == '\\' && at(at_ + 1) == '\n') {
      at_ += 2;
    } else if (bytes_[at_] == '#') {
      at_ = std::min(bytes_.find('\n', at_), bytes_.size());
    } else {
      return;
    }
  }
}

void Lexer::skip_here_documents() {
  for (const std::string& delimiter : here_documents_) {
    while (at_ < bytes_.size()) {
      const std::size_t end = std::min(bytes_.find('\n', at_), bytes_.size());
      std::string_view line = bytes_.substr(at_, end - at_);
      at_ = std::min(end + 1, bytes_.size());
      line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      if (line == delimiter) break;
    }
  }
  here_documents_.clear();
}

void Lexer::advance() {
  skip_blanks();
  token_ = {};
  token_.range = {u32(at_), u32(at_)};
  if (at_ >= bytes_.size()) return;
  const char c = bytes_[at_];
  if (c == '\n') {
    token_.kind = TokenKind::Newline;
    token_.range.end = u32(++at_);
    skip_here_documents();
    return;
  }
  if (!is_operator(c)) return word();
  token_.kind = TokenKind::Operator;
  std::size_t length = 1;
  const char second = at(at_ + 1);
  if ((c == ';' || c == '&' || c == '|') && second == c) length = 2;
  if ((c == '<' || c == '>') && (second == c || second == '&' || second == '|')) length = 2;
  if (c == '&' && second == '>') length = 2;
  if (c == '<' && second == '<' && at(at_ + 2) == '-') length = 3;
  token_.text = bytes_.substr(at_, length);
  at_ += length;
  token_.range.end = u32(at_);
  delimiter_next_ = token_.text == "<<" || token_.text == "<<-";
}

/// The offset of the bracket that closes the one at `open`; the end of the script where there is none.
std::size_t Lexer::closing(std::size_t open, char opens, char closes) const {
  std::size_t depth = 0;
  for (std::size_t i = open; i < bytes_.size(); ++i) {
    const char c = bytes_[i];
    if (c == '\\') {
      ++i;
    } else if (c == '\'') {
      i = std::min(bytes_.find('\'', i + 1), bytes_.size());
    } else if (c == opens) {
      ++depth;
    } else if (c == closes && --depth == 0) {
      return i;
    }
  }
  return bytes_.size();
}

/// `$NAME`, `${NAME}`, `$(command)`, `$1`; `at_` is at the dollar sign or the backquote.
void Lexer::expansion(ScriptWord& into, bool in_quotes) {
  const std::size_t start = at_;
  if (bytes_[at_] == '`') {
    std::size_t end = at_ + 1;
    while (end < bytes_.size() && bytes_[end] != '`') end += bytes_[end] == '\\' ? 2 : 1;
    at_ = std::min(end + 1, bytes_.size());
    return add(into, WordPart::Kind::Unknown, bytes_.substr(start, at_ - start), in_quotes);
  }
  const char next = at(at_ + 1);
  if (next == '(' || next == '{') {
    const std::size_t end = next == '(' ? closing(at_ + 1, '(', ')') : closing(at_ + 1, '{', '}');
    const std::string_view inner = bytes_.substr(at_ + 2, end - std::min(end, at_ + 2));
    at_ = std::min(end + 1, bytes_.size());
    const bool plain = next == '{' && !inner.empty() && std::all_of(inner.begin(), inner.end(), is_name_char);
    return add(into, plain ? WordPart::Kind::Variable : WordPart::Kind::Unknown, plain ? inner : bytes_.substr(start, at_ - start), in_quotes);
  }
  std::size_t end = at_ + 1;
  while (end < bytes_.size() && is_name_char(bytes_[end])) ++end;
  if (end == at_ + 1) {
    const bool special = next != '\0' && std::string_view("?$!#*@-").find(next) != std::string_view::npos;
    at_ += special ? 2 : 1;
    return add(into, special ? WordPart::Kind::Unknown : WordPart::Kind::Text, bytes_.substr(start, at_ - start), in_quotes);
  }
  at_ = end;
  add(into, WordPart::Kind::Variable, bytes_.substr(start + 1, end - start - 1), in_quotes);
}

/// Between double quotes; `at_` is at the opening one.
void Lexer::quoted(ScriptWord& into) {
  add(into, WordPart::Kind::Text, {}, true);
  for (++at_; at_ < bytes_.size() && bytes_[at_] != '"';) {
    const char c = bytes_[at_];
    if (c == '$' || c == '`') {
      expansion(into, true);
    } else if (c == '\\' && at_ + 1 < bytes_.size() && std::string_view("$`\"\\\n").find(bytes_[at_ + 1]) != std::string_view::npos) {
      if (bytes_[at_ + 1] != '\n') add(into, WordPart::Kind::Text, bytes_.substr(at_ + 1, 1), true);
      at_ += 2;
    } else {
      add(into, WordPart::Kind::Text, bytes_.substr(at_, 1), true);
      ++at_;
    }
  }
  if (at_ < bytes_.size()) ++at_;
}

void Lexer::word() {
  const std::size_t start = at_;
  ScriptWord word;
  while (at_ < bytes_.size()) {
    const char c = bytes_[at_];
    if (is_blank(c) || c == '\n' || is_operator(c)) break;
    if (c == '\'') {
      const std::size_t end = std::min(bytes_.find('\'', at_ + 1), bytes_.size());
      add(word, WordPart::Kind::Text, bytes_.substr(at_ + 1, end - std::min(end, at_ + 1)), true);
      at_ = std::min(end + 1, bytes_.size());
    } else if (c == '"') {
      quoted(word);
    } else if (c == '$' || c == '`') {
      expansion(word, false);
    } else if (c == '\\') {
      if (at(at_ + 1) != '\n' && at_ + 1 < bytes_.size()) add(word, WordPart::Kind::Text, bytes_.substr(at_ + 1, 1), true);
      at_ = std::min(at_ + 2, bytes_.size());
    } else {
      add(word, WordPart::Kind::Text, bytes_.substr(at_, 1), false);
      ++at_;
    }
  }
  const std::string_view text = bytes_.substr(start, at_ - start);
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits && (at(at_) == '<' || at(at_) == '>')) return advance();  // `2>&1`: the number belongs to the redirection
  token_.kind = TokenKind::Word;
  token_.range.end = u32(at_);
  token_.text = text;
  word.range = token_.range;
  if (delimiter_next_) {
    std::string delimiter;
    for (const WordPart& part : word.parts) delimiter += part.text;
    here_documents_.push_back(std::move(delimiter));
    delimiter_next_ = false;
  }
  token_.word = std::move(word);
}

/// Recursive descent with a bound; a failure ends the reading, what was read before stands.
class Parser {
 public:
  Parser(std::string_view bytes, FileId file) : lexer_(bytes), file_(file) {}

  Script run() {
    Script script;
    script.root = list(0);
    if (!failed_ && lexer_.peek().kind != TokenKind::End) fail("this is not where a command can start");
    if (failed_) script.problem = Problem{{file_, problem_at_}, message_};
    return script;
  }

 private:
  using Node = ScriptNode;

  Node list(int depth);
  Node and_or(int depth);
  Node pipeline(int depth);
  Node command(int depth);
  Node simple_or_function(int depth);
  Node if_command(int depth);
  Node loop(int depth);
  Node case_command(int depth);
  Node enclosed(Node::Kind kind, std::string_view closing, int depth);

  [[nodiscard]] bool at_word(std::string_view text) const {
    return lexer_.peek().kind == TokenKind::Word && lexer_.peek().text == text;
  }
  [[nodiscard]] bool at_operator(std::string_view text) const {
    return lexer_.peek().kind == TokenKind::Operator && lexer_.peek().text == text;
  }
  [[nodiscard]] bool ends_list() const {
    const Token& token = lexer_.peek();
    if (token.kind == TokenKind::End) return true;
    if (token.kind == TokenKind::Operator) return token.text == ")" || token.text == ";;";
    static constexpr std::string_view kClosers[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};
    return token.kind == TokenKind::Word && std::find(std::begin(kClosers), std::end(kClosers), token.text) != std::end(kClosers);
  }
  void skip_newlines() {
    while (lexer_.peek().kind == TokenKind::Newline) lexer_.take();
  }
  void expect_word(std::string_view text) {
    if (failed_) return;
    if (at_word(text)) {
      lexer_.take();
    } else {
      fail("\"" + std::string(text) + "\" is missing here");
    }
  }
  void fail(std::string message) {
    if (failed_) return;
    failed_ = true;
    problem_at_ = lexer_.peek().range;
    message_ = "this script could not be read: " + std::move(message);
  }
  bool skip_redirection();
  static Node of(Node::Kind kind, std::vector<Node> children) {
    Node node;
    node.kind = kind;
    node.children = std::move(children);
    return node;
  }

  Lexer lexer_;
  FileId file_;
  bool failed_ = false;
  TextRange problem_at_{};
  std::string message_{};
};

ScriptNode Parser::list(int depth) {
  std::vector<Node> children;
  if (depth > kMaxDepth) fail("commands are nested too deeply");
  while (!failed_) {
    skip_newlines();
    if (ends_list()) break;
    Node next = and_or(depth + 1);
    if (at_operator("&")) next = of(Node::Kind::Subshell, {std::move(next)});
    children.push_back(std::move(next));
    if (at_operator("&") || at_operator(";")) {
      lexer_.take();
    } else if (!ends_list() && lexer_.peek().kind != TokenKind::Newline) {
      fail("this is not where a command can start");
    }
  }
  return of(Node::Kind::Sequence, std::move(children));
}

ScriptNode Parser::and_or(int depth) {
  Node first = pipeline(depth);
  if (!at_operator("&&") && !at_operator("||")) return first;
  // Kept flat, so that a long chain is no deep tree.
  Node chain = of(Node::Kind::Chain, {});
  chain.children.push_back(std::move(first));
  while (!failed_ && (at_operator("&&") || at_operator("||"))) {
    const bool alternative = at_operator("||");
    lexer_.take();
    skip_newlines();
    Node next = pipeline(depth);
    next.after_failure = alternative;
    chain.children.push_back(std::move(next));
  }
  return chain;
}

ScriptNode Parser::pipeline(int depth) {
  if (at_word("!")) lexer_.take();
  std::vector<Node> members;
  members.push_back(command(depth));
  while (!failed_ && at_operator("|")) {
    lexer_.take();
    skip_newlines();
    members.push_back(command(depth));
  }
  if (members.size() == 1) return std::move(members.front());
  for (Node& member : members) member = of(Node::Kind::Subshell, {std::move(member)});
  return of(Node::Kind::Sequence, std::move(members));
}

ScriptNode Parser::enclosed(Node::Kind kind, std::string_view closing, int depth) {
  lexer_.take();
  Node node = of(kind, {});
  node.children.push_back(list(depth + 1));
  if (closing != ")") {
    expect_word(closing);
  } else if (at_operator(")")) {
    lexer_.take();
  } else {
    fail("\")\" is missing here");
  }
  return node;
}

/// The conditions run one after the other until one holds: `sequence` of the first, then branches of which each may run.
ScriptNode Parser::if_command(int depth) {
  Node result = of(Node::Kind::Sequence, {});
  Node branches = of(Node::Kind::Branches, {});
  for (bool first = true; !failed_; first = false) {
    lexer_.take();  // if, elif
    Node condition = list(depth + 1);
    expect_word("then");
    Node branch = of(Node::Kind::Sequence, {});
    if (first) {
      result.children.push_back(std::move(condition));
    } else {
      branch.children.push_back(std::move(condition));
    }
    branch.children.push_back(list(depth + 1));
    branches.children.push_back(std::move(branch));
    if (!at_word("elif")) break;
  }
  if (at_word("else")) {
    lexer_.take();
    branches.exhaustive = true;
    branches.children.push_back(list(depth + 1));
  }
  expect_word("fi");
  result.children.push_back(std::move(branches));
  return result;
}

ScriptNode Parser::loop(int depth) {
  const bool counts = at_word("for");
  lexer_.take();
  Node node = of(Node::Kind::Loop, {});
  if (counts) {
    while (lexer_.peek().kind == TokenKind::Word && !at_word("do")) lexer_.take();
    if (at_operator(";")) lexer_.take();
    skip_newlines();
  } else {
    node.children.push_back(list(depth + 1));
  }
  expect_word("do");
  node.children.push_back(list(depth + 1));
  expect_word("done");
  return node;
}

ScriptNode Parser::case_command(int depth) {
  lexer_.take();
  if (lexer_.peek().kind == TokenKind::Word) lexer_.take();
  skip_newlines();
  expect_word("in");
  skip_newlines();
  Node node = of(Node::Kind::Branches, {});
  while (!failed_ && !at_word("esac")) {
    if (at_operator("(")) lexer_.take();
    while (lexer_.peek().kind == TokenKind::Word || at_operator("|")) {
      node.exhaustive |= at_word("*");
      lexer_.take();
    }
    if (!at_operator(")")) {
      fail("the pattern of a case is not closed");
      break;
    }
    lexer_.take();
    node.children.push_back(list(depth + 1));
    if (at_operator(";;")) lexer_.take();
    skip_newlines();
    if (lexer_.peek().kind == TokenKind::End) fail("\"esac\" is missing here");
  }
  expect_word("esac");
  return node;
}

bool Parser::skip_redirection() {
  if (lexer_.peek().kind != TokenKind::Operator || lexer_.peek().text.find_first_of("<>") == std::string_view::npos) return false;
  lexer_.take();
  if (lexer_.peek().kind == TokenKind::Word) lexer_.take();
  return true;
}

ScriptNode Parser::simple_or_function(int depth) {
  Node node;
  node.range = lexer_.peek().range;
  while (true) {
    if (skip_redirection()) continue;
    if (lexer_.peek().kind != TokenKind::Word) break;
    Token token = lexer_.take();
    node.range.end = token.range.end;
    node.words.push_back(std::move(token.word));
    if (node.words.size() == 1 && at_operator("(")) {
      lexer_.take();
      if (!at_operator(")")) fail("this is not where a command can start");
      lexer_.take();
      skip_newlines();
      Node function = of(Node::Kind::Function, {});
      for (const WordPart& part : node.words.front().parts) function.name += part.text;
      function.children.push_back(command(depth + 1));
      return function;
    }
  }
  if (node.words.empty() && !failed_ && !ends_list() && lexer_.peek().kind != TokenKind::Newline) {
    fail("this is not where a command can start");
  }
  return node;
}

ScriptNode Parser::command(int depth) {
  if (depth > kMaxDepth) fail("commands are nested too deeply");
  if (failed_) return {};
  Node node;
  if (at_operator("(")) {
    node = enclosed(Node::Kind::Subshell, ")", depth);
  } else if (at_word("{")) {
    node = enclosed(Node::Kind::Sequence, "}", depth);
  } else if (at_word("if")) {
    node = if_command(depth);
  } else if (at_word("while") || at_word("until") || at_word("for")) {
    node = loop(depth);
  } else if (at_word("case")) {
    node = case_command(depth);
  } else {
    return simple_or_function(depth);
  }
  while (skip_redirection()) {
  }
  return node;
}

}  // namespace

Script parse_script(std::string_view bytes, FileId file) { return Parser(bytes, file).run(); }

}  // namespace relaylint::qmail
