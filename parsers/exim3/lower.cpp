// What a configuration means for relaying: README.md, "Who may relay". The order is that of Exim's smtp_in.c.

#include <algorithm>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim3/exim3.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim3 {

namespace {

/// A domain with so many percent signs is not unwound further; what is left is local, and goes nowhere.
constexpr int kMaxPercentSigns = 8;

class Lowering {
 public:
  Lowering(const Exim3Document& document, const LowerOptions& options) : document_(document) {
    policy_.product = "exim";
    policy_.version_span = top();
    const auto told = options.products.find("exim");
    // Nothing but Exim 3 reads a file of this dialect.
    policy_.version = told != options.products.end() ? told->second : "3";
    context_.dialect = EximDialect::Exim3;
    context_.sources = &document.sources();
    context_.from = document.main();
    context_.policy = &policy_;
    context_.primary_hostname = value_of("primary_hostname");
  }

  RelayPolicy run() {
    refuse_to_load();
    name_domains();
    credentials_ = credentials_of(document_);
    listener_.name = "smtp";
    listener_.span = top();
    add_connect_stage();
    add_mail_stage();
    add_rcpt_stage();
    if (!local_.empty() || !document_.rewrites.empty()) add_delivery(document_, context_, local_list(), policy_);
    bind_listener();
    policy_.listeners.push_back(std::move(listener_));
    observe(document_, credentials_, policy_);
    return std::move(policy_);
  }

 private:
  [[nodiscard]] Span top() const { return {document_.main(), {0, 0}}; }
  [[nodiscard]] const Setting* find(std::string_view name) const { return document_.find(name); }
  [[nodiscard]] std::string value_of(std::string_view name) const {
    const auto* setting = find(name);
    return setting == nullptr ? std::string() : setting->value.text.str();
  }

  void refuse_to_load() {
    for (const auto& problem : document_.problems) {
      if (problem.fatal && !policy_.unloadable) policy_.unloadable = Note{problem.span, problem.message};
    }
  }

  /// A list setting's meaning; nothing where it is not set. Lowered once, used wherever it is asked.
  const EximLoweredList* list(std::string_view name, EximSubject subject) {
    const auto* setting = find(name);
    if (setting == nullptr) return nullptr;
    const auto [found, added] = lists_.try_emplace(std::string(name));
    if (!added) return &found->second;
    found->second = lower_exim_list(setting->value.text, subject, context_);
    auto& lowered = found->second;
    if (lowered.condition.span.range.empty()) lowered.condition.span = setting->span;
    for (auto& note : lowered.broken) {
      policy_.observations.push_back({ObservationKind::Advice, note.span, std::move(note.text), std::nullopt});
    }
    return &lowered;
  }

  // --- domains ---

  /// The setting that names the domain which an unset local_domains falls back on.
  [[nodiscard]] const Setting* default_domain() const {
    for (const std::string_view name : {"qualify_recipient", "qualify_domain", "primary_hostname"}) {
      const auto* setting = find(name);
      if (setting != nullptr && !setting->value.text.empty()) return setting;
    }
    return nullptr;
  }

  void add_local(Pattern pattern) {
    PatternSet alone;
    alone.add(pattern);
    local_.push_back({Recipient{std::move(alone), AddressPart::Domain}, pattern.span});
    policy_.local_domains.add(std::move(pattern));
  }

  void name_domains() {
    if (const auto* listed = list("local_domains", EximSubject::RecipientDomain)) {
      local_.push_back(listed->condition);
      if (const auto* set = std::get_if<Recipient>(&listed->condition.kind)) {
        policy_.local_domains = set->patterns;
      } else {
        for (const auto& pattern : listed->named_patterns) policy_.local_domains.add(pattern);
      }
    } else if (const auto* setting = default_domain()) {
      add_local({PatternKind::Exact, setting->value.text.str(), setting->value_span(), false, {}});
    } else {
      policy_.assumptions.push_back(
          {top(), "the machine's own name is the only local domain: local_domains is not set"});
    }
    if (document_.is_on("local_domains_include_host") && !context_.primary_hostname.empty()) {
      add_local({PatternKind::Exact, context_.primary_hostname, find("local_domains_include_host")->span, false, {}});
    }
    if (const auto* relay = list("relay_domains", EximSubject::RecipientDomain)) {
      for (const auto& pattern : relay->named_patterns) policy_.relay_domains.add(pattern);
    }
    for (const auto& pattern : policy_.local_domains.patterns()) {
      if (pattern.kind != PatternKind::Exact || pattern.negated || pattern.text.empty()) continue;
      policy_.local_name = to_lower(pattern.text);
      return;
    }
    if (!context_.primary_hostname.empty()) policy_.local_name = to_lower(context_.primary_hostname);
  }

  // --- stages ---

  DecisionList& add_stage(std::string name, bool per_recipient) {
    const auto id = policy_.add_list(name, per_recipient ? Action::Refuse : Action::Continue);
    listener_.stages.push_back({std::move(name), id, per_recipient});
    current_ = id;
    return policy_.list(id);
  }

  void add(Clause clause) { policy_.list(current_).clauses.push_back(std::move(clause)); }

  void refuse(std::string_view option, EximSubject subject, std::vector<Condition> also = {}) {
    const auto* listed = list(option, subject);
    if (listed == nullptr) return;
    std::vector<Condition> when{listed->condition};
    for (auto& condition : also) when.push_back(std::move(condition));
    add(refuse_when(std::move(when), find(option)->span, find(option)->text()));
  }

  [[nodiscard]] Condition not_of(Condition condition) const {
    condition.negated = !condition.negated;
    return condition;
  }
  [[nodiscard]] Condition authenticated() const { return {credentials_, top()}; }

  void add_connect_stage() {
    add_stage("connect", false);
    refuse("host_reject", EximSubject::Client);
  }

  void add_mail_stage() {
    add_stage("mail", false);
    refuse("auth_hosts", EximSubject::Client, {not_of(authenticated())});
    refuse("tls_hosts", EximSubject::Client, {not_of({Tls{}, top()})});
    refuse("sender_reject", EximSubject::Sender);
  }

  void add_rcpt_stage() {
    add_stage("rcpt", true);
    add_smtp_rewriting();
    add_unqualified();
    add_rejected_recipients();
    add_percent_hack();
    add_local_clauses();
    if (const auto* relay = list("relay_domains", EximSubject::RecipientDomain)) {
      add(accept_when({relay->condition}, find("relay_domains")->span, find("relay_domains")->text()));
    }
    add_relay_check();
    if (document_.is_on("relay_domains_include_local_mx")) {
      const auto* setting = find("relay_domains_include_local_mx");
      add(accept_when({{MxIsHere{}, setting->span}}, setting->span, setting->text()));
    }
    auto& rcpt = policy_.list(current_);
    rcpt.final_origin = Origin::ProductDefault;
    rcpt.final_span = document_.main_end;
    rcpt.final_text = "relaying is not permitted";
  }

  // Rules with flag S act before anything is tested.
  void add_smtp_rewriting() {
    for (const auto& rule : document_.rewrites) {
      if (!rewrites_at_smtp_time(rule)) continue;
      add(accept_when({rewriting_doubt(rule)}, rule.span));
      add(refuse_when({rewriting_doubt(rule)}, rule.span));
      add(rewriting_clause(rule));
    }
  }

  /// An address without a domain is refused, but from hosts that may omit it: then qualify_recipient is added.
  void add_unqualified() {
    PatternSet none;
    none.add(PatternKind::Exact, "");
    const Condition unqualified{Recipient{none, AddressPart::Domain}, top(), false, Origin::ProductDefault};
    if (const auto* hosts = list("receiver_unqualified_hosts", EximSubject::Client)) {
      const auto* domain = default_domain();
      Clause qualify;
      qualify.when = {unqualified, hosts->condition};
      const auto added = "@" + (domain == nullptr ? policy_.local_name : domain->value.text.str());
      const auto append = [added](Facts& facts) { return Expansion{Value::Yes, facts.recipient() + added}; };
      qualify.effects.push_back({2, RewriteRecipient{append}});
      qualify.span = find("receiver_unqualified_hosts")->span;
      add(std::move(qualify));
    }
    Clause refused = refuse_when({unqualified}, top(), "a recipient without a domain");
    refused.origin = Origin::ProductDefault;
    add(std::move(refused));
  }

  void add_rejected_recipients() {
    const auto* except = list("recipients_reject_except", EximSubject::Recipient);
    const auto* except_senders = list("recipients_reject_except_senders", EximSubject::Sender);
    std::vector<Condition> unless;
    if (except != nullptr) unless.push_back(not_of(except->condition));
    if (except_senders != nullptr) unless.push_back(not_of(except_senders->condition));
    refuse("host_reject_recipients", EximSubject::Client, unless);
    refuse("sender_reject_recipients", EximSubject::Sender, unless);
  }

  /// `user%dom@ours` is `user@dom` where ours is a percent-hack domain, and is tested again as that.
  void add_percent_hack() {
    const auto* hack = list("percent_hack_domains", EximSubject::RecipientDomain);
    if (hack == nullptr || local_.empty()) return;
    PatternSet percent;
    percent.add(PatternKind::Glob, "*%*@*");
    const auto unwind = [](Facts& facts) {
      const auto address = facts.recipient();
      auto local_part = std::string(local_part_of(address));
      const auto sign = local_part.rfind('%');
      if (sign == std::string::npos) return Expansion{Value::No, {}};
      local_part[sign] = '@';
      return Expansion{Value::Yes, std::move(local_part)};
    };
    const auto* setting = find("percent_hack_domains");
    for (int i = 0; i < kMaxPercentSigns; ++i) {
      Clause clause;
      clause.when = {local_list(), hack->condition, {Recipient{percent, AddressPart::Address}, top()}};
      clause.effects.push_back({3, RewriteRecipient{unwind}});
      clause.span = setting->span;
      clause.text = setting->text();
      add(std::move(clause));
    }
  }

  /// "The recipient's domain is local", as one question.
  Condition local_list() {
    if (!local_list_) {
      local_list_ = policy_.add_list("local domains");
      for (const auto& local : local_) policy_.list(*local_list_).clauses.push_back(accept_when({local}, local.span));
    }
    return {ListHolds{*local_list_}, local_.empty() ? top() : local_.front().span};
  }

  void add_local_clauses() {
    for (const auto& local : local_) add(accept_when({local}, local.span));
  }

  // --- hosts and senders ---

  /// One way for a client to be permitted by its host.
  struct HostWay {
    std::vector<Condition> when{};
    const Setting* setting = nullptr;
  };

  /// A list that takes in everybody (`host_auth_accept_relay = *` is usual) says nothing beside what it goes with.
  static std::vector<Condition> only(Condition condition, const EximLoweredList& hosts) {
    const auto* clients = std::get_if<ClientIn>(&hosts.condition.kind);
    if (clients != nullptr && clients->set == AddressSet::everything()) return {std::move(condition)};
    return {std::move(condition), hosts.condition};
  }

  std::vector<HostWay> host_ways() {
    std::vector<HostWay> ways;
    if (const auto* hosts = list("host_accept_relay", EximSubject::Client)) {
      ways.push_back({{hosts->condition}, find("host_accept_relay")});
    }
    if (const auto* hosts = list("host_auth_accept_relay", EximSubject::Client)) {
      ways.push_back({only(authenticated(), *hosts), find("host_auth_accept_relay")});
    }
    if (const auto* hosts = list("tls_host_accept_relay", EximSubject::Client)) {
      const Condition tls{Tls{}, find("tls_host_accept_relay")->span};
      ways.push_back({only(tls, *hosts), find("tls_host_accept_relay")});
    }
    return ways;
  }

  /// Permitted are hosts whose senders pass; with relay_match_host_or_sender, either will do.
  void add_relay_check() {
    const auto ways = host_ways();
    const auto* senders = list("sender_address_relay", EximSubject::Sender);
    if (document_.is_on("relay_match_host_or_sender")) return add_either(ways, senders);
    for (const auto& way : ways) {
      if (senders == nullptr) {
        add(accept_when(way.when, way.setting->span, way.setting->text()));
        continue;
      }
      for (auto& sender : sender_ways(*senders)) {
        auto when = way.when;
        when.push_back(std::move(sender));
        add(accept_when(std::move(when), way.setting->span, way.setting->text()));
      }
    }
  }

  /// The sender test is made for sender_address_relay_hosts only; others pass it.
  std::vector<Condition> sender_ways(const EximLoweredList& senders) {
    std::vector<Condition> ways;
    if (const auto* hosts = list("sender_address_relay_hosts", EximSubject::Client))
      ways.push_back(not_of(hosts->condition));
    ways.push_back(senders.condition);
    return ways;
  }

  void add_either(const std::vector<HostWay>& ways, const EximLoweredList* senders) {
    const auto* either = find("relay_match_host_or_sender");
    for (const auto& way : ways) add(accept_when(way.when, way.setting->span, way.setting->text()));
    if (senders == nullptr) {
      // No list of senders passes every sender, and one of the two is enough.
      auto clause = accept_when({}, either->span, either->text() + ", and no sender_address_relay");
      clause.is_switch = true;
      add(std::move(clause));
      return;
    }
    for (auto& sender : sender_ways(*senders)) {
      const bool by_host = sender.negated;
      auto clause = accept_when(
          {std::move(sender)}, by_host ? either->span : find("sender_address_relay")->span,
          either->text() + " with " + find(by_host ? "sender_address_relay_hosts" : "sender_address_relay")->text());
      clause.is_switch = by_host;
      add(std::move(clause));
    }
  }

  void bind_listener() {
    const auto* interfaces = find("local_interfaces");
    if (interfaces == nullptr) return;
    AddressSet bound;
    for (const auto& item : split_exim_list(interfaces->value.text).items) {
      const auto address = AddressSet::parse(item.text.view());
      if (!address || item.negated) return;
      bound = bound.unite(*address);
    }
    if (bound.empty() || !bound.subtract(loopback_addresses()).empty()) return;
    listener_.reachable = loopback_addresses();
    listener_.span = interfaces->span;
    listener_.unreachable_reason = "is bound to the loopback address only";
  }

  const Exim3Document& document_;
  RelayPolicy policy_{};
  EximListContext context_{};
  std::map<std::string, EximLoweredList, std::less<>> lists_{};
  std::vector<Condition> local_{};  ///< any of them: the recipient's domain is local
  std::optional<ListId> local_list_{};
  Authenticated credentials_{};
  Listener listener_{};
  ListId current_{};
};

}  // namespace

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowering(static_cast<const Exim3Document&>(document), options).run();
}

}  // namespace relaylint::exim3
