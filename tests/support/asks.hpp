#pragma once
// The lines of a verdict.txt that ask.

#include <optional>
#include <string>
#include <string_view>

#include "lint/transaction.hpp"

namespace relaylint::test {

struct Ask {
  Transaction transaction;
  std::string outcome;  ///< relayed, refused, …
};

/// `CLIENT FROM TO [helo=…] [auth=…] [name=…] [port=…] [tls] -> OUTCOME`; `<>` is the null sender, `name=` a verified
/// name. Nothing where the line is no such thing.
std::optional<Ask> parse_ask(std::string_view line);

}  // namespace relaylint::test
