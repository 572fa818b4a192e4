#pragma once
// One run over the configurations of a command line: settings, targets, judged configurations, exit status.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lint/cli/options.hpp"
#include "lint/discover.hpp"
#include "lint/engine.hpp"
#include "lint/output/report.hpp"
#include "lint/rule_selection.hpp"
#include "lint/settings.hpp"
#include "lint/suppress.hpp"
#include "lint/write.hpp"

namespace relaylint::cli {

/// The settings that apply to one PATH, with the command line laid over them.
struct PathContext {
  Settings settings{};
  RuleSelection selection{};
  Severity fail_on = Severity::Warning;
  SuppressOptions suppress{};
  EngineOptions engine{};

  [[nodiscard]] bool wants(const Finding& finding) const;
};

class Session {
 public:
  Session(const Options& options, FileReader& reader) : options_(options), reader_(reader), fixed_(reader) {}

  /// Lints, asks, compares or fixes, prints the report, and gives the exit status of contract.md 2.
  int run();

 private:
  struct Examined {
    FoundTarget found;
    Configuration configuration;
    bool redundant = false;
  };

  bool collect_paths();
  bool load_contexts();
  bool load_context(const std::string& path, PathContext& context);
  bool find_targets();
  void examine_all();
  void drop_redundant();
  void complain(const std::string& message);

  void lint(Report& report);
  void ask(Report& report);
  void compare_with_old(Report& report);
  void diff(std::string& out);
  void fix(Examined& examined, ConfigurationReport& report);
  FixResult fix_of(const Examined& examined);
  /// Examines a configuration anew where fixes of others have changed its files.
  void look_again(Examined& examined);
  void count_towards_status(const Examined& examined, const ConfigurationReport& report);
  bool print(const std::string& text);
  int status() const;

  [[nodiscard]] const PathContext& context_of(const Examined& examined) const {
    return *contexts_[examined.found.request];
  }

  const Options& options_;
  FileReader& reader_;
  OverlayReader fixed_;  ///< the files as the fixes so far leave them
  std::vector<std::string> paths_{};
  std::vector<std::unique_ptr<PathContext>> contexts_{};  ///< one a path
  std::vector<Examined> examined_{};
  bool failed_ = false;     ///< exit status 2
  bool found_ = false;      ///< exit status 1
  bool undecided_ = false;  ///< exit status 3
};

}  // namespace relaylint::cli
