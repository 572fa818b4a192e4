#pragma once
// What a safe fix must not break (contract.md 5.2), as transactions that are asked before and after.

#include <optional>
#include <string>
#include <vector>

#include "lint/judge.hpp"
#include "lint/policy.hpp"

namespace relaylint {

struct ProtectedTransaction {
  Transaction transaction;
  std::string what;  ///< "mail from loopback", "mail from 10.0.0.1, which the file names", …
};

/// (a) mail from anyone to domains the files name, (b) mail from loopback, (c) mail from hosts and networks that the
/// files name by less than a catch-all, (d) mail with valid credentials. One representative each.
std::vector<ProtectedTransaction> protected_transactions(const RelayPolicy& policy);

/// Relayed, delivered or discarded with a 250.
bool accepts(const RelayPolicy& policy, const Transaction& transaction);

/// A stranger's transaction that `after` relays and `before` did not.
std::optional<Transaction> new_way_through(const RelayPolicy& before, const RelayPolicy& after,
                                           const JudgeOptions& options);

}  // namespace relaylint
