// As much of Exim 3's string expansion as authenticators and rewriting rules need: variables, ${if…}, ${lookup…} and a
// few operators. Everything else leaves the string not understood. README.md, "Strings".

#include "lint/pattern.hpp"
#include "lint/regex.hpp"
#include "parsers/exim3/exim3.hpp"

namespace relaylint::exim3 {

namespace {

constexpr int kMaxDepth = 40;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_exim_blank(text[at])) ++at;
}

std::string_view take_name(std::string_view text, std::size_t& at) {
  const auto start = at;
  if (at < text.size() && is_digit(text[at])) {
    while (at < text.size() && is_digit(text[at])) ++at;
  } else {
    while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || text[at] == '_')) ++at;
  }
  return text.substr(start, at - start);
}

/// Passes over an argument that need not be understood.
bool skip_argument(std::string_view text, std::size_t& at) {
  skip_blanks(text, at);
  if (at >= text.size() || text[at] != '{') return false;
  int open = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '{') {
      ++open;
    } else if (text[at] == '}' && --open == 0) {
      ++at;
      return true;
    }
  }
  return false;
}

/// Tests that ask somebody else, and to which made-up credentials are a "no".
bool asks_elsewhere(std::string_view name) {
  return name == "pam" || name == "radius" || name == "ldapauth" || name == "pwcheck" || name == "saslauthd" ||
         name == "crypteq" || name == "exists";
}

}  // namespace

std::optional<std::string> Expander::expand(std::string_view text) {
  std::size_t at = 0;
  return expand_until(text, at, false);
}

std::optional<std::string> Expander::expand_until(std::string_view text, std::size_t& at, bool in_braces) {
  std::string result;
  while (at < text.size() && !(in_braces && text[at] == '}')) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size()) {
      result += text[at + 1];
      at += 2;
    } else if (c == '$') {
      ++at;
      const auto value = item(text, at);
      if (!value) return std::nullopt;
      result += *value;
    } else {
      result += c;
      ++at;
    }
  }
  return result;
}

std::optional<std::string> Expander::argument(std::string_view text, std::size_t& at) {
  skip_blanks(text, at);
  if (at >= text.size() || text[at] != '{' || depth_ > kMaxDepth) return std::nullopt;
  ++at;
  ++depth_;
  auto value = expand_until(text, at, true);
  --depth_;
  if (!value || at >= text.size()) return std::nullopt;
  ++at;
  return value;
}

std::optional<std::string> Expander::item(std::string_view text, std::size_t& at) {
  const bool braces = at < text.size() && text[at] == '{';
  if (braces) ++at;
  const auto name = take_name(text, at);
  if (name.empty()) return std::nullopt;
  const auto variable = variables.find(name);
  if (!braces) return variable == variables.end() ? std::nullopt : std::optional(variable->second);
  if (name == "if") return item_if(text, at);
  if (name == "lookup") return item_lookup(text, at);
  if (at < text.size() && text[at] == '}') {
    ++at;
    return variable == variables.end() ? std::nullopt : std::optional(variable->second);
  }
  if (at >= text.size() || text[at] != ':') return std::nullopt;
  ++at;
  const auto operand = expand_until(text, at, true);
  if (!operand || at >= text.size()) return std::nullopt;
  ++at;
  if (name == "lc") return to_lower(*operand);
  if (name == "domain") return std::string(domain_of(*operand));
  if (name == "local_part") return std::string(local_part_of(*operand));
  // What a digest of made-up credentials comes to equals nothing that is written down.
  if (name == "md5" || name == "sha1" || name == "rxquote" || name == "quote")
    return std::string(name) + ":" + *operand;
  return std::nullopt;
}

/// `{yes}{no}`, or `{yes}fail`, up to the closing brace of the item; where both are missing, the word for true or
/// nothing.
std::optional<std::string> Expander::branches(std::string_view text, std::size_t& at, bool first) {
  std::vector<std::optional<std::string>> values;
  bool fails = false;
  for (skip_blanks(text, at); at < text.size() && text[at] != '}'; skip_blanks(text, at)) {
    if (text.substr(at).starts_with("fail")) {
      fails = true;
      at += 4;
    } else if (values.size() < 2 && text[at] == '{') {
      values.push_back(argument(text, at));
      if (!values.back()) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (at >= text.size()) return std::nullopt;
  ++at;
  if (values.empty()) return first ? std::optional<std::string>("true") : std::optional<std::string>("");
  if (first) return values[0];
  forced_failure = forced_failure || fails;
  return values.size() > 1 ? values[1] : std::optional<std::string>("");
}

std::optional<std::string> Expander::item_if(std::string_view text, std::size_t& at) {
  if (depth_ > kMaxDepth) return std::nullopt;
  ++depth_;
  const auto holds = condition(text, at);
  --depth_;
  return holds ? branches(text, at, *holds) : std::nullopt;
}

// `${lookup{key}type{file}{yes}{no}}` or `${lookup type{query}{yes}{no}}`: made-up names are in no file.
std::optional<std::string> Expander::item_lookup(std::string_view text, std::size_t& at) {
  skip_blanks(text, at);
  if (at < text.size() && text[at] == '{' && !argument(text, at)) return std::nullopt;
  skip_blanks(text, at);
  while (at < text.size() && text[at] != '{') ++at;
  if (!argument(text, at)) return std::nullopt;
  asked_elsewhere = true;
  // Without branches the value itself is given, or the item fails: either way it is not true.
  variables["value"] = "";
  skip_blanks(text, at);
  if (at < text.size() && text[at] == '}') {
    ++at;
    return std::string();
  }
  return branches(text, at, false);
}

std::optional<bool> Expander::all_or_any(std::string_view text, std::size_t& at, bool all) {
  skip_blanks(text, at);
  if (at >= text.size() || text[at] != '{') return std::nullopt;
  ++at;
  ++depth_;
  bool result = all;
  for (skip_blanks(text, at); at < text.size() && text[at] == '{'; skip_blanks(text, at)) {
    ++at;
    const auto one = condition(text, at);
    skip_blanks(text, at);
    if (!one || at >= text.size() || text[at] != '}') return std::nullopt;
    ++at;
    result = all ? result && *one : result || *one;
  }
  if (at >= text.size() || text[at] != '}') return std::nullopt;
  ++at;
  --depth_;
  return result;
}

std::optional<bool> Expander::condition(std::string_view text, std::size_t& at) {
  skip_blanks(text, at);
  bool negated = false;
  for (; at < text.size() && text[at] == '!'; skip_blanks(text, at)) {
    negated = !negated;
    ++at;
  }
  if (depth_ > kMaxDepth) return std::nullopt;
  const auto holds = test(text, at);
  return holds ? std::optional(*holds != negated) : std::nullopt;
}

std::optional<bool> Expander::test(std::string_view text, std::size_t& at) {
  const auto name = take_name(text, at);
  std::optional<bool> result;
  if (name == "and" || name == "or") {
    result = all_or_any(text, at, name == "and");
  } else if (name == "def" && at < text.size() && text[at] == ':') {
    ++at;
    const auto variable = variables.find(take_name(text, at));
    if (variable != variables.end()) result = !variable->second.empty();
  } else if (name == "eq" || name == "match") {
    const auto left = argument(text, at);
    const auto right = left ? argument(text, at) : std::nullopt;
    if (right && name == "eq") result = *left == *right;
    if (right && name == "match") {
      const auto compiled = Regex::compile(*right, false);
      if (compiled) result = (*compiled)->search(*left) == Regex::Answer::Yes;
    }
  } else if (asks_elsewhere(name)) {
    // Only crypteq has two arguments; a brace behind the others starts a branch.
    const bool read = skip_argument(text, at) && (name != "crypteq" || skip_argument(text, at));
    asked_elsewhere = true;
    if (read) result = false;
  }
  return result;
}

}  // namespace relaylint::exim3
