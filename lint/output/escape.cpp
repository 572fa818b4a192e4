#include "lint/output/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/utf8.hpp"

namespace relaylint {
namespace {

struct Interval {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in_intervals(char32_t c, const std::array<Interval, N>& intervals) {
  const auto after = std::upper_bound(intervals.begin(), intervals.end(), c,
                                      [](char32_t value, const Interval& i) { return value < i.first; });
  return after != intervals.begin() && c <= std::prev(after)->last;
}

// Unicode: Cc, Zl, Zp, and those of Cf that change what a reader sees without showing themselves.
constexpr std::array kObeyed = {
    Interval{0x00, 0x1F},     Interval{0x7F, 0x9F},     Interval{0xAD, 0xAD},       Interval{0x61C, 0x61C},
    Interval{0x180E, 0x180E}, Interval{0x200B, 0x200F}, Interval{0x2028, 0x202E},   Interval{0x2060, 0x206F},
    Interval{0xFEFF, 0xFEFF}, Interval{0xFFF9, 0xFFFB}, Interval{0xE0000, 0xE007F},
};
// Unicode Standard Annex 11, East Asian Width W and F, by blocks.
constexpr std::array kWide = {
    Interval{0x1100, 0x115F},   Interval{0x2E80, 0x303E},   Interval{0x3041, 0x33FF},   Interval{0x3400, 0x4DBF},
    Interval{0x4E00, 0x9FFF},   Interval{0xA000, 0xA4CF},   Interval{0xA960, 0xA97F},   Interval{0xAC00, 0xD7A3},
    Interval{0xF900, 0xFAFF},   Interval{0xFE30, 0xFE6F},   Interval{0xFF00, 0xFF60},   Interval{0xFFE0, 0xFFE6},
    Interval{0x1F300, 0x1F64F}, Interval{0x1F900, 0x1F9FF}, Interval{0x20000, 0x3FFFD},
};
// Combining marks of the common scripts, and variation selectors.
constexpr std::array kNoWidth = {
    Interval{0x300, 0x36F},   Interval{0x483, 0x489},   Interval{0x591, 0x5BD},     Interval{0x610, 0x61A},
    Interval{0x64B, 0x65F},   Interval{0x1AB0, 0x1AFF}, Interval{0x1DC0, 0x1DFF},   Interval{0x20D0, 0x20FF},
    Interval{0xFE00, 0xFE0F}, Interval{0xFE20, 0xFE2F}, Interval{0xE0100, 0xE01EF},
};

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const std::size_t length = utf8_sequence_length(text, offset);
  if (length == 0) return {byte(0), 1, false};
  if (length == 1) return {byte(0), 1, true};
  char32_t value = byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (byte(i) & 0x3FU);
  return {value, length, true};
}

bool must_be_escaped(const CodePoint& point) { return !point.valid || in_intervals(point.value, kObeyed); }

std::string shown(std::string_view text, std::size_t offset, const CodePoint& point) {
  if (!must_be_escaped(point)) return std::string(text.substr(offset, point.length));
  if (point.value == U'\t') return "\\t";
  if (point.value == U'\n') return "\\n";
  if (point.value == U'\r') return "\\r";
  const auto number = static_cast<std::uint32_t>(point.value);
  if (!point.valid || number < 0x80) return fmt::format("\\x{:02x}", number);
  return fmt::format("\\u{{{:x}}}", number);
}

std::size_t display_width(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (in_intervals(code_point, kNoWidth)) return 0;
  return in_intervals(code_point, kWide) ? 2 : 1;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    width += display_width(point.value);
    at += point.length;
  }
  return width;
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    out += shown(text, at, point);
    at += point.length;
  }
  return out;
}

std::string escape_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\n\t", at), text.size());
    out += escape(text.substr(at, end - at));
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  const std::string safe = escape(text);
  const bool escaped = safe != text;
  std::string word = escaped ? "$'" : "'";
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    const char c = text[i];
    if (c == '\'') {
      word += escaped ? "\\'" : "'\\''";
    } else if (c == '\\' && escaped) {
      word += "\\\\";
    } else if (must_be_escaped(point)) {
      for (std::size_t k = 0; k < point.length; ++k)
        word += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i + k]));
    } else {
      word += text.substr(i, point.length);
    }
    i += point.length;
  }
  return word + "'";
}

std::string escape_json_text(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const CodePoint point = code_point_at(json, at);
    // Line breaks between the values of a pretty-printed text are the text's own; inside strings JSON has escaped them.
    const bool keep = point.value == U'\n' || !must_be_escaped(point);
    const auto number = static_cast<std::uint32_t>(point.value);
    if (keep) {
      out += json.substr(at, point.length);
    } else if (number < 0x10000) {
      out += fmt::format("\\u{:04x}", number);
    } else {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((number - 0x10000) >> 10U),
                         0xDC00 + ((number - 0x10000) & 0x3FFU));
    }
    at += point.length;
  }
  return out;
}

std::string to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    out += point.valid ? text.substr(at, point.length) : std::string_view("\xEF\xBF\xBD");
    at += point.length;
  }
  return out;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return false;
    at += point.length;
  }
  return true;
}

}  // namespace relaylint
