#include "lint/cli/tally.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "lint/output/escape.hpp"

namespace relaylint::cli {

void Tally::say(std::string_view message) { fmt::print(stderr, "relaylint: {}\n", escape(message)); }

void Tally::complain(std::string_view message) {
  say(message);
  failed = true;
}

int Tally::status(bool exit_zero) const {
  if (failed) return 2;
  if (found && !exit_zero) return 1;
  return undecided ? 3 : 0;
}

}  // namespace relaylint::cli
