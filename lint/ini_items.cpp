#include "lint/ini_items.hpp"

#include <ini.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace relaylint {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Column of a part of `line`, in bytes: settings are written in ASCII, and where they are not, a column off is no harm.
std::uint32_t column_of(std::string_view line, std::string_view part) {
  return static_cast<std::uint32_t>(part.data() - line.data()) + 1;
}

/// Turns the text into short canonical lines for inih, whose names and values are numbers of what stands here.
class Scanner {
 public:
  Scanner(std::string_view text, SettingsIniFile& out) : rest_(text), out_(out) {
    if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);
    out_.sections.push_back({});
  }

  /// The next canonical line, empty at the end.
  std::string next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      const std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_number_;
      std::string canonical = canonical_line(line);
      if (!canonical.empty()) return canonical + "\n";
    }
    return {};
  }

  struct Entry {
    std::string key;
    std::string value;
    SettingsIniPlace key_place;
    SettingsIniPlace value_place;
  };
  std::vector<Entry> entries{};

 private:
  std::string canonical_line(std::string_view line) {
    const std::string_view content = trimmed(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') return {};
    const SettingsIniPlace place{line_number_, column_of(line, content)};
    if (place.column > 1 && continues_) return continuation(content, place);
    if (content.front() == '[') return header(content, place);
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos || equals == 0) return problem(place, "expected 'key = value' or '[section]'");
    const std::string_view value = trimmed(content.substr(equals + 1));
    const std::uint32_t value_column = value.empty() ? place.column + static_cast<std::uint32_t>(equals) + 1 : column_of(line, value);
    entries.push_back({std::string(trimmed(content.substr(0, equals))), std::string(value), place, {line_number_, value_column}});
    continues_ = true;
    const std::string number = std::to_string(entries.size() - 1);
    return "k" + number + "=" + number;
  }

  std::string continuation(std::string_view content, SettingsIniPlace place) {
    Entry& entry = entries.back();
    if (entry.value.empty()) {
      entry.value_place = place;
    } else {
      entry.value += '\n';
    }
    entry.value += content;
    return {};
  }

  std::string header(std::string_view content, SettingsIniPlace place) {
    continues_ = false;
    if (content.back() != ']') return problem(place, "section header without ']'");
    out_.sections.push_back({std::string(trimmed(content.substr(1, content.size() - 2))), place});
    return "[" + std::to_string(out_.sections.size() - 1) + "]";
  }

  std::string problem(SettingsIniPlace place, std::string message) {
    continues_ = false;
    out_.problems.push_back({place, std::move(message)});
    return {};
  }

  std::string_view rest_;
  SettingsIniFile& out_;
  std::uint32_t line_number_ = 0;
  bool continues_ = false;  ///< an indented line belongs to the entry before it
};

char* give_line(char* buffer, int size, void* stream) {
  const std::string line = static_cast<Scanner*>(stream)->next();
  if (line.empty() || size <= static_cast<int>(line.size())) return nullptr;
  std::memcpy(buffer, line.c_str(), line.size() + 1);
  return buffer;
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

/// What inih saw: the section's number and the entry's.
struct Seen {
  std::size_t section;
  std::size_t entry;
};

int take_item(void* user, const char* section, const char* /*name*/, const char* value) {
  static_cast<std::vector<Seen>*>(user)->push_back({number(section), number(value)});
  return 1;
}

}  // namespace

SettingsIniFile read_ini(std::string_view text) {
  SettingsIniFile file;
  Scanner scanner(text, file);
  std::vector<Seen> seen;
  ini_parse_stream(give_line, &scanner, take_item, &seen);
  for (const Seen& item : seen) {
    Scanner::Entry& entry = scanner.entries[item.entry];
    file.items.push_back({item.section, std::move(entry.key), std::move(entry.value), entry.key_place, entry.value_place});
  }
  return file;
}

}  // namespace relaylint
