// Nothing is said to be covered that is not: every rule has its cases, every format its files, and what a rule declares
// of its fixes is what its cases show. A test of its own (ctest -R completeness), since a rule and its cases may land
// one after the other.

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "lint/compare.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"
#include "tests/support/fixture.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// What the cases of one rule show.
struct Shown {
  std::size_t firing = 0;
  std::size_t near_misses = 0;
  std::size_t fixed_trees = 0;
  std::size_t findings = 0;
  std::size_t with_fix = 0;
  std::size_t with_edits = 0;  ///< the others are steps to be taken by hand
};

Shown& add(Shown& shown, const Fixture& fixture, std::string_view rule) {
  ++(is_near_miss(fixture) ? shown.near_misses : shown.firing);
  const Examined examined = fixture.examine();
  for (const Finding& finding : examined.configuration.findings) {
    if (finding.rule != rule) continue;
    ++shown.findings;
    if (finding.fix) ++shown.with_fix;
    if (finding.fix && !finding.fix->edits.empty()) ++shown.with_edits;
  }
  if (!examined.fix_all().files.empty()) ++shown.fixed_trees;
  return shown;
}

/// Do the cases show what the rule declares? That a fix is only had sometimes may be for reasons that no case shows (a
/// macro that is used elsewhere, a compiled table), so "sometimes" asks for a fix that is shown, and the other two for
/// all or none.
bool bears_out(const Shown& shown, FixAvailability declared) {
  switch (declared) {
    case FixAvailability::None:
      return shown.with_fix == 0;
    case FixAvailability::Sometimes:
      return shown.with_fix > 0;
    case FixAvailability::Always:
      return shown.with_fix > 0 && shown.with_fix == shown.findings;
  }
  return false;
}

std::map<std::string, Shown> show_all() {
  std::map<std::string, Shown> by_rule;
  for (const Fixture& fixture : rule_fixtures()) {
    const Rule* rule = find_rule(rule_name_of(fixture));
    if (rule != nullptr) add(by_rule[std::string(rule->info.id)], fixture, rule->info.id);
  }
  return by_rule;
}

}  // namespace

TEST_CASE("completeness: each rule has a case that fires and a near miss, and declares the fixes that these show" *
          doctest::skip()) {
  std::map<std::string, Shown> by_rule = show_all();
  for (const Rule* rule : all_rules()) {
    // These compare two configurations, which a case folder does not hold: tests/compare_test.cpp.
    if (rule->info.id == kNewlyAllowed || rule->info.id == kNewlyStopped) continue;
    // These speak of suppressions, which run with a whole command line: tests/cli_test.cpp.
    if (rule->info.id == "RL903" || rule->info.id == "RL904" || rule->info.id == "RL905") continue;
    const Shown& shown = by_rule[std::string(rule->info.id)];
    CAPTURE(std::string(rule->info.id));
    CAPTURE(std::string(rule->info.name));
    CHECK(shown.firing > 0);
    CHECK(shown.near_misses > 0);
    CHECK(bears_out(shown, rule->info.fix));
    if (shown.with_edits > 0) CHECK(shown.fixed_trees > 0);
  }
}

TEST_CASE("completeness: each format has corpus files" * doctest::skip()) {
  std::map<std::string, std::size_t> files;
  for (const Fixture& fixture : corpus_fixtures()) files[fixture.format] += fixture.input.size();
  for (const Format* format : all_formats()) {
    CAPTURE(std::string(format->id));
    CHECK(files[std::string(format->id)] > 0);
  }
}
