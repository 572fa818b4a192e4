// Exim's expansion language against what Exim 4.96 answers (`exim -be`).

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "parsers/exim4/expand.hpp"
#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using namespace relaylint::exim4;

namespace {

class TestFacts final : public Facts {
 public:
  IpAddress client() override { return *IpAddress::parse("198.51.100.77"); }
  std::optional<std::string> verified_client_name() override { return std::nullopt; }
  std::string helo() override { return "client.evil.example"; }
  std::string sender() override { return "spammer@evil.example"; }
  std::string recipient() override { return "Victim@Elsewhere.example"; }
  bool tls() override { return false; }
  Auth auth() override { return Auth::None; }
  std::optional<std::uint16_t> port() override { return std::uint16_t{25}; }
  std::optional<std::string> binding(std::string_view name, bool& unknown) override {
    unknown = name == "acl_m_doubt";
    return name == "acl_c_set" ? std::optional<std::string>("1") : std::nullopt;
  }
  Value ask(ListId) override { return Value::No; }
  void assume(Note note) override { assumptions.push_back(std::move(note)); }
  void not_understood(Note note) override { doubts.push_back(std::move(note)); }

  std::vector<Note> assumptions{};
  std::vector<Note> doubts{};
};

/// The value; `!fail`, `!error` and `!unknown` where there is none.
std::string expanded(const std::string& text) {
  test::MemoryReader reader;
  reader.add("/etc/exim/exim.conf", "");
  reader.add("/etc/exim/keys", "a: va\n  more\n\"q a\": vq\n*: star\n*.sub.dom: ps\n");
  SourceSet sources(reader, "", {"/etc/exim"});
  const FileId main = sources.open("/etc/exim/exim.conf").file;
  const auto site = std::make_shared<Site>(sources, main);
  site->primary_hostname = "mx.corp.example";
  NamedList named;
  named.name = "ours";
  named.value = make_expression(EximText("corp.example : *.sub.example", {}));
  site->lists[static_cast<std::size_t>(EximListKind::Domain)].emplace("ours", named);
  const Frame frame{site, Where::Recipient, nullptr};
  TestFacts facts;
  const ExpressionPtr expression = make_expression(EximText(text, {}));
  const Expansion result = Expander(frame, facts).expand(*expression);
  switch (result.status) {
    case Value::Yes:
      return result.text;
    case Value::No:
      return "!fail";
    case Value::Error:
      return "!error";
    case Value::Unknown:
      return "!unknown";
  }
  return "";
}

}  // namespace

TEST_CASE("exim4 expansion: literals and escapes") {
  CHECK(expanded(R"(a b\tc\x41\101\q\N$foo\N\n.)") == "a b\tcAAq$foo\n.");
  CHECK(expanded("{a}") == "{a}");
  CHECK(expanded("a}b") == "a}b");
}

TEST_CASE("exim4 expansion: what cannot start a variable fails the whole string") {
  for (const char* text :
       {"$", "a$", "^.+$ : *", "$ x", "$!", "${ if eq{a}{a}{y}}", "${if eq{a}{a}{y}{n}", "${if eq{a}{a}{y}{n}{z}}",
        "${if eq{a}}", "${if eq a a {y}{n}}", "${if or{eq{a}{a}}{y}{n}}", "${if eq{a}{a}{y}{$}}", "a\\"}) {
    CAPTURE(text);
    CHECK(expanded(text) == "!error");
  }
  for (const char* text : {"$foo", "${foo}", "${if foo{a}{y}{n}}", "${if eq{a}{a}{y}{$foo}}", "${zonk:a}"}) {
    CAPTURE(text);
    CHECK(expanded(text) == "!unknown");
  }
}

TEST_CASE("exim4 expansion: if") {
  CHECK(expanded("${if eq {a} {a} {y} {n} }") == "y");
  CHECK(expanded("${if eq{a}{a}}") == "true");
  CHECK(expanded("${if eq{a}{b}}").empty());
  CHECK(expanded("${if eq{a}{b}{x}fail}") == "!fail");
  CHECK(expanded("${if eq{a}{b}{x} {fail}}") == "fail");
  CHECK(expanded("${if ! eq{a}{b}{x}{y}}") == "x");
  CHECK(expanded("${if and{}{y}{n}}") == "y");
  CHECK(expanded("${if or{}{y}{n}}") == "n");
  CHECK(expanded("${if and {{eq{a}{a}} {eq{b}{b}} } {y}{n}}") == "y");
  CHECK(expanded("${if match{abc}{^(a)(.)}{$1-$2-$0}{n}}") == "a-b-ab");
  CHECK(expanded("${if match{ABC}{b}{y}{n}}") == "n");
  CHECK(expanded("${if eq{${if eq{a}{b}{x}fail}}{x}{yes}{no}}") == "!fail");
  CHECK(expanded("${if bool{foo}{y}{n}}") == "!error");
  CHECK(expanded("${if bool_lax{foo}{y}{n}}") == "y");
  CHECK(expanded("${if >{1k}{1}{y}{n}}") == "y");
  CHECK(expanded("${if < {x}{1}{y}{n}}") == "!error");
  CHECK(expanded("${if forany{a:b}{eq{$item}{b}}{y}{n}}") == "y");
  CHECK(expanded("${if inlisti{A}{b:a}{y$value}{n}}") == "ya");
  CHECK(expanded("${if def:acl_c_set{y}{n}}") == "y");
  CHECK(expanded("${if def:acl_c_other{y}{n}}") == "n");
  CHECK(expanded("${if eq{$acl_m_doubt}{1}{y}{n}}") == "!unknown");
  CHECK(expanded("${if eq{$acl_m_doubt}{1}{y}{y}}") == "y");
}

TEST_CASE("exim4 expansion: lists as conditions") {
  CHECK(expanded("${if match_ip{10.1.1.1}{<; 10.0.0.0/8;::1}{y}{n}}") == "y");
  CHECK(expanded("${if match_ip{10.1.1.1}{!192.168.0.0/16}{y}{n}}") == "y");
  CHECK(expanded("${if match_ip{10.1.1.1}{10/8:*}{y}{n}}") == "n");
  CHECK(expanded("${if match_ip{x}{*}{y}{n}}") == "!error");
  CHECK(expanded("${if match_ip{}{:}{y}{n}}") == "y");
  CHECK(expanded("${if match_domain{a.sub.example}{+ours}{y}{n}}") == "y");
  CHECK(expanded("${if match_domain{a.sub.example}{+nope}{y}{n}}") == "!error");
  CHECK(expanded("${if match_domain{mx.corp.example}{$primary_hostname}{y}{n}}") == "n");
  CHECK(expanded("${if match_domain{b}{^[a-c]$}{y}{n}}") == "y");
  CHECK(expanded("${if match_address{a@b.example}{*@b.example}{y}{n}}") == "y");
  CHECK(expanded("${if match_local_part{AbC}{abc}{y}{n}}") == "y");
}

TEST_CASE("exim4 expansion: items and operators") {
  CHECK(expanded("${extract{2}{:}{a:b:c}}") == "b");
  CHECK(expanded("${extract{5}{:}{a:b:c}{y$value}{n}}") == "n");
  CHECK(expanded("${extract{-1}{:}{a:b:c}}") == "c");
  CHECK(expanded("${extract{b}{a=1 b=\"2 3\"}}") == "2 3");
  CHECK(expanded("${extract{2}{a=1 b=2}}") == "!error");
  CHECK(expanded("${sg{abcabc}{(b)}{<\\$1>}}") == "a<b>ca<b>c");
  CHECK(expanded("${substr{-3}{2}{abcdef}}") == "de");
  CHECK(expanded("${substr_-2:abcdef}") == "abcd");
  CHECK(expanded("${substr_1_2:abcdef}") == "bc");
  CHECK(expanded("${length_2:abc}") == "ab");
  CHECK(expanded("${mask:10.1.2.3/8}") == "10.0.0.0/8");
  CHECK(expanded("${mask:10.1.2.3}") == "!error");
  CHECK(expanded("${map{a:b}{x$item}}") == "xa:xb");
  CHECK(expanded("${filter{a:b}{eq{$item}{a}}}") == "a");
  CHECK(expanded("${reduce{a:b}{}{$value$item}}") == "ab");
  CHECK(expanded("${tr{abc}{ab}{AB}}") == "ABc");
  CHECK(expanded("${lc:${uc:abc}D}") == "abcd");
  CHECK(expanded("${reverse_ip:1.2.3.4}") == "4.3.2.1");
  CHECK(expanded("${rxquote:a.b}") == "a\\.b");
  CHECK(expanded("${expand:\\$primary_hostname}") == "mx.corp.example");
  CHECK(expanded("$local_part at $domain from $sender_address_domain") ==
        "Victim at elsewhere.example from evil.example");
}

TEST_CASE("exim4 expansion: what is not at hand is assumed or unknown") {
  CHECK(expanded("${env{NOPE}{$value}{none}}") == "none");
  CHECK(expanded("${env{NOPE}{$value} fail}") == "!fail");
  CHECK(expanded("${lookup mysql{SELECT 1}{yes}{no}}") == "no");
  CHECK(expanded("${lookup{a} lsearch {/etc/exim/keys} {y$value}{n}}") == "yva more");
  CHECK(expanded("${lookup{A}lsearch{/etc/exim/keys}}") == "va more");
  CHECK(expanded("${lookup{zz}lsearch{/etc/exim/keys}{y}{n}}") == "n");
  CHECK(expanded("${lookup{zz}lsearch*{/etc/exim/keys}{y$value}{n}}") == "ystar");
  CHECK(expanded("${lookup{x.sub.dom}partial-lsearch{/etc/exim/keys}{$value}{n}}") == "ps");
  CHECK(expanded("${lookup{a}lsearch{/srv/other/keys}{y}{n}}") == "!unknown");
  CHECK(expanded("${if exists{/etc/exim/keys}{y}{n}}") == "y");
  CHECK(expanded("${if exists{/srv/other/keys}{y}{n}}") == "!unknown");
  CHECK(expanded("${run{/bin/date}}") == "!unknown");
}

TEST_CASE("exim4 expansion: depth is bounded and the whole is linear") {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "${lc:";
  CHECK(expanded(deep) == "!unknown");
  CHECK(expanded(std::string(1'000'000, '{')).size() == 1'000'000);
}
