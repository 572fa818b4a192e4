#pragma once
// How smail reads a recipient address.

#include <string>
#include <string_view>

#include "lint/policy.hpp"

namespace relaylint::smail {

/// The address that is left when every name of this host is taken off: `a%b@us` is `a@b`, `b!a@us` is `a@b`, `@us:a@b`
/// is `a@b` (3.2 config.h, switch_percent_and_bang; RFC 5321 4.1.1.3 on routes). An address without a host is a local
/// user.
std::string resolved(std::string_view address, const PatternSet& local_names);

/// The same as the effect of a clause; an address that it does not change stays.
Expand resolve_recipient(const PatternSet& local_names);

}  // namespace relaylint::smail
