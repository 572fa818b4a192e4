#pragma once
// Internal to this folder: what MERCURY.INI says about the SMTP server module, before it is given a meaning. README.md
// has the syntax and the sources.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/format.hpp"
#include "parsers/support/ini.hpp"

namespace relaylint::mercury {

const IniDialect& dialect();

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

// --- versions (version.cpp) -------------------------------------------------------------------------------------

/// A release number; the minor part is the first two digits behind the point: 4.5 is 50, 4.52 is 52, 4.01b is 1.
struct Release {
  int major = -1;
  int minor = 0;
  auto operator<=>(const Release&) const = default;
};

/// Which Mercury runs the file, as far as it is known.
struct Edition {
  std::string version{};              ///< "1.47" as the user gives it; empty where he does not
  std::optional<Release> exact{};     ///< from the user
  std::optional<Release> at_least{};  ///< from keys and sections that only later versions have
  bool netware = false;               ///< Mercury/NLM, not Mercury/32
  Span evidence{};

  [[nodiscard]] bool surely_before(Release other) const { return exact && *exact < other; }
  [[nodiscard]] bool surely_from(Release other) const {
    return (exact && *exact >= other) || (!exact && at_least && *at_least >= other);
  }
  /// NLM before 1.40 and /32 before 2.11 ignore every relaying keyword.
  [[nodiscard]] bool has_no_control() const { return surely_before(netware ? Release{1, 40} : Release{2, 11}); }
  /// Builds for which the advisory wants the Allow and Refuse lines to end in `Refuse : 0.0.0.0`.
  [[nodiscard]] bool needs_last_refuse() const { return surely_before(netware ? Release{1, 47} : Release{2, 16}); }
  /// Since 4.0 connection control is kept in MERCURYS.ACL.
  [[nodiscard]] bool keeps_acl() const { return surely_from({4, 0}); }
  /// "Mercury/NLM 1.31", "Mercury/32".
  [[nodiscard]] std::string name() const;
};

/// `version` as the user gives it ("1.31", "NLM 1.31"), or empty: then the file's hints.
Edition edition_of(const IniDocument& document, std::string_view version);

// --- settings (settings.cpp) ------------------------------------------------------------------------------------

/// A number as the switches take it: 0 is off, any other number is on.
enum class Flag { Off, On, NotUnderstood };
Flag flag_of(std::string_view value);

/// What a switch can be. More than one is possible where it is set twice, or in a line or section that Mercury may not
/// read as it looks.
struct Switch {
  bool absent = false;
  bool off = false;
  bool on = false;
  bool unclear = false;
  std::vector<std::size_t> entries{};  ///< indices into IniFile::entries, in [MercuryS]
  Span span{};                         ///< the value of the last entry; where there is none, see Settings::place

  [[nodiscard]] bool surely_on() const { return on && !off && !absent && !unclear; }
  /// Written as 0 and nothing else.
  [[nodiscard]] bool surely_zero() const { return off && !on && !absent && !unclear; }
  [[nodiscard]] bool surely_absent() const { return absent && !off && !on && !unclear; }
  /// Off in every reading, by being written so or by not being there.
  [[nodiscard]] bool surely_not_on() const { return !on && !unclear; }
};

/// `a.b.c.d` of an Allow or Refuse line; zeros at the end are wildcards.
struct Network {
  std::uint32_t address = 0;
  int zero_octets = 0;  ///< 0 a host … 4 everybody

  [[nodiscard]] AddressSet set() const {
    return AddressSet::network(IpAddress::v4(address), static_cast<unsigned>(32 - 8 * zero_octets));
  }
};

/// An Allow or Refuse line. Small: there may be very many.
struct Listed {
  std::uint32_t entry = 0;  ///< an index into IniFile::entries
  bool allow = true;
  std::optional<Network> network{};  ///< nothing where the text is none of the documented forms
};

struct Settings {
  std::vector<std::uint32_t> sections{};  ///< every [MercuryS], as indices into IniFile::sections
  Switch relay{};
  Switch strict{};
  Switch authentication{};
  std::vector<Listed> listed{};  ///< Allow and Refuse with a value, in file order
  std::vector<std::uint32_t> empty_listed{};
  /// Where what is missing would stand: the section's header, or the start of the file.
  Span place{};
  /// Allow, Refuse or a switch stand in a line or section that Mercury may not read as it looks.
  std::optional<Note> doubt{};
};

Settings settings_of(const IniDocument& document);

/// Nothing for every other text than `a.b.c.d`.
std::optional<Network> network_of(std::string_view text);

/// A statement that is meant to protect and does not.
struct Slip {
  enum class Kind { WrongSeparator, Misspelt, WrongSection, Commented };
  Kind kind = Kind::Misspelt;
  std::string_view key{};  ///< what it should be: "Relay", "Strict_Relay", "Refuse"
  TextRange written{};     ///< the key as it is written (WrongSeparator, Misspelt)
  TextRange separator{};   ///< the wrong separator
  TextRange statement{};
  TextRange line{};
  std::string_view value{};
  std::uint32_t section = 0;
};

/// Every slip whose value would protect, in file order.
std::vector<Slip> slips_of(const IniDocument& document, const Settings& settings);

/// A parsed MERCURY.INI with what it says about MercuryS, looked up once: each finding's fix asks for it again.
class MercuryDocument final : public IniDocument {
 public:
  MercuryDocument(SourceSet& sources, FileId main)
      : IniDocument(sources, main, mercury::dialect()),
        settings_(settings_of(*this)),
        slips_(slips_of(*this, settings_)) {}

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const std::vector<Slip>& slips() const { return slips_; }

 private:
  Settings settings_;
  std::vector<Slip> slips_;
};

/// The module file in [Protocols]: whether MercuryS is loaded.
struct Module {
  bool loaded = true;
  Span span{};
};
Module module_of(const IniDocument& document);

/// Does the name of a section say that it is `name`?
bool is_section(const IniDocument& document, std::uint32_t section, std::string_view name);

}  // namespace relaylint::mercury
