#include "lint/regex.hpp"

#include <doctest/doctest.h>

using namespace relaylint;

namespace {

Regex::Answer search(std::string_view pattern, std::string_view subject, bool caseless = true) {
  const auto regex = Regex::compile(pattern, caseless);
  CAPTURE(std::string(pattern));
  REQUIRE(regex.has_value());
  return (*regex)->search(subject);
}

std::vector<std::string> literals(std::string_view pattern) {
  const auto regex = Regex::compile(pattern);
  CAPTURE(std::string(pattern));
  REQUIRE(regex.has_value());
  return (*regex)->literals();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("regex: searches anywhere, without regard to case unless told") {
  CHECK(search("b+", "aBBc") == Regex::Answer::Yes);
  CHECK(search("b+", "aBBc", false) == Regex::Answer::No);
  CHECK(search("^b", "ab") == Regex::Answer::No);
  CHECK(search("", "") == Regex::Answer::Yes);
  CHECK(search("a.c", std::string_view("a\0c", 3)) == Regex::Answer::Yes);
  CHECK(search("\xE9$", "caf\xE9") == Regex::Answer::Yes);
}

TEST_CASE("regex: an error names its place") {
  const auto regex = Regex::compile("ab(");
  REQUIRE_FALSE(regex.has_value());
  CHECK(regex.error().message == "missing closing parenthesis at offset 3");
  CHECK_FALSE(Regex::compile(R"(a\Cb)").has_value());
  CHECK_FALSE(Regex::compile(std::string(100'000, 'a')).has_value());
  CHECK_FALSE(Regex::compile(std::string(2'000, '(') + std::string(2'000, ')')).has_value());
}

TEST_CASE("regex: a bound that is hit is no answer") {
  const std::string subject = std::string(40, 'a') + "!";
  CHECK(search("^(a+)+$", subject) == Regex::Answer::LimitHit);
  CHECK(search("^(a|aa)+$", subject) == Regex::Answer::LimitHit);
  CHECK(search("^(a+)+$", std::string(40, 'a')) == Regex::Answer::Yes);
  // A subject that the expression's own mode cannot take is no "no" either.
  CHECK(search("(*UTF)a",
               "\xFF"
               "a") == Regex::Answer::LimitHit);
}

TEST_CASE("regex: captured groups") {
  const auto regex = Regex::compile(R"(^(.*)%(.*)@(x)?corp\.example$)");
  REQUIRE(regex.has_value());
  Texts groups = {"stale"};
  CHECK((*regex)->capture("u%h@corp.example", groups) == Regex::Answer::Yes);
  CHECK(groups == Texts{"u%h@corp.example", "u", "h", ""});
  CHECK((*regex)->capture("u@corp.example", groups) == Regex::Answer::No);
  CHECK(groups.empty());
  const auto reversed = Regex::compile(R"((?=ab\K)a)");
  if (reversed) CHECK((*reversed)->capture("ab", groups) != Regex::Answer::No);
}

TEST_CASE("regex: literals to try") {
  CHECK(literals(R"(\.com$)") == Texts{"com"});
  CHECK(literals(R"(^(.*\.)?corp\.example$)") == Texts{"corp.example"});
  CHECK(literals(R"(\.(com|net)$)") == Texts{"com", "net"});
  CHECK(literals(R"(^(?i)friend@corp\.example$)") == Texts{"friend@corp.example"});
  CHECK(literals(R"(mail[0-9]+[.]corp.example)") == Texts{"mail", "corp.example"});
  CHECK(literals(R"(\d+\.(?:x|y)\w)") == Texts{"x", "y"});
  CHECK(literals(R"(hosts?\.example)") == Texts{"hosts", "host", "example"});
  CHECK(literals(R"(ab{2,3}c)") == Texts{"ab", "a", "c"});
  CHECK(literals(R"([]a]x[^]b]y)") == Texts{"x", "y"});
  CHECK(literals(".*").empty());
  CHECK(literals("").empty());
}
