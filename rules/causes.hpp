#pragma once
// Why a hole is one: the settings at fault, in the policy's own terms. Rules RL001 to RL010 each report one kind.

#include <string>
#include <vector>

#include "lint/finding.hpp"
#include "lint/judge.hpp"
#include "lint/policy.hpp"

namespace relaylint {

enum class CauseKind {
  Default,        ///< nothing is set and the product relays (RL001)
  Switch,         ///< the file switches relaying on (RL002)
  Clients,        ///< a list of trusted clients takes in the Internet (RL003)
  Domains,        ///< a list of relay domains takes in everybody's (RL005)
  Identity,       ///< sender, HELO or an unverified name is believed (RL006)
  Form,           ///< the recipient is rewritten after it was checked (RL008)
  Credentials,    ///< any credentials do (RL009)
  Unconditional,  ///< accepted before anything was checked (RL010)
};

struct Cause {
  CauseKind kind = CauseKind::Unconditional;
  Span span{};         ///< the item, condition or setting at fault
  Span clause_span{};  ///< the statement that grants
  std::vector<Span> items{};
  AddressSet clients{};      ///< for Clients: who is trusted
  bool at_list_end = false;  ///< the list ends in a negated item, so that everybody else is in it
};

/// The causes of one hole, at least one.
std::vector<Cause> causes_of(const RelayPolicy& policy, const Hole& hole);

/// All causes of a kind, over all holes that are open or latent; `latent` tells which.
struct CauseOfHole {
  Cause cause;
  const Hole* hole;
};
std::vector<CauseOfHole> causes_of_kind(const RelayPolicy& policy, const Verdict& verdict, CauseKind kind);

/// The item, or the statement, that lets the clients of a WideClients hole in; the MX condition of a MxIsHere hole.
Span place_of_wide_clients(const RelayPolicy& policy, const Hole& hole);
Span place_of_mx_condition(const RelayPolicy& policy, const Hole& hole);

/// "every IPv4 address", "every address", "16,777,216 addresses (192.0.0.0/8)".
std::string describe_clients(const AddressSet& clients);
/// Error, or Warning for a hole on a listener that no stranger can reach.
Severity severity_of(const Hole& hole);
/// What is said after the message for such a listener, "" for others.
std::string reach_of(const RelayPolicy& policy, const Hole& hole);

}  // namespace relaylint
