#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/examine.hpp"
#include "tests/support/temporary_folder.hpp"

namespace relaylint::test {
namespace {

namespace fs = std::filesystem;

void write_tree(const std::string& path, const Files& files) {
  for (const auto& [name, bytes] : files) {
    const fs::path file = fs::path(path) / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
}

void check_same_tree(const Files& expected, const Files& actual) {
  for (const auto& file : expected) {
    CAPTURE(file.first);
    CHECK(actual.contains(file.first));
    if (actual.contains(file.first)) CHECK(actual.at(file.first) == file.second);
  }
  for (const auto& file : actual) {
    CAPTURE(file.first);
    CHECK(expected.contains(file.first));
  }
}

}  // namespace

bool blessing() {
  const char* value = std::getenv("RELAYLINT_BLESS");
  return value != nullptr && std::string_view(value) != "0" && *value != '\0';
}

void check_golden(const std::string& path, std::string_view actual) {
  const std::string expected = fs::exists(path) ? read_bytes(path) : std::string();
  if (!blessing()) {
    INFO(path << " (RELAYLINT_BLESS=1 writes it anew)");
    CHECK(std::string(actual) == expected);
    return;
  }
  if (expected == actual && fs::exists(path)) return;
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(actual.data(), static_cast<std::streamsize>(actual.size()));
  REQUIRE(out.flush());
}

void check_golden_tree(const std::string& path, const Files* actual) {
  INFO(path << " (RELAYLINT_BLESS=1 writes it anew)");
  if (blessing()) {
    fs::remove_all(path);
    if (actual != nullptr) write_tree(path, *actual);
  }
  CHECK(fs::exists(path) == (actual != nullptr));
  if (actual != nullptr && fs::exists(path)) check_same_tree(load_folder(path), *actual);
}

}  // namespace relaylint::test
