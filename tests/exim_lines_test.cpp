// Logical lines of both Exim dialects: what text they come to, and where each byte of it stands.

#include "parsers/support/exim_lines.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "parsers/support/exim_options.hpp"
#include "tests/support/memory_reader.hpp"

namespace relaylint::test {
namespace {

/// A configuration of files in memory, read.
struct ReadLines {
  MemoryReader reader;
  std::unique_ptr<SourceSet> sources;
  FileId main{};
  EximLines lines;

  ReadLines(EximDialect dialect, const Files& files, const std::string& entry = "configure") : reader(files) {
    sources = std::make_unique<SourceSet>(reader, "", std::vector<std::string>{"."});
    main = sources->open(entry).file;
    lines = read_exim_lines(*sources, {&main, 1}, dialect);
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const EximLine& line : lines.lines) {
      if (line.kind == EximLineKind::Statement) all.push_back(line.text.str());
    }
    return all;
  }
  [[nodiscard]] bool fatal() const {
    for (const Problem& problem : lines.problems) {
      if (problem.fatal) return true;
    }
    return false;
  }
  /// The bytes of the file that the given part of a line stands at.
  [[nodiscard]] std::string place_of(std::size_t line, std::string_view part) const {
    const EximText& text = lines.lines[line].text;
    const std::size_t at = text.str().find(part);
    REQUIRE(at != std::string::npos);
    return std::string(sources->slice(text.place(text_range(at, at + part.size()))));
  }
  void check_tiling() const {
    for (std::size_t i = 0; i < sources->size(); ++i) {
      const auto id = static_cast<FileId>(i);
      std::uint32_t next = 0;
      for_each_exim_leaf(lines, sources->file(id), id, [&](const Leaf& leaf) {
        CHECK(leaf.whole.start == next);
        CHECK(leaf.name.start >= leaf.whole.start);
        CHECK(leaf.value.end <= leaf.whole.end);
        next = leaf.whole.end;
      });
      CHECK(next == sources->file(id).bytes().size());
    }
  }
};

using Texts = std::vector<std::string>;

Texts exim3(const std::string& text) {
  const ReadLines read(EximDialect::Exim3, {{"configure", text}});
  read.check_tiling();
  return read.texts();
}
Texts exim4(const std::string& text) {
  const ReadLines read(EximDialect::Exim4, {{"configure", text}});
  read.check_tiling();
  return read.texts();
}
bool refused(EximDialect dialect, const std::string& text) { return ReadLines(dialect, {{"configure", text}}).fatal(); }

TEST_CASE("exim lines: continuation, comments inside it, blanks") {
  for (const auto& lines : {exim3, exim4}) {
    CHECK(lines("a = 1 \\\n#  2 : \\\n   3\n") == Texts{"a = 1 3"});
    CHECK(lines("  a = 1  \t\n\n\n b\n") == Texts{"a = 1", "b"});
    CHECK(lines("a = 1 \\\n\nb = 2\n") == Texts{"a = 1", "b = 2"});
    CHECK(lines("a = x # y\n") == Texts{"a = x # y"});
    CHECK(lines("a = 1 \\") == Texts{"a = 1"});
    CHECK(lines("a = 1 \\  \r\n  2\r\n") == Texts{"a = 1 2"});
    CHECK(lines("a = 1\\\n   2") == Texts{"a = 12"});
    CHECK(lines("") == Texts{});
    CHECK(lines("# only\n\\\n") == Texts{});
  }
}

TEST_CASE("exim lines: macros are text, in order of definition") {
  for (const auto& lines : {exim3, exim4}) {
    CHECK(lines("NET = 10.0.0.0\na = NET/8\n") == Texts{"a = 10.0.0.0/8"});
    CHECK(lines("A = xBx\nB = 1\nq = A\n") == Texts{"q = x1x"});
    CHECK(lines("B = 1\nA = xBx\nB1 = \nq = A\n").size() >= 1);
    CHECK(lines("EMPTY =\nq = aEMPTYb\n") == Texts{"q = ab"});
    CHECK(lines("LONGX = 1\nLON = 2\nq = LONGX LON\n") == Texts{"q = 1 2"});
  }
  // A name that a continuation cuts in two is seen only where lines are joined first.
  CHECK(exim3("NET = 1\na = N\\\nET\n") == Texts{"a = 1"});
  CHECK(exim4("NET = 1\na = N\\\nET\n") == Texts{"a = NET"});
  // Where macros come first, they can make comments.
  CHECK(exim4("C = #\nC host = *\n") == Texts{});
  CHECK(exim3("C = #\nC host = *\n") == Texts{"# host = *"});
  CHECK(exim4("A = 1\na = A\nA == 2\na = A\n") == Texts{"a = 1", "a = 2"});
}

TEST_CASE("exim lines: what the server refuses") {
  for (const auto dialect : {EximDialect::Exim3, EximDialect::Exim4}) {
    CHECK(refused(dialect, "A = 1\nA = 2\n"));
    CHECK(refused(dialect, "FOO = 1\nFOOBAR = 2\n"));
    CHECK(refused(dialect, "NO_RELAY_MATCH_HOST_OR_SENDER\n"));
    CHECK_FALSE(refused(dialect, "HOST_ACCEPT_RELAY = *\n"));
    CHECK_FALSE(refused(dialect, "FOOBAR = 1\nFOO = 2\n"));
  }
  CHECK(refused(EximDialect::Exim4, "A == 1\n"));
  CHECK(refused(EximDialect::Exim4, ".ifdef X\n"));
  CHECK(refused(EximDialect::Exim4, ".endif\n"));
  CHECK(refused(EximDialect::Exim4, ".else\n"));
  CHECK(refused(EximDialect::Exim4, ".ifdef\tX\n.endif\n"));
  CHECK(refused(EximDialect::Exim4, ".include no/such/file\n"));
  CHECK(refused(EximDialect::Exim4, ".include_if_exists relative\n"));
  CHECK_FALSE(refused(EximDialect::Exim3, "end\nFoo bar\n"));
}

TEST_CASE("exim lines: conditionals") {
  const std::string tail = "\na\n.else\nb\n.endif\n";
  CHECK(exim4("X = 1\n.ifdef X" + tail) == Texts{"a"});
  CHECK(exim4("X =\n.ifdef X" + tail) == Texts{"a"});
  CHECK(exim4(".ifdef X" + tail) == Texts{"b"});
  CHECK(exim4(".ifndef X" + tail) == Texts{"a"});
  CHECK(exim4("X = 1\n.ifdef Y\na\n.elifdef X\nc\n.else\nb\n.endif\n") == Texts{"c"});
  CHECK(exim4("X = 1\n.ifdef X\na\n.elifdef X\nc\n.elifndef Y\nd\n.else\nb\n.endif\n") == Texts{"a"});
  CHECK(exim4("X = 1\n.ifdef Y\n.ifdef X" + tail + ".endif\nz\n") == Texts{"z"});
  CHECK(exim4("X = 1\nq = 1 \\\n  .ifdef X\n  : 2 \\\n  .else\n  : 3 \\\n  .endif\n  : 4\n") == Texts{"q = 1 : 2 : 4"});
  // Part of another word will do: replacement is textual.
  CHECK(exim4("X = 1\n.ifdef NOXAT" + tail) == Texts{"a"});
}

TEST_CASE("exim lines: built-in macros are usual, or leave both branches in doubt") {
  const ReadLines usual(EximDialect::Exim4, {{"configure", ".ifdef _HAVE_IPV6\na\n.else\nb\n.endif\n"}});
  CHECK(usual.texts() == Texts{"a"});
  REQUIRE(usual.lines.assumptions.size() == 1);
  CHECK(usual.lines.lines[0].doubt == -1);

  const ReadLines doubtful(EximDialect::Exim4, {{"configure", ".ifdef _HAVE_SPF\na\n.else\nb\n.endif\nc\n"}});
  CHECK(doubtful.texts() == Texts{"a", "b", "c"});
  const EximDoubt* a = doubtful.lines.doubt_of(doubtful.lines.lines[0]);
  const EximDoubt* b = doubtful.lines.doubt_of(doubtful.lines.lines[1]);
  REQUIRE(a != nullptr);
  REQUIRE(b != nullptr);
  CHECK(a->test == b->test);
  CHECK(a->arm != b->arm);
  CHECK(doubtful.lines.doubt_of(doubtful.lines.lines[2]) == nullptr);
}

TEST_CASE("exim lines: includes") {
  const ReadLines inside(EximDialect::Exim4, {{"configure", "a = 1 \\\n.include part\n b\n.include \"other file\"\n"},
                                              {"part", ": 2 \\\n"},
                                              {"other file", "X = 9\nq = X\n"}});
  CHECK(inside.texts() == Texts{"a = 1 : 2 b", "q = 9"});
  inside.check_tiling();

  const ReadLines loop(EximDialect::Exim4, {{"configure", "a\n.include configure\nb\n"}});
  CHECK(loop.texts().size() > 60);
  const auto unread = [](const EximLine& line) { return line.kind == EximLineKind::UnreadInclude; };
  CHECK(std::count_if(loop.lines.lines.begin(), loop.lines.lines.end(), unread) == 1);
  loop.check_tiling();

  const ReadLines outside(EximDialect::Exim4, {{"configure", ".include_if_exists /etc/shadow\na\n"}});
  CHECK_FALSE(outside.fatal());
  REQUIRE(outside.lines.lines.size() == 2);
  CHECK(outside.lines.lines[0].kind == EximLineKind::UnreadInclude);
}

TEST_CASE("exim lines: every byte knows its place, through macros and continuation") {
  const std::string text = "INNER = 10.0.0.0/8\nNETS = 1.2.3.4 : INNER\nhost = 9.9.9.9 : \\\n  NETS : NETS : 5.5.5.5\n";
  for (const auto dialect : {EximDialect::Exim3, EximDialect::Exim4}) {
    const ReadLines read(dialect, {{"configure", text}});
    REQUIRE(read.lines.lines.size() == 3);
    CHECK(read.lines.lines[2].text.str() == "host = 9.9.9.9 : 1.2.3.4 : 10.0.0.0/8 : 1.2.3.4 : 10.0.0.0/8 : 5.5.5.5");
    CHECK(read.place_of(2, "9.9.9.9") == "9.9.9.9");
    CHECK(read.place_of(2, "1.2.3.4") == "1.2.3.4");
    CHECK(read.place_of(2, "10.0.0.0/8") == "10.0.0.0/8");
    CHECK(read.place_of(2, "1.2.3.4 : 10.0.0.0/8") == "1.2.3.4 : INNER");
    CHECK(read.place_of(2, "9.9.9.9 : 1.2.3.4") == "9.9.9.9 : \\\n  NETS");
    CHECK(read.place_of(2, "10.0.0.0/8 : 5.5.5.5") == "NETS : 5.5.5.5");
    const EximText& host = read.lines.lines[2].text;
    const auto at = host.str().find("1.2.3.4");
    CHECK(read.sources->slice(host.use_place(text_range(at, at + 7))) == "NETS");
    CHECK(host.is_verbatim(text_range(at, at + 7)));
    CHECK(host.from_macro(text_range(at, at + 7)));
    CHECK_FALSE(host.is_verbatim(text_range(at - 2, at + 3)));
    CHECK(read.sources->slice(read.lines.lines[2].span) ==
          text.substr(text.find("host"), text.size() - text.find("host") - 1));
    CHECK(read.lines.macros[1].uses.size() == 2);
  }
}

TEST_CASE("exim lines: macros that grow without end are cut off, and said to be") {
  std::string text = "A0 = xxxxxxxxxxxxxxxx\n";
  std::string names = "BCDEFGHIJKLMNOP";
  std::string last = "A0";
  for (const char c : names) {
    std::string use;
    for (int i = 0; i < 16; ++i) use += last;
    last = std::string(1, c) + "0";
    text += last + " = " + use + "\n";
  }
  const ReadLines read(EximDialect::Exim4, {{"configure", text + "q = " + last + "\n"}});
  const auto long_line = [](const EximLine& line) { return line.text.size() > (std::size_t{1} << 20) + 4096; };
  CHECK(std::none_of(read.lines.lines.begin(), read.lines.lines.end(), long_line));
  CHECK_FALSE(read.lines.problems.empty());
}

TEST_CASE("exim options: prefixes, values, quotes") {
  const auto option = parse_exim_option("hide no_relay_match_host_or_sender");
  REQUIRE(option);
  CHECK(option->hidden);
  CHECK(option->negated);
  CHECK(option->name == "relay_match_host_or_sender");
  CHECK(exim_bool(*option, "") == false);
  const std::string text = "host_accept_relay =  a : b ";
  const auto valued = parse_exim_option(text);
  REQUIRE(valued);
  CHECK(text.substr(valued->value_range.start, valued->value_range.size()) == "a : b");
  CHECK_FALSE(parse_exim_option("*@x y"));
  CHECK_FALSE(parse_exim_option("name extra")->junk.empty());
  CHECK(parse_exim_option("hidex = x")->name == "hidex");
  CHECK(exim_bool(*parse_exim_option("a = Yes"), "a = Yes") == true);
  CHECK_FALSE(exim_bool(*parse_exim_option("no_a = yes"), "no_a = yes"));
  CHECK_FALSE(exim_bool(*parse_exim_option("a = 1"), "a = 1"));

  const EximText quoted(R"("a\"b\\\n\101\x42 é")", {});
  CHECK(read_exim_string(quoted, text_range(0, quoted.size())).text.str() == "a\"b\\\nAB é");
  const EximText open(R"("a)", {});
  CHECK_FALSE(read_exim_string(open, text_range(0, open.size())).error.empty());
  const EximText more(R"("a" b)", {});
  CHECK_FALSE(read_exim_string(more, text_range(0, more.size())).error.empty());
  const EximText plain("a\\n \"b\"", {});
  CHECK(read_exim_string(plain, text_range(0, plain.size())).text.str() == "a\\n \"b\"");
}

TEST_CASE("exim options: sections and named lists") {
  CHECK(is_exim3_end("END"));
  CHECK_FALSE(is_exim3_end("end it"));
  CHECK(exim4_section("Begin ROUTER") == "routers");
  CHECK(exim4_section("begin acl") == "acl");
  CHECK(exim4_section("begin nonsense") == "nonsense");
  CHECK_FALSE(exim4_section("beginacl"));
  const auto list = parse_exim_named_list("hide hostlist_cache  relay = 1 : 2");
  REQUIRE(list);
  CHECK(list->kind == EximListKind::Host);
  CHECK(list->name == "relay");
  CHECK_FALSE(parse_exim_named_list("host_accept_relay = x"));
  constexpr std::array<std::string_view, 1> kKnown{"relay_domains"};
  CHECK(exim_option_in_capitals("RELAY_DOMAINS", kKnown) == "relay_domains");
  CHECK(exim_option_in_capitals("NO_RELAY_DOMAINS", kKnown) == "no_relay_domains");
  CHECK_FALSE(exim_option_in_capitals("relay_domains", kKnown));
  CHECK_FALSE(exim_option_in_capitals("RELAY_NETS", kKnown));
}

}  // namespace
}  // namespace relaylint::test
