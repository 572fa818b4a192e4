#pragma once
// From text or a folder to a judged configuration, in memory, with every rule on.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lint/engine.hpp"
#include "tests/support/memory_reader.hpp"

namespace relaylint::test {

/// A configuration and what it needs to live.
struct Examined {
  std::unique_ptr<MemoryReader> reader;
  EngineOptions options;
  Configuration configuration;

  [[nodiscard]] VerdictState state() const { return configuration.verdict.state; }
  /// Is there a finding of this rule (RL003)?
  [[nodiscard]] bool has(std::string_view rule) const;
  /// The text that a finding of this rule points at; empty where there is none.
  [[nodiscard]] std::string text_of(std::string_view rule) const;
  /// What this configuration does with a transaction.
  [[nodiscard]] Decision decide(const Transaction& transaction) const;
  /// Applies every safe and unsafe fix of every finding.
  [[nodiscard]] FixResult fix_all() const;
};

/// Every rule, nothing else set.
EngineOptions all_rules_on();

/// Examines `entry` (a file of `files`, or a folder of it; "." is the whole) as `format`, an id that --as takes.
/// References may be read from all of `files`.
Examined examine_files(std::string_view format, const Files& files, const std::string& entry,
                       EngineOptions options = all_rules_on());
/// What the program would start from, given this tree: the only file, a folder (".") that the format recognises as its
/// own, or the file that it recognises best. Nothing where there is none.
std::optional<std::string> entry_of(const Format& format, const Files& files);
/// Examines one file that has nothing beside it.
Examined examine_text(std::string_view format, std::string_view text, const std::string& path = "configuration");

/// Every regular file below a folder of the real file system, by path relative to it.
Files load_folder(const std::string& folder);

/// `files` after what a fix wrote.
Files patched(Files files, const PatchedFiles& changes);

}  // namespace relaylint::test
