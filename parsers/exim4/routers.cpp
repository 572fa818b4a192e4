// The routers: whether an address verifies, and what becomes of accepted mail (Exim specification, chapters "Generic
// options for routers" to "The redirect router").

#include <algorithm>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

std::string subject_of(Where where, Facts& facts) {
  return where == Where::VerifySender ? facts.sender() : facts.recipient();
}

/// Transports that send to other machines.
bool is_remote(const Driver* transport) {
  if (transport == nullptr) return false;
  return transport->text("driver") == "smtp" && transport->text("protocol") != "lmtp";
}

/// What redirection data starts with: an address, or a special item.
enum class Redirection { Nothing, Address, Fail, Defer, Blackhole, Local };

Redirection kind_of(std::string_view data) {
  const std::size_t first = data.find_first_not_of(" \t\r\n,");
  if (first == std::string_view::npos) return Redirection::Nothing;
  data = data.substr(first);
  if (data.starts_with(":fail:")) return Redirection::Fail;
  if (data.starts_with(":defer:")) return Redirection::Defer;
  if (data.starts_with(":blackhole:")) return Redirection::Blackhole;
  if (data.starts_with(":unknown:")) return Redirection::Nothing;
  if (data.starts_with("/") || data.starts_with("|") || data.starts_with(":include:") || data.starts_with("\"|"))
    return Redirection::Local;
  return Redirection::Address;
}

/// The first address of redirection data, completed with the domain of the address that is redirected.
std::string first_address(std::string_view data, const std::string& original) {
  const std::size_t first = data.find_first_not_of(" \t\r\n,");
  data = data.substr(std::min(first, data.size()));
  std::string address(data.substr(0, data.find_first_of(",\n")));
  while (!address.empty() && (address.back() == ' ' || address.back() == '\r' || address.back() == '\t'))
    address.pop_back();
  if (address.starts_with('\\')) address.erase(0, 1);
  if (address.find('@') == std::string::npos && original.find('@') != std::string::npos)
    address += original.substr(original.rfind('@'));
  return address;
}

}  // namespace

/// `local_part_suffix = +* : -*`: the router takes local parts of that form only, unless the affix is optional.
std::optional<Condition> Lowering::affix_condition(const Driver& router, Where where, const char* setting,
                                                   bool prefix) {
  const Setting* affix = router.find(setting);
  if (affix == nullptr || router.flag(std::string(setting) + "_optional", false)) return std::nullopt;
  const std::optional<std::string> list = constant(affix->text);
  if (!list) return opaque("which local parts " + std::string(setting) + " takes is not known", affix->span, false);
  PatternSet patterns;
  for (const EximItem& item : split_exim_list(EximText(*list, {})).items) {
    std::string glob = item.text.str();
    glob = prefix ? glob + "*" : "*" + glob;
    patterns.add(PatternKind::Glob, std::move(glob), affix->value_span);
  }
  Condition condition{Recipient{std::move(patterns), AddressPart::LocalPart}, affix->span};
  if (where == Where::VerifySender)
    condition.kind = Sender{std::get<Recipient>(condition.kind).patterns, AddressPart::LocalPart};
  return condition;
}

/// `require_files`: what is at hand is looked at; a user's file is taken not to be there.
Condition Lowering::files_condition(const Setting& setting, Where where) {
  const ExpressionPtr value = expression(setting.text.text);
  const Frame here = frame(where);
  return test_of(
      value, here, setting.value_span, one_line(setting.span), [value, here, span = setting.value_span](Facts& facts) {
        const Expansion text = Expander(here, facts).expand(*value);
        if (text.status != Value::Yes) return text.status;
        for (const EximItem& item : split_exim_list(EximText(text.text, {})).items) {
          std::string path = item.text.str();
          if (!path.starts_with('/')) continue;
          const Reference file = here.site->sources().refer(path, here.site->main());
          const bool there = file.status == ReferenceStatus::Found || file.status == ReferenceStatus::NotAFile;
          if (!there && file.status != ReferenceStatus::Missing) {
            facts.assume({span, "the file " + path + " is taken not to exist: it " + file.reason});
          }
          if (there == item.negated) return Value::No;
        }
        return Value::Yes;
      });
}

/// What a router asks before it is run, in the server's order.
std::vector<Condition> Lowering::preconditions(const Driver& router, Where where) {
  std::vector<Condition> when;
  const Frame here = frame(where);
  const bool sender = where == Where::VerifySender;
  if (router.doubt >= 0) when.push_back(opaque(document.doubt_reason(router.doubt), router.name_span, false));
  for (const Setting& setting : router.settings) {
    if (setting.doubt >= 0) when.push_back(opaque(document.doubt_reason(setting.doubt), setting.span, false));
  }
  if (auto affix = affix_condition(router, where, "local_part_prefix", true)) when.push_back(std::move(*affix));
  if (auto affix = affix_condition(router, where, "local_part_suffix", false)) when.push_back(std::move(*affix));
  if (const Setting* domains = router.find("domains")) {
    const EximSubject subject = sender ? EximSubject::SenderDomain : EximSubject::RecipientDomain;
    when.push_back(list_condition(expression(domains->text.text), subject, here, domains->value_span));
  }
  if (const Setting* parts = router.find("local_parts")) {
    when.push_back(sender ? opaque("which senders the router takes is not followed", parts->span, false)
                          : list_condition(expression(parts->text.text), EximSubject::RecipientLocalPart, here,
                                           parts->value_span));
  }
  if (router.flag("check_local_user", false)) {
    when.push_back(
        opaque("the local part is taken to be no user of this machine", router.find("check_local_user")->span, true));
  }
  if (const Setting* senders = router.find("senders")) {
    when.push_back(list_condition(expression(senders->text.text), EximSubject::Sender, here, senders->value_span));
  }
  if (const Setting* files = router.find("require_files")) when.push_back(files_condition(*files, where));
  for (const Setting& setting : router.settings) {
    if (setting.name == "condition")
      when.push_back(truth_of(expression(setting.text.text), here, setting.value_span, Value::No));
  }
  return when;
}

/// `route_list` and `route_data`: for which domains a manualroute router has a route.
std::vector<Condition> Lowering::route_conditions(const Driver& router, Where where) {
  const bool sender = where == Where::VerifySender;
  const Frame here = frame(where);
  if (const Setting* data = router.find("route_data")) {
    const ExpressionPtr value = expression(data->text.text);
    const Folded folded = fold(value, here);
    if (folded.kind == Folded::Kind::Constant)
      return {{Constant{folded.text.trimmed().empty() ? Value::No : Value::Yes}, data->span}};
    return {test_of(value, here, data->value_span, one_line(data->span), [value, here](Facts& facts) {
      const Expansion text = Expander(here, facts).expand(*value);
      if (text.status != Value::Yes) return text.status;
      return text.text.find_first_not_of(" \t\r\n") == std::string::npos ? Value::No : Value::Yes;
    })};
  }
  const Setting* routes = router.find("route_list");
  if (routes == nullptr) return {{Constant{Value::No}, router.name_span}};
  // Items are separated by semicolons; the first word of each is an item of a domain list.
  const EximText& text = routes->text.text;
  const ListId any = policy.add_list("route_list", Action::Refuse);
  std::vector<Clause> clauses;
  EximText separated;
  if (!text.view().starts_with('<')) separated.append_derived("<;", routes->value_span);
  separated.append(text);
  for (const EximItem& item : split_exim_list(separated).items) {
    const std::size_t end = std::min(item.text.view().find_first_of(" \t"), item.text.size());
    TextRange word = text_range(0, end);
    const bool quoted = item.text.view().starts_with('"');
    if (quoted) word = text_range(1, std::min(item.text.view().find('"', 1), item.text.size()));
    EximText pattern;
    if (item.negated) pattern.append_derived("!", routes->value_span);
    pattern.append(item.text.slice(word));
    const EximSubject subject = sender ? EximSubject::SenderDomain : EximSubject::RecipientDomain;
    clauses.push_back(accept_when({list_condition(expression(pattern), subject, here, item.span)}, item.span));
    if (!sender && !item.negated) {
      std::vector<Pattern> named = domains_named(expression(pattern));
      for (Pattern& one : named) {
        if (one.kind != PatternKind::Any) granted_domains.push_back(std::move(one));
      }
    }
  }
  policy.list(any).clauses = std::move(clauses);
  return {{ListHolds{any, false}, routes->value_span}};
}

void Lowering::redirect(const Driver& router, Where where, bool verifying, std::vector<Condition> when, ListId list) {
  const Setting* data = router.find("data");
  Clause clause;
  clause.span = router.name_span;
  clause.text = "router " + router.name;
  if (data == nullptr) {
    const Setting* file = router.find("file");
    when.push_back(
        opaque("a user's own file is taken not to redirect", file == nullptr ? router.name_span : file->span, true));
    clause.when = std::move(when);
    clause.then = Action::Accept;
    clause.disposition = Disposition::Local;
    policy.list(list).clauses.push_back(std::move(clause));
    return;
  }
  const ExpressionPtr value = expression(data->text.text);
  const Frame here = frame(where);
  const auto gives = [&](Redirection kind) {
    return test_of(value, here, data->value_span, one_line(data->span), [value, here, kind](Facts& facts) {
      Expander expander(here, facts);
      expander.files_are_foreign = true;
      const Expansion text = expander.expand(*value);
      // A forced failure declines; what is not known is another clause's affair.
      if (text.status == Value::Unknown) return Value::No;
      if (text.status != Value::Yes) return text.status;
      if (kind_of(text.text) != kind) return Value::No;
      // An address that comes out of a router as it went in does not go through it again.
      const bool same = kind == Redirection::Address &&
                        equals_ignoring_case(first_address(text.text, facts.recipient()), facts.recipient());
      return same ? Value::No : Value::Yes;
    });
  };
  const auto add = [&](Redirection kind, Action then, Disposition disposition) {
    Clause one = clause;
    one.when = when;
    one.when.push_back(gives(kind));
    one.then = then;
    one.disposition = disposition;
    policy.list(list).clauses.push_back(std::move(one));
  };
  Clause doubtful = clause;
  doubtful.when = when;
  doubtful.when.push_back(test_of(value, here, data->value_span, one_line(data->span), [value, here](Facts& facts) {
    Expander expander(here, facts);
    expander.files_are_foreign = true;
    return expander.expand(*value).status == Value::Unknown ? Value::Unknown : Value::No;
  }));
  doubtful.then = Action::Accept;
  policy.list(list).clauses.push_back(std::move(doubtful));
  add(Redirection::Fail, verifying ? Action::Refuse : Action::Accept, Disposition::Deliver);
  add(Redirection::Defer, verifying ? Action::Defer : Action::Accept, Disposition::Local);
  add(Redirection::Blackhole, Action::Accept, Disposition::Discard);
  add(Redirection::Local, Action::Accept, Disposition::Local);
  if (verifying) return add(Redirection::Address, Action::Accept, Disposition::Deliver);
  // The new address goes through all routers from the first on.
  Clause one = clause;
  one.when = std::move(when);
  one.when.push_back(gives(Redirection::Address));
  one.effects.push_back({one.when.size(), RewriteRecipient{[value, here](Facts& facts) {
                           Expander expander(here, facts);
                           expander.files_are_foreign = true;
                           Expansion text = expander.expand(*value);
                           if (text.status == Value::Yes) text.text = first_address(text.text, facts.recipient());
                           return text;
                         }}});
  one.then = Action::Call;
  one.call = list;
  policy.list(list).clauses.push_back(std::move(one));
}

void Lowering::router(const Driver& router, Where where, bool verifying, ListId list) {
  if (verifying) {
    const bool sender = where == Where::VerifySender;
    if (!router.flag("verify", true) || !router.flag(sender ? "verify_sender" : "verify_recipient", true)) return;
  } else if (router.flag("verify_only", false)) {
    return;
  }
  const std::string_view kind = router.text("driver");
  std::vector<Condition> when = preconditions(router, where);
  const std::vector<Condition> asked = when;
  const Driver* transport = document.transport(router.text("transport"));
  Clause clause;
  clause.span = router.name_span;
  clause.text = "router " + router.name;
  clause.then = Action::Accept;
  clause.disposition = is_remote(transport) ? Disposition::Relay : Disposition::Local;
  if (kind == "redirect") {
    redirect(router, where, verifying, std::move(when), list);
  } else if (kind == "accept" || kind == "dnslookup" || kind == "manualroute" || kind == "ipliteral") {
    if (kind == "dnslookup") {
      when.push_back(routable_domain(where, false, router.name_span));
      clause.disposition = Disposition::Relay;
    } else if (kind == "ipliteral") {
      when.push_back(routable_domain(where, true, router.name_span));
      clause.disposition = Disposition::Relay;
    } else if (kind == "manualroute") {
      for (Condition& condition : route_conditions(router, where)) when.push_back(std::move(condition));
      if (transport == nullptr) clause.disposition = Disposition::Relay;
    }
    clause.when = std::move(when);
    if (router.flag("unseen", false) && !verifying && clause.disposition == Disposition::Local)
      clause.then = Action::Continue;
    policy.list(list).clauses.push_back(std::move(clause));
  } else {
    clause.when = std::move(when);
    clause.when.push_back(opaque("what the router " + router.name + " (" + std::string(kind) + ") does is not known",
                                 router.name_span, false));
    policy.list(list).clauses.push_back(std::move(clause));
  }
  if (router.flag("more", true)) return;
  Clause last;  // a router that was run and did not take the address: no other is tried
  last.when = asked;
  last.span = router.name_span;
  last.text = "router " + router.name + " lets no other router try";
  last.then = verifying ? Action::Refuse : Action::Accept;
  policy.list(list).clauses.push_back(std::move(last));
}

/// A domain that DNS knows (every name of the contract resolves), or an address in brackets.
Condition Lowering::routable_domain(Where where, bool literal, Span span) {
  Evaluable test;
  test.text = literal ? "the domain is an address in brackets" : "the domain has an MX or address record";
  test.test = [where, literal](Facts& facts) {
    const std::string address = subject_of(where, facts);
    const std::size_t at = address.rfind('@');
    const std::string_view domain =
        at == std::string::npos ? std::string_view{} : std::string_view(address).substr(at + 1);
    const bool bracketed = domain.starts_with('[');
    return !domain.empty() && bracketed == literal ? Value::Yes : Value::No;
  };
  return {std::move(test), span};
}

ListId Lowering::routers(Where where, bool verifying) {
  const auto [known, fresh] = router_lists_.try_emplace({static_cast<int>(where), verifying});
  if (!fresh) return known->second;
  const std::string name = where == Where::VerifySender ? "verify = sender"
                           : verifying                  ? "verify = recipient"
                                                        : "delivery";
  const ListId list = policy.add_list(name, verifying ? Action::Refuse : Action::Accept);
  router_lists_[{static_cast<int>(where), verifying}] = list;
  policy.list(list).final_text = "no router takes the address";
  if (where == Where::VerifySender) {
    PatternSet null_sender;
    null_sender.add(PatternKind::Exact, "");
    policy.list(list).clauses.push_back(
        accept_when({{Sender{std::move(null_sender)}, {}}}, {}, "the null sender verifies"));
  }
  for (const Driver& one : document.routers) this->router(one, where, verifying, list);
  return list;
}

}  // namespace relaylint::exim4
