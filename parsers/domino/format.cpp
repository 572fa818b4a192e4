// What NOTES.INI and one-touch setup files are recognised by.

#include "lint/format.hpp"

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"

namespace relaylint {
namespace domino {
namespace {

constexpr std::string_view kFileNames[] = {"notes.ini", "DominoAutoConfig.json", "auto_config_domino*.json"};

bool has(std::string_view head, std::string_view word) { return head.find(word) != std::string_view::npos; }

/// [Notes] and a variable that every installation has. Note-taking programs have a notes.ini, too.
Detection detect_notes(std::string_view path, std::string_view head) {
  IniScanner scanner(head, dialect());
  bool first = true;
  bool in_notes = false;
  bool starts_with_notes = false;
  bool telling = false;
  for (IniLine line; scanner.next(line);) {
    const std::string_view name = head.substr(line.name.start, line.name.size());
    if (line.kind == IniLineKind::Section) {
      in_notes = ini_named(name, "Notes");
      starts_with_notes |= first && in_notes;
    }
    if (line.kind != IniLineKind::Blank) first = false;
    if (!in_notes || line.kind != IniLineKind::Entry || !line.has_separator) continue;
    for (const std::string_view key : {"Directory", "KitType", "NotesProgram"}) telling |= ini_named(name, key);
  }
  if (!telling) return Detection::No;
  if (ini_named(base_name(path), "notes.ini")) return Detection::Certain;
  return starts_with_notes ? Detection::ByContent : Detection::No;
}

/// JSON need not be valid to be recognised: templates are not.
Detection detect_setup(std::string_view path, std::string_view head) {
  const bool current =
      has(head, "\"serverSetup\"") && (has(head, "\"notesINI\"") || has(head, "\"appConfiguration\"") ||
                                       has(head, "\"serverTasks\"") || has(head, "\"orgName\""));
  const bool older = has(head, "\"notesini\"") && has(head, "\"databases\"");
  const bool documents_only = has(head, "\"appConfiguration\"") && has(head, "\"databases\"") && has(head, ".nsf");
  if (!current && !older && !documents_only) return Detection::No;
  const std::string name = to_lower(base_name(path));
  return name.find("domino") != std::string::npos && name.ends_with(".json") ? Detection::Certain
                                                                             : Detection::ByContent;
}

Detection detect(std::string_view path, std::string_view head) {
  std::string_view text = head;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Detection::No;
  return text[first] == '{' ? detect_setup(path, head) : detect_notes(path, head);
}

}  // namespace
}  // namespace domino

extern const Format domino_format;
constinit const Format domino_format = {
    .id = "domino",
    .title = "Lotus, IBM or HCL Domino (NOTES.INI, one-touch setup JSON)",
    .product = "domino",
    .file_names = domino::kFileNames,
    .comment_starts = "",
    .detect = domino::detect,
    .detect_directory = nullptr,
    .parse = domino::parse,
    .lower = domino::lower,
    .rewrite = domino::rewrite,
    .after_fix = "restart the SMTP MTA, or the server",
    .replay = "",
};

}  // namespace relaylint
