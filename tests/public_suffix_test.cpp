#include <doctest/doctest.h>

#include "lint/pattern.hpp"

using namespace relaylint;

TEST_CASE("public suffix: top-level domains and what registries sell below") {
  for (const char* suffix : {"com", "COM", "com.", ".com", "uk", "co.uk", "Co.Uk", "com.au", "ck", "anything.ck",
                             "kawasaki.jp", "xn--fiqs8s", "example", "no-such-tld"}) {
    CAPTURE(suffix);
    CHECK(is_public_suffix(suffix));
  }
}

TEST_CASE("public suffix: names that somebody can own") {
  // The last two are exceptions to a wildcard; the one before is in the private section of the list.
  for (const char* name :
       {"", ".", "example.com", "corp.example", "www.co.uk", "a.b.c", "github.io", "www.ck", "city.kawasaki.jp"}) {
    CAPTURE(name);
    CHECK_FALSE(is_public_suffix(name));
  }
}

TEST_CASE("public suffix: the list has a date") {
  const std::string date = public_suffix_list_date();
  REQUIRE(date.size() == 10);
  CHECK(date.substr(0, 2) == "20");
  CHECK(date[4] == '-');
}
