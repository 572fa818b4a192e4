#pragma once
// A configuration of a run once it is judged: what is reported of it, and what the run still has to know. Nothing in it
// holds the files' bytes.

#include <functional>
#include <optional>
#include <vector>

#include "lint/cli/inputs.hpp"
#include "lint/discover.hpp"
#include "lint/output/report.hpp"

namespace relaylint::cli {

struct Judged {
  Input input;
  ConfigurationReport report{};
  Membership membership{};
  std::optional<Error> unreadable{};
  bool fixable = false;      ///< a wanted finding has edits
  bool open_counts = false;  ///< the verdict is `open`, and not only findings that are suppressed say so
};

/// Called for each configuration as soon as it is judged, on any thread; fills what the mode of the run needs of
/// `report`.
using Reporting = std::function<void(const Configuration&, Judged&)>;

/// Judges all inputs. What cannot be read is told, what another configuration includes is left out.
std::vector<Judged> judge_all(std::vector<Input> inputs, const Options& options, FileReader& reader,
                              const Reporting& reporting, Tally& tally);

/// The report of a configuration that is linted.
void report_findings(const Configuration& configuration, Judged& judged);

/// What the findings and the verdict mean for the exit status.
void count(const Judged& judged, Tally& tally);

}  // namespace relaylint::cli
