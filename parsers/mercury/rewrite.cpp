// Closing a Mercury server: README.md, "Fixes". Whatever a rule asks for about the switches comes down to one state, so
// that fixes of several findings agree: in every [MercuryS] Relay : 0, Strict_Relay : 1, and an Allow line for
// loopback.

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/mercury/mercury.hpp"

namespace relaylint::mercury {
namespace {

/// Nobody writes more of them by mistake.
constexpr std::size_t kMostSections = 16;
constexpr std::string_view kWhoLoses =
    ": hosts that no Allow line names can no longer send to other domains through this server";

/// How a file writes its lines, taken from one of them.
struct Style {
  std::string indent{};
  std::string separator = " : ";
  std::size_t value_column = 0;  ///< where values line up; 0 where they do not
  enum class Case { AsDocumented, Lower, Upper } letters = Case::AsDocumented;

  [[nodiscard]] std::string line(std::string_view key, std::string_view value) const;
};

std::string Style::line(std::string_view key, std::string_view value) const {
  std::string name(key);
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (letters == Case::Lower) c = static_cast<char>(std::tolower(byte));
    if (letters == Case::Upper) c = static_cast<char>(std::toupper(byte));
  }
  if (value_column == 0) return indent + name + separator + std::string(value);
  const std::size_t used = name.size() + 1;
  return indent + name + ":" + std::string(value_column > used ? value_column - used : 1, ' ') + std::string(value);
}

Style style_of(const IniDocument& document, const IniEntry& entry) {
  const std::string_view bytes = document.bytes();
  Style style;
  style.indent = bytes.substr(entry.line.start, entry.key.start - entry.line.start);
  style.separator = bytes.substr(entry.key.end, entry.value.start - entry.key.end);
  if (style.indent.find_first_not_of(" \t") != std::string::npos) style.indent.clear();  // a byte order mark
  const bool padded = style.separator.size() > 2 && style.separator.find_first_not_of(' ', 1) == std::string::npos;
  if (style.separator.front() == ':' && padded) style.value_column = entry.value.start - entry.key.start;
  const std::string_view key = document.text(entry.key);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::none_of(key.begin(), key.end(), is_upper)) style.letters = Style::Case::Lower;
  if (std::none_of(key.begin(), key.end(), is_lower)) style.letters = Style::Case::Upper;
  return style;
}

bool names_loopback(const Listed& listed) {
  return listed.allow && listed.network && listed.network->zero_octets < 4 &&
         listed.network->set().contains(IpAddress::v4(0x7F000001));
}

/// Brings one document into the closed state.
class Closing {
 public:
  explicit Closing(const MercuryDocument& document)
      : document_(document), settings_(document.settings()), slips_(document.slips()) {}

  /// Switches and loopback in every [MercuryS].
  std::optional<Fix> close();
  /// The Allow lines whose values are `items`, commented out; loopback stays allowed.
  std::optional<Fix> drop(const std::vector<Span>& items);
  [[nodiscard]] bool has_section() const { return !settings_.sections.empty(); }
  /// A correct Refuse line could turn away mail that comes in today.
  [[nodiscard]] bool is_refusal(Span place) const {
    return std::any_of(slips_.begin(), slips_.end(), [&](const Slip& slip) {
      return slip.key == "Refuse" && document_.span(slip.statement) == place;
    });
  }

 private:
  void switch_in(std::uint32_t section, const Switch& setting, std::string_view key, std::string_view value);
  bool respell(std::uint32_t section, std::string_view key);
  void allow_loopback(std::uint32_t section);
  void insert_below(TextRange line, std::string text) {
    inserted_[line.start].push_back(std::move(text));
    lines_[line.start] = line;
  }
  void replace(TextRange range, std::string text);
  std::vector<Edit> edits();

  [[nodiscard]] const IniEntry& entry(std::size_t index) const { return document_.ini().entries[index]; }
  [[nodiscard]] const IniEntry* last_with(std::uint32_t section, std::string_view key) const;
  [[nodiscard]] TextRange place_in(std::uint32_t section, std::string_view key) const;
  [[nodiscard]] Style style_at(std::uint32_t section, TextRange line) const;

  const MercuryDocument& document_;
  const Settings& settings_;
  const std::vector<Slip>& slips_;
  std::map<std::uint32_t, std::vector<std::string>> inserted_{};  ///< by the start of the line they follow
  std::map<std::uint32_t, TextRange> lines_{};
  std::vector<Edit> replaced_{};
};

const IniEntry* Closing::last_with(std::uint32_t section, std::string_view key) const {
  const IniEntry* found = nullptr;
  for (const IniEntry& candidate : document_.ini().entries) {
    if (candidate.section == section && candidate.has_separator && ini_named(document_.text(candidate.key), key))
      found = &candidate;
  }
  return found;
}

/// The line below which `key` belongs: its own commented-out one, the Allow lines, the Relay line, the section's last
/// statement, or its header.
TextRange Closing::place_in(std::uint32_t section, std::string_view key) const {
  if (key == "Allow") {
    if (const IniEntry* allow = last_with(section, "Allow")) return allow->line;
  }
  if (key != "Relay") {
    if (const IniEntry* strict = key == "Allow" ? last_with(section, "Strict_Relay") : nullptr) return strict->line;
    if (const IniEntry* relay = last_with(section, "Relay")) return relay->line;
  }
  for (const Slip& slip : slips_) {
    if (slip.kind == Slip::Kind::Commented && slip.section == section && slip.key == "Relay") return slip.line;
  }
  TextRange last = document_.ini().sections[section].line;
  for (const IniEntry& candidate : document_.ini().entries) {
    if (candidate.section == section) last = candidate.line;
  }
  return last;
}

/// That of the statement at `line`, else of the section's first one that has a value.
Style Closing::style_at(std::uint32_t section, TextRange line) const {
  const IniEntry* first = nullptr;
  for (const IniEntry& candidate : document_.ini().entries) {
    if (candidate.section != section || !candidate.has_separator || candidate.value.empty() || candidate.doubtful)
      continue;
    if (candidate.line == line) return style_of(document_, candidate);
    if (first == nullptr) first = &candidate;
  }
  return first == nullptr ? Style{} : style_of(document_, *first);
}

void Closing::replace(TextRange range, std::string text) {
  if (document_.text(range) != text) replaced_.push_back({document_.span(range), std::move(text)});
}

/// Makes a misspelt key, or one with the wrong separator, what it was meant to be.
bool Closing::respell(std::uint32_t section, std::string_view key) {
  for (const Slip& slip : slips_) {
    if (slip.section != section || slip.key != key) continue;
    if (slip.kind != Slip::Kind::Misspelt && slip.kind != Slip::Kind::WrongSeparator) continue;
    if (!ini_named(document_.text(slip.written), key)) replace(slip.written, std::string(key));
    if (slip.kind == Slip::Kind::WrongSeparator) {
      const std::string_view written = document_.text(slip.separator);
      const std::size_t equals = written.find('=');
      const std::uint32_t at =
          slip.separator.start + static_cast<std::uint32_t>(equals == std::string_view::npos ? 0 : equals);
      if (equals == std::string_view::npos) {
        replaced_.push_back({document_.span({at, at}), " :"});
      } else {
        replace({at, at + 1}, ":");
      }
    }
    return true;
  }
  return false;
}

void Closing::switch_in(std::uint32_t section, const Switch& setting, std::string_view key, std::string_view value) {
  bool there = false;
  for (const std::size_t index : setting.entries) {
    const IniEntry& set = entry(index);
    if (set.section != section) continue;
    there = true;
    const Flag flag = set.doubtful ? Flag::NotUnderstood : flag_of(document_.text(set.value));
    if (flag == (value == "0" ? Flag::Off : Flag::On)) continue;
    const bool bare = set.value.empty() && document_.bytes()[set.value.start - 1] == ':';
    replace(set.value, (bare ? " " : "") + std::string(value));
  }
  if (there || respell(section, key)) return;
  const TextRange line = place_in(section, key);
  insert_below(line, style_at(section, line).line(key, value));
}

void Closing::allow_loopback(std::uint32_t section) {
  for (const Listed& listed : settings_.listed) {
    if (entry(listed.entry).section == section && names_loopback(listed)) return;
  }
  const TextRange line = place_in(section, "Allow");
  insert_below(line, style_at(section, line).line("Allow", "127.0.0.1"));
}

std::vector<Edit> Closing::edits() {
  std::vector<Edit> all = std::move(replaced_);
  const SourceFile& file = document_.sources().file(document_.main());
  for (const auto& [start, lines] : inserted_)
    all.push_back(ini_insert_below(file, document_.main(), lines_[start], lines));
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<Fix> Closing::close() {
  if (settings_.sections.size() > kMostSections) return std::nullopt;
  for (const std::uint32_t section : settings_.sections) {
    switch_in(section, settings_.relay, "Relay", "0");
    switch_in(section, settings_.strict, "Strict_Relay", "1");
    allow_loopback(section);
  }
  std::vector<Edit> found = edits();
  if (found.empty()) return std::nullopt;
  return Fix{"set Relay : 0 and Strict_Relay : 1, and allow loopback" + std::string(kWhoLoses), Applicability::Safe,
             std::move(found)};
}

std::optional<Fix> Closing::drop(const std::vector<Span>& items) {
  const std::set<Span> wanted(items.begin(), items.end());
  std::set<std::uint32_t> touched;
  for (const Listed& listed : settings_.listed) {
    const IniEntry& line = entry(listed.entry);
    if (!listed.allow || !wanted.contains(document_.span(line.value))) continue;
    replaced_.push_back({document_.span({line.line.start, line.line.start}), "# "});
    touched.insert(line.section);
  }
  if (touched.empty()) return std::nullopt;
  for (const std::uint32_t section : touched) allow_loopback(section);
  return Fix{"comment out the Allow lines that take in everybody, and allow loopback" + std::string(kWhoLoses),
             Applicability::Safe, edits()};
}

Fix add_section() {
  return {"add a [MercuryS] section, if the SMTP server module is in use",
          Applicability::Display,
          {},
          {"stop Mercury", "add these lines: [MercuryS] / Relay : 0 / Strict_Relay : 1 / Allow : 127.0.0.1",
           "add an Allow line for each host or network that sends mail through this server (a zero at the end of the "
           "address takes in "
           "the network)",
           "start Mercury"}};
}

Fix upgrade(const Edition& edition) {
  return {"upgrade: " + edition.name() + " ignores every setting about relaying",
          Applicability::Display,
          {},
          {edition.netware ? "install Mercury/NLM 1.48" : "install a current Mercury/32",
           "set Relay : 0 and Strict_Relay : 1 in [MercuryS]", "keep port 25 from strangers until then"}};
}

Fix end_list() {
  return {"end the Allow and Refuse lines with Refuse : 0.0.0.0, or upgrade to 1.47 or later",
          Applicability::Display,
          {},
          {"try the server with a client that no line names: it should be told 553 We do not relay non-local mail",
           "where it relays, add `Refuse : 0.0.0.0` as the last Allow or Refuse line of [MercuryS]",
           "mind that later builds then refuse every connection from hosts that are not listed, and with it all "
           "incoming mail"}};
}

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change) {
  const auto& file = static_cast<const MercuryDocument&>(document);
  const Edition edition = edition_of(file, policy.version.value_or(std::string{}));
  if (edition.has_no_control()) return upgrade(edition);
  if (file.ini().early_end) return std::nullopt;
  Closing closing(file);
  switch (change.kind) {
    case PolicyChange::Kind::ControlRelaying:
    case PolicyChange::Kind::GuardGrant:
    case PolicyChange::Kind::Correct:
      if (closing.is_refusal(change.clause_span)) return std::nullopt;
      if (!closing.has_section()) return add_section();
      return closing.close();
    case PolicyChange::Kind::DropItems:
    case PolicyChange::Kind::DropGrant: {
      std::vector<Span> items = change.items;
      if (items.empty()) items.push_back(change.clause_span);
      return closing.drop(items);
    }
    case PolicyChange::Kind::TerminateList:
      return end_list();
    default:
      return std::nullopt;
  }
}

}  // namespace relaylint::mercury
