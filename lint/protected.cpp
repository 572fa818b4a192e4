#include "lint/protected.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace relaylint {
namespace {

/// So many domains and networks of one configuration are asked about; lists beyond it are asked in part.
constexpr std::size_t kMaxAsked = 512;

std::string foreign() { return "victim@elsewhere.example"; }

void add_domains(const PatternSet& domains, std::vector<ProtectedTransaction>& out) {
  std::size_t asked = 0;
  for (const Pattern& pattern : domains.patterns()) {
    if (asked++ >= kMaxAsked) return;
    if (pattern.negated || matches_everybodys_domain(pattern)) continue;
    std::string domain;
    if (pattern.kind == PatternKind::Exact) domain = pattern.text;
    if (pattern.kind == PatternKind::Below) domain = "host." + pattern.text;
    if (domain.empty()) continue;
    Transaction transaction;
    transaction.rcpt_to = "alice@" + domain;
    out.push_back({std::move(transaction), "mail to " + domain + ", which the file names"});
  }
}

void add_client(IpAddress client, const std::string& what, const std::string& local,
                std::vector<ProtectedTransaction>& out) {
  for (const std::string& sender : {std::string("spammer@evil.example"), "alice@" + local}) {
    Transaction transaction;
    transaction.client = client;
    transaction.mail_from = sender;
    transaction.rcpt_to = foreign();
    out.push_back({std::move(transaction), what});
  }
}

/// A host of the network, not its first address, which no host has.
IpAddress host_of(const AddressSet& network) {
  IpAddress address = *network.lowest();
  IpAddress next = address;
  next.bits += 1;
  return network.contains(next) ? next : address;
}

void add_networks(const RelayPolicy& policy, std::vector<ProtectedTransaction>& out) {
  std::set<IpAddress> asked;
  for (const DecisionList& list : policy.lists) {
    for (const Clause& clause : list.clauses) {
      for (const Condition& condition : clause.when) {
        const auto* clients = std::get_if<ClientIn>(&condition.kind);
        if (clients == nullptr) continue;
        for (const AddressItem& item : clients->items) {
          if (item.negated || item.set.empty() || is_too_many_to_trust(item.set) || asked.size() >= kMaxAsked) continue;
          const IpAddress host = host_of(item.set);
          if (asked.insert(host).second)
            add_client(host, "mail from " + host.text() + ", which the file names", policy.local_name, out);
        }
      }
    }
  }
}

/// A server whose rules never ask for credentials has no clients with valid ones.
bool knows_credentials(const RelayPolicy& policy) {
  const auto asks = [](const Condition& condition) {
    const auto* authenticated = std::get_if<Authenticated>(&condition.kind);
    return authenticated != nullptr && authenticated->check != CredentialCheck::Impossible;
  };
  for (const DecisionList& list : policy.lists) {
    for (const Clause& clause : list.clauses) {
      if (std::any_of(clause.when.begin(), clause.when.end(), asks)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<ProtectedTransaction> protected_transactions(const RelayPolicy& policy) {
  std::vector<ProtectedTransaction> out;
  add_domains(policy.local_domains, out);
  add_domains(policy.relay_domains, out);
  add_client(*IpAddress::parse("127.0.0.1"), "mail from loopback (127.0.0.1)", policy.local_name, out);
  add_client(*IpAddress::parse("::1"), "mail from loopback (::1)", policy.local_name, out);
  add_networks(policy, out);
  if (!knows_credentials(policy)) return out;
  Transaction authenticated;
  authenticated.auth = Auth::Valid;
  authenticated.rcpt_to = foreign();
  out.push_back({std::move(authenticated), "mail with valid credentials"});
  return out;
}

bool accepts(const RelayPolicy& policy, const Transaction& transaction) {
  switch (decide(policy, transaction).outcome) {
    case Outcome::Relayed:
    case Outcome::Delivered:
    case Outcome::Discarded:
      return true;
    default:
      return false;
  }
}

std::optional<Transaction> new_way_through(const RelayPolicy& before, const RelayPolicy& after,
                                           const JudgeOptions& options) {
  AddressSet relayed_before;
  for (const Hole& hole : judge(before, options).holes) relayed_before = relayed_before.unite(hole.clients);
  for (const Hole& hole : judge(after, options).holes) {
    if (hole.kind != HoleKind::Open) continue;
    // The witness has the first client that gets through; a wider hole shows with the clients that had none before.
    std::vector<IpAddress> clients = {hole.witness.transaction.client};
    if (const auto further = hole.clients.subtract(relayed_before).lowest()) clients.push_back(*further);
    for (const IpAddress client : clients) {
      Transaction transaction = hole.witness.transaction;
      transaction.client = client;
      if (decide(before, transaction, options).outcome != Outcome::Relayed) return transaction;
    }
  }
  return std::nullopt;
}

}  // namespace relaylint
