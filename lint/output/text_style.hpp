#pragma once
// What the parts of `text` share: colours, the gutter, places.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "lint/output/formats.hpp"
#include "lint/output/report.hpp"

namespace relaylint::text {

/// ECMA-48 (SGR) codes.
enum class Style { Plain, Bold, Error, Warning, Note, Good, Added, Removed, Gutter, Dim };

/// Text in a style, or as it is where colours are off.
class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}
  [[nodiscard]] std::string operator()(Style style, std::string_view text) const;

 private:
  bool color_;
};

Style style_of(Severity severity);

/// `PATH:LINE:COLUMN`, escaped.
std::string place_text(const Place& place);

/// A block of lines behind a gutter of one width, as rustc prints them:
///   ` --> place`, ` | `, `12 | text`, ` = word: text`.
class Block {
 public:
  Block(const OutputOptions& options, std::size_t gutter) : paint_(options.color), gutter_(gutter) {}

  /// `  --> PATH:1:2`
  void arrow(std::string_view arrow, std::string_view rest);
  /// `  |`, or `  | text`
  void bar(std::string_view text = {});
  /// `12 | text`
  void numbered(std::uint32_t number, std::string_view text, std::string_view separator = "|",
                Style style = Style::Plain);
  /// `  = word: text`; lines of text beyond the first stand below it.
  void note(std::string_view word, std::string_view text, Style style = Style::Bold);
  /// A line without gutter.
  void plain(std::string_view text);

  [[nodiscard]] const Painter& paint() const { return paint_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  Painter paint_;
  std::size_t gutter_;
  std::string out_{};
};

/// `fix_told`: the same edits were shown with an earlier finding.
std::string finding_text(const ReportedFinding& finding, bool fix_told, const OutputOptions& options);
/// Verdict, witness, exposure, assumptions, reasons, what to run next.
std::string verdict_text(const ConfigurationReport& configuration, const OutputOptions& options);
/// The answer to `--to`.
std::string decision_text(const ConfigurationReport& configuration, const Transaction& asked,
                          const OutputOptions& options);

}  // namespace relaylint::text
