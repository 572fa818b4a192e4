// What MERCURY.INI is recognised by.

#include "lint/format.hpp"

#include "lint/pattern.hpp"
#include "parsers/mercury/mercury.hpp"

namespace relaylint {
namespace mercury {
namespace {

constexpr std::string_view kFileNames[] = {"MERCURY.INI", "MERCURY_EXAMPLE.INI"};

/// Sections that only Mercury has, and those that go with them but are common elsewhere.
struct Sections {
  bool server = false;
  bool protocols = false;
  bool maiser = false;
  bool other = false;
};

Sections sections_in(std::string_view head) {
  IniScanner scanner(head, dialect());
  Sections found;
  for (IniLine line; scanner.next(line);) {
    if (line.kind != IniLineKind::Section) continue;
    const std::string_view name = head.substr(line.name.start, line.name.size());
    found.server |= ini_named(name, "MercuryS");
    found.protocols |= ini_named(name, "Protocols");
    found.maiser |= ini_named(name, "Maiser");
    for (const std::string_view other :
         {"General", "Mercury", "MercuryC", "MercuryD", "MercuryE", "MercuryP", "Domains"}) {
      found.other |= ini_named(name, other);
    }
  }
  return found;
}

/// Programs of other kinds have a mercury.ini, too (an embedded device, a modem, an instrument): their sections are
/// others.
Detection detect(std::string_view path, std::string_view head) {
  const Sections found = sections_in(head);
  const std::string_view name = base_name(path);
  if (ini_named(name, "mercury.ini") || ini_named(name, "mercury_example.ini")) {
    return found.server || found.protocols || found.maiser ? Detection::Certain : Detection::No;
  }
  const bool its_own = found.server && (found.protocols || found.maiser || found.other);
  return its_own ? Detection::ByContent : Detection::No;
}

}  // namespace
}  // namespace mercury

extern const Format mercury_format;
constinit const Format mercury_format = {
    .id = "mercury",
    .title = "Mercury Mail Transport System (MERCURY.INI)",
    .product = "mercury",
    .file_names = mercury::kFileNames,
    .comment_starts = "#",
    .detect = mercury::detect,
    .detect_directory = nullptr,
    .parse = mercury::parse,
    .lower = mercury::lower,
    .rewrite = mercury::rewrite,
    .after_fix = "edit while Mercury is stopped (it writes the file itself), then start it",
    .replay = "",
};

}  // namespace relaylint
