// Single-key lookups in files that are at hand: Exim specification, chapter "File and database lookups".

#include <algorithm>
#include <utility>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "lint/regex.hpp"
#include "parsers/exim4/expand.hpp"

namespace relaylint::exim4 {
namespace {

const std::string* exact(const LookupTable& table, std::string_view key) {
  const auto found = table.by_key.find(to_lower(key));
  return found == table.by_key.end() ? nullptr : &table.keys.keys[found->second].value;
}

/// Keys that partial matching tries after the key itself: `*.` before ever fewer of its components.
std::vector<std::string> partial_keys(std::string_view key, unsigned fixed) {
  std::vector<std::string> keys;
  std::string_view rest = key;
  while (!rest.empty()) {
    const auto components = static_cast<unsigned>(std::count(rest.begin(), rest.end(), '.') + 1);
    if (components < fixed) return keys;
    keys.push_back("*." + std::string(rest));
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (fixed == 0) keys.push_back("*");
  return keys;
}

/// A key of a wildlsearch file: `*tail`, `^regex`, or plain; expanded first in a wildlsearch, not in an nwildlsearch.
MatchResult wild_match(std::string key, bool expanded, std::string_view subject) {
  if (expanded) {
    std::string value;
    if (!is_constant(parse_expansion(key).text, value)) return MatchResult::Error;
    key = std::move(value);
  }
  Pattern pattern;
  pattern.text = key;
  if (key.starts_with('^')) {
    const auto regex = Regex::compile(key, true);
    if (!regex) return MatchResult::Error;
    pattern.kind = PatternKind::Regex;
    pattern.regex = *regex;
  } else if (key.starts_with('*')) {
    pattern.kind = PatternKind::Tail;
    pattern.text = key.substr(1);
  }
  return matches(pattern, subject);
}

}  // namespace

const LookupTable& Site::table(const EximLookup& lookup, const std::string& argument) const {
  const std::string name = lookup.type + ";" + argument;
  std::unique_ptr<LookupTable>& slot = tables_[name];
  if (!slot) {
    slot = std::make_unique<LookupTable>();
    slot->keys = read_exim_keys(lookup, argument, sources_, main_);
    for (std::size_t i = 0; i < slot->keys.keys.size(); ++i) slot->by_key.emplace(to_lower(slot->keys.keys[i].key), i);
  }
  return *slot;
}

Expander::Found Expander::look_up(const Piece& piece, const EximLookup& lookup, const std::string& key,
                                  const std::string& argument) {
  const LookupTable& table = frame_.site->table(lookup, argument);
  if (!table.keys.failure.empty()) {
    if (table.keys.assumable || files_are_foreign) {
      assume(piece.range, table.keys.failure);
      return {};
    }
    facts_.not_understood({source_ == nullptr ? Span{} : source_->place(piece.range), table.keys.failure});
    return {Value::Unknown, {}};
  }
  if (key.empty()) return {};
  if (lookup.type == "iplsearch") {
    const std::optional<AddressSet> wanted = AddressSet::parse(key);
    if (!wanted) return {Value::Error, {}};
    for (const EximKeys::Key& entry : table.keys.keys) {
      const std::optional<AddressSet> network = AddressSet::parse(entry.key);
      if (network && wanted->subtract(*network).empty()) return {Value::Yes, entry.value};
    }
  } else if (lookup.type == "wildlsearch" || lookup.type == "nwildlsearch") {
    for (const EximKeys::Key& entry : table.keys.keys) {
      const MatchResult match = wild_match(entry.key, lookup.type == "wildlsearch", key);
      if (match == MatchResult::Yes) return {Value::Yes, entry.value};
      if (match == MatchResult::Error)
        return {unknown(piece.range, "a key of " + argument + " is not understood").status, {}};
    }
  } else if (lookup.type == "dsearch" && key.find('/') != std::string::npos) {
    return {Value::Error, {}};
  } else if (const std::string* value = exact(table, key)) {
    return {Value::Yes, *value};
  }
  if (lookup.partial) {
    for (const std::string& shorter : partial_keys(key, *lookup.partial)) {
      if (const std::string* value = exact(table, shorter)) return {Value::Yes, *value};
    }
  }
  const std::size_t at = key.rfind('@');
  if (lookup.default_star_at && at != std::string::npos) {
    if (const std::string* value = exact(table, "*" + key.substr(at))) return {Value::Yes, *value};
  }
  if (lookup.default_star || lookup.default_star_at) {
    if (const std::string* value = exact(table, "*")) return {Value::Yes, *value};
  }
  return {};
}

}  // namespace relaylint::exim4
