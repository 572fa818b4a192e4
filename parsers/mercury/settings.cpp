// [MercuryS] as it is written: switches, Allow and Refuse lines, and whether the module is loaded.

#include <algorithm>
#include <array>
#include <string>

#include "lint/pattern.hpp"
#include "parsers/mercury/mercury.hpp"

namespace relaylint::mercury {
namespace {

/// Lines longer than this are cut somewhere (daemon.txt, write_profile): what stands behind it may not be read.
constexpr std::uint32_t kLongestLine = 254;

bool is_relaying_key(std::string_view key) {
  constexpr std::array<std::string_view, 7> kKeys{"Relay",     "Strict_Relay", "Allow", "Refuse", "SMTP_Authentication",
                                                  "SMTP_Auth", "Interface"};
  return std::any_of(kKeys.begin(), kKeys.end(), [&](std::string_view name) { return ini_named(key, name); });
}

/// One switch, over all [MercuryS] sections.
Switch read_switch(const IniDocument& document, const std::vector<std::uint32_t>& sections, std::string_view key) {
  const IniFile& ini = document.ini();
  Switch result;
  std::vector<bool> set_in(ini.sections.size(), false);
  for (std::size_t i = 0; i < ini.entries.size(); ++i) {
    const IniEntry& entry = ini.entries[i];
    if (!entry.has_separator || !ini_named(document.text(entry.key), key) ||
        !is_section(document, entry.section, "MercuryS"))
      continue;
    set_in[entry.section] = true;
    result.entries.push_back(i);
    result.span = document.span(entry.value);
    const bool cut = entry.value.end - entry.line.start > kLongestLine;
    switch (entry.doubtful || cut ? Flag::NotUnderstood : flag_of(document.text(entry.value))) {
      case Flag::Off:
        result.off = true;
        break;
      case Flag::On:
        result.on = true;
        break;
      case Flag::NotUnderstood:
        result.unclear = true;
        break;
    }
  }
  const auto lacks_it = [&](std::uint32_t section) { return !set_in[section]; };
  result.absent = sections.empty() || std::any_of(sections.begin(), sections.end(), lacks_it);
  return result;
}

void read_listed(const IniDocument& document, Settings& settings) {
  const std::vector<IniEntry>& entries = document.ini().entries;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const IniEntry& entry = entries[i];
    if (!entry.has_separator || !is_section(document, entry.section, "MercuryS")) continue;
    const bool allow = ini_named(document.text(entry.key), "Allow");
    if (!allow && !ini_named(document.text(entry.key), "Refuse")) continue;
    if (entry.value.empty()) {
      settings.empty_listed.push_back(i);
      continue;
    }
    const bool as_it_looks = !entry.doubtful && entry.value.end - entry.line.start <= kLongestLine;
    settings.listed.push_back({i, allow, as_it_looks ? network_of(document.text(entry.value)) : std::nullopt});
  }
}

/// The first place where something that matters may be read in another way than it looks.
std::optional<Note> doubt_in(const IniDocument& document) {
  const IniFile& ini = document.ini();
  for (const IniEntry& entry : ini.entries) {
    const bool in_doubtful_section = ini.sections[entry.section].doubtful;
    if (in_doubtful_section && entry.has_separator && is_relaying_key(document.text(entry.key))) {
      return Note{document.span(entry.statement()),
                  "it stands below a section header that Mercury may not read as one"};
    }
    if (entry.doubtful && (in_doubtful_section || is_section(document, entry.section, "MercuryS"))) {
      return Note{document.span(entry.statement()), "Mercury may not read this line as it looks"};
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_section(const IniDocument& document, std::uint32_t section, std::string_view name) {
  const IniSection& found = document.ini().sections[section];
  return !found.doubtful && ini_named(document.text(found.name), name);
}

Flag flag_of(std::string_view value) {
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) return Flag::NotUnderstood;
  return value.find_first_not_of('0') == std::string_view::npos ? Flag::Off : Flag::On;
}

std::optional<Network> network_of(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address || address->v6 || text.find(':') != std::string_view::npos) return std::nullopt;
  Network network{static_cast<std::uint32_t>(address->bits)};
  while (network.zero_octets < 4 && ((network.address >> (8 * network.zero_octets)) & 0xFF) == 0) ++network.zero_octets;
  return network;
}

Settings settings_of(const IniDocument& document) {
  Settings settings;
  const IniFile& ini = document.ini();
  for (std::uint32_t section = 0; section < ini.sections.size(); ++section) {
    if (is_section(document, section, "MercuryS")) settings.sections.push_back(section);
  }
  settings.place = document.span({0, 0});
  if (!settings.sections.empty()) {
    const IniSection& section = ini.sections[settings.sections.front()];
    settings.place = document.span({section.name.start - 1, section.name.end + 1});
  }
  settings.relay = read_switch(document, settings.sections, "Relay");
  settings.strict = read_switch(document, settings.sections, "Strict_Relay");
  settings.authentication = read_switch(document, settings.sections, "SMTP_Authentication");
  if (settings.authentication.entries.empty())
    settings.authentication = read_switch(document, settings.sections, "SMTP_Auth");
  read_listed(document, settings);
  settings.doubt = doubt_in(document);
  return settings;
}

Module module_of(const IniDocument& document) {
  const IniFile& ini = document.ini();
  Module module;
  bool any = false;
  for (std::uint32_t section = 0; section < ini.sections.size(); ++section) {
    if (!ini_named(document.text(ini.sections[section].name), "Protocols")) continue;
    if (ini.sections[section].doubtful) return {};
    if (!any) module.span = document.span({ini.sections[section].name.start - 1, ini.sections[section].name.end + 1});
    any = true;
  }
  if (!any) return {};

  bool others = false;
  for (const IniEntry& entry : ini.entries) {
    if (!is_section(document, entry.section, "Protocols")) continue;
    if (to_lower(document.text(entry.statement())).find("mercurys") != std::string::npos)
      return {true, document.span(entry.statement())};
    others = true;
  }
  IniScanner scanner(document.bytes(), document.dialect());
  bool in_protocols = false;
  bool switched_off = false;
  for (IniLine line; scanner.next(line);) {
    if (line.kind == IniLineKind::Section) in_protocols = ini_named(document.text(line.name), "Protocols");
    if (line.kind != IniLineKind::Comment || !in_protocols) continue;
    if (to_lower(document.text(line.line)).find("mercurys.dll") == std::string::npos) continue;
    switched_off = true;
    module.span = document.span(ini_without_ending(document.bytes(), line.line));
  }
  // An empty list says nothing about how the modules are loaded.
  module.loaded = !others && !switched_off;
  return module;
}

}  // namespace relaylint::mercury
