#include <doctest/doctest.h>

#include "lint/address.hpp"
#include "tests/support/random_sets.hpp"

using namespace relaylint;

namespace {

bool is_public(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  CAPTURE(std::string(text));
  REQUIRE(address.has_value());
  return public_addresses().contains(*address);
}

AddressSet set(std::string_view text) { return AddressSet::parse(text).value(); }

}  // namespace

TEST_CASE("special addresses: blocks that the registries call not globally reachable, to their edges") {
  for (const char* inside : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.0",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.127.255.255",
                             "127.0.0.1",
                             "169.254.0.0",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.0.0.0",
                             "192.0.0.8",
                             "192.0.0.11",
                             "192.0.0.255",
                             "192.88.99.2",
                             "192.168.0.0",
                             "192.168.255.255",
                             "198.18.0.0",
                             "198.19.255.255",
                             "224.0.0.0",
                             "239.255.255.255",
                             "240.0.0.0",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "64:ff9b:1::",
                             "100::1",
                             "100:0:0:1::1",
                             "2001::1",
                             "2001:1::",
                             "2001:1::4",
                             "2001:2::1",
                             "2001:10::1",
                             "2001:1ff::",
                             "5f00::",
                             "fc00::",
                             "fdff::",
                             "fe80::",
                             "febf::",
                             "ff02::1"}) {
    CHECK_FALSE(is_public(inside));
  }
  for (const char* outside :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",     "172.15.255.255",
        "172.32.0.0",      "191.255.255.255", "192.0.1.0",       "192.88.99.1",     "192.167.255.255",
        "192.169.0.0",     "198.17.255.255",  "198.20.0.0",      "223.255.255.255", "::2",
        "64:ff9b::1",      "64:ff9b:2::",     "100:0:0:2::",     "2000::",          "2001:200::",
        "2002::1",         "2606:4700::1",    "5eff::",          "5f01::",          "fbff::",
        "fe00::",          "fec0::"}) {
    CHECK(is_public(outside));
  }
}

TEST_CASE("special addresses: reachable entries within unreachable blocks") {
  for (const char* inside : {"192.0.0.9", "192.0.0.10", "2001:1::1", "2001:1::2", "2001:1::3", "2001:3::1",
                             "2001:4:112::1", "2001:20::1", "2001:2f:ffff::", "2001:30::1", "2001:3f:ffff::"}) {
    CHECK(is_public(inside));
  }
  for (const char* beside : {"2001:4:111::", "2001:4:113::", "2001:1f::", "2001:40::", "2001:4::"})
    CHECK_FALSE(is_public(beside));
}

TEST_CASE("special addresses: documentation blocks count as public") {
  for (const char* inside :
       {"192.0.2.200", "198.51.100.77", "203.0.113.1", "2001:db8:77::1", "3fff::1", "3fff:fff::1"}) {
    CHECK(is_public(inside));
  }
}

TEST_CASE("special addresses: a mapped address is judged as IPv4") {
  CHECK(is_public("::ffff:198.51.100.77"));
  CHECK_FALSE(is_public("::ffff:10.0.0.1"));
  CHECK_FALSE(public_addresses().intersects(
      AddressSet::range({true, Uint128{0xFFFF} << 32}, {true, (Uint128{0x10000} << 32) - 1})));
}

TEST_CASE("special addresses: loopback") {
  CHECK(loopback_addresses() == set("127.0.0.0/8").unite(set("::1")));
  CHECK_FALSE(loopback_addresses().intersects(public_addresses()));
}

TEST_CASE("special addresses: how many are too many to trust on purpose") {
  CHECK(is_too_many_to_trust(AddressSet::everything()));
  CHECK(is_too_many_to_trust(set("8.0.0.0/8")));
  CHECK_FALSE(is_too_many_to_trust(set("8.0.0.0/8").subtract(set("8.8.8.8"))));
  CHECK_FALSE(is_too_many_to_trust(set("10.0.0.0/8")));
  CHECK(is_too_many_to_trust(set("172.0.0.0/7")));
  CHECK(is_too_many_to_trust(set("2600::/16")));
  CHECK_FALSE(is_too_many_to_trust(set("2600::/17")));
  CHECK_FALSE(is_too_many_to_trust(set("fc00::/7")));

  CHECK(is_wide(set("8.8.0.0/16")));
  CHECK_FALSE(is_wide(set("8.8.0.0/17")));
  CHECK(is_wide(set("8.8.0.0/17").unite(set("9.8.0.0/17"))));
  CHECK_FALSE(is_wide(set("192.168.0.0/16")));
  CHECK(is_wide(set("2001:db8::/32")));
  CHECK_FALSE(is_wide(set("2001:db8::/33")));
  CHECK_FALSE(is_wide(AddressSet()));
}

TEST_CASE("special addresses: trusting more never makes it fewer") {
  test::RandomSets random(5);
  for (int i = 0; i < 500; ++i) {
    const AddressSet a = random.next();
    const AddressSet more = a.unite(random.next());
    if (is_too_many_to_trust(a)) CHECK(is_too_many_to_trust(more));
    if (is_wide(a)) CHECK(is_wide(more));
    if (is_too_many_to_trust(a)) CHECK(is_wide(a));
  }
}
