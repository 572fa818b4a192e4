#pragma once
// Which versions of which products cannot restrict relaying, or are no longer mended: data in one table, each row with
// its source. Rule RL011 speaks from it and its page lists it. A product gets in by rows in products.cpp, nothing else.

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relaylint {

enum class VersionState {
  NoRelayControl,  ///< no setting can stop it from relaying
  Obsolete,        ///< nobody mends it, or everybody knows how to break in
  Outdated,        ///< its makers have gone on; worth knowing, no more
};

/// What holds for releases from `from` (inclusive) to `below` (exclusive); an empty bound is none.
struct VersionRow {
  std::string_view product;  ///< as in --product
  std::string_view title;    ///< as people write it
  std::string_view from;
  std::string_view below;
  VersionState state;
  std::string_view fact;    ///< goes on from "TITLE VERSION": "has no relay control …"
  std::string_view advice;  ///< imperative
  std::string_view source;
};

/// All rows, by product, the gravest state of overlapping ones first.
std::span<const VersionRow> version_rows();

/// Orders two versions of one product: numbers between dots, underscores and letters by value, a missing one as zero;
/// letters after the number they follow ("5.0.13" < "5.0.13a"), but "rc", "beta" and the like before it. Letters in
/// front
/// ("R5", "V4R2M0") and whatever follows a blank, `-`, `+`, `#` or `/` (packaging, build dates) are passed over.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

struct VersionFinding {
  VersionState state = VersionState::Obsolete;
  std::string message;  ///< as a finding's message
};

/// What the table has on this version of the product; nothing where that is nothing, the product is not in it or the
/// version has no number. A version of one number ("4") stands for a whole series: a row counts only where all of its
/// releases are in it.
std::optional<VersionFinding> judge_version(std::string_view product, std::string_view version);

}  // namespace relaylint
