#pragma once
// What a change of a configuration newly lets through, and what it stops (--compare).

#include <vector>

#include "lint/engine.hpp"

namespace relaylint {

struct Comparison {
  std::vector<Hole> allowed{};  ///< ways through the new configuration that the old one refuses
  std::vector<Hole> stopped{};  ///< ways through the old one that the new one refuses
  /// Findings of the new configuration that the old one had not, by rule and message.
  std::vector<Finding> added{};
};

Comparison compare(const Configuration& before, const Configuration& after, const JudgeOptions& options);

}  // namespace relaylint
