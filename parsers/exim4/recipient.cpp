#include "parsers/exim4/recipient.hpp"

#include "lint/pattern.hpp"

namespace relaylint::exim4 {
namespace {

/// `@a,@b:user@c` is `user@c`.
std::string_view without_route(std::string_view text) {
  if (!text.starts_with('@')) return text;
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
}

bool is_domain(std::string_view domain, const RecipientRules& rules) {
  if (domain.starts_with('[')) return rules.domain_literals && domain.ends_with(']') && domain.size() > 2;
  if (rules.trailing_dot && domain.size() > 1 && domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || domain.starts_with('.') || domain.ends_with('.') || domain.starts_with('-')) return false;
  if (domain.find("..") != std::string_view::npos) return false;
  return domain.find_first_of(" \t\r\n()<>@,;:\\\"[]%!_") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> read_recipient(std::string_view given, const RecipientRules& rules) {
  const std::string_view text = without_route(given);
  std::string local;
  std::size_t at = 0;
  if (text.starts_with('"')) {
    for (at = 1; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      local += text[at];
    }
    if (at >= text.size()) return std::nullopt;
    ++at;
  } else {
    while (at < text.size() && text[at] != '@') local += text[at++];
    if (local.find_first_of(" \t\r\n()<>,;:\\\"[]") != std::string::npos) return std::nullopt;
  }
  if (local.empty()) return std::nullopt;
  if (at >= text.size()) {
    if (!equals_ignoring_case(local, "postmaster") && !rules.unqualified) return std::nullopt;
    return local + "@" + rules.qualify_domain;
  }
  if (text[at] != '@' || !is_domain(text.substr(at + 1), rules)) return std::nullopt;
  std::string_view domain = text.substr(at + 1);
  if (rules.trailing_dot && domain.ends_with('.')) domain.remove_suffix(1);
  return local + "@" + std::string(domain);
}

}  // namespace relaylint::exim4
