// Statements that are meant to protect and do not: a wrong separator, a misspelt key, a wrong section, a comment.

#include <algorithm>
#include <array>
#include <string>

#include "lint/pattern.hpp"
#include "parsers/mercury/mercury.hpp"
#include "parsers/support/near_name.hpp"

namespace relaylint::mercury {
namespace {

struct Protection {
  std::string_view key;
  std::size_t distance;  ///< how far a misspelt one may be away
};
/// More of them tell nothing new.
constexpr std::size_t kMostSlips = 16;
constexpr std::array<Protection, 3> kProtections{{{"Relay", 1}, {"Strict_Relay", 2}, {"Refuse", 1}}};

/// Keywords of MercuryS 4.62 (its own table of them).
constexpr std::array<std::string_view, 45> kKnown{"Session_Logging",
                                                  "Session_LogMode",
                                                  "Debug",
                                                  "Discard",
                                                  "HELO",
                                                  "Logfile",
                                                  "Size",
                                                  "Timeout",
                                                  "Server_Port",
                                                  "Alt_Server_Port",
                                                  "Switch",
                                                  "Stack",
                                                  "Relay",
                                                  "Strict_Relay",
                                                  "Use_571_Code",
                                                  "Killfile",
                                                  "8BITMIME",
                                                  "Interface",
                                                  "Refuse",
                                                  "Allow",
                                                  "Allow_Illegals",
                                                  "SMTP_Auth",
                                                  "SMTP_Authentication",
                                                  "Auth_File",
                                                  "RBL_Enabled",
                                                  "RBL_Host",
                                                  "RBL_Action",
                                                  "RBL_Refer",
                                                  "RBL_Message",
                                                  "ORBS_Enabled",
                                                  "ORBS_Host",
                                                  "ORBS_Action",
                                                  "ORBS_Refer",
                                                  "ORBS_Message",
                                                  "ORBS_Strictness",
                                                  "Compliance_Settings",
                                                  "Maximum_Failed_Rcpts",
                                                  "Compliance_Exceptions",
                                                  "Max_Relay_Attempts",
                                                  "SSL_Mode",
                                                  "SSL_Certfile",
                                                  "ST_Blacklisting",
                                                  "TF_Filename",
                                                  "No_VRFY",
                                                  "SMTP_ConnFlags"};

bool is_known(std::string_view key) {
  return std::any_of(kKnown.begin(), kKnown.end(), [&](std::string_view name) { return ini_named(key, name); });
}

bool protects(std::string_view key, std::string_view value) {
  if (key == "Relay") return flag_of(value) == Flag::Off;
  if (key == "Strict_Relay") return flag_of(value) == Flag::On;
  return network_of(value).has_value();
}

class SlipFinder {
 public:
  SlipFinder(const IniDocument& document, const Settings& settings) : document_(document), settings_(settings) {}

  std::vector<Slip> run();

 private:
  void look_at(const IniEntry& entry);
  void in_section(const IniEntry& entry);
  void elsewhere(const IniEntry& entry);
  void look_at_comments();
  void look_at_comment(const IniLine& line, std::uint32_t section);
  void add(Slip slip);

  /// Nothing is missed where the right statement stands beside the wrong one.
  [[nodiscard]] bool has_effect(std::string_view key) const {
    if (key == "Relay") return settings_.relay.surely_zero();
    return key == "Strict_Relay" && settings_.strict.surely_on();
  }
  [[nodiscard]] std::string_view text(TextRange range) const { return document_.text(range); }

  const IniDocument& document_;
  const Settings& settings_;
  std::vector<Slip> found_{};
};

void SlipFinder::add(Slip slip) {
  if (found_.size() >= kMostSlips || !protects(slip.key, slip.value) || has_effect(slip.key)) return;
  found_.push_back(slip);
}

/// Splits `Key = value` or `Key value`; the separator holds the blanks around it too.
bool split_otherwise(std::string_view bytes, TextRange statement, TextRange& key, TextRange& separator,
                     TextRange& value) {
  const std::string_view text = bytes.substr(statement.start, statement.size());
  const std::size_t key_end = text.find_first_of(" \t=");
  if (key_end == std::string_view::npos || key_end == 0) return false;
  std::size_t at = text.find_first_not_of(" \t", key_end);
  if (at != std::string_view::npos && text[at] == '=') at = text.find_first_not_of(" \t", at + 1);
  if (at == std::string_view::npos) return false;
  const auto place = [&](std::size_t offset) { return statement.start + static_cast<std::uint32_t>(offset); };
  key = {statement.start, place(key_end)};
  separator = {place(key_end), place(at)};
  value = {place(at), statement.end};
  return true;
}

void SlipFinder::in_section(const IniEntry& entry) {
  TextRange key = entry.key;
  TextRange separator{};
  TextRange value = entry.value;
  if (!entry.has_separator && !split_otherwise(document_.bytes(), entry.statement(), key, separator, value)) return;
  for (const Protection& protection : kProtections) {
    Slip slip{Slip::Kind::WrongSeparator, protection.key, key,         separator,
              entry.statement(),          entry.line,     text(value), entry.section};
    const bool same = ini_named(text(key), protection.key);
    const bool near = !same && !is_known(text(key)) && is_near(text(key), protection.key, protection.distance);
    if (near && entry.has_separator) slip.kind = Slip::Kind::Misspelt;
    if ((same && !entry.has_separator) || near) {
      add(slip);
      return;
    }
  }
}

void SlipFinder::elsewhere(const IniEntry& entry) {
  TextRange key = entry.key;
  TextRange separator{};
  TextRange value = entry.value;
  if (!entry.has_separator && !split_otherwise(document_.bytes(), entry.statement(), key, separator, value)) return;
  for (const std::string_view name : {"Relay", "Strict_Relay"}) {
    if (!ini_named(text(key), name)) continue;
    add({Slip::Kind::WrongSection, name, key, separator, entry.statement(), entry.line, text(value), entry.section});
  }
}

void SlipFinder::look_at(const IniEntry& entry) {
  const IniSection& section = document_.ini().sections[entry.section];
  if (entry.doubtful || section.doubtful) return;  // these are doubts, see Settings
  if (is_section(document_, entry.section, "MercuryS")) {
    in_section(entry);
  } else if (!is_section(document_, entry.section, "Protocols")) {
    elsewhere(entry);
  }
}

/// `#Relay : 0`: nothing but the statement, and perhaps a further comment behind it.
void SlipFinder::look_at_comment(const IniLine& line, std::uint32_t section) {
  std::string_view rest = text(line.line);
  const std::size_t mark = rest.find_first_not_of("# \t");
  if (mark == std::string_view::npos) return;
  rest = rest.substr(mark, rest.find_first_of("#\r\n", mark) - mark);
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return;
  const auto trimmed = [](std::string_view part) {
    const std::size_t first = part.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : part.substr(first, part.find_last_not_of(" \t") + 1 - first);
  };
  const std::string_view key = trimmed(rest.substr(0, colon));
  const std::string_view value = trimmed(rest.substr(colon + 1));
  for (const std::string_view name : {"Relay", "Strict_Relay"}) {
    if (!ini_named(key, name)) continue;
    const std::uint32_t start = line.line.start + static_cast<std::uint32_t>(mark);
    const TextRange statement{start,
                              static_cast<std::uint32_t>(value.data() + value.size() - document_.bytes().data())};
    add({Slip::Kind::Commented, name, {}, {}, statement, line.line, value, section});
  }
}

void SlipFinder::look_at_comments() {
  IniScanner scanner(document_.bytes(), document_.dialect());
  std::uint32_t section = 0;
  for (IniLine line; scanner.next(line);) {
    if (line.kind == IniLineKind::Section) ++section;
    if (line.kind == IniLineKind::Comment && is_section(document_, section, "MercuryS")) look_at_comment(line, section);
  }
}

std::vector<Slip> SlipFinder::run() {
  for (const IniEntry& entry : document_.ini().entries) look_at(entry);
  look_at_comments();
  std::sort(found_.begin(), found_.end(), [](const Slip& a, const Slip& b) { return a.statement < b.statement; });
  return std::move(found_);
}

}  // namespace

std::vector<Slip> slips_of(const IniDocument& document, const Settings& settings) {
  return SlipFinder(document, settings).run();
}

}  // namespace relaylint::mercury
