#pragma once
// What the program tells about itself: rules, formats, settings, version. Offline, nothing is read but the settings.

#include "lint/cli/options.hpp"
#include "lint/source.hpp"

namespace relaylint::cli {

/// Answers --explain, --list-rules, --list-formats, --show-settings, --version and --write-docs; the exit status, or
/// nothing where none of them is asked.
std::optional<int> tell_about_itself(const Options& options, FileReader& reader);

}  // namespace relaylint::cli
