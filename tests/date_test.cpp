#include "lint/date.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace relaylint;

TEST_CASE("date: days that exist, in one form") {
  CHECK(is_date("2027-06-30"));
  CHECK(is_date("2028-02-29"));
  for (const char* text : {"", "2027-6-30", "2027-06-31", "2027-02-29", "2027-13-01", "27-06-30", "2027/06/30",
                           "2027-06-30x", "2027-0a-30"}) {
    CAPTURE(text);
    CHECK_FALSE(is_date(text));
  }
}

TEST_CASE("date: SOURCE_DATE_EPOCH stands in for the clock") {
  ::setenv("SOURCE_DATE_EPOCH", "86399", 1);
  CHECK(today() == "1970-01-01");
  ::setenv("SOURCE_DATE_EPOCH", "951782400", 1);
  CHECK(today() == "2000-02-29");
  ::setenv("SOURCE_DATE_EPOCH", "no number", 1);
  CHECK(is_date(today()));
  CHECK(today() > "2020-01-01");
  ::unsetenv("SOURCE_DATE_EPOCH");
}
