#include "parsers/smail/recipient.hpp"

#include "lint/conditions.hpp"

namespace relaylint::smail {
namespace {

/// Addresses nest no deeper than they are long; more steps than this are no address anybody has.
constexpr int kMaxSteps = 64;

std::string_view without_quotes(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

/// One step of a route `@a,@b:c` or `@a:c`: what is behind the first host, if that is one of ours.
std::string next_of_route(std::string_view address, const PatternSet& local_names, bool& done) {
  const std::size_t end = address.find_first_of(",:");
  const std::string_view host = address.substr(1, end == std::string_view::npos ? end : end - 1);
  if (end == std::string_view::npos || local_names.match(host) != MatchResult::Yes) {
    done = true;
    const std::size_t colon = address.find(':');
    return std::string(colon == std::string_view::npos ? address : address.substr(colon + 1));
  }
  return std::string(address.substr(end + 1));
}

/// A local part that names another host: `a%b` is `a@b` (the last %), `b!a` is `a@b` (the first !). Empty if it names
/// none.
std::string reparsed(std::string_view local_part) {
  if (const std::size_t at = local_part.rfind('@'); at != std::string_view::npos) return std::string(local_part);
  if (const std::size_t percent = local_part.rfind('%'); percent != std::string_view::npos) {
    return std::string(local_part.substr(0, percent)) + "@" + std::string(local_part.substr(percent + 1));
  }
  if (const std::size_t bang = local_part.find('!'); bang != std::string_view::npos) {
    return std::string(local_part.substr(bang + 1)) + "@" + std::string(local_part.substr(0, bang));
  }
  return {};
}

}  // namespace

std::string resolved(std::string_view address, const PatternSet& local_names) {
  std::string now(address);
  for (int step = 0; step < kMaxSteps; ++step) {
    if (now.starts_with('@')) {
      bool done = false;
      std::string next = next_of_route(now, local_names, done);
      if (next == now) return now;
      now = std::move(next);
      if (done) return now;
      continue;
    }
    const std::size_t at = now.rfind('@');
    if (at != std::string::npos) {
      const std::string_view host = domain_of_recipient(now);
      if (!host.empty() && local_names.match(host) != MatchResult::Yes) return now;
    }
    std::string next = reparsed(without_quotes(std::string_view(now).substr(0, at)));
    if (next.empty()) return now;
    now = std::move(next);
  }
  return now;
}

Expand resolve_recipient(const PatternSet& local_names) {
  return [local_names](Facts& facts) {
    const std::string address = facts.recipient();
    std::string target = resolved(address, local_names);
    return Expansion{target == address ? Value::No : Value::Yes, std::move(target)};
  };
}

}  // namespace relaylint::smail
