// From the files to the policy: one listener for each service that is started, or one where no script says how.

#include <algorithm>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/lowering.hpp"

namespace relaylint::qmail {
namespace {

/// Entries of a list file as patterns: a leading dot stands for every name below it.
PatternSet patterns_of(const QmailDocument& document, std::string_view name) {
  PatternSet set;
  const std::optional<FileId> file = document.control(name);
  if (!file) return set;
  for_each_entry(document.sources().file(*file).bytes(), [&](const ControlEntry& entry) {
    const Span span{*file, entry.range};
    if (entry.text == ".") {
      set.add(PatternKind::Tail, ".", span);  // names written with a dot at their end
    } else if (entry.text.starts_with('.')) {
      set.add(PatternKind::Below, std::string(entry.text.substr(1)), span);
    } else {
      set.add(PatternKind::Exact, std::string(entry.text), span);
    }
  });
  return set;
}

std::string line_of(const QmailDocument& document, std::string_view name) {
  const std::optional<std::string_view> bytes = document.bytes_of(name);
  const std::optional<TextRange> line = bytes ? first_line(*bytes) : std::nullopt;
  return line ? std::string(bytes->substr(line->start, line->size())) : std::string();
}

/// rcpthosts, and morercpthosts.cdb behind it.
PatternSet accepted_domains(const QmailDocument& document) {
  PatternSet set = patterns_of(document, "rcpthosts");
  const std::optional<FileId> more = document.control("morercpthosts.cdb");
  if (!more || !document.bytes_of("morercpthosts.cdb")) return set;
  for_each_record(*document.bytes_of("morercpthosts.cdb"), [&](const CdbRecord& record) {
    const Span span{*more, record.range};
    if (record.key.starts_with('.')) {
      set.add(PatternKind::Below, std::string(record.key.substr(1)), span);
    } else {
      set.add(PatternKind::Exact, std::string(record.key), span);
    }
  });
  return set;
}

class Lowerer {
 public:
  Lowerer(const QmailDocument& document, const LowerOptions& options) : document_(document), options_(options) {}

  RelayPolicy run();

 private:
  void describe();
  ListId lower_address();
  ListId lower_rcpt(const Service* service);
  void accept_relayclient(DecisionList& list) const;
  void accept_authenticated(const Service* service, DecisionList& list) const;
  void accept_forged_senders(DecisionList& list) const;
  void accept_rcpthosts(DecisionList& list);
  void add_listener(const Service* service);
  [[nodiscard]] bool dead() const;
  [[nodiscard]] bool is_ldap() const { return document_.control("ldapserver") || document_.control("ldapbasedn"); }

  const QmailDocument& document_;
  const LowerOptions& options_;
  RelayPolicy policy_{};
  Domains domains_{};
};

/// control/me and control/smtpgreeting are missing: the daemon says 421 and leaves. Where rcpthosts is missing as well
/// nothing was configured; where there is no control folder to look at nothing is known.
bool Lowerer::dead() const {
  return document_.control_seen && !document_.bytes_of("me") && !document_.bytes_of("smtpgreeting");
}

void Lowerer::describe() {
  policy_.product = "qmail";
  if (const auto version = options_.products.find("qmail"); version != options_.products.end())
    policy_.version = version->second;
  policy_.version_span = {document_.main(), {}};
  domains_ = read_domains(document_);
  policy_.local_domains = domains_.locals;
  for (const Domains::Virtual& entry : domains_.virtuals) {
    if (entry.prepend.empty() || entry.key.empty() || entry.key.find('@') != std::string::npos) continue;
    const bool below = entry.key.front() == '.';
    policy_.local_domains.add(below ? PatternKind::Below : PatternKind::Exact, below ? entry.key.substr(1) : entry.key,
                              entry.span);
  }
  policy_.relay_domains = accepted_domains(document_);
  const std::vector<Pattern>& locals = policy_.local_domains.patterns();
  if (!locals.empty() && !locals.front().text.empty()) {
    policy_.local_name = locals.front().text;
  } else if (!domains_.me.empty()) {
    policy_.local_name = domains_.me;
  }
}

/// The recipient as addrparse leaves it.
ListId Lowerer::lower_address() {
  const ListId id = policy_.add_list("address", Action::Accept);
  Clause parse;
  parse.effects.push_back(
      {0, RewriteRecipient{[](Facts& facts) {
         const std::string address = facts.recipient();
         std::string parsed = parse_address(address);
         return parsed == address ? Expansion{Value::No, {}} : Expansion{Value::Yes, std::move(parsed)};
       }}});
  policy_.list(id).clauses.push_back(std::move(parse));
  return id;
}

void Lowerer::accept_relayclient(DecisionList& list) const {
  Clause clause =
      accept_when({{Bound{kRelayClient}, {document_.main(), {}}}}, {document_.main(), {}}, "RELAYCLIENT is set");
  clause.effects.push_back({1, RewriteRecipient{[](Facts& facts) {
                              bool unknown = false;
                              const std::string value = facts.binding(kRelayClient, unknown).value_or("");
                              if (value.empty()) return Expansion{Value::No, {}};
                              return Expansion{Value::Yes, facts.recipient() + value};
                            }}});
  list.clauses.push_back(std::move(clause));
}

/// SMTP AUTH is a patch, in two conventions: `qmail-smtpd HOST CHECKPASSWORD PROGRAM` (needs nothing else) and
/// `qmail-smtpd CHECKPASSWORD PROGRAM` (off unless SMTPAUTH is set).
void Lowerer::accept_authenticated(const Service* service, DecisionList& list) const {
  if (service == nullptr || service->daemon != Daemon::Smtp || service->arguments.empty()) return;
  const auto accepts_all = [](const Word& word) { return base_name(word.text) == "true"; };
  const bool by_variable =
      service->before.smtpauth.state == Variable::State::Set || service->after.smtpauth.state == Variable::State::Set;
  const std::vector<Word>& words = service->arguments;
  const Word& first = words.front();
  const bool host_first = words.size() >= 3 || (first.known && first.text.find('/') == std::string::npos);
  const std::size_t at = host_first && !by_variable ? 1 : 0;
  if (at >= words.size()) return;
  if (!host_first && !by_variable && words.size() == 1) return;  // unpatched, or AUTH is off
  const Word& checker = words[at];
  Condition condition{Authenticated{}, checker.span};
  auto& authenticated = std::get<Authenticated>(condition.kind);
  authenticated.note = {checker.span, checker.text + " is given as the password check"};
  if (!host_first && !by_variable) {
    // `vchkpw /bin/true`: right for one patch, and for the other the host name is forgotten and /bin/true checks
    // passwords.
    if (!accepts_all(words[1])) return;
    authenticated.check = CredentialCheck::Unknown;
    authenticated.note = {
        words[1].span, "with the AUTH patch that takes a host name first, " + words[1].text + " checks the passwords"};
  } else {
    authenticated.check = accepts_all(checker) ? CredentialCheck::Anything : CredentialCheck::Real;
  }
  list.clauses.push_back(accept_when({std::move(condition)}, checker.span, "authenticated by " + checker.text));
}

/// The relaymailfrom patch: senders that may relay, which anybody can claim to be.
void Lowerer::accept_forged_senders(DecisionList& list) const {
  const std::optional<FileId> file = document_.control("relaymailfrom");
  if (!file || !document_.bytes_of("relaymailfrom")) return;
  PatternSet senders;
  for_each_entry(*document_.bytes_of("relaymailfrom"), [&](const ControlEntry& entry) {
    senders.add(entry.text.starts_with('@') ? PatternKind::Tail : PatternKind::Exact, std::string(entry.text),
                {*file, entry.range});
  });
  if (senders.empty()) return;
  const Span span = senders.patterns().front().span;
  list.clauses.push_back(
      accept_when({{Sender{std::move(senders), AddressPart::Address}, span}}, span, "control/relaymailfrom"));
}

void Lowerer::accept_rcpthosts(DecisionList& list) {
  const std::optional<FileId> file = document_.control("rcpthosts");
  if (!document_.control_seen || !file) {
    Clause unknown = accept_when({opaque("control/rcpthosts is not at hand", {document_.main(), {}}, false)},
                                 {document_.main(), {}}, "whatever control/rcpthosts says");
    list.clauses.push_back(std::move(unknown));
    return;
  }
  const Span whole{*file, {}};
  if (!document_.bytes_of("rcpthosts") && !is_ldap()) {
    list.final = Action::Accept;
    list.final_origin = Origin::ProductDefault;
    list.final_span = whole;
    list.final_text = "control/rcpthosts does not exist: every recipient is taken";
    list.final_is_switch = true;
    return;
  }
  Clause bare;  // no @ at all: taken, and completed by qmail-send
  const auto has_no_host = [](Facts& facts) {
    return facts.recipient().find('@') == std::string::npos ? Value::Yes : Value::No;
  };
  bare.when.push_back({Evaluable{has_no_host, {}, {}, "an address without @"}, whole});
  bare.then = Action::Accept;
  bare.span = whole;
  bare.text = "an address without @ is always taken";
  list.clauses.push_back(std::move(bare));
  PatternSet accepted = policy_.relay_domains;
  const Span span{*file, {0, static_cast<std::uint32_t>(document_.sources().file(*file).bytes().size())}};
  list.clauses.push_back(
      accept_when({{Recipient{std::move(accepted), AddressPart::Domain}, span}}, whole, "control/rcpthosts"));
  if (is_ldap()) {
    list.clauses.push_back(accept_when({{Recipient{policy_.local_domains, AddressPart::Domain}, whole}}, whole,
                                       "a local domain (qmail-ldap)"));
  }
}

ListId Lowerer::lower_rcpt(const Service* service) {
  const ListId id = policy_.add_list("rcpt", Action::Refuse);
  DecisionList list = policy_.list(id);
  accept_relayclient(list);
  const bool checks_nothing =
      service != nullptr && (service->daemon == Daemon::Qmqp || service->daemon == Daemon::Ofmip);
  if (checks_nothing) {
    list.final = Action::Accept;
    list.final_span = service->span;
    list.final_text = "this daemon relays for every client that may connect";
  } else {
    accept_authenticated(service, list);
    accept_forged_senders(list);
    accept_rcpthosts(list);
  }
  policy_.list(id) = std::move(list);
  return id;
}

void Lowerer::add_listener(const Service* service) {
  Listener listener;
  listener.name = service == nullptr ? "smtp" : service->name.empty() ? "qmail" : service->name;
  listener.reachable = service == nullptr ? AddressSet::all_v4() : service->reachable;
  listener.span = service == nullptr ? Span{document_.main(), {}} : service->span;
  if (service != nullptr) {
    listener.port = service->port;
    listener.unreachable_reason = service->unreachable_reason;
  }
  if (dead()) {
    listener.reachable = {};
    listener.unreachable_reason = "does not start: control/me is missing";
  }
  listener.stages.push_back({"connect", lower_connect(document_, service, policy_), false});
  listener.stages.push_back({"address", lower_address(), true});
  listener.stages.push_back({"rcpt", lower_rcpt(service), true});
  policy_.listeners.push_back(std::move(listener));
}

RelayPolicy Lowerer::run() {
  describe();
  std::vector<const Service*> services;
  for (const Service& service : document_.services) services.push_back(&service);
  if (services.empty()) services.push_back(nullptr);
  for (const Service* service : services) add_listener(service);
  policy_.delivery = lower_delivery(document_, domains_, policy_);
  observe(document_, domains_, policy_);
  return std::move(policy_);
}

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  text = text.substr(0, text.find('\n'));
  return text.size() <= kLongest ? std::string(text) : std::string(text.substr(0, kLongest)) + "…";
}

Domains read_domains(const QmailDocument& document) {
  Domains domains;
  domains.me = line_of(document, "me");
  domains.envnoathost = line_of(document, "envnoathost");
  if (domains.envnoathost.empty()) domains.envnoathost = domains.me;
  if (document.bytes_of("locals")) {
    domains.locals = patterns_of(document, "locals");
  } else if (!domains.me.empty()) {
    const std::optional<FileId> me = document.control("me");
    domains.locals.add(PatternKind::Exact, domains.me, {*me, *first_line(*document.bytes_of("me"))});
  }
  if (const std::optional<FileId> file = document.control("virtualdomains");
      file && document.bytes_of("virtualdomains")) {
    for_each_entry(*document.bytes_of("virtualdomains"), [&](const ControlEntry& entry) {
      const std::size_t colon = entry.text.find(':');
      if (colon == std::string_view::npos) return;
      domains.virtuals.push_back(
          {std::string(entry.text.substr(0, colon)), std::string(entry.text.substr(colon + 1)), {*file, entry.range}});
    });
  }
  if (document.bytes_of("percenthack")) domains.percent_hack = patterns_of(document, "percenthack");
  return domains;
}

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowerer(static_cast<const QmailDocument&>(document), options).run();
}

}  // namespace relaylint::qmail
