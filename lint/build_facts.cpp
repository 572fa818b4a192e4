#include "lint/build_facts.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/core.h>
#include <libpsl.h>
#include <pcre2.h>

#include <array>
#include <nlohmann/json.hpp>

#include "lint/version.hpp"

namespace relaylint {
namespace {

std::string pcre2_version() {
  std::array<char, 64> text{};
  return pcre2_config(PCRE2_CONFIG_VERSION, text.data()) > 0 ? text.data() : "";
}

}  // namespace

std::vector<BuildFact> build_facts() {
  std::vector<BuildFact> facts = {
      {"commit", std::string(commit())},
      {"built", std::string(build_date())},
      {"compiler", __VERSION__},
      {"PCRE2", pcre2_version()},
      {"libpsl", psl_get_version()},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann-json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
  };
  std::erase_if(facts, [](const BuildFact& fact) { return fact.value.empty(); });
  return facts;
}

}  // namespace relaylint
