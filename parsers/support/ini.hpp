#pragma once
// INI files, whatever their product takes for comments, separators and blanks. Our own scanner finds the lines and
// their parts by the product's rules; inih (ini_parse_stream) gets each statement as a short canonical line of span
// numbers and puts sections and keys together. So inih's dialect (joined indented lines, `;` comments, 200-byte lines)
// decides nothing, and every span is exact.
//
// Any bytes are safe: NUL, bytes above 0x7F, lines of any length, 10^7 of them. Time and memory are linear in the
// input.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/change.hpp"
#include "lint/document.hpp"
#include "lint/source.hpp"

namespace relaylint {

/// What a product takes an INI file for.
struct IniDialect {
  /// A line whose first byte that is no blank is one of these is a comment.
  std::string_view line_comments{};
  /// These start a comment anywhere in a line and are cut off before anything else is looked at.
  std::string_view inline_comments{};
  /// …but only at the start of a line or behind a blank (`a;b` is a value).
  bool inline_needs_blank = false;
  /// The first of these bytes splits key and value.
  std::string_view separators = "=";
  /// Blanks at the start of a line and around the separator belong to key and value; else they do not count.
  bool blanks_count = false;
  /// Sections (lower case) whose lines are free text and never split.
  std::span<const std::string_view> free_text_sections{};
};

enum class IniLineKind { Blank, Comment, Section, Entry };

/// A line's parts. Ranges that a kind has no use for are empty, at the place where they would be.
struct IniLine {
  IniLineKind kind = IniLineKind::Blank;
  TextRange line{};   ///< with its line ending
  TextRange name{};   ///< the section's name, or the key: all of a statement that has no separator
  TextRange value{};  ///< behind the separator, without outer blanks
  bool has_separator = false;
  /// The product may read it otherwise: a byte order mark before it, control bytes in it, text after a header's
  /// bracket.
  bool doubtful = false;
};

/// Walks the lines of a file; what read_ini and the leaves are made of. Only `\n` ends a line, and a `\r` before it
/// belongs to the ending: text-mode readers of the time take a lone `\r` for a byte like any other.
class IniScanner {
 public:
  IniScanner(std::string_view bytes, const IniDialect& dialect) : bytes_(bytes), dialect_(dialect) {}

  /// False at the end of the file.
  bool next(IniLine& line);

 private:
  void read_statement(std::size_t begin, std::size_t end, IniLine& line);
  void read_header(std::size_t begin, std::size_t end, IniLine& line);
  [[nodiscard]] std::size_t comment_in(std::size_t begin, std::size_t end) const;

  std::string_view bytes_;
  const IniDialect& dialect_;
  std::size_t at_ = 0;
  bool in_free_text_ = false;
};

struct IniSection {
  TextRange name{};
  TextRange line{};
  bool doubtful = false;
};

struct IniEntry {
  std::uint32_t section = 0;  ///< index into IniFile::sections
  bool has_separator = false;
  bool doubtful = false;
  TextRange key{};
  TextRange value{};
  TextRange line{};

  /// From the key's first byte to the value's last.
  [[nodiscard]] TextRange statement() const { return {key.start, has_separator ? value.end : key.end}; }
};

struct IniFile {
  /// The first one is what stands before any header: no name, an empty line at offset 0.
  std::vector<IniSection> sections{};
  std::vector<IniEntry> entries{};  ///< in file order
  /// Where a Ctrl-Z stands that has more than blanks behind it: programs of DOS and Windows end a text file there,
  /// and what stands behind it may not count. The format must say so: it is no Problem yet.
  std::optional<std::uint32_t> early_end{};
};

IniFile read_ini(std::string_view bytes, const IniDialect& dialect);

/// The lines as leaves; doubtful ones are of kind Error. They tile `bytes`.
void for_each_ini_leaf(std::string_view bytes, const IniDialect& dialect, const LeafVisitor& visit);

/// A document whose main file is an INI file.
class IniDocument : public Document {
 public:
  /// `dialect` must outlive the document. Notes a problem for each doubtful line.
  IniDocument(SourceSet& sources, FileId main, const IniDialect& dialect);

  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  [[nodiscard]] const IniFile& ini() const { return ini_; }
  [[nodiscard]] const IniDialect& dialect() const { return dialect_; }
  [[nodiscard]] std::string_view text(TextRange range) const { return bytes_.substr(range.start, range.size()); }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] Span span(TextRange range) const { return {main(), range}; }
  /// Adds a problem, unless there are very many already.
  void note(TextRange place, std::string_view message);

 private:
  const IniDialect& dialect_;
  std::string_view bytes_;
  IniFile ini_;
};

/// The line without its line ending, for messages.
TextRange ini_without_ending(std::string_view bytes, TextRange line);

/// The ending of the line `line`; where it has none (the last line), that of the line before; "\n" in a file of one
/// line.
std::string_view ini_line_ending(std::string_view bytes, TextRange line);

/// Whole lines inserted below `line`, each with the ending that `ini_line_ending` gives. Below a last line without an
/// ending they take its place as the last ones: what had no final newline gets none.
Edit ini_insert_below(const SourceFile& file, FileId id, TextRange line, std::span<const std::string> lines);

/// Is the header or key, without regard to ASCII case, `name`?
bool ini_named(std::string_view text, std::string_view name);

}  // namespace relaylint
