#pragma once
// --show-settings: what applies to each PATH, the command line laid over the settings file.

#include "lint/cli/options.hpp"
#include "lint/source.hpp"

namespace relaylint::cli {

int show_settings(const Options& options, FileReader& reader);

}  // namespace relaylint::cli
