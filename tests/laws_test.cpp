// The laws of docs/architecture.md, on every input of fixtures/ and on what accidents make of it.

#include "tests/support/laws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "tests/support/finding_text.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/mutants.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

void check_none(const Broken& broken) {
  for (const std::string& law : broken) FAIL_CHECK(law);
}

/// Everything that a report would say, in one text.
std::string summary(const Configuration& configuration) {
  std::string text(to_string(configuration.verdict.state));
  if (configuration.verdict.witness) text += " " + configuration.verdict.witness->transaction.rcpt_to;
  text += "\n";
  for (const Finding& finding : configuration.findings) text += text_of(configuration, finding);
  for (const Note& note : configuration.verdict.assumptions) text += note.text + "\n";
  for (const Note& note : configuration.verdict.reasons) text += note.text + "\n";
  return text;
}

/// One file of the tree replaced.
Examined examine_mutant(const Fixture& fixture, const std::string& file, const std::string& bytes) {
  Files files = fixture.input;
  files[file] = bytes;
  return examine_files(fixture.format, files, fixture.entry, fixture.options);
}

void check_mutants(const Fixture& fixture, const std::string& file, std::size_t first, std::size_t step) {
  CAPTURE(file);
  const std::vector<Mutant> mutants = mutants_of(fixture.input.at(file));
  for (std::size_t i = first; i < mutants.size(); i += step) {
    CAPTURE(mutants[i].how);
    check_none(broken_laws(examine_mutant(fixture, file, mutants[i].bytes).configuration));
  }
}

std::size_t bare_newlines(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ++count;
  }
  return count;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_to_examine(const Fixture& fixture, std::size_t copies) {
  std::string bytes;
  for (std::size_t i = 0; i < copies; ++i) bytes += fixture.input.at(fixture.entry);
  const double start = cpu_seconds();
  examine_mutant(fixture, fixture.entry, bytes);
  return cpu_seconds() - start;
}

}  // namespace

TEST_CASE("laws: leaves tile, spans lie in their files, witnesses relay, edits stay within themselves") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    const Examined examined = fixture.examine();
    CHECK_FALSE(examined.configuration.unreadable.has_value());
    if (!examined.configuration.unreadable) check_none(broken_laws(examined.configuration));
  }
}

TEST_CASE("laws: any file of a tree may be where reading starts") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    for (const auto& file : fixture.input) {
      CAPTURE(file.first);
      const Examined examined = examine_files(fixture.format, fixture.input, file.first, fixture.options);
      check_none(broken_laws(examined.configuration));
    }
  }
}

TEST_CASE("laws: fixes converge, and fixing again changes nothing") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    check_none(broken_fixing(fixture.examine(), fixture.format, fixture.input, fixture.entry));
  }
}

TEST_CASE("laws: whatever befalls a file, no law breaks") {
  // Every accident for the corpus; the many small cases take turns.
  std::size_t turn = 0;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    const std::size_t step = fixture.folder.starts_with("corpus/") ? 1 : 7;
    for (const auto& file : fixture.input) check_mutants(fixture, file.first, step == 1 ? 0 : turn++ % step, step);
  }
}

TEST_CASE("laws: fixes of a file with CRLF or without a final newline") {
  for (const Fixture& fixture : rule_fixtures()) {
    CAPTURE(fixture.folder);
    if (!fixture.input.contains(fixture.entry)) continue;
    for (const Mutant& mutant : mutants_of(fixture.input.at(fixture.entry))) {
      if (mutant.how != "CRLF" && mutant.how != "no final newline") continue;
      CAPTURE(mutant.how);
      Files files = fixture.input;
      files[fixture.entry] = mutant.bytes;
      const Examined examined = examine_files(fixture.format, files, fixture.entry, fixture.options);
      check_none(broken_fixing(examined, fixture.format, files, fixture.entry));
      if (mutant.how != "CRLF") continue;
      const Files after = patched(files, examined.fix_all().files);
      CHECK(bare_newlines(after.at(fixture.entry)) == bare_newlines(mutant.bytes));
    }
  }
}

TEST_CASE("laws: the answer does not depend on the order of rules, nor on being asked before") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    const std::string answer = summary(fixture.examine().configuration);
    CHECK(summary(fixture.examine().configuration) == answer);
    std::vector<const Rule*> reversed(fixture.options.rules.rbegin(), fixture.options.rules.rend());
    EngineOptions options = fixture.options;
    options.rules = reversed;
    CHECK(summary(examine_files(fixture.format, fixture.input, fixture.entry, options).configuration) == answer);
  }
}

TEST_CASE("laws: nothing is closed because a bound was hit") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    if (fixture.examine().state() == VerdictState::Closed) continue;
    for (const std::size_t bound : {1U, 2U, 5U, 20U, 100U}) {
      CAPTURE(bound);
      EngineOptions options = fixture.options;
      options.judge.max_steps = bound;
      CHECK(examine_files(fixture.format, fixture.input, fixture.entry, options).state() != VerdictState::Closed);
      options = fixture.options;
      options.judge.max_evaluations = bound;
      CHECK(examine_files(fixture.format, fixture.input, fixture.entry, options).state() != VerdictState::Closed);
      options = fixture.options;
      options.limits.max_files = bound;
      CHECK(examine_files(fixture.format, fixture.input, fixture.entry, options).state() != VerdictState::Closed);
    }
  }
}

TEST_CASE("laws: time grows with the input, not with its square") {
  std::map<std::string, const Fixture*> largest;
  const std::vector<Fixture> corpus = corpus_fixtures();
  const auto size = [](const Fixture& fixture) {
    return fixture.input.contains(fixture.entry) ? fixture.input.at(fixture.entry).size() : 0;
  };
  for (const Fixture& fixture : corpus) {
    const Fixture*& chosen = largest[fixture.format];
    if (size(fixture) > 0 && (chosen == nullptr || size(fixture) > size(*chosen))) chosen = &fixture;
  }
  for (const auto& format : largest) {
    if (format.second == nullptr) continue;
    CAPTURE(format.first);
    constexpr std::size_t kFactor = 8;
    const std::size_t copies = std::max<std::size_t>(1, 8192 / size(*format.second));
    const double small = std::max(seconds_to_examine(*format.second, copies), 0.01);
    const double large = seconds_to_examine(*format.second, copies * kFactor);
    CAPTURE(small);
    CAPTURE(large);
    CHECK(large < small * kFactor * 3);
  }
}
