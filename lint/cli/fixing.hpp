#pragma once
// --fix and --diff over judged configurations. One after the other and each on what the ones before it left: two
// configurations may read the same file.

#include <string>
#include <vector>

#include "lint/cli/judged.hpp"

namespace relaylint::cli {

/// Writes the fixes and brings the reports up to date. Fixed standard input is given in `standard_output` instead.
void fix_all(std::vector<Judged>& all, const Options& options, FileReader& reader, Tally& tally,
             std::string& standard_output);

/// One unified diff of what `fix_all` would write.
std::string diff_all(const std::vector<Judged>& all, const Options& options, FileReader& reader, Tally& tally);

}  // namespace relaylint::cli
