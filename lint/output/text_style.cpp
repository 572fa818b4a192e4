#include "lint/output/text_style.hpp"

#include <fmt/format.h>

#include "lint/output/escape.hpp"

namespace relaylint::text {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::Plain:
      return "";
    case Style::Bold:
      return "1";
    case Style::Error:
      return "1;31";
    case Style::Warning:
      return "1;33";
    case Style::Note:
      return "1;36";
    case Style::Good:
      return "1;32";
    case Style::Added:
      return "32";
    case Style::Removed:
      return "31";
    case Style::Gutter:
      return "1;34";
    case Style::Dim:
      return "2";
  }
  return "";
}

}  // namespace

std::string Painter::operator()(Style style, std::string_view text) const {
  if (!color_ || style == Style::Plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(style), text);
}

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return Style::Error;
    case Severity::Warning:
      return Style::Warning;
    case Severity::Info:
      return Style::Note;
  }
  return Style::Plain;
}

std::string place_text(const Place& place) {
  return fmt::format("{}:{}:{}", escape(place.path), place.start.line, place.start.column);
}

void Block::arrow(std::string_view arrow, std::string_view rest) {
  out_ += fmt::format("{:>{}}{} {}\n", "", gutter_, paint_(Style::Gutter, arrow), rest);
}

void Block::bar(std::string_view text) {
  out_ += fmt::format("{:>{}} {}", "", gutter_, paint_(Style::Gutter, "|"));
  if (!text.empty()) out_ += fmt::format(" {}", text);
  out_ += '\n';
}

void Block::numbered(std::uint32_t number, std::string_view text, std::string_view separator, Style style) {
  const std::string digits = number == 0 ? std::string() : std::to_string(number);
  out_ += fmt::format("{} {}", paint_(Style::Gutter, fmt::format("{:>{}}", digits, gutter_)),
                      paint_(style == Style::Plain ? Style::Gutter : style, separator));
  if (!text.empty()) out_ += fmt::format(" {}", paint_(style, text));
  out_ += '\n';
}

void Block::note(std::string_view word, std::string_view text, Style style) {
  out_ += fmt::format("{:>{}} {} {}", "", gutter_, paint_(Style::Gutter, "="), paint_(style, fmt::format("{}:", word)));
  if (!text.empty()) out_ += fmt::format(" {}", text);
  out_ += '\n';
}

void Block::plain(std::string_view text) {
  out_ += text;
  out_ += '\n';
}

}  // namespace relaylint::text
