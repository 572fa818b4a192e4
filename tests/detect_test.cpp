// What a file is taken for, by its name and its first bytes: ambiguous names are decided by content, files of other
// programs with the same name are left alone.

#include <doctest/doctest.h>

#include <string>

#include "lint/discover.hpp"
#include "parsers/registry.hpp"

using namespace relaylint;

namespace {

std::string taken_for(std::string_view path, std::string_view head) {
  const Format* format = detect_format(path, head, all_formats());
  return format == nullptr ? "nothing" : std::string(format->id);
}

constexpr std::string_view kExim4 =
    "domainlist local_domains = corp.example\nacl_smtp_rcpt = check\nbegin acl\ncheck:\n  deny\n";
constexpr std::string_view kExim3 = "local_domains = corp.example\nhost_accept_relay = 127.0.0.1\nend\nend\n";

}  // namespace

TEST_CASE("detect: `configure` is Exim's, of either version, or somebody else's") {
  CHECK(taken_for("/etc/exim/configure", kExim4) == "exim4");
  CHECK(taken_for("/etc/exim/configure", kExim3) == "exim3");
  CHECK(taken_for("configure", "#!/bin/sh\n# Guess values for system-dependent variables\nac_prog=no\nend=1\n") ==
        "nothing");
  CHECK(taken_for("configure", "") == "nothing");
}

TEST_CASE("detect: a part of an Exim 4 configuration is none by itself") {
  CHECK(taken_for("conf.d/router/00_header", "begin routers\n\n") == "nothing");
  CHECK(taken_for("lists.inc", "hostlist relay_from_hosts = 10.0.0.0/8\n") == "nothing");
  CHECK(taken_for("acl-rcpt", "check:\n  accept hosts = *\n") == "nothing");
}

TEST_CASE("detect: `config` is smail's only where it looks like it") {
  CHECK(taken_for("smail/config",
                  "hostnames = mail.corp.example\nvisible_name = corp.example\nsmtp_remote_allow = localnet\n") ==
        "smail");
  CHECK(taken_for(".git/config", "[core]\n\trepositoryformatversion = 0\n") == "nothing");
  CHECK(taken_for("config", "Host *\n  ForwardAgent no\n") == "nothing");
}

TEST_CASE("detect: INI files of mail systems and of others") {
  CHECK(taken_for("MERCURY.INI", "[Protocols]\nmercurys.dll\n[MercuryS]\nRelay : 0\n") == "mercury");
  CHECK(taken_for("mercury.ini", "[device]\nport=/dev/ttyUSB0\n") == "nothing");
  CHECK(taken_for("notes.ini", "[Notes]\nKitType=2\nDirectory=/local/notesdata\nServerTasks=Router,SMTP\n") ==
        "domino");
  CHECK(taken_for("notes.ini", "[Window]\nwidth=100\n") == "nothing");
  CHECK(taken_for("setup.cfg", "[metadata]\nname = x\n") == "nothing");
}

TEST_CASE("detect: qmail's files by what is in them") {
  CHECK(taken_for("control/rcpthosts", "corp.example\n") == "qmail");
  CHECK(taken_for("etc/tcp.smtp", "127.:allow,RELAYCLIENT=\"\"\n") == "qmail");
  CHECK(taken_for("service/web/run", "#!/bin/sh\nexec httpd -f\n") == "nothing");
  CHECK(taken_for("xinetd.conf", "defaults\n{\n\tinstances = 60\n}\n") == "nothing");
  CHECK(taken_for("hosts.allow", "sshd: 10.\n") == "nothing");
}
