#include "lint/discover.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "lint/disk.hpp"
#include "tests/support/memory_reader.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

// Two made-up formats: one knows files by their content, the other folders.
Detection detect_alpha(std::string_view path, std::string_view head) {
  const bool named = base_name(path) == "alpha.conf";
  const bool content = head.substr(0, 5) == "alpha";
  if (named && content) return Detection::Certain;
  if (content) return Detection::ByContent;
  return named && head.empty() ? Detection::ByName : Detection::No;
}
Detection detect_beta(std::string_view path, std::string_view) {
  return base_name(path) == "beta-list" ? Detection::ByName : Detection::No;
}
std::optional<std::string> beta_folder(std::string_view, std::span<const std::string> names) {
  if (std::find(names.begin(), names.end(), "beta-me") == names.end()) return std::nullopt;
  return "";
}

constexpr std::string_view kAlphaNames[] = {"alpha.conf"};
constexpr std::string_view kBetaNames[] = {"beta-list"};
const Format kAlpha = {.id = "alpha",
                       .title = "",
                       .product = "",
                       .file_names = kAlphaNames,
                       .comment_starts = "#",
                       .detect = detect_alpha,
                       .detect_directory = nullptr,
                       .parse = nullptr,
                       .lower = nullptr,
                       .rewrite = nullptr,
                       .after_fix = "",
                       .replay = ""};
const Format kBeta = {.id = "beta",
                      .title = "",
                      .product = "",
                      .file_names = kBetaNames,
                      .comment_starts = "",
                      .detect = detect_beta,
                      .detect_directory = beta_folder,
                      .parse = nullptr,
                      .lower = nullptr,
                      .rewrite = nullptr,
                      .after_fix = "",
                      .replay = ""};
constexpr const Format* kFormats[] = {&kAlpha, &kBeta};

Discovery discover_in(FileReader& reader, std::vector<std::string> paths, const Format* as = nullptr) {
  std::vector<PathRequest> requests;
  for (std::string& path : paths) requests.push_back({std::move(path), {}, {}});
  return discover(requests, reader, kFormats, as);
}

/// `path=format` of each target; a folder as `path/=format`.
std::vector<std::string> told(const Discovery& discovery) {
  std::vector<std::string> all;
  for (const FoundTarget& found : discovery.targets) {
    all.push_back(found.target.path + (found.directory ? "/" : "") + "=" + std::string(found.target.format->id));
  }
  return all;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("discover: the surest format wins, and nothing is guessed") {
  CHECK(detect_format("alpha.conf", "alpha 1", kFormats) == &kAlpha);
  CHECK(detect_format("other", "alpha 1", kFormats) == &kAlpha);
  CHECK(detect_format("beta-list", "alpha 1", kFormats) == &kAlpha);
  CHECK(detect_format("beta-list", "", kFormats) == &kBeta);
  CHECK(detect_format("alpha.conf", "of another program", kFormats) == nullptr);
}

TEST_CASE("discover: a walk goes down, in the order of paths, and leaves hidden folders and strangers' files alone") {
  MemoryReader reader({{"r/z/alpha.conf", "alpha"},
                       {"r/a/x.conf", "alpha"},
                       {"r/a/alpha.conf", "another program"},
                       {"r/.git/alpha.conf", "alpha"},
                       {"r/.hidden/alpha.conf", "alpha"},
                       {"r/.alpha", "alpha"}});
  CHECK(told(discover_in(reader, {"r/"})) == Strings{"r/.alpha=alpha", "r/a/x.conf=alpha", "r/z/alpha.conf=alpha"});
  CHECK(told(discover_in(reader, {"r/.hidden"})) == Strings{"r/.hidden/alpha.conf=alpha"});
  CHECK(told(discover_in(reader, {"r/z", "r/z/alpha.conf", "r/a"})) ==
        Strings{"r/a/x.conf=alpha", "r/z/alpha.conf=alpha"});
}

TEST_CASE("discover: ignore files count for walks, not for what is named") {
  MemoryReader reader({{"r/.git/HEAD", ""},
                       {"r/.gitignore", "out/\n*.bak\n"},
                       {"r/s/.relaylintignore", "/skip.conf\n"},
                       {"r/out/alpha.conf", "alpha"},
                       {"r/s/a.bak", "alpha"},
                       {"r/s/a.conf", "alpha"},
                       {"r/s/skip.conf", "alpha"}});
  CHECK(told(discover_in(reader, {"r"})) == Strings{"r/s/a.conf=alpha"});
  CHECK(told(discover_in(reader, {"r/s"})) == Strings{"r/s/a.conf=alpha"});  // the .gitignore above counts
  CHECK(told(discover_in(reader, {"r/s/skip.conf", "r/s/a.bak"})) == Strings{"r/s/a.bak=alpha", "r/s/skip.conf=alpha"});
  PathRequest request{"r", IgnorePatterns::parse("s/a.*"), "/memory/r"};
  CHECK(discover(std::span(&request, 1), reader, kFormats).targets.empty());
}

TEST_CASE("discover: a folder that is one configuration") {
  MemoryReader reader({{"r/control/beta-me", ""}, {"r/control/beta-list", ""}, {"r/control/sub/alpha.conf", "alpha"}});
  CHECK(told(discover_in(reader, {"r"})) ==
        Strings{"r/control/=beta", "r/control/beta-list=beta", "r/control/sub/alpha.conf=alpha"});
  CHECK(told(discover_in(reader, {"r/control/"})).front() == "r/control/=beta");
}

TEST_CASE("discover: --as is believed for what is named, and looked for in walks") {
  MemoryReader reader({{"r/x", "anything"}, {"r/alpha.conf", "alpha"}, {"e/y", ""}});
  CHECK(told(discover_in(reader, {"r/x"}, &kAlpha)) == Strings{"r/x=alpha"});
  CHECK(told(discover_in(reader, {"r"}, &kAlpha)) == Strings{"r/alpha.conf=alpha"});
  CHECK(told(discover_in(reader, {"e"}, &kBeta)) == Strings{"e/=beta"});
  CHECK(discover_in(reader, {"e"}, &kAlpha).empty == Strings{"e"});
}

TEST_CASE("discover: what is not there, and what nothing recognises") {
  MemoryReader reader(Files{{"r/x", "anything"}});
  const Discovery discovery = discover_in(reader, {"r/x", "missing"});
  CHECK(discovery.targets.empty());
  CHECK(discovery.unrecognised == Strings{"r/x"});
  REQUIRE(discovery.errors.size() == 1);
  CHECK(discovery.errors[0].message == "missing: does not exist");
}

TEST_CASE("discover: every target may read below every PATH that was given") {
  MemoryReader reader({{"a/alpha.conf", "alpha"}, {"b/alpha.conf", "alpha"}});
  for (const FoundTarget& found : discover_in(reader, {"a/alpha.conf", "b"}).targets) {
    CHECK(found.target.allowed == Strings{"a", "a/alpha.conf", "b"});
  }
}

TEST_CASE("discover: symbolic links lead neither out nor in circles, and no file counts twice") {
  const TemporaryFolder folder;
  folder.write("r/real.conf", "alpha");
  folder.write("outside.conf", "alpha");
  namespace fs = std::filesystem;
  fs::create_symlink(folder / "r/real.conf", folder / "r/another.conf");
  fs::create_symlink(folder / "outside.conf", folder / "r/leads-out.conf");
  fs::create_directory_symlink(folder / "r", folder / "r/circle");
  DiskReader reader;
  CHECK(told(discover_in(reader, {folder / "r"})) == Strings{folder / "r/real.conf=alpha"});
  CHECK(told(discover_in(reader, {folder / "r/leads-out.conf"})) == Strings{folder / "r/leads-out.conf=alpha"});
}

TEST_CASE("redundant targets: what another configuration includes is told once") {
  const auto redundant = [](std::vector<Membership> targets) { return redundant_targets(targets); };
  using Answer = std::vector<bool>;
  // A walk finds a main file and what it includes.
  CHECK(redundant({{"/a", {"/a", "/inc"}, &kAlpha}, {"/inc", {"/inc"}, &kAlpha}}) == Answer{false, true});
  // Two that belong together: the first.
  CHECK(redundant({{"/a", {"/a", "/b"}, &kAlpha}, {"/b", {"/a", "/b"}, &kAlpha}}) == Answer{false, true});
  // The named one of two.
  CHECK(redundant({{"/a", {"/a", "/b"}, &kAlpha}, {"/b", {"/a", "/b"}, &kAlpha, true}}) == Answer{true, false});
  // A folder and a file of it, both named.
  CHECK(redundant({{"/c", {"/c/l"}, &kBeta, true, true}, {"/c/l", {"/c/l", "/c/m"}, &kBeta, true}}) ==
        Answer{false, true});
  // A named file of another format is asked for itself.
  CHECK(redundant({{"/a", {"/a", "/t"}, &kAlpha, true}, {"/t", {"/t"}, &kBeta, true}}) == Answer{false, false});
  CHECK(redundant({{"/a", {"/a"}, &kAlpha}, {"/b", {"/b"}, &kAlpha}}) == Answer{false, false});
}
