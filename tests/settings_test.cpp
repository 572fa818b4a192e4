#include "lint/settings.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "rules/registry.hpp"
#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

constexpr std::array<std::string_view, 3> kProducts = {"exim", "smail", "qmail"};

SettingsContext context() {
  SettingsContext known;
  known.rules = all_rules();
  known.products = kProducts;
  return known;
}

SettingsResult parse(std::string_view text) { return parse_settings(text, ".relaylint.ini", "/project", context()); }

std::string first_error(std::string_view text) {
  const SettingsResult result = parse(text);
  return result.errors.empty() ? "" : result.errors.front().message;
}

}  // namespace

TEST_CASE("settings: every key") {
  const SettingsResult result = parse(
      "\xEF\xBB\xBF# for the mail team\r\n"
      "select = RL0\r\n"
      "ignore = RL017, relay-by-mx\r\n"
      "fail_on = error\n"
      "strict = yes\n"
      "root = rootfs\n"
      "exclude = old/ *.bak\n"
      "own_networks =\n"
      "  192.0.2.0/24\n"
      "  2001:db8:1::/48\n"
      "behind_proxy = 172.17.0.1\n"
      "\n"
      "[product]\n"
      "exim = 3.12\n"
      "[ignore]\n"
      "path = servers/old/rcpthosts\n"
      "rule = RL003 RL004\n"
      "reason = waiting for ticket #12; see wiki\n"
      "until = 2027-06-30\n"
      "[ignore]\n"
      "path = x\n"
      "rule = relay-hosts\n"
      "reason = y\n");
  CHECK(result.errors.empty());
  const Settings& settings = result.settings;
  CHECK(settings.select == std::vector<std::string>{"RL0"});
  CHECK(settings.ignore == std::vector<std::string>{"RL017", "relay-by-mx"});
  CHECK(settings.fail_on == Severity::Error);
  CHECK(settings.strict == true);
  CHECK(settings.root == "/project/rootfs");
  CHECK(settings.exclude.match("old", true) == IgnoreAnswer::Ignored);
  CHECK(settings.exclude.match("a/b.bak", false) == IgnoreAnswer::Ignored);
  CHECK(settings.products.at("exim") == "3.12");
  CHECK(settings.own_networks == AddressSet::parse("192.0.2.0/24")->unite(*AddressSet::parse("2001:db8:1::/48")));
  CHECK(settings.behind_proxy == AddressSet::parse("172.17.0.1"));
  REQUIRE(settings.ignores.size() == 2);
  CHECK(settings.ignores[0].rules == std::vector<std::string>{"RL003", "RL004"});
  CHECK(settings.ignores[0].reason == "waiting for ticket #12; see wiki");
  CHECK(settings.ignores[0].until == "2027-06-30");
  CHECK(settings.ignores[0].line == 15);
  CHECK(settings.ignores[1].until.empty());
}

TEST_CASE("settings: mistakes are told with their place, and what may be meant") {
  CHECK(first_error("\nselct = RL001\n") == ".relaylint.ini:2:1: unknown key 'selct'; did you mean 'select'?");
  CHECK(first_error("  select = RL099\n") == ".relaylint.ini:1:12: there is no rule 'RL099'; did you mean 'RL009'?");
  CHECK(first_error("[products]\nexim = 3\n") ==
        ".relaylint.ini:1:1: unknown section [products]; did you mean 'product'?");
  CHECK(first_error("[product]\nexmi = 3\n") == ".relaylint.ini:2:1: unknown product 'exmi'; did you mean 'exim'?");
  CHECK(first_error("fail_on = fatal\n") == ".relaylint.ini:1:11: 'fail_on' takes error, warning or info, not 'fatal'");
  CHECK(first_error("strict = maybe\n") == ".relaylint.ini:1:10: 'strict' takes true or false, not 'maybe'");
  CHECK(first_error("strict = yes ; or not\n") ==
        ".relaylint.ini:1:10: 'strict' takes true or false, not 'yes ; or not'");
  CHECK(first_error("own_networks = 10.0.0.0/33\n") ==
        ".relaylint.ini:1:16: '10.0.0.0/33' is neither an address nor a network (ADDRESS/LENGTH)");
  CHECK(first_error("strict\n") == ".relaylint.ini:1:1: expected 'key = value' or '[section]'");
  CHECK(first_error("[product\n") == ".relaylint.ini:1:1: section header without ']'");
  CHECK(first_error("strict =\n") == ".relaylint.ini:1:9: 'strict' has no value");
  CHECK(first_error("strict = yes\nstrict = no\n") == ".relaylint.ini:2:1: 'strict' is set twice");
  CHECK(first_error("[ignore]\npath = a\nrule = RL001\n") == ".relaylint.ini:1:1: [ignore] without 'reason'");
  CHECK(first_error("[ignore]\npath = a\nrule = RL001\nreason = b\nuntil = soon\n") ==
        ".relaylint.ini:5:9: 'until' takes a date as YYYY-MM-DD, not 'soon'");
  const SettingsResult both = parse("strict = maybe\nselct = x\n");
  REQUIRE(both.errors.size() == 2);
  CHECK(both.errors[0].message < both.errors[1].message);
  CHECK(first_error("exclude = " + std::string(100000, 'x') + "\n").empty());
}

TEST_CASE("settings: the nearest file up to the root of the repository") {
  MemoryReader reader({{"repo/.git/HEAD", ""},
                       {"repo/.relaylint.ini", ""},
                       {"repo/mail/exim/configure", ""},
                       {"repo/mail/qmail/.relaylint.ini", ""},
                       {"repo/mail/qmail/rcpthosts", ""},
                       {".relaylint.ini", ""},
                       {"inner/.git", "gitdir: elsewhere"},
                       {"inner/configure", ""}});
  CHECK(find_settings("repo/mail/exim/configure", reader) == "repo/.relaylint.ini");
  CHECK(find_settings("repo/mail/exim", reader) == "repo/.relaylint.ini");
  CHECK(find_settings("repo/mail/qmail/rcpthosts", reader) == "repo/mail/qmail/.relaylint.ini");
  CHECK(find_settings("inner/configure", reader).empty());
}

TEST_CASE("settings: outside of a repository nobody else's file further up counts") {
  MemoryReader reader(
      {{".relaylint.ini", ""}, {"etc/exim/configure", ""}, {"/srv/.relaylint.ini", ""}, {"/srv/mail/configure", ""}});
  CHECK(find_settings("etc/exim/configure", reader) == ".relaylint.ini");  // below the working directory
  CHECK(find_settings("/srv/mail/configure", reader).empty());
  CHECK(find_settings("/srv", reader) == "/srv/.relaylint.ini");
}

TEST_CASE("settings: a file beside a stranger's configuration may not open the rest of the disk") {
  MemoryReader reader({{"repo/.git/HEAD", ""}, {"repo/.relaylint.ini", "root = ../other\n"}, {"other/etc/passwd", ""}});
  const SettingsResult found = load_settings("repo/.relaylint.ini", reader, context());
  REQUIRE(found.errors.size() == 1);
  CHECK(found.errors[0].message ==
        "repo/.relaylint.ini: root '/memory/repo/../other' leads out of the project; give it with --root, or the "
        "settings with --config");
  SettingsContext trusted = context();
  trusted.trust_root = true;
  CHECK(load_settings("repo/.relaylint.ini", reader, trusted).errors.empty());
  CHECK(load_settings("missing.ini", reader, trusted).errors.front().message == "missing.ini: does not exist");
}
