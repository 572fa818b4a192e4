// Smail attribute files, through examine and fix: how entries split, which value counts, which version decides.

#include <doctest/doctest.h>

#include <string>

#include "parsers/registry.hpp"
#include "tests/support/examine.hpp"

namespace relaylint::test {
namespace {

constexpr const char* kNames = "hostnames = mail.corp.example:corp.example\n";

Examined examined(const std::string& text, const std::string& version = "3.2.0.115") {
  EngineOptions options = all_rules_on();
  if (!version.empty()) options.lower.products["smail"] = version;
  return examine_files("smail", {{"config", text}}, "config", options);
}

VerdictState judged(const std::string& text, const std::string& version = "3.2.0.115") {
  return examined(text, version).state();
}

std::string fixed(const std::string& text, const std::string& version = "3.2.0.115") {
  const Examined before = examined(text, version);
  const FixResult result = before.fix_all();
  CHECK(result.unproved.empty());
  const auto found = result.files.find("config");
  return found == result.files.end() ? text : *found->second;
}

Outcome asked(const std::string& text, const std::string& client, const std::string& to) {
  Transaction transaction;
  transaction.client = *IpAddress::parse(client);
  transaction.rcpt_to = to;
  return examined(text).decide(transaction).outcome;
}

Detection detected(const std::string& path, const std::string& head) {
  return find_format("smail")->detect(path, head);
}

TEST_CASE("smail: releases up to 3.2.0 relay, whatever the file says") {
  CHECK(judged(kNames, "3.0") == VerdictState::Open);
  CHECK(judged(kNames, "3.1.28") == VerdictState::Open);
  CHECK(judged(kNames, "3.2") == VerdictState::Open);
  CHECK(judged(kNames, "3.2.0") == VerdictState::Open);
  CHECK(judged(std::string(kNames) + "smart_path = relay.isp.example\n", "3.2.0") == VerdictState::Open);
  CHECK(judged("", "3.1.28") == VerdictState::Open);
  // 3.2.0 does not know the attribute and stops.
  CHECK(judged(std::string(kNames) + "smtp_remote_allow = localnet\n", "3.2.0") == VerdictState::Unknown);
}

TEST_CASE("smail: what the default of later releases is, and the version where none is told, is not known") {
  CHECK(judged(kNames, "") == VerdictState::Unknown);
  CHECK(judged(kNames, "3.2.0.95") == VerdictState::Unknown);
  CHECK(judged(kNames) == VerdictState::Unknown);
  CHECK(judged(std::string("# from samples/ of smail3.1.28\n") + kNames, "") == VerdictState::Open);
  CHECK(judged(std::string("smtp_banner = \"Smail-3.2.0.115 ready\"\n") + kNames, "") == VerdictState::Unknown);
}

TEST_CASE("smail: a list of clients decides, and is evidence of a release that knows it") {
  const std::string names = kNames;
  for (const char* version : {"3.2.0.115", ""}) {
    CAPTURE(version);
    CHECK(judged(names + "smtp_remote_allow = localnet\n", version) == VerdictState::Closed);
    CHECK(judged(names + "smtp_remote_allow = localnet:10/8:192.168.4.0/24\n", version) == VerdictState::Closed);
    CHECK(judged(names + "smtp_remote_allow=\"203.0.113.0/24 ; customer:!203.0.113.9:localhost\"\n", version) ==
          VerdictState::Closed);
    for (const char* world : {"0/0", "0.0.0.0/0", "*", "0/1:128/1", "localnet:0.0.0.0/0", "!10.1.1.1:0/0"}) {
      CAPTURE(world);
      CHECK(judged(names + "smtp_remote_allow = " + world + "\n", version) == VerdictState::Open);
    }
  }
  // Spelt as if for old smail, but with an attribute that it refuses.
  CHECK(judged("# smail3.1.28\n" + names + "smtp_remote_allow = localnet\n", "") == VerdictState::Closed);
}

TEST_CASE("smail: items whose meaning is not known") {
  const std::string names = kNames;
  CHECK(judged(names + "smtp_remote_allow = localnet:192.168.*\n") == VerdictState::Closed);
  CHECK(judged(names + "smtp_remote_allow = localnet:*.edu\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = localnet:0.0.0.0/0.0.0.0\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = localnet:62\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = localnet:mail.partner.example\n") == VerdictState::Closed);
  CHECK(judged(names + "-smtp_remote_allow\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = \"\"\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = localnet\nsmtp_recipient_no_verify = 0/0\n") == VerdictState::Unknown);
  CHECK(judged(names + "smtp_remote_allow = localnet\nsmtp_recipient_no_verify = 10/8\n") == VerdictState::Closed);
  CHECK(examined(names + "smtp_remote_allow = localnet\n+smtp_permit_mx_backup\n").has("RL007"));
}

TEST_CASE("smail: entries, continuation and comments") {
  const std::string names = kNames;
  const auto open = [&](const std::string& tail) { return judged(names + tail) == VerdictState::Open; };
  CHECK(open("smtp_remote_allow = \"localnet:\\\n    192.168.4.0/24:\\\n    0.0.0.0/0\"\n"));
  CHECK(open("smtp_remote_allow\n  =\n\n# why\n\t0/0   # everybody\n"));
  CHECK(open("smtp_remote_allow = localnet\nsmtp_remote_allow = 0/0\n"));
  CHECK(open("smtp_remote_allow = localnet\r\nsmtp_remote_allow = 0/0\r\n"));
  CHECK_FALSE(open("smtp_remote_allow = 1\\0/8\n"));  // bare: the backslash quotes one character
  CHECK(open("smtp_remote_allow = \"\\060/\\x30\"\n"));
  CHECK(open("smtp_remote_allow = \"localnet:\n  0/0\"\n"));
  CHECK(judged(names + "#smtp_remote_allow = 0.0.0.0/0\nsmtp_remote_allow = localnet   # was 0.0.0.0/0\n") ==
        VerdictState::Closed);
  CHECK(judged(names + "smtp_remote_allow = 0/0\nsmtp_remote_allow = localnet\n") == VerdictState::Closed);
  CHECK(judged("  \t" + names + "\n\n  # c\nsmtp_remote_allow = localnet") == VerdictState::Closed);
}

TEST_CASE("smail: a backslash at the end of a comment takes the next line with it") {
  const Examined swallowed =
      examined(std::string("hostnames = corp.example  # ours \\\nsmtp_remote_allow = localnet\n"));
  CHECK(swallowed.state() == VerdictState::Unknown);
  CHECK(swallowed.text_of("RL012") == "smtp_remote_allow");
  CHECK(judged(std::string(kNames) + "# ours \\\nsmtp_remote_allow = localnet\n") == VerdictState::Unknown);
}

TEST_CASE("smail: a config error stops smail") {
  const std::string names = std::string(kNames) + "smtp_remote_allow = localnet\n";
  for (const char* line :
       {"smtp_permit_mx_backup = yes", "+smart_path = x", "-smart_path = x", "smart_path", "+smart_path",
        "no_such_name = 1", "smart_path x", "smart_path = a b", "smart_path = a,b", "smart_path = \"a",
        "smart_path = (a)", "smtp_debug = 1", "= x", "smtp_remote_alow = localnet"}) {
    CAPTURE(line);
    const Examined broken = examined(names + line + "\n");
    CHECK(broken.state() == VerdictState::Unknown);
    REQUIRE(broken.configuration.verdict.reasons.size() >= 1);
    CHECK(broken.configuration.verdict.reasons.front().span.range.start >= names.size());
  }
  for (const char* line :
       {"-smart_path", "+smtp_debug", "smtp_debug", "-smtp_debug", "max_message_size = 10M",
        "smtp_sender_reject_db = x", "smart_path = \"a b,c\"", "smart_path = a@b!c%d|e<f>[g]{h}`i'"}) {
    CAPTURE(line);
    CHECK(judged(names + line + "\n") == VerdictState::Closed);
  }
}

TEST_CASE("smail: second_config_file has the last word") {
  EngineOptions options = all_rules_on();
  options.lower.products["smail"] = "3.2.0.115";
  const std::string main = std::string(kNames) + "smtp_remote_allow = localnet\nsecond_config_file = local\n";
  const auto state = [&](const Files& files) { return examine_files("smail", files, "config", options).state(); };
  CHECK(state({{"config", main}, {"local", "smtp_remote_allow = 0/0\n"}}) == VerdictState::Open);
  CHECK(state({{"config", main}, {"local", "max_load_ave = 5\n"}}) == VerdictState::Closed);
  CHECK(state({{"config", main}}) == VerdictState::Unknown);
  CHECK(state({{"config", std::string(kNames) + "smtp_remote_allow = localnet\nsecond_config_file = -\n"}}) ==
        VerdictState::Closed);
  CHECK(state({{"config", std::string(kNames) + "smtp_remote_allow = localnet\nsecond_config_file = config\n"}}) ==
        VerdictState::Closed);

  const Examined open =
      examine_files("smail", {{"config", main}, {"local", "smtp_remote_allow = 0/0"}}, "config", options);
  const FixResult result = open.fix_all();
  REQUIRE(result.files.contains("local"));
  CHECK(*result.files.at("local") == "smtp_remote_allow = localnet");
}

TEST_CASE("smail: recipients are resolved before they are looked at") {
  const std::string closed = std::string(kNames) + "smtp_remote_allow = localnet:10/8\n";
  CHECK(asked(closed, "198.51.100.77", "bob@corp.example") == Outcome::Delivered);
  CHECK(asked(closed, "198.51.100.77", "bob") == Outcome::Delivered);
  for (const char* far : {"victim@elsewhere.example", "victim%elsewhere.example@corp.example",
                          "elsewhere.example!victim@corp.example", "@corp.example:victim@elsewhere.example",
                          "victim%elsewhere.example", "\"victim@elsewhere.example\"@corp.example"}) {
    CAPTURE(far);
    CHECK(asked(closed, "198.51.100.77", far) == Outcome::Refused);
    CHECK(asked(closed, "10.1.2.3", far) == Outcome::Relayed);
    CHECK(asked(closed, "127.0.0.1", far) == Outcome::Relayed);
  }
  CHECK(asked(closed, "192.168.7.7", "victim@elsewhere.example") == Outcome::Unknown);
}

TEST_CASE("smail: items are dropped from the list with one colon, and localnet stays where nothing else would") {
  const std::string names = kNames;
  const auto list = [&](const std::string& value) { return names + "smtp_remote_allow = " + value + "   # who may\n"; };
  CHECK(fixed(list("localnet:0.0.0.0/0")) == list("localnet"));
  CHECK(fixed(list("0/0:localnet")) == list("localnet"));
  CHECK(fixed(list("10/8:0/0:localnet")) == list("10/8:localnet"));
  CHECK(fixed(list("10/8:0/0")) == list("10/8:localhost"));
  CHECK(fixed(list("0/1:10/8:128/1")) == list("localhost:10/8"));
  CHECK(fixed(list("0/0")) == list("localnet"));
  CHECK(fixed(list("\"*\"")) == list("\"localnet\""));
  CHECK(fixed(list("0/1:128/1")) == list("localnet"));
  CHECK(fixed(list("!10.1.1.1:0/0")) == list("!10.1.1.1:localnet"));
  CHECK(fixed(names + "smtp_remote_allow = \"localnet:\\\n    192.168.4.0/24:\\\n    0.0.0.0/0\"\n") ==
        names + "smtp_remote_allow = \"localnet:\\\n    192.168.4.0/24\"\n");
}

TEST_CASE("smail: other fixes") {
  const std::string names = kNames;
  CHECK(fixed(names) == names + "smtp_remote_allow = localnet\n");
  CHECK(fixed("hostnames=corp.example\r\n") == "hostnames=corp.example\r\nsmtp_remote_allow=localnet\r\n");
  CHECK(fixed("hostnames=corp.example") == "hostnames=corp.example\nsmtp_remote_allow=localnet");
  CHECK(fixed(names + "-smtp_remote_allow # none\n") == names + "smtp_remote_allow = localnet # none\n");
  CHECK(fixed(names + "smtp_remote_allow =  # none\n") == names + "smtp_remote_allow = localnet  # none\n");
  CHECK(fixed(names + "smtp_remote_allow = \"\"\n") == names + "smtp_remote_allow = localnet\n");
  CHECK(fixed(names + "smtp_remote_allow = 0/0\n# ours\nsmtp_remote_allow = localnet\n") ==
        names + "# ours\nsmtp_remote_allow = localnet\n");
  CHECK(fixed(names + "smtp_remote_allow = localnet : 10/8  # two\n") ==
        names + "smtp_remote_allow = \"localnet : 10/8\"  # two\n");
  CHECK(fixed(names, "3.1.28") == names);
  const std::string closed = names + "smtp_remote_allow = localnet\n";
  CHECK(fixed(closed + "smtp_recipient_no_verify = 10/8:0/0\n") == closed + "smtp_recipient_no_verify = 10/8\n");
  CHECK(fixed(closed + "smtp_recipient_no_verify = 0/0 # all\n") == closed + "-smtp_recipient_no_verify # all\n");
  CHECK(fixed(closed + "+smtp_permit_mx_backup\n") == closed + "-smtp_permit_mx_backup\n");
  CHECK(fixed(closed + "smtp_permit_mx_backup\n") == closed + "-smtp_permit_mx_backup\n");
}

TEST_CASE("smail: what may stop an old smail is no safe fix") {
  const auto applicability = [](const Examined& judged_file) {
    for (const Finding& finding : judged_file.configuration.findings) {
      if (finding.fix) return finding.fix->applicability;
    }
    return Applicability::Display;
  };
  CHECK(applicability(examined(kNames, "")) == Applicability::Unsafe);
  CHECK(applicability(examined(kNames)) == Applicability::Safe);
  CHECK(applicability(examined(kNames, "3.2.0")) == Applicability::Display);
}

TEST_CASE("smail: files called config are known by their content") {
  CHECK(detected("etc/smail/config", "hostnames = a.example\n") == Detection::Certain);
  CHECK(detected("config", "# smail\nhostnames = a.example\nsmart_path = b\n") == Detection::Certain);
  CHECK(detected("config", "smtp_remote_allow = localnet\n") == Detection::Certain);
  CHECK(detected("etc/smail/config", "") == Detection::ByName);
  CHECK(detected("config", "") == Detection::No);
  CHECK(detected("config", "hostname = a\ndomain = b\nport = 25\n") == Detection::No);
  CHECK(detected(".git/config", "[core]\n\tbare = false\n[user]\n\tname = x\n") == Detection::No);
  CHECK(detected("config", "Host *\n  User bob\n") == Detection::No);
  CHECK(detected("config", "CONFIG_X86=y\nCONFIG_SMP=y\n") == Detection::No);
  CHECK(detected("config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n") == Detection::No);
  CHECK(detected("config", "apiVersion: v1\nkind: Config\n") == Detection::No);
  CHECK(detected("main.cf", "smtp_banner = x\nqueue_only = y\n") == Detection::No);
  CHECK(detected("configure", "primary_hostname = a\nsmtp_accept_max = 20\ntrusted_users = mail\nend\n") ==
        Detection::No);
}

}  // namespace
}  // namespace relaylint::test
