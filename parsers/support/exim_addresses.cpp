// The items of address lists: patterns over a whole mail address, as patterns of the policy. `*` stands for every
// address but the null sender, which only an empty item or an expression matches.

#include <unordered_map>
#include <utility>

#include "lint/regex.hpp"
#include "parsers/support/exim_items.hpp"

namespace relaylint {

namespace {

/// A pattern over domains, turned into one over addresses with this local part; nothing for expressions.
std::optional<Pattern> with_local_part(std::string_view local_part, const Pattern& domain) {
  std::string text(local_part);
  text += '@';
  switch (domain.kind) {
    case PatternKind::Any:
      text += '*';
      break;
    case PatternKind::Exact:
      text += domain.text;
      break;
    case PatternKind::Below:
      text += "*." + domain.text;
      break;
    case PatternKind::Tail:
      text += '*' + domain.text;
      break;
    case PatternKind::Glob:
      text += domain.text;
      break;
    case PatternKind::Regex:
      return std::nullopt;
  }
  const auto kind = text.find('*') == std::string::npos ? PatternKind::Exact : PatternKind::Glob;
  return Pattern{kind, std::move(text), domain.span, domain.negated, {}};
}

using KeyIndex = std::unordered_map<std::string, const EximKeys::Key*>;

/// The users of one domain, with `>other` at the end standing for another key's users.
std::vector<EximItem> users_of(const EximKeys::Key& key, const KeyIndex& index) {
  constexpr int kMaxChain = 20;
  std::vector<EximItem> users;
  const auto* at = &key;
  for (int depth = 0; at != nullptr && depth < kMaxChain; ++depth) {
    EximText value;
    value.append_derived(at->value, at->span);
    at = nullptr;
    for (auto& item : split_exim_list(value).items) {
      if (!item.text.view().starts_with('>')) {
        users.push_back(std::move(item));
        continue;
      }
      const auto next = index.find(to_lower(item.text.slice(text_range(1, item.text.size())).trimmed().view()));
      if (next != index.end()) at = next->second;
      break;
    }
  }
  return users;
}

}  // namespace

void EximItemReader::address(const Said& said) {
  const auto text = said.text.view();
  const bool exim4 = context_.dialect == EximDialect::Exim4;
  if (text.empty()) return push_patterns({{PatternKind::Exact, {}, said.place, false, {}}}, said);
  if (text.front() == '^') return push_patterns({exim_domain_pattern(text, said.place)}, said);
  if (text == "+caseful") {
    const bool yes = steps_.empty() || steps_.back().yes;
    steps_.push_back({Condition{Constant{Value::No}, said.place}, yes, true});
    return;
  }
  if (exim4 && text.front() == '+' && !said.in_file) return named(said, text.substr(1));
  if (text.starts_with("@@")) return per_domain_users(said);
  if (const auto lookup = parse_exim_lookup(text)) return address_lookup(said, *lookup);
  // What follows the first `@` may be a lookup, whose name may hold another.
  auto at = text.find('@');
  if (at != std::string_view::npos && !parse_exim_lookup(text.substr(at + 1))) at = text.rfind('@');
  if (at != std::string_view::npos) return address_at(said, at);
  if (text.find_first_of(", \t;") != std::string_view::npos) {
    broken(said, "is one item, and no address: items are separated by the list's separator only");
  }
  push_patterns({*with_local_part("*", exim_domain_pattern(text == "^" ? "" : text, said.place))}, said);
}

void EximItemReader::address_at(const Said& said, std::size_t at) {
  const auto text = said.text.view();
  const auto local_part = text.substr(0, at);
  const auto rest = text.substr(at + 1);
  std::vector<Pattern> domains;
  if (const auto lookup = parse_exim_lookup(rest)) {
    Said part{said.text.slice(text_range(at + 1, text.size())), said.place, said.yes, said.in_file};
    const auto keys = keys_of(part, *lookup);
    if (!keys.failure.empty()) return push_failure(said, keys);
    for (const auto& key : keys.keys) {
      for (auto& pattern : patterns_of_exim_key(*lookup, key)) domains.push_back(std::move(pattern));
    }
  } else {
    domains.push_back(
        exim_domain_pattern(rest == "@" ? std::string_view(context_.primary_hostname) : rest, said.place));
  }
  std::vector<Pattern> patterns;
  for (const auto& domain : domains) {
    auto pattern = with_local_part(local_part, domain);
    if (!pattern) {
      return push(Opaque{"an expression after a local part, `" + said.text.str() + "`, is not understood", false},
                  said);
    }
    patterns.push_back(std::move(*pattern));
  }
  push_patterns(patterns, said);
}

void EximItemReader::address_lookup(const Said& said, const EximLookup& lookup) {
  const auto keys = keys_of(said, lookup);
  if (!keys.failure.empty()) return push_failure(said, keys);
  std::vector<Pattern> patterns;
  for (const auto& key : keys.keys) {
    for (auto& pattern : patterns_of_exim_key(lookup, key)) {
      const bool whole = pattern.kind == PatternKind::Any || pattern.text.find('@') != std::string::npos;
      if (whole || pattern.kind == PatternKind::Regex) {
        patterns.push_back(std::move(pattern));
      } else if (context_.dialect == EximDialect::Exim3) {
        // Exim 3 looks for the domain first, then for the whole address.
        if (auto wider = with_local_part("*", pattern)) patterns.push_back(std::move(*wider));
      }
    }
  }
  push_patterns(patterns, said);
}

// `@@lsearch;/file`: the domain's entry lists its users.
void EximItemReader::per_domain_users(const Said& said) {
  const Said part{said.text.slice(text_range(2, said.text.size())), said.place, said.yes, said.in_file};
  const auto lookup = parse_exim_lookup(part.text.view());
  if (!lookup) return push(Opaque{"`" + said.text.str() + "` is not understood", false}, said);
  const auto keys = keys_of(part, *lookup);
  if (!keys.failure.empty()) return push_failure(said, keys);
  KeyIndex index;
  for (const auto& key : keys.keys) index.emplace(to_lower(key.key), &key);
  PatternSet set;
  for (const auto& key : keys.keys) {
    for (const auto& domain : patterns_of_exim_key(*lookup, key)) {
      for (const auto& user : users_of(key, index)) {
        const auto name = user.text.view();
        auto pattern = name.starts_with('^') || name.starts_with('/') ? std::nullopt : with_local_part(name, domain);
        if (!pattern) {
          return push(Opaque{"the users that `" + said.text.str() + "` lists are not understood", false}, said);
        }
        pattern->negated = user.negated;
        set.add(std::move(*pattern));
      }
    }
  }
  push(subject_in(std::move(set)), said);
}

}  // namespace relaylint
