#include "lint/explain.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "rules/registry.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

RuleInfo sample() {
  return {
      .id = "RL123",
      .name = "relay-by-sample",
      .severity = Severity::Warning,
      .summary = "A rule made up for this test",
      .what = "Whether one two three four five six seven eight.\n\nA second paragraph.",
      .why = "Because r\xC3\xA9lais \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9.",
      .example = {"exim3", "configure", "bad = *\n\nend\n", "good = a"},
      .fix_safety = "Safe.",
      .fix = FixAvailability::Sometimes,
      .references = "RFC 5321\nRFC 2505",
      .table =
          [] {
            return std::vector<std::vector<std::string>>{{"List", "Fate"}, {"a|b", "gone"}, {"c", ""}};
          },
  };
}

}  // namespace

TEST_CASE("explain: the page for the terminal, wrapped by code points") {
  CHECK(explain_as_text(sample(), 30) ==
        "RL123 relay-by-sample\n"
        "A rule made up for this test\n"
        "severity: warning; has a fix: sometimes\n"
        "\nWhat it checks\n"
        "  Whether one two three four\n"
        "  five six seven eight.\n"
        "\n"
        "  A second paragraph.\n"
        "\nWhy it matters\n"
        "  Because r\xC3\xA9lais \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9.\n"
        "\nExample: configure (exim3)\n"
        "    bad = *\n"
        "\n"
        "    end\n"
        "\nUse instead\n"
        "    good = a\n"
        "\nFix safety\n"
        "  Safe.\n"
        "\nData\n"
        "  - List: a|b\n"
        "    Fate: gone\n"
        "  - List: c\n"
        "\nReferences\n"
        "  - RFC 5321\n"
        "  - RFC 2505\n");
}

TEST_CASE("explain: a word longer than the line stands alone") {
  RuleInfo info = sample();
  info.what = "a aaaaaaaaaaaaaaaaaaaaaaaa b";
  CHECK(explain_as_text(info, 10).find("  a\n  aaaaaaaaaaaaaaaaaaaaaaaa\n  b\n") != std::string::npos);
}

TEST_CASE("explain: the page as Markdown") {
  CHECK(explain_as_markdown(sample()) ==
        "# RL123: relay-by-sample\n\nA rule made up for this test.\n\n"
        "Severity: warning. Has a fix: sometimes.\n"
        "\n## What it checks\n\nWhether one two three four five six seven eight.\n\nA second paragraph.\n"
        "\n## Why it matters\n\nBecause r\xC3\xA9lais \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9.\n"
        "\n## Example\n\n`configure` (exim3):\n\n```\nbad = *\n\nend\n```\n"
        "\n## Use instead\n\n```\ngood = a\n```\n"
        "\n## Fix safety\n\nSafe.\n"
        "\n## Data\n\n| List | Fate |\n| --- | --- |\n| a\\|b | gone |\n| c |  |\n"
        "\n## References\n\n- RFC 5321\n- RFC 2505\n");
}

TEST_CASE("explain: what a rule does not have is no section") {
  RuleInfo info = sample();
  info.example = {"exim3", "configure", "", ""};
  info.table = nullptr;
  for (const std::string& page : {explain_as_text(info), explain_as_markdown(info)}) {
    CHECK(page.find("Example") == std::string::npos);
    CHECK(page.find("Use instead") == std::string::npos);
    CHECK(page.find("Data") == std::string::npos);
  }
}

TEST_CASE("explain: an example with backticks is fenced with more of them") {
  RuleInfo info = sample();
  info.example.bad = "```\n";
  CHECK(explain_as_markdown(info).find("\n````\n```\n````\n") != std::string::npos);
}

TEST_CASE("explain: pages are written where they differ") {
  const TemporaryFolder folder;
  const auto first = write_docs(folder.path(), all_rules());
  REQUIRE(first);
  CHECK(first->size() == all_rules().size() + 1);
  CHECK(write_docs(folder.path(), all_rules())->empty());
  folder.write("docs/rules/RL001.md", "edited by hand");
  CHECK(write_docs(folder.path(), all_rules())->size() == 1);
  CHECK(read_bytes(folder / "docs/rules/RL001.md") == generated_pages(all_rules()).at("docs/rules/RL001.md"));
  folder.write("file", "");
  CHECK_FALSE(write_docs(folder / "file", all_rules()));
}
