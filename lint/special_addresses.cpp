// Which addresses can a stranger have? Sources: the IANA IPv4 and IPv6 special-purpose address registries (RFC 6890,
// RFC 8190; entries since: RFC 8155, RFC 8215, RFC 9374, RFC 9602, RFC 9637, RFC 9665, RFC 9780), column "Globally
// Reachable", and for multicast RFC 5771 and RFC 4291, 2.7. An entry that says "N/A" is not called unreachable. A more
// specific entry wins over the block that it lies in. The documentation blocks are not globally reachable either, but
// contract.md 1 takes them for public, since examples and witnesses use them.
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/address.hpp"

namespace relaylint {
namespace {

constexpr std::string_view kNotReachable[] = {
    "0.0.0.0/8",       // this network, RFC 791
    "10.0.0.0/8",      // private use, RFC 1918
    "100.64.0.0/10",   // shared address space, RFC 6598
    "127.0.0.0/8",     // loopback, RFC 1122
    "169.254.0.0/16",  // link local, RFC 3927
    "172.16.0.0/12",   // private use, RFC 1918
    "192.0.0.0/24",    // IETF protocol assignments, RFC 6890
    "192.88.99.2/32",  // 6a44 relay anycast, RFC 6751
    "192.168.0.0/16",  // private use, RFC 1918
    "198.18.0.0/15",   // benchmarking, RFC 2544
    "224.0.0.0/4",     // multicast, RFC 5771
    "240.0.0.0/4",     // reserved, RFC 1112; 255.255.255.255 among them
    "::/128",          // unspecified, RFC 4291
    "::1/128",         // loopback, RFC 4291
    "64:ff9b:1::/48",  // local-use translation, RFC 8215
    "100::/64",        // discard only, RFC 6666
    "100:0:0:1::/64",  // dummy prefix, RFC 9780
    "2001::/23",       // IETF protocol assignments, RFC 2928
    "5f00::/16",       // segment routing identifiers, RFC 9602
    "fc00::/7",        // unique local, RFC 4193
    "fe80::/10",       // link local, RFC 4291
    "ff00::/8",        // multicast, RFC 4291
};

/// Globally reachable entries inside of blocks that are not.
constexpr std::string_view kReachableWithin[] = {
    "192.0.0.9/32",     // port control protocol anycast, RFC 7723
    "192.0.0.10/32",    // TURN anycast, RFC 8155
    "2001:1::1/128",    // port control protocol anycast, RFC 7723
    "2001:1::2/128",    // TURN anycast, RFC 8155
    "2001:1::3/128",    // service registration anycast, RFC 9665
    "2001:3::/32",      // AMT, RFC 7450
    "2001:4:112::/48",  // AS112, RFC 7535
    "2001:20::/28",     // ORCHIDv2, RFC 7343
    "2001:30::/28",     // drone remote identifiers, RFC 9374
};

AddressSet set_of(std::span<const std::string_view> blocks) {
  std::vector<AddressSet> sets;
  for (const std::string_view block : blocks) {
    if (std::optional<AddressSet> set = AddressSet::parse(block)) sets.push_back(std::move(*set));
  }
  return AddressSet::union_of(std::move(sets));
}

AddressSet public_set() {
  // ::ffff:0:0/96 is IPv4 in IPv6 clothes, judged as IPv4.
  const Uint128 mapped = Uint128{0xFFFF} << 32;
  const AddressSet mapped_block = AddressSet::network({true, mapped}, 96);
  return set_of(kNotReachable).subtract(set_of(kReachableWithin)).unite(mapped_block).complement();
}

bool has_at_least(const AddressSet& trusted, std::uint64_t v4, Uint128 v6) {
  const AddressSet strangers = trusted.intersect(public_addresses());
  return strangers.count_v4() >= v4 || strangers.count_v6() >= v6;
}

}  // namespace

const AddressSet& public_addresses() {
  static const AddressSet set = public_set();
  return set;
}

const AddressSet& loopback_addresses() {
  static const AddressSet set =
      AddressSet::network(IpAddress::v4(0x7F000000U), 8).unite(AddressSet::single(IpAddress{true, 1}));
  return set;
}

bool is_too_many_to_trust(const AddressSet& trusted) {
  return has_at_least(trusted, std::uint64_t{1} << 24, Uint128{1} << 112);
}

bool is_wide(const AddressSet& trusted) { return has_at_least(trusted, std::uint64_t{1} << 16, Uint128{1} << 96); }

}  // namespace relaylint
