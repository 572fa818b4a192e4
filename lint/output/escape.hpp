#pragma once
// Bytes of a stranger's file made fit to be shown: nothing that a terminal, a viewer or an editor would obey
// (contract.md 7).

#include <cstddef>
#include <string>
#include <string_view>

namespace relaylint {

/// One code point of a text that may not be UTF-8. A byte that starts no valid sequence is a code point of its own,
/// `valid` false, as SourceFile counts columns.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< in bytes
  bool valid = true;
};
/// The code point at `offset`, which must be inside `text`. Overlong forms and surrogates are not valid.
CodePoint code_point_at(std::string_view text, std::size_t offset);

/// Is it obeyed instead of shown? C0 and C1 controls (tab and newline too), DEL, line and paragraph separators,
/// bidirectional controls, zero-width characters and the byte order mark.
bool must_be_escaped(const CodePoint& point);

/// How one code point is written: itself, or `\t`, `\n`, `\r`, `\x1b`, `\u{202e}`; a byte that is not UTF-8 is `\x` and
/// two digits.
std::string shown(std::string_view text, std::size_t offset, const CodePoint& point);

/// Columns that a terminal needs for a code point shown as itself: 0, 1 or 2.
std::size_t display_width(char32_t code_point);
/// Columns of a text that is escaped already.
std::size_t display_width(std::string_view text);

/// `text` with every code point as `shown` writes it.
std::string escape(std::string_view text);

/// As `escape`, but newlines and tabs stay: for texts of several lines that the program itself put together.
std::string escape_lines(std::string_view text);

/// One word of a shell command, quoted where it has to be. A word that would need an escape is quoted as `$'…'`.
std::string shell_word(std::string_view text);

/// A JSON text (already serialised) with the characters that JSON itself leaves alone (DEL, C1, bidirectional controls
/// …) written as \uXXXX: the same values, safe to look at.
std::string escape_json_text(std::string_view json);
/// `text` as UTF-8: bytes that are not are replaced by U+FFFD.
std::string to_utf8(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace relaylint
