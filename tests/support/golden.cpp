#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace relaylint::test {

bool blessing() {
  const char* value = std::getenv("RELAYLINT_BLESS");
  return value != nullptr && std::string_view(value) != "0" && *value != '\0';
}

void check_golden(const std::string& path, std::string_view actual) {
  const std::string expected = std::filesystem::exists(path) ? read_bytes(path) : std::string();
  if (!blessing()) {
    INFO(path << " (RELAYLINT_BLESS=1 writes it anew)");
    CHECK(std::string(actual) == expected);
    return;
  }
  if (expected == actual && std::filesystem::exists(path)) return;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(actual.data(), static_cast<std::streamsize>(actual.size()));
  REQUIRE(out.flush());
}

}  // namespace relaylint::test
