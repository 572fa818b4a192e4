#pragma once
// Project settings: `.relaylint.ini`. What no configuration file shows (versions, proxies, own networks), which rules are wanted,
// and suppressions for formats that have no comments.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/address.hpp"
#include "lint/finding.hpp"
#include "lint/ignore_files.hpp"
#include "lint/result.hpp"
#include "lint/rule.hpp"
#include "lint/source.hpp"

namespace relaylint {

inline constexpr std::string_view kSettingsFileName = ".relaylint.ini";

/// One `[ignore]` section: these rules are hidden in these files.
struct FileIgnore {
  IgnorePatterns files{};
  std::string path_text{};            ///< as written, for messages
  std::vector<std::string> rules{};   ///< selectors, see rule_selection.hpp
  std::string reason{};
  std::string until{};                ///< YYYY-MM-DD or empty
  std::uint32_t line = 1;             ///< of the section's header
};

struct Settings {
  std::string path{};       ///< of the file as messages name it, empty where there is none
  std::string directory{};  ///< canonical folder of the file: what its paths are relative to
  std::shared_ptr<const std::string> text{};  ///< the file's bytes, for excerpts; null where it was not read from a file
  std::optional<std::vector<std::string>> select{};
  std::optional<std::vector<std::string>> ignore{};
  std::optional<Severity> fail_on{};
  std::optional<bool> strict{};
  std::string root{};  ///< absolute; empty for none
  IgnorePatterns exclude{};
  std::string exclude_text{};
  std::map<std::string, std::string> products{};
  AddressSet own_networks{};
  AddressSet behind_proxy{};
  std::vector<FileIgnore> ignores{};
};

/// What the settings may name.
struct SettingsContext {
  std::span<const Rule* const> rules{};
  std::span<const std::string_view> products{};
  /// `root` may lead out of the settings' folder: for a file that the user named himself, not one found beside a stranger's
  /// configuration.
  bool trust_root = false;
};

/// What reading a settings file gave. Each error is a whole line for the user, `FILE:LINE:COLUMN: …`.
struct SettingsResult {
  Settings settings{};
  std::vector<Error> errors{};
};

/// `path` as messages name it; `directory` its canonical folder.
SettingsResult parse_settings(std::string_view text, const std::string& path, const std::string& directory,
                              const SettingsContext& context);

/// Reads one file (`--config`).
SettingsResult load_settings(const std::string& path, FileReader& reader, const SettingsContext& context);

/// The nearest settings file from the folder of `path` (itself, where it is a folder) upward. The search ends at the root of the
/// repository (the folder that holds `.git`). Outside of a repository only the folder itself and those between it and the
/// working directory are looked at: nobody else's file further up may change what is reported. Empty where there is none.
std::string find_settings(const std::string& path, FileReader& reader);

/// The folder at or above `directory` (canonical) that holds `.git`, empty where there is none.
std::string repository_root(const std::string& directory, FileReader& reader);

/// Is `path` the folder `directory` or below it? Both canonical.
bool is_within(std::string_view path, std::string_view directory);

/// `error`, `warning`, `info`.
std::optional<Severity> parse_severity(std::string_view text);

}  // namespace relaylint
