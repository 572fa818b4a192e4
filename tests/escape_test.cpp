#include "lint/output/escape.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

using namespace relaylint;

TEST_CASE("escape: nothing that a terminal would obey comes through") {
  CHECK(escape("plain text") == "plain text");
  CHECK(escape("a\tb\nc\r") == "a\\tb\\nc\\r");
  CHECK(escape("\x1b[31mred\x07") == "\\x1b[31mred\\x07");
  CHECK(escape(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(escape("\x7f") == "\\x7f");
  CHECK(escape("\xc2\x9b"
               "31m") == "\\u{9b}31m");                        // C1: CSI
  CHECK(escape("evil\xe2\x80\xaetxt") == "evil\\u{202e}txt");  // right-to-left override
  CHECK(escape("\xef\xbb\xbf"
               "a\xe2\x80\x8b") == "\\u{feff}a\\u{200b}");
}

TEST_CASE("escape: text in other scripts stays, bytes that are no UTF-8 are written out") {
  CHECK(escape("r\xc3\xa9lais \xe9\x83\xb5") == "r\xc3\xa9lais \xe9\x83\xb5");
  CHECK(escape("r\xe9lais") == "r\\xe9lais");
  CHECK(escape("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(escape("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(to_utf8("r\xe9lais") == "r\xef\xbf\xbdlais");
  CHECK(is_utf8("r\xc3\xa9lais"));
  CHECK_FALSE(is_utf8("r\xe9lais"));
}

TEST_CASE("escape: columns of wide and combining characters") {
  CHECK(display_width(std::string_view("abc")) == 3);
  CHECK(display_width(std::string_view("\xe9\x83\xb5\xe4\xbb\xb6")) == 4);
  CHECK(display_width(std::string_view("e\xcc\x81")) == 1);
}

TEST_CASE("escape: JSON keeps its values and loses its dangers") {
  const std::string value = "a\x7f\xc2\x9b\xe2\x80\xae\xf0\x9f\x93\xa7\n";
  const std::string json = nlohmann::json(value).dump();
  const std::string safe = escape_json_text(json);
  CHECK(safe == "\"a\\u007f\\u009b\\u202e\xf0\x9f\x93\xa7\\n\"");
  CHECK(nlohmann::json::parse(safe) == value);
  const std::string tag = "\xf3\xa0\x80\x81";  // U+E0001
  CHECK(nlohmann::json::parse(escape_json_text(nlohmann::json(tag).dump())) == tag);
  CHECK(escape_json_text("{\n  \"a\": 1\n}") == "{\n  \"a\": 1\n}");
}

TEST_CASE("escape: words for a shell") {
  CHECK(shell_word("etc/exim4/exim4.conf") == "etc/exim4/exim4.conf");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("my file") == "'my file'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("$(rm)") == "'$(rm)'");
  CHECK(shell_word("a\x1b'\\b") == "$'a\\x1b\\'\\\\b'");
}
