// The program as its users run it: exit statuses, streams, each option once, error texts whole.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint::test;

namespace {

constexpr const char* kOpen = "/Home-SYS:\\DOM\\WPGATE\\GWIA\n/HN-gw.corp.example\n";
constexpr const char* kClosed = "/Home-SYS:\\DOM\\WPGATE\\GWIA\n/HN-gw.corp.example\n/NOROUTING\n";
constexpr const char* kUnknown = "--home /gw/dom/wpgate/gwia\n--smtp\n--imip\n";

struct Folder : TemporaryFolder {
  Folder() {
    write("open/GWIA.CFG", kOpen);
    write("closed/GWIA.CFG", kClosed);
    write("unknown/gwia.cfg", kUnknown);
  }
};

nlohmann::json json_of(const Ran& ran) { return nlohmann::json::parse(ran.out); }

}  // namespace

TEST_CASE("cli: the exit status tells open, closed and unknown") {
  const Folder folder;
  CHECK(run_relaylint({"open/GWIA.CFG"}, folder.path()).status == 1);
  CHECK(run_relaylint({"closed/GWIA.CFG"}, folder.path()).status == 0);
  CHECK(run_relaylint({"unknown/gwia.cfg"}, folder.path()).status == 3);
  CHECK(run_relaylint({"."}, folder.path()).status == 1);
  CHECK(run_relaylint({"closed", "unknown"}, folder.path()).status == 3);
}

TEST_CASE("cli: usage errors and unreadable input are status 2, in one sentence on standard error") {
  const Folder folder;
  const auto error = [&](std::vector<std::string> arguments) {
    const Ran ran = run_relaylint(std::move(arguments), folder.path());
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(error({}) == "relaylint: no PATH given; relaylint --help lists the options\n");
  CHECK(error({"--fix", "--diff", "open"}) == "relaylint: --fix and --diff exclude each other\n");
  CHECK(error({"--unsafe-fixes", "open"}) == "relaylint: --unsafe-fixes goes with --fix or --diff\n");
  CHECK(error({"--backup", "--", "open"}) == "relaylint: --backup goes with --fix\n");
  CHECK(error({"--client", "10.0.0.1", "open"}) == "relaylint: --client goes with --to\n");
  CHECK(error({"--to", "a@b", "--client", "10.0.0", "open"}) == "relaylint: --client: '10.0.0' is no IP address\n");
  CHECK(error({"--format", "sarif", "open"}) == "relaylint: --format: sarif is not available yet\n");
  CHECK(error({"--baseline", "x", "open"}) == "relaylint: --baseline is not available yet\n");
  CHECK(error({"lsp"}) ==
        "relaylint: the command 'lsp' is not available yet (a file of that name is given as ./lsp)\n");
  CHECK(error({"--product", "exim", "open"}) == "relaylint: --product: 'exim' is not NAME=VERSION\n");
  CHECK(error({"missing.cfg"}).find("missing.cfg") != std::string::npos);
  CHECK(error({"--select", "RL099x", "open"}).find("RL099x") != std::string::npos);
  CHECK(error({"--no-such-option", "open"}).find("--no-such-option") != std::string::npos);
}

TEST_CASE("cli: a named file that nothing recognises is status 3, or passed over") {
  const Folder folder;
  folder.write("notes.txt", "remember the milk\n");
  const Ran ran = run_relaylint({"notes.txt"}, folder.path());
  CHECK(ran.status == 3);
  CHECK(ran.err ==
        "relaylint: notes.txt: no format recognises this file; --as FORMAT says what it is (see --list-formats)\n");
  CHECK(run_relaylint({"--skip-unrecognised", "notes.txt"}, folder.path()).status == 0);
  CHECK(run_relaylint({"--as", "groupwise", "notes.txt"}, folder.path()).status != 2);
}

TEST_CASE("cli: standard input, by its content or by the name it is given") {
  const Ran named = run_relaylint({"--stdin-filename", "GWIA.CFG", "--format", "json", "-"}, ".", kOpen);
  CHECK(named.status == 1);
  CHECK(json_of(named)["configurations"][0]["path"] == "GWIA.CFG");
  CHECK(run_relaylint({"--as", "groupwise", "-"}, ".", kClosed).status == 0);
  CHECK(run_relaylint({"-"}, ".", "remember the milk\n").status == 3);
  // Fixed, it is what standard output is for; the report makes way.
  const Ran fix = run_relaylint({"--fix", "--stdin-filename", "GWIA.CFG", "-"}, ".", kOpen);
  CHECK(fix.status == 0);
  CHECK(fix.out == kClosed);
  CHECK(fix.err.find("fixed[RL001]") != std::string::npos);
  const Ran nothing = run_relaylint({"--fix", "--stdin-filename", "GWIA.CFG", "-"}, ".", kClosed);
  CHECK(nothing.status == 0);
  CHECK(nothing.out == kClosed);
  const Ran diff = run_relaylint({"--diff", "--stdin-filename", "etc/GWIA.CFG", "-"}, ".", kOpen);
  CHECK(diff.out.find("--- a/etc/GWIA.CFG\n+++ b/etc/GWIA.CFG\n") != std::string::npos);
}

TEST_CASE("cli: --files-from takes lines and NUL-separated names") {
  const Folder folder;
  folder.write("list", "open/GWIA.CFG\nclosed/GWIA.CFG\n");
  CHECK(json_of(run_relaylint({"--files-from", "list", "--format", "json"},
                              folder.path()))["summary"]["configurations"] == 2);
  const std::string input("open/GWIA.CFG\0closed/GWIA.CFG\0", 31);
  CHECK(json_of(run_relaylint({"--files-from", "-", "--format", "json"}, folder.path(),
                              input))["summary"]["configurations"] == 2);
}

TEST_CASE("cli: a question is answered for one transaction") {
  const Folder folder;
  const Ran relayed =
      run_relaylint({"--to", "victim@elsewhere.example", "--format", "concise", "open/GWIA.CFG"}, folder.path());
  CHECK(relayed.status == 0);
  CHECK(relayed.out.substr(0, relayed.out.find('\n')) == "open/GWIA.CFG: relayed");
  const Ran refused =
      run_relaylint({"--to", "victim@elsewhere.example", "--format", "json", "closed/GWIA.CFG"}, folder.path());
  CHECK(json_of(refused)["configurations"][0]["decision"]["outcome"] == "refused");
  const Ran null_sender = run_relaylint({"--to", "a@b.example", "--from", "", "open/GWIA.CFG"}, folder.path());
  CHECK(null_sender.out.find("mail from <> to <a@b.example>") != std::string::npos);
  CHECK(run_relaylint({"--to", "victim@elsewhere.example", "unknown/gwia.cfg"}, folder.path()).status == 3);
}

TEST_CASE("cli: --fix writes, --diff prints what it would write, and a fixed file is left alone") {
  const Folder folder;
  const std::string path = folder / "open/GWIA.CFG";
  const Ran diff = run_relaylint({"--diff", "open/GWIA.CFG"}, folder.path());
  CHECK(diff.status == 1);
  CHECK(diff.out ==
        "diff --git a/open/GWIA.CFG b/open/GWIA.CFG\n--- a/open/GWIA.CFG\n+++ b/open/GWIA.CFG\n@@ -1,2 +1,3 @@\n"
        " /Home-SYS:\\DOM\\WPGATE\\GWIA\n /HN-gw.corp.example\n+/NOROUTING\n");
  CHECK(read_bytes(path) == kOpen);

  const Ran fix = run_relaylint({"--fix", "--backup=.old", "open/GWIA.CFG"}, folder.path());
  CHECK(fix.status == 0);
  CHECK(fix.out.find("fixed[RL001]") != std::string::npos);
  CHECK(read_bytes(path) == kClosed);
  CHECK(read_bytes(path + ".old") == kOpen);

  const auto written = std::filesystem::last_write_time(path);
  CHECK(run_relaylint({"--fix", "open/GWIA.CFG"}, folder.path()).status == 0);
  CHECK(std::filesystem::last_write_time(path) == written);
}

TEST_CASE("cli: --compare reports what a change newly allows, and what it stops") {
  const Folder folder;
  const Ran worse = run_relaylint({"--compare", "closed/GWIA.CFG", "open/GWIA.CFG"}, folder.path());
  CHECK(worse.status == 1);
  CHECK(worse.out ==
        "error[RL906]: newly relays mail to anybody for everybody\n"
        " --> open/GWIA.CFG:1:1\n"
        "  |\n"
        "1 | /Home-SYS:\\DOM\\WPGATE\\GWIA\n"
        "  | ^ relay-newly-allowed\n\n");
  const Ran better =
      run_relaylint({"--format", "concise", "--compare", "open/GWIA.CFG", "closed/GWIA.CFG"}, folder.path());
  CHECK(better.status == 0);
  CHECK(better.out == "closed/GWIA.CFG:3:1: info RL907 no longer relays mail to anybody for everybody\n");
  const Ran same = run_relaylint({"--compare", "open/GWIA.CFG", "open/GWIA.CFG"}, folder.path());
  CHECK(same.status == 0);
  CHECK(same.out == "unchanged: open/GWIA.CFG relays what open/GWIA.CFG relays\n");
  CHECK(run_relaylint({"--compare", "missing", "open/GWIA.CFG"}, folder.path()).err ==
        "relaylint: --compare: missing does not exist\n");
  const Ran from_input = run_relaylint({"--compare", "-", "open/GWIA.CFG"}, folder.path(), kClosed);
  CHECK(from_input.status == 1);
}

TEST_CASE("cli: --compare matches the configurations of two folders by their paths") {
  const TemporaryFolder folder;
  folder.write("old/a/GWIA.CFG", kClosed);
  folder.write("old/b/GWIA.CFG", kOpen);
  folder.write("new/a/GWIA.CFG", kClosed);
  folder.write("new/b/GWIA.CFG", kOpen);
  CHECK(run_relaylint({"--compare", "old", "new"}, folder.path()).status == 0);
  folder.write("new/c/GWIA.CFG", kOpen);  // a new server, and it relays
  const Ran added = run_relaylint({"--format", "concise", "--compare", "old", "new"}, folder.path());
  CHECK(added.status == 1);
  CHECK(added.out == "new/c/GWIA.CFG:1:1: error RL906 newly relays mail to anybody for everybody\n");
  CHECK(run_relaylint({"--compare", "old/a/GWIA.CFG", "new"}, folder.path()).status == 2);
}

TEST_CASE("cli: an open verdict counts even where its rule is ignored") {
  const Folder folder;
  CHECK(run_relaylint({"--ignore", "RL001", "open/GWIA.CFG"}, folder.path()).status == 1);
  CHECK(run_relaylint({"--select", "RL012", "open/GWIA.CFG"}, folder.path()).status == 1);
  CHECK(run_relaylint({"--exit-zero", "open/GWIA.CFG"}, folder.path()).status == 0);
  const Ran none =
      run_relaylint({"--ignore", "relay-by-default,RL017", "--format", "json", "open/GWIA.CFG"}, folder.path());
  CHECK(json_of(none)["configurations"][0]["findings"].empty());
}

TEST_CASE("cli: a suppression with a reason hides the finding and its status") {
  const TemporaryFolder folder;
  folder.write("GWIA.CFG", std::string("; relaylint: ignore[RL001] only reachable from inside\n") + kOpen);
  const Ran hidden = run_relaylint({"--format", "json", "GWIA.CFG"}, folder.path());
  CHECK(hidden.status == 0);
  CHECK(json_of(hidden)["configurations"][0]["findings"][0]["suppressed"]["reason"] == "only reachable from inside");
  CHECK(run_relaylint({"--no-ignores", "GWIA.CFG"}, folder.path()).status == 1);
  folder.write("GWIA.CFG", std::string("; relaylint: ignore[RL001]\n") + kOpen);
  CHECK(run_relaylint({"--format", "concise", "GWIA.CFG"}, folder.path()).out.find("RL903") != std::string::npos);
  folder.write("GWIA.CFG", std::string("; relaylint: ignore[RL001] until we move until=2001-01-01\n") + kOpen);
  CHECK(run_relaylint({"--format", "concise", "GWIA.CFG"}, folder.path()).out.find("RL904") != std::string::npos);
  folder.write("GWIA.CFG", std::string("; relaylint: ignore[RL001] no longer needed\n") + kClosed);
  CHECK(run_relaylint({"--format", "concise", "GWIA.CFG"}, folder.path()).out.find("RL905") != std::string::npos);
}

TEST_CASE("cli: sections of the settings hide findings, and are told where they are of no use") {
  const Folder folder;
  const std::string section = "[ignore]\npath = open/\nrule = RL001\nreason = reachable from inside only\n";
  folder.write(".relaylint.ini", section);
  CHECK(run_relaylint({"open"}, folder.path()).status == 0);
  CHECK(run_relaylint({"--no-ignores", "open"}, folder.path()).status == 1);
  const auto told = [&](const std::string& settings, const std::string& path) {
    folder.write(".relaylint.ini", settings);
    return run_relaylint({"--format", "concise", path}, folder.path(), "", {"SOURCE_DATE_EPOCH=1790000000"}).out;
  };
  CHECK(told(section + "until = 2026-01-01\n", "open")
            .find(".relaylint.ini:1:1: warning RL904 suppression held until 2026-01-01 and hides nothing any more\n") !=
        std::string::npos);
  CHECK(told("\n[ignore]\npath = closed/\nrule = RL001\nreason = no longer\n", "closed") ==
        ".relaylint.ini:2:1: warning RL905 suppression of RL001 in closed/ hides nothing\n");
  CHECK(told(section, "closed").empty());  // it speaks of files that are not looked at
}

TEST_CASE("cli: project settings apply below their folder, unless told otherwise") {
  const Folder folder;
  folder.write(".relaylint.ini", "[relaylint]\nignore = RL017\n\n[product]\nsmail = 3.1.28\n");
  folder.write("smail/config",
               "hostnames = mail.corp.example:corp.example\nvisible_name = corp.example\npostmaster = root\n");
  CHECK(run_relaylint({"--as", "smail", "smail/config"}, folder.path()).status == 1);
  CHECK(run_relaylint({"--as", "smail", "--isolated", "smail/config"}, folder.path()).status == 3);
  CHECK(run_relaylint({"--as", "smail", "--isolated", "--product", "smail=3.1.28", "smail/config"}, folder.path())
            .status == 1);
  CHECK(run_relaylint({"--show-settings", "--fail-on", "error"}, folder.path()).out ==
        ".: .relaylint.ini\n"
        "  select        every rule\n"
        "  ignore        RL017\n"
        "  fail_on       error\n"
        "  strict        no\n"
        "  product       smail = 3.1.28\n");
  const Ran shown = run_relaylint({"--show-settings", "--format", "json", "smail"}, folder.path());
  CHECK(nlohmann::json::parse(shown.out)[0]["product"]["smail"] == "3.1.28");
  folder.write(".relaylint.ini", "[relaylint]\nignroe = RL017\n");
  const Ran wrong = run_relaylint({"open/GWIA.CFG"}, folder.path());
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find(".relaylint.ini:2:1: ") != std::string::npos);
  CHECK(wrong.err.find("ignore") != std::string::npos);
}

TEST_CASE("cli: every report validates against the schema and does not depend on threads") {
  const Folder folder;
  const Ran one = run_relaylint({"--format", "json", "-j", "1", "."}, folder.path());
  const Ran four = run_relaylint({"--format", "json", "-j", "4", "."}, folder.path());
  CHECK(one.out == four.out);
  folder.write("report.json", one.out);
  const std::string check =
      "import json, jsonschema, sys\n"
      "jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))\n";
  const Ran valid = run_program(
      {"/usr/bin/python3", "-c", check, RELAYLINT_SOURCE_DIR "/docs/schema/relaylint-v1.schema.json", "report.json"},
      folder.path());
  CHECK_MESSAGE(valid.status == 0, valid.err);

  const Ran lines = run_relaylint({"--format", "jsonl", "."}, folder.path());
  const nlohmann::json whole = json_of(one);
  std::size_t at = 0;
  for (const auto& configuration : whole["configurations"]) {
    const std::size_t end = lines.out.find('\n', at);
    CHECK(nlohmann::json::parse(lines.out.substr(at, end - at)) == configuration);
    at = end + 1;
  }
  CHECK(nlohmann::json::parse(lines.out.substr(at))["summary"] == whole["summary"]);
}

TEST_CASE("cli: colours only where asked, and the option wins over the environment") {
  const Folder folder;
  const auto colored = [&](std::vector<std::string> arguments, const std::vector<std::string>& environment) {
    arguments.push_back("open/GWIA.CFG");
    return run_relaylint(arguments, folder.path(), "", environment).out.find('\x1b') != std::string::npos;
  };
  CHECK_FALSE(colored({}, {}));
  CHECK(colored({"--color", "always"}, {"NO_COLOR=1"}));
  CHECK(colored({}, {"FORCE_COLOR=1"}));
  CHECK_FALSE(colored({}, {"FORCE_COLOR=1", "NO_COLOR=1"}));
  CHECK_FALSE(colored({"--color", "never"}, {"CLICOLOR_FORCE=1"}));
}

TEST_CASE("cli: what the program tells about itself") {
  CHECK(run_relaylint({"--version"}).out.substr(0, 10) == "relaylint ");
  CHECK(run_relaylint({"--version", "--verbose"}).out.find("public suffix list") != std::string::npos);
  CHECK(run_relaylint({"--help"}).out.find("--unsafe-fixes") != std::string::npos);
  CHECK(run_relaylint({"--explain", "relay-by-mx"}).out.find("RL007") == 0);
  CHECK(run_relaylint({"--explain", "RL07"}).status == 2);
  CHECK(run_relaylint({"--list-rules"}).out.find("RL016") != std::string::npos);
  CHECK(nlohmann::json::parse(run_relaylint({"--list-rules", "--format", "json"}).out).size() > 15);
  CHECK(run_relaylint({"--list-formats"}).out.find("groupwise") != std::string::npos);
  CHECK(nlohmann::json::parse(run_relaylint({"--list-formats", "--format", "json"}).out)[0].contains("file_names"));
}

TEST_CASE("cli: --output writes the report to a file, --quiet and --stats as usual") {
  const Folder folder;
  CHECK(run_relaylint({"--output", "report.txt", "open/GWIA.CFG"}, folder.path()).out.empty());
  CHECK(read_bytes(folder / "report.txt").find("RL001") != std::string::npos);
  CHECK(run_relaylint({"-q", "closed/GWIA.CFG"}, folder.path()).out.empty());
  CHECK(run_relaylint({"--stats", "closed/GWIA.CFG"}, folder.path()).err.find("1 configurations, 1 files") == 0);
  CHECK(run_relaylint({"--output", "no/such/folder/x", "open/GWIA.CFG"}, folder.path()).status == 2);
}

TEST_CASE("cli: options as users type them") {
  const Folder folder;
  const auto says = [&](std::vector<std::string> arguments) {
    return run_relaylint(std::move(arguments), folder.path()).err;
  };
  CHECK(says({"--selct", "RL001", "open"}) ==
        "relaylint: there is no option '--selct'; did you mean '--select'?; relaylint --help lists the options\n");
  CHECK(says({"-qz", "open"}) == "relaylint: there is no option '-z'; relaylint --help lists the options\n");
  CHECK(says({"open", "--format"}) == "relaylint: --format needs a value; relaylint --help lists the options\n");
  CHECK(says({"--format", "jsn", "open"}) ==
        "relaylint: --format: 'jsn' is none of text, concise, json, jsonl; did you mean 'json'?\n");
  CHECK(says({"--compare", "open", "open", "closed"}) == "relaylint: --compare takes one PATH\n");
  CHECK(says({"--to=", "open"}) == "relaylint: --to needs a recipient\n");
  // The last one counts, lists add up, an empty value is a value, and -- ends options.
  const Ran last = run_relaylint(
      {"--format", "text", "--format=concise", "--from=", "--to", "a@b.example", "open/GWIA.CFG"}, folder.path());
  CHECK(last.out.find("open/GWIA.CFG: relayed\n") == 0);
  CHECK(run_relaylint({"--ignore", "RL001", "--ignore", "RL017", "--format", "concise", "open"}, folder.path())
            .out.empty());
  folder.write("-q/GWIA.CFG", kOpen);
  CHECK(run_relaylint({"--format", "concise", "--", "-q"}, folder.path()).out.find("-q/GWIA.CFG:1:1: error RL001") ==
        0);
}

TEST_CASE("cli: a qmail control folder is judged once, whatever is named of it") {
  const TemporaryFolder folder;
  folder.write("repo/control/me", "mail.corp.example\n");
  folder.write("repo/control/locals", "corp.example\n");
  folder.write("repo/control/rcpthosts", "corp.example\n");
  const auto count = [&](std::vector<std::string> paths) {
    paths.insert(paths.begin(), {"--format", "json"});
    return json_of(run_relaylint(std::move(paths), folder.path()))["summary"]["configurations"];
  };
  CHECK(count({"repo"}) == 1);
  CHECK(count({"repo/control"}) == 1);
  CHECK(count({"repo/control/rcpthosts"}) == 1);
  CHECK(count({"repo/control", "repo/control/rcpthosts"}) == 1);
  CHECK(run_relaylint({"repo"}, folder.path()).status == 0);
  std::filesystem::remove(folder / "repo/control/rcpthosts");
  const Ran open = run_relaylint({"--format", "concise", "repo"}, folder.path());
  CHECK(open.status == 1);
  CHECK(open.out.find("repo/control/rcpthosts:1:1: error RL001 ") == 0);
  CHECK(run_relaylint({"--fix", "--unsafe-fixes", "repo"}, folder.path()).status == 0);
  CHECK(read_bytes(folder / "repo/control/rcpthosts").find("corp.example\n") != std::string::npos);
}

TEST_CASE("cli: a file of another program is left alone in a walk, and told of where it is named") {
  const TemporaryFolder folder;
  folder.write("notes.ini", "[Notes to self]\nbuy = milk\n");
  folder.write("config", "[core]\n\teditor = vi\n");
  folder.write("configure", "#!/bin/sh\nexit 0\n");
  const Ran walk = run_relaylint({"."}, folder.path());
  CHECK(walk.status == 0);
  CHECK(walk.out.empty());
  CHECK(walk.err == "relaylint: .: no mail configuration found in it\n");
  CHECK(run_relaylint({"configure"}, folder.path()).status == 3);
}

TEST_CASE("cli: ignored files are not looked for, but named ones are looked at") {
  const Folder folder;
  folder.write(".gitignore", "open/\n");
  CHECK(run_relaylint({"open", "closed"}, folder.path()).status == 1);
  folder.write("all/open/GWIA.CFG", kOpen);
  folder.write("all/closed/GWIA.CFG", kClosed);
  folder.write("all/.relaylintignore", "open\n");
  CHECK(run_relaylint({"all"}, folder.path()).status == 0);
  CHECK(run_relaylint({"all/open/GWIA.CFG"}, folder.path()).status == 1);
  folder.write(".relaylint.ini", "exclude = all/closed\n");
  CHECK(json_of(run_relaylint({"--format", "json", "all"}, folder.path()))["summary"]["configurations"] == 0);
}

TEST_CASE("cli: what a file says cannot reach the terminal unescaped") {
  const TemporaryFolder folder;
  folder.write("GWIA.CFG", "/Home-X\x1b]0;owned\x07\n/MH-\xe2\x80\xae host\n");
  for (const char* format : {"text", "concise", "json", "jsonl"}) {
    const std::string out = run_relaylint({"-v", "--format", format, "GWIA.CFG"}, folder.path()).out;
    CHECK(out.find('\x1b') == std::string::npos);
    CHECK(out.find('\x07') == std::string::npos);
    CHECK(out.find("\xe2\x80\xae") == std::string::npos);
  }
}
