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
};

Shown& add(Shown& shown, const Fixture& fixture, std::string_view rule) {
  ++(is_near_miss(fixture) ? shown.near_misses : shown.firing);
  const Examined examined = fixture.examine();
  for (const Finding& finding : examined.configuration.findings) {
    if (finding.rule != rule) continue;
    ++shown.findings;
    if (finding.fix) ++shown.with_fix;
  }
  if (!examined.fix_all().files.empty()) ++shown.fixed_trees;
  return shown;
}

FixAvailability observed(const Shown& shown) {
  if (shown.with_fix == 0) return FixAvailability::None;
  return shown.with_fix == shown.findings ? FixAvailability::Always : FixAvailability::Sometimes;
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
    const Shown& shown = by_rule[std::string(rule->info.id)];
    CAPTURE(std::string(rule->info.id));
    CAPTURE(std::string(rule->info.name));
    CHECK(shown.firing > 0);
    CHECK(shown.near_misses > 0);
    CHECK(observed(shown) == rule->info.fix);
    if (rule->info.fix != FixAvailability::None) CHECK(shown.fixed_trees > 0);
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
