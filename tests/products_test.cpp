#include "lint/products.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace relaylint;

namespace {

/// "none", "obsolete", "outdated" or "fine".
std::string state_of(std::string_view product, std::string_view version) {
  const std::optional<VersionFinding> found = judge_version(product, version);
  if (!found) return "fine";
  switch (found->state) {
    case VersionState::NoRelayControl:
      return "none";
    case VersionState::Obsolete:
      return "obsolete";
    case VersionState::Outdated:
      return "outdated";
  }
  return {};
}

}  // namespace

TEST_CASE("products: versions in their order") {
  // Each list rises; every pair of it is compared both ways.
  const std::vector<std::vector<std::string>> lists = {
      {"0.91", "1.02", "1.03"},
      {"3.1.28", "3.2", "3.2.0.1", "3.2.0.95", "3.2.0.101", "3.2.0.115", "3.2.0.121"},
      {"3.36", "4.00", "4.84", "4.84_2", "4.90_RC3", "4.90", "4.90.1", "4.94", "4.94.2", "4.96", "4.100"},
      {"4.6", "5.0.9", "5.0.13", "5.0.13a", "5.0.13b", "9.0.1", "9.0.1FP7", "9.0.1FP8", "9.0.1FP10", "12.0"},
      {"v2.11", "v3.01", "v3.01a", "v3.30", "v4.52", "v4.62"},
      {"V4R1M0", "V4R2M0", "V4R5M0", "V5R1M0"},
      {"1", "2", "18446744073709551617"},
  };
  for (const auto& list : lists) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = 0; j < list.size(); ++j) {
        CAPTURE(list[i]);
        CAPTURE(list[j]);
        CHECK(compare_versions(list[i], list[j]) == (i <=> j));
      }
    }
  }
}

TEST_CASE("products: spellings of one version") {
  CHECK(compare_versions("3.2", "3.2.0") == 0);
  CHECK(compare_versions("R5.0.8", "5.0.8") == 0);
  CHECK(compare_versions("Release 5.0.8", "5.0.8") == 0);
  CHECK(compare_versions("5.0.13A", "5.0.13a") == 0);
  CHECK(compare_versions("4.96-15+deb12u4", "4.96") == 0);
  CHECK(compare_versions("6.2#30648", "6.2-31") == 0);
  CHECK(compare_versions("8.8.8/8.8.5", "8.8.8") == 0);
}

TEST_CASE("products: what is known of a version") {
  CHECK(state_of("smail", "3.1.28") == "none");
  CHECK(state_of("smail", "3.2") == "none");
  CHECK(state_of("smail", "3.2.0") == "none");
  CHECK(state_of("smail", "3.2.0.1") == "obsolete");
  CHECK(state_of("smail", "3.2.0.115") == "obsolete");
  CHECK(state_of("smail", "3.2.0.121") == "outdated");
  CHECK(state_of("exim", "3.12") == "obsolete");
  CHECK(state_of("exim", "4.94.1") == "obsolete");
  CHECK(state_of("exim", "4.94.2") == "outdated");
  CHECK(state_of("exim", "4.98") == "fine");
  CHECK(state_of("qmail", "1.02") == "obsolete");
  CHECK(state_of("qmail", "1.03") == "fine");
  CHECK(state_of("qmail", "1.09") == "fine");
  CHECK(state_of("mercury", "1.31") == "none");
  CHECK(state_of("mercury", "1.40") == "fine");
  CHECK(state_of("mercury", "1.48") == "fine");
  CHECK(state_of("mercury", "2.10") == "none");
  CHECK(state_of("mercury", "2.11") == "obsolete");
  CHECK(state_of("mercury", "4.62") == "fine");
  CHECK(state_of("domino", "4.5.1") == "none");
  CHECK(state_of("domino", "4.6.7") == "obsolete");
  CHECK(state_of("domino", "5.0.13a") == "obsolete");
  CHECK(state_of("domino", "9.0.1FP7") == "outdated");
  CHECK(state_of("domino", "12.0.2") == "fine");
  CHECK(state_of("groupwise", "4.1") == "obsolete");
  CHECK(state_of("groupwise", "6.5") == "obsolete");
  CHECK(state_of("groupwise", "7") == "fine");
  CHECK(state_of("groupwise", "2014") == "fine");
  CHECK(state_of("groupwise", "18") == "fine");
}

TEST_CASE("products: a series is as good as its best release") {
  CHECK(state_of("exim", "3") == "obsolete");
  CHECK(state_of("exim", "4") == "fine");
  CHECK(state_of("mercury", "1") == "fine");
  CHECK(state_of("mercury", "2") == "fine");
  CHECK(state_of("mercury", "3") == "obsolete");
  CHECK(state_of("domino", "R4") == "obsolete");
  CHECK(state_of("domino", "3") == "none");
  CHECK(state_of("domino", "5") == "obsolete");
  CHECK(state_of("domino", "11") == "outdated");
  CHECK(state_of("smail", "3") == "outdated");
  CHECK(state_of("smail", "2") == "none");
}

TEST_CASE("products: nothing is known of other products and of what is no version") {
  CHECK(state_of("sendfax", "1.0") == "fine");
  CHECK(state_of("exim", "") == "fine");
  CHECK(state_of("exim", "unknown") == "fine");
  CHECK(state_of("EXIM", "3.36") == "obsolete");
}

TEST_CASE("products: the message names product, version, fact and advice") {
  const std::optional<VersionFinding> found = judge_version("smail", "3.1.28");
  REQUIRE(found);
  CHECK(found->message.rfind("Smail 3.1.28 has no relay control", 0) == 0);
  CHECK(found->message.find("; move to") != std::string::npos);
  CHECK(found->message.back() != '.');
}

TEST_CASE("products: every row can speak, says where it is from, and stands in order") {
  const auto rows = version_rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const VersionRow& row = rows[i];
    CAPTURE(row.product);
    CAPTURE(row.fact);
    CHECK_FALSE(row.source.empty());
    if (!row.below.empty()) CHECK(compare_versions(row.from.empty() ? "0" : row.from, row.below) < 0);
    // The newest release that it covers, near enough: nobody before it may have taken that.
    const std::string newest = row.below.empty() ? "999.9" : std::string(row.below) + "rc";
    const std::optional<VersionFinding> found = judge_version(row.product, newest);
    REQUIRE(found);
    CHECK(found->message.find(row.fact) != std::string::npos);
    CHECK(found->state == row.state);
    if (i > 0) CHECK(rows[i - 1].product <= row.product);
  }
}
