// Addresses and networks as Exim's host lists spell them, well or badly.

#include "parsers/support/exim_networks.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace relaylint {

namespace {

std::optional<unsigned> number_in(std::string_view text) {
  unsigned number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && is_exim_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// The length of a dotted mask whose one-bits come first.
std::optional<unsigned> dotted_mask(std::string_view text) {
  const auto mask = IpAddress::parse(text);
  if (!mask || mask->v6) return std::nullopt;
  const auto bits = static_cast<std::uint32_t>(mask->bits);
  unsigned length = 0;
  while (length < 32 && ((bits >> (31 - length)) & 1U) != 0) ++length;
  const auto rest = length == 32 ? 0U : bits << length;
  return rest == 0 ? std::optional(length) : std::nullopt;
}

}  // namespace

std::optional<AddressSet> parse_exim_network(std::string_view text, EximDialect dialect) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  std::optional<unsigned> length;
  if (slash != std::string_view::npos) {
    const auto digits = without_leading_blanks(text.substr(slash + 1));
    length = digits.empty() ? std::optional(0U) : number_in(digits);
    if (!length) return std::nullopt;
  }
  const bool mapped = !address->v6 && text.find(':') != std::string_view::npos;
  if (mapped && dialect == EximDialect::Exim4) return AddressSet();  // never compared with an IPv4 client
  if (!length) return AddressSet::single(*address);
  if (mapped) return AddressSet::network(*address, *length > 96 ? std::min(*length, 128U) - 96 : 0);
  return AddressSet::network(*address, std::min(*length, address->v6 ? 128U : 32U));
}

std::optional<AddressSet> guess_network(std::string_view text) {
  const auto slash = text.find('/');
  std::string address(text.substr(0, slash));
  while (!address.empty() && (address.back() == '.' || address.back() == '*')) address.pop_back();
  const auto dots = static_cast<unsigned>(std::count(address.begin(), address.end(), '.'));
  if (address.empty() || dots > 3) return std::nullopt;
  for (unsigned i = dots; i < 3; ++i) address += ".0";
  const auto base = IpAddress::parse(address);
  if (!base || base->v6) return std::nullopt;
  if (slash == std::string_view::npos) return AddressSet::network(*base, 8 * (dots + 1));
  const auto mask = text.substr(slash + 1);
  const auto length = dotted_mask(mask) ? dotted_mask(mask) : number_in(mask);
  if (!length || *length > 32) return std::nullopt;
  return AddressSet::network(*base, *length);
}

}  // namespace relaylint
