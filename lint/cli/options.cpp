#include "lint/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <vector>

#include "lint/edit_distance.hpp"
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

void add_options(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("PATH", options.paths, "files, folders or - (standard input)");
  app.add_option("--files-from", options.files_from, "more PATHs, one a line or NUL-separated; - for standard input");
  app.add_option("--as", options.as, "take every PATH as this format (see --list-formats)");
  app.add_option("--stdin-filename", options.stdin_filename, "what - is called");
  app.add_option("--product", raw.products, "NAME=VERSION that runs these files")->allow_extra_args(false);
  app.add_option("--root", options.root, "absolute paths in the files are below this folder");
  app.add_flag("--skip-unrecognised", options.skip_unrecognised, "pass over named files that no format recognises");
  app.add_flag("--fix", options.fix, "write the safe fixes");
  app.add_flag("--unsafe-fixes", options.unsafe_fixes, "with --fix or --diff: also fixes that may refuse wanted mail");
  app.add_flag("--diff", options.diff, "print what --fix would write; write nothing");
  app.add_flag("--backup{.orig}", raw.backup,
               "keep the old file beside the new one; --backup=SUFFIX for another suffix than .orig");
  app.add_option("--to", raw.to, "ask what becomes of mail to this recipient");
  app.add_option("--client", raw.client, "with --to: the client's address");
  app.add_option("--from", raw.from, "with --to: the envelope sender, '' for the null sender");
  app.add_option("--helo", raw.helo, "with --to: the HELO name");
  app.add_option("--auth", raw.auth, "with --to: none, junk or valid");
  app.add_option("--client-name", raw.client_name, "with --to: the client's reverse name");
  app.add_flag("--tls", raw.tls, "with --to: over TLS");
  app.add_option("--port", raw.port, "with --to: the port the client connects to")->check(CLI::Range(1, 65535));
  app.add_option("--compare", options.compare, "report only what relaying the change from OLD allows or stops");
  app.add_flag("--verify", options.verify, "replay the witness in the real server's dry-run mode");
  app.add_option("--format", options.format, "text, concise, json or jsonl");
  app.add_option("--output", options.output, "where the report goes");
  app.add_option("--select", options.select, "only these rules (ids, names or prefixes)");
  app.add_option("--ignore", options.ignore, "not these rules");
  app.add_option("--fail-on", raw.fail_on,
                 "lowest severity that makes the exit status 1: error, warning (default) or info");
  app.add_flag("--strict", options.strict, "an assumption counts as unknown");
  app.add_flag("--exit-zero", options.exit_zero, "findings do not make the exit status 1");
  app.add_option("--baseline", raw.baseline, "not available yet");
  app.add_option("--write-baseline", raw.write_baseline, "not available yet");
  app.add_flag("--no-ignores", options.no_ignores, "report what suppressions hide");
  app.add_option("-j", options.threads, "threads")->check(CLI::Range(1U, 1024U));
  app.add_option("--config", options.config, "project settings to use");
  app.add_flag("--isolated", options.isolated, "look at no project settings");
  app.add_flag("--show-settings", options.show_settings, "print the settings that apply and leave");
  app.add_option("--explain", options.explain, "print a rule's page");
  app.add_flag("--list-rules", options.list_rules, "list the rules");
  app.add_flag("--list-formats", options.list_formats, "list the configuration formats");
  app.add_option("--color", raw.color, "auto, always or never");
  app.add_flag("-q,--quiet", options.quiet, "say only what is wrong");
  app.add_flag("-v,--verbose", options.verbose, "say more");
  app.add_flag("--stats", options.stats, "print how long it took, to standard error");
  app.add_flag("--version", options.version, "print the version");
  app.add_option("--write-docs", options.write_docs)->group("");
}

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

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  Parsed parsed;
  Raw raw;
  CLI::App app{"relaylint tells whether a stranger can send mail through a mail server, from its configuration files.",
               "relaylint"};
  app.set_help_flag("--help,-h", "print this help");
  add_options(app, parsed.options, raw);
  try {
    app.parse(argc, argv);
    finish(app, raw, parsed.options);
  } catch (const CLI::CallForHelp& help) {
    parsed.exit = app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "relaylint: {}\nrelaylint --help lists the options.\n", error.what());
    parsed.exit = 2;
  } catch (const UsageError& error) {
    fmt::print(stderr, "relaylint: {}\n", error.message);
    parsed.exit = 2;
  }
  return parsed;
}

}  // namespace relaylint::cli
