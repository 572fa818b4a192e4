// Rewriting rules applied to a recipient: README.md, "Rewriting".

#include <array>

#include "lint/pattern.hpp"
#include "lint/regex.hpp"
#include "parsers/exim3/exim3.hpp"
#include "parsers/support/exim_lookup.hpp"

namespace relaylint::exim3 {

namespace {

/// Does `text` match a part of a pattern that may start with `*`? What the star stands for goes to `stars`.
bool match_part(std::string_view pattern, std::string_view text, std::vector<std::string>& stars) {
  if (!pattern.starts_with('*')) return equals_ignoring_case(pattern, text);
  const auto tail = pattern.substr(1);
  if (text.size() < tail.size() || !equals_ignoring_case(text.substr(text.size() - tail.size()), tail)) return false;
  stars.emplace_back(text.substr(0, text.size() - tail.size()));
  return true;
}

/// Fills $0, $1… where the pattern matches. Nothing where it is not understood.
std::optional<bool> match_pattern(std::string_view pattern, const std::string& address, Expander& expander) {
  expander.variables["0"] = address;
  std::vector<std::string> groups;
  if (pattern.starts_with('^')) {
    const auto compiled = Regex::compile(pattern);
    if (!compiled) return std::nullopt;
    const auto answer = (*compiled)->capture(address, groups);
    if (answer == Regex::Answer::LimitHit) return std::nullopt;
    if (answer == Regex::Answer::No) return false;
    groups.erase(groups.begin());
  } else if (pattern.find(';') != std::string_view::npos || pattern.starts_with('!')) {
    return std::nullopt;
  } else if (const auto at = pattern.rfind('@'); at != std::string_view::npos) {
    if (!match_part(pattern.substr(0, at), local_part_of(address), groups)) return false;
    if (!match_part(pattern.substr(at + 1), domain_of(address), groups)) return false;
  } else if (!match_part(pattern, domain_of(address), groups)) {
    return false;
  }
  for (std::size_t i = 0; i < groups.size() && i < 9; ++i) expander.variables[std::to_string(i + 1)] = groups[i];
  return true;
}

bool has(const RewriteRule& rule, std::string_view flags) {
  return rule.flags.find_first_of(flags) != std::string::npos;
}

/// Flags that say where a rule applies; a rule without any applies everywhere but at SMTP time.
constexpr std::string_view kPlaces = "EFTShbcfrst";

}  // namespace

bool rewrites_accepted_recipients(const RewriteRule& rule) { return has(rule, "ET") || !has(rule, kPlaces); }

bool rewrites_at_smtp_time(const RewriteRule& rule) { return has(rule, "S"); }

Expansion rewritten(const RewriteRule& rule, Facts& facts) {
  const auto address = facts.recipient();
  Expander expander;
  expander.variables["local_part"] = std::string(local_part_of(address));
  expander.variables["domain"] = std::string(domain_of(address));
  const auto matches = match_pattern(rule.pattern.view(), address, expander);
  if (!matches) return {Value::Unknown, {}};
  if (!*matches || rule.replacement.view() == "*") return {Value::No, {}};
  const auto value = expander.expand(rule.replacement.view());
  if (!value) return {Value::Unknown, {}};
  if (expander.asked_elsewhere)
    facts.assume({rule.span, "this rewriting rule's lookups do not find a stranger's names"});
  return {expander.forced_failure || value->empty() ? Value::No : Value::Yes, *value};
}

}  // namespace relaylint::exim3
