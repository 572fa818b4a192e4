#include <cstdio>
#include <exception>

#include "lint/cli/listing.hpp"
#include "lint/cli/options.hpp"
#include "lint/cli/run.hpp"
#include "lint/disk.hpp"

namespace {

int run(int argc, char** argv) {
  using namespace relaylint;
  const cli::Parsed parsed = cli::parse_command_line(argc, argv);
  if (parsed.exit) return *parsed.exit;
  DiskReader reader;
  if (const std::optional<int> status = cli::tell_about_itself(parsed.options, reader)) return *status;
  return cli::run(parsed.options, reader);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(
        stderr,
        "relaylint: internal error: %s\nThis is a bug in relaylint. Please report it with the file that shows it.\n",
        error.what());
    return 2;
  }
}
