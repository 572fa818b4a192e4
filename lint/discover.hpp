#pragma once
// From the PATHs of the command line to targets: what each file is, which folders are one configuration, what a walk passes
// over (contract.md 2).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/engine.hpp"
#include "lint/format.hpp"
#include "lint/ignore_files.hpp"
#include "lint/result.hpp"
#include "lint/source.hpp"

namespace relaylint {

/// How much of a file its format is recognised by.
inline constexpr std::size_t kHeadBytes = 65536;

/// The format that is surest of a file, the first of equals; null where none is.
const Format* detect_format(std::string_view path, std::string_view head, std::span<const Format* const> formats);

/// A PATH that the user gave.
struct PathRequest {
  std::string path;
  /// `exclude` of the settings that apply to it, and the canonical folder that it is relative to.
  IgnorePatterns exclude{};
  std::string exclude_directory{};
};

struct FoundTarget {
  Target target;
  std::size_t request = 0;  ///< which PATH it comes from
  bool named = false;       ///< the PATH itself, not found in a walk
  bool directory = false;   ///< a folder that is one configuration
};

struct Discovery {
  std::vector<FoundTarget> targets;       ///< sorted by path, each file once
  std::vector<std::string> unrecognised;  ///< PATHs that no format knows
  std::vector<std::string> empty;         ///< folders in which nothing was found
  std::vector<Error> errors;              ///< what could not be read, whole lines for the user
};

/// Looks at every PATH. With `as`, named files are of that format whatever they look like, and a walk looks for it alone. Symbolic
/// links to folders are not followed in a walk, those to files only where they stay below the PATH.
Discovery discover(std::span<const PathRequest> requests, FileReader& reader, std::span<const Format* const> formats,
                   const Format* as = nullptr);

/// What a target turned out to read.
struct Membership {
  std::string target{};              ///< canonical path of the file or folder
  std::vector<std::string> files{};  ///< canonical paths of all files of the configuration
  const Format* format = nullptr;
  bool named = false;
  bool directory = false;
};

/// Which targets are told already by another one: a file that a found configuration includes, or a member of a folder that is
/// judged as one. Of two that include each other the folder stays, else the one named, else the first. A file that the user named
/// is only left out for a configuration of its own format.
std::vector<bool> redundant_targets(std::span<const Membership> targets);

}  // namespace relaylint
