#pragma once
// Reads relaylint's own INI files. inih assembles sections and keys; lines, comments, continuations and their positions are
// found here, because inih gives neither positions nor errors and cuts long lines. Values keep `#` and `;`: only a whole line is
// a comment.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relaylint {

/// Where in a settings file; 1-based.
struct SettingsIniPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

struct SettingsIniSection {
  std::string name;  ///< empty before the first header
  SettingsIniPlace place{};
};

struct SettingsIniItem {
  std::size_t section = 0;  ///< index into SettingsIniFile::sections: two headers of one name are two sections
  std::string key;
  std::string value;  ///< blanks at both ends taken off; continuation lines (indented) joined with newlines
  SettingsIniPlace key_place{};
  SettingsIniPlace value_place{};
};

struct SettingsIniProblem {
  SettingsIniPlace place{};
  std::string message;
};

struct SettingsIniFile {
  std::vector<SettingsIniSection> sections;
  std::vector<SettingsIniItem> items;
  std::vector<SettingsIniProblem> problems;
};

SettingsIniFile read_ini(std::string_view text);

}  // namespace relaylint
