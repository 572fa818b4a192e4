// Runs the case folders of fixtures/rules and fixtures/verdicts. RELAYLINT_BLESS=1 rewrites expected.txt and fixed/;
// what it rewrote is reviewed like code.

#include "tests/support/fixture.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "parsers/registry.hpp"
#include "rules/registry.hpp"
#include "tests/support/asks.hpp"
#include "tests/support/finding_text.hpp"
#include "tests/support/golden.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

std::vector<const Finding*> findings_of(const Configuration& configuration, std::string_view rule) {
  std::vector<const Finding*> found;
  for (const Finding& finding : configuration.findings) {
    if (finding.rule == rule && !finding.suppressed) found.push_back(&finding);
  }
  return found;
}

/// The findings of one rule, and the fixes of it that were refused.
std::string report_of(const Configuration& configuration, const FixResult& fixed, std::string_view rule) {
  std::string text;
  for (const Finding* finding : findings_of(configuration, rule)) text += text_of(configuration, *finding);
  for (const std::string& refusal : fixed.unproved) {
    if (refusal.starts_with(rule)) text += "not fixed: " + refusal + "\n";
  }
  return text;
}

void check_rule_fixture(const Fixture& fixture, const RuleInfo& rule) {
  const Examined examined = fixture.examine();
  REQUIRE_FALSE(examined.configuration.unreadable.has_value());
  const FixResult fixed = examined.fix_all();
  const bool fires = !findings_of(examined.configuration, rule.id).empty();
  CHECK(fires != is_near_miss(fixture));
  if (fires == is_near_miss(fixture)) return;  // never blessed
  check_golden(fixture.path + "/expected.txt", report_of(examined.configuration, fixed, rule.id));
  const Files after = patched(fixture.input, fixed.files);
  check_golden_tree(fixture.path + "/fixed", fixed.files.empty() ? nullptr : &after);
}

void check_asks(const Examined& examined, std::istream& lines) {
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const std::optional<Ask> ask = parse_ask(line);
    if (!ask && line.find_first_not_of(" \r") == std::string::npos) continue;
    CHECK(ask.has_value());
    if (ask) CHECK(to_string(examined.decide(ask->transaction).outcome) == ask->outcome);
  }
}

void check_verdict_fixture(const Fixture& fixture) {
  const Examined examined = fixture.examine();
  REQUIRE_FALSE(examined.configuration.unreadable.has_value());
  std::istringstream lines(fixture_file(fixture, "verdict.txt"));
  std::string verdict;
  std::string rest_of_line;
  lines >> verdict;
  std::getline(lines, rest_of_line);
  CHECK(to_string(examined.state()) == verdict);
  check_asks(examined, lines);
}

}  // namespace

TEST_CASE("fixtures: each rule says what its cases expect") {
  for (const Fixture& fixture : rule_fixtures()) {
    CAPTURE(fixture.folder);
    const Rule* rule = find_rule(rule_name_of(fixture));
    CHECK(rule != nullptr);
    CHECK(find_format(fixture.format) != nullptr);
    if (rule != nullptr && find_format(fixture.format) != nullptr) check_rule_fixture(fixture, rule->info);
  }
}

TEST_CASE("fixtures: each verdict and each answer is the expected one") {
  for (const Fixture& fixture : verdict_fixtures()) {
    CAPTURE(fixture.folder);
    CHECK(find_format(fixture.format) != nullptr);
    if (find_format(fixture.format) != nullptr) check_verdict_fixture(fixture);
  }
}
