#pragma once
// --compare OLD: each configuration of PATH against the one of OLD that it came from.

#include <vector>

#include "lint/cli/judged.hpp"

namespace relaylint::cli {

/// Reports whose findings are the changes (RL906, RL907). OLD is a file, a folder (its configurations are matched by
/// their paths below it), or `-`: the old text of the one file that PATH names. A configuration that is new is compared
/// with a server that relays nothing. Relaying added, a verdict of either side that is unknown, and bounds that were
/// hit are tallied.
std::vector<ConfigurationReport> compare_all(std::vector<Input> inputs, const Options& options, FileReader& reader,
                                             Tally& tally);

}  // namespace relaylint::cli
