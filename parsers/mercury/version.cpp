// Which Mercury runs the file: the user says it, or keys, sections and paths that only some of them have.

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "lint/pattern.hpp"
#include "parsers/mercury/mercury.hpp"

namespace relaylint::mercury {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Release> release_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  Release release{0, 0};
  std::size_t at = first;
  for (; at < text.size() && is_digit(text[at]) && release.major < 1000; ++at)
    release.major = release.major * 10 + (text[at] - '0');
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    release.minor = (text[at + 1] - '0') * 10;
    if (at + 2 < text.size() && is_digit(text[at + 2])) release.minor += text[at + 2] - '0';
  }
  return release;
}

/// The digits and points of what the user wrote.
std::string version_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  return first == std::string_view::npos ? std::string{} : std::string(text.substr(first));
}

bool starts_with_volume(std::string_view value) {
  return value.size() > 4 && equals_ignoring_case(value.substr(0, 4), "SYS:");
}

/// Keys of [MercuryS] and sections that came with 4.0; Compliance_Settings came with 3.32.
void look_for_hints(const IniDocument& document, Edition& edition) {
  constexpr std::array<std::string_view, 4> kSince4{"SSL_Mode", "ST_Blacklisting", "SMTP_ConnFlags", "No_VRFY"};
  const auto raise = [&](Release release, TextRange place) {
    if (edition.at_least && *edition.at_least >= release) return;
    edition.at_least = release;
    edition.evidence = document.span(place);
  };
  const IniFile& ini = document.ini();
  for (std::uint32_t section = 0; section < ini.sections.size(); ++section) {
    if (is_section(document, section, "MercuryB") || is_section(document, section, "MercuryI")) {
      raise({4, 0}, ini.sections[section].name);
    }
  }
  for (const IniEntry& entry : ini.entries) {
    const std::string_view key = document.text(entry.key);
    if (starts_with_volume(entry.has_separator ? document.text(entry.value) : key)) edition.netware = true;
    if (!is_section(document, entry.section, "MercuryS") || !entry.has_separator) continue;
    const auto is_key = [&](std::string_view name) { return ini_named(key, name); };
    if (std::any_of(kSince4.begin(), kSince4.end(), is_key)) raise({4, 0}, entry.key);
    if (is_key("Compliance_Settings")) raise({3, 32}, entry.key);
  }
}

}  // namespace

std::string Edition::name() const {
  std::string text = netware ? "Mercury/NLM" : "Mercury/32";
  if (!version.empty()) text += " " + version;
  return text;
}

Edition edition_of(const IniDocument& document, std::string_view version) {
  Edition edition;
  look_for_hints(document, edition);
  edition.version = version_in(version);
  edition.exact = release_in(version);
  const std::string lower = to_lower(version);
  if (lower.find("nlm") != std::string::npos || lower.find("netware") != std::string::npos) edition.netware = true;
  // Mercury/32 began with 2.0; the NetWare one never came so far.
  if (edition.exact) edition.netware = edition.exact->major < 2;
  return edition;
}

}  // namespace relaylint::mercury
