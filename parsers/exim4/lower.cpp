#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "lint/pattern.hpp"
#include "lint/regex.hpp"
#include "parsers/exim4/acl_line.hpp"
#include "parsers/exim4/exim4.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"
#include "parsers/exim4/options.hpp"
#include "parsers/exim4/recipient.hpp"

namespace relaylint::exim4 {
namespace {

bool is_port_number(std::string_view text, std::uint16_t& port) {
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && rest == text.data() + text.size() && !text.empty();
}

/// A port as daemon_smtp_ports names it.
std::optional<std::uint16_t> port_of(std::string_view name) {
  std::uint16_t port = 0;
  if (is_port_number(name, port)) return port;
  if (name == "smtp") return std::uint16_t{25};
  if (name == "smtps" || name == "ssmtp" || name == "urd" || name == "submissions") return std::uint16_t{465};
  return name == "submission" ? std::optional<std::uint16_t>(587) : std::nullopt;
}

struct Interface {
  std::optional<IpAddress> address{};
  std::optional<std::uint16_t> port{};
};

/// `127.0.0.1`, `127.0.0.1.25`, `[::1]:26`.
Interface interface_of(std::string_view text) {
  Interface result;
  if (text.starts_with('[')) {
    const std::size_t close = std::min(text.find(']'), text.size());
    result.address = IpAddress::parse(text.substr(1, close - 1));
    if (close + 2 < text.size()) result.port = port_of(text.substr(close + 2));
    return result;
  }
  result.address = IpAddress::parse(text);
  if (result.address) return result;
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return result;
  result.address = IpAddress::parse(text.substr(0, dot));
  if (result.address) result.port = port_of(text.substr(dot + 1));
  return result;
}

void collect_sets(const Exim4Document& document, std::string_view acl_name, std::set<std::string>& variables,
                  int depth) {
  const Acl* acl = document.acl(acl_name);
  if (acl == nullptr || depth > 8) return;
  for (const AclStatement& statement : acl->statements) {
    for (const AclPart& part : statement.parts) {
      if (part.name == "set") {
        if (const auto set = parse_acl_set(part.value.view())) variables.insert(set->variable);
      } else if (part.name == "acl") {
        collect_sets(document, part.value.view(), variables, depth + 1);
      }
    }
  }
}

}  // namespace

Lowering::Lowering(const Exim4Document& doc, RelayPolicy& out)
    : document(doc), policy(out), site(std::make_shared<Site>(doc.sources(), doc.main())) {}

void Lowering::assume(const Note& note) {
  if (std::find(policy.assumptions.begin(), policy.assumptions.end(), note) == policy.assumptions.end()) {
    policy.assumptions.push_back(note);
  }
}

void Lowering::observe(ObservationKind kind, Span span, std::string text) {
  const bool known = std::any_of(policy.observations.begin(), policy.observations.end(),
                                 [&](const Observation& other) { return other.span == span && other.text == text; });
  if (!known) policy.observations.push_back({kind, span, std::move(text)});
}

std::string Lowering::one_line(Span span) const {
  constexpr std::size_t kLongest = 160;
  std::string text;
  for (const char c : document.sources().slice(span)) {
    if (c == '\n' || c == '\r' || c == '\t' || c == ' ') {
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else {
      text += c;
    }
  }
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

void Lowering::read_settings() {
  const auto value = [&](std::string_view name) -> std::string {
    const Setting* setting = document.find(name);
    return setting == nullptr ? std::string() : constant(setting->text).value_or("");
  };
  site->primary_hostname = value("primary_hostname");
  site->qualify_domain = document.find("qualify_domain") == nullptr ? site->primary_hostname : value("qualify_domain");
  site->qualify_recipient =
      document.find("qualify_recipient") == nullptr ? site->qualify_domain : value("qualify_recipient");
  site->smtp_active_hostname =
      document.find("smtp_active_hostname") == nullptr ? site->primary_hostname : value("smtp_active_hostname");
}

void Lowering::read_lists() {
  for (const ListStatement& statement : document.lists) {
    auto& named = site->lists[static_cast<std::size_t>(statement.kind)];
    const auto found = named.find(statement.name);
    const std::string doubt = document.doubt_reason(statement.doubt);
    if (found == named.end()) {
      named.emplace(statement.name, NamedList{statement.name, statement.name_span, expression(statement.text.text),
                                              statement.span, doubt});
    } else if (doubt.empty() != found->second.doubt.empty() || !doubt.empty()) {
      // Of several definitions one counts; which, the binary says.
      found->second.doubt = doubt.empty() ? found->second.doubt : doubt;
    }
  }
}

ListId Lowering::stage_list(std::string_view name, const char* setting_name, Where where) {
  const ListId list = policy.add_list(std::string(name));
  const Setting* setting = document.find(setting_name);
  if (setting == nullptr) {
    if (const EximLine* unread = document.unread()) {
      const std::string reason =
          std::string(setting_name) + " may be set in a file that was not read: " + unread->problem;
      policy.list(list).clauses.push_back(refuse_when({opaque(reason, unread->span, false)}, unread->span));
    }
    return list;
  }
  if (setting->doubt >= 0) {
    policy.list(list).clauses.push_back(
        refuse_when({opaque(document.doubt_reason(setting->doubt), setting->span, false)}, setting->span));
  }
  if (!setting->has_value || setting->text.text.trimmed().empty()) return list;
  call_acl(expression(setting->text.text), frame(where), list, setting->span, true);
  return list;
}

void Lowering::stages() {
  std::vector<Stage> stages;
  if (const Setting* reject = document.find("host_reject_connection")) {
    const ListId list = policy.add_list("host_reject_connection");
    Condition hosts =
        list_condition(expression(reject->text.text), EximSubject::Client, frame(Where::Connect), reject->value_span);
    policy.list(list).clauses.push_back(refuse_when({std::move(hosts)}, reject->span, one_line(reject->span)));
    stages.push_back({"connection", list});
  }
  const auto add = [&](const char* name, const char* setting, Where where) {
    if (document.find(setting) == nullptr && document.unread() == nullptr) return;
    stages.push_back({name, stage_list(name, setting, where)});
  };
  add("connect", "acl_smtp_connect", Where::Connect);
  add("helo", "acl_smtp_helo", Where::Helo);
  helo_verification(stages);
  reset_early_variables(stages);
  add("mail", "acl_smtp_mail", Where::Mail);

  const ListId rcpt = policy.add_list("rcpt", Action::Refuse);
  syntax_and_rewriting(rcpt);
  const Setting* setting = document.find("acl_smtp_rcpt");
  const bool set = setting != nullptr && setting->has_value && !setting->text.text.trimmed().empty();
  if (set || document.unread() != nullptr) {
    Clause call;
    call.then = Action::Call;
    call.call = stage_list("acl_smtp_rcpt", "acl_smtp_rcpt", Where::Recipient);
    if (set) call.span = setting->span;
    if (set) call.text = one_line(setting->span);
    policy.list(rcpt).clauses.push_back(std::move(call));
  } else {
    observe(ObservationKind::Advice, setting == nullptr ? Span{document.main(), {}} : setting->span,
            "acl_smtp_rcpt is not set: every recipient is refused, from everybody");
  }
  DecisionList& list = policy.list(rcpt);
  list.final_origin = Origin::ProductDefault;
  list.final_text = "acl_smtp_rcpt is not set";
  list.final_span = set ? setting->span : Span{document.main(), {}};
  stages.push_back({"rcpt", rcpt, true});

  variables_of_unread_acls(stages);
  add("predata", "acl_smtp_predata", Where::Mail);
  add("data", "acl_smtp_data", Where::Message);
  listeners(std::move(stages));
}

/// `helo_verify_hosts`: those hosts have to give a HELO name that leads back to them.
void Lowering::helo_verification(std::vector<Stage>& stages) {
  const Setting* hosts = document.find("helo_verify_hosts");
  if (hosts == nullptr || hosts->text.text.trimmed().empty()) return;
  AclPart verify;
  verify.name = "verify";
  verify.negated = true;
  verify.value = EximText("helo", hosts->value_span);
  verify.span = hosts->span;
  Condition listed =
      list_condition(expression(hosts->text.text), EximSubject::Client, frame(Where::Helo), hosts->value_span);
  Condition fails = condition_of(verify, Verb::Deny, frame(Where::Helo));
  const ListId list = policy.add_list("helo_verify_hosts");
  policy.list(list).clauses.push_back(
      refuse_when({std::move(listed), std::move(fails)}, hosts->span, one_line(hosts->span)));
  stages.push_back({"helo_verify_hosts", list});
}

/// HELO and MAIL start a new message: what was set in acl_m variables before is gone.
void Lowering::reset_early_variables(std::vector<Stage>& stages) {
  if (early_variables_.empty()) return;
  const ListId list = policy.add_list("message variables are reset");
  Clause reset;
  for (const std::string& name : early_variables_) reset.effects.push_back({0, Let{name, literal(""), ""}});
  policy.list(list).clauses.push_back(std::move(reset));
  stages.push_back({"reset", list});
}

/// ACLs that run for each signature or each part of a message are not followed; what they set is not known.
void Lowering::variables_of_unread_acls(std::vector<Stage>& stages) {
  std::set<std::string> variables;
  Span span{};
  for (const char* name : {"acl_smtp_dkim", "acl_smtp_mime"}) {
    const Setting* setting = document.find(name);
    if (setting == nullptr) continue;
    span = setting->span;
    collect_sets(document, constant(setting->text).value_or(""), variables, 0);
  }
  if (variables.empty()) return;
  const ListId list = policy.add_list("acl_smtp_dkim and acl_smtp_mime");
  Clause set;
  set.span = span;
  for (const std::string& name : variables) {
    set.effects.push_back({0, Let{name, [](Facts&) { return Expansion{Value::Unknown, {}}; }, ""}});
  }
  policy.list(list).clauses.push_back(std::move(set));
  stages.push_back({"parts", list});
}

/// What happens to a recipient before the RCPT ACL sees it.
void Lowering::syntax_and_rewriting(ListId rcpt) {
  std::vector<Clause> clauses;
  // Rewriting rules with flag S act on the raw command before all this: what the ACL tests is what they made of it, so
  // they open nothing and are not followed.
  const auto flag = [&](std::string_view name) {
    const Setting* setting = document.find(name);
    return setting != nullptr && setting->as_bool().value_or(false);
  };
  const Setting* unqualified = document.find("recipient_unqualified_hosts");
  const RecipientRules rules{flag("allow_domain_literals"), flag("strip_trailing_dot"),
                             unqualified != nullptr && !unqualified->text.text.trimmed().empty(),
                             site->qualify_recipient.empty() ? "localhost" : site->qualify_recipient};
  Evaluable bad;
  bad.text = "the recipient is no proper address";
  bad.test = [rules](Facts& facts) { return read_recipient(facts.recipient(), rules) ? Value::No : Value::Yes; };
  clauses.push_back(refuse_when({{std::move(bad), {}}}, {}, "the recipient is no proper address"));
  Evaluable differs;
  differs.text = "the recipient has a source route or quotes";
  differs.test = [rules](Facts& facts) {
    return read_recipient(facts.recipient(), rules) == facts.recipient() ? Value::No : Value::Yes;
  };
  Clause clean;
  clean.when.push_back({std::move(differs), {}});
  clean.effects.push_back({1, RewriteRecipient{[rules](Facts& facts) {
                             const auto read = read_recipient(facts.recipient(), rules);
                             return read ? Expansion{Value::Yes, *read} : Expansion{Value::No, {}};
                           }}});
  clauses.push_back(std::move(clean));
  policy.list(rcpt).clauses = std::move(clauses);
  percent_hack(rcpt);
}

namespace {

/// What a rewriting pattern took apart, for $0, $1 and $2; nothing where it does not match.
std::optional<std::vector<std::string>> rewriting_match(const std::string& pattern, const std::string& address) {
  if (pattern.starts_with('^')) {
    const auto regex = Regex::compile(pattern, true);
    std::vector<std::string> groups;
    if (!regex || (*regex)->capture(address, groups) != Regex::Answer::Yes) return std::nullopt;
    return groups;
  }
  const auto part = [](const std::string& text, const std::string& glob, std::vector<std::string>& groups) {
    if (!glob.starts_with('*')) return equals_ignoring_case(text, glob);
    const std::string_view tail = std::string_view(glob).substr(1);
    if (text.size() < tail.size() ||
        !equals_ignoring_case(std::string_view(text).substr(text.size() - tail.size()), tail))
      return false;
    groups.push_back(text.substr(0, text.size() - tail.size()));
    return true;
  };
  const std::size_t at = address.rfind('@');
  const std::size_t pattern_at = pattern.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  std::vector<std::string> groups{address};
  const std::string users = pattern_at == std::string::npos ? "*" : pattern.substr(0, pattern_at);
  const std::string domains = pattern_at == std::string::npos ? pattern : pattern.substr(pattern_at + 1);
  if (!part(address.substr(0, at), users, groups) || !part(address.substr(at + 1), domains, groups))
    return std::nullopt;
  return groups;
}

}  // namespace

/// A rewriting rule for the recipient. Patterns that are lookups or named lists are not followed.
Clause Lowering::rewriting_clause(const RewriteRule& rule) {
  Clause clause;
  clause.span = rule.span;
  clause.text = one_line(rule.span);
  const Folded folded = fold(expression(rule.pattern), frame(Where::Recipient));
  const std::string pattern = folded.text.str();
  const bool plain =
      folded.kind == Folded::Kind::Constant && pattern.find(';') == std::string::npos && !pattern.starts_with('+');
  if (rule.doubt >= 0 || !plain) {
    clause.when.push_back(opaque("which addresses the rewriting rule takes is not known", rule.span, true));
  }
  const ExpressionPtr replacement = expression(rule.replacement);
  const Frame here = frame(Where::Recipient);
  const auto rewritten = [pattern, replacement, here](Facts& facts) {
    const std::string address = facts.recipient();
    const auto groups = rewriting_match(pattern, address);
    if (!groups || replacement->source.view() == "*") return Expansion{Value::No, {}};
    Expander expander(here, facts);
    for (std::size_t i = 0; i < groups->size() && i < 10; ++i) expander.extra[std::to_string(i)] = (*groups)[i];
    Expansion result = expander.expand(*replacement);
    if (result.status == Value::Yes && result.text.find('@') == std::string::npos) result.status = Value::No;
    return result;
  };
  Evaluable takes;
  takes.text = clause.text;
  takes.test = [rewritten](Facts& facts) {
    const Expansion result = rewritten(facts);
    return result.status == Value::Error ? Value::No : result.status;
  };
  clause.when.push_back({std::move(takes), rule.span});
  clause.effects.push_back({clause.when.size(), RewriteRecipient{rewritten}});
  return clause;
}

/// `percent_hack_domains`: `a%b@ours` becomes `a@b` before any test, as often as it goes.
void Lowering::percent_hack(ListId rcpt) {
  const Setting* setting = document.find("percent_hack_domains");
  if (setting == nullptr || setting->text.text.trimmed().empty()) return;
  observe(
      ObservationKind::Advice, setting->span,
      "percent_hack_domains rewrites `a%b@domain` to `a@b`: hardly anybody needs it, and relay testers look for it");
  Condition listed = list_condition(expression(setting->text.text), EximSubject::RecipientDomain,
                                    frame(Where::Recipient), setting->value_span);
  PatternSet percent;
  percent.add(PatternKind::Glob, "*%*");
  for (int round = 0; round < 4; ++round) {
    Clause clause;
    clause.span = setting->span;
    clause.text = one_line(setting->span);
    clause.when.push_back(listed);
    clause.when.push_back({Recipient{percent, AddressPart::LocalPart}, setting->span});
    clause.effects.push_back({2, RewriteRecipient{[](Facts& facts) {
                                std::string address = facts.recipient();
                                address.erase(address.rfind('@'));
                                address[address.rfind('%')] = '@';
                                return Expansion{Value::Yes, address};
                              }}});
    policy.list(rcpt).clauses.push_back(std::move(clause));
  }
}

void Lowering::delivery() {
  bool rewrites = false;
  for (const RewriteRule& rule : document.rewrites) {
    const bool envelope = rule.flags.empty() || rule.flags.find_first_of("ETq") != std::string::npos;
    rewrites |= envelope && rule.flags.find('S') == std::string::npos &&
                (rule.flags.empty() || rule.flags.find('T') != std::string::npos);
  }
  if (!document.has_routers && !rewrites) return;
  const ListId start = policy.add_list("delivery", Action::Accept);
  for (const RewriteRule& rule : document.rewrites) {
    if (rule.flags.find('S') != std::string::npos) continue;
    if (!rule.flags.empty() && rule.flags.find_first_of("T") == std::string::npos) continue;
    Clause clause = rewriting_clause(rule);
    policy.list(start).clauses.push_back(std::move(clause));
  }
  if (document.has_routers) {
    Clause call;
    call.then = Action::Call;
    call.call = routers(Where::Recipient, false);
    policy.list(start).clauses.push_back(std::move(call));
  }
  policy.delivery = start;
}

/// Which domains are delivered here, and which are forwarded for.
void Lowering::read_domains() {
  const auto add = [](PatternSet& set, std::vector<Pattern> patterns) {
    for (Pattern& pattern : patterns) {
      const auto same = [&](const Pattern& other) {
        return other.kind == pattern.kind && equals_ignoring_case(other.text, pattern.text);
      };
      if (std::none_of(set.patterns().begin(), set.patterns().end(), same)) set.add(std::move(pattern));
    }
  };
  if (const NamedList* list = site->named_list(EximListKind::Domain, "local_domains")) {
    add(policy.local_domains, domains_named(list->value));
  }
  for (const Driver& router : document.routers) {
    const Setting* domains = router.find("domains");
    const std::string_view driver = router.text("driver");
    if (domains == nullptr || (driver != "accept" && driver != "redirect") || sends_on(router)) continue;
    std::vector<Pattern> named = domains_named(expression(domains->text.text));
    named.erase(
        std::remove_if(named.begin(), named.end(), [](const Pattern& one) { return one.kind == PatternKind::Any; }),
        named.end());
    add(policy.local_domains, std::move(named));
  }
  add(policy.relay_domains, granted_domains);
  for (const auto& [name, list] : site->lists[static_cast<std::size_t>(EximListKind::Domain)]) {
    if (name.find("relay") != std::string::npos) add(policy.relay_domains, domains_named(list.value));
  }
  for (const Pattern& pattern : policy.local_domains.patterns()) {
    if (pattern.kind != PatternKind::Exact || pattern.negated || pattern.text.empty()) continue;
    policy.local_name = pattern.text;
    return;
  }
  for (const std::string* name : {&site->qualify_recipient, &site->primary_hostname}) {
    if (name->empty()) continue;
    policy.local_name = *name;
    return;
  }
}

void Lowering::listeners(std::vector<Stage> stages) {
  std::vector<std::uint16_t> ports;
  if (const Setting* setting = document.find("daemon_smtp_ports")) {
    for (const EximItem& item : split_exim_list(EximText(constant(setting->text).value_or("25"), {})).items) {
      if (const auto port = port_of(item.text.view())) ports.push_back(*port);
    }
  }
  Listener listener;
  listener.name = "smtp";
  if (const Setting* setting = document.find("local_interfaces")) {
    const std::optional<std::string> list = constant(setting->text);
    AddressSet reachable;
    bool loopback = list.has_value();
    for (const EximItem& item : split_exim_list(EximText(list.value_or(""), {})).items) {
      const Interface interface = interface_of(item.text.view());
      if (interface.port) ports.push_back(*interface.port);
      const bool inner = interface.address && loopback_addresses().contains(*interface.address);
      loopback = loopback && inner;
      if (!interface.address) {
        reachable = AddressSet::everything();
      } else if (inner) {
        reachable = reachable.unite(loopback_addresses());
      } else {
        reachable = reachable.unite(interface.address->v6 ? AddressSet::all_v6() : AddressSet::all_v4());
        if (interface.address->bits == 0 && interface.address->v6) reachable = AddressSet::everything();
      }
    }
    if (!reachable.empty()) listener.reachable = std::move(reachable);
    listener.span = setting->span;
    if (loopback && !listener.reachable.intersects(public_addresses())) {
      listener.unreachable_reason = "is bound to the loopback address only (local_interfaces)";
    }
  }
  if (const Setting* off = document.find("disable_ipv6"); off != nullptr && off->as_bool().value_or(false)) {
    listener.reachable = listener.reachable.subtract(AddressSet::all_v6());
  }
  if (ports.empty()) ports.push_back(25);
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  listener.stages = std::move(stages);
  if (!uses_port_) {
    if (ports.size() == 1) listener.port = ports[0];
    policy.listeners.push_back(std::move(listener));
    return;
  }
  constexpr std::size_t kMaxPorts = 8;
  for (std::size_t i = 0; i < ports.size() && i < kMaxPorts; ++i) {
    Listener one = listener;
    one.name = "smtp, port " + std::to_string(ports[i]);
    one.port = ports[i];
    policy.listeners.push_back(std::move(one));
  }
}

void Lowering::observations() {
  if (!document.panel.empty()) {
    observe(ObservationKind::Advice, document.banner_span,
            document.panel + " writes this file: changes belong in its own settings, here they are overwritten");
  }
  if (const Setting* proxies = document.find("hosts_proxy")) {
    const std::string_view hosts = proxies->text.text.view();
    if (hosts.find('*') != std::string_view::npos || hosts.find("/0") != std::string_view::npos) {
      observe(ObservationKind::IneffectiveProtection, proxies->span,
              "hosts_proxy believes everybody who says which address he comes from: name the proxies only");
    } else if (!hosts.empty()) {
      assume({proxies->span, "the hosts in hosts_proxy tell the truth about the clients behind them"});
    }
  }
  for (const EximMacro& macro : document.lines.macros) {
    if (!macro.uses.empty() || macro.name_span == Span{}) continue;
    std::string lower = to_lower(macro.name);
    if (!is_main_option(lower)) continue;
    observe(ObservationKind::IneffectiveProtection, macro.span,
            macro.name + " is a macro to Exim, because of its capitals: the setting " + lower + " is not set by it");
  }
}

bool Lowering::sends_on(const Driver& router) const {
  const Driver* transport = document.transport(router.text("transport"));
  return transport != nullptr && transport->text("driver") == "smtp" && transport->text("protocol") != "lmtp";
}

void Lowering::run() {
  policy.product = "exim";
  policy.version = "4";
  for (const Note& note : document.lines.assumptions) assume(note);
  for (const Problem& problem : document.problems) {
    if (problem.fatal && !policy.unloadable) policy.unloadable = Note{problem.span, problem.message};
  }
  read_settings();
  read_lists();
  lower_authenticators();
  stages();
  delivery();
  read_domains();
  observations();
}

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  RelayPolicy policy;
  Lowering(static_cast<const Exim4Document&>(document), policy).run();
  if (const auto version = options.products.find("exim"); version != options.products.end())
    policy.version = version->second;
  return policy;
}

}  // namespace relaylint::exim4
