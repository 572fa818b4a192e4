// The round trip of every case folder: `relaylint --diff | patch -p1` in a copy gives the bytes that the fixes intend
// and no others, `--fix` writes the same, and a second run of either finds nothing left to do.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "parsers/registry.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

constexpr int kFailed = 2;  // contract.md 2: usage, unreadable, a fix that could not be proved or written

void write_tree(const TemporaryFolder& folder, const Files& files) {
  for (const auto& [name, bytes] : files) folder.write(name, bytes);
}

/// The program, called as the case says, with `mode` before all else.
Ran run_on(const Fixture& fixture, const TemporaryFolder& folder, std::vector<std::string> mode) {
  std::vector<std::string>& command = mode;
  command.insert(command.end(), {"--isolated", "--unsafe-fixes", "--as", fixture.format});
  std::istringstream options(fixture_file(fixture, "options.txt"));
  for (std::string word; options >> word;) command.push_back(word);
  command.push_back(fixture.entry);
  return run_relaylint(command, folder.path());
}

/// What says whether a file was written again: its inode and its time.
std::map<std::string, std::pair<ino_t, std::int64_t>> stamps_of(const TemporaryFolder& folder, const Files& files) {
  std::map<std::string, std::pair<ino_t, std::int64_t>> stamps;
  for (const auto& [name, bytes] : files) {
    struct stat status {};
    if (::stat((folder / name).c_str(), &status) == 0) stamps[name] = {status.st_ino, status.st_mtim.tv_nsec};
  }
  return stamps;
}

bool same_fix(const Finding& a, const Finding& b) {
  return a.rule == b.rule && a.span == b.span && a.fix && b.fix && a.fix->edits == b.fix->edits;
}

/// Where one round was enough: the edits that the findings announced, applied to the old bytes. Nothing where a later
/// round built on an earlier one.
std::optional<PatchedFiles> announced_edits(const Examined& examined, const FixResult& fixed) {
  const std::vector<Finding>& told = examined.configuration.findings;
  std::vector<Edit> edits;
  for (const Finding& finding : fixed.fixed) {
    const bool announced =
        std::any_of(told.begin(), told.end(), [&](const Finding& other) { return same_fix(finding, other); });
    if (!announced) return std::nullopt;
    edits.insert(edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
  }
  return apply_edits(*examined.configuration.sources, edits);
}

bool same_bytes(const PatchedFiles& a, const PatchedFiles& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
           return x.first == y.first && *x.second == *y.second;
         });
}

/// Counts of what the cases showed, so that the test cannot pass by seeing nothing.
struct Seen {
  std::size_t patched = 0;
  std::size_t one_round = 0;
};

void check_round_trip(const Fixture& fixture, Seen& seen) {
  const Examined examined = fixture.examine();
  const FixResult fixed = examined.fix_all();
  const Files wanted = patched(fixture.input, fixed.files);
  if (const auto announced = announced_edits(examined, fixed); announced && !fixed.fixed.empty()) {
    CHECK(same_bytes(*announced, fixed.files));
    ++seen.one_round;
  }

  const TemporaryFolder copy;
  write_tree(copy, fixture.input);
  const Ran diff = run_on(fixture, copy, {"--diff"});
  CHECK((diff.status == kFailed) == !fixed.unproved.empty());
  CHECK(load_folder(copy.path()) == fixture.input);
  CHECK(diff.out.empty() == fixed.files.empty());
  if (diff.out.empty()) return;
  ++seen.patched;

  const Ran patch = run_program({"patch", "-p1"}, copy.path(), diff.out);
  CAPTURE(patch.out);
  CHECK(patch.status == 0);
  CHECK(load_folder(copy.path()) == wanted);
  CHECK(run_on(fixture, copy, {"--diff"}).out.empty());

  const TemporaryFolder in_place;
  write_tree(in_place, fixture.input);
  CHECK((run_on(fixture, in_place, {"--fix"}).status == kFailed) == !fixed.unproved.empty());
  CHECK(load_folder(in_place.path()) == wanted);
  const auto stamps = stamps_of(in_place, wanted);
  run_on(fixture, in_place, {"--fix"});
  CHECK(stamps_of(in_place, wanted) == stamps);
  CHECK(load_folder(in_place.path()) == wanted);
}

}  // namespace

TEST_CASE("round trip: every case folder, by --diff and patch as by --fix") {
  Seen seen;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    if (find_format(fixture.format) != nullptr) check_round_trip(fixture, seen);
  }
  CHECK(seen.patched > 10);
  CHECK(seen.one_round > 5);
}

TEST_CASE("round trip: what was fixed is not found again") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.folder);
    if (find_format(fixture.format) == nullptr) continue;
    const Examined before = fixture.examine();
    const FixResult fixed = before.fix_all();
    if (fixed.files.empty()) continue;
    const Examined after =
        examine_files(fixture.format, patched(fixture.input, fixed.files), fixture.entry, fixture.options);
    for (const Finding& finding : fixed.fixed) {
      CAPTURE(finding.rule);
      CHECK(std::none_of(
          after.configuration.findings.begin(), after.configuration.findings.end(),
          [&](const Finding& left) { return left.rule == finding.rule && left.message == finding.message; }));
    }
    if (before.state() == VerdictState::Closed) CHECK(after.state() == VerdictState::Closed);
  }
}

TEST_CASE("round trip: a file that two configurations share is changed once") {
  const Files input = {{"a/config", "hostnames = a.example\nsecond_config_file = /etc/common\n"},
                       {"b/config", "hostnames = b.example\nsecond_config_file = /etc/common\n"},
                       {"etc/common", "# both\nsmtp_remote_allow = \"localnet:0/0\"\n"}};
  Files wanted = input;
  wanted["etc/common"] = "# both\nsmtp_remote_allow = \"localnet\"\n";
  const auto run = [](const TemporaryFolder& folder, const std::string& mode) {
    return run_relaylint({mode, "--isolated", "--root", ".", "--product", "smail=3.2.0.121", "a/config", "b/config"},
                         folder.path());
  };
  const TemporaryFolder copy;
  write_tree(copy, input);
  CHECK(run_program({"patch", "-p1"}, copy.path(), run(copy, "--diff").out).status == 0);
  CHECK(load_folder(copy.path()) == wanted);

  const TemporaryFolder in_place;
  write_tree(in_place, input);
  const Ran fixed = run(in_place, "--fix");
  CAPTURE(fixed.err);
  CHECK(fixed.status == 0);
  CHECK(load_folder(in_place.path()) == wanted);
}

TEST_CASE("round trip: the diff names the file behind a symbolic link, below the folder one is in, or from the root") {
  const TemporaryFolder folder;
  const std::string before = "hostnames = a.example\nsmtp_remote_allow = \"localnet:0/0\"\n";
  const std::string after = "hostnames = a.example\nsmtp_remote_allow = \"localnet\"\n";
  const std::string file = folder.write("real/config", before);
  std::filesystem::create_directory(folder / "etc");
  std::filesystem::create_symlink("../real/config", folder / "etc/config");
  const auto diff = [&](const std::string& path, const std::string& from) {
    return run_relaylint({"--diff", "--isolated", "--product", "smail=3.2.0.121", "--as", "smail", path}, from).out;
  };
  for (const std::string& path : {std::string("etc/config"), std::string("./etc/../real/config"), file}) {
    CAPTURE(path);
    CHECK(run_program({"patch", "-p1"}, folder.path(), diff(path, folder.path())).status == 0);
    CHECK(read_bytes(file) == after);
    folder.write("real/config", before);
  }
  CHECK(run_program({"patch", "-p1", "-d", "/"}, folder.path(), diff("../real/config", folder / "etc")).status == 0);
  CHECK(read_bytes(file) == after);
  CHECK(std::filesystem::is_symlink(folder / "etc/config"));
}
