#pragma once
// Lookups as they stand in Exim's lists (`partial-lsearch;/etc/x`, `net24-iplsearch;/etc/y`) and in `${lookup…}`: which
// type, with which options, and for those that read a file, the keys in it. Semantics: Exim's search.c and lookups/, as
// the READMEs tell them.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/pattern.hpp"
#include "lint/source.hpp"

namespace relaylint {

struct EximLookup {
  std::string type{};  ///< lsearch, wildlsearch, cdb, mysql…
  bool net = false;    ///< `net-`, `net24-`
  std::optional<unsigned> net_mask{};
  std::optional<unsigned> partial{};  ///< least number of components that are not wild
  bool default_star = false;          ///< `*`
  bool default_star_at = false;       ///< `*@`
  TextRange argument{};               ///< file name or query, within the text; without blanks at both ends
};
/// Nothing where the text does not have the shape `[net-][partial-]type[*|*@][,options];argument`.
std::optional<EximLookup> parse_exim_lookup(std::string_view text);
/// Whether any Exim knows a lookup of this type.
bool is_known_exim_lookup(std::string_view type);

struct EximKeys {
  struct Key {
    std::string key{};
    std::string value{};
    Span span{};
  };
  std::vector<Key> keys{};
  /// Why the keys could not be read, as the end of a sentence that starts with the lookup; empty where they could.
  std::string failure{};
  /// The data is not at hand and not meant to be (SQL, LDAP, DNS): a stranger's fresh name is taken not to be in it.
  bool assumable = false;
};
/// Reads the file of a lookup (lsearch and its kin, iplsearch, dsearch, cdb). Keys come in the file's order.
EximKeys read_exim_keys(const EximLookup& lookup, std::string_view argument, SourceSet& sources, FileId from);

/// What names a key of this lookup stands for; nothing where it can never be found.
std::vector<Pattern> patterns_of_exim_key(const EximLookup& lookup, const EximKeys::Key& key);

}  // namespace relaylint
