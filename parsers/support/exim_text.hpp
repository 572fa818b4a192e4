#pragma once
// Text that was put together from pieces of files (continuation lines, macro replacements, decoded escapes), each byte
// of which still knows where it came from. Everything that reads an Exim statement works on EximText, so that a finding
// and an edit always point at the bytes that say it: the text of a macro's definition, not the name that stands on the
// line.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

class EximText {
 public:
  EximText() = default;
  /// `text` as it stands in the file at `place`, byte for byte.
  EximText(std::string_view text, Span place) { append_verbatim(text, place); }

  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] std::string_view view() const { return text_; }
  [[nodiscard]] std::string_view view(TextRange range) const {
    return std::string_view(text_).substr(range.start, range.size());
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// The place of a byte range: inside a macro's definition where the whole range came from there, else the bytes of
  /// the line that holds it (a macro's use counts as a whole). An empty range gives the point before the byte at
  /// `range.start`.
  [[nodiscard]] Span place(TextRange range) const;
  [[nodiscard]] Span place() const { return place({0, static_cast<std::uint32_t>(text_.size())}); }
  /// As `place`, but never inside a macro: where the line itself says it.
  [[nodiscard]] Span use_place(TextRange range) const;
  /// True where the bytes of the range are exactly the bytes of `place(range)`: an edit there changes nothing else.
  [[nodiscard]] bool is_verbatim(TextRange range) const;
  /// The bytes of a file that hold exactly this range: changing them changes it, and nothing beside it in this text.
  /// Continuations may lie in them. Nothing where there are no such bytes (a part of a macro's use and of what is
  /// beside it, a decoded escape). Where the whole range came from a macro, they lie in its definition, and every other
  /// use of it changes too.
  [[nodiscard]] std::optional<Span> edit_place(TextRange range) const;
  /// True where any byte of the range came from a macro.
  [[nodiscard]] bool from_macro(TextRange range) const;

  /// A part of the text, with its map.
  [[nodiscard]] EximText slice(TextRange range) const;
  /// The text without blanks (as C's isspace has them) at both ends; `trimmed_range` says which bytes that are.
  [[nodiscard]] EximText trimmed() const { return slice(trimmed_range({0, static_cast<std::uint32_t>(text_.size())})); }
  [[nodiscard]] TextRange trimmed_range(TextRange range) const;

  /// Appends bytes of a file; `place` has their length.
  void append_verbatim(std::string_view text, Span place);
  /// Appends bytes that `place` stands for as a whole (a decoded escape, an expansion's result).
  void append_derived(std::string_view text, Span place);
  void append(const EximText& other);
  /// Puts `replacement` (a macro's text) in the place of each of `ranges` (in order, disjoint); the new pieces remember
  /// both.
  void replace(const std::vector<TextRange>& ranges, const EximText& replacement);

 private:
  /// Bytes [start, start + length) of the text. `frame` is the macro use that they came through, -1 for none.
  struct Piece {
    std::uint32_t start = 0;
    std::uint32_t length = 0;
    Span place{};
    bool verbatim = true;
    std::int32_t frame = -1;
  };
  /// One use of a macro: where its name stands, itself perhaps inside another macro's text.
  struct Frame {
    Span use{};
    std::int32_t parent = -1;
  };

  [[nodiscard]] std::size_t piece_at(std::uint32_t offset) const;
  /// The place of the bytes of `range` that lie in `piece`.
  [[nodiscard]] static Span piece_place(const Piece& piece, TextRange range);
  /// Where the bytes of `range` stand as seen from macro use `frame`: uses further in count as a whole.
  [[nodiscard]] Span place_in_frame(TextRange range, std::int32_t frame) const;
  [[nodiscard]] Span piece_place_in_frame(const Piece& piece, TextRange range, std::int32_t frame) const;
  /// The innermost macro use that all bytes of `range` came through.
  [[nodiscard]] std::int32_t common_frame(TextRange range) const;
  [[nodiscard]] std::int32_t common_of(std::int32_t a, std::int32_t b) const;
  /// Whether a cut at `offset` goes through something that counts as a whole from within `frame`.
  [[nodiscard]] bool splits(std::uint32_t offset, std::int32_t frame) const;
  [[nodiscard]] std::int32_t child_of(std::int32_t frame, std::int32_t ancestor) const;
  void push(Piece piece, std::string_view text);

  std::string text_;
  std::vector<Piece> pieces_;  ///< in order, tiling text_
  std::vector<Frame> frames_;  ///< a parent stands before its children
};

/// What Exim drops at the ends of lines and items.
inline bool is_exim_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Shorthand for ranges of size_t offsets.
inline TextRange text_range(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

}  // namespace relaylint
