#pragma once
// Small questions about recipients that both the evaluation and the judge ask.

#include <string_view>

namespace relaylint {

/// The domain of a recipient as a server reads it: after the last `@`, without a trailing dot; empty without `@`.
std::string_view domain_of_recipient(std::string_view recipient);

}  // namespace relaylint
