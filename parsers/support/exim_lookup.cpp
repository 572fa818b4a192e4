#include "parsers/support/exim_lookup.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "lint/regex.hpp"
#include "parsers/support/exim_options.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

namespace {

constexpr std::array<std::string_view, 4> kLineFiles{"lsearch", "wildlsearch", "nwildlsearch", "iplsearch"};
/// Types that read a local file in a form that is not read here.
constexpr std::array<std::string_view, 5> kOtherFiles{"dbm", "dbmnz", "dbmjz", "json", "lmdb"};
constexpr std::array<std::string_view, 17> kElsewhere{"mysql", "pgsql",  "sqlite",   "oracle", "ibase", "ldap",
                                                      "ldapm", "ldapdn", "ldapauth", "nis",    "nis0",  "nisplus",
                                                      "dnsdb", "passwd", "redis",    "whoson", "spf"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes a decimal number off the front; nothing where there is none.
std::optional<unsigned> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  unsigned number = 0;
  while (!text.empty() && is_digit(text.front())) {
    number = std::min(number * 10 + static_cast<unsigned>(text.front() - '0'), 100000U);
    text.remove_prefix(1);
  }
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// `partial-`, `partial3-`, `partial(affix)`.
bool take_partial(std::string_view& text, EximLookup& lookup) {
  auto rest = text;
  if (!take(rest, "partial")) return true;
  const auto number = take_number(rest);
  if (take(rest, "(")) {
    const auto close = rest.find(')');
    if (close == std::string_view::npos) return false;
    rest.remove_prefix(close + 1);
  } else if (!take(rest, "-")) {
    return false;
  }
  lookup.partial = number.value_or(2);
  text = rest;
  return true;
}

unsigned labels_in(std::string_view name) {
  return static_cast<unsigned>(std::count(name.begin(), name.end(), '.')) + 1;
}

/// One line of an lsearch file: where key and value stand. The key may be quoted.
EximKeys::Key key_of_line(std::string_view line, Span place) {
  EximKeys::Key key;
  std::size_t end = 0;
  if (line.front() == '"') {
    const EximText text(line, place);
    std::size_t close = 1;
    while (close < line.size() && line[close] != '"') close += line[close] == '\\' ? 2 : 1;
    end = std::min(close + 1, line.size());
    key.key = read_exim_string(text, text_range(0, end)).text.str();
  } else {
    while (end < line.size() && !is_exim_blank(line[end]) && line[end] != ':') ++end;
    key.key = std::string(line.substr(0, end));
  }
  key.span = {place.file, {place.range.start, place.range.start + static_cast<std::uint32_t>(end)}};
  while (end < line.size() && is_exim_blank(line[end])) ++end;
  if (end < line.size() && line[end] == ':') ++end;
  while (end < line.size() && is_exim_blank(line[end])) ++end;
  key.value = std::string(line.substr(end));
  return key;
}

void read_lines(const SourceFile& file, FileId id, EximKeys& out) {
  const auto bytes = file.bytes();
  for (std::size_t start = 0; start < bytes.size();) {
    const auto newline = std::min(bytes.find('\n', start), bytes.size());
    auto end = newline;
    while (end > start && is_exim_blank(bytes[end - 1])) --end;
    const auto line = bytes.substr(start, end - start);
    if (!line.empty() && line.front() != '#') {
      if (is_exim_blank(line.front())) {
        // The last key's value goes on.
        // Blanks at the start of a continuation line stand for one.
        if (!out.keys.empty()) out.keys.back().value.append(" ").append(line.substr(line.find_first_not_of(" \t")));
      } else {
        out.keys.push_back(key_of_line(line, {id, text_range(start, end)}));
      }
    }
    start = newline + 1;
  }
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = (number << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

/// D. J. Bernstein's constant data base: records stand between the pointer table and the first hash table.
void read_cdb(const SourceFile& file, FileId id, EximKeys& out) {
  constexpr std::size_t kHeader = 2048;
  const auto bytes = file.bytes();
  std::size_t end = bytes.size();
  if (end < kHeader) {
    out.failure = "reads " + file.path() + ", which is no cdb file";
    return;
  }
  for (std::size_t at = 0; at < kHeader; at += 8) end = std::min<std::size_t>(end, little_endian(bytes, at));
  for (std::size_t at = kHeader; at + 8 <= end;) {
    const std::size_t key_length = little_endian(bytes, at);
    const std::size_t value_length = little_endian(bytes, at + 4);
    if (key_length + value_length > end - at - 8) {
      out.failure = "reads " + file.path() + ", which is damaged";
      return;
    }
    const auto key = bytes.substr(at + 8, key_length);
    out.keys.push_back({std::string(key),
                        std::string(bytes.substr(at + 8 + key_length, value_length)),
                        {id, text_range(at + 8, at + 8 + key_length)}});
    at += 8 + key_length + value_length;
  }
}

void read_folder(std::string_view name, SourceSet& sources, FileId from, EximKeys& out) {
  if (sources.kind(name, from) != FileKind::Directory) {
    out.failure = "looks into the folder " + std::string(name) + ", which is not at hand";
    return;
  }
  for (auto& entry : sources.list(sources.resolve(name, from))) out.keys.push_back({std::move(entry), {}, {from, {}}});
}

Pattern pattern(PatternKind kind, std::string_view text, Span span) {
  return {kind, std::string(text), span, false, {}};
}

/// A key of wildlsearch or nwildlsearch: a domain list item without lookups.
Pattern wild_pattern(std::string_view key, Span span) {
  if (key == "*") return pattern(PatternKind::Any, {}, span);
  if (key.starts_with("*.") && key.size() > 2) return pattern(PatternKind::Below, key.substr(2), span);
  if (key.starts_with('*')) return pattern(PatternKind::Tail, key.substr(1), span);
  if (!key.starts_with('^')) return pattern(PatternKind::Exact, key, span);
  auto result = pattern(PatternKind::Regex, key, span);
  if (auto compiled = Regex::compile(key)) result.regex = *compiled;
  return result;
}

}  // namespace

std::optional<EximLookup> parse_exim_lookup(std::string_view text) {
  EximLookup lookup;
  auto rest = text;
  if (rest.starts_with("net")) {
    auto after = rest.substr(3);
    const auto mask = take_number(after);
    if (take(after, "-")) {
      lookup.net = true;
      lookup.net_mask = mask;
      rest = after;
    }
  }
  if (!take_partial(rest, lookup)) return std::nullopt;
  while (!rest.empty() && ((rest.front() >= 'a' && rest.front() <= 'z') || is_digit(rest.front()))) {
    lookup.type += rest.front();
    rest.remove_prefix(1);
  }
  if (lookup.type.empty()) return std::nullopt;
  if (take(rest, "*@")) {
    lookup.default_star_at = true;
  } else if (take(rest, "*")) {
    lookup.default_star = true;
  }
  if (rest.starts_with(',')) {
    const auto semicolon = rest.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(semicolon);
  }
  if (!take(rest, ";")) return std::nullopt;
  auto start = text.size() - rest.size();
  while (start < text.size() && is_exim_blank(text[start])) ++start;
  auto end = text.size();
  while (end > start && is_exim_blank(text[end - 1])) --end;
  lookup.argument = text_range(start, end);
  return lookup;
}

bool is_known_exim_lookup(std::string_view type) {
  return contains(kLineFiles, type) || contains(kOtherFiles, type) || contains(kElsewhere, type) || type == "cdb" ||
         type == "dsearch";
}

EximKeys read_exim_keys(const EximLookup& lookup, std::string_view argument, SourceSet& sources, FileId from) {
  EximKeys out;
  if (!is_known_exim_lookup(lookup.type)) {
    out.failure = "is a kind of lookup that is not known";
    return out;
  }
  if (contains(kElsewhere, lookup.type)) {
    out.failure = "asks data that is not in these files";
    out.assumable = true;
    return out;
  }
  if (lookup.type == "dsearch") {
    read_folder(argument, sources, from, out);
    return out;
  }
  const auto reference = sources.refer(argument, from);
  if (reference.status != ReferenceStatus::Found) {
    out.failure = "reads " + std::string(argument) + ", which " + reference.reason;
    return out;
  }
  const auto& file = sources.file(reference.file);
  if (lookup.type == "cdb") {
    read_cdb(file, reference.file, out);
  } else if (contains(kLineFiles, lookup.type)) {
    read_lines(file, reference.file, out);
  } else {
    out.failure = "reads " + std::string(argument) + ", a data base that relaylint cannot read";
  }
  return out;
}

std::vector<Pattern> patterns_of_exim_key(const EximLookup& lookup, const EximKeys::Key& key) {
  const std::string_view text = key.key;
  if (lookup.type == "wildlsearch" || lookup.type == "nwildlsearch") return {wild_pattern(text, key.span)};
  if (text == "*") {
    const bool found = lookup.default_star || lookup.default_star_at || lookup.partial == 0U;
    return found ? std::vector<Pattern>{pattern(PatternKind::Any, {}, key.span)} : std::vector<Pattern>{};
  }
  if (text.starts_with("*@")) {
    if (!lookup.default_star_at) return {};
    return {pattern(PatternKind::Glob, text, key.span)};
  }
  if (!text.starts_with("*.")) return {pattern(PatternKind::Exact, text, key.span)};
  const auto base = text.substr(2);
  if (!lookup.partial || labels_in(base) < *lookup.partial) return {};
  return {pattern(PatternKind::Exact, base, key.span), pattern(PatternKind::Below, base, key.span)};
}

}  // namespace relaylint
