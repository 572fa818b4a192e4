#pragma once
// One configuration from bytes to verdict and findings, and from findings to proved, patched bytes.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lint/document.hpp"
#include "lint/finding.hpp"
#include "lint/format.hpp"
#include "lint/judge.hpp"
#include "lint/policy.hpp"
#include "lint/result.hpp"
#include "lint/rule.hpp"
#include "lint/source.hpp"

namespace relaylint {

/// One thing to examine: a file, or a directory that is a configuration.
struct Target {
  std::string path;  ///< as given by the user or found; what reports print
  const Format* format = nullptr;
  /// Bytes that are at hand already (standard input); otherwise they are read.
  std::shared_ptr<const std::string> bytes{};
  /// Folders below which includes and siblings may be read: the paths given by the user.
  std::vector<std::string> allowed{};
};

struct Configuration;

struct EngineOptions {
  std::span<const Rule* const> rules{};
  std::string root{};  ///< --root
  LowerOptions lower{};
  JudgeOptions judge{};
  SourceLimits limits{};
  /// Runs last in every `examine`, those of fixing too: marks what comments and project settings hide, and adds what is
  /// to be said about them (lint/suppress.hpp). Nothing where it is empty.
  std::function<void(Configuration&)> suppress{};
};

/// A configuration, judged. Owns everything that its findings point into.
struct Configuration {
  Target target;
  std::unique_ptr<SourceSet> sources{};
  std::unique_ptr<Document> document{};
  RelayPolicy policy{};
  Verdict verdict{};
  std::vector<Finding> findings{};  ///< sorted by path, offset, rule; suppressed ones marked by lint/suppress
  /// Set where the target could not be read at all; then nothing else is.
  std::optional<Error> unreadable{};
};

/// Reads, parses, lowers, judges and runs the rules; each finding's change is turned into a fix where the format can.
/// Fixes are proved only by `prove` and `fix_configuration`.
Configuration examine(const Target& target, FileReader& reader, const EngineOptions& options);

/// New bytes for some files of a configuration, by path.
using PatchedFiles = std::map<std::string, std::shared_ptr<const std::string>>;

/// Reads patched bytes where there are some, else what `base` reads. A file is the same under all of its names.
class OverlayReader final : public FileReader {
 public:
  explicit OverlayReader(FileReader& base, const PatchedFiles& files = {}) : base_(base) {
    for (const auto& [path, bytes] : files) put(path, bytes);
  }
  /// From now on the file has these bytes.
  void put(const std::string& path, std::shared_ptr<const std::string> bytes);
  /// Is the file read from here?
  bool covers(const std::string& path) { return files_.contains(canonical(path)); }

  FileContent read(const std::string& path) override;
  FileKind kind(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  std::string canonical(const std::string& path) override;

 private:
  FileReader& base_;
  PatchedFiles files_{};  ///< by canonical path
};

/// Applies edits (of several files) to the files of a set. Edits must not overlap; they may come in any order.
PatchedFiles apply_edits(const SourceSet& sources, std::span<const Edit> edits);

struct FixOptions {
  bool unsafe = false;  ///< also unsafe fixes
  std::size_t max_rounds = 10;
};

/// What fixing came to.
struct FixResult {
  PatchedFiles files{};  ///< every file whose bytes change, with the new bytes
  std::vector<std::string>
      order{};  ///< paths of `files` in an order in which no state in between relays more than the old one
  std::vector<Finding> fixed{};
  /// Fixes that were refused, with the reason: exit status 2 (contract.md 5.3).
  std::vector<std::string> unproved{};
  /// The configuration after all fixes, judged.
  std::optional<Configuration> after{};
};

/// Applies fixes until nothing changes, proving each round (contract.md 5.3) before it counts. `wanted` says which
/// findings may be fixed (rule selection, suppressions).
FixResult fix_configuration(const Configuration& configuration, FileReader& reader, const EngineOptions& options,
                            const FixOptions& fix_options, const std::function<bool(const Finding&)>& wanted);

/// The proof of contract.md 5.3 for one set of edits: nothing where it holds, else why not. `applicability` Safe
/// demands that the protected transactions of 5.2 keep their answer.
std::optional<std::string> prove(const Configuration& before, const Configuration& after, Applicability applicability);

}  // namespace relaylint
