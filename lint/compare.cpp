#include "lint/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lint/candidates.hpp"
#include "lint/conditions.hpp"
#include "lint/evaluate.hpp"

namespace relaylint {
namespace {

constexpr std::size_t kMaxChanges = 200;
constexpr std::string_view kAnyone = "elsewhere.example";  ///< the domain that stands for everybody's (contract.md 1)

template <typename T, typename Same>
void merge_into(std::vector<T>& into, const std::vector<T>& more, const Same& same) {
  for (const T& item : more) {
    if (std::none_of(into.begin(), into.end(), [&](const T& other) { return same(item, other); })) into.push_back(item);
  }
}

void add_named_domains(const RelayPolicy& policy, std::vector<RecipientCandidate>& recipients) {
  for (const PatternSet* set : {&policy.relay_domains, &policy.local_domains}) {
    for (const Pattern& pattern : set->patterns()) {
      std::string domain;
      if (pattern.kind == PatternKind::Exact) domain = pattern.text;
      if (pattern.kind == PatternKind::Below) domain = "host." + pattern.text;
      if (!domain.empty() && !pattern.negated) recipients.push_back({"alice@" + domain, domain});
    }
  }
}

/// What either configuration may tell apart, in the order of contract.md 1.
Candidates candidates_of_both(const RelayPolicy& before, const RelayPolicy& after) {
  Candidates all = candidates_for(after);
  const Candidates old = candidates_for(before);
  const auto equal = [](const auto& a, const auto& b) { return a == b; };
  const auto same_name = [](const NameCandidate& a, const NameCandidate& b) {
    return a.name == b.name && a.verified == b.verified;
  };
  const auto same_address = [](const RecipientCandidate& a, const RecipientCandidate& b) {
    return a.address == b.address;
  };
  std::vector<RecipientCandidate> named;
  add_named_domains(after, named);
  add_named_domains(before, named);
  merge_into(all.recipients, old.recipients, same_address);
  merge_into(all.recipients, named, same_address);
  merge_into(all.senders, old.senders, equal);
  merge_into(all.helos, old.helos, equal);
  merge_into(all.names, old.names, same_name);
  for (const std::string& name : all.named_clients) all.names.push_back({name, true});
  for (const std::string& name : old.named_clients) merge_into(all.names, {NameCandidate{name, true}}, same_name);
  merge_into(all.preceding, old.preceding, equal);
  all.auths = {Auth::None, Auth::Junk, Auth::Valid};
  all.tls = {false, true};
  return all;
}

/// Clients that one transaction is relayed for.
struct Relayed {
  AddressSet surely{};
  AddressSet perhaps{};
};

/// Asks one policy, and remembers which dimensions its answers looked at.
class Side {
 public:
  Side(const RelayPolicy& policy, const JudgeOptions& options)
      : policy_(policy),
        budget_{options.max_evaluations, options.max_steps},
        evaluator_(policy, options.strict, false, nothing_, budget_) {}

  Relayed ask(const Transaction& transaction, const std::string& target) {
    Relayed answer;
    if (policy_.unloadable) {
      answer.perhaps = AddressSet::everything();
      return answer;
    }
    for (const Listener& listener : policy_.listeners) {
      if (listener.broken) {
        answer.perhaps = answer.perhaps.unite(listener.reachable);
        continue;
      }
      for (const Branch& branch : evaluator_.run(listener, transaction, listener.reachable))
        take(branch, target, answer);
    }
    return answer;
  }
  std::uint32_t consulted() const { return evaluator_.consulted(); }
  void forget() { evaluator_.forget(); }
  bool exhausted() const { return budget_.exhausted(); }

 private:
  static void take(const Branch& branch, const std::string& target, Relayed& answer) {
    if (branch.outcome == Outcome::Unknown) answer.perhaps = answer.perhaps.unite(branch.state.clients);
    if (branch.outcome != Outcome::Relayed) return;
    if (!equals_ignoring_case(domain_of_recipient(branch.state.recipient), target)) return;
    AddressSet& set = branch.state.certain() ? answer.surely : answer.perhaps;
    set = set.unite(branch.state.clients);
  }

  const RelayPolicy& policy_;
  Budget budget_;
  std::set<ClauseRef> nothing_{};
  Evaluator evaluator_;
};

class Comparer {
 public:
  Comparer(const RelayPolicy& before, const RelayPolicy& after, const JudgeOptions& options)
      : before_(before, options), after_(after, options), candidates_(candidates_of_both(before, after)) {}

  Comparison run() {
    for (const std::vector<std::string>& preceding : candidates_.preceding) {
      for (const RecipientCandidate& recipient : candidates_.recipients) {
        Transaction transaction;
        transaction.rcpt_to = recipient.address;
        transaction.preceding = preceding;
        vary(0, transaction, recipient.target_domain);
        if (exhausted()) break;
      }
    }
    out_.cut_short = exhausted() || candidates_.cut_short.has_value();
    return std::move(out_);
  }

 private:
  bool exhausted() const { return before_.exhausted() || after_.exhausted() || out_.changes.size() >= kMaxChanges; }

  /// As the judge does it: a dimension that neither side looked at is not varied.
  std::uint32_t vary(std::size_t level, Transaction& transaction, const std::string& target) {
    const auto each = [&](Dimension dimension, const auto& values, const auto& set) {
      std::uint32_t looked_at = 0;
      for (const auto& value : values) {
        set(value);
        looked_at |= vary(level + 1, transaction, target);
        if (exhausted() || (looked_at & dimension) == 0) break;
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
        return evaluate(transaction, target);
    }
  }

  std::uint32_t evaluate(const Transaction& transaction, const std::string& target) {
    before_.forget();
    after_.forget();
    const Relayed old = before_.ask(transaction, target);
    const Relayed now = after_.ask(transaction, target);
    note(true, transaction, target, now.surely.subtract(old.surely).subtract(old.perhaps));
    note(false, transaction, target, old.surely.subtract(now.surely).subtract(now.perhaps));
    return before_.consulted() | after_.consulted();
  }

  /// Adds what earlier, simpler transactions have not said yet.
  void note(bool allowed, const Transaction& transaction, const std::string& target, AddressSet clients) {
    auto& told = told_[allowed];
    clients = clients.subtract(told[std::string(kAnyone)]).subtract(told[target]);
    if (clients.empty()) return;
    told[target] = told[target].unite(clients);
    for (RelayChange& known : out_.changes) {
      // The same clients in the same way, to one domain more.
      if (known.anyone || known.allowed != allowed || known.clients != clients ||
          !same_but_recipient(known.example, transaction))
        continue;
      known.recipients.push_back(target);
      return;
    }
    RelayChange change{allowed, transaction, clients, target == kAnyone, {}};
    if (!change.anyone) change.recipients.push_back(target);
    change.example.client = example_client(clients);
    out_.changes.push_back(std::move(change));
  }

  static bool same_but_recipient(const Transaction& a, const Transaction& b) {
    return a.auth == b.auth && a.mail_from == b.mail_from && a.helo == b.helo && a.client_name == b.client_name &&
           a.tls == b.tls && a.preceding == b.preceding;
  }

  static IpAddress example_client(const AddressSet& clients) {
    const IpAddress canonical = Transaction{}.client;
    if (clients.contains(canonical)) return canonical;
    const AddressSet from_public = clients.intersect(public_addresses());
    return (from_public.empty() ? clients : from_public).lowest().value_or(canonical);
  }

  Side before_;
  Side after_;
  Candidates candidates_;
  Comparison out_{};
  std::map<bool, std::map<std::string, AddressSet>> told_{};
};

// --- findings -----------------------------------------------------------------------------------------------------

std::string words_for(const AddressSet& clients) {
  constexpr std::size_t kShown = 4;
  const AddressSet v4 = clients.intersect(AddressSet::all_v4());
  const AddressSet v6 = clients.intersect(AddressSet::all_v6());
  const auto all = [](const AddressSet& set, const AddressSet& family) {
    return family.intersect(public_addresses()).subtract(set).empty();
  };
  if (all(v4, AddressSet::all_v4()) && all(v6, AddressSet::all_v6())) return "everybody";
  std::vector<std::string> parts;
  if (all(v4, AddressSet::all_v4())) {
    parts.emplace_back("every IPv4 address");
  } else {
    parts = v4.prefixes(kShown + 1);
  }
  if (all(v6, AddressSet::all_v6())) {
    parts.emplace_back("every IPv6 address");
  } else {
    const std::vector<std::string> prefixes = v6.v6_prefixes(kShown + 1);
    parts.insert(parts.end(), prefixes.begin(), prefixes.end());
  }
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kShown; ++i) text += (i == 0 ? "" : ", ") + parts[i];
  return parts.size() > kShown ? text + " and more" : text;
}

/// What the transaction needs beside the client's address, as words that follow the clients.
std::string conditions_of(const Transaction& transaction) {
  const Transaction plain;
  std::string text;
  if (transaction.auth == Auth::Valid) text += " with valid credentials";
  if (transaction.auth == Auth::Junk) text += " with any user name and password";
  if (transaction.mail_from != plain.mail_from) text += fmt::format(", from <{}>", transaction.mail_from);
  if (transaction.helo != plain.helo) text += fmt::format(", with HELO {}", transaction.helo);
  if (transaction.client_name) text += fmt::format(", by the name {}", *transaction.client_name);
  if (transaction.tls) text += ", over TLS";
  if (!transaction.preceding.empty()) text += ", after other recipients";
  return text;
}

std::string recipients_of(const RelayChange& change) {
  if (change.anyone) return "anybody";
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < change.recipients.size() && i < kShown; ++i)
    text += (i == 0 ? "" : ", ") + change.recipients[i];
  return change.recipients.size() > kShown ? fmt::format("{} and {} more", text, change.recipients.size() - kShown)
                                           : text;
}

/// A stranger's way to anybody is an error, what was given to clients that are known is for a reviewer to see.
Severity severity_of(const RelayChange& change) {
  if (!change.allowed) return Severity::Info;
  const bool strangers =
      change.example.auth != Auth::Valid && is_too_many_to_trust(change.clients.intersect(public_addresses()));
  return strangers && change.anyone ? Severity::Error : Severity::Warning;
}

}  // namespace

Comparison compare(const RelayPolicy& before, const RelayPolicy& after, const JudgeOptions& options) {
  return Comparer(before, after, options).run();
}

std::vector<Finding> findings_of(const Comparison& comparison, const Configuration& after,
                                 std::span<const Rule* const> rules, const JudgeOptions& options) {
  std::vector<Finding> findings;
  for (const RelayChange& change : comparison.changes) {
    const std::string_view id = change.allowed ? kNewlyAllowed : kNewlyStopped;
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule* r) { return r->info.id == id; });
    if (rule == rules.end()) continue;
    const Decision decision = decide(after.policy, change.example, options);
    Span place{after.document->main(), {}};
    if (!decision.path.empty()) place = decision.path.back().span;
    if (decision.refusal) place = decision.refusal->span;
    const std::string message =
        fmt::format("{} to {} for {}{}", change.allowed ? "newly relays mail" : "no longer relays mail",
                    recipients_of(change), words_for(change.clients), conditions_of(change.example));
    Reporter((*rule)->info, findings).report(place, message, std::nullopt, {}, severity_of(change));
  }
  return findings;
}

}  // namespace relaylint
