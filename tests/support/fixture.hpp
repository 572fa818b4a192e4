#pragma once
// The case folders below fixtures/: what they hold and how they are examined. CONTRIBUTING.md describes them for
// authors.

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/examine.hpp"

namespace relaylint::test {

/// A case folder. `input` is its tree; `entry` the file that is examined, or "." for the tree itself.
struct Fixture {
  std::string folder;  ///< "rules/relay-by-default/smail_v31", for messages
  std::string path;    ///< of the folder in the real file system
  std::string format;
  Files input;
  std::string entry;
  EngineOptions options;

  [[nodiscard]] Examined examine() const { return examine_files(format, input, entry, options); }
};

/// fixtures/rules/<rule>/<format>_<case>/, fixtures/verdicts/<format>/<case>/ and fixtures/corpus/<format>/<case>/,
/// sorted. A folder may say in options.txt how it is called (`--product NAME=VERSION`, `--root DIR`, `--strict`) and in
/// entry.txt where to start (else: the only file, a folder that the format recognises, or the file that it recognises
/// best).
std::vector<Fixture> rule_fixtures();
std::vector<Fixture> verdict_fixtures();
std::vector<Fixture> corpus_fixtures();
/// All of these.
std::vector<Fixture> all_fixtures();

/// The name of the rule whose folder this is, and whether the case is a near miss, in which the rule must stay silent.
std::string rule_name_of(const Fixture& fixture);
bool is_near_miss(const Fixture& fixture);

/// Bytes of a file of the case folder; empty where it is missing.
std::string fixture_file(const Fixture& fixture, std::string_view name);

}  // namespace relaylint::test
