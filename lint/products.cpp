#include "lint/products.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include "lint/pattern.hpp"

namespace relaylint {
namespace {

constexpr std::array kRows = {
    VersionRow{"domino", "Domino", "", "4.6", VersionState::NoRelayControl,
               "has no relay control: SMTPMTA_REJECT_RELAYS came with the SMTP MTA of 4.6",
               "upgrade to a Domino release that is supported, 12 or later",
               "searchdomino.techtarget.com, Stop Mail Relays From Spammers; keysolutions.com, Notes FAQ (Lotus "
               "technote 159050)"},
    VersionRow{"domino", "Domino", "", "6", VersionState::Obsolete,
               "has been out of support for decades, and relays for everybody until told otherwise",
               "upgrade to a Domino release that is supported, 12 or later; from 6 on relaying is refused to external "
               "hosts by default",
               "IBM Redbook, Lotus Domino 6 spam Survival Guide, page 61; Domino 6 Administrator Help, Setting inbound "
               "relay controls"},
    VersionRow{"domino", "Domino", "6", "12", VersionState::Outdated,
               "is followed by releases that are supported; a Configuration document that was upgraded from 5 keeps "
               "the open values of 5",
               "upgrade, and check the inbound relay controls in the Configuration document",
               "HCL Domino 14 Help, Preventing unauthorized SMTP hosts from using Domino as a relay"},
    VersionRow{"exim", "Exim", "", "4.0", VersionState::Obsolete,
               "has been unsupported since Exim 4.00 of February 2002",
               "upgrade to a current Exim 4; the configuration has to be rewritten (convert4r4, doc/Exim4.upgrade)",
               "exim.org front page; Exim 4 distribution, doc/Exim4.upgrade"},
    VersionRow{"exim", "Exim", "4.0", "4.94.2", VersionState::Obsolete,
               "has holes that let strangers run programs (CVE-2020-28007 to CVE-2020-28026), unless your distributor "
               "has mended them",
               "upgrade to the newest release, or check that your distributor's package has the fixes",
               "exim.org, doc/security/CVE-2020-qualys"},
    VersionRow{"exim", "Exim", "4.94.2", "4.98", VersionState::Outdated,
               "is no longer mended upstream, where only the newest release is",
               "make sure that your distributor still mends it, or upgrade",
               "Exim repository, SECURITY.md; endoflife.date/exim"},
    VersionRow{"groupwise", "GroupWise", "", "7", VersionState::Obsolete,
               "is no longer supported, and its gateway relays unless /NOROUTING is set",
               "upgrade to a GroupWise release that is supported", "Novell TID 10008701"},
    VersionRow{"mercury", "Mercury", "", "1.40", VersionState::NoRelayControl,
               "has no relay control: it ignores the keys Relay and Strict_Relay",
               "upgrade to 1.40 or later for NetWare, or to a current Mercury/32",
               "MyCERT, Open Relay advisory, section 2.10"},
    VersionRow{"mercury", "Mercury/32", "2.0", "2.11", VersionState::NoRelayControl,
               "has no relay control: it ignores the keys Relay and Strict_Relay", "upgrade to a current Mercury/32",
               "MyCERT, Open Relay advisory, section 2.10"},
    VersionRow{"mercury", "Mercury/32", "2.11", "4.52", VersionState::Obsolete,
               "has a buffer overflow in its SMTP AUTH command", "upgrade to a current Mercury/32",
               "Mercury/32 help, What's new, release 4.52"},
    VersionRow{
        "qmail", "qmail", "", "1.03", VersionState::Obsolete,
        "is older than the last release; 1.02 lets \"\"@ANY.HOST through rcpthosts, the betas have less control still",
        "upgrade to notqmail 1.09, or netqmail 1.06 at least", "qmail 1.03, CHANGES, 19980528 and 1996"},
    VersionRow{"smail", "Smail", "", "3.2.0.1", VersionState::NoRelayControl,
               "has no relay control: smtp_remote_allow came with a later 3.2.0 patch level, and this version stops at "
               "an attribute that it does not know",
               "move to a mail server that is maintained, and keep strangers off port 25 until then",
               "Smail 3.2 source, smailconf.c and smtprecv.c"},
    VersionRow{"smail", "Smail", "", "3.2.0.121", VersionState::Obsolete,
               "has a heap overflow that strangers can reach (CAN-2005-0892)",
               "move to a mail server that is maintained, or to 3.2.0.121 until then",
               "Bugtraq, March 2005, CAN-2005-0892 and CAN-2005-0893"},
    VersionRow{"smail", "Smail", "", "", VersionState::Outdated, "is of a project that has ended",
               "plan a move to a mail server that is maintained", "Smail 3.2.0.121 was the last release"},
};

/// One part of a version as it is compared: unfinished releases before nothing (or a zero), then letters, then numbers.
struct Part {
  enum class Rank { Unfinished, Nothing, Letters, Number };
  Rank rank = Rank::Nothing;
  std::uint64_t number = 0;
  std::string letters{};
  auto operator<=>(const Part&) const = default;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Part number_part(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{}) number = UINT64_MAX;
  return {number == 0 ? Part::Rank::Nothing : Part::Rank::Number, number, {}};
}

Part letter_part(std::string_view text) {
  constexpr std::array<std::string_view, 6> kUnfinished = {"alpha", "beta", "dev", "pre", "rc", "snapshot"};
  std::string letters = to_lower(text);
  const bool unfinished = std::find(kUnfinished.begin(), kUnfinished.end(), letters) != kUnfinished.end();
  return {unfinished ? Part::Rank::Unfinished : Part::Rank::Letters, 0, std::move(letters)};
}

std::vector<Part> parts_of(std::string_view version) {
  while (!version.empty() && !is_digit(version.front())) version.remove_prefix(1);
  version = version.substr(0, version.find_first_of(" \t-+#/"));
  std::vector<Part> parts;
  while (!version.empty()) {
    const auto kind = is_digit(version.front()) ? is_digit : is_letter;
    const auto end = std::find_if_not(version.begin(), version.end(), kind);
    const std::string_view run = version.substr(0, static_cast<std::size_t>(end - version.begin()));
    if (run.empty()) {
      version.remove_prefix(1);  // a dot or an underscore
      continue;
    }
    parts.push_back(kind == is_digit ? number_part(run) : letter_part(run));
    version.remove_prefix(run.size());
  }
  return parts;
}

std::strong_ordering compare_parts(const std::vector<Part>& a, const std::vector<Part>& b) {
  const Part nothing;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::strong_ordering order = (i < a.size() ? a[i] : nothing) <=> (i < b.size() ? b[i] : nothing);
    if (order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

/// Do all releases that `parts` may stand for lie before `bound`?
bool is_below(const std::vector<Part>& parts, std::string_view bound) {
  if (bound.empty()) return true;
  if (parts.size() > 1) return compare_parts(parts, parts_of(bound)) < 0;
  const Part next_series = number_part(std::to_string(parts.front().number + 1));
  return compare_parts({next_series}, parts_of(bound)) <= 0;
}

bool covers(const VersionRow& row, std::string_view product, const std::vector<Part>& parts) {
  if (!equals_ignoring_case(row.product, product)) return false;
  return compare_parts(parts, parts_of(row.from)) >= 0 && is_below(parts, row.below);
}

}  // namespace

std::span<const VersionRow> version_rows() { return kRows; }

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  return compare_parts(parts_of(a), parts_of(b));
}

std::optional<VersionFinding> judge_version(std::string_view product, std::string_view version) {
  const std::vector<Part> parts = parts_of(version);
  if (parts.empty()) return std::nullopt;
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                       [&](const VersionRow& candidate) { return covers(candidate, product, parts); });
  if (row == kRows.end()) return std::nullopt;
  const std::string title = std::string(row->title) + ' ' + std::string(version);
  return VersionFinding{row->state, title + ' ' + std::string(row->fact) + "; " + std::string(row->advice)};
}

}  // namespace relaylint
