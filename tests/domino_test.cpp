#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "parsers/registry.hpp"
#include "parsers/support/json_spans.hpp"
#include "tests/support/examine.hpp"

namespace relaylint {
namespace {

using test::Examined;

constexpr std::string_view kR4 = "[Notes]\r\nKitType=2\r\nServerTasks=Router,SMTPMTA\r\n";
constexpr std::string_view kR6 = "[Notes]\nKitType=2\nFaultRecovery_Build=Release 6.5.4\nServerTasks=Router,SMTP\n";

Examined notes(std::string_view text) { return test::examine_text("domino", text, "notes.ini"); }
Examined r4(std::string_view more) { return notes(std::string(kR4) + std::string(more)); }
Examined with_release(std::string_view text, const std::string& release) {
  EngineOptions options = test::all_rules_on();
  options.lower.products["domino"] = release;
  return test::examine_files("domino", {{"notes.ini", std::string(text)}}, "notes.ini", options);
}

std::string fixed(const Examined& examined) {
  const FixResult result = examined.fix_all();
  CHECK(result.unproved.empty());
  const auto found = result.files.find("notes.ini");
  return found == result.files.end() ? std::string{} : *found->second;
}

const Finding* finding(const Examined& examined, std::string_view rule) {
  for (const Finding& found : examined.configuration.findings) {
    if (found.rule == rule) return &found;
  }
  return nullptr;
}

TEST_CASE("domino: NOTES.INI decides for the SMTP MTA of Release 4") {
  CHECK(r4("").state() == VerdictState::Open);
  CHECK(r4("").text_of("RL001") == "[Notes]");
  CHECK(r4("SMTPMTA_REJECT_RELAYS=0\r\n").text_of("RL002") == "0");
  CHECK(r4("smtpmta_reject_relays=1\r\n").state() == VerdictState::Closed);
  CHECK(r4("SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1\r\nSMTPMTA_RELAY_FORWARDS=1\r\n").state() ==
        VerdictState::Closed);
  CHECK(r4("SMTPMTA_REJECT_RELAYS=yes\r\n").state() == VerdictState::Open);
  CHECK(r4("SMTPMTA_REJECT_RELAYS=\r\n").state() == VerdictState::Open);
}

TEST_CASE("domino: what may or may not count is unknown") {
  CHECK(r4("SMTPMTA_REJECT_RELAYS=1\r\nSMTPMTA_REJECT_RELAYS=0\r\n").state() == VerdictState::Unknown);
  CHECK(r4("[Other]\r\nSMTPMTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Unknown);
  CHECK(notes("SMTPMTA_REJECT_RELAYS=1\r\n" + std::string(kR4)).state() == VerdictState::Unknown);
  CHECK(r4("SMTPMTA_REJECT_RELAYS = 1\r\n").state() == VerdictState::Unknown);
  CHECK(r4("SMTPMTA_REJECT_RELAYS=1 \r\n").state() == VerdictState::Unknown);
  CHECK(r4(" SMTPMTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Unknown);
  CHECK(r4("SMTPMTA_REJECT_RELAYS=01\r\n").state() == VerdictState::Unknown);
  CHECK(notes("\xEF\xBB\xBF" + std::string(kR4) + "SMTPMTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Unknown);
  CHECK(notes("KitType=2\nServerTasks=SMTPMTA\n").state() == VerdictState::Unknown);
  CHECK(notes("").state() == VerdictState::Unknown);
  CHECK(r4("A=b\x1A\r\nSMTPMTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Unknown);
  // A second one that agrees, or a dead one that says 0, takes nothing away.
  CHECK(r4("SMTPMTA_REJECT_RELAYS=1\r\nSMTPMTA_REJECT_RELAYS=1\r\n[Other]\r\nSMTPMTA_REJECT_RELAYS=0\r\n").state() ==
        VerdictState::Closed);
}

TEST_CASE("domino: later releases are controlled elsewhere") {
  const Examined later = notes(std::string(kR6) + "SMTPMTA_REJECT_RELAYS=1\n");
  CHECK(later.state() == VerdictState::Unknown);
  CHECK(later.text_of("RL012") == "SMTPMTA_REJECT_RELAYS=1");
  REQUIRE(finding(later, "RL017") != nullptr);
  REQUIRE(finding(later, "RL017")->fix);
  CHECK(finding(later, "RL017")->fix->applicability == Applicability::Display);
  CHECK(later.configuration.policy.version == "6.5.4");
  CHECK(notes("[Notes]\nKitType=2\nSetup=900100\n").state() == VerdictState::Unknown);
  CHECK(notes("[Notes]\nKitType=2\nNotesProgram=/opt/hcl/domino/x\n").state() == VerdictState::Unknown);
  CHECK(notes("[Notes]\nKitType=2\nSMTPAllHostsExternal=1\n").state() == VerdictState::Unknown);
  CHECK(r4("FaultRecovery_Build=Release 5.0.8\r\n").state() == VerdictState::Unknown);
  CHECK(notes("[Notes]\nKitType=2\nSMTPMTA_REJECT_RELAYS=1\n").state() == VerdictState::Unknown);
  CHECK(notes("[Notes]\nKitType=2\nSMTPMTA_SPACE_REPL_CHAR=_\n").state() == VerdictState::Open);
}

TEST_CASE("domino: the user may tell the release") {
  CHECK(with_release("[Notes]\nKitType=2\n", "4.6.3").state() == VerdictState::Open);
  CHECK(with_release("[Notes]\nKitType=2\nSMTPMTA_REJECT_RELAYS=1\n", "R4.6").state() == VerdictState::Closed);
  CHECK(with_release("[Notes]\nKitType=2\nSMTPMTA_REJECT_RELAYS=1\n", "4.5").state() == VerdictState::Open);
  CHECK(with_release(std::string(kR4) + "SMTPMTA_REJECT_RELAYS=1\n", "12").state() == VerdictState::Unknown);
}

TEST_CASE("domino: a Notes client is no server") {
  const Examined client = notes("[Notes]\nKitType=1\nFaultRecovery_Build=Release 9.0.1FP7\nSMTPDebugIO=1\ndelta 1\n");
  CHECK(client.state() == VerdictState::Closed);
  CHECK(client.configuration.findings.empty());
  CHECK(client.configuration.verdict.assumptions.size() == 1);
  CHECK(notes("[Notes]\nKitType=1\nServerTasks=SMTPMTA\n").state() == VerdictState::Open);
}

TEST_CASE("domino: protections without effect are told") {
  CHECK(r4("SMTPMTA_REJECT_RELAY=1\r\n").text_of("RL012") == "SMTPMTA_REJECT_RELAY=1");
  CHECK(r4("SMTP_MTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Open);
  CHECK(r4("SMTPMTA_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1\r\n").has("RL012"));
  CHECK(r4(";SMTPMTA_REJECT_RELAYS=1\r\n").text_of("RL012") == ";SMTPMTA_REJECT_RELAYS=1");
  CHECK(r4(";SMTPMTA_REJECT_RELAYS=1\r\n").state() == VerdictState::Open);
  CHECK_FALSE(r4("SMTPMTA_REJECT_RELAYS=1\r\n;SMTPMTA_REJECT_RELAYS=1\r\n").has("RL012"));
  CHECK(notes(std::string(kR6) + "SMTPRelayHostsandDomains=*\n").has("RL012"));
  CHECK(notes(std::string(kR6) + "SMTPRelayAllowHostsandDomains=1\n").has("RL012"));
  CHECK_FALSE(notes(std::string(kR6) + "SMTPRelayHostsandDomains=1\nSMTPDebugIO=1\n").has("RL012"));
}

TEST_CASE("domino: the fix sets one variable in [Notes] and nothing else") {
  const std::string one = "SMTPMTA_REJECT_RELAYS=1\r\n";
  CHECK(fixed(r4("\r\n[Other]\r\nA=b\r\n")) == std::string(kR4) + one + "\r\n[Other]\r\nA=b\r\n");
  CHECK(fixed(r4("SMTPMTA_REJECT_RELAYS=0\r\nA=b")) == std::string(kR4) + one + "A=b");
  CHECK(fixed(r4("A=b")) == std::string(kR4) + "A=b\r\nSMTPMTA_REJECT_RELAYS=1");
  CHECK(fixed(r4(";SMTPMTA_REJECT_RELAYS=1\r\n")) == std::string(kR4) + ";" + one + one);
  CHECK(fixed(r4("SMTPMTA_REJECT_RELAYS=1\r\nSmtpMta_Reject_Relays=0\r\n")) ==
        std::string(kR4) + one + "SmtpMta_Reject_Relays=1\r\n");
  CHECK(fixed(r4("SMTPMTA_REJECT_RELAYS = 1\r\n")) == std::string(kR4) + one);
  CHECK(fixed(notes(std::string(kR6))).empty());
}

TEST_CASE("domino: users of POP3 and IMAP make the fix unsafe") {
  const Examined plain = r4("");
  REQUIRE(finding(plain, "RL001")->fix);
  CHECK(finding(plain, "RL001")->fix->applicability == Applicability::Safe);
  const Examined users = notes("[Notes]\nKitType=2\nServerTasks=Router, smtpmta , Pop3\n");
  REQUIRE(finding(users, "RL001")->fix);
  CHECK(finding(users, "RL001")->fix->applicability == Applicability::Unsafe);
}

TEST_CASE("domino: one-touch setup files") {
  const auto setup = [](std::string_view text) { return test::examine_text("domino", text, "DominoAutoConfig.json"); };
  const auto with_item = [&](const std::string& item) {
    return setup(
        R"({"serverSetup":{},"appConfiguration":{"databases":[{"documents":[{"action":"create","items":{"Form":"ServerConfig",)" +
        item + "}}]}]}}");
  };
  CHECK(setup(R"({"serverSetup":{"notesINI":{"SMTPMTA_REJECT_RELAYS":"1"}}})").state() == VerdictState::Unknown);
  CHECK(setup(R"({"serverSetup":{"notesINI":{"SMTPMTA_REJECT_RELAYS":"1"}}})").has("RL012"));
  const Examined none = with_item(R"("SMTPRlyCheck" : "2")");
  CHECK(none.state() == VerdictState::Open);
  CHECK(none.text_of("RL002") == "2");
  CHECK(with_item(R"("smtprlycheck":2)").state() == VerdictState::Open);
  CHECK(with_item(R"("SMTPRlyCheck":"1")").state() == VerdictState::Unknown);
  CHECK(with_item(R"("SMTPRlyCheck":"{{ check }}")").state() == VerdictState::Unknown);
  CHECK(with_item(R"("SMTPRlyExcpts":["[192.0.2.1]","*"])").text_of("RL003") == "*");
  CHECK(with_item(R"("UseAsDefault":"1")").state() == VerdictState::Unknown);
  const Examined older = setup(
      R"({"notesini":{},"databases":[{"documents":[{"type":"configuration","fields":[{"name":"SMTPRlyCheck","value":"2"}]}]}]})");
  CHECK(older.state() == VerdictState::Open);
  const Examined unfilled = setup("{\"serverSetup\": {{ all }} }");
  CHECK(unfilled.state() == VerdictState::Unknown);
  CHECK(unfilled.text_of("RL902") == "{{");
  CHECK(setup("{\"serverSetup\":").state() == VerdictState::Unknown);
  CHECK(setup(std::string(200000, '[')).state() == VerdictState::Unknown);
  CHECK(setup("{" + std::string("\"a\":{") + std::string(10, ' ') + "}}").state() == VerdictState::Unknown);
}

TEST_CASE("domino-dxl: what is known of the relay items decides, the rest is unknown") {
  const auto dxl = [](const std::string& items) {
    return test::examine_text(
        "domino-dxl",
        "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE document SYSTEM 'xmlschemas/domino_9_0.dtd'>\n<document "
        "xmlns='http://www.lotus.com/dxl' form='ServerConfig'>\n" +
            items + "</document>\n",
        "config.dxl");
  };
  const auto item = [](const std::string& name, const std::string& value) {
    return "<item name='" + name + "'><text>" + value + "</text></item>\n";
  };
  CHECK(dxl(item("SMTPRlyCheck", "2")).text_of("RL002") == "2");
  CHECK(dxl(item("smtprlycheck", "2")).state() == VerdictState::Open);
  CHECK(dxl("<item name='SMTPRlyCheck'><number>2</number></item>").state() == VerdictState::Open);
  CHECK(dxl(item("SMTPRlyCheck", "0")).state() == VerdictState::Unknown);
  CHECK(dxl(item("SMTPRlyCheck", "2") + item("SMTPRlyCheck", "1")).state() == VerdictState::Unknown);
  CHECK(dxl(item("SMTPRlyAnything", "*")).state() == VerdictState::Unknown);
  CHECK(dxl("").state() == VerdictState::Unknown);
  CHECK(dxl("<item name='SMTPRlyExcpts'><textlist><text>[*.*.*.*]</text></textlist></item>").text_of("RL003") ==
        "[*.*.*.*]");
  CHECK(dxl(item("SMTPRlyExcpts", "[12.*.*.*]")).state() == VerdictState::Open);
  CHECK(dxl(item("SMTPRlyExcpts", "[10.*.*.*]")).state() == VerdictState::Unknown);
  CHECK(dxl(item("SMTPRlyExcpts", "[*.1.2.3]")).state() == VerdictState::Unknown);
  CHECK(dxl(item("SMTPRlyCheck", "2 ")).state() == VerdictState::Unknown);
}

TEST_CASE("domino-dxl: every Configuration document is a server of its own") {
  const auto document = [](const std::string& server, const std::string& code) {
    return "<document form='serverconfig'><item name='ServerName'><text>" + server +
           "</text></item><item name='SMTPRlyCheck'><text>" + code + "</text></item></document>";
  };
  const Examined two =
      test::examine_text("domino-dxl", "<database xmlns='http://www.lotus.com/dxl'>" + document("*", "1") +
                                           document("CN=A/O=B", "2") + "</database>");
  CHECK(two.state() == VerdictState::Open);
  REQUIRE(two.configuration.policy.listeners.size() == 2);
  CHECK(two.configuration.policy.listeners[1].name == "SMTP of CN=A/O=B");
  const Examined form = test::examine_text("domino-dxl",
                                           "<dxl><document><item name='Form'><text>ServerConfig</text></item><item "
                                           "name='SMTPRlyCheck'><text>2</text></item></document></dxl>");
  CHECK(form.state() == VerdictState::Open);
}

TEST_CASE("domino-dxl: what cannot be read is unknown") {
  for (const std::string& text : {std::string("<document form='ServerConfig'>"), std::string(""), std::string("<dxl/>"),
                                  std::string("\xFF\xFE<\0d\0", 6),
                                  std::string("<?xml version='1.0' encoding='iso-8859-1'?><document "
                                              "form='ServerConfig'><item name='a'><text>\xE9</text></item></document>"),
                                  [] {
                                    std::string deep;
                                    for (int i = 0; i < 100000; ++i) deep += "<a>";
                                    return deep;
                                  }()}) {
    CHECK(test::examine_text("domino-dxl", text).state() == VerdictState::Unknown);
  }
}

TEST_CASE("domino: detection") {
  const Format& ini = *find_format("domino");
  CHECK(ini.detect("data/NOTES.INI", "[Notes]\r\nDirectory=C:\\notes\r\n") == Detection::Certain);
  CHECK(ini.detect("notes.ini", "[Variables]\nFont=Arial\n") == Detection::No);
  CHECK(ini.detect("Notes.ini", "[Rainmeter]\nUpdate=1000\n[Notes]\nMeter=String\n") == Detection::No);
  CHECK(ini.detect("notes.ini", "") == Detection::No);
  CHECK(ini.detect("server1.ini", "[Notes]\nKitType=2\n") == Detection::ByContent);
  CHECK(ini.detect("DominoAutoConfig.json", "{\"serverSetup\":{\"notesINI\":{") == Detection::Certain);
  CHECK(ini.detect("first_server.json", "\n{ \"serverSetup\": { \"server\": { \"serverTasks\": \"smtp\"") ==
        Detection::ByContent);
  CHECK(ini.detect("package.json", "{\"name\":\"x\",\"appConfiguration\":{}}") == Detection::No);
  const Format& dxl = *find_format("domino-dxl");
  CHECK(dxl.detect("a.dxl", "<document xmlns='http://www.lotus.com/dxl' form='ServerConfig'>") == Detection::Certain);
  CHECK(dxl.detect("a.dxl", "<database xmlns='http://www.lotus.com/dxl'><view/>") == Detection::No);
  CHECK(dxl.detect("a.xml", "<document form='ServerConfig'>") == Detection::No);
}

TEST_CASE("JSON: every key and value has its place") {
  const std::string text = "\xEF\xBB\xBF{ \"a\\\"b\" : [ 1.5e3 , \"x\\u0041\", true,{}],\n\"c\":\"\" }";
  const JsonText json = read_json(text);
  CHECK_FALSE(json.error_at);
  const auto slice = [&](TextRange range) { return text.substr(range.start, range.size()); };
  std::string all;
  for (const JsonNode& node : json.nodes)
    all += slice(node.key_range) + "|" + slice(node.range) + "|" + node.text + "\n";
  CHECK(all ==
        "|{ \"a\\\"b\" : [ 1.5e3 , \"x\\u0041\", true,{}],\n\"c\":\"\" }|\na\\\"b|[ 1.5e3 , \"x\\u0041\", "
        "true,{}]|\n|1.5e3|1.5e3\n|x\\u0041|xA\n"
        "|true|true\n|{}|\nc||\n");
  CHECK(json.nodes[json.member(0, "A\"B")].kind == JsonKind::Array);
  CHECK(read_json("{\"a\": ?}").error_at == 6U);
  CHECK(read_json("").error_at.has_value());
  CHECK(read_json("{\"a\":1e999}").error_at.has_value());
}

}  // namespace
}  // namespace relaylint
