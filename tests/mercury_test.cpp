#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "parsers/registry.hpp"
#include "tests/support/examine.hpp"

namespace relaylint {
namespace {

using test::Examined;

constexpr std::string_view kHead = "[General]\nmyname : mail.corp.example\n[Protocols]\nC:\\MERCURY\\mercurys.dll\n";
constexpr std::string_view kTail = "[Domains]\nmail : corp.example\n";

std::string file_with(std::string_view server) {
  return std::string(kHead) + "[MercuryS]\n" + std::string(server) + std::string(kTail);
}

Examined with_server(std::string_view server) {
  return test::examine_text("mercury", file_with(server), "MERCURY.INI");
}

Examined with_version(std::string_view server, const std::string& version) {
  EngineOptions options = test::all_rules_on();
  options.lower.products["mercury"] = version;
  return test::examine_files("mercury", {{"MERCURY.INI", file_with(server)}}, "MERCURY.INI", options);
}

/// The main file after every fix.
std::string fixed(const Examined& examined) {
  const FixResult result = examined.fix_all();
  CHECK(result.unproved.empty());
  const auto found = result.files.find("MERCURY.INI");
  return found == result.files.end() ? std::string{} : *found->second;
}

Outcome outcome(const Examined& examined, const char* client, const char* from, const char* to) {
  Transaction transaction;
  transaction.client = *IpAddress::parse(client);
  transaction.mail_from = from;
  transaction.rcpt_to = to;
  return examined.decide(transaction).outcome;
}

TEST_CASE("mercury: the two switches give three modes") {
  CHECK(with_server("Relay : 1\n").state() == VerdictState::Open);
  CHECK(with_server("Relay : 2\nStrict_Relay : 1\n").state() == VerdictState::Open);
  const Examined normal = with_server("Relay : 0\nStrict_Relay : 0\n");
  CHECK(normal.state() == VerdictState::Open);
  CHECK(normal.configuration.verdict.witness->transaction.mail_from == "alice@corp.example");
  CHECK(normal.text_of("RL006") == "0");
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\n").state() == VerdictState::Closed);
}

TEST_CASE("mercury: what is not set, or set in a way that is not understood, is never closed") {
  const Examined absent = with_server("Debug : 1\n");
  CHECK(absent.state() == VerdictState::Open);  // in every version, if only by a forged sender
  CHECK(absent.text_of("RL001") == "[MercuryS]");
  CHECK(with_server("Strict_Relay : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : off\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay :\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : yes\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nRelay : 1\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nStrict_Relay : 0\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\n[MercuryS]\nDebug : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\n").state() ==
        VerdictState::Closed);
}

TEST_CASE("mercury: bytes that hide a setting give unknown") {
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\rAllow : 0.0.0.0\n").state() == VerdictState::Unknown);
  CHECK(test::examine_text("mercury", "\xEF\xBB\xBF[MercuryS]\nRelay : 0\nStrict_Relay : 1\n").state() ==
        VerdictState::Unknown);
  CHECK(test::examine_text("mercury", "[MercuryS\nRelay : 0\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
  CHECK(with_server("Debug : 1\n\x1A\nRelay : 0\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
  const std::string far(260, ' ');
  CHECK(with_server("Relay :" + far + "0\nStrict_Relay : 1\n").state() == VerdictState::Unknown);
}

TEST_CASE("mercury: zeros at the end of an address are wildcards, others are not") {
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 0.0.0.0\n").text_of("RL003") == "0.0.0.0");
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 12.0.0.0\n").text_of("RL003") == "12.0.0.0");
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 12.34.0.0\n").text_of("RL004") == "12.34.0.0");
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 12.34.56.0\n").state() == VerdictState::Closed);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 10.0.0.0\n").state() == VerdictState::Closed);
  const Examined host = with_server("Relay : 0\nStrict_Relay : 1\nAllow : 198.51.0.7\n");
  CHECK(outcome(host, "198.51.0.7", "a@corp.example", "b@elsewhere.example") == Outcome::Relayed);
  CHECK(outcome(host, "198.51.0.8", "a@corp.example", "b@elsewhere.example") == Outcome::Refused);
}

TEST_CASE("mercury: Refuse turns away connections, the most specific line wins") {
  const Examined shut = with_server("Relay : 1\nAllow : 192.168.10.0\nRefuse : 0.0.0.0\n");
  CHECK(shut.state() == VerdictState::Closed);
  CHECK(outcome(shut, "192.168.10.7", "a@b.example", "c@elsewhere.example") == Outcome::Relayed);
  CHECK(outcome(shut, "198.51.100.77", "a@b.example", "c@corp.example") == Outcome::Refused);
  const Examined part = with_server("Relay : 1\nRefuse : 198.51.100.0\n");
  CHECK(part.state() == VerdictState::Open);
  CHECK(part.configuration.verdict.witness->transaction.client.text() == "192.0.2.200");
  // Before 4.0 the first line may win: whether the Refuse line covers the allowed /8 depends on the version.
  CHECK(with_server("Relay : 1\nRefuse : 0.0.0.0\nAllow : 12.0.0.0\n").state() == VerdictState::Unknown);
  CHECK(with_server("SSL_Mode : 1\nRelay : 1\nRefuse : 0.0.0.0\nAllow : 12.0.0.0\n").state() == VerdictState::Open);
  CHECK(with_server("Relay : 1\nAllow : 0.0.0.0\nRefuse : 0.0.0.0\n").state() == VerdictState::Unknown);
}

TEST_CASE("mercury: entries of other forms are not guessed at") {
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 192.168.10.0/24\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow : host.corp.example\n").state() == VerdictState::Unknown);
  CHECK(with_server("Relay : 0\nStrict_Relay : 1\nAllow :  # the backup\n").state() == VerdictState::Closed);
  CHECK(with_server("Relay : 1\nRefuse : 203.0.113.0/24\n").state() == VerdictState::Open);
  CHECK(with_server("Relay : 1\nRefuse : 0.0.0.0 - 255.255.255.255\n").state() == VerdictState::Unknown);
}

TEST_CASE("mercury: a module that no stranger reaches is closed, with a warning") {
  const Examined bound = with_server("Relay : 1\nInterface : 127.0.0.1\n");
  CHECK(bound.state() == VerdictState::Closed);
  CHECK(bound.has("RL002"));
  CHECK(with_server("Relay : 1\nInterface : 127.0.0.1\nInterface : 192.0.2.1\n").state() == VerdictState::Open);
  const std::string off = "[Protocols]\n# mercurys.dll\nmercuryc.dll\n[MercuryS]\nRelay : 1\n";
  CHECK(test::examine_text("mercury", off).state() == VerdictState::Closed);
  CHECK(test::examine_text("mercury", off + "[Protocols]\nD:/x/MercuryS.DLL\n").state() == VerdictState::Open);
}

TEST_CASE("mercury: authentication values are not documented, so they decide nothing") {
  CHECK(with_server("Relay : 1\nSMTP_Authentication : 1\n").state() == VerdictState::Unknown);
  const Examined strict = with_server("Relay : 0\nStrict_Relay : 1\nSMTP_Authentication : 2\n");
  CHECK(strict.state() == VerdictState::Closed);
  Transaction transaction;
  transaction.auth = Auth::Valid;
  transaction.rcpt_to = "b@elsewhere.example";
  CHECK(strict.decide(transaction).outcome == Outcome::Relayed);
}

TEST_CASE("mercury: versions without relay control ignore the keys") {
  const std::string_view strict = "Relay : 0\nStrict_Relay : 1\n";
  CHECK(with_version(strict, "1.31").state() == VerdictState::Open);
  CHECK(with_version(strict, "2.10").state() == VerdictState::Open);
  CHECK(with_version(strict, "2.11").state() == VerdictState::Closed);
  CHECK(with_version(strict, "1.40").state() == VerdictState::Closed);
  CHECK(with_version(strict, "NLM 1.48").state() == VerdictState::Closed);
  CHECK(with_version("Relay : 0\nStrict_Relay : 1\nAllow : 192.168.1.0\n", "1.44").has("RL013"));
  CHECK_FALSE(
      with_version("Relay : 0\nStrict_Relay : 1\nAllow : 192.168.1.0\nRefuse : 0.0.0.0\n", "1.44").has("RL013"));
  CHECK_FALSE(with_version("Relay : 0\nStrict_Relay : 1\nAllow : 192.168.1.0\n", "1.47").has("RL013"));
  CHECK(with_version("Debug : 1\n", "1.47").text_of("RL001") == "[MercuryS]");
}

TEST_CASE("mercury: protections without effect are told") {
  CHECK(with_server("Relay = 0\nStrict_Relay : 1\n").text_of("RL012") == "Relay = 0");
  CHECK(with_server("Relay : 0\nStrict_Relays : 1\n").text_of("RL012") == "Strict_Relays : 1");
  CHECK(with_server("Relay : 0\nStrict-Relay : 1\n").text_of("RL012") == "Strict-Relay : 1");
  CHECK(with_server("#Relay : 0\nRelay : 1\n").text_of("RL012") == "Relay : 0");
  CHECK(with_server("Relay : 1\n[MercuryC]\nRelay : 0\n").text_of("RL012") == "Relay : 0");
  CHECK_FALSE(with_server("Relay : 0\nStrict_Relay : 1\nStrict_Relays : 1\n").has("RL012"));
  CHECK_FALSE(with_server("Relay : 0\nStrict_Relay : 1\nAllow_Illegals : 1\n").has("RL012"));
}

TEST_CASE("mercury: one coherent fix, in the file's own style") {
  CHECK(fixed(with_server("Debug : 1\r\nRelay : 1   # was 0\r\nAllow : 192.168.1.0\r\nSize : 0\r\n")) ==
        file_with("Debug : 1\r\nRelay : 0   # was 0\r\nStrict_Relay : 1\r\nAllow : 192.168.1.0\r\nAllow : "
                  "127.0.0.1\r\nSize : 0\r\n"));
  CHECK(fixed(with_server("debug:       1\nallow:       192.168.1.0\n\n# end\n")) ==
        file_with("debug:       1\nallow:       192.168.1.0\nrelay:       0\nstrict_relay: 1\nallow:       "
                  "127.0.0.1\n\n# end\n"));
  CHECK(fixed(with_server("Relay = 0\n")) == file_with("Relay : 0\nStrict_Relay : 1\nAllow : 127.0.0.1\n"));
  CHECK(fixed(with_server("Relay : 1\nRelay : 0\nStrict_Relays : 1\n")) ==
        file_with("Relay : 0\nRelay : 0\nAllow : 127.0.0.1\nStrict_Relay : 1\n"));
  CHECK(fixed(with_server("# Relay : 0\nDebug : 1\n")) ==
        file_with("# Relay : 0\nRelay : 0\nStrict_Relay : 1\nAllow : 127.0.0.1\nDebug : 1\n"));
}

TEST_CASE("mercury: lines that allow everybody are commented out, others stay") {
  CHECK(fixed(with_server("Relay : 0\nStrict_Relay : 1\nAllow : 0.0.0.0   # all\nAllow : 192.168.1.0\n")) ==
        file_with("Relay : 0\nStrict_Relay : 1\n# Allow : 0.0.0.0   # all\nAllow : 192.168.1.0\nAllow : 127.0.0.1\n"));
  const std::string both = fixed(with_server("Relay : 0\nAllow : 0.0.0.0\n"));
  CHECK(both == file_with("Relay : 0\nStrict_Relay : 1\n# Allow : 0.0.0.0\nAllow : 127.0.0.1\n"));
}

TEST_CASE("mercury: a last line without an ending keeps having none") {
  const Examined examined = test::examine_text(
      "mercury", "[General]\r\nmyname : corp.example\n[MercuryS]\r\nRelay : 0 # \x81", "MERCURY.INI");
  CHECK(examined.state() == VerdictState::Open);
  CHECK(fixed(examined) ==
        "[General]\r\nmyname : corp.example\n[MercuryS]\r\nRelay : 0 # \x81\r\nStrict_Relay : 1\r\nAllow : 127.0.0.1");
}

TEST_CASE("mercury: connection control in a file that is not understood") {
  const std::string ini = file_with("SSL_Mode : 1\nRelay : 0\nStrict_Relay : 1\n");
  CHECK(test::examine_files("mercury", {{"MERCURY.INI", ini}}, "MERCURY.INI").state() == VerdictState::Closed);
  const Examined beside =
      test::examine_files("mercury", {{"m/MERCURY.INI", ini}, {"m/mercurys.acl", "x"}}, "m/MERCURY.INI");
  CHECK(beside.state() == VerdictState::Unknown);
}

TEST_CASE("mercury: detection looks at the sections, not only at the name") {
  const Format& format = *find_format("mercury");
  CHECK(format.detect("a/Mercury.INI", "# c\r\n[General]\r\n[MercuryS]\r\n") == Detection::Certain);
  CHECK(format.detect("mercury.ini", "[Protocols]\nmercurye.dll\n") == Detection::Certain);
  CHECK(format.detect("mercury.ini", "[General]\nport = 80\n[Mercury]\nbaud = 9600\n") == Detection::No);
  CHECK(format.detect("mercury.ini", "") == Detection::No);
  CHECK(format.detect("mercury.bak", "[General]\nmyname: x\n[MercuryS]\n") == Detection::ByContent);
  CHECK(format.detect("other.ini", "[MercuryS]\nRelay : 1\n") == Detection::No);
  CHECK(format.detect("other.ini", "# [MercuryS]\n[General]\n") == Detection::No);
}

TEST_CASE("mercury: very many lines are judged in time") {
  std::string many = "Relay : 0\nStrict_Relay : 1\n";
  for (int i = 0; i < 20000; ++i) {
    many += "Allow : 10." + std::to_string(i / 250) + "." + std::to_string(i % 250) +
            ".1\nRefuse : nonsense\nRelays : 0\n[x]\n[MercuryS]\n";
  }
  CHECK(with_server(many).state() == VerdictState::Unknown);
}

}  // namespace
}  // namespace relaylint
