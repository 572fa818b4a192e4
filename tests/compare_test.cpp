#include "lint/compare.hpp"

#include <doctest/doctest.h>

#include <string>

#include "rules/registry.hpp"
#include "tests/support/examine.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// A server that takes mail for corp.example, from `trusted` and with credentials; more by `clauses`.
RelayPolicy server(std::string_view trusted, std::vector<Clause> clauses = {}) {
  RelayPolicy policy;
  policy.product = "test";
  policy.local_name = "corp.example";
  policy.local_domains.add(PatternKind::Exact, "corp.example");
  const ListId rcpt = policy.add_list("rcpt", Action::Refuse);
  Listener listener;
  listener.stages.push_back({"rcpt", rcpt, true});
  policy.listeners.push_back(std::move(listener));
  auto& list = policy.list(rcpt).clauses;
  list.push_back(accept_when({{Recipient{policy.local_domains, AddressPart::Domain}}}, {}));
  if (!trusted.empty()) list.push_back(accept_when({client_in(*AddressSet::parse(trusted), {})}, {}));
  for (Clause& clause : clauses) list.push_back(std::move(clause));
  return policy;
}

Clause for_domain(const std::string& domain) {
  PatternSet set;
  set.add(PatternKind::Exact, domain);
  return accept_when({{Recipient{std::move(set), AddressPart::Domain}}}, {});
}

Clause with_credentials() { return accept_when({{Authenticated{}}}, {}); }

std::vector<RelayChange> changes(const RelayPolicy& before, const RelayPolicy& after) {
  return compare(before, after, {}).changes;
}

}  // namespace

TEST_CASE("compare: nothing changed") {
  CHECK(changes(server("10.0.0.0/8"), server("10.0.0.0/8")).empty());
  CHECK(changes(server("0.0.0.0/0"), server("0.0.0.0/0")).empty());
}

TEST_CASE("compare: networks that are trusted now, exactly, also private ones") {
  const auto wider = changes(server("10.0.0.0/9"), server("10.0.0.0/8"));
  REQUIRE(wider.size() == 1);
  CHECK(wider[0].allowed);
  CHECK(wider[0].anyone);
  CHECK(wider[0].clients == AddressSet::parse("10.128.0.0/9"));
  CHECK(wider[0].example.client == *IpAddress::parse("10.128.0.0"));
  const auto narrower = changes(server("10.0.0.0/8"), server("10.0.0.0/9"));
  REQUIRE(narrower.size() == 1);
  CHECK_FALSE(narrower[0].allowed);
  CHECK(narrower[0].clients == AddressSet::parse("10.128.0.0/9"));
}

TEST_CASE("compare: one network goes, another comes") {
  const auto moved = changes(server("192.0.2.0/25"), server("192.0.2.128/25"));
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].allowed != moved[1].allowed);
}

TEST_CASE("compare: domains that are relayed for now, with one change for all of them") {
  RelayPolicy now = server("", {for_domain("a.example"), for_domain("b.example")});
  for (const char* domain : {"a.example", "b.example"}) now.relay_domains.add(PatternKind::Exact, domain);
  const auto more = changes(server(""), now);
  REQUIRE(more.size() == 1);
  CHECK(more[0].allowed);
  CHECK_FALSE(more[0].anyone);
  CHECK(more[0].recipients == std::vector<std::string>{"a.example", "b.example"});
  CHECK(more[0].clients == AddressSet::everything());
}

TEST_CASE("compare: credentials that let one relay now") {
  const auto more = changes(server("10.0.0.0/8"), server("10.0.0.0/8", {with_credentials()}));
  REQUIRE(more.size() == 1);
  CHECK(more[0].example.auth == Auth::Valid);
  CHECK(more[0].clients == AddressSet::parse("10.0.0.0/8")->complement());
}

TEST_CASE("compare: what was not decided before is not called new") {
  RelayPolicy doubtful = server("", {accept_when({opaque("not read", {}, false)}, {})});
  CHECK(changes(doubtful, server("0.0.0.0/0")).empty());
  const auto first = changes(RelayPolicy{}, server("0.0.0.0/0"));
  REQUIRE(first.size() == 1);
  CHECK(first[0].anyone);
}

TEST_CASE("compare: findings say who, to whom and how") {
  const auto message = [](std::string_view before, std::string_view after, std::string_view rule) {
    const Examined old = examine_text("smail", before, "config");
    const Examined now = examine_text("smail", after, "config");
    const JudgeOptions options;
    for (const Finding& finding : findings_of(compare(old.configuration.policy, now.configuration.policy, options),
                                              now.configuration, all_rules(), options)) {
      if (finding.rule == rule) return std::string(to_string(finding.severity)) + " " + finding.message;
    }
    return std::string();
  };
  const std::string narrow = "hostnames = corp.example\nsmtp_remote_allow = 10.1/16\n";
  const std::string wider = "hostnames = corp.example\nsmtp_remote_allow = 10.1/16:192.0.2/24\n";
  const std::string open = "hostnames = corp.example\nsmtp_remote_allow = 10.1/16:0.0.0.0/0\n";
  CHECK(message(narrow, wider, "RL906") == "warning newly relays mail to anybody for 192.0.2.0/24");
  CHECK(message(wider, narrow, "RL907") == "info no longer relays mail to anybody for 192.0.2.0/24");
  CHECK(message(narrow, open, "RL906").find("error newly relays mail to anybody for ") == 0);
  CHECK(message(wider, narrow, "RL906").empty());
}
