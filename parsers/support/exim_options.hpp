#pragma once
// The grammar of Exim's settings, the same in the main section, drivers and both versions: `hide`, `no_`/`not_`,
// values, quoted strings; section boundaries; named lists. Ranges are offsets into the text that was handed in.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lint/source.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

/// `[hide] [no_|not_]name [= value]`. Names are compared case sensitively; all real ones are lower case.
struct EximOption {
  bool hidden = false;
  bool negated = false;     ///< `no_` or `not_`
  std::string name{};       ///< without the prefix
  TextRange name_range{};   ///< with the prefix
  bool has_value = false;   ///< an `=` stands after the name (the value may be empty)
  TextRange value_range{};  ///< after `=`, without blanks at both ends; the point after the name where there is none
  /// What follows the name where neither `=` nor the end does: the real server refuses that.
  TextRange junk{};
};
/// Nothing where the text does not start with a name.
std::optional<EximOption> parse_exim_option(std::string_view text);

/// A string setting's value, before any expansion.
struct EximString {
  EximText text{};
  bool quoted = false;
  /// Why the server refuses it ("missing quote at end of string value", "extra characters after string value"); empty
  /// if fine.
  std::string error{};
};
/// Undoes quotes and their backslash escapes where the value starts with `"`; otherwise the value as it stands.
EximString read_exim_string(const EximText& line, TextRange value);

/// true, yes, false, no (any case); nothing for anything else.
std::optional<bool> parse_exim_bool(std::string_view value);
/// The meaning of a boolean option with its prefix and value; nothing where the server refuses it.
std::optional<bool> exim_bool(const EximOption& option, std::string_view text);

/// Exim 3: the line is `end` (any case) and nothing else.
bool is_exim3_end(std::string_view text);
/// Exim 4: `begin NAME`, any case, with or without the final s; the canonical name (acl authenticators local_scan retry
/// rewrite routers transports) or, for an unknown section, the name as written.
std::optional<std::string> exim4_section(std::string_view text);

enum class EximListKind { Domain, Host, Address, LocalPart };

/// Exim 4: `[hide] domainlist[_cache] NAME = value`.
struct EximNamedList {
  EximListKind kind = EximListKind::Domain;
  std::string name{};
  TextRange name_range{};
  bool has_value = false;
  TextRange value_range{};
};
std::optional<EximNamedList> parse_exim_named_list(std::string_view text);

/// A name in capitals that would be a setting of Exim if it were written in lower case (`HOST_ACCEPT_RELAY`, `NO_…`):
/// the lower-case form, with its prefix. Exim reads it as a macro definition. Nothing for names that are in lower case
/// or no such setting.
std::optional<std::string> exim_option_in_capitals(std::string_view name, std::span<const std::string_view> known);

}  // namespace relaylint
