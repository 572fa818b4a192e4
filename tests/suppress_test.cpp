#include "lint/suppress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "rules/registry.hpp"
#include "tests/support/examine.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// Findings of a GWIA.CFG, where `;` starts a comment and a missing /NOROUTING is RL001 at the first line.
std::vector<Finding> findings_of(std::string_view text, std::vector<FileIgnore> sections = {},
                                 std::string today = "2026-01-01") {
  SuppressOptions suppress;
  suppress.rules = all_rules();
  suppress.today = std::move(today);
  suppress.ignores_directory = "/memory";
  for (const FileIgnore& section : sections) suppress.ignores.push_back(std::make_shared<TrackedIgnore>(section));
  EngineOptions options = all_rules_on();
  options.suppress = [&](Configuration& configuration) { apply_suppressions(configuration, suppress); };
  Examined examined = examine_files("groupwise", {{"gw/GWIA.CFG", std::string(text)}}, "gw/GWIA.CFG", options);
  return std::move(examined.configuration.findings);
}

const Finding* find(const std::vector<Finding>& findings, std::string_view rule) {
  const auto found =
      std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.rule == rule; });
  return found == findings.end() ? nullptr : &*found;
}

std::string message_of(const std::vector<Finding>& findings, std::string_view rule) {
  const Finding* finding = find(findings, rule);
  return finding == nullptr ? "" : finding->message;
}

FileIgnore section(std::string_view path, std::string rule, std::string until = {}) {
  FileIgnore ignore;
  ignore.files.add_line(path);
  ignore.rules = {std::move(rule)};
  ignore.reason = "told to";
  ignore.until = std::move(until);
  return ignore;
}

}  // namespace

TEST_CASE("suppress: what a comment says") {
  const auto text = read_suppression("# relaylint: ignore[RL003, relay-by-mx] the lab net until=2027-06-30");
  REQUIRE(text);
  CHECK(text->rules == std::vector<std::string>{"RL003", "relay-by-mx"});
  CHECK(text->reason == "the lab net");
  CHECK(text->until == "2027-06-30");
  CHECK(text->range == TextRange{2, 68});
  CHECK(read_suppression("<!-- relaylint: ignore[RL001] in xml -->")->reason == "in xml");
  CHECK(read_suppression("/*relaylint:ignore[RL001] in CL*/")->reason == "in CL");
  CHECK(read_suppression("# relaylint: ignore everything")->rules.empty());
  CHECK(read_suppression("# relaylint: ignore[RL001 no end")->rules.empty());
  CHECK_FALSE(read_suppression("# relaylint is a linter"));
  CHECK_FALSE(read_suppression("# relaylint: see the manual"));
}

TEST_CASE("suppress: a comment hides the finding of the statement behind it") {
  const auto hidden = findings_of("; relaylint: ignore[RL001] inside only until=2026-01-01\n/HN-gw.corp.example\n");
  REQUIRE(find(hidden, "RL001"));
  REQUIRE(find(hidden, "RL001")->suppressed);
  CHECK(find(hidden, "RL001")->suppressed->reason == "inside only");
  CHECK(find(hidden, "RL001")->suppressed->expires == "2026-01-01");  // the last day counts
  CHECK_FALSE(find(hidden, "RL905"));
  // Several comments may stand above one statement.
  const auto stacked =
      findings_of("; relaylint: ignore[relay-by-default] inside only\n; more words\n/HN-gw.corp.example\n");
  CHECK(find(stacked, "RL001")->suppressed);
}

TEST_CASE("suppress: without effect are those without a reason, without a rule, with a bad date or out of date") {
  const auto effect = [&](const std::string& comment, std::string_view rule) {
    const auto findings = findings_of("; " + comment + "\n/HN-gw.corp.example\n");
    CHECK_FALSE(find(findings, "RL001")->suppressed);
    return message_of(findings, rule);
  };
  CHECK(effect("relaylint: ignore[RL001]", "RL903") == "suppression gives no reason, so it hides nothing");
  CHECK(effect("relaylint: ignore it", "RL903") ==
        "suppression names no rule, so it hides nothing; write relaylint: ignore[RULE] reason");
  CHECK(effect("relaylint: ignore[RL001] later until=soon", "RL903") ==
        "suppression has until=soon, which is no date (YYYY-MM-DD), so it hides nothing");
  CHECK(effect("relaylint: ignore[RL001] later until=2025-12-31", "RL904") ==
        "suppression held until 2025-12-31 and hides nothing any more");
  CHECK(effect("relaylint: ignore[RL003] wrong rule", "RL905") == "suppression of RL003 hides nothing");
  CHECK(effect("relaylint: ignore[RL003x] wrong rule", "RL905") ==
        "suppression names RL003x, which is no rule; did you mean 'RL003'?");
}

TEST_CASE("suppress: each rule that is named has to hide something") {
  const auto findings = findings_of("; relaylint: ignore[RL001,RL006] inside only\n/HN-gw.corp.example\n");
  CHECK(find(findings, "RL001")->suppressed);
  CHECK(message_of(findings, "RL905") == "suppression of RL006 hides nothing");
  CHECK(std::is_sorted(findings.begin(), findings.end(),
                       [](const Finding& a, const Finding& b) { return a.span < b.span; }));
}

TEST_CASE("suppress: sections of the settings speak of files and folders below theirs") {
  const std::string text = "/HN-gw.corp.example\n";
  const auto hides = [&](FileIgnore ignore) {
    return find(findings_of(text, {std::move(ignore)}), "RL001")->suppressed.has_value();
  };
  CHECK(hides(section("gw/GWIA.CFG", "RL001")));
  CHECK(hides(section("gw/", "RL001")));
  CHECK(hides(section("*.CFG", "relay-by")));
  CHECK_FALSE(hides(section("gw/GWIA.CFG", "RL003")));
  CHECK_FALSE(hides(section("GWIA.CFG/x", "RL001")));
  CHECK_FALSE(hides(section("/GWIA.CFG", "RL001")));
  CHECK(hides(section("gw", "RL001", "2026-01-01")));
  CHECK_FALSE(hides(section("gw", "RL001", "2025-12-31")));
}
