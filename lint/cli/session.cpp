#include "lint/cli/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <thread>
#include <utility>

#include "lint/compare.hpp"
#include "lint/date.hpp"
#include "lint/output/collect.hpp"
#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"

namespace relaylint::cli {
namespace {

std::string read_standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

std::vector<std::string> split_paths(const std::string& text) {
  const char separator = text.find('\0') != std::string::npos ? '\0' : '\n';
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) paths.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return paths;
}

/// contract.md 2 and conventions.md 6: the option, then NO_COLOR, then what asks for colour, then the terminal.
bool wants_color(Color color, bool to_file) {
  if (color != Color::Auto) return color == Color::Always;
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  if (is_set("NO_COLOR")) return false;
  const auto asks = [&](const char* name) { return is_set(name) && std::string_view(std::getenv(name)) != "0"; };
  if (asks("FORCE_COLOR") || asks("CLICOLOR_FORCE")) return true;
  const char* term = std::getenv("TERM");
  return !to_file && isatty(STDOUT_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

SettingsContext settings_context(std::vector<std::string_view>& products) {
  for (const Format* format : all_formats()) products.push_back(format->product);
  SettingsContext context;
  context.rules = all_rules();
  context.products = products;
  return context;
}

}  // namespace

bool PathContext::wants(const Finding& finding) const {
  const Rule* rule = find_rule(finding.rule);
  return rule != nullptr && selection.wants(rule->info);
}

void Session::complain(const std::string& message) {
  fmt::print(stderr, "relaylint: {}\n", escape(message));
  failed_ = true;
}

// --- what to look at --------------------------------------------------------------------------------------------

bool Session::collect_paths() {
  paths_ = options_.paths;
  if (!options_.files_from.empty()) {
    std::string text;
    if (options_.files_from == "-") {
      text = read_standard_input();
    } else {
      const FileContent content = reader_.read(options_.files_from);
      if (!content.bytes) {
        complain(options_.files_from + ": " + (content.error.empty() ? "does not exist" : content.error));
        return false;
      }
      text = *content.bytes;
    }
    for (std::string& path : split_paths(text)) paths_.push_back(std::move(path));
  }
  if (paths_.empty()) complain("no PATH given; relaylint --help lists the options");
  return !paths_.empty();
}

bool Session::load_context(const std::string& path, PathContext& context) {
  std::vector<std::string_view> products;
  SettingsContext names = settings_context(products);
  const std::string beside =
      path == "-" ? (options_.stdin_filename.empty() ? "." : directory_of(options_.stdin_filename)) : path;
  std::string file = options_.config;
  if (!file.empty()) {
    names.trust_root = true;
  } else if (!options_.isolated) {
    file = find_settings(beside, reader_);
  }
  if (!file.empty()) {
    SettingsResult result = load_settings(file, reader_, names);
    for (const Error& error : result.errors) complain(error.message);
    if (!result.errors.empty()) return false;
    context.settings = std::move(result.settings);
  }
  const auto selectors = [&](const std::string& text, const std::optional<std::vector<std::string>>& set,
                             std::vector<std::string>& to) {
    if (text.empty()) {
      if (set) to = *set;
      return true;
    }
    Result<std::vector<std::string>> parsed = parse_rule_selectors(text, all_rules());
    if (!parsed) {
      complain(parsed.error().message);
      return false;
    }
    to = *parsed;
    return true;
  };
  const Settings& settings = context.settings;
  if (!selectors(options_.select, settings.select, context.selection.select)) return false;
  if (!selectors(options_.ignore, settings.ignore, context.selection.ignore)) return false;
  context.fail_on = options_.fail_on.value_or(settings.fail_on.value_or(Severity::Warning));
  context.engine.rules = all_rules();
  context.engine.root = options_.root.empty() ? settings.root : options_.root;
  context.engine.judge.strict = options_.strict || settings.strict.value_or(false);
  context.engine.lower.products = settings.products;
  for (const auto& [name, version] : options_.products) context.engine.lower.products[name] = version;
  context.engine.lower.own_networks = settings.own_networks;
  context.engine.lower.behind_proxy = settings.behind_proxy;
  if (options_.no_ignores) return true;
  context.suppress.rules = all_rules();
  context.suppress.today = today();
  context.suppress.ignores_directory = settings.directory;
  for (const FileIgnore& ignore : settings.ignores)
    context.suppress.ignores.push_back(std::make_shared<TrackedIgnore>(ignore));
  context.suppress.wanted = [&context](const RuleInfo& rule) { return context.selection.wants(rule); };
  context.engine.suppress = [&context](Configuration& configuration) {
    apply_suppressions(configuration, context.suppress);
  };
  return true;
}

bool Session::load_contexts() {
  for (const std::string& path : paths_) {
    contexts_.push_back(std::make_unique<PathContext>());
    if (!load_context(path, *contexts_.back())) return false;
  }
  return true;
}

bool Session::find_targets() {
  std::vector<PathRequest> requests;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    requests.push_back({paths_[i], contexts_[i]->settings.exclude, contexts_[i]->settings.directory});
  }
  const Format* as = options_.as.empty() ? nullptr : find_format(options_.as);
  const auto stdin_request = std::find(paths_.begin(), paths_.end(), "-");
  if (stdin_request != paths_.end()) requests[static_cast<std::size_t>(stdin_request - paths_.begin())].path.clear();
  const std::vector<PathRequest>& all = requests;
  std::vector<PathRequest> files;
  std::vector<std::size_t> request_of;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].path.empty()) continue;
    files.push_back(all[i]);
    request_of.push_back(i);
  }
  Discovery discovery = discover(files, reader_, all_formats(), as);
  for (const Error& error : discovery.errors) complain(error.message);
  for (FoundTarget& found : discovery.targets) {
    found.request = request_of[found.request];
    examined_.push_back({std::move(found), {}, false});
  }
  if (stdin_request != paths_.end()) {
    FoundTarget found;
    found.request = static_cast<std::size_t>(stdin_request - paths_.begin());
    found.named = true;
    found.target.path = options_.stdin_filename.empty() ? "-" : options_.stdin_filename;
    found.target.bytes = std::make_shared<const std::string>(read_standard_input());
    if (!options_.stdin_filename.empty()) found.target.allowed.push_back(directory_of(options_.stdin_filename));
    found.target.format =
        as != nullptr ? as
                      : detect_format(found.target.path, std::string_view(*found.target.bytes).substr(0, kHeadBytes),
                                      all_formats());
    if (found.target.format == nullptr) {
      discovery.unrecognised.push_back(found.target.path);
    } else {
      examined_.push_back({std::move(found), {}, false});
    }
  }
  for (const std::string& path : discovery.unrecognised) {
    if (options_.skip_unrecognised) continue;
    fmt::print(stderr,
               "relaylint: {}: no format recognises this file; --as FORMAT says what it is (see --list-formats)\n",
               escape(path));
    undecided_ = true;
  }
  if (options_.verbose) {
    for (const std::string& path : discovery.empty)
      fmt::print(stderr, "relaylint: {}: no mail configuration found in it\n", escape(path));
  }
  return true;
}

// --- judging ------------------------------------------------------------------------------------------------------

void Session::examine_all() {
  const unsigned machine = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads =
      std::min<std::size_t>(options_.threads == 0 ? machine : options_.threads, examined_.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < examined_.size(); i = next++) {
      examined_[i].configuration = examine(examined_[i].found.target, reader_, context_of(examined_[i]).engine);
    }
  };
  std::vector<std::thread> pool;
  for (std::size_t i = 1; i < threads; ++i) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
}

void Session::drop_redundant() {
  std::vector<Membership> members;
  for (const Examined& examined : examined_) {
    Membership member{reader_.canonical(examined.found.target.path),
                      {},
                      examined.found.target.format,
                      examined.found.named,
                      examined.found.directory};
    if (!examined.configuration.unreadable) {
      const SourceSet& sources = *examined.configuration.sources;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        const SourceFile& file = sources.file(static_cast<FileId>(i));
        if (file.present()) member.files.push_back(reader_.canonical(file.path()));
      }
    }
    members.push_back(std::move(member));
  }
  const std::vector<bool> redundant = redundant_targets(members);
  for (std::size_t i = 0; i < examined_.size(); ++i) examined_[i].redundant = redundant[i];
  std::erase_if(examined_, [&](Examined& examined) {
    if (examined.configuration.unreadable && !examined.redundant) complain(examined.configuration.unreadable->message);
    return examined.redundant || examined.configuration.unreadable.has_value();
  });
}

void Session::count_towards_status(const Examined& examined, const ConfigurationReport& report) {
  const Severity fail_on = context_of(examined).fail_on;
  bool suppressed_error = false;
  for (const ReportedFinding& finding : report.findings) {
    if (finding.suppressed) {
      suppressed_error |= finding.severity == Severity::Error;
    } else if (finding.severity >= fail_on) {
      found_ = true;
    }
  }
  // Open counts even where every rule that names it is ignored, though not where its findings are suppressed with a
  // reason.
  if (report.verdict == VerdictState::Open && !suppressed_error) found_ = true;
  if (report.verdict == VerdictState::Unknown) undecided_ = true;
}

void Session::lint(Report& report) {
  for (Examined& examined : examined_) {
    const PathContext& context = context_of(examined);
    const auto wanted = [&](const Finding& finding) { return context.wants(finding); };
    if (options_.fix) look_again(examined);
    ConfigurationReport one = collect(examined.configuration, wanted);
    if (options_.fix) fix(examined, one);
    if (options_.verify)
      one.verification =
          ReportedVerification{"unavailable", "no dry-run mode of this product is known to relaylint yet"};
    count_towards_status(examined, one);
    report.configurations.push_back(std::move(one));
  }
}

void Session::ask(Report& report) {
  report.question = Question::Ask;
  report.asked = options_.ask;
  for (Examined& examined : examined_) {
    ConfigurationReport one = collect(examined.configuration, [](const Finding&) { return false; });
    const Decision decision = decide(examined.configuration.policy, *options_.ask, context_of(examined).engine.judge);
    one.decision = collect_decision(*examined.configuration.sources, decision);
    undecided_ |= decision.outcome == Outcome::Unknown;
    report.configurations.push_back(std::move(one));
  }
}

void Session::compare_with_old(Report& report) {
  report.question = Question::Compare;
  if (examined_.size() != 1) return complain("--compare takes one configuration and its old version");
  Examined& examined = examined_.front();
  Target old = examined.found.target;
  old.path = options_.compare;
  old.bytes = nullptr;
  old.allowed = {reader_.kind(old.path) == FileKind::Directory ? old.path : directory_of(old.path)};
  const PathContext& context = context_of(examined);
  const Configuration before = examine(old, reader_, context.engine);
  if (before.unreadable) return complain(before.unreadable->message);
  const Comparison result = compare(before, examined.configuration, context.engine.judge);
  const auto added = [&](const Finding& finding) {
    return context.wants(finding) && std::any_of(result.added.begin(), result.added.end(), [&](const Finding& other) {
             return other.rule == finding.rule && other.span == finding.span;
           });
  };
  ConfigurationReport one = collect(examined.configuration, added);
  if (result.allowed.empty()) {
    one.witness.reset();
    one.exposure = {};
  } else {
    Configuration& now = examined.configuration;
    now.verdict.witness = result.allowed.front().witness;
    one = collect(now, added);
    found_ = true;
  }
  for (const Hole& hole : result.stopped) {
    const Transaction& transaction = hole.witness.transaction;
    one.assumptions.push_back(
        {collect_place(*before.sources, before.policy.span_of(hole.grant)),
         fmt::format("no longer relays mail from <{}> to <{}>", transaction.mail_from, transaction.rcpt_to)});
  }
  undecided_ |= one.verdict == VerdictState::Unknown;
  report.configurations.push_back(std::move(one));
}

// --- the run ------------------------------------------------------------------------------------------------------

bool Session::print(const std::string& text) {
  if (options_.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0;
  }
  std::FILE* file = std::fopen(options_.output.c_str(), "wbe");
  if (file == nullptr) return false;
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && whole;
}

int Session::status() const {
  if (failed_) return 2;
  if (found_ && !options_.exit_zero) return 1;
  return undecided_ ? 3 : 0;
}

int Session::run() {
  const auto started = std::chrono::steady_clock::now();
  if (!collect_paths() || !load_contexts() || !find_targets()) return 2;
  examine_all();
  drop_redundant();
  std::string text;
  Report report;
  if (options_.diff) {
    diff(text);
  } else {
    if (options_.ask) {
      ask(report);
    } else if (!options_.compare.empty()) {
      compare_with_old(report);
    } else {
      lint(report);
    }
    report.summary = summarise(report.configurations);
    OutputOptions output;
    output.color = wants_color(options_.color, !options_.output.empty());
    output.verbose = options_.verbose;
    output.quiet = options_.quiet;
    text = find_output_format(options_.format)->write(report, output);
  }
  if (!print(text))
    complain(options_.output.empty() ? "the report could not be written" : options_.output + ": cannot be written");
  if (options_.stats) {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    fmt::print(stderr, "{} configurations, {} files, {} bytes in {:.3f} s\n", report.summary.configurations,
               report.summary.files, report.summary.bytes, taken.count());
  }
  return status();
}

}  // namespace relaylint::cli
