// Reading NOTES.INI: `Name=Value` lines below [Notes], no comments. A file that starts with `{` is a one-touch setup
// file.

#include <algorithm>
#include <array>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"

namespace relaylint::domino {
namespace {

constexpr IniDialect kDialect{.separators = "=", .blanks_count = true};

bool looks_like_json(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '{';
}

/// Names that matter here: SMTP… and what tells the release and the role.
bool is_of_interest(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"KitType", "ServerTasks",   "FaultRecovery_Build",
                                                   "Setup",   "TemplateSetup", "NotesProgram"};
  if (name.size() >= 4 && equals_ignoring_case(name.substr(0, 4), "smtp")) return true;
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view known) { return equals_ignoring_case(name, known); });
}

class NotesReader {
 public:
  explicit NotesReader(DominoDocument& document) : document_(document) {}

  void run();

 private:
  void find_section();
  void take(const IniEntry& entry);
  [[nodiscard]] Standing standing_of(const IniEntry& entry, std::string_view written, std::string_view name) const;

  DominoDocument& document_;
};

void NotesReader::find_section() {
  const std::vector<IniSection>& sections = document_.ini.sections;
  std::optional<std::uint32_t> doubtful;
  for (std::uint32_t i = 1; i < sections.size() && !document_.notes_section; ++i) {
    const std::string_view name = document_.bytes().substr(sections[i].name.start, sections[i].name.size());
    if (!ini_named(name, "Notes")) continue;
    if (sections[i].doubtful) {
      if (!doubtful) doubtful = i;
    } else {
      document_.notes_section = i;
    }
  }
  if (document_.notes_section) {
    const IniSection& notes = sections[*document_.notes_section];
    document_.place = document_.span({notes.name.start - 1, notes.name.end + 1});
  }
  if (doubtful && (!document_.notes_section || *doubtful < *document_.notes_section)) {
    document_.unreadable = Note{document_.span(ini_without_ending(document_.bytes(), sections[*doubtful].line)),
                                "Domino may not read this line as the header [Notes]"};
  } else if (!document_.notes_section) {
    document_.unreadable =
        Note{document_.place, "there is no [Notes] section: whatever reads this file, it is not read as a NOTES.INI"};
  } else if (document_.ini.early_end) {
    const std::uint32_t end = *document_.ini.early_end;
    document_.unreadable = Note{document_.span({end, end + 1}),
                                "a Ctrl-Z may end the file for Domino; what stands behind it may not count"};
  }
}

Standing NotesReader::standing_of(const IniEntry& entry, std::string_view written, std::string_view name) const {
  if (written.find_first_of(";#") < written.find(name)) return Standing::Commented;
  if (entry.section != document_.notes_section) return Standing::Elsewhere;
  if (entry.doubtful) return Standing::Doubtful;
  const std::string_view value = document_.bytes().substr(entry.value.start, entry.value.size());
  const bool spaced = written.size() != name.size() || value.starts_with(' ') || value.starts_with('\t');
  return spaced ? Standing::Spaced : Standing::Effective;
}

void NotesReader::take(const IniEntry& entry) {
  if (!entry.has_separator) return;
  const std::string_view written = document_.bytes().substr(entry.key.start, entry.key.size());
  const std::size_t first = written.find_first_not_of(" \t;#");
  if (first == std::string_view::npos) return;
  const std::string_view name = written.substr(first, written.find_last_not_of(" \t") + 1 - first);
  if (!is_of_interest(name)) return;
  const std::string_view value = document_.bytes().substr(entry.value.start, entry.value.size());
  document_.variables.push_back(
      {name, value, document_.span(entry.statement()), document_.span(entry.value), standing_of(entry, written, name)});
}

void NotesReader::run() {
  document_.ini = read_ini(document_.bytes(), kDialect);
  find_section();
  for (const IniEntry& entry : document_.ini.entries) take(entry);
  for (const Variable& variable : document_.variables) {
    if (variable.standing == Standing::Doubtful && document_.problems.size() < 100) {
      document_.problems.push_back({variable.span, "control bytes: this line may not be read as it looks"});
    }
  }
  if (document_.unreadable)
    document_.problems.push_back({document_.unreadable->span, document_.unreadable->text, true});
}

}  // namespace

const IniDialect& dialect() { return kDialect; }

DominoDocument::DominoDocument(SourceSet& sources, FileId main) : Document(sources, main), place(Span{main, {0, 0}}) {
  if (looks_like_json(bytes())) {
    kind = Kind::Setup;
    read_setup(*this);
  } else {
    NotesReader(*this).run();
  }
  read_signs(*this);
}

void DominoDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  if (file != main()) {
    Document::for_each_leaf(file, visit);
  } else if (kind == Kind::NotesIni) {
    for_each_ini_leaf(bytes(), kDialect, visit);
  } else {
    for_each_line_leaf(bytes(), "", visit);
  }
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  return std::make_unique<DominoDocument>(sources, main);
}

}  // namespace relaylint::domino
