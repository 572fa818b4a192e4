#include "lint/pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "lint/regex.hpp"

namespace relaylint {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with_ignoring_case(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && equals_ignoring_case(text.substr(text.size() - tail.size()), tail);
}

bool is_below(std::string_view name, std::string_view parent) {
  if (parent.empty()) return name.find('.', 1) != std::string_view::npos;
  return name.size() > parent.size() + 1 && ends_with_ignoring_case(name, parent) &&
         name[name.size() - parent.size() - 1] == '.';
}

/// Without recursion: after a mismatch the last `*` takes one character more.
bool glob_matches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_text = t;
    } else if (g < glob.size() && lower(glob[g]) == lower(text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

MatchResult yes_if(bool yes) { return yes ? MatchResult::Yes : MatchResult::No; }

MatchResult regex_matches(const Pattern& pattern, std::string_view subject) {
  if (!pattern.regex) return MatchResult::Error;
  switch (pattern.regex->search(subject)) {
    case Regex::Answer::No:
      return MatchResult::No;
    case Regex::Answer::Yes:
      return MatchResult::Yes;
    case Regex::Answer::LimitHit:
      break;
  }
  return MatchResult::Error;
}

/// Below each of these, anybody can register a name.
constexpr std::array<std::string_view, 26> kSuffixes = {
    "example", "com", "net", "org", "info", "biz", "edu", "gov", "mil", "de",    "uk",     "fr",    "nl",
    "eu",      "it",  "ru",  "cn",  "jp",   "br",  "au",  "ca",  "us",  "co.uk", "com.au", "co.jp", "com.br"};

/// Two names that nobody has: a pattern that takes in both under one suffix takes in whatever is below it, not one
/// domain that happens to be called so.
bool takes_in_below(const Pattern& pattern, std::string_view suffix) {
  for (const std::string_view fresh : {"elsewhere.", "some-other-domain."}) {
    if (matches(pattern, std::string(fresh).append(suffix)) != MatchResult::Yes) return false;
  }
  return true;
}

bool takes_in_some_suffix(const Pattern& pattern) {
  if (std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view s) { return takes_in_below(pattern, s); })) {
    return true;
  }
  if (!pattern.regex) return false;
  const std::vector<std::string> literals = pattern.regex->literals();
  return std::any_of(literals.begin(), literals.end(),
                     [&](const std::string& s) { return is_public_suffix(s) && takes_in_below(pattern, s); });
}

/// `*.com` and `*.co.uk`: what stands after the last `*` is a suffix of everything that the glob matches.
bool ends_in_suffix(const Pattern& glob) {
  std::string_view tail = std::string_view(glob.text).substr(glob.text.rfind('*') + 1);
  if (tail.starts_with('.')) tail.remove_prefix(1);
  return is_public_suffix(tail) && takes_in_below(glob, tail);
}

}  // namespace

void PatternSet::add(Pattern pattern) {
  const std::size_t index = patterns_.size();
  switch (pattern.kind) {
    case PatternKind::Exact:
      exact_.emplace(to_lower(pattern.text), index);
      break;
    case PatternKind::Below:
      below_.emplace(to_lower(pattern.text), index);
      longest_below_ = std::max(longest_below_, pattern.text.size());
      break;
    default:
      scanned_.push_back(index);
  }
  patterns_.push_back(std::move(pattern));
}

PatternSet::Decision PatternSet::decide(std::string_view subject) const {
  const std::string name = to_lower(subject);
  std::size_t first = patterns_.size();
  if (const auto found = exact_.find(name); found != exact_.end()) first = found->second;
  if (!below_.empty()) first = std::min(first, first_below(name));
  for (const std::size_t index : scanned_) {
    if (index >= first) break;
    const MatchResult result = matches(patterns_[index], name);
    if (result != MatchResult::No) return {index, result};
  }
  return {first, first < patterns_.size() ? MatchResult::Yes : MatchResult::No};
}

std::size_t PatternSet::first_below(std::string_view name) const {
  std::size_t first = patterns_.size();
  for (std::size_t dot = name.find('.', 1); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const std::string_view parent = name.substr(dot + 1);
    if (parent.size() > longest_below_) continue;
    if (const auto found = below_.find(std::string(parent)); found != below_.end())
      first = std::min(first, found->second);
  }
  // The empty parent stands for every name with a dot in it.
  const auto any = below_.find(std::string());
  if (any != below_.end() && is_below(name, "")) first = std::min(first, any->second);
  return first;
}

MatchResult PatternSet::match(std::string_view subject) const {
  const Decision decision = decide(subject);
  if (decision.result == MatchResult::No) return yes_if(at_end_);
  if (decision.result == MatchResult::Error) return MatchResult::Error;
  return yes_if(!patterns_[decision.index].negated);
}

std::optional<std::size_t> PatternSet::deciding(std::string_view subject) const {
  const Decision decision = decide(subject);
  return decision.result == MatchResult::No ? std::nullopt : std::optional(decision.index);
}

MatchResult matches(const Pattern& pattern, std::string_view subject) {
  switch (pattern.kind) {
    case PatternKind::Any:
      return MatchResult::Yes;
    case PatternKind::Exact:
      return yes_if(equals_ignoring_case(pattern.text, subject));
    case PatternKind::Below:
      return yes_if(is_below(subject, pattern.text));
    case PatternKind::Tail:
      return yes_if(ends_with_ignoring_case(subject, pattern.text));
    case PatternKind::Glob:
      return yes_if(glob_matches(pattern.text, subject));
    case PatternKind::Regex:
      return regex_matches(pattern, subject);
  }
  return MatchResult::Error;
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

std::string_view local_part_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(0, at);
}

bool matches_everybodys_domain(const Pattern& pattern) {
  if (pattern.negated) return false;
  switch (pattern.kind) {
    case PatternKind::Any:
      return true;
    case PatternKind::Exact:
      return false;
    case PatternKind::Below:
      return pattern.text.empty() || is_public_suffix(pattern.text);
    case PatternKind::Tail:
      return pattern.text.empty() || is_public_suffix(pattern.text) || takes_in_some_suffix(pattern);
    case PatternKind::Glob:
      return pattern.text.find('*') != std::string::npos && (takes_in_some_suffix(pattern) || ends_in_suffix(pattern));
    case PatternKind::Regex:
      return takes_in_some_suffix(pattern);
  }
  return false;
}

}  // namespace relaylint
