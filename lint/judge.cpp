#include "lint/judge.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "lint/candidates.hpp"
#include "lint/conditions.hpp"
#include "lint/evaluate.hpp"

namespace relaylint {

std::string_view to_string(VerdictState state) {
  switch (state) {
    case VerdictState::Closed:
      return "closed";
    case VerdictState::Unknown:
      return "unknown";
    case VerdictState::Open:
      return "open";
  }
  return "unknown";
}

namespace {

/// More independent ways through than these are not told.
constexpr std::size_t kMaxHoles = 32;

bool same_note(const Note& a, const Note& b) { return a == b; }

void add_note(std::vector<Note>& notes, const Note& note) {
  if (std::none_of(notes.begin(), notes.end(), [&](const Note& other) { return same_note(other, note); }))
    notes.push_back(note);
}

/// The clients for which a transaction certainly, or possibly, ends in mail for `target`.
struct Reach {
  AddressSet certain;
  AddressSet possible;
  std::vector<Note> reasons;
};

Reach reach_of(const std::vector<Branch>& branches, std::string_view target) {
  Reach reach;
  AddressSet otherwise;
  for (const Branch& branch : branches) {
    const bool relays =
        branch.outcome == Outcome::Relayed && equals_ignoring_case(domain_of_recipient(branch.state.recipient), target);
    if (!relays) {
      if (!branch.state.certain()) otherwise = otherwise.unite(branch.state.clients);
      continue;
    }
    if (branch.state.certain()) {
      reach.certain = reach.certain.unite(branch.state.clients);
    } else {
      reach.possible = reach.possible.unite(branch.state.clients);
      for (const Note& note : branch.state.reasons) add_note(reach.reasons, note);
    }
  }
  // Where every possible way relays, the doubt does not matter.
  reach.certain = reach.certain.unite(reach.possible.subtract(otherwise));
  return reach;
}

/// One search of one listener with some clauses taken out.
class Search {
 public:
  Search(const RelayPolicy& policy, const Listener& listener, const JudgeOptions& options, const Candidates& candidates,
         const AddressSet& clients, Budget& budget)
      : policy_(policy),
        listener_(listener),
        options_(options),
        candidates_(candidates),
        clients_(clients),
        budget_(budget) {}

  /// The first transaction, in the order of contract.md 1, that enough clients can make; taken out clauses do not
  /// grant.
  std::optional<Hole> find(const std::set<ClauseRef>& masked);
  /// One that fixed values of MX or host name allow, for warnings.
  std::optional<Hole> probe(const std::set<ClauseRef>& masked, Transaction transaction, const std::string& target,
                            HoleKind kind);

  std::vector<Hole> wide{};
  std::vector<Note> reasons{};
  std::vector<Note> assumptions{};
  bool asked_for_mx = false;

 private:
  std::uint32_t vary(std::size_t level, Transaction& transaction, const std::string& target, Evaluator& evaluator);
  std::uint32_t evaluate(const Transaction& transaction, const std::string& target, Evaluator& evaluator);
  Hole explain(const Transaction& transaction, const std::string& target, const AddressSet& clients, HoleKind kind,
               const std::set<ClauseRef>& masked);
  void take_assumptions(const Evaluator& evaluator) {
    for (const Note& note : evaluator.assumptions()) add_note(assumptions, note);
  }

  const RelayPolicy& policy_;
  const Listener& listener_;
  const JudgeOptions& options_;
  const Candidates& candidates_;
  const AddressSet& clients_;
  Budget& budget_;
  const std::set<ClauseRef>* masked_ = nullptr;
  std::optional<Hole> found_{};
};

/// Picks the client that contract.md 1 names first.
IpAddress client_of(const AddressSet& clients) {
  for (const char* text : {"198.51.100.77", "2001:db8:77::1", "192.0.2.200"}) {
    const IpAddress address = *IpAddress::parse(text);
    if (clients.contains(address)) return address;
  }
  const AddressSet from_public = clients.intersect(public_addresses());
  return (from_public.empty() ? clients : from_public).lowest().value_or(IpAddress{});
}

/// Of the clauses that accepted, one a stage: the last that says why (a condition, the product's switch), else the
/// last.
ClauseRef granting(const RelayPolicy& policy, const std::vector<ClauseRef>& accepted) {
  for (auto ref = accepted.rbegin(); ref != accepted.rend(); ++ref) {
    const Clause* clause = policy.clause(*ref);
    if (policy.is_switch(*ref) || (clause != nullptr && !clause->when.empty())) return *ref;
  }
  return accepted.empty() ? ClauseRef{} : accepted.back();
}

Hole Search::explain(const Transaction& transaction, const std::string& target, const AddressSet& clients,
                     HoleKind kind, const std::set<ClauseRef>& masked) {
  Hole hole;
  hole.kind = kind;
  hole.clients = clients;
  hole.witness.transaction = transaction;
  hole.witness.transaction.client = client_of(clients);
  Evaluator evaluator(policy_, options_.strict, true, masked, budget_);
  const AddressSet one = AddressSet::single(hole.witness.transaction.client);
  for (Branch& branch : evaluator.run(listener_, hole.witness.transaction, one)) {
    if (branch.outcome != Outcome::Relayed ||
        !equals_ignoring_case(domain_of_recipient(branch.state.recipient), target))
      continue;
    hole.witness.path = std::move(branch.state.path);
    hole.grant = granting(policy_, branch.state.grants);
    hole.supports = std::move(branch.state.supports);
    break;
  }
  return hole;
}

std::uint32_t Search::evaluate(const Transaction& transaction, const std::string& target, Evaluator& evaluator) {
  evaluator.forget();
  const Reach reach = reach_of(evaluator.run(listener_, transaction, clients_), target);
  const bool stands_in = reach.certain.intersects(policy_.stands_for_everybody);
  if (stands_in || is_too_many_to_trust(reach.certain)) {
    const AddressSet strangers =
        is_too_many_to_trust(reach.certain) ? reach.certain : reach.certain.intersect(policy_.stands_for_everybody);
    found_ = explain(transaction, target, strangers, HoleKind::Open, *masked_);
  } else if (is_wide(reach.certain)) {
    Hole hole = explain(transaction, target, reach.certain, HoleKind::WideClients, *masked_);
    const bool known =
        std::any_of(wide.begin(), wide.end(), [&](const Hole& other) { return other.grant == hole.grant; });
    if (!known && wide.size() < kMaxHoles) wide.push_back(std::move(hole));
  }
  if (!found_ && (is_too_many_to_trust(reach.certain.unite(reach.possible)) ||
                  reach.possible.intersects(policy_.stands_for_everybody))) {
    for (const Note& note : reach.reasons) add_note(reasons, note);
  }
  asked_for_mx |= (evaluator.consulted() & kMxDimension) != 0;
  return evaluator.consulted();
}

/// Tries the values of one dimension after the other, the innermost fastest. A dimension that nothing further in looked
/// at is not varied: its other values would give the same.
std::uint32_t Search::vary(std::size_t level, Transaction& transaction, const std::string& target,
                           Evaluator& evaluator) {
  const auto each = [&](Dimension dimension, const auto& values, const auto& set) {
    std::uint32_t looked_at = 0;
    for (const auto& value : values) {
      set(value);
      looked_at |= vary(level + 1, transaction, target, evaluator);
      if (found_ || budget_.exhausted() || (looked_at & dimension) == 0) break;
    }
    set(*values.begin());
    return looked_at;
  };
  switch (level) {
    case 0:
      return each(kAuthDimension, candidates_.auths, [&](Auth value) { transaction.auth = value; });
    case 1:
      return each(kSenderDimension, candidates_.senders,
                  [&](const std::string& value) { transaction.mail_from = value; });
    case 2:
      return each(kHeloDimension, candidates_.helos, [&](const std::string& value) { transaction.helo = value; });
    case 3:
      return each(kNameDimension, candidates_.names, [&](const NameCandidate& value) {
        transaction.client_name = value.name;
        transaction.name_verified = value.verified;
      });
    case 4:
      return each(kTlsDimension, candidates_.tls, [&](bool value) { transaction.tls = value; });
    default:
      return evaluate(transaction, target, evaluator);
  }
}

std::optional<Hole> Search::find(const std::set<ClauseRef>& masked) {
  found_.reset();
  masked_ = &masked;
  Evaluator evaluator(policy_, options_.strict, false, masked, budget_);
  for (const std::vector<std::string>& preceding : candidates_.preceding) {
    for (const RecipientCandidate& recipient : candidates_.recipients) {
      Transaction transaction;
      transaction.rcpt_to = recipient.address;
      transaction.preceding = preceding;
      vary(0, transaction, recipient.target_domain, evaluator);
      if (found_ || budget_.exhausted()) break;
    }
    if (found_ || budget_.exhausted()) break;
  }
  take_assumptions(evaluator);
  return std::move(found_);
}

std::optional<Hole> Search::probe(const std::set<ClauseRef>& masked, Transaction transaction, const std::string& target,
                                  HoleKind kind) {
  Evaluator evaluator(policy_, options_.strict, false, masked, budget_);
  const Reach reach = reach_of(evaluator.run(listener_, transaction, clients_), target);
  if (!is_too_many_to_trust(reach.certain)) return std::nullopt;
  return explain(transaction, target, reach.certain, kind, masked);
}

/// Everything about one listener.
class ListenerJudge {
 public:
  ListenerJudge(const RelayPolicy& policy, std::size_t index, const JudgeOptions& options, const Candidates& candidates,
                Budget& budget, Verdict& verdict)
      : policy_(policy),
        index_(index),
        options_(options),
        candidates_(candidates),
        budget_(budget),
        verdict_(verdict) {}

  void run();

 private:
  void holes(Search& search, HoleKind as);
  void warnings(Search& search);
  void add(Hole hole) {
    hole.listener = index_;
    verdict_.holes.push_back(std::move(hole));
  }

  const RelayPolicy& policy_;
  std::size_t index_;
  const JudgeOptions& options_;
  const Candidates& candidates_;
  Budget& budget_;
  Verdict& verdict_;
  std::set<ClauseRef> masked_{};
};

void ListenerJudge::holes(Search& search, HoleKind as) {
  for (std::size_t count = 0; count < kMaxHoles && !budget_.exhausted(); ++count) {
    std::optional<Hole> hole = search.find(masked_);
    if (!hole) return;
    const bool again = !masked_.insert(hole->grant).second;
    if (as == HoleKind::Latent) hole->kind = as;
    add(std::move(*hole));
    if (again) return;
  }
}

void ListenerJudge::warnings(Search& search) {
  const RecipientCandidate& plain = candidates_.recipients.front();
  Transaction transaction;
  transaction.rcpt_to = plain.address;
  if (search.asked_for_mx) {
    transaction.mx_is_here = true;
    if (std::optional<Hole> hole = search.probe(masked_, transaction, plain.target_domain, HoleKind::MxIsHere))
      add(std::move(*hole));
    transaction.mx_is_here = false;
  }
  std::set<ClauseRef> grants = masked_;
  for (const std::string& name : candidates_.named_clients) {
    transaction.client_name = name;
    std::optional<Hole> hole = search.probe(grants, transaction, plain.target_domain, HoleKind::VerifiedName);
    if (!hole) continue;
    grants.insert(hole->grant);
    add(std::move(*hole));
  }
  for (Hole& hole : search.wide) {
    if (!masked_.contains(hole.grant)) add(std::move(hole));
  }
}

void ListenerJudge::run() {
  const Listener& listener = policy_.listeners[index_];
  if (listener.broken) {
    add_note(verdict_.reasons, *listener.broken);
    return;
  }
  const AddressSet strangers = public_addresses().subtract(policy_.own_networks).unite(policy_.stands_for_everybody);
  const AddressSet reaching = listener.reachable.intersect(strangers);
  const bool latent = !is_too_many_to_trust(reaching) && !reaching.intersects(policy_.stands_for_everybody);
  const AddressSet clients = latent ? strangers : reaching;
  Search search(policy_, listener, options_, candidates_, clients, budget_);
  holes(search, latent ? HoleKind::Latent : HoleKind::Open);
  if (!latent) {
    for (const Note& note : search.reasons) add_note(verdict_.reasons, note);
    warnings(search);
  }
  for (const Note& note : search.assumptions) add_note(verdict_.assumptions, note);
}

void summarise(const RelayPolicy& policy, const Candidates& candidates, Verdict& verdict) {
  for (const Hole& hole : verdict.holes) {
    if (hole.kind != HoleKind::Open) continue;
    if (!verdict.witness) verdict.witness = hole.witness;
    verdict.exposure.clients = verdict.exposure.clients.unite(hole.clients);
    const std::string& to = hole.witness.transaction.rcpt_to;
    const bool below_suffix = std::any_of(
        candidates.recipients.begin(), candidates.recipients.end(), [&](const RecipientCandidate& candidate) {
          return candidate.address == to && candidate.target_domain != candidates.recipients.front().target_domain;
        });
    if (below_suffix) {
      const std::string suffix = std::string(domain_of(to)).substr(domain_of(to).find('.'));
      std::vector<std::string>& domains = verdict.exposure.recipients;
      if (std::find(domains.begin(), domains.end(), suffix) == domains.end()) domains.push_back(suffix);
    } else {
      verdict.exposure.anyone = true;
    }
  }
  verdict.exposure.clients = verdict.exposure.clients.intersect(public_addresses());
  if (verdict.exposure.anyone) verdict.exposure.recipients.clear();
  for (const Note& note : policy.assumptions) add_note(verdict.assumptions, note);
  if (verdict.witness) {
    verdict.state = VerdictState::Open;
  } else {
    verdict.state = verdict.reasons.empty() ? VerdictState::Closed : VerdictState::Unknown;
  }
}

}  // namespace

Verdict judge(const RelayPolicy& policy, const JudgeOptions& options) {
  Verdict verdict;
  if (policy.unloadable) {
    verdict.state = VerdictState::Unknown;
    verdict.reasons.push_back(*policy.unloadable);
    verdict.assumptions = policy.assumptions;
    return verdict;
  }
  const Candidates candidates = candidates_for(policy);
  Budget budget{options.max_evaluations, options.max_steps};
  for (std::size_t i = 0; i < policy.listeners.size(); ++i)
    ListenerJudge(policy, i, options, candidates, budget, verdict).run();
  if (budget.exhausted())
    add_note(verdict.reasons, {{}, "the search for a way through was cut short: the policy has too many cases"});
  if (candidates.cut_short) add_note(verdict.assumptions, *candidates.cut_short);
  if (options.strict) {
    for (const Note& note : policy.assumptions) add_note(verdict.reasons, note);
  }
  summarise(policy, candidates, verdict);
  return verdict;
}

namespace {

Decision decide_on(const RelayPolicy& policy, const Listener& listener, const Transaction& transaction,
                   const JudgeOptions& options) {
  Decision decision;
  if (listener.broken) {
    decision.reasons.push_back(*listener.broken);
    return decision;
  }
  if (!listener.reachable.contains(transaction.client)) {
    decision.outcome = Outcome::Refused;
    decision.path.push_back({listener.span, {}, listener.unreachable_reason, false});
    return decision;
  }
  Budget budget{options.max_evaluations, options.max_steps};
  const std::set<ClauseRef> nothing;
  Evaluator evaluator(policy, options.strict, true, nothing, budget);
  const std::vector<Branch> branches = evaluator.run(listener, transaction, AddressSet::single(transaction.client));
  decision.assumptions = evaluator.assumptions();
  bool first = true;
  for (const Branch& branch : branches) {
    if (first) {
      decision.outcome = branch.outcome;
      decision.path = branch.state.path;
      decision.refusal = branch.refusal;
    } else if (branch.outcome != decision.outcome) {
      decision.outcome = Outcome::Unknown;
    }
    first = false;
    for (const Note& note : branch.state.reasons) add_note(decision.reasons, note);
  }
  if (decision.outcome != Outcome::Unknown) decision.reasons.clear();
  return decision;
}

}  // namespace

Decision decide(const RelayPolicy& policy, const Transaction& transaction, const JudgeOptions& options) {
  Decision best;
  if (policy.unloadable) {
    best.reasons.push_back(*policy.unloadable);
    return best;
  }
  best.outcome = Outcome::Refused;
  bool first = true;
  for (const Listener& listener : policy.listeners) {
    if (transaction.port && listener.port && *listener.port != *transaction.port) continue;
    Decision decision = decide_on(policy, listener, transaction, options);
    if (first || decision.outcome > best.outcome) best = std::move(decision);
    first = false;
  }
  return best;
}

}  // namespace relaylint
