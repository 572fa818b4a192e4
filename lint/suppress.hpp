#pragma once
// Suppressions (contract.md 6): which findings a comment or the project settings hide, and what is to be said about
// suppressions that give no reason, are out of date, or hide nothing.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/engine.hpp"
#include "lint/settings.hpp"

namespace relaylint {

/// What a comment says after `relaylint: ignore`.
struct SuppressionText {
  std::vector<std::string> rules{};  ///< as written, between the brackets; empty where there are none
  std::string reason{};
  std::string until{};               ///< as written; empty where no date is given
  TextRange range{};                 ///< from `relaylint:` to the end of what was read, within the text
};

/// Reads one line of a comment; nothing where it holds no `relaylint: ignore`.
std::optional<SuppressionText> read_suppression(std::string_view line);

/// A section of the settings and whether it met anything in this run. Shared by the threads of a run.
struct TrackedIgnore {
  explicit TrackedIgnore(const FileIgnore& section) : ignore(section) {}
  const FileIgnore& ignore;
  std::atomic<bool> used{false};
};

struct SuppressOptions {
  std::span<const Rule* const> rules{};
  std::string today{};  ///< YYYY-MM-DD; a suppression holds up to and with its last day
  /// Rules that run: a suppression of one that does not run is not called unused.
  std::function<bool(const RuleInfo&)> wanted{};
  /// Sections of the settings, with the canonical folder that their paths are relative to.
  std::vector<std::shared_ptr<TrackedIgnore>> ignores{};
  std::string ignores_directory{};
};

/// Marks the findings that are hidden and adds RL903 (no reason or no rule), RL904 (expired) and RL905 (hides nothing), keeping the
/// order of findings. A comment covers its own lines and the next one that is no comment; one behind a statement covers its line.
/// Suppressions without a reason and expired ones hide nothing.
void apply_suppressions(Configuration& configuration, const SuppressOptions& options);

/// Does the section speak of this file? `canonical` as FileReader gives it.
bool applies_to(const FileIgnore& ignore, const std::string& directory, std::string_view canonical);

inline constexpr std::string_view kSuppressionWithoutReason = "RL903";
inline constexpr std::string_view kSuppressionExpired = "RL904";
inline constexpr std::string_view kSuppressionUnused = "RL905";

}  // namespace relaylint
