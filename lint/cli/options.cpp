#include "lint/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <vector>

#include "lint/edit_distance.hpp"
#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"
#include "lint/settings.hpp"
#include "parsers/registry.hpp"

namespace relaylint::cli {
namespace {

/// Report formats of contract.md 2 that this release does not write yet.
constexpr std::string_view kLaterFormats[] = {"sarif", "github", "gitlab", "checkstyle", "junit", "html"};

/// What CLI11 reads into, where it is not what Options hold.
struct Raw {
  std::string fail_on, color = "auto", client, from, to, helo, auth, client_name, baseline, write_baseline;
  std::string backup;
  std::vector<std::string> products;
  int port = 0;
  bool tls = false;
};

struct UsageError {
  std::string message;
};

void add_inputs(CLI::App& app, Options& options, Raw& raw) {
  const std::string group = "What to look at";
  app.add_option("PATH", options.paths, "files, folders or - (standard input)")->type_name("");
  app.add_option("--files-from", options.files_from, "more PATHs, one a line or NUL-separated; - for standard input")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--as", options.as, "take every PATH as this format (--list-formats)")
      ->type_name("FORMAT")
      ->group(group);
  app.add_option("--stdin-filename", options.stdin_filename, "what - is called")->type_name("NAME")->group(group);
  app.add_option("--product", raw.products, "the version that runs these files, where they do not say it")
      ->type_name("NAME=VERSION")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--root", options.root, "absolute paths in the files are below this folder")
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--skip-unrecognised", options.skip_unrecognised, "pass over named files that no format recognises")
      ->group(group);
}

void add_fixing(CLI::App& app, Options& options, Raw& raw) {
  const std::string group = "Fixing";
  app.add_flag("--fix", options.fix, "write the safe fixes")->group(group);
  app.add_flag("--diff", options.diff, "print what --fix would write as a patch; write nothing")->group(group);
  app.add_flag("--unsafe-fixes", options.unsafe_fixes, "with --fix or --diff: also fixes that may refuse wanted mail")
      ->group(group);
  app.add_flag("--backup{.orig}", raw.backup,
               "keep the old file beside the new one; --backup=SUFFIX for another suffix")
      ->group(group);
}

void add_questions(CLI::App& app, Options& options, Raw& raw) {
  const std::string group = "Asking";
  app.add_option("--to", raw.to, "what would become of mail to this recipient?")->type_name("ADDR")->group(group);
  app.add_option("--client", raw.client, "with --to: the client's address")->type_name("IP")->group(group);
  app.add_option("--from", raw.from, "with --to: the envelope sender, '' for the null sender")
      ->type_name("ADDR")
      ->group(group);
  app.add_option("--helo", raw.helo, "with --to: the HELO name")->type_name("NAME")->group(group);
  app.add_option("--auth", raw.auth, "with --to: none, junk or valid")->type_name("WHICH")->group(group);
  app.add_option("--client-name", raw.client_name, "with --to: the client's host name")
      ->type_name("NAME")
      ->group(group);
  app.add_flag("--tls", raw.tls, "with --to: over TLS")->group(group);
  app.add_option("--port", raw.port, "with --to: the port the client connects to")
      ->check(CLI::Range(1, 65535).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--compare", options.compare, "report only what relaying the change from OLD allows or stops")
      ->type_name("OLD")
      ->group(group);
  app.add_flag("--verify", options.verify, "replay the proof in the real server's dry-run mode")->group(group);
}

void add_report(CLI::App& app, Options& options, Raw& raw) {
  const std::string group = "The report";
  app.add_option("--format", options.format, "text (default), concise, json or jsonl")->type_name("F")->group(group);
  app.add_option("--output", options.output, "where the report goes instead of standard output")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--select", options.select, "only these rules: ids, names or prefixes")
      ->type_name("RULE,...")
      ->join(',')
      ->group(group);
  app.add_option("--ignore", options.ignore, "not these rules")->type_name("RULE,...")->join(',')->group(group);
  app.add_option("--fail-on", raw.fail_on,
                 "lowest severity that makes the exit status 1: error, warning (default), info")
      ->type_name("SEVERITY")
      ->group(group);
  app.add_flag("--strict", options.strict, "an assumption counts as unknown")->group(group);
  app.add_flag("--exit-zero", options.exit_zero, "findings do not make the exit status 1")->group(group);
  app.add_flag("--no-ignores", options.no_ignores, "report what suppressions hide")->group(group);
  app.add_option("--baseline", raw.baseline, "not available yet")->type_name("FILE")->group("");
  app.add_option("--write-baseline", raw.write_baseline, "not available yet")->type_name("FILE")->group("");
  app.add_option("--color", raw.color, "auto, always or never")->type_name("WHEN")->group(group);
  app.add_flag("-q,--quiet", options.quiet, "say only what is wrong")->group(group);
  app.add_flag("-v,--verbose", options.verbose, "say more")->group(group);
  app.add_flag("--stats", options.stats, "tell on standard error how much was read and how long it took")->group(group);
}

void add_about(CLI::App& app, Options& options) {
  const std::string settings = "Settings";
  app.add_option("--config", options.config, "project settings to use instead of the .relaylint.ini that is found")
      ->type_name("FILE")
      ->group(settings);
  app.add_flag("--isolated", options.isolated, "look at no project settings")->group(settings);
  app.add_flag("--show-settings", options.show_settings, "print the settings that apply to PATH")->group(settings);
  app.add_option("-j", options.threads, "threads (default: the machine's); the report is the same for every N")
      ->check(CLI::Range(1U, 1024U).description(""))
      ->type_name("N")
      ->group(settings);
  const std::string group = "About relaylint";
  app.add_option("--explain", options.explain, "print a rule's page")->type_name("RULE")->group(group);
  app.add_flag("--list-rules", options.list_rules, "list the rules")->group(group);
  app.add_flag("--list-formats", options.list_formats, "list the configuration formats")->group(group);
  app.add_flag("--version", options.version, "print the version; with --verbose what it is made of")->group(group);
  app.set_help_flag("-h,--help", "print this help")->group(group);
  app.add_option("--write-docs", options.write_docs)->group("");
}

constexpr const char* kFooter =
    "Exit status: 0 no stranger can relay; 1 a finding, or an open relay; 2 wrong usage, unreadable input,\n"
    "or a fix that could not be written; 3 something could not be decided or recognised.\n"
    "\n"
    "  relaylint /etc/exim4                               judge a folder\n"
    "  relaylint --diff mercury.ini | patch -p1           look at the fix, apply it\n"
    "  relaylint --to bob@example.net --client 10.1.2.3 configure\n"
    "  git show HEAD:configure | relaylint --compare - configure\n";

std::string one_of(std::string_view option, const std::string& value, std::vector<std::string_view> allowed) {
  for (const std::string_view candidate : allowed) {
    if (candidate == value) return value;
  }
  throw UsageError{
      fmt::format("{}: '{}' is none of {}{}", option, value, fmt::join(allowed, ", "), did_you_mean(value, allowed))};
}

void check_formats(const Options& options) {
  for (const std::string_view later : kLaterFormats) {
    if (options.format == later) throw UsageError{fmt::format("--format: {} is not available yet", later)};
  }
  std::vector<std::string_view> reports;
  for (const OutputFormat& format : output_formats()) reports.push_back(format.name);
  one_of("--format", options.format, reports);
  if (options.as.empty()) return;
  std::vector<std::string_view> formats;
  for (const Format* format : all_formats()) formats.push_back(format->id);
  one_of("--as", options.as, formats);
}

void read_products(const Raw& raw, Options& options) {
  std::vector<std::string_view> known;
  for (const Format* format : all_formats()) known.push_back(format->product);
  for (const std::string& product : raw.products) {
    const std::size_t equals = product.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == product.size()) {
      throw UsageError{fmt::format("--product: '{}' is not NAME=VERSION", product)};
    }
    const std::string name = one_of("--product", product.substr(0, equals), known);
    options.products[name] = product.substr(equals + 1);
  }
}

void read_question(const CLI::App& app, const Raw& raw, Options& options) {
  if (app.count("--to") == 0) {
    for (const char* name : {"--client", "--from", "--helo", "--auth", "--client-name", "--tls", "--port"}) {
      if (app.count(name) > 0) throw UsageError{fmt::format("{} goes with --to", name)};
    }
    return;
  }
  if (raw.to.empty()) throw UsageError{"--to needs a recipient"};
  Transaction transaction;
  transaction.rcpt_to = raw.to;
  if (app.count("--client") > 0) {
    const std::optional<IpAddress> client = IpAddress::parse(raw.client);
    if (!client) throw UsageError{fmt::format("--client: '{}' is no IP address", raw.client)};
    transaction.client = *client;
  }
  if (app.count("--from") > 0) transaction.mail_from = raw.from == "<>" ? "" : raw.from;
  if (app.count("--helo") > 0) transaction.helo = raw.helo;
  if (app.count("--auth") > 0) transaction.auth = *parse_auth(one_of("--auth", raw.auth, {"none", "junk", "valid"}));
  if (app.count("--client-name") > 0) transaction.client_name = raw.client_name;
  transaction.tls = raw.tls;
  if (app.count("--port") > 0) transaction.port = static_cast<std::uint16_t>(raw.port);
  options.ask = std::move(transaction);
}

void check_combinations(const CLI::App& app, const Options& options) {
  for (const char* name : {"--baseline", "--write-baseline"}) {
    if (app.count(name) > 0) throw UsageError{fmt::format("{} is not available yet", name)};
  }
  if (options.fix && options.diff) throw UsageError{"--fix and --diff exclude each other"};
  if (options.unsafe_fixes && !options.fix && !options.diff)
    throw UsageError{"--unsafe-fixes goes with --fix or --diff"};
  if (options.backup_suffix && !options.fix) throw UsageError{"--backup goes with --fix"};
  if (options.ask && (options.fix || options.diff || !options.compare.empty())) {
    throw UsageError{"--to asks; it goes with neither --fix, --diff nor --compare"};
  }
  if (!options.compare.empty() && (options.fix || options.diff))
    throw UsageError{"--compare goes with neither --fix nor --diff"};
  if (!options.compare.empty() && (options.paths.size() != 1 || !options.files_from.empty()))
    throw UsageError{"--compare takes one PATH"};
  if (options.compare == "-" && options.paths.front() == "-")
    throw UsageError{"--compare: both sides cannot be standard input"};
  if (!options.config.empty() && options.isolated) throw UsageError{"--config and --isolated exclude each other"};
}

/// `relaylint lsp` and `relaylint report` are commands of contract.md 2 that this release does not have yet.
void check_commands(const Options& options) {
  if (options.paths.empty()) return;
  for (const char* command : {"lsp", "report"}) {
    if (options.paths.front() == command) {
      throw UsageError{
          fmt::format("the command '{0}' is not available yet (a file of that name is given as ./{0})", command)};
    }
  }
}

void finish(const CLI::App& app, const Raw& raw, Options& options) {
  check_formats(options);
  check_commands(options);
  read_products(raw, options);
  read_question(app, raw, options);
  if (app.count("--backup") > 0) options.backup_suffix = raw.backup.empty() ? ".orig" : raw.backup;
  if (app.count("--fail-on") > 0)
    options.fail_on = parse_severity(one_of("--fail-on", raw.fail_on, {"error", "warning", "info"}));
  const std::string color = one_of("--color", raw.color, {"auto", "always", "never"});
  options.color = color == "always" ? Color::Always : color == "never" ? Color::Never : Color::Auto;
  check_combinations(app, options);
}

/// The first option of the command line that does not exist, if there is one: CLI11 would name all words left over.
std::optional<std::string> unknown_option(const CLI::App& app, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") return std::nullopt;
    if (word.size() < 2 || word.front() != '-') continue;
    if (word[1] == '-') {
      const std::string name = word.substr(0, word.find('='));
      if (app.get_option_no_throw(name) == nullptr) return name;
      continue;
    }
    // Letters may stand together, up to one that takes a value.
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string name = {'-', word[i]};
      const CLI::Option* option = app.get_option_no_throw(name);
      if (option == nullptr) return name;
      if (option->get_expected_min() > 0) break;
    }
  }
  return std::nullopt;
}

std::string in_our_words(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& error) {
  if (const std::optional<std::string> name = unknown_option(app, words)) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& known : option->get_lnames()) names.push_back("--" + known);
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    return fmt::format("there is no option '{}'{}", escape(*name), did_you_mean(*name, views));
  }
  std::string message = error.what();
  const std::size_t missing = message.find(": 1 required ");
  if (missing != std::string::npos) return message.substr(0, missing) + " needs a value";
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  return escape(message);
}

/// CLI11 takes the next word for the value of `--from=`; two words say the same and are taken as they are meant.
std::vector<std::string> words_of(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words;
  bool options_ended = false;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    options_ended = options_ended || word == "--";
    const bool empty_value =
        !options_ended && word.size() > 3 && word.substr(0, 2) == "--" && word.find('=') == word.size() - 1;
    if (empty_value) word.pop_back();
    const CLI::Option* option = empty_value ? app.get_option_no_throw(word) : nullptr;
    if (empty_value && (option == nullptr || option->get_expected_min() == 0)) word += '=';
    words.push_back(std::move(word));
    if (option != nullptr && option->get_expected_min() > 0) words.emplace_back();
  }
  return words;
}

/// Of an option that is given twice the last one counts, as users of command lines expect; lists are joined.
void let_the_last_count(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const bool plain =
        option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw && option->get_expected_max() == 1;
    if (plain && option->get_items_expected_max() == 1) option->take_last();
  }
}

std::string help_text(const CLI::App& app) {
  std::string text = app.help();
  const auto replace = [&](std::string_view old, std::string_view with) {
    for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old))
      text.replace(at, old.size(), with);
  };
  replace("\n\n\n", "\n\n");
  replace("--backup{.orig}  ", "--backup[=SUFFIX]");
  replace("; --backup=SUFFIX for another suffix", ", as NAME.orig or with SUFFIX");
  replace("Usage: relaylint [OPTIONS] [PATH...]", "Usage: relaylint [OPTION...] PATH...");
  return text;
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  Parsed parsed;
  Raw raw;
  CLI::App app{"relaylint tells whether a stranger can send mail through a mail server, from its configuration files.",
               "relaylint"};
  app.footer(kFooter);
  app.get_formatter()->column_width(30);
  add_inputs(app, parsed.options, raw);
  add_fixing(app, parsed.options, raw);
  add_questions(app, parsed.options, raw);
  add_report(app, parsed.options, raw);
  add_about(app, parsed.options);
  let_the_last_count(app);
  const std::vector<std::string> words = words_of(app, argc, argv);
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(std::move(reversed));
    finish(app, raw, parsed.options);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", help_text(app));
    parsed.exit = 0;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "relaylint: {}; relaylint --help lists the options\n", in_our_words(app, words, error));
    parsed.exit = 2;
  } catch (const UsageError& error) {
    fmt::print(stderr, "relaylint: {}\n", escape(error.message));
    parsed.exit = 2;
  }
  return parsed;
}

}  // namespace relaylint::cli
