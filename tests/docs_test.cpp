// What the documentation says is what the program does: generated pages are compared, the examples of the rules are
// linted and fixed.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "lint/explain.hpp"
#include "lint/suppress.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"
#include "tests/support/examine.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;
namespace fs = std::filesystem;

namespace {

const std::string kProject = RELAYLINT_SOURCE_DIR;

Examined examine_example(const RuleExample& example, std::string_view text) {
  SuppressOptions suppress;
  suppress.rules = all_rules();
  suppress.today = "2026-01-01";
  suppress.wanted = [](const RuleInfo&) { return true; };
  EngineOptions options = all_rules_on();
  options.suppress = [&](Configuration& configuration) { apply_suppressions(configuration, suppress); };
  const std::string name(example.file_name);
  Examined examined = examine_files(example.format, {{name, std::string(text)}}, name, options);
  examined.options.suppress = nullptr;  // what it refers to ends here
  return examined;
}

/// Rules of the engine itself and those that need more than one file show no example.
bool has_example(const RuleInfo& info) { return info.example.bad != info.example.good; }

/// The example's text after every safe and unsafe fix of the rule.
std::string fixed_text(const Examined& bad, const RuleInfo& info) {
  const FixResult fixed = fix_configuration(bad.configuration, *bad.reader, bad.options, {.unsafe = true},
                                            [&](const Finding& finding) { return finding.rule == info.id; });
  for (const std::string& refusal : fixed.unproved) FAIL_CHECK(refusal);
  const auto file = fixed.files.find(std::string(info.example.file_name));
  return file == fixed.files.end() ? std::string(info.example.bad) : *file->second;
}

bool can_be_fixed(const Examined& examined, std::string_view rule) {
  const auto& findings = examined.configuration.findings;
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.rule == rule && finding.fix && !finding.fix->edits.empty();
  });
}

}  // namespace

TEST_CASE("docs: the pages made from the rules are up to date (relaylint --write-docs .)") {
  for (const auto& page : generated_pages(all_rules())) {
    const std::string path = kProject + '/' + page.first;
    CAPTURE(path);
    REQUIRE(fs::exists(path));
    CHECK(read_bytes(path) == page.second);
  }
}

TEST_CASE("docs: there is no page of a rule that does not exist") {
  for (const auto& entry : fs::directory_iterator(kProject + "/docs/rules")) {
    CAPTURE(entry.path().string());
    CHECK(find_rule(entry.path().stem().string()) != nullptr);
  }
}

TEST_CASE("docs: each rule is described") {
  std::set<std::string_view> names;
  for (const Rule* rule : all_rules()) {
    const RuleInfo& info = rule->info;
    CAPTURE(std::string(info.id));
    for (const std::string_view text :
         {info.name, info.summary, info.what, info.why, info.fix_safety, info.references}) {
      CHECK_FALSE(text.empty());
    }
    CHECK(info.summary.back() != '.');
    CHECK(info.summary.find('\n') == std::string_view::npos);
    CHECK(names.insert(info.name).second);
    CHECK(find_rule(info.id) == rule);
    CHECK(find_rule(info.name) == rule);
  }
}

TEST_CASE(
    "docs: the bad example of each rule fires it, the good one does not, and fixing the bad one gives the good one") {
  for (const Rule* rule : all_rules()) {
    const RuleInfo& info = rule->info;
    if (!has_example(info)) continue;
    CAPTURE(std::string(info.id));
    const Format* format = find_format(info.example.format);
    WARN(format != nullptr);
    if (format == nullptr) continue;
    const Examined bad = examine_example(info.example, info.example.bad);
    CHECK(bad.has(info.id));
    if (info.example.good.empty()) continue;
    const Examined good = examine_example(info.example, info.example.good);
    CHECK_FALSE(good.has(info.id));
    CHECK(good.state() != VerdictState::Open);
    if (can_be_fixed(bad, info.id)) CHECK(fixed_text(bad, info) == info.example.good);
  }
}
