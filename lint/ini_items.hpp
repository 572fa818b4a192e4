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
struct IniPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

struct IniSection {
  std::string name;  ///< empty before the first header
  IniPlace place{};
};

struct IniItem {
  std::size_t section = 0;  ///< index into IniFile::sections: two headers of one name are two sections
  std::string key;
  std::string value;  ///< blanks at both ends taken off; continuation lines (indented) joined with newlines
  IniPlace key_place{};
  IniPlace value_place{};
};

struct IniProblem {
  IniPlace place{};
  std::string message;
};

struct IniFile {
  std::vector<IniSection> sections;
  std::vector<IniItem> items;
  std::vector<IniProblem> problems;
};

IniFile read_ini(std::string_view text);

}  // namespace relaylint
