#pragma once
// One run over the configurations of a command line.

#include "lint/cli/options.hpp"
#include "lint/source.hpp"

namespace relaylint::cli {

/// Lints, asks, compares, fixes or shows fixes; prints the report; gives the exit status of contract.md 2.
int run(const Options& options, FileReader& reader);

}  // namespace relaylint::cli
