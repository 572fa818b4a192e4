#pragma once
// What this program was built from and with, for `--version --verbose` and for bug reports.

#include <string>
#include <vector>

namespace relaylint {

struct BuildFact {
  std::string name;
  std::string value;
};

/// In a fixed order; what is not known is left out.
std::vector<BuildFact> build_facts();

}  // namespace relaylint
