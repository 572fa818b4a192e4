#pragma once
// A configuration format: one folder in parsers/, one line in parsers/formats.def. The engine knows formats
// through this table alone; parsers/registry.hpp lists them all.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/change.hpp"
#include "lint/document.hpp"
#include "lint/policy.hpp"

namespace relaylint {

/// How sure a format is that a file is one of its own.
enum class Detection {
  No,
  ByName,     ///< the name says so and the content does not object
  ByContent,  ///< the content says so
  Certain,    ///< both
};

/// What the user tells that no file shows.
struct LowerOptions {
  std::map<std::string, std::string> products{};  ///< --product NAME=VERSION and `[product]` of .relaylint.ini
  AddressSet own_networks{};                      ///< `own_networks` of .relaylint.ini: clients that are no strangers
  AddressSet behind_proxy{};                      ///< `behind_proxy`: addresses that stand for the whole Internet
};

struct Format {
  std::string_view id;     ///< as --as takes it
  std::string_view title;  ///< "Exim 4 configuration"
  std::string_view product;
  /// Base names and globs that users know the files by, for --list-formats and for the hint in errors.
  std::span<const std::string_view> file_names;
  /// Marks that start a comment at the beginning of a line, empty where the format has none (suppressions then live in
  /// .relaylint.ini).
  std::string_view comment_starts;

  /// `path` as given, `head` the first bytes (at most 64 KiB) of the file. Must not look further.
  Detection (*detect)(std::string_view path, std::string_view head);
  /// Is this directory one configuration of this format (a qmail control folder)? Null where formats have none.
  /// `names` are the folder's entries. Gives the path, below the folder, of the file to start from ("" = the folder
  /// itself).
  std::optional<std::string> (*detect_directory)(std::string_view path, std::span<const std::string> names);
  /// Never fails. `path` names the file (already in `sources` as `main`) or the directory that is the configuration
  /// (then `main` is an absent file of that path).
  std::unique_ptr<Document> (*parse)(SourceSet& sources, FileId main);
  RelayPolicy (*lower)(const Document& document, const LowerOptions& options);
  /// Nothing means "report without a fix", never a guess. `document` is what `parse` of this format gave.
  std::optional<Fix> (*rewrite)(const Document& document, const RelayPolicy& policy, const PolicyChange& change);
  /// The shell line or steps that make a fix live ("restart the SMTP task"), empty if none is needed.
  std::string_view after_fix;
  /// A shell line that replays a witness on the real server, with {client}, {helo}, {from}, {to}, {file}; empty where
  /// there is none.
  std::string_view replay;
};

}  // namespace relaylint
