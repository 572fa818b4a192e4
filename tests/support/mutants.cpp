#include "tests/support/mutants.hpp"

namespace relaylint::test {
namespace {

std::string with_line_endings(std::string_view text, std::string_view ending) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      out += ending;
    } else if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') {
      out += text[i];
    }
  }
  return out;
}

std::string without_final_newline(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return std::string(text);
}

std::string with_insertion(std::string_view text, std::size_t at, std::string_view inserted) {
  return std::string(text.substr(0, at)).append(inserted).append(text.substr(at));
}

std::string with_each_line_reversed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    out.append(line.rbegin(), line.rend());
    if (newline == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(newline + 1);
  }
  return out;
}

}  // namespace

std::vector<Mutant> mutants_of(std::string_view text) {
  const std::size_t middle = text.size() / 2;
  std::vector<Mutant> mutants = {
      {"empty", ""},
      {"CRLF", with_line_endings(text, "\r\n")},
      {"LF", with_line_endings(text, "\n")},
      {"CR", with_line_endings(text, "\r")},
      {"no final newline", without_final_newline(text)},
      {"doubled lines ends", with_line_endings(text, "\n\n")},
      {"byte order mark", with_insertion(text, 0, "\xEF\xBB\xBF")},
      {"NUL in the middle", with_insertion(text, middle, std::string_view("\0", 1))},
      {"NUL at line ends", with_line_endings(text, std::string_view("\0\n", 2))},
      {"high bytes in the middle", with_insertion(text, middle, "\xE9\xFF\x80\xC3")},
      {"high bytes at line ends", with_line_endings(text, "\xA0\n")},
      {"reversed lines", with_each_line_reversed(text)},
      {"twice", std::string(text).append(text)},
  };
  for (const std::size_t eighth : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
    mutants.push_back(
        {"cut at " + std::to_string(eighth) + "/8", std::string(text.substr(0, text.size() * eighth / 8))});
  }
  if (!text.empty()) mutants.push_back({"cut before its last byte", std::string(text.substr(0, text.size() - 1))});
  return mutants;
}

}  // namespace relaylint::test
