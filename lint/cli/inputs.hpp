#pragma once
// What a command line names: PATHs, --files-from, standard input; and the configurations found there.

#include <optional>
#include <string>
#include <vector>

#include "lint/cli/context.hpp"
#include "lint/cli/tally.hpp"
#include "lint/discover.hpp"

namespace relaylint::cli {

struct Input {
  FoundTarget found;
  const Context* context = nullptr;
};

/// Sorted by path. What cannot be read or is not recognised is told and tallied. Nothing where there is no run at all:
/// no PATH is given, the settings are wrong (status 2).
std::optional<std::vector<Input>> find_inputs(const Options& options, FileReader& reader, Contexts& contexts,
                                              Tally& tally);

}  // namespace relaylint::cli
