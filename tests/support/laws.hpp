#pragma once
// The laws that hold for every input, whatever it says: the tests hold every fixture to them, the fuzzers anything
// else.

#include <string>
#include <vector>

#include "tests/support/examine.hpp"

namespace relaylint::test {

/// The laws that are broken, one sentence each; none where all is well.
using Broken = std::vector<std::string>;

/// Leaves tile every file, in order, their parts inside them.
Broken broken_tiling(const Configuration& configuration);
/// Every span lies inside its file, every list that is named exists.
Broken broken_spans(const Configuration& configuration);
/// `open` has a witness that is relayed, the other verdicts have none, `unknown` has a reason.
Broken broken_verdict(const Configuration& configuration);
/// Each fix changes the bytes of its edits and no others, and its edits do not overlap.
Broken broken_edits(const Configuration& configuration);
/// Fixing all there is ends, takes away what it says it fixed, opens nothing, and fixing again changes nothing.
Broken broken_fixing(const Examined& examined, const std::string& format, const Files& files, const std::string& entry);

/// The first four.
Broken broken_laws(const Configuration& configuration);

}  // namespace relaylint::test
