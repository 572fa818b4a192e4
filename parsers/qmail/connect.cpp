// Who gets RELAYCLIENT: the environment a daemon is started with, and tcpserver's rules. Source: rules.c of ucspi-tcp
// 0.88.

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/lowering.hpp"

namespace relaylint::qmail {
namespace {

/// A compiled rule: a key and what its data says.
struct Compiled {
  Key key{};
  bool deny = false;
  std::optional<std::string> relayclient{};
  Span span{};
  std::string text{};
  Span address{};
};

Effect let_relayclient(std::string value, std::size_t after) {
  return {after, Let{kRelayClient, literal(value), value}};
}

/// Rules in the order in which they are looked up: the more special key first, of equals the longest.
bool before(const Compiled& a, const Compiled& b) {
  return std::tuple(static_cast<int>(a.key.kind), b.key.length, b.key.name.size()) <
         std::tuple(static_cast<int>(b.key.kind), a.key.length, a.key.name.size());
}

std::vector<Compiled> compile_text(const QmailDocument& document, const RulesFile& rules) {
  std::vector<Compiled> compiled;
  const SourceFile& file = document.sources().file(*rules.text);
  std::map<std::string, bool> seen;
  for (const TcpRule& rule : rules.parsed.rules) {
    const std::string address(file.slice(rule.address));
    for_each_key(address, [&](const std::string& key) {
      if (!seen.emplace(to_lower(key), true).second) return;  // of two rules for one address the first is found
      Compiled one;
      one.key = classify(key, rules.parsed.extended);
      if (one.key.kind == KeyKind::Dead) return;
      one.deny = rule.deny;
      if (rule.relays()) one.relayclient = std::string(file.slice(rule.relay_value));
      one.span = {*rules.text, rule.text};
      one.address = {*rules.text, rule.address};
      one.text = shown(file.slice(rule.text));
      compiled.push_back(std::move(one));
    });
  }
  return compiled;
}

std::vector<Compiled> compile_cdb(const QmailDocument& document, FileId id) {
  std::vector<Compiled> compiled;
  std::map<std::string, bool> seen;
  for_each_record(document.sources().file(id).bytes(), [&](const CdbRecord& record) {
    if (!seen.emplace(std::string(record.key), true).second) return;
    Compiled one;
    one.key = classify(record.key, true);
    one.span = {id, record.range};
    one.address = one.span;
    one.text = shown(record.key) + ":";
    for (std::size_t at = 0; at < record.data.size();) {
      const std::size_t end = std::min(record.data.find('\0', at), record.data.size());
      const std::string_view item = record.data.substr(at, end - at);
      if (item.starts_with('D')) one.deny = true;
      if (item.starts_with("+RELAYCLIENT=")) one.relayclient = std::string(item.substr(13));
      at = end + 1;
    }
    one.text += one.deny ? "deny" : one.relayclient ? "allow,RELAYCLIENT" : "allow";
    if (one.key.kind != KeyKind::Dead) compiled.push_back(std::move(one));
  });
  return compiled;
}

std::vector<Condition> conditions_of(const Compiled& rule, bool verified) {
  const auto name = [&](PatternKind kind) {
    PatternSet names;
    names.add(kind, rule.key.name, rule.address);
    return Condition{ClientName{std::move(names), verified}, rule.address};
  };
  const auto addresses = [&] { return client_in(rule.key.set, rule.address, {{rule.key.set, rule.address, false}}); };
  switch (rule.key.kind) {
    case KeyKind::Ident:
      return {addresses(), opaque("what the client's ident server says is not known", rule.address, true)};
    case KeyKind::IdentName:
      return {opaque("what the client's ident server says is not known", rule.address, true)};
    case KeyKind::Address:
    case KeyKind::Network:
      return {addresses()};
    case KeyKind::Name:
      return {name(PatternKind::Exact)};
    case KeyKind::NameSuffix:
      return {name(PatternKind::Below)};
    case KeyKind::AnyName:
      return {{ClientHasName{verified}, rule.address}};
    default:
      return {};
  }
}

void add_rule(const Compiled& rule, bool verified, DecisionList& list) {
  Clause clause;
  clause.when = conditions_of(rule, verified);
  clause.then = rule.deny ? Action::Drop : Action::Accept;
  clause.span = rule.span;
  clause.text = rule.text;
  if (!rule.deny && rule.relayclient) clause.effects.push_back(let_relayclient(*rule.relayclient, clause.when.size()));
  list.clauses.push_back(std::move(clause));
}

/// The rules file that a service uses; null for none. `-x /etc/tcp.smtp.cdb` is known by its base name.
const RulesFile* rules_of(const QmailDocument& document, const Service* service) {
  if (service != nullptr && (!service->tcpserver || !service->rules)) return nullptr;
  if (service == nullptr) return document.rules.empty() ? nullptr : &document.rules.front();
  std::string name(base_name(service->rules->text));
  if (name.ends_with(".cdb")) name.erase(name.size() - 4);
  for (const RulesFile& rules : document.rules) {
    if (rules.name == name) return &rules;
  }
  return nullptr;
}

/// A variable that was exported before, or set after, the rules are looked up.
void add_environment(const Variable& variable, DecisionList& list) {
  if (variable.state == Variable::State::Inherited || variable.state == Variable::State::Unset) return;
  Clause clause;
  clause.span = variable.span;
  clause.text = shown(variable.text);
  if (variable.state != Variable::State::Set) {
    clause.when.push_back(opaque(variable.state == Variable::State::Perhaps
                                     ? "whether the script gets to set RELAYCLIENT is not known"
                                     : variable.text,
                                 variable.span, false));
  }
  clause.effects.push_back(let_relayclient(variable.value, clause.when.size()));
  list.clauses.push_back(std::move(clause));
}

void add_access(const AccessRule& rule, DecisionList& list) {
  Clause clause;
  clause.when = rule.when;
  clause.span = rule.span;
  clause.text = shown(rule.text);
  clause.then = rule.deny ? Action::Drop : Action::Continue;
  if (rule.relayclient) clause.effects.push_back(let_relayclient(*rule.relayclient, clause.when.size()));
  list.clauses.push_back(std::move(clause));
}

}  // namespace

ListId lower_connect(const QmailDocument& document, const Service* service, RelayPolicy& policy) {
  // tcpserver's rules may end the list, so what comes before and after them stands in lists around it.
  const ListId id = policy.add_list("connect", Action::Accept);
  DecisionList outer;
  if (service != nullptr) {
    for (const AccessRule& rule : service->access) add_access(rule, outer);
    add_environment(service->before.relayclient, outer);
  }
  const RulesFile* rules = rules_of(document, service);
  if (rules != nullptr) {
    std::vector<Compiled> compiled;
    if (rules->compiled) {
      compiled = compile_cdb(document, *rules->compiled);
    } else if (rules->parsed.fatal) {
      outer.clauses.push_back({{opaque("tcprules gives up at this line: the rules compiled before stay in force",
                                       {*rules->text, rules->parsed.fatal->text}, false)},
                               {let_relayclient("", 1)},
                               Action::Continue});
      outer.clauses.back().span = {*rules->text, rules->parsed.fatal->text};
    } else {
      compiled = compile_text(document, *rules);
      policy.assumptions.push_back(
          {{*rules->text, {}}, rules->name + " is taken as compiled (tcprules) as it stands here"});
      if (service == nullptr)
        policy.assumptions.push_back({{*rules->text, {}}, "tcpserver is started with -x and these rules"});
    }
    std::stable_sort(compiled.begin(), compiled.end(), before);
    const bool verified = service != nullptr && service->paranoid;
    const bool names = service == nullptr || service->names;
    for (const Compiled& rule : compiled) {
      const bool by_name = rule.key.kind == KeyKind::Name || rule.key.kind == KeyKind::NameSuffix ||
                           rule.key.kind == KeyKind::AnyName || rule.key.kind == KeyKind::IdentName;
      const bool by_ident = rule.key.kind == KeyKind::Ident || rule.key.kind == KeyKind::IdentName;
      if ((by_name && !names) || (by_ident && service != nullptr && !service->ident)) continue;
      add_rule(rule, verified, outer);
    }
  } else if (service != nullptr && service->tcpserver && service->rules) {
    Clause clause;
    clause.when.push_back(
        opaque("the rules " + service->rules->text + " are not at hand", service->rules->span, false));
    clause.effects.push_back(let_relayclient("", 1));
    clause.span = service->rules->span;
    outer.clauses.push_back(std::move(clause));
  }
  DecisionList& list = policy.list(id);
  list.clauses = std::move(outer.clauses);
  if (service == nullptr || service->after.relayclient.state == Variable::State::Inherited) return id;
  // Set or taken away between tcpserver and the daemon: after whatever the rules said.
  const ListId inner = policy.add_list("tcpserver", Action::Accept);
  policy.list(inner).clauses = std::move(policy.list(id).clauses);
  policy.list(id).clauses.clear();
  Condition allowed{ListHolds{inner}, service->span};
  Clause denied;
  denied.when.push_back(allowed);
  denied.when.back().negated = true;
  denied.then = Action::Drop;
  denied.span = service->span;
  denied.text = "tcpserver's rules";
  if (service->after.relayclient.state == Variable::State::Unset) {
    // Nothing the rules set reaches the daemon: only whether they deny counts, so the bindings get another name.
    for (Clause& clause : policy.list(inner).clauses) clause.effects.clear();
  }
  policy.list(id).clauses.push_back(std::move(denied));
  add_environment(service->after.relayclient, policy.list(id));
  return id;
}

}  // namespace relaylint::qmail
