// GroupWise startup files, through examine and fix: what is a switch, which version decides, how the switch is written.

#include <doctest/doctest.h>

#include <string>

#include "parsers/registry.hpp"
#include "tests/support/examine.hpp"

namespace relaylint::test {
namespace {

constexpr const char* kHome = "/Home-SYS:\\DOM\\WPGATE\\GWIA\r\n/HN-gw.example.net\r\n";

VerdictState judged(const std::string& text, const std::string& name = "GWIA.CFG") {
  return examine_text("groupwise", text, name).state();
}

std::string fixed(const std::string& text, const std::string& name = "GWIA.CFG") {
  const Examined examined = examine_text("groupwise", text, name);
  const FixResult result = examined.fix_all();
  CHECK(result.unproved.empty());
  const auto found = result.files.find(name);
  return found == result.files.end() ? text : *found->second;
}

Decision asked(const std::string& text, const std::string& client, const std::string& to) {
  Transaction transaction;
  transaction.client = *IpAddress::parse(client);
  transaction.rcpt_to = to;
  return examine_text("groupwise", text, "GWIA.CFG").decide(transaction);
}

Detection detected(const std::string& path, const std::string& head) {
  return find_format("groupwise")->detect(path, head);
}

TEST_CASE("groupwise: without the switch a gateway up to version 6 relays, with it it does not") {
  CHECK(judged(kHome) == VerdictState::Open);
  CHECK(judged(std::string(kHome) + "/NOROUTING\r\n") == VerdictState::Closed);
  CHECK(judged(std::string(kHome) + "/norouting") == VerdictState::Closed);
  CHECK(judged(std::string(kHome) + "/NOROUTING \t\r\n") == VerdictState::Closed);
  CHECK(judged("/NOROUTING\r\n", "GWSMTP.CFG") == VerdictState::Closed);
  CHECK(judged("/HOME-X\r\n", "gwsmtp.cfg") == VerdictState::Open);
  CHECK(judged("", "GWSMTP.CFG") == VerdictState::Open);
}

TEST_CASE("groupwise: what is no switch does not protect") {
  for (const char* line :
       {";/NOROUTING", "#/NOROUTING", "* /NOROUTING", "; /NOROUTING  by jd", "norouting", "/NOROUTE", "/no_routing",
        "/NORELAY", "/no-routing", "/norouting5", "/DSN ; /NOROUTING", "/Home2-C:\\norouting"}) {
    CAPTURE(line);
    const Examined examined = examine_text("groupwise", std::string(kHome) + line + "\r\n", "GWIA.CFG");
    CHECK(examined.state() == VerdictState::Open);
    CHECK(examined.has("RL001"));
    CHECK(examined.has("RL012") == (std::string(line).find("Home2") == std::string::npos));
  }
}

TEST_CASE("groupwise: a form whose effect nobody documents is unknown, not closed") {
  for (const char* line :
       {"  /NOROUTING", "--norouting", "-norouting", "/NOROUTING ; since 1999", "/NOROUTING-1", "/SMTP /NOROUTING"}) {
    CAPTURE(line);
    CHECK(judged(std::string(kHome) + line + "\r\n") == VerdictState::Unknown);
  }
  CHECK(judged("\xEF\xBB\xBF/NOROUTING\r\n/HN-a.example\r\n") == VerdictState::Unknown);
  CHECK(judged("--home /gw\n--NOROUTING\n", "gwia.cfg") == VerdictState::Unknown);
  CHECK(judged("--home /gw\n/norouting\n--smtp\n", "gwia.cfg") == VerdictState::Unknown);
}

TEST_CASE("groupwise: on Linux and from 7 on the database decides what the file leaves out") {
  CHECK(judged("--home /gw\n--rd 16\n", "gwia.cfg") == VerdictState::Unknown);
  CHECK(judged("--home /gw\n--norouting\n", "gwia.cfg") == VerdictState::Closed);
  CHECK(judged("-home /gw\n-norouting\n", "gwia.cfg") == VerdictState::Closed);
  CHECK(judged(std::string(kHome) + "/imip\r\n") == VerdictState::Unknown);
  CHECK(judged("; GroupWise 8 Internet Agent\r\n" + std::string(kHome)) == VerdictState::Unknown);
  CHECK(judged("; GWIA 7.0.1\r\n" + std::string(kHome)) == VerdictState::Unknown);
  CHECK(judged("; GroupWise 5.5\r\n" + std::string(kHome)) == VerdictState::Open);
  CHECK(judged("; GWIA 12/03/2001\r\n" + std::string(kHome)) == VerdictState::Open);
  CHECK(judged("") == VerdictState::Unknown);
}

TEST_CASE("groupwise: the version that the user tells wins") {
  EngineOptions options = all_rules_on();
  options.lower.products["groupwise"] = "6.5";
  CHECK(examine_files("groupwise", {{"gwia.cfg", "--home /gw\n"}}, "gwia.cfg", options).state() == VerdictState::Open);
  options.lower.products["groupwise"] = "2012";
  CHECK(examine_files("groupwise", {{"GWIA.CFG", kHome}}, "GWIA.CFG", options).state() == VerdictState::Unknown);
}

TEST_CASE("groupwise: who must authenticate cannot relay without credentials") {
  const std::string forced = std::string(kHome) + "/forceinboundauth\r\n";
  const Examined examined = examine_text("groupwise", forced, "GWIA.CFG");
  CHECK(examined.state() == VerdictState::Closed);
  CHECK(examined.has("RL017"));
  Transaction known;
  known.rcpt_to = "victim@elsewhere.example";
  known.auth = Auth::Valid;
  CHECK(examined.decide(known).outcome == Outcome::Relayed);
  CHECK(judged("/HOME-X\r\n/forceinboundauth\r\n", "GWSMTP.CFG") == VerdictState::Unknown);
}

TEST_CASE("groupwise: domains and exceptions of the databases are assumptions") {
  const std::string closed = std::string(kHome) + "/NOROUTING\r\n";
  const Examined examined = examine_text("groupwise", closed, "GWIA.CFG");
  CHECK(examined.configuration.verdict.assumptions.size() == 2);
  CHECK(asked(closed, "198.51.100.77", "bob@gw.example.net").outcome == Outcome::Delivered);
  CHECK(asked(closed, "198.51.100.77", "victim@elsewhere.example").outcome == Outcome::Refused);
  CHECK(asked(kHome, "198.51.100.77", "victim@elsewhere.example").outcome == Outcome::Relayed);
}

TEST_CASE("groupwise: the switch is written in the file's own style") {
  CHECK(fixed(kHome) == std::string(kHome) + "/NOROUTING\r\n");
  CHECK(fixed("/home-x\n/hn-a\n") == "/home-x\n/hn-a\n/norouting\n");
  CHECK(fixed("/home-x\n/hn-a") == "/home-x\n/hn-a\n/norouting");
  CHECK(fixed("/HOME-X") == "/HOME-X\r\n/NOROUTING");
  CHECK(fixed("/HOME-X\r\n\x1a") == "/HOME-X\r\n/NOROUTING\r\n\x1a");
  CHECK(fixed("--home /gw\n", "gwia.cfg") == "--home /gw\n--norouting\n");
}

TEST_CASE("groupwise: a switch that is nearly right is put right, anything else stays") {
  const std::string home = kHome;
  CHECK(fixed(home + ";/NOROUTING\r\n/RD-4\r\n") == home + "/NOROUTING\r\n/RD-4\r\n");
  CHECK(fixed(home + " # /norouting\r\n") == home + "/norouting\r\n");
  CHECK(fixed(home + ";/NOROUTING by jd\r\n") == home + ";/NOROUTING by jd\r\n/NOROUTING\r\n");
  CHECK(fixed(home + ";norouting\r\n") == home + ";norouting\r\n/NOROUTING\r\n");
  CHECK(fixed(home + "/NOROUTE\r\n") == home + "/NOROUTE\r\n/NOROUTING\r\n");
  CHECK(fixed(home + "\t/NOROUTING\r\n") == home + "/NOROUTING\r\n");
  CHECK(fixed("--home /gw\n--NOROUTING\n", "gwia.cfg") == "--home /gw\n--norouting\n");
  CHECK(fixed(home + "--norouting\r\n") == home + "--norouting\r\n/NOROUTING\r\n");
}

TEST_CASE("groupwise: what is right stays as it is") {
  const std::string closed = std::string("; /NOROUTING disabled\r\n") + kHome + "/NOROUTING\r\n";
  const Examined examined = examine_text("groupwise", closed, "GWIA.CFG");
  CHECK_FALSE(examined.has("RL012"));
  CHECK(examined.fix_all().files.empty());
}

TEST_CASE("groupwise: advice about smarthosts and copies") {
  CHECK(examine_text("groupwise", std::string(kHome) + "/MH-relay.isp.example\r\n", "GWIA.CFG").text_of("RL017") ==
        "/MH-relay.isp.example");
  CHECK(examine_text("groupwise", std::string(kHome) + "/NOROUTING\r\n", "dom/WPGATE/GWIA/GWIA.CFG").has("RL017"));
  CHECK_FALSE(examine_text("groupwise", std::string(kHome) + "/NOROUTING\r\n", "system/GWIA.CFG").has("RL017"));
}

TEST_CASE("groupwise: files are known by name and content") {
  CHECK(detected("sys/system/GWIA.CFG", kHome) == Detection::Certain);
  CHECK(detected("gwsmtp.cfg", "") == Detection::ByName);
  CHECK(detected("gwia.cfg", "[section]\nkey = value\n") == Detection::No);
  CHECK(detected("gwia.cfg.bak", kHome) == Detection::No);
  CHECK(detected("server.cfg", kHome) == Detection::No);
}

}  // namespace
}  // namespace relaylint::test
