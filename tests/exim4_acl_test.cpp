// The grammar of ACL lines, and what Exim 4.96 refuses to load.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "parsers/exim4/acl_line.hpp"
#include "parsers/exim4/document.hpp"
#include "parsers/exim4/recipient.hpp"
#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using namespace relaylint::exim4;

namespace {

/// The first fatal problem of an ACL with this body; empty where Exim loads it.
std::string fatal_in(const std::string& body) {
  test::MemoryReader reader;
  reader.add("/etc/exim/exim.conf", "acl_smtp_rcpt = check\nbegin acl\n" + body);
  SourceSet sources(reader, "", {"/etc/exim"});
  const FileId files[] = {sources.open("/etc/exim/exim.conf").file};
  const auto document = parse_exim4(sources, files[0], files);
  const auto fatal = std::find_if(document->problems.begin(), document->problems.end(),
                                  [](const Problem& problem) { return problem.fatal; });
  return fatal == document->problems.end() ? std::string() : fatal->message;
}

/// The first problem of any kind.
std::string first_problem_in(const std::string& body) {
  test::MemoryReader reader;
  reader.add("/etc/exim/exim.conf", "acl_smtp_rcpt = check\nbegin acl\n" + body);
  SourceSet sources(reader, "", {"/etc/exim"});
  const FileId files[] = {sources.open("/etc/exim/exim.conf").file};
  const auto document = parse_exim4(sources, files[0], files);
  return document->problems.empty() ? std::string() : document->problems.front().message;
}

}  // namespace

TEST_CASE("exim4 ACL: one line") {
  const std::string text = "! hosts  =  +relay : 10.0.0.0/8 ";
  const auto line = parse_acl_line(text);
  REQUIRE(line);
  CHECK(line->negated);
  CHECK(line->name == "hosts");
  CHECK(line->has_value);
  CHECK(text.substr(line->rest.start, line->rest.size()) == "+relay : 10.0.0.0/8");
  CHECK(line->start.start == 0);
  CHECK(parse_acl_line("check_rcpt:")->is_label);
  CHECK_FALSE(parse_acl_line("accept")->has_value);
  CHECK_FALSE(parse_acl_line("= x"));
  CHECK_FALSE(parse_acl_line("{% if %}"));
  CHECK_FALSE(parse_acl_line(std::string_view("\xff\x80", 2)));
}

TEST_CASE("exim4 ACL: the words of set, verify and rewriting rules") {
  const std::string set = "acl_m_ok = ${if eq{a}{b}}";
  REQUIRE(parse_acl_set(set));
  CHECK(parse_acl_set(set)->variable == "acl_m_ok");
  CHECK(set.substr(parse_acl_set(set)->value.start) == "${if eq{a}{b}}");
  CHECK(parse_acl_set("acl_c0=1"));
  CHECK_FALSE(parse_acl_set("acl_x = 1"));
  CHECK_FALSE(parse_acl_set("acl_mail = 1"));

  const VerifyWords words = parse_verify("recipient / callout=30s,defer_ok /no_details");
  CHECK(words.what == "recipient");
  CHECK(words.options == std::vector<std::string>{"callout=30s,defer_ok", "no_details"});
  CHECK(parse_verify("sender=a@b.example/callout").argument == "a@b.example");

  const std::string rule = "\"^(.*)% x@ours\"  $1@$2  Sh";
  const auto parts = parse_rewrite_line(rule);
  REQUIRE(parts);
  CHECK(rule.substr(parts->pattern.start, parts->pattern.size()) == "\"^(.*)% x@ours\"");
  CHECK(rule.substr(parts->flags.start, parts->flags.size()) == "Sh");
}

TEST_CASE("exim4 ACL: what the server refuses to load") {
  CHECK(fatal_in("check:\n  accept\n").empty());
  CHECK(fatal_in("check: accept\n  deny\n").empty());
  CHECK(fatal_in("check:\n  accept !  hosts = 10.0.0.1\n").empty());
  for (const char* body :
       {"check:\n  acept\n", "check:\n  Accept\n", "check:\n  endpass\n  deny\n", "check:\n  deny endpass\n",
        "check:\n  ! accept\n", "check:\n  accept hosts\n", "check:\n  accept !message = x\n",
        "check:\n  warn set acl_x = 1\n", "check:\n  accept\ncheck:\n  deny\n", "  accept\n"}) {
    CAPTURE(std::string(body));
    CHECK_FALSE(first_problem_in(body).empty());
  }
  // A word that no release we know has could be one of a later release: said, and unknown, but not called fatal.
  CHECK(first_problem_in("check:\n  accept host = 10.0.0.1\n") == "`host` is no condition or modifier of an ACL");
}

TEST_CASE("exim4 recipients: as Exim reads them") {
  const RecipientRules rules{false, false, false, "corp.example"};
  CHECK(read_recipient("victim@elsewhere.example", rules) == "victim@elsewhere.example");
  CHECK(read_recipient("@corp.example:victim@elsewhere.example", rules) == "victim@elsewhere.example");
  CHECK(read_recipient("\"victim@elsewhere.example\"@corp.example", rules) == "victim@elsewhere.example@corp.example");
  CHECK(read_recipient("Postmaster", rules) == "Postmaster@corp.example");
  CHECK(read_recipient(".a..b@x.example", rules) == ".a..b@x.example");
  for (const char* text :
       {"victim@elsewhere.example.", "victim%elsewhere.example", "victim@elsewhere.example@corp.example",
        "a@[192.0.2.1]", "a@x_y.example", "a@-x.example", "a@x..example", "a(b@x.example", "a@", "@x.example", ""}) {
    CAPTURE(text);
    CHECK_FALSE(read_recipient(text, rules));
  }
  CHECK(read_recipient("a@[192.0.2.1]", {true, false, false, ""}));
  CHECK(read_recipient("a@x.example.", {false, true, false, ""}) == "a@x.example");
}
