#pragma once
// Single items of Exim's lists: addresses and networks as host lists spell them, simple items of domain lists.

#include <optional>
#include <string_view>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "lint/source.hpp"
#include "parsers/support/exim_lines.hpp"

namespace relaylint {

/// The addresses that a host list's item names: `1.2.3.4`, `10.0.0.0/8`, `2001:db8::/32`; nothing where Exim takes the
/// text for none. Mask lengths beyond the family's end are its end.
std::optional<AddressSet> parse_exim_network(std::string_view text, EximDialect dialect);
/// What the writer of a malformed network (`10/8`, `192.168.1`, `0.0.0.0/0.0.0.0`) seems to mean; nothing where that is
/// unclear.
std::optional<AddressSet> guess_network(std::string_view text);

/// A simple item of a domain list: `*`, `*tail`, `^regex` or a name.
Pattern exim_domain_pattern(std::string_view text, Span span);

}  // namespace relaylint
