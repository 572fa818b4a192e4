#include "lint/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace relaylint;

TEST_CASE("utf8: the shortest and the longest of every length") {
  for (const char* text : {"a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(utf8_sequence_length(text, 0) == std::string(text).size());
  }
}

TEST_CASE("utf8: what is no sequence stands for itself") {
  for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2",
                           "\xC2"
                           "a",
                           "\xE2\x82",
                           "\xE2\x82"
                           "a",
                           "\xF0\x9F\x98",
                           "\xF0\x9F\x98"
                           "a"}) {
    CAPTURE(text);
    CHECK(utf8_sequence_length(text, 0) == 0);
  }
}
