#include "lint/pattern.hpp"

#include <doctest/doctest.h>

#include <random>

#include "lint/regex.hpp"

using namespace relaylint;

namespace {

Pattern pattern(PatternKind kind, std::string text, bool negated = false) {
  Pattern made{kind, std::move(text), {}, negated, {}};
  if (kind == PatternKind::Regex) {
    if (const auto regex = Regex::compile(made.text)) made.regex = *regex;
  }
  return made;
}

bool yes(PatternKind kind, std::string text, std::string_view subject) {
  return matches(pattern(kind, std::move(text)), subject) == MatchResult::Yes;
}

bool everybodys(PatternKind kind, std::string text) {
  return matches_everybodys_domain(pattern(kind, std::move(text)));
}

/// The definition, without the index: in order, the first that matches decides.
MatchResult match_in_order(const PatternSet& set, std::string_view subject) {
  for (const Pattern& p : set.patterns()) {
    const MatchResult result = matches(p, subject);
    if (result == MatchResult::Error) return result;
    if (result == MatchResult::Yes) return p.negated ? MatchResult::No : MatchResult::Yes;
  }
  return set.at_end() ? MatchResult::Yes : MatchResult::No;
}

}  // namespace

TEST_CASE("pattern: each kind") {
  using enum PatternKind;
  CHECK(yes(Any, "", ""));
  CHECK(yes(Any, "", "x.example"));
  CHECK(yes(Exact, "Corp.Example", "corp.EXAMPLE"));
  CHECK_FALSE(yes(Exact, "corp.example", "a.corp.example"));
  CHECK(yes(Below, "corp.example", "a.corp.example"));
  CHECK(yes(Below, "corp.example", "a.b.CORP.example"));
  CHECK_FALSE(yes(Below, "corp.example", "corp.example"));
  CHECK_FALSE(yes(Below, "corp.example", ".corp.example"));
  CHECK_FALSE(yes(Below, "corp.example", "acorp.example"));
  CHECK(yes(Below, "", "a.b"));
  CHECK_FALSE(yes(Below, "", "a"));
  CHECK_FALSE(yes(Below, "", ""));
  CHECK(yes(Tail, "corp.example", "acorp.example"));
  CHECK(yes(Tail, "corp.example", "corp.example"));
  CHECK_FALSE(yes(Tail, "corp.example", "corp.example.org"));
  CHECK(yes(Tail, "", ""));
  CHECK(yes(Glob, "a*c", "abbc"));
  CHECK(yes(Glob, "*@*.example", "u@h.corp.example"));
  CHECK(yes(Glob, "**", ""));
  CHECK(yes(Glob, "a*b*c", "a-b-b-c"));
  CHECK_FALSE(yes(Glob, "a*b*c", "a-b-b"));
  CHECK_FALSE(yes(Glob, "a?c", "abc"));
  CHECK_FALSE(yes(Glob, "", "a"));
  CHECK(yes(Regex, R"(\.example$)", "a.EXAMPLE"));
}

TEST_CASE("pattern: an expression that did not compile is an error, not a no") {
  const Pattern broken = pattern(PatternKind::Regex, "(");
  CHECK(matches(broken, "x") == MatchResult::Error);
  PatternSet set;
  set.add(PatternKind::Exact, "before.example");
  set.add(broken);
  set.add(PatternKind::Exact, "after.example");
  CHECK(set.match("before.example") == MatchResult::Yes);
  CHECK(set.match("after.example") == MatchResult::Error);
  CHECK(set.deciding("after.example") == 1U);
}

TEST_CASE("pattern set: the first match decides, whatever its kind") {
  PatternSet set;
  set.add(pattern(PatternKind::Exact, "bad.corp.example", true));
  set.add(PatternKind::Below, "corp.example");
  set.add(pattern(PatternKind::Glob, "*.org", true));
  set.add(PatternKind::Exact, "x.org");
  set.add(PatternKind::Exact, "x.net");
  CHECK(set.match("bad.corp.example") == MatchResult::No);
  CHECK(set.match("good.corp.example") == MatchResult::Yes);
  CHECK(set.match("x.org") == MatchResult::No);
  CHECK(set.deciding("x.org") == 2U);
  CHECK(set.match("x.net") == MatchResult::Yes);
  CHECK(set.match("y.net") == MatchResult::No);
  CHECK_FALSE(set.deciding("y.net").has_value());
  set.set_at_end(true);
  CHECK(set.match("y.net") == MatchResult::Yes);
  CHECK(set.match("bad.corp.example") == MatchResult::No);
}

TEST_CASE("pattern set: empty") {
  PatternSet set;
  CHECK(set.empty());
  CHECK(set.match("x") == MatchResult::No);
  CHECK(set.match("") == MatchResult::No);
}

TEST_CASE("pattern set: the index answers as the list does") {
  std::mt19937 random(42);  // NOLINT(cert-msc51-cpp): the same lists in every run
  const std::vector<std::string> texts = {"", "a", "b", "a.b", "b.a", "a.b.a", "A.B", "b.b.b"};
  const std::vector<std::string> subjects = {"",    "a",     "b",       ".",     "a.",   ".a",   "a.b",
                                             "b.a", "a.b.a", "b.a.b.a", "B.B.b", "a..b", "c.a.b"};
  for (int round = 0; round < 3000; ++round) {
    PatternSet set;
    set.set_at_end(random() % 2 == 0);
    for (auto count = random() % 7; count > 0; --count) {
      // Any and the expression that always fails are rare, so that what is behind them is reached.
      const unsigned kind = random() % 16;
      std::string text = texts[random() % texts.size()];
      const bool negated = random() % 3 == 0;
      if (kind == 0) set.add(pattern(PatternKind::Any, "", negated));
      if (kind == 1) set.add(pattern(PatternKind::Regex, "(", negated));
      if (kind >= 2 && kind < 7) set.add(pattern(PatternKind::Exact, text, negated));
      if (kind >= 7 && kind < 12) set.add(pattern(PatternKind::Below, text, negated));
      if (kind >= 12 && kind < 14) set.add(pattern(PatternKind::Tail, text, negated));
      if (kind >= 14) set.add(pattern(PatternKind::Glob, text + "*", negated));
    }
    for (const std::string& subject : subjects) {
      CAPTURE(round);
      CAPTURE(subject);
      CHECK(set.match(subject) == match_in_order(set, subject));
    }
  }
}

TEST_CASE("pattern: parts of an address") {
  CHECK(domain_of("user@corp.example") == "corp.example");
  CHECK(domain_of("\"a@b\"@corp.example") == "corp.example");
  CHECK(domain_of("corp.example") == "corp.example");
  CHECK(domain_of("user@").empty());
  CHECK(local_part_of("user@corp.example") == "user");
  CHECK(local_part_of("a@b@c") == "a@b");
  CHECK(local_part_of("user").empty());
}

TEST_CASE("pattern: whose domain it is") {
  using enum PatternKind;
  CHECK(everybodys(Any, ""));
  CHECK(everybodys(Below, ""));
  CHECK(everybodys(Below, "com"));
  CHECK(everybodys(Below, "co.uk"));
  CHECK(everybodys(Below, "no-such-tld"));
  CHECK_FALSE(everybodys(Below, "corp.example"));
  CHECK_FALSE(everybodys(Below, "github.io"));
  CHECK_FALSE(everybodys(Exact, "com"));
  CHECK_FALSE(everybodys(Exact, "localhost"));
  CHECK(everybodys(Tail, ""));
  CHECK(everybodys(Tail, ".com"));
  CHECK(everybodys(Tail, "com"));
  CHECK(everybodys(Tail, "om"));
  CHECK_FALSE(everybodys(Tail, "corp.example"));
  CHECK(everybodys(Glob, "*"));
  CHECK(everybodys(Glob, "*.*"));
  CHECK(everybodys(Glob, "*.com"));
  CHECK(everybodys(Glob, "*.co.nz"));
  CHECK_FALSE(everybodys(Glob, "*.corp.example"));
  CHECK_FALSE(everybodys(Glob, "com"));
  CHECK_FALSE(everybodys(Glob, "elsewhere.*"));
  CHECK(everybodys(Regex, ".*"));
  CHECK(everybodys(Regex, R"(\.com$)"));
  CHECK(everybodys(Regex, R"(^[a-z0-9-]+\.(nz|za)$)"));
  CHECK_FALSE(everybodys(Regex, R"(^(.*\.)?corp\.example$)"));
  CHECK_FALSE(everybodys(Regex, R"(^elsewhere\.example$)"));
  CHECK_FALSE(everybodys(Regex, "("));
  CHECK_FALSE(matches_everybodys_domain(pattern(Any, "", true)));
}
