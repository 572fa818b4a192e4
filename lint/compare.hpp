#pragma once
// What a change of a configuration newly relays, and what it relays no more (--compare): for strangers, for clients
// that are trusted, and with credentials. The client's address is compared exactly; every other dimension of a
// transaction over the values that the judge tries (candidates.hpp), of both configurations.

#include <string>
#include <vector>

#include "lint/engine.hpp"

namespace relaylint {

struct RelayChange {
  bool allowed = true;                    ///< newly relayed; false: relayed no more
  Transaction example{};                  ///< the first transaction for which it holds, in the order of contract.md 1
  AddressSet clients{};                   ///< all clients for which the answer changed, for that transaction
  bool anyone = false;                    ///< mail to anybody
  std::vector<std::string> recipients{};  ///< otherwise the domains
};

struct Comparison {
  std::vector<RelayChange> changes{};
  /// A bound was hit: there may be further changes.
  bool cut_short = false;
};

Comparison compare(const RelayPolicy& before, const RelayPolicy& after, const JudgeOptions& options);

/// The changes as findings of the new configuration (RL906, RL907): where its path ends for the example.
std::vector<Finding> findings_of(const Comparison& comparison, const Configuration& after,
                                 std::span<const Rule* const> rules, const JudgeOptions& options);

inline constexpr std::string_view kNewlyAllowed = "RL906";
inline constexpr std::string_view kNewlyStopped = "RL907";

}  // namespace relaylint
