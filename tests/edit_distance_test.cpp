#include "lint/edit_distance.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace relaylint;

TEST_CASE("edit distance: insertions, deletions, substitutions, swaps of neighbours; case does not count") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("ignore", "ignroe") == 1);
  CHECK(edit_distance("Select", "select") == 0);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("RL0003", "RL003") == 1);
}

TEST_CASE("edit distance: what is nothing like any candidate was not meant to be one") {
  constexpr std::array<std::string_view, 4> names = {"select", "ignore", "fail_on", "strict"};
  CHECK(nearest("selct", names) == "select");
  CHECK(nearest("failon", names) == "fail_on");
  CHECK_FALSE(nearest("colour", names));
  CHECK_FALSE(nearest(std::string(1000, 's'), names));
  CHECK(did_you_mean("strcit", names) == "; did you mean 'strict'?");
  CHECK(did_you_mean("zzz", names).empty());
}
