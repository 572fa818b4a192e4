#include "lint/address.hpp"

#include <doctest/doctest.h>

#include "tests/support/random_sets.hpp"

using namespace relaylint;
using relaylint::test::RandomSets;

namespace {

std::string round_trip(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  return address ? address->text() : "refused";
}

AddressSet set(std::string_view text) {
  const std::optional<AddressSet> parsed = AddressSet::parse(text);
  CAPTURE(std::string(text));
  REQUIRE(parsed.has_value());
  return *parsed;
}

AddressSet set_of_prefixes(const std::vector<std::string>& prefixes) {
  std::vector<AddressSet> sets;
  for (const std::string& prefix : prefixes) sets.push_back(set(prefix));
  return AddressSet::union_of(std::move(sets));
}

/// Sorted, disjoint, not adjacent, within the family: what the class promises of its intervals.
void check_normal(const AddressSet& s) {
  for (const auto* list : {&s.v4(), &s.v6()}) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      CHECK((*list)[i].first <= (*list)[i].last);
      if (i > 0) CHECK((*list)[i].first - (*list)[i - 1].last > 1);
    }
  }
  if (!s.v4().empty()) CHECK(s.v4().back().last <= 0xFFFFFFFFU);
}

}  // namespace

TEST_CASE("address: dotted quads") {
  CHECK(round_trip("192.0.2.1") == "192.0.2.1");
  CHECK(round_trip("0.0.0.0") == "0.0.0.0");
  CHECK(round_trip("255.255.255.255") == "255.255.255.255");
  for (const char* bad :
       {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "01.2.3.4", "1.2.3.00", "1.2.3.4 ",
        " 1.2.3.4", "1.2.3.+4", "1.2.3.-4", "1.2.3.a", "0x1.2.3.4", "1.2.3.4/32", "[1.2.3.4]", "1.2.3.4294967297"}) {
    CAPTURE(bad);
    CHECK(round_trip(bad) == "refused");
  }
}

TEST_CASE("address: IPv6 as RFC 4291 reads it and RFC 5952 writes it") {
  CHECK(round_trip("::") == "::");
  CHECK(round_trip("::1") == "::1");
  CHECK(round_trip("1::") == "1::");
  CHECK(round_trip("2001:0DB8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(round_trip("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
  CHECK(round_trip("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");
  CHECK(round_trip("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
  CHECK(round_trip("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
  CHECK(round_trip("1:2:3:4:5:6:0:0") == "1:2:3:4:5:6::");
  CHECK(round_trip("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
  CHECK(round_trip("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
  CHECK(round_trip("1:2:3:4:5:6:192.0.2.33") == "1:2:3:4:5:6:c000:221");
  for (const char* bad : {":",
                          ":::",
                          "1:",
                          ":1",
                          "1::2::3",
                          "1:2:3:4:5:6:7",
                          "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4::5:6:7:8",
                          "12345::",
                          "g::",
                          "::1%eth0",
                          "[::1]",
                          "::1/128",
                          "1.2.3.4::",
                          "::1.2.3",
                          "::1.2.3.4:5",
                          "1:2:3:4:5:6:7:1.2.3.4",
                          "::-1",
                          "::+1",
                          "::0x1"}) {
    CAPTURE(bad);
    CHECK(round_trip(bad) == "refused");
  }
}

TEST_CASE("address: a mapped address is one of IPv4") {
  CHECK(round_trip("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(round_trip("::FFFF:c000:0201") == "192.0.2.1");
  CHECK(set("::ffff:10.0.0.0/104") == set("10.0.0.0/8"));
  CHECK(set("::ffff:0:0/96") == AddressSet::all_v4());
  CHECK(set("10.0.0.0/8").contains({true, Uint128{0xFFFF0A000001}}));
  CHECK(set("::/0") == AddressSet::all_v6());
}

TEST_CASE("address: networks") {
  CHECK(set("192.0.2.77/24") == set("192.0.2.0/24"));
  CHECK(set("192.0.2.77") == set("192.0.2.77/32"));
  CHECK(set("1.2.3.4/0") == AddressSet::all_v4());
  CHECK(set("2001:db8::1/32") == set("2001:db8::/32"));
  CHECK(set("2001:db8::1/128") == set("2001:db8::1"));
  for (const char* bad : {"", "/", "/8", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/ 8", "1.2.3.4/8/8", "::/129",
                          "1.2.3.4/255.255.255.0", "host/8"}) {
    CAPTURE(bad);
    CHECK_FALSE(AddressSet::parse(bad).has_value());
  }
}

TEST_CASE("address: neighbours join, across the end of nothing") {
  const AddressSet halves = set("0.0.0.0/1").unite(set("128.0.0.0/1"));
  CHECK(halves == AddressSet::all_v4());
  CHECK(set("10.0.0.0/9").unite(set("10.128.0.0/9")) == set("10.0.0.0/8"));
  CHECK(set("ffff::/16").unite(set("::/0")) == AddressSet::all_v6());
  CHECK(AddressSet::range(IpAddress::v4(2), IpAddress::v4(1)).empty());
  CHECK(AddressSet::range(IpAddress::v4(2), {true, 3}).empty());
}

TEST_CASE("address: counts") {
  CHECK(AddressSet::everything().count_v4() == std::uint64_t{1} << 32);
  CHECK(AddressSet::everything().count_v6() == ~Uint128{0});
  CHECK(set("::/1").count_v6() == Uint128{1} << 127);
  CHECK(AddressSet().count_v6() == 0);
  CHECK(set("10.0.0.0/8").unite(set("10.1.0.0/16")).count_v4() == 1U << 24);
}

TEST_CASE("address: the fewest prefixes, no more than asked for") {
  const AddressSet odd = AddressSet::range(IpAddress::v4(0x0A000001), IpAddress::v4(0x0A000006));
  CHECK(odd.prefixes() == std::vector<std::string>{"10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"});
  CHECK(odd.prefixes(2).size() == 2);
  CHECK(AddressSet::everything().prefixes() == std::vector<std::string>{"0.0.0.0/0", "::/0"});
  CHECK(AddressSet::everything().v6_prefixes() == std::vector<std::string>{"::/0"});
  CHECK(AddressSet::range({true, 1}, {true, ~Uint128{0}}).prefixes().size() == 128);
  CHECK(AddressSet().prefixes().empty());
}

TEST_CASE("address: lowest, IPv4 first") {
  CHECK(AddressSet::everything().lowest()->text() == "0.0.0.0");
  CHECK(set("2001:db8::/32").lowest()->text() == "2001:db8::");
  CHECK_FALSE(AddressSet().lowest().has_value());
}

TEST_CASE("address: laws of sets") {
  RandomSets random(20240501);
  for (int i = 0; i < 3000; ++i) {
    const AddressSet a = random.next();
    const AddressSet b = random.next();
    CAPTURE(i);
    check_normal(a);
    check_normal(a.complement());
    CHECK(a.complement().complement() == a);
    CHECK(a.unite(b) == b.unite(a));
    CHECK(a.unite(b).complement() == a.complement().intersect(b.complement()));
    CHECK(a.intersect(b).complement() == a.complement().unite(b.complement()));
    CHECK(a.subtract(b).unite(a.intersect(b)) == a);
    CHECK_FALSE(a.subtract(b).intersects(b));
    CHECK(a.unite(a.complement()) == AddressSet::everything());
    CHECK(AddressSet::union_of({a, b, a}) == a.unite(b));
    CHECK(a.unite(b).count_v4() + a.intersect(b).count_v4() == a.count_v4() + b.count_v4());
    if (a.count_v6() < Uint128{1} << 126 && b.count_v6() < Uint128{1} << 126) {
      CHECK(a.unite(b).count_v6() + a.intersect(b).count_v6() == a.count_v6() + b.count_v6());
    }
    CHECK(set_of_prefixes(a.prefixes()) == a);
  }
}

TEST_CASE("address: membership agrees with the operations") {
  RandomSets random(7);
  for (int i = 0; i < 3000; ++i) {
    const AddressSet a = random.next();
    const AddressSet b = random.next();
    const IpAddress address = random.address();
    CAPTURE(address.text());
    CHECK(a.unite(b).contains(address) == (a.contains(address) || b.contains(address)));
    CHECK(a.intersect(b).contains(address) == (a.contains(address) && b.contains(address)));
    CHECK(a.complement().contains(address) != a.contains(address));
    CHECK(a.intersects(AddressSet::single(address)) == a.contains(address));
    if (a.lowest()) CHECK(a.contains(*a.lowest()));
  }
}

TEST_CASE("address: text round trip") {
  RandomSets random(99);
  for (int i = 0; i < 5000; ++i) {
    const IpAddress address = random.address();
    CAPTURE(address.text());
    CHECK(IpAddress::parse(address.text()) == address);
  }
}
