#pragma once
// IP addresses and exact sets of them. IPv4-mapped IPv6 addresses (::ffff:0:0/96) are IPv4 addresses here
// (contract.md 1), so that no set has two names for one client.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relaylint {

__extension__ using Uint128 = unsigned __int128;

/// One address; `bits` is the number it spells, most significant byte first.
struct IpAddress {
  bool v6 = false;
  Uint128 bits = 0;

  static IpAddress v4(std::uint32_t bits) { return {false, bits}; }
  /// Dotted quad (decimal, no leading zeros beyond a single 0) or RFC 4291 text; no brackets, no prefix length.
  static std::optional<IpAddress> parse(std::string_view text);
  /// RFC 5952 text.
  [[nodiscard]] std::string text() const;

  auto operator<=>(const IpAddress&) const = default;
};

/// A set of addresses as sorted, disjoint, non-adjacent closed intervals, IPv4 and IPv6 apart. Every operation is
/// exact and linear in the number of intervals.
class AddressSet {
 public:
  struct Interval {
    Uint128 first;
    Uint128 last;  ///< inclusive
    auto operator<=>(const Interval&) const = default;
  };

  AddressSet() = default;
  static AddressSet everything();
  static AddressSet all_v4();
  static AddressSet all_v6();
  static AddressSet single(IpAddress address);
  /// `first` and `last` of the same family, inclusive; empty where last < first.
  static AddressSet range(IpAddress first, IpAddress last);
  /// The network that `address` lies in; host bits may be set. `length` at most 32 or 128.
  static AddressSet network(IpAddress address, unsigned length);
  /// `ADDRESS` or `ADDRESS/LENGTH`; nothing where the text is neither.
  static std::optional<AddressSet> parse(std::string_view text);
  /// Union of many sets in one sort, for long lists.
  static AddressSet union_of(std::vector<AddressSet> sets);

  [[nodiscard]] AddressSet unite(const AddressSet& other) const;
  [[nodiscard]] AddressSet intersect(const AddressSet& other) const;
  [[nodiscard]] AddressSet subtract(const AddressSet& other) const;
  [[nodiscard]] AddressSet complement() const;

  [[nodiscard]] bool empty() const { return v4_.empty() && v6_.empty(); }
  [[nodiscard]] bool contains(IpAddress address) const;
  [[nodiscard]] bool intersects(const AddressSet& other) const { return !intersect(other).empty(); }
  /// Lowest address, IPv4 before IPv6.
  [[nodiscard]] std::optional<IpAddress> lowest() const;
  [[nodiscard]] std::uint64_t count_v4() const;
  /// Number of IPv6 addresses; saturates at 2^128 - 1.
  [[nodiscard]] Uint128 count_v6() const;
  [[nodiscard]] const std::vector<Interval>& v4() const { return v4_; }
  [[nodiscard]] const std::vector<Interval>& v6() const { return v6_; }
  /// The fewest CIDR prefixes that make up the set, IPv4 first, at most `limit` of them.
  [[nodiscard]] std::vector<std::string> prefixes(std::size_t limit = SIZE_MAX) const;
  [[nodiscard]] std::vector<std::string> v6_prefixes(std::size_t limit = SIZE_MAX) const;

  bool operator==(const AddressSet&) const = default;

 private:
  std::vector<Interval> v4_;
  std::vector<Interval> v6_;
};

/// Addresses that a stranger can have: everything but what the IANA special-purpose registries (RFC 6890 and its
/// updates) call not globally reachable, and multicast; the documentation blocks are in (contract.md 1).
const AddressSet& public_addresses();
/// 127.0.0.0/8 and ::1.
const AddressSet& loopback_addresses();
/// At least 2^24 IPv4 or 2^112 IPv6 public addresses: nobody trusts so many on purpose (contract.md 1).
bool is_too_many_to_trust(const AddressSet& trusted);
/// At least 2^16 IPv4 or 2^96 IPv6 public addresses: worth a warning.
bool is_wide(const AddressSet& trusted);

}  // namespace relaylint
