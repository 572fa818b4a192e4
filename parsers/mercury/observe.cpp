// What the user of a MERCURY.INI should know beside the verdict.

#include <algorithm>
#include <string>

#include "parsers/mercury/lowering.hpp"

namespace relaylint::mercury {
namespace {

constexpr std::uint32_t kLongestLine = 254;
/// More lines of one kind tell nothing new.
constexpr std::size_t kMostTold = 16;

}  // namespace

void Lowering::observe_slips() {
  const auto sentence = [&](const Slip& slip) -> std::string {
    const std::string key(slip.key);
    switch (slip.kind) {
      case Slip::Kind::WrongSeparator:
        return "MERCURY.INI separates with a colon: without it this does not set " + key;
      case Slip::Kind::Misspelt:
        return "MercuryS knows no such key and ignores it; " + key + " is meant";
      case Slip::Kind::WrongSection:
        return key + " counts in [MercuryS] only, not here";
      case Slip::Kind::Commented:
        return "this " + key + " is commented out, and nothing else sets it so";
    }
    return {};
  };
  for (const Slip& slip : document_.slips()) {
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, span(slip.statement), sentence(slip),
         PolicyChange{PolicyChange::Kind::Correct, span(slip.statement), {span(slip.statement)}}});
  }
}

void Lowering::observe_switches() {
  const PolicyChange control{PolicyChange::Kind::ControlRelaying, settings_.place, {}};
  const auto contradiction = [&](const Switch& setting, const std::string& key) {
    if (setting.entries.size() < 2 || !setting.off || !setting.on) return;
    policy_.observations.push_back({ObservationKind::ContradictingDuplicate, setting.span,
                                    key + " is set twice with different values, and which one counts is not documented",
                                    control});
  };
  contradiction(settings_.relay, "Relay");
  contradiction(settings_.strict, "Strict_Relay");

  // No rule speaks of an open relay where it is only likely; what to do is told all the same.
  const bool unsure =
      !settings_.relay.surely_zero() && !settings_.relay.surely_on() && !settings_.strict.surely_not_on();
  const bool no_section = settings_.sections.empty() && module_.loaded;
  if ((unsure || no_section) && settings_.relay.entries.size() < 2 && !edition_.has_no_control()) {
    advise(settings_.relay.entries.empty() ? settings_.place : settings_.relay.span,
           std::string(no_section ? "there is no [MercuryS] section; add one with" : "set") +
               " Relay : 0 and Strict_Relay : 1, which mean the same in every version that has relay control",
           control);
  }
  const bool nobody =
      std::none_of(settings_.listed.begin(), settings_.listed.end(), [](const Listed& listed) { return listed.allow; });
  if (settings_.relay.surely_zero() && settings_.strict.surely_on() && nobody &&
      settings_.authentication.surely_not_on()) {
    advise(settings_.strict.span,
           "strict relaying without any Allow line: no host, this one included, can send mail out through MercuryS");
  }
}

void Lowering::observe_lists() {
  const auto few = [](std::size_t& told) { return told++ < kMostTold; };
  std::size_t empty = 0;
  for (const std::uint32_t index : settings_.empty_listed) {
    const IniEntry& entry = document_.ini().entries[index];
    if (few(empty)) advise(span(entry.statement()), std::string(text(entry.key)) + " has no address and does nothing");
  }
  std::size_t odd = 0;
  std::size_t shut = 0;
  for (const Listed& listed : settings_.listed) {
    if (!listed.network) {
      if (few(odd)) {
        advise(
            span_of(listed),
            "Allow and Refuse take IPv4 addresses, with zeros at the end for a network: what this is taken for is not "
            "documented");
      }
    } else if (!listed.allow && listed.network->zero_octets == 4 && !edition_.needs_last_refuse() && few(shut)) {
      advise(span_of(listed),
             "this refuses the connection of every host that no Allow line names: no mail comes in from outside");
    }
  }
}

/// Lists of dead hosts answer "yes" to everything, or nothing at all.
void Lowering::observe_blocklists() {
  std::size_t told = 0;
  for (const IniEntry& entry : document_.ini().entries) {
    if (!entry.has_separator || entry.value.empty() || !is_section(document_, entry.section, "MercuryS")) continue;
    const std::string_view key = text(entry.key);
    if ((!ini_named(key, "RBL_Host") && !ini_named(key, "ORBS_Host")) || told++ >= kMostTold) continue;
    policy_.observations.push_back({ObservationKind::DnsBlocklist, span(entry.value), std::string(text(entry.value))});
  }
}

void Lowering::observe_file() {
  const std::string name(base_name(document_.sources().file(document_.main()).path()));
  if (ini_named(name, "MERCURY_EXAMPLE.INI")) {
    advise(settings_.place, "this is the template beside MERCURY.INI, which no server reads");
  }
  for (const IniEntry& entry : document_.ini().entries) {
    if (entry.line.size() <= kLongestLine || entry.statement().end - entry.line.start <= kLongestLine) continue;
    advise(span(entry.statement()), "lines are cut behind 254 bytes");
    return;
  }
}

void Lowering::observe() {
  observe_slips();
  observe_switches();
  observe_lists();
  observe_blocklists();
  observe_file();
}

}  // namespace relaylint::mercury
