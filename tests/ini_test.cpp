#include "parsers/support/ini.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/memory_reader.hpp"

namespace relaylint {
namespace {

constexpr std::string_view kFreeText[] = {"paths"};
/// `#` anywhere is a comment, `:` separates, blanks do not count.
constexpr IniDialect kColon{.inline_comments = "#", .separators = ":", .free_text_sections = kFreeText};
/// No comments, `=` separates, blanks count.
constexpr IniDialect kRaw{.separators = "=", .blanks_count = true};
constexpr IniDialect kLoose{
    .line_comments = "#;", .inline_comments = ";#", .inline_needs_blank = true, .separators = "="};

/// One line an entry: section|key|value, `?` behind a doubtful one, no value where there is no separator.
std::string entries_of(std::string_view bytes, const IniDialect& dialect) {
  const IniFile file = read_ini(bytes, dialect);
  const auto text = [&](TextRange range) { return std::string(bytes.substr(range.start, range.size())); };
  std::string out;
  for (const IniEntry& entry : file.entries) {
    const IniSection& section = file.sections[entry.section];
    out += text(section.name) + (section.doubtful ? "?|" : "|") + text(entry.key);
    if (entry.has_separator) out += "|" + text(entry.value);
    out += entry.doubtful ? "?\n" : "\n";
  }
  return out;
}

std::string kinds_of(std::string_view bytes, const IniDialect& dialect) {
  std::string kinds;
  for_each_ini_leaf(bytes, dialect, [&](const Leaf& leaf) { kinds += "DSCBE"[static_cast<int>(leaf.kind)]; });
  return kinds;
}

bool inside(TextRange inner, TextRange outer) {
  return inner.start <= inner.end && inner.start >= outer.start && inner.end <= outer.end;
}

/// One check a file: there may be very many leaves.
void check_tiling(std::string_view bytes, const IniDialect& dialect) {
  std::uint32_t at = 0;
  bool tiles = true;
  for_each_ini_leaf(bytes, dialect, [&](const Leaf& leaf) {
    tiles &= leaf.whole.start == at && leaf.whole.end > leaf.whole.start;
    tiles &= inside(leaf.name, leaf.whole) && inside(leaf.value, leaf.whole);
    at = leaf.whole.end;
  });
  CHECK(tiles);
  CHECK(at == bytes.size());
}

TEST_CASE("an INI file is read by its product's rules") {
  CHECK(entries_of("[A]\nk : v : w # c : d\n  K:\t\n", kColon) == "A|k|v : w\nA|K|\n");
  CHECK(entries_of("k=v;w # x\n[B]\n a = 1\n;c=1\n", kRaw) == "|k|v;w # x\nB| a | 1\nB|;c|1\n");
  CHECK(entries_of("k = a;b ; c\n# x\n  ; y\n", kLoose) == "|k|a;b\n");
}

TEST_CASE("what inih would do to the text does not happen") {
  const std::string long_value(5000, 'x');
  CHECK(entries_of("[A]\nk=" + long_value + "\n  indented=1\nk=;v\n", kRaw) ==
        "A|k|" + long_value + "\nA|  indented|1\nA|k|;v\n");
  const std::string long_section(300, 's');
  CHECK(entries_of("[" + long_section + "]\nk:v\n", kColon) == long_section + "|k|v\n");
  CHECK(entries_of("[A]\nno separator\n=\n", kRaw) == "A|no separator\nA||\n");
}

TEST_CASE("sections of free text are not split") {
  CHECK(entries_of("[Paths]\nC:\\x\\y.dll # off\n#C:\\z\n[A]\nb:c\n", kColon) == "Paths|C:\\x\\y.dll\nA|b|c\n");
}

TEST_CASE("headers that a product may not take for one are doubtful") {
  for (const char* header : {"[A", "[A] x", "[ A ]", "[]", "\xEF\xBB\xBF[A]", "[A\x01]"}) {
    CAPTURE(header);
    const IniFile file = read_ini(header, kColon);
    REQUIRE(file.sections.size() == 2);
    CHECK(file.sections[1].doubtful);
  }
  CHECK_FALSE(read_ini("  [A]  # c", kColon).sections[1].doubtful);
  CHECK(read_ini("  [A]", kRaw).sections.size() == 1);
}

TEST_CASE("control bytes make a statement doubtful, in comments they do not matter") {
  CHECK(entries_of(std::string("k:\0v\n", 5), kColon) == std::string("|k|\0v?\n", 7));
  CHECK(entries_of("k:v\rK:w\n", kColon) == "|k|v\rK:w?\n");
  CHECK(entries_of("k:v # \x01\n", kColon) == "|k|v\n");
  CHECK(entries_of("\xEF\xBB\xBFk:v\nl:w\n", kColon) == "|k|v?\n|l|w\n");
  CHECK(entries_of("\xEF\xBB\xBF# c\nl:w\n", kColon) == "|l|w\n");
  CHECK(entries_of("k\xE9:\xFF\n", kColon) == "|k\xE9|\xFF\n");
  CHECK(read_ini("a:b\n\x1A\r\n", kColon).early_end == std::nullopt);
  CHECK(read_ini("a:b\n\x1A\nc:d\n", kColon).early_end == 4U);
}

TEST_CASE("leaves tile every file") {
  const std::vector<std::string> texts{"",
                                       "\n",
                                       "\r\n\r",
                                       "[A]\nk:v",
                                       "\xEF\xBB\xBF",
                                       "\xEF\xBB\xBF[A]\r\n\r\n# c\nk : v # d\r\n",
                                       std::string("\0\0\n[\n]\0", 7),
                                       std::string(100000, '\n'),
                                       std::string(100000, '['),
                                       "a=b=c#d;e\n\x80\xFF"};
  for (const std::string& text : texts) {
    for (const IniDialect* dialect : {&kColon, &kRaw, &kLoose}) check_tiling(text, *dialect);
  }
  CHECK(kinds_of("[A]\n\nk:v\n# c\n  \n[B\n", kColon) == "SBDCBE");
}

TEST_CASE("many lines and long lines are read in linear time") {
  std::string many = "[A]\n";
  for (int i = 0; i < 300000; ++i) many += "k=v\n";
  CHECK(read_ini(many, kRaw).entries.size() == 300000);
  const std::string one = "k=" + std::string(20'000'000, ';');
  const IniFile file = read_ini(one, kLoose);
  REQUIRE(file.entries.size() == 1);
  CHECK(file.entries[0].value.size() == 20'000'000);
}

std::string inserted(std::string bytes, TextRange line, std::vector<std::string> lines) {
  test::MemoryReader reader;
  SourceSet sources(reader, "", {});
  const FileId id = sources.add("f", std::make_shared<const std::string>(bytes));
  const Edit edit = ini_insert_below(sources.file(id), id, line, lines);
  return bytes.insert(edit.span.range.start, edit.text);
}

TEST_CASE("inserted lines end as their neighbours do") {
  CHECK(inserted("a\r\nb\n", {0, 3}, {"x", "y"}) == "a\r\nx\r\ny\r\nb\n");
  CHECK(inserted("a\r\nb\n", {3, 5}, {"x"}) == "a\r\nb\nx\n");
  CHECK(inserted("a\r\nb", {3, 4}, {"x", "y"}) == "a\r\nb\r\nx\r\ny");
  CHECK(inserted("a", {0, 1}, {"x"}) == "a\nx");
}

}  // namespace
}  // namespace relaylint
