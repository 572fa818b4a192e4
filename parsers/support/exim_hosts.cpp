// The items of host lists. Where an item cannot be answered (a malformed address, a name that needs the client's own
// name and the client has none), the whole list fails at once, unless the list said +include_unknown or +ignore_unknown
// before.

#include <algorithm>
#include <utility>

#include "parsers/support/exim_items.hpp"

namespace relaylint {

namespace {

bool looks_like_address(std::string_view text) {
  return text.find_first_not_of("0123456789./") == std::string_view::npos ||
         (text.find(':') != std::string_view::npos &&
          text.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos);
}

/// An address as a key of a single-key lookup: IPv6 has dots for colons there.
std::optional<AddressSet> network_of_key(std::string_view key, EximDialect dialect) {
  if (auto set = parse_exim_network(key, dialect)) return set;
  std::string colons(key);
  std::replace(colons.begin(), colons.end(), '.', ':');
  return parse_exim_network(colons, dialect);
}

}  // namespace

void EximItemReader::host(const Said& said) {
  const auto text = said.text.view();
  const bool exim4 = context_.dialect == EximDialect::Exim4;
  if (text.empty()) return host_address(said, {});  // a call without a host, as from a local program
  if (text == "*") return host_address(said, AddressSet::everything());
  if (text == "@") return host_address(said, {});  // our own addresses: no stranger has one
  if (exim4 && text == "@[]") return host_address(said, loopback_addresses());
  if (!said.in_file && text.front() == '+' && host_keyword(said)) return;
  if (exim4 && text.front() == '+' && !said.in_file) return named(said, text.substr(1));
  if (auto set = parse_exim_network(text, context_.dialect)) return host_address(said, std::move(*set));
  if (const auto at = text.find('@'); !exim4 && at != std::string_view::npos) return host_ident(said, at);
  if (text.front() == '^')
    return host_names(said, [&] {
      PatternSet names;
      names.add(exim_domain_pattern(text, said.place));
      return names;
    }());
  if (text.find(';') != std::string_view::npos) {
    const auto lookup = parse_exim_lookup(text);
    if (lookup && is_known_exim_lookup(lookup->type)) return host_lookup(said, *lookup);
    broken(said, "is no lookup that Exim knows: the test fails with a temporary error");
    return push(Constant{Value::Error}, said);
  }
  if (text.find('*') != std::string_view::npos) {
    PatternSet names;
    names.add(exim_domain_pattern(text, said.place));
    if (text.front() != '*') broken(said, "has its wildcard in a place where Exim does not look for one");
    return host_names(said, std::move(names));
  }
  host_name(said);
}

void EximItemReader::host_address(const Said& said, AddressSet set) {
  push(ClientIn{set, {{set, said.place, !said.yes}}}, said);
}

bool EximItemReader::host_keyword(const Said& said) {
  const auto text = said.text.view();
  if (context_.dialect == EximDialect::Exim3) {
    if (text != "+allow_unknown" && text != "+warn_unknown") return false;
    on_unknown_ = OnUnknown::Include;
  } else if (text == "+include_unknown") {
    on_unknown_ = OnUnknown::Include;
  } else if (text == "+ignore_unknown") {
    on_unknown_ = OnUnknown::Ignore;
  } else if (text != "+include_defer" && text != "+ignore_defer") {
    return false;
  }
  if (text.ends_with("unknown")) {
    on_unknown_place_ = said.place;
    names_needed_ = false;
  }
  // It leaves the sense of the list's end as it was.
  const bool yes = steps_.empty() || steps_.back().yes;
  steps_.push_back({Condition{Constant{Value::No}, said.place}, yes, true});
  return true;
}

void EximItemReader::needs_name(const Said& said) {
  if (names_needed_ || on_unknown_ == OnUnknown::Ignore) return;
  names_needed_ = true;
  Condition nameless{ClientHasName{}, said.place, true};
  if (on_unknown_ == OnUnknown::FailList) {
    steps_.push_back({std::move(nameless), false, false});
    return;
  }
  // The keyword is what lets everybody in, so the step names it as an item.
  const auto everything = AddressSet::everything();
  const auto list = context_.policy->add_list("client without a host name");
  auto& decisions = context_.policy->list(list);
  decisions.clauses.push_back(accept_when(
      {std::move(nameless), client_in(everything, on_unknown_place_, {{everything, on_unknown_place_, false}})},
      on_unknown_place_));
  steps_.push_back({Condition{ListHolds{list}, on_unknown_place_}, true, false});
}

void EximItemReader::host_names(const Said& said, PatternSet names) {
  needs_name(said);
  push(ClientName{std::move(names), true}, said);
}

void EximItemReader::host_malformed(const Said& said, const std::string& why) {
  if (on_unknown_ == OnUnknown::Ignore) {
    broken(said, why + ": it is passed over");
    return push_empty(said);
  }
  const bool include = on_unknown_ == OnUnknown::Include;
  broken(said, why + (include ? ": after +include_unknown it lets every client in"
                              : ": no client matches the list from here on"));
  finished_ = true;
  const auto everything = AddressSet::everything();
  const auto place = include ? on_unknown_place_ : said.place;
  steps_.push_back({client_in(everything, place, {{everything, place, !include}}), include, false});
}

// A plain name stands for the addresses that DNS has for it. It is the operator's host: its addresses are not a
// stranger's.
void EximItemReader::host_name(const Said& said) {
  const auto text = said.text.view();
  if (text == "localhost") return host_address(said, loopback_addresses());
  const bool exim4 = context_.dialect == EximDialect::Exim4;
  const bool numeric = looks_like_address(text);
  const bool no_name = text.find_first_of(", \t/;:[](){}=\"'!?<>|\\$&%+#") != std::string_view::npos;
  if (!numeric && !no_name) {
    return push(Opaque{"the host name `" + said.text.str() + "` stands for the addresses of a known host", true}, said);
  }
  if (exim4) return host_malformed(said, "is no address, network or host name");
  // Exim 3 looks it up as a name, finds none, and goes on. What it was meant to be matters only to those whom it was to
  // cover.
  broken(said, "is no address, network or host name to Exim 3: it matches no client");
  const auto meant = numeric ? guess_network(text) : std::nullopt;
  if (!meant) return push_empty(said);
  const auto list = context_.policy->add_list("malformed network");
  context_.policy->list(list).clauses.push_back(
      accept_when({client_in(*meant, said.place),
                   opaque("what Exim 3 makes of the malformed network `" + said.text.str() + "` is not certain",
                          said.place, false)},
                  said.place));
  push(ListHolds{list}, said);
}

void EximItemReader::host_lookup(const Said& said, const EximLookup& lookup) {
  const auto keys = keys_of(said, lookup);
  if (!keys.failure.empty()) {
    if (!lookup.net) needs_name(said);
    return push_failure(said, keys);
  }
  if (!lookup.net) {
    PatternSet names;
    for (const auto& key : keys.keys) {
      for (auto& pattern : patterns_of_exim_key(lookup, key)) names.add(std::move(pattern));
    }
    return host_names(said, std::move(names));
  }
  const bool networks = lookup.type == "iplsearch";
  if (networks && lookup.net_mask) {
    broken(said, "has a mask before iplsearch: the test fails with a temporary error");
    return push(Constant{Value::Error}, said);
  }
  std::vector<AddressSet> sets;
  ClientIn clients;
  for (const auto& key : keys.keys) {
    auto set = network_of_key(key.key, context_.dialect);
    const bool masked = key.key.find('/') != std::string::npos;
    if (key.key == "*" && (lookup.default_star || lookup.default_star_at)) set = AddressSet::everything();
    if (!set || (!networks && key.key != "*" && masked != lookup.net_mask.has_value())) continue;
    if (lookup.net_mask && key.key != "*" && !key.key.ends_with("/" + std::to_string(*lookup.net_mask))) continue;
    sets.push_back(*set);
    clients.items.push_back({std::move(*set), key.span, !said.yes});
  }
  clients.set = AddressSet::union_of(std::move(sets));
  push(std::move(clients), said);
}

// `user@host` asks the client's own machine who the caller is (RFC 1413).
void EximItemReader::host_ident(const Said& said, std::size_t at) {
  std::vector<Note> ignored;
  EximItemReader inner(subject_, context_, ignored);
  auto text = said.text.slice(text_range(at + 1, said.text.size())).trimmed();
  inner.one({std::move(text), said.place, true, said.in_file});
  const auto list = context_.policy->add_list("host with ident");
  std::vector<Clause> clauses;
  for (auto& step : inner.steps()) {
    if (step.empty) continue;
    auto ident = opaque("the name that the client's own ident service gives", said.place, false);
    clauses.push_back(step.yes ? accept_when({std::move(step.condition), std::move(ident)}, said.place)
                               : refuse_when({std::move(step.condition)}, said.place));
  }
  context_.policy->list(list).clauses = std::move(clauses);
  push(ListHolds{list}, said);
}

}  // namespace relaylint
