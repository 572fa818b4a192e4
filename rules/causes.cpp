#include "rules/causes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "lint/conditions.hpp"

namespace relaylint {
namespace {

/// Collects the causes of one hole, clause by clause.
class Collector {
 public:
  Collector(const RelayPolicy& policy, const Hole& hole) : policy_(policy), hole_(hole) {}

  std::vector<Cause> run();

 private:
  void look_at(ClauseRef ref, bool is_grant);
  void look_at_end(ClauseRef ref);
  void look_at(const Condition& condition, Span clause_span);
  void clients(const ClientIn& condition, Span span, Span clause_span);
  void domains(const Recipient& condition, Span span, Span clause_span);
  void add(CauseKind kind, Span span, Span clause_span, std::vector<Span> items = {}) {
    found_.push_back({kind, span, clause_span, std::move(items)});
  }
  [[nodiscard]] const Transaction& transaction() const { return hole_.witness.transaction; }

  const RelayPolicy& policy_;
  const Hole& hole_;
  std::vector<Cause> found_{};
};

bool is_default_sender(const Transaction& transaction) { return transaction.mail_from == Transaction{}.mail_from; }
bool is_default_helo(const Transaction& transaction) { return transaction.helo == Transaction{}.helo; }

void Collector::clients(const ClientIn& condition, Span span, Span clause_span) {
  if (!is_too_many_to_trust(condition.set) && !condition.set.intersects(policy_.stands_for_everybody)) return;
  Cause cause{CauseKind::Clients, span, clause_span, {}, condition.set.intersect(hole_.clients)};
  const auto at_fault = [&](const AddressItem& item) {
    return !item.negated && (is_too_many_to_trust(item.set.intersect(hole_.clients)) ||
                             item.set.intersects(policy_.stands_for_everybody));
  };
  for (const AddressItem& item : condition.items) {
    if (at_fault(item)) cause.items.push_back(item.span);
  }
  if (cause.items.empty()) {  // only together are they too many
    for (const AddressItem& item : condition.items) {
      if (!item.negated && is_wide(item.set)) cause.items.push_back(item.span);
    }
  }
  if (!cause.items.empty()) cause.span = cause.items.front();
  found_.push_back(std::move(cause));
}

void Collector::domains(const Recipient& condition, Span span, Span clause_span) {
  const std::string& address = transaction().rcpt_to;
  const std::string domain(condition.part == AddressPart::Domain ? domain_of(address) : address);
  const std::optional<std::size_t> deciding = condition.patterns.deciding(domain);
  if (condition.part == AddressPart::LocalPart) return;
  if (!deciding) {
    if (!condition.patterns.at_end()) return;
    Cause cause{CauseKind::Domains, span, clause_span};
    cause.at_list_end = true;
    if (!condition.patterns.empty()) cause.items.push_back(condition.patterns.patterns().back().span);
    found_.push_back(std::move(cause));
    return;
  }
  const Span item = condition.patterns.patterns()[*deciding].span;
  add(CauseKind::Domains, item, clause_span, {item});
}

void Collector::look_at(const Condition& condition, Span clause_span) {
  if (condition.negated) return;
  if (const auto* client = std::get_if<ClientIn>(&condition.kind)) {
    clients(*client, condition.span, clause_span);
  } else if (const auto* recipient = std::get_if<Recipient>(&condition.kind)) {
    domains(*recipient, condition.span, clause_span);
  } else if (const auto* sender = std::get_if<Sender>(&condition.kind)) {
    const std::string& usual = Transaction{}.mail_from;
    const std::string_view part = sender->part == AddressPart::Domain ? domain_of(usual) : std::string_view(usual);
    if (sender->patterns.match(part) != MatchResult::Yes)
      add(CauseKind::Identity, condition.span, clause_span, {condition.span});
  } else if (std::holds_alternative<HeloName>(condition.kind)) {
    if (!is_default_helo(transaction())) add(CauseKind::Identity, condition.span, clause_span, {condition.span});
  } else if (std::holds_alternative<ClientName>(condition.kind) ||
             std::holds_alternative<ClientHasName>(condition.kind)) {
    add(CauseKind::Identity, condition.span, clause_span, {condition.span});
  } else if (const auto* auth = std::get_if<Authenticated>(&condition.kind)) {
    const Span place = auth->note.text.empty() ? condition.span : auth->note.span;
    if (transaction().auth == Auth::Junk) add(CauseKind::Credentials, place, place, {place});
  } else if (const auto* evaluable = std::get_if<Evaluable>(&condition.kind)) {
    if (!evaluable->cuts.empty()) {
      found_.push_back({CauseKind::Clients, condition.span, clause_span, {}, hole_.clients});
    } else if (!is_default_helo(transaction()) || !is_default_sender(transaction())) {
      add(CauseKind::Identity, condition.span, clause_span, {condition.span});
    }
  }
}

/// A list that was asked and said yes at its end: its last item is negated, everybody else is in it.
void Collector::look_at_end(ClauseRef ref) {
  const DecisionList& list = policy_.list(ref.list);
  if (list.clauses.empty()) return;
  const Clause& last = list.clauses.back();
  const bool about_clients = std::any_of(last.when.begin(), last.when.end(), [](const Condition& condition) {
    return std::holds_alternative<ClientIn>(condition.kind) || std::holds_alternative<ClientName>(condition.kind);
  });
  Cause cause{about_clients ? CauseKind::Clients : CauseKind::Domains,
              last.span,
              policy_.span_of(hole_.grant),
              {last.span},
              hole_.clients};
  cause.at_list_end = true;
  found_.push_back(std::move(cause));
}

void Collector::look_at(ClauseRef ref, bool is_grant) {
  const Clause* clause = policy_.clause(ref);
  if (clause == nullptr) {
    if (!is_grant) look_at_end(ref);
    return;
  }
  // The place a fix starts from: the statement that grants, or that binds what the grant looks at.
  const bool binds = !clause->effects.empty();
  const Span clause_span = is_grant || binds ? clause->span : policy_.span_of(hole_.grant);
  const std::size_t before = found_.size();
  for (const Condition& condition : clause->when) look_at(condition, clause_span);
  if (!binds || is_grant || found_.size() != before) return;
  const bool rewrites = std::any_of(clause->effects.begin(), clause->effects.end(), [](const Effect& effect) {
    return std::holds_alternative<RewriteRecipient>(effect.what);
  });
  if (rewrites) {
    add(CauseKind::Form, clause->span, clause->span, {clause->span});
  } else {  // what relays is given to everybody
    found_.push_back({CauseKind::Clients, clause->span, clause->span, {}, hole_.clients});
  }
}

std::vector<Cause> Collector::run() {
  const Span grant_span = policy_.span_of(hole_.grant);
  if (policy_.is_switch(hole_.grant)) {
    const bool by_default = policy_.origin_of(hole_.grant) == Origin::ProductDefault;
    add(by_default ? CauseKind::Default : CauseKind::Switch, grant_span, grant_span);
    return std::move(found_);
  }
  const bool rewritten = std::any_of(hole_.supports.begin(), hole_.supports.end(), [&](ClauseRef ref) {
    const Clause* clause = policy_.clause(ref);
    return clause != nullptr && std::any_of(clause->effects.begin(), clause->effects.end(), [](const Effect& effect) {
             return std::holds_alternative<RewriteRecipient>(effect.what);
           });
  });
  if (rewritten) {  // the grant itself is for a domain that is ours
    for (const ClauseRef ref : hole_.supports) {
      const Clause* clause = policy_.clause(ref);
      if (clause == nullptr) continue;
      for (const Effect& effect : clause->effects) {
        if (std::holds_alternative<RewriteRecipient>(effect.what))
          add(CauseKind::Form, clause->span, clause->span, {clause->span});
      }
    }
    return std::move(found_);
  }
  look_at(hole_.grant, true);
  for (const ClauseRef ref : hole_.supports) look_at(ref, false);
  if (found_.empty() && !is_default_sender(transaction()))
    add(CauseKind::Identity, grant_span, grant_span, {grant_span});
  if (found_.empty()) add(CauseKind::Unconditional, grant_span, grant_span);
  return std::move(found_);
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace

std::vector<Cause> causes_of(const RelayPolicy& policy, const Hole& hole) { return Collector(policy, hole).run(); }

std::vector<CauseOfHole> causes_of_kind(const RelayPolicy& policy, const Verdict& verdict, CauseKind kind) {
  std::vector<CauseOfHole> all;
  for (const Hole& hole : verdict.holes) {
    if (hole.kind != HoleKind::Open && hole.kind != HoleKind::Latent) continue;
    for (Cause& cause : causes_of(policy, hole)) {
      if (cause.kind == kind) all.push_back({std::move(cause), &hole});
    }
  }
  return all;
}

namespace {

/// The conditions of the grant and of what supported it.
template <typename Visit>
void for_each_condition(const RelayPolicy& policy, const Hole& hole, const Visit& visit) {
  std::vector<ClauseRef> refs = hole.supports;
  refs.insert(refs.begin(), hole.grant);
  for (const ClauseRef ref : refs) {
    const Clause* clause = policy.clause(ref);
    if (clause == nullptr) continue;
    for (const Condition& condition : clause->when) visit(condition);
  }
}

}  // namespace

Span place_of_wide_clients(const RelayPolicy& policy, const Hole& hole) {
  Span place = policy.span_of(hole.grant);
  bool found = false;
  for_each_condition(policy, hole, [&](const Condition& condition) {
    const auto* clients = std::get_if<ClientIn>(&condition.kind);
    if (clients == nullptr || condition.negated || found || !is_wide(clients->set)) return;
    place = condition.span;
    found = true;
    for (const AddressItem& item : clients->items) {
      if (item.negated || !is_wide(item.set)) continue;
      place = item.span;
      return;
    }
  });
  return place;
}

Span place_of_mx_condition(const RelayPolicy& policy, const Hole& hole) {
  Span place = policy.span_of(hole.grant);
  for_each_condition(policy, hole, [&](const Condition& condition) {
    if (std::holds_alternative<MxIsHere>(condition.kind)) place = condition.span;
  });
  return place;
}

std::string describe_clients(const AddressSet& clients) {
  const bool v4 = public_addresses().intersect(AddressSet::all_v4()).subtract(clients).empty();
  const bool v6 = public_addresses().intersect(AddressSet::all_v6()).subtract(clients).empty();
  if (v4 && v6) return "every address";
  if (v4) return "every IPv4 address";
  if (v6) return "every IPv6 address";
  const std::vector<std::string> prefixes = clients.prefixes(4);
  std::string names = fmt::format(
      "{}", fmt::join(prefixes.begin(),
                      prefixes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, prefixes.size())), ", "));
  if (prefixes.size() > 3) names += ", …";
  if (clients.count_v4() == 0) return names;
  return fmt::format("{} addresses ({})", with_commas(clients.count_v4()), names);
}

Severity severity_of(const Hole& hole) { return hole.kind == HoleKind::Open ? Severity::Error : Severity::Warning; }

std::string reach_of(const RelayPolicy& policy, const Hole& hole) {
  if (hole.kind != HoleKind::Latent) return {};
  return ", though no stranger reaches this listener: it " + policy.listeners[hole.listener].unreachable_reason;
}

}  // namespace relaylint
