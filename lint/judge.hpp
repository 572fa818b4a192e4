#pragma once
// Searches a policy for a stranger's transaction that is relayed (contract.md 1). Everything else that the program
// answers (--to, --compare, the proof of a fix) is the same evaluation, asked differently.
//
// The client's address is a set that conditions split, exactly. Every other dimension (recipient form, authentication,
// sender, HELO, host name, TLS, preceding commands) is tried in the contract's order over the canonical values and the
// literals of the conditions; a dimension that an evaluation never looked at is not varied. So the search is complete
// for sets, and for functions over canonical values and literals.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/policy.hpp"
#include "lint/transaction.hpp"

namespace relaylint {

enum class VerdictState { Closed, Unknown, Open };
std::string_view to_string(VerdictState state);

struct PathStep {
  Span span{};
  ClauseRef clause{};
  std::string text;      ///< what it says, one line
  bool accepts = false;  ///< accepts, else passes (it could have refused and did not)
};

struct Witness {
  Transaction transaction;
  std::vector<PathStep> path{};
};

enum class HoleKind {
  Open,          ///< a stranger relays
  WideClients,   ///< too few addresses to be strangers, enough for a warning (RL004)
  MxIsHere,      ///< only domains whose MX points here (RL007)
  VerifiedName,  ///< only clients with a verified name that the file names (RL006 warning)
  Latent,        ///< would be open on a listener that no stranger can reach
};

/// One way through. Found one after the other: the granting clause of each is taken out before the next is searched
/// for, so that two independent mistakes are both told.
struct Hole {
  HoleKind kind = HoleKind::Open;
  Witness witness;
  /// The clause that granted: of those that accepted the recipient, one a stage, the last that says why.
  ClauseRef grant{};
  /// What made its conditions hold: the clauses of the lists it asked that said yes, and those that set the bindings it
  /// looked at.
  std::vector<ClauseRef> supports{};
  AddressSet clients{};  ///< public clients that this transaction is relayed for
  std::size_t listener = 0;
};

struct Exposure {
  AddressSet clients{};
  bool anyone = false;                    ///< any recipient
  std::vector<std::string> recipients{};  ///< otherwise the domains
};

struct Verdict {
  VerdictState state = VerdictState::Closed;
  std::optional<Witness> witness{};
  std::vector<Hole> holes{};
  Exposure exposure{};
  std::vector<Note> assumptions{};
  std::vector<Note> reasons{};
};

struct JudgeOptions {
  bool strict = false;                   ///< assumptions count as unknown
  std::size_t max_evaluations = 200000;  ///< beyond: `unknown`, with that reason
  std::size_t max_steps = 50'000'000;    ///< clauses evaluated in all
};

Verdict judge(const RelayPolicy& policy, const JudgeOptions& options = {});

struct Decision {
  Outcome outcome = Outcome::Unknown;
  std::vector<PathStep> path{};       ///< what accepted it, or let it pass before it was refused
  std::optional<PathStep> refusal{};  ///< what refused or deferred it, where a clause or a list's end did
  std::vector<Note> assumptions{};
  std::vector<Note> reasons{};
};

/// What this configuration does with one transaction; over several listeners the most permissive answer (contract.md
/// 2), or that of the listener on the asked port.
Decision decide(const RelayPolicy& policy, const Transaction& transaction, const JudgeOptions& options = {});

}  // namespace relaylint
