// `text` as a person sees it, whole.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "lint/output/collect.hpp"
#include "lint/output/formats.hpp"
#include "tests/support/memory_reader.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

const std::string kText =
    "hostlist relay = 10.0.0.0/8 : \\\n"
    "                 0.0.0.0/0\n"
    "acl_check_rcpt:\n"
    "  accept  hosts   = +relay\n"
    "          control = submission\n";

/// One file with findings that point into it.
struct Sample {
  Sample() : sources(reader, "", {}), file(sources.add("exim.conf", std::make_shared<const std::string>(kText))) {}

  Span span(std::string_view text) const {
    const auto start = static_cast<std::uint32_t>(kText.find(text));
    return {file, {start, start + static_cast<std::uint32_t>(text.size())}};
  }
  Finding finding(Span place, std::string message) const {
    Finding made;
    made.rule = "RL003";
    made.name = "relay-hosts-everyone";
    made.message = std::move(message);
    made.span = place;
    return made;
  }
  ConfigurationReport configuration(VerdictState verdict) const {
    ConfigurationReport one;
    one.path = "exim.conf";
    one.format = "exim4";
    one.format_title = "Exim 4 configuration";
    one.product = "exim";
    one.version = "4.96";
    one.verdict = verdict;
    one.files = {"exim.conf"};
    one.bytes = 12345;
    return one;
  }

  MemoryReader reader;
  SourceSet sources;
  FileId file;
};

std::string text_of(std::vector<ConfigurationReport> configurations, const OutputOptions& options = {}) {
  Report report;
  report.summary = summarise(configurations);
  report.configurations = std::move(configurations);
  return write_text(report, options);
}

}  // namespace

TEST_CASE("text: several labelled places, one of several lines, and a fix of two lines") {
  const Sample sample;
  Finding finding = sample.finding(sample.span("0.0.0.0/0"), "this trusts every IPv4 address");
  finding.related.push_back(
      {sample.span("accept  hosts   = +relay\n          control = submission"), "relaying is granted here"});
  finding.fix = Fix{"trust only the hosts that are named",
                    Applicability::Safe,
                    {{sample.span(" : \\\n                 0.0.0.0/0"), ""}},
                    {}};
  ConfigurationReport one = sample.configuration(VerdictState::Closed);
  one.findings.push_back(collect_finding(sample.sources, finding));
  one.after_fix = "send the daemon a HUP signal";
  CHECK(text_of({one}) ==
        "error[RL003]: this trusts every IPv4 address\n"
        " --> exim.conf:2:18\n"
        "  |\n"
        "2 |                  0.0.0.0/0\n"
        "  |                  ^^^^^^^^^ relay-hosts-everyone\n"
        " ::: exim.conf:4:3\n"
        "  |\n"
        "4 | /   accept  hosts   = +relay\n"
        "5 | |           control = submission\n"
        "  | |______________________________^ relaying is granted here\n"
        "  |\n"
        "  = fix: trust only the hosts that are named\n"
        "  |\n"
        "1 - hostlist relay = 10.0.0.0/8 : \\\n"
        "2 -                  0.0.0.0/0\n"
        "1 + hostlist relay = 10.0.0.0/8\n"
        "\n"
        "closed: exim.conf  Exim 4 configuration, exim 4.96\n"
        "   = next:\n"
        "   |   relaylint --fix exim.conf\n"
        "   |   then: send the daemon a HUP signal\n"
        "\n"
        "1 configuration: 0 open, 0 unknown, 1 closed; 1 error, 0 warnings, 0 notes; 1 can be mended with --fix\n");
}

TEST_CASE("text: what has to be done by hand, and a file that is not there") {
  Sample sample;
  const FileId absent = sample.sources.add("control/rcpthosts", nullptr);
  Finding finding = sample.finding({absent, {}}, "nothing says who may relay");
  finding.severity = Severity::Warning;
  finding.fix = Fix{"upgrade", Applicability::Display, {}, {"stop it", "install the new one"}};
  ConfigurationReport one = sample.configuration(VerdictState::Closed);
  one.findings.push_back(collect_finding(sample.sources, finding));
  CHECK(text_of({one}, {.quiet = true}) ==
        "warning[RL003]: nothing says who may relay\n"
        " --> control/rcpthosts:1:1\n"
        "  |\n"
        "  | (there is no such file)\n"
        "  |\n"
        "  = to do: upgrade\n"
        "  |   1. stop it\n"
        "  |   2. install the new one\n"
        "\n");
}

TEST_CASE("text: an open verdict with its proof, and who it is open to") {
  const Sample sample;
  ConfigurationReport one = sample.configuration(VerdictState::Open);
  ReportedWitness witness;
  witness.transaction.rcpt_to = "victim@elsewhere.example";
  witness.transaction.auth = Auth::Junk;
  witness.transaction.tls = true;
  witness.transaction.client_name = "client.evil.example";
  witness.transaction.preceding = {"bob@corp.example"};
  witness.path.push_back(
      {collect_place(sample.sources, sample.span("accept  hosts   = +relay")), "accept hosts = +relay", true});
  witness.replay = "exim -bh 198.51.100.77";
  one.witness = witness;
  one.exposure.ipv4_addresses = 3702259201;
  one.exposure.ipv4_exceptions = {"192.0.2.0/24"};
  one.exposure.ipv6_prefixes = {"::/0"};
  one.exposure.anyone = true;
  one.assumptions.push_back({collect_place(sample.sources, sample.span("hostlist")), "the list is what it was"});
  CHECK(text_of({one}, {.verbose = true}) ==
        "open: a stranger can send mail through this server to anybody\n"
        "  --> exim.conf  Exim 4 configuration, exim 4.96\n"
        "   = proof: a stranger at 198.51.100.77 (client.evil.example), over TLS says\n"
        "   |   C: EHLO client.evil.example\n"
        "   |   C: AUTH PLAIN (a user and a password that he made up)\n"
        "   |   S: 235 welcome\n"
        "   |   C: MAIL FROM:<spammer@evil.example>\n"
        "   |   S: 250 OK\n"
        "   |   C: RCPT TO:<bob@corp.example>\n"
        "   |   C: RCPT TO:<victim@elsewhere.example>\n"
        "   |   S: 250 accepted, and sent on\n"
        "   = let through by:\n"
        "   |   4:3  accepts  accept hosts = +relay\n"
        "   = exposure: every public IPv4 address but 192.0.2.0/24 (3,702,259,201) and every public IPv6 address can "
        "send to "
        "anybody\n"
        "   = replay: exim -bh 198.51.100.77\n"
        "   = as long as:\n"
        "   |   1:1  the list is what it was\n"
        "   = read: exim.conf, 12,345 bytes\n"
        "\n"
        "1 configuration: 1 open, 0 unknown, 0 closed; 0 errors, 0 warnings, 0 notes\n");
  one.exposure.ipv4_exceptions.clear();
  one.exposure.ipv4_addresses = 1;
  one.exposure.ipv4_prefixes = {"192.0.2.1/32"};
  one.exposure.ipv6_prefixes = {"2001:db8::/32", "2001:db9::/32", "2001:dba::/32",
                                "2001:dbb::/32", "2001:dbc::/32", "2001:dbd::/32"};
  one.exposure.anyone = false;
  one.exposure.recipients = {"uk", "de"};
  CHECK(text_of({one}).find(
            "exposure: 1 IPv4 address (192.0.2.1/32) and IPv6 2001:db8::/32, 2001:db9::/32, 2001:dba::/32, "
            "2001:dbb::/32 and 2 more can send to addresses at uk, de\n") != std::string::npos);
}

TEST_CASE("text: unknown says why; closed things take a line each; --quiet keeps them") {
  const Sample sample;
  ConfigurationReport unknown = sample.configuration(VerdictState::Unknown);
  unknown.reasons.push_back({collect_place(sample.sources, sample.span("+relay")), "this list is not at hand"});
  ConfigurationReport closed = sample.configuration(VerdictState::Closed);
  closed.path = "a.conf";
  CHECK(text_of({closed, closed, unknown}) ==
        "closed: a.conf  Exim 4 configuration, exim 4.96\n"
        "closed: a.conf  Exim 4 configuration, exim 4.96\n"
        "unknown: whether a stranger can relay through this server could not be decided\n"
        "  --> exim.conf  Exim 4 configuration, exim 4.96\n"
        "   = because:\n"
        "   |   4:21  this list is not at hand\n"
        "\n"
        "3 configurations: 0 open, 1 unknown, 2 closed; 0 errors, 0 warnings, 0 notes\n");
  CHECK(text_of({closed}, {.quiet = true}).empty());
  CHECK(text_of({}).empty());
}

TEST_CASE("text: colours do not change the words") {
  const Sample sample;
  ConfigurationReport one = sample.configuration(VerdictState::Closed);
  one.findings.push_back(
      collect_finding(sample.sources, sample.finding(sample.span("0.0.0.0/0"), "this trusts every IPv4 address")));
  std::string colored = text_of({one}, {.color = true});
  CHECK(colored.find("\x1b[1;31merror[RL003]\x1b[0m") == 0);
  for (std::size_t at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  CHECK(colored == text_of({one}));
}
