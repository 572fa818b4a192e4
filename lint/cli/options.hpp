#pragma once
// The command line (contract.md 2), read and checked: what does not fit together is a usage error here and nowhere
// else.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lint/finding.hpp"
#include "lint/transaction.hpp"

namespace relaylint::cli {

enum class Color { Auto, Always, Never };

struct Options {
  std::vector<std::string> paths{};
  std::string files_from{};
  std::string as{};
  std::string stdin_filename{};
  std::map<std::string, std::string> products{};
  std::string root{};
  bool skip_unrecognised = false;

  bool fix = false;
  bool unsafe_fixes = false;
  bool diff = false;
  std::optional<std::string> backup_suffix{};

  std::optional<Transaction> ask{};
  std::string compare{};
  bool verify = false;

  std::string format = "text";
  std::string output{};
  std::string select{};
  std::string ignore{};
  std::optional<Severity> fail_on{};
  bool strict = false;
  bool exit_zero = false;
  bool no_ignores = false;
  unsigned threads = 0;  ///< 0 = the machine's

  std::string config{};
  bool isolated = false;
  Color color = Color::Auto;
  bool quiet = false;
  bool verbose = false;
  bool stats = false;

  bool show_settings = false;
  std::string explain{};
  bool list_rules = false;
  bool list_formats = false;
  bool version = false;
  std::string write_docs{};
};

/// Options, or the status to leave with where the command line said all (help, a usage error; both are printed).
struct Parsed {
  Options options{};
  std::optional<int> exit{};
};
Parsed parse_command_line(int argc, char** argv);

}  // namespace relaylint::cli
