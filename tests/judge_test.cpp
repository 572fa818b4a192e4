// The judge on policies built by hand: each test says which clause decides and what the first witness is.

#include "lint/judge.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace relaylint;

namespace {

AddressSet net(std::string_view text) { return *AddressSet::parse(text); }

PatternSet domains(std::initializer_list<std::pair<PatternKind, const char*>> patterns) {
  PatternSet set;
  for (const auto& [kind, text] : patterns) set.add(kind, text);
  return set;
}

Condition recipient_in(PatternSet set, AddressPart part = AddressPart::Domain) {
  return {Recipient{std::move(set), part}};
}
Condition sender_domain(const char* domain) {
  return {Sender{domains({{PatternKind::Exact, domain}}), AddressPart::Domain}};
}

Condition negated(Condition condition) {
  condition.negated = true;
  return condition;
}

/// A policy with one listener and one rcpt stage, which accepts mail for corp.example and ends in `final`.
struct Fixture {
  explicit Fixture(Action final = Action::Refuse) {
    policy.product = "test";
    policy.local_name = "corp.example";
    policy.local_domains = domains({{PatternKind::Exact, "corp.example"}});
    rcpt = policy.add_list("rcpt", final);
    Listener listener;
    listener.stages.push_back({"rcpt", rcpt, true});
    policy.listeners.push_back(std::move(listener));
    add(accept_when({recipient_in(policy.local_domains)}, {}, "local"));
  }
  void add(Clause clause) { policy.list(rcpt).clauses.push_back(std::move(clause)); }
  void before_rcpt(ListId list) {
    policy.listeners[0].stages.insert(policy.listeners[0].stages.begin(), {"connect", list, false});
  }

  RelayPolicy policy;
  ListId rcpt{};
};

Transaction from(const char* client, const char* recipient) {
  Transaction transaction;
  transaction.client = *IpAddress::parse(client);
  transaction.rcpt_to = recipient;
  return transaction;
}

}  // namespace

TEST_CASE("a policy that accepts everything is open, by the plainest transaction") {
  Fixture fixture(Action::Accept);
  const Verdict verdict = judge(fixture.policy);
  REQUIRE(verdict.state == VerdictState::Open);
  const Transaction& witness = verdict.witness->transaction;
  CHECK(witness.client.text() == "198.51.100.77");
  CHECK(witness.mail_from == "spammer@evil.example");
  CHECK(witness.rcpt_to == "victim@elsewhere.example");
  CHECK(witness.helo == "client.evil.example");
  CHECK(witness.auth == Auth::None);
  CHECK_FALSE(witness.client_name);
  CHECK(verdict.exposure.anyone);
  CHECK(verdict.exposure.clients == public_addresses());
}

TEST_CASE("a policy that accepts local mail only is closed, and delivers it") {
  Fixture fixture;
  CHECK(judge(fixture.policy).state == VerdictState::Closed);
  CHECK(decide(fixture.policy, from("198.51.100.77", "alice@corp.example")).outcome == Outcome::Delivered);
  CHECK(decide(fixture.policy, from("198.51.100.77", "victim@elsewhere.example")).outcome == Outcome::Refused);
}

TEST_CASE("the size of the trusted set decides: too many, wide, on purpose") {
  const auto verdict_for = [](std::string_view trusted) {
    Fixture fixture;
    fixture.add(accept_when({client_in(net(trusted), {})}, {}));
    return judge(fixture.policy);
  };
  CHECK(verdict_for("0.0.0.0/0").state == VerdictState::Open);
  CHECK(verdict_for("20.0.0.0/8").state == VerdictState::Open);
  CHECK(verdict_for("::/0").witness->transaction.client.text() == "2001:db8:77::1");
  CHECK(verdict_for("2600::/16").state == VerdictState::Open);
  CHECK(verdict_for("10.0.0.0/8").holes.empty());
  CHECK(verdict_for("203.0.113.0/24").holes.empty());

  const Verdict wide = verdict_for("20.0.0.0/9");
  CHECK(wide.state == VerdictState::Closed);
  REQUIRE(wide.holes.size() == 1);
  CHECK(wide.holes[0].kind == HoleKind::WideClients);
  CHECK(verdict_for("2600::/32").holes[0].kind == HoleKind::WideClients);
}

TEST_CASE("networks that are too many only together are open") {
  Fixture fixture;
  fixture.add(accept_when({client_in(net("0.0.0.0/1"), {})}, {}));
  fixture.add(accept_when({client_in(net("128.0.0.0/1"), {})}, {}));
  const Verdict verdict = judge(fixture.policy);
  CHECK(verdict.state == VerdictState::Open);
  CHECK(verdict.holes.size() == 2);
  CHECK(verdict.exposure.clients == public_addresses().intersect(AddressSet::all_v4()));
}

TEST_CASE("exclusions are taken out before the trusted are counted") {
  Fixture fixture;
  fixture.add(refuse_when({client_in(net("20.0.0.0/9"), {})}, {}));
  fixture.add(accept_when({client_in(net("20.0.0.0/8"), {})}, {}));
  CHECK(judge(fixture.policy).state == VerdictState::Closed);
}

TEST_CASE("what the client says of himself is not believed") {
  Fixture sender;
  sender.add(accept_when({sender_domain("corp.example")}, {}));
  const Verdict forged = judge(sender.policy);
  REQUIRE(forged.state == VerdictState::Open);
  CHECK(forged.witness->transaction.mail_from == "alice@corp.example");

  Fixture null_sender;
  null_sender.add(accept_when({{Sender{domains({{PatternKind::Exact, ""}}), AddressPart::Address}}}, {}));
  CHECK(judge(null_sender.policy).witness->transaction.mail_from.empty());

  Fixture helo;
  helo.add(accept_when({{HeloName{domains({{PatternKind::Below, "trusted.example"}})}}}, {}));
  CHECK(judge(helo.policy).witness->transaction.helo == "mail.trusted.example");

  Fixture unverified;
  unverified.add(accept_when({{ClientName{domains({{PatternKind::Below, "corp.example"}}), false}}}, {}));
  const Verdict named = judge(unverified.policy);
  REQUIRE(named.state == VerdictState::Open);
  CHECK(*named.witness->transaction.client_name == "client.corp.example");
}

TEST_CASE("a verified name is a warning, unless anybody can have one") {
  Fixture ours;
  ours.add(accept_when({{ClientName{domains({{PatternKind::Below, "corp.example"}}), true}}}, {}));
  const Verdict warned = judge(ours.policy);
  CHECK(warned.state == VerdictState::Closed);
  REQUIRE(warned.holes.size() == 1);
  CHECK(warned.holes[0].kind == HoleKind::VerifiedName);

  Fixture anybody;
  anybody.add(accept_when({{ClientName{domains({{PatternKind::Below, "com"}}), true}}}, {}));
  const Verdict open = judge(anybody.policy);
  REQUIRE(open.state == VerdictState::Open);
  CHECK(*open.witness->transaction.client_name == "client.evil.com");
}

TEST_CASE("authentication counts for what it proves") {
  const auto with = [](CredentialCheck check) {
    Fixture fixture;
    fixture.add(accept_when({{Authenticated{check}}}, {}));
    return judge(fixture.policy);
  };
  CHECK(with(CredentialCheck::Real).state == VerdictState::Closed);
  CHECK(with(CredentialCheck::Impossible).state == VerdictState::Closed);
  CHECK(with(CredentialCheck::Unknown).state == VerdictState::Unknown);
  const Verdict anything = with(CredentialCheck::Anything);
  REQUIRE(anything.state == VerdictState::Open);
  CHECK(anything.witness->transaction.auth == Auth::Junk);
}

TEST_CASE("a suffix below which anybody has a domain is open, a domain is not") {
  const auto relaying_to = [](PatternKind kind, const char* text) {
    Fixture fixture;
    fixture.add(accept_when({recipient_in(domains({{kind, text}}))}, {}));
    return judge(fixture.policy);
  };
  CHECK(relaying_to(PatternKind::Below, "org").witness->transaction.rcpt_to == "victim@elsewhere.org");
  CHECK(relaying_to(PatternKind::Tail, ".co.uk").witness->transaction.rcpt_to == "victim@elsewhere.co.uk");
  CHECK(relaying_to(PatternKind::Below, "org").exposure.recipients == std::vector<std::string>{".org"});
  CHECK(relaying_to(PatternKind::Below, "partner.org").state == VerdictState::Closed);
  CHECK(relaying_to(PatternKind::Exact, "org").state == VerdictState::Closed);
}

TEST_CASE("a recipient that is rewritten after acceptance relays") {
  Fixture fixture;
  const ListId delivery = fixture.policy.add_list("delivery", Action::Continue);
  fixture.policy.delivery = delivery;
  Clause percent;
  percent.when.push_back(recipient_in(fixture.policy.local_domains));
  percent.effects.push_back({1, RewriteRecipient{[](Facts& facts) {
                               std::string local(local_part_of(facts.recipient()));
                               const std::size_t at = local.rfind('%');
                               if (at == std::string::npos) return Expansion{Value::No, {}};
                               local[at] = '@';
                               return Expansion{Value::Yes, local};
                             }}});
  fixture.policy.list(delivery).clauses.push_back(percent);
  const Verdict verdict = judge(fixture.policy);
  REQUIRE(verdict.state == VerdictState::Open);
  CHECK(verdict.witness->transaction.rcpt_to == "victim%elsewhere.example@corp.example");
}

TEST_CASE("data that is not at hand says no, and is an assumption; strictly it is unknown") {
  Fixture fixture;
  fixture.add(accept_when({opaque("a table in a database", {}, true)}, {}));
  const Verdict verdict = judge(fixture.policy);
  CHECK(verdict.state == VerdictState::Closed);
  REQUIRE(verdict.assumptions.size() == 1);
  CHECK(verdict.assumptions[0].text == "a table in a database");
  JudgeOptions strict;
  strict.strict = true;
  CHECK(judge(fixture.policy, strict).state == VerdictState::Unknown);
}

TEST_CASE("policy that is not understood makes the verdict unknown only where it decides") {
  Fixture grants;
  grants.add(accept_when({opaque("a missing include", {}, false)}, {}));
  const Verdict verdict = judge(grants.policy);
  CHECK(verdict.state == VerdictState::Unknown);
  REQUIRE(verdict.reasons.size() == 1);
  CHECK(verdict.reasons[0].text == "a missing include");

  Fixture refuses;
  refuses.add(refuse_when({opaque("a missing include", {}, false)}, {}));
  CHECK(judge(refuses.policy).state == VerdictState::Closed);

  Fixture either(Action::Accept);
  either.add(refuse_when({opaque("a missing include", {}, false)}, {}));
  CHECK(judge(either.policy).state == VerdictState::Unknown);

  Fixture both(Action::Accept);
  both.add(accept_when({opaque("a missing include", {}, false)}, {}));
  CHECK(judge(both.policy).state == VerdictState::Open);

  Fixture and_never;
  and_never.add(accept_when({opaque("a missing include", {}, false), {Constant{Value::No}}}, {}));
  CHECK(judge(and_never.policy).state == VerdictState::Closed);
}

TEST_CASE("require and endpass refuse where their conditions fail") {
  Fixture require(Action::Accept);
  Clause demand;
  demand.when.push_back(recipient_in(require.policy.local_domains));
  demand.otherwise = Action::Refuse;
  require.add(demand);
  CHECK(judge(require.policy).state == VerdictState::Closed);

  Fixture endpass(Action::Accept);
  Clause accept = accept_when({client_in(AddressSet::everything(), {}), {Authenticated{CredentialCheck::Real}}}, {});
  accept.otherwise = Action::Refuse;
  accept.otherwise_from = 1;
  endpass.add(accept);
  CHECK(judge(endpass.policy).state == VerdictState::Closed);
  CHECK(decide(endpass.policy, from("198.51.100.77", "victim@elsewhere.example")).outcome == Outcome::Refused);
}

TEST_CASE("an error in a condition means what the clause says") {
  Fixture defers(Action::Accept);
  defers.add(accept_when({{Constant{Value::Error}}}, {}));
  CHECK(decide(defers.policy, from("198.51.100.77", "victim@elsewhere.example")).outcome == Outcome::Deferred);

  Fixture skips(Action::Accept);
  Clause deny = refuse_when({{Constant{Value::Error}}}, {});
  deny.on_error = Action::Continue;
  skips.add(deny);
  CHECK(judge(skips.policy).state == VerdictState::Open);
}

TEST_CASE("a binding made for some clients is there for them only") {
  const auto with = [](const char* network) {
    Fixture fixture;
    const ListId connect = fixture.policy.add_list("connect", Action::Accept);
    Clause bind;
    bind.when.push_back(client_in(net(network), {}));
    bind.effects.push_back({1, Let{"RELAYCLIENT", literal("")}});
    fixture.policy.list(connect).clauses.push_back(bind);
    fixture.before_rcpt(connect);
    fixture.add(accept_when({{Bound{"RELAYCLIENT"}}}, {}));
    return fixture;
  };
  CHECK(judge(with("10.0.0.0/8").policy).state == VerdictState::Closed);
  CHECK(decide(with("10.0.0.0/8").policy, from("10.1.2.3", "victim@elsewhere.example")).outcome == Outcome::Relayed);
  const Fixture everybody = with("0.0.0.0/0");
  const Verdict verdict = judge(everybody.policy);
  REQUIRE(verdict.state == VerdictState::Open);
  REQUIRE(verdict.holes[0].supports.size() == 1);
  CHECK(everybody.policy.list(verdict.holes[0].supports[0].list).name == "connect");
}

TEST_CASE("a binding that an effect makes before its condition fails stays made") {
  Fixture fixture;
  Clause warn;
  warn.when.push_back(client_in(net("10.0.0.0/8"), {}));
  warn.effects.push_back({0, Let{"acl_m_ok", literal("1")}});
  fixture.add(warn);
  fixture.add(accept_when({{Bound{"acl_m_ok"}}}, {}));
  CHECK(judge(fixture.policy).state == VerdictState::Open);
}

TEST_CASE("a recipient before may open the way for the next") {
  Fixture fixture;
  RelayPolicy& policy = fixture.policy;
  policy.list(fixture.rcpt).clauses.clear();
  Clause remember = accept_when({recipient_in(policy.local_domains)}, {});
  remember.effects.push_back({1, Let{"acl_m_ok", literal("1")}});
  fixture.add(remember);
  fixture.add(accept_when({{Bound{"acl_m_ok"}}}, {}));
  const Verdict verdict = judge(policy);
  REQUIRE(verdict.state == VerdictState::Open);
  CHECK(verdict.witness->transaction.preceding == std::vector<std::string>{"postmaster@corp.example"});
}

TEST_CASE("a listener that no stranger reaches is closed, and its hole latent") {
  Fixture fixture(Action::Accept);
  fixture.policy.listeners[0].reachable = loopback_addresses();
  const Verdict verdict = judge(fixture.policy);
  CHECK(verdict.state == VerdictState::Closed);
  REQUIRE(verdict.holes.size() == 1);
  CHECK(verdict.holes[0].kind == HoleKind::Latent);
  CHECK(decide(fixture.policy, from("198.51.100.77", "victim@elsewhere.example")).outcome == Outcome::Refused);
  CHECK(decide(fixture.policy, from("127.0.0.1", "victim@elsewhere.example")).outcome == Outcome::Relayed);
}

TEST_CASE("an address that stands for everybody makes trusting it open") {
  Fixture fixture;
  fixture.add(accept_when({client_in(net("172.17.0.0/16"), {})}, {}));
  CHECK(judge(fixture.policy).state == VerdictState::Closed);
  fixture.policy.stands_for_everybody = net("172.17.0.1");
  const Verdict verdict = judge(fixture.policy);
  REQUIRE(verdict.state == VerdictState::Open);
  CHECK(verdict.witness->transaction.client.text() == "172.17.0.1");
}

TEST_CASE("relaying by MX is a warning") {
  Fixture fixture;
  fixture.add(accept_when({{MxIsHere{}}}, {}));
  const Verdict verdict = judge(fixture.policy);
  CHECK(verdict.state == VerdictState::Closed);
  REQUIRE(verdict.holes.size() == 1);
  CHECK(verdict.holes[0].kind == HoleKind::MxIsHere);
}

TEST_CASE("a list asked as a question: accept yes, refuse and the end no, defer an error") {
  const auto asking = [](Action answer, bool negate) {
    Fixture fixture;
    const ListId inner = fixture.policy.add_list("inner", answer);
    Condition question{ListHolds{inner}};
    question.negated = negate;
    fixture.add(accept_when({question}, {}));
    return decide(fixture.policy, from("198.51.100.77", "victim@elsewhere.example")).outcome;
  };
  CHECK(asking(Action::Accept, false) == Outcome::Relayed);
  CHECK(asking(Action::Refuse, false) == Outcome::Refused);
  CHECK(asking(Action::Refuse, true) == Outcome::Relayed);
  CHECK(asking(Action::Continue, true) == Outcome::Relayed);
  CHECK(asking(Action::Defer, false) == Outcome::Deferred);
  CHECK(asking(Action::Defer, true) == Outcome::Deferred);
}

TEST_CASE("a pure function is asked once for each cell that its address sets cut") {
  Fixture fixture;
  const AddressSet half = net("128.0.0.0/1");
  Evaluable match{
      [half](Facts& facts) { return half.contains(facts.client()) ? Value::Yes : Value::No; }, {}, {half}, "match_ip"};
  fixture.add(accept_when({{match}}, {}));
  const Verdict verdict = judge(fixture.policy);
  REQUIRE(verdict.state == VerdictState::Open);
  CHECK(verdict.exposure.clients == public_addresses().intersect(half));
}

TEST_CASE("negations swap yes and no") {
  Fixture fixture;
  fixture.add(accept_when({negated(client_in(net("192.0.2.0/24"), {}))}, {}));
  const Verdict verdict = judge(fixture.policy);
  CHECK(verdict.state == VerdictState::Open);
  CHECK_FALSE(verdict.exposure.clients.contains(*IpAddress::parse("192.0.2.1")));
}

TEST_CASE("a policy that cannot be loaded is unknown") {
  Fixture fixture(Action::Accept);
  fixture.policy.unloadable = Note{{}, "unknown option"};
  CHECK(judge(fixture.policy).state == VerdictState::Unknown);
  CHECK(decide(fixture.policy, from("10.0.0.1", "a@b.example")).outcome == Outcome::Unknown);
}

TEST_CASE("a bound that is hit is unknown, never closed") {
  Fixture fixture;
  fixture.add(accept_when({sender_domain("never.example"), {Constant{Value::No}}}, {}));
  JudgeOptions options;
  options.max_evaluations = 1;
  CHECK(judge(fixture.policy, options).state == VerdictState::Unknown);
}

TEST_CASE("lists that call each other for ever are unknown") {
  Fixture fixture;
  Clause call;
  call.then = Action::Call;
  call.call = fixture.rcpt;
  fixture.add(call);
  CHECK(judge(fixture.policy).state == VerdictState::Unknown);
}
