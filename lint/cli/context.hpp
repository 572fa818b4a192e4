#pragma once
// The settings that apply to a PATH, with the command line laid over them.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lint/cli/options.hpp"
#include "lint/engine.hpp"
#include "lint/output/report.hpp"
#include "lint/rule_selection.hpp"
#include "lint/settings.hpp"
#include "lint/suppress.hpp"

namespace relaylint::cli {

/// Shared by all PATHs that one settings file applies to. Not copied: the engine's options refer into it.
struct Context {
  Settings settings{};
  RuleSelection selection{};
  Severity fail_on = Severity::Warning;
  SuppressOptions suppress{};
  EngineOptions engine{};

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] bool wants(const Finding& finding) const;
};

/// Finds and reads settings, each file once.
class Contexts {
 public:
  Contexts(const Options& options, FileReader& reader) : options_(options), reader_(reader) {}

  /// What applies to `path` (`-`: to --stdin-filename, or the working directory). The errors are whole lines for the
  /// user.
  const Context* of(const std::string& path, std::vector<Error>& errors);

  /// After a run: what is to be said about `[ignore]` sections that are expired or that hid nothing (RL904, RL905),
  /// added to the first configuration that they speak of.
  void judge_ignores(const std::vector<ConfigurationReport*>& reports) const;

 private:
  std::unique_ptr<Context> load(const std::string& file, std::vector<Error>& errors);

  const Options& options_;
  FileReader& reader_;
  std::map<std::string, std::unique_ptr<Context>> by_file_{};
};

}  // namespace relaylint::cli
