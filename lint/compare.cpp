#include "lint/compare.hpp"

#include <algorithm>

namespace relaylint {
namespace {

std::vector<Hole> only_through(const RelayPolicy& one, const Verdict& of_one, const RelayPolicy& other,
                               const JudgeOptions& options) {
  std::vector<Hole> ways;
  if (one.unloadable) return ways;
  for (const Hole& hole : of_one.holes) {
    if (hole.kind != HoleKind::Open) continue;
    if (decide(other, hole.witness.transaction, options).outcome != Outcome::Relayed) ways.push_back(hole);
  }
  return ways;
}

}  // namespace

Comparison compare(const Configuration& before, const Configuration& after, const JudgeOptions& options) {
  Comparison result;
  result.allowed = only_through(after.policy, after.verdict, before.policy, options);
  result.stopped = only_through(before.policy, before.verdict, after.policy, options);
  for (const Finding& finding : after.findings) {
    const bool old = std::any_of(before.findings.begin(), before.findings.end(), [&](const Finding& other) {
      return other.rule == finding.rule && other.message == finding.message;
    });
    if (!old) result.added.push_back(finding);
  }
  return result;
}

}  // namespace relaylint
