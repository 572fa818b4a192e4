#include "lint/output/secrets.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace relaylint;

TEST_CASE("secrets: values of password settings are masked, in whatever syntax") {
  CHECK(mask_secrets("password = hunter2") == "password = ********");
  CHECK(mask_secrets("  Server_Secret: two words ") == "  Server_Secret: ******** ");
  CHECK(mask_secrets("\"adminPassword\": \"hunter2\",") == "\"adminPassword\": \"********\",");
  CHECK(mask_secrets("CHGX PASSWORD(HUNTER2) USER(QTCP)") == "CHGX PASSWORD(********) USER(QTCP)");
  CHECK(mask_secrets("/USER-gw /PASSWORD-hunter2 /NOROUTING") == "/USER-gw /PASSWORD-******** /NOROUTING");
  CHECK(mask_secrets("<Prop N=\"x\"><Passwd>hunter2</Passwd>") == "<Prop N=\"x\"><Passwd>********</Passwd>");
  CHECK(mask_secrets("client_send = : alice : hunter2") == "client_send = ********");
  CHECK(mask_secrets("${lookup ldap{user=x pass=hunter2 ldap:///o=a}}") ==
        "${lookup ldap{user=x pass=******** ldap:///o=a}}");
}

TEST_CASE("secrets: what Exim hides, and what its authenticators compare with") {
  CHECK(mask_secrets("hide mysql_servers = localhost/mail/exim/hunter2") == "hide mysql_servers = ********");
  CHECK(mask_secrets("pgsql_servers = localhost/mail/exim/hunter2") == "pgsql_servers = ********");
  CHECK(mask_secrets("server_condition = ${if and{{eq{$auth1}{alice}}{eq{$auth2}{hunter2}}}}") ==
        "server_condition = ${if and{{eq{$auth1}{alice}}{eq{$auth2}{********}}}}");
  CHECK(mask_secrets("server_condition = ${if eq{$2}{hunter2}{1}{0}}") ==
        "server_condition = ${if eq{$2}{********}{1}{0}}");
  CHECK(mask_secrets("deny condition = ${if eq{$2}{word}{1}{0}}") == "deny condition = ${if eq{$2}{word}{1}{0}}");
}

TEST_CASE("secrets: where a password is kept, or how it is checked, is no password") {
  for (const char* line :
       {"smtpd_sasl_password_maps = hash:/etc/postfix/sasl", "Password_File : C:\\MERCURY\\PASS.PWL",
        "passwd_check = yes", "accept hosts = *", "local_parts = lsearch;/etc/passwd", "# compassion = all"}) {
    CHECK(mask_secrets(line) == line);
  }
}

TEST_CASE("secrets: a value that goes on over several lines is masked on each") {
  const SourceFile file(
      "configure",
      std::make_shared<const std::string>("hide mysql_servers = a/b/c/one : \\\n   d/e/f/two\naccept = x\n"), true);
  const auto masked = [&](std::uint32_t offset) { return secrets_in_line(file, file.line_at(offset)); };
  REQUIRE(masked(45).size() == 1);
  CHECK(file.slice({file.line_at(45).start + masked(45)[0].start, file.line_at(45).start + masked(45)[0].end}) ==
        "d/e/f/two");
  CHECK(masked(52).empty());
}
