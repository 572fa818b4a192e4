// Reading MERCURY.INI: the rules of the comment at the head of the sample file, see README.md.

#include "parsers/mercury/mercury.hpp"

namespace relaylint::mercury {
namespace {

constexpr std::string_view kFreeText[] = {"protocols"};
constexpr IniDialect kDialect{.inline_comments = "#", .separators = ":", .free_text_sections = kFreeText};

}  // namespace

const IniDialect& dialect() { return kDialect; }

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<MercuryDocument>(sources, main);
  for (const IniEntry& entry : document->ini().entries) {
    if (entry.has_separator || !is_section(*document, entry.section, "MercuryS")) continue;
    document->note(entry.statement(), "MercuryS ignores a line without a colon");
  }
  return document;
}

}  // namespace relaylint::mercury
