#pragma once
// What a stranger can say: the values that the judge tries in each dimension of a transaction, in the order of
// contract.md 1, and after them the literals of the policy's conditions, one for each cell that the pattern sets cut.

#include <optional>
#include <string>
#include <vector>

#include "lint/policy.hpp"
#include "lint/transaction.hpp"

namespace relaylint {

/// A recipient to try, and the domain that the mail must reach for it to be relaying.
struct RecipientCandidate {
  std::string address;
  std::string target_domain;
};

/// The client's host name, as his reverse DNS tells it.
struct NameCandidate {
  std::optional<std::string> name{};
  bool verified = true;
};

struct Candidates {
  std::vector<RecipientCandidate> recipients;
  std::vector<Auth> auths;
  std::vector<std::string> senders;
  std::vector<std::string> helos;
  std::vector<NameCandidate> names;
  std::vector<bool> tls;
  /// Recipients named before, none first.
  std::vector<std::vector<std::string>> preceding;
  /// Verified names that no stranger has but that grants name: for warnings, not for `open`.
  std::vector<std::string> named_clients;
  /// Said where there were more literals than are tried.
  std::optional<Note> cut_short{};
};

Candidates candidates_for(const RelayPolicy& policy);

}  // namespace relaylint
