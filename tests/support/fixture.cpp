#include "tests/support/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>
#include <utility>

#include "lint/suppress.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"
#include "tests/support/temporary_folder.hpp"

namespace relaylint::test {
namespace {

namespace fs = std::filesystem;

/// Suppressions in fixtures are out of date or not as of this day.
constexpr const char* kToday = "2025-06-30";

/// Names of the folders in a folder, sorted; none where it is missing.
std::vector<std::string> folders_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, missing)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find_first_of("\r\n")); }

void apply_option(std::istringstream& words, const std::string& option, EngineOptions& options) {
  std::string value;
  if (option == "--strict") {
    options.judge.strict = true;
  } else if (option == "--root" && words >> value) {
    options.root = value;
  } else if (option == "--product" && words >> value && value.find('=') != std::string::npos) {
    options.lower.products[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
  } else {
    FAIL_CHECK("options.txt: what is " << option << " " << value << "?");
  }
}

EngineOptions read_options(const std::string& text) {
  EngineOptions options = all_rules_on();
  std::istringstream words(text);
  for (std::string word; words >> word;) apply_option(words, word, options);
  const SuppressOptions suppress{.rules = all_rules(), .today = kToday, .wanted = [](const RuleInfo&) { return true; }};
  options.suppress = [suppress](Configuration& configuration) { apply_suppressions(configuration, suppress); };
  return options;
}

Fixture load(const std::string& folder, const std::string& format, bool has_input_folder) {
  Fixture fixture;
  fixture.folder = folder;
  fixture.path = std::string(RELAYLINT_SOURCE_DIR) + "/fixtures/" + folder;
  fixture.format = format;
  fixture.input = load_folder(has_input_folder ? fixture.path + "/input" : fixture.path);
  // In a corpus folder they lie among the tree.
  fixture.input.erase("options.txt");
  fixture.input.erase("entry.txt");
  fixture.options = read_options(fixture_file(fixture, "options.txt"));
  fixture.entry = first_line(fixture_file(fixture, "entry.txt"));
  const Format* known = find_format(format);
  if (fixture.entry.empty() && known != nullptr) fixture.entry = entry_of(*known, fixture.input).value_or("");
  CAPTURE(folder);
  CHECK(known != nullptr);
  CHECK_FALSE(fixture.entry.empty());
  return fixture;
}

/// `kind`/<group>/<case>/ for every group and case.
template <typename FormatOf>
std::vector<Fixture> load_all(const std::string& kind, bool has_input_folder, FormatOf format_of) {
  std::vector<Fixture> fixtures;
  const std::string base = std::string(RELAYLINT_SOURCE_DIR) + "/fixtures/" + kind;
  for (const std::string& group : folders_in(base)) {
    for (const std::string& name : folders_in(base + "/" + group)) {
      fixtures.push_back(load(kind + "/" + group + "/" + name, format_of(group, name), has_input_folder));
    }
  }
  return fixtures;
}

std::string format_is_group(const std::string& group, const std::string&) { return group; }

}  // namespace

std::vector<Fixture> rule_fixtures() {
  return load_all("rules", true,
                  [](const std::string&, const std::string& name) { return name.substr(0, name.find('_')); });
}
std::vector<Fixture> verdict_fixtures() { return load_all("verdicts", true, format_is_group); }
std::vector<Fixture> corpus_fixtures() { return load_all("corpus", false, format_is_group); }

std::vector<Fixture> all_fixtures() {
  std::vector<Fixture> all = rule_fixtures();
  for (std::vector<Fixture> more : {verdict_fixtures(), corpus_fixtures()}) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

std::string rule_name_of(const Fixture& fixture) { return fs::path(fixture.folder).parent_path().filename().string(); }

bool is_near_miss(const Fixture& fixture) { return fixture.folder.ends_with("_ok"); }

std::string fixture_file(const Fixture& fixture, std::string_view name) {
  const std::string path = fixture.path + "/" + std::string(name);
  return fs::exists(path) ? read_bytes(path) : std::string();
}

}  // namespace relaylint::test
