#include "parsers/support/exim_options.hpp"

#include <algorithm>
#include <array>
#include <boost/spirit/home/x3.hpp>
#include <utility>
#include <vector>

#include "lint/pattern.hpp"

namespace relaylint {

namespace {

namespace x3 = boost::spirit::x3;

using Iterator = const char*;

// Explicit character sets throughout: x3::space and its kin abort on bytes >= 0x80.
const auto kBlank = x3::char_(" \t\r\n\v\f");
const auto kNameStart = x3::char_("A-Za-z");
const auto kNameRest = x3::char_("A-Za-z0-9_");
const auto kWord = x3::raw[kNameStart >> *kNameRest];

/// Where things were found, relative to the start of the text.
struct Found {
  Iterator base = nullptr;
  TextRange hide{};
  TextRange word{};
  TextRange name{};
  bool equals = false;
  TextRange rest{};
};

TextRange range_of(const Found& found, const boost::iterator_range<Iterator>& part) {
  return text_range(static_cast<std::size_t>(part.begin() - found.base),
                    static_cast<std::size_t>(part.end() - found.base));
}

/// `[hide] word [= rest]` or, with `named`, `[hide] word name [= rest]`.
std::optional<Found> scan_setting(std::string_view text, bool named) {
  Found found;
  found.base = text.data();
  auto at = text.data();
  const auto end = at + text.size();
  const auto store = [&found](TextRange Found::*member) {
    return [&found, member](auto& context) { found.*member = range_of(found, x3::_attr(context)); };
  };
  const auto hide = x3::raw[x3::lit("hide") >> &kBlank][store(&Found::hide)] >> x3::omit[+kBlank];
  const auto name = x3::omit[+kBlank] >> x3::raw[+kNameRest][store(&Found::name)];
  const auto equals = x3::lit('=')[([&found](auto&) { found.equals = true; })];
  const auto tail = x3::omit[*kBlank] >> -equals >> x3::raw[*x3::char_][store(&Found::rest)];
  bool ok = false;
  if (named) {
    ok = x3::parse(at, end, x3::omit[*kBlank] >> -hide >> kWord[store(&Found::word)] >> name >> tail);
  } else {
    ok = x3::parse(at, end, x3::omit[*kBlank] >> -hide >> kWord[store(&Found::word)] >> tail);
  }
  if (!ok) return std::nullopt;
  return found;
}

TextRange without_blanks(std::string_view text, TextRange range) {
  while (!range.empty() && is_exim_blank(text[range.start])) ++range.start;
  while (!range.empty() && is_exim_blank(text[range.end - 1])) --range.end;
  return range;
}

std::string_view part(std::string_view text, TextRange range) { return text.substr(range.start, range.size()); }

/// A run of a quoted string: bytes as they stand, or what an escape stands for.
struct Run {
  TextRange range{};
  std::optional<char> decoded{};
};

char named_escape(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    default:
      return letter;
  }
}

struct Quoted {
  std::vector<Run> runs{};
  bool closed = false;
  std::uint32_t end = 0;  ///< after the closing quote, or where reading stopped
};

/// Reads the string that starts with the `"` at the text's first byte.
Quoted scan_quoted(std::string_view text) {
  Quoted quoted;
  auto at = text.data();
  const auto base = at;
  const auto add = [&](const boost::iterator_range<Iterator>& range, std::optional<char> decoded) {
    quoted.runs.push_back(
        {text_range(static_cast<std::size_t>(range.begin() - base), static_cast<std::size_t>(range.end() - base)),
         decoded});
  };
  const auto plain = x3::raw[+(x3::char_ - x3::char_("\"\\"))][([&](auto& c) { add(x3::_attr(c), std::nullopt); })];
  const x3::uint_parser<unsigned, 8, 1, 3> octal{};
  const x3::uint_parser<unsigned, 16, 1, 2> hex{};
  unsigned code = 0;
  const auto set = [&](auto& c) { code = x3::_attr(c); };
  const auto put = [&](auto& c) { add(x3::_attr(c), static_cast<char>(code & 0xFFU)); };
  const auto name = [&](auto& c) { code = static_cast<unsigned char>(named_escape(x3::_attr(c))); };
  const auto escape = x3::raw['\\' >> (octal[set] | (x3::lit('x') >> hex[set]) | x3::char_[name])][put];
  const auto close = x3::lit('"')[([&](auto&) { quoted.closed = true; })];
  x3::parse(at, text.data() + text.size(), '"' >> *(plain | escape) >> -close);
  quoted.end = static_cast<std::uint32_t>(at - base);
  return quoted;
}

constexpr std::array<std::pair<std::string_view, EximListKind>, 8> kListWords{{
    {"domainlist", EximListKind::Domain},
    {"domainlist_cache", EximListKind::Domain},
    {"hostlist", EximListKind::Host},
    {"hostlist_cache", EximListKind::Host},
    {"addresslist", EximListKind::Address},
    {"addresslist_cache", EximListKind::Address},
    {"localpartlist", EximListKind::LocalPart},
    {"localpartlist_cache", EximListKind::LocalPart},
}};

constexpr std::array<std::string_view, 7> kSections{"acl",     "authenticators", "local_scan", "retry",
                                                    "rewrite", "routers",        "transports"};

}  // namespace

std::optional<EximOption> parse_exim_option(std::string_view text) {
  const auto found = scan_setting(text, false);
  if (!found) return std::nullopt;
  EximOption option;
  option.hidden = !found->hide.empty();
  option.name_range = found->word;
  auto name = part(text, found->word);
  for (const std::string_view prefix : {"no_", "not_"}) {
    if (!option.negated && name.starts_with(prefix)) {
      option.negated = true;
      name.remove_prefix(prefix.size());
    }
  }
  option.name = std::string(name);
  option.has_value = found->equals;
  const auto rest = without_blanks(text, found->rest);
  option.value_range = found->equals ? rest : TextRange{found->word.end, found->word.end};
  option.junk = found->equals ? TextRange{} : rest;
  return option;
}

EximString read_exim_string(const EximText& line, TextRange value) {
  EximString result;
  value = line.trimmed_range(value);
  const auto text = line.view(value);
  if (text.empty() || text.front() != '"') {
    result.text = line.slice(value);
    return result;
  }
  result.quoted = true;
  const auto quoted = scan_quoted(text);
  result.text = line.slice({value.start, value.start});
  for (const auto& run : quoted.runs) {
    const TextRange range{value.start + run.range.start, value.start + run.range.end};
    if (run.decoded) {
      result.text.append_derived(std::string_view(&*run.decoded, 1), line.place(range));
    } else {
      result.text.append(line.slice(range));
    }
  }
  if (!quoted.closed) {
    result.error = "missing quote at end of string value";
  } else if (value.start + quoted.end != value.end) {
    result.error = "extra characters after string value";
  }
  return result;
}

std::optional<bool> parse_exim_bool(std::string_view value) {
  if (equals_ignoring_case(value, "true") || equals_ignoring_case(value, "yes")) return true;
  if (equals_ignoring_case(value, "false") || equals_ignoring_case(value, "no")) return false;
  return std::nullopt;
}

std::optional<bool> exim_bool(const EximOption& option, std::string_view text) {
  if (!option.junk.empty()) return std::nullopt;
  if (option.negated) return option.has_value ? std::nullopt : std::optional(false);
  if (!option.has_value) return true;
  return parse_exim_bool(part(text, option.value_range));
}

bool is_exim3_end(std::string_view text) { return equals_ignoring_case(text, "end"); }

std::optional<std::string> exim4_section(std::string_view text) {
  constexpr std::string_view kBegin = "begin";
  if (text.size() <= kBegin.size() || !equals_ignoring_case(text.substr(0, kBegin.size()), kBegin)) return std::nullopt;
  if (!is_exim_blank(text[kBegin.size()])) return std::nullopt;
  const auto rest = text_range(kBegin.size(), text.size());
  const auto written = part(text, without_blanks(text, rest));
  // Exim overlooks a missing or superfluous plural s.
  const auto singular = [](std::string_view word) {
    return word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
  };
  const auto name = to_lower(written);
  for (const auto section : kSections) {
    if (singular(name) == singular(section)) return std::string(section);
  }
  return std::string(written);
}

std::optional<EximNamedList> parse_exim_named_list(std::string_view text) {
  const auto found = scan_setting(text, true);
  if (!found) return std::nullopt;
  const auto word = part(text, found->word);
  const auto known =
      std::find_if(kListWords.begin(), kListWords.end(), [&](const auto& entry) { return entry.first == word; });
  if (known == kListWords.end()) return std::nullopt;
  EximNamedList list;
  list.kind = known->second;
  list.name_range = found->name;
  list.name = std::string(part(text, found->name));
  list.has_value = found->equals;
  list.value_range = found->equals ? without_blanks(text, found->rest) : TextRange{found->name.end, found->name.end};
  return list;
}

std::optional<std::string> exim_option_in_capitals(std::string_view name, std::span<const std::string_view> known) {
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return std::nullopt;
  const auto lower = to_lower(name);
  if (lower == name) return std::nullopt;
  std::string_view plain = lower;
  for (const std::string_view prefix : {"no_", "not_"}) {
    if (plain.size() == lower.size() && plain.starts_with(prefix)) plain.remove_prefix(prefix.size());
  }
  if (std::find(known.begin(), known.end(), plain) == known.end()) return std::nullopt;
  return lower;
}

}  // namespace relaylint
