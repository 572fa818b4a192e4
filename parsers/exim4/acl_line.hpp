#pragma once
// The grammar of one line of an ACL: `[!] word [= value]`, `word:`; and of the short words inside some conditions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint::exim4 {

/// Ranges are offsets into the line.
struct AclLine {
  bool negated = false;
  TextRange start{};  ///< from the `!` to the end of the name
  std::string name{};
  bool is_label = false;  ///< `name:`
  bool has_value = false;
  TextRange rest{};  ///< the value after `=`, or what follows the name where no `=` does
};
/// Nothing where the line does not start with a word.
std::optional<AclLine> parse_acl_line(std::string_view text);

/// `set acl_m_x = value`, after the `set`.
struct AclSet {
  std::string variable{};
  TextRange value{};
};
std::optional<AclSet> parse_acl_set(std::string_view text);

/// `recipient/callout=30s,defer_ok/no_details`: the word, its `=argument`, and the options after slashes.
struct VerifyWords {
  std::string what{};
  std::string argument{};
  std::vector<std::string> options{};
};
VerifyWords parse_verify(std::string_view text);

/// A line of the rewrite section: a pattern (quoted if it has blanks), a replacement (quoted likewise), flags.
struct RewriteLine {
  TextRange pattern{};
  TextRange replacement{};
  TextRange flags{};
};
std::optional<RewriteLine> parse_rewrite_line(std::string_view text);

}  // namespace relaylint::exim4
