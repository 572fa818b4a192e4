#include "lint/cli/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "lint/cli/comparing.hpp"
#include "lint/cli/fixing.hpp"
#include "lint/cli/judged.hpp"
#include "lint/output/collect.hpp"
#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"

namespace relaylint::cli {
namespace {

/// conventions of no-color.org, force-color.org and clicolors: the option, then NO_COLOR, then what asks for colour,
/// then the terminal.
bool wants_color(Color color, bool to_terminal) {
  if (color != Color::Auto) return color == Color::Always;
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  if (is_set("NO_COLOR")) return false;
  const auto asks = [&](const char* name) { return is_set(name) && std::string_view(std::getenv(name)) != "0"; };
  if (asks("FORCE_COLOR") || asks("CLICOLOR_FORCE")) return true;
  const char* term = std::getenv("TERM");
  return to_terminal && term != nullptr && std::string_view(term) != "dumb";
}

/// Options without which a command that the report tells would not do what it says.
std::string arguments_to_repeat(const Options& options) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format(" {} {}", name, shell_word(value));
  };
  add("--as", options.as);
  add("--root", options.root);
  for (const auto& [name, version] : options.products) add("--product", name + "=" + version);
  add("--config", options.config);
  if (options.isolated) text += " --isolated";
  return text;
}

class Run {
 public:
  Run(const Options& options, FileReader& reader) : options_(options), reader_(reader), contexts_(options, reader) {}

  int run();

 private:
  void lint(std::vector<Input> inputs);
  void ask(std::vector<Input> inputs);
  void finish(std::vector<Judged> all);
  void show_diff(const std::vector<Judged>& all);
  void print_report();
  void print(const std::string& text, bool report);
  void print_statistics() const;

  const Options& options_;
  FileReader& reader_;
  Contexts contexts_;
  Tally tally_{};
  Report report_{};
  std::string standard_output_{};  ///< fixed standard input, which takes the report's place
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

void Run::finish(std::vector<Judged> all) {
  for (Judged& judged : all) report_.configurations.push_back(std::move(judged.report));
}

void Run::lint(std::vector<Input> inputs) {
  std::vector<Judged> all = judge_all(std::move(inputs), options_, reader_, report_findings, tally_);
  if (options_.fix) fix_all(all, options_, reader_, tally_, standard_output_);
  for (Judged& judged : all) {
    if (options_.verify) {
      judged.report.verification =
          ReportedVerification{"unavailable", "relaylint cannot run the dry-run mode of this product yet"};
    }
  }
  std::vector<ConfigurationReport*> reports;
  for (Judged& judged : all) reports.push_back(&judged.report);
  contexts_.judge_ignores(reports);
  for (const Judged& judged : all) count(judged, tally_);
  if (options_.diff) return show_diff(all);
  finish(std::move(all));
  print_report();
}

void Run::show_diff(const std::vector<Judged>& all) {
  std::string diff = diff_all(all, options_, reader_, tally_);
  const bool to_terminal = options_.output.empty() && isatty(STDOUT_FILENO) != 0;
  // For a program the bytes are exact; what goes to a terminal is for eyes, and nothing in it may be obeyed.
  print(to_terminal ? escape_lines(diff) : diff, true);
}

void Run::ask(std::vector<Input> inputs) {
  report_.question = Question::Ask;
  report_.asked = options_.ask;
  std::vector<Judged> all = judge_all(
      std::move(inputs), options_, reader_,
      [&](const Configuration& configuration, Judged& judged) {
        report_findings(configuration, judged);
        const Decision decision = decide(configuration.policy, *options_.ask, judged.input.context->engine.judge);
        judged.report.decision = collect_decision(*configuration.sources, decision);
      },
      tally_);
  for (const Judged& judged : all) tally_.undecided |= judged.report.decision->outcome == Outcome::Unknown;
  finish(std::move(all));
  print_report();
}

void Run::print_report() {
  report_.summary = summarise(report_.configurations);
  OutputOptions output;
  output.color = wants_color(options_.color, options_.output.empty() && isatty(STDOUT_FILENO) != 0);
  output.verbose = options_.verbose;
  output.quiet = options_.quiet;
  output.arguments = arguments_to_repeat(options_);
  print(find_output_format(options_.format)->write(report_, output), true);
  if (!standard_output_.empty()) print(standard_output_, false);
}

/// The report goes to --output, else to standard output, unless fixed standard input goes there.
void Run::print(const std::string& text, bool report) {
  if (!report || options_.output.empty()) {
    std::FILE* stream = report && !standard_output_.empty() ? stderr : stdout;
    const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if (!whole || std::fflush(stream) != 0) tally_.complain("standard output cannot be written");
    return;
  }
  std::FILE* file = std::fopen(options_.output.c_str(), "wbe");
  const bool whole = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (!whole || !closed) tally_.complain(options_.output + ": cannot be written");
}

void Run::print_statistics() const {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
  const Summary& total = report_.summary;
  fmt::print(stderr, "{} configurations, {} files, {} bytes in {:.3f} s\n", total.configurations, total.files,
             total.bytes, taken.count());
}

int Run::run() {
  std::optional<std::vector<Input>> inputs = find_inputs(options_, reader_, contexts_, tally_);
  if (!inputs) return tally_.status(options_.exit_zero);
  if (!options_.compare.empty()) {
    report_.question = Question::Compare;
    report_.compared_with = options_.compare;
    report_.configurations = compare_all(std::move(*inputs), options_, reader_, tally_);
    print_report();
  } else if (options_.ask) {
    ask(std::move(*inputs));
  } else {
    lint(std::move(*inputs));
  }
  if (options_.stats) print_statistics();
  return tally_.status(options_.exit_zero);
}

}  // namespace

int run(const Options& options, FileReader& reader) { return Run(options, reader).run(); }

}  // namespace relaylint::cli
