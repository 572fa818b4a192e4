// Lines that look like protection or permission and are neither (dossier rules QM008 to QM021).

#include <algorithm>
#include <map>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/lowering.hpp"

namespace relaylint::qmail {
namespace {

void add(RelayPolicy& policy, ObservationKind kind, Span span, std::string text,
         std::optional<PolicyChange> change = std::nullopt) {
  policy.observations.push_back({kind, span, std::move(text), std::move(change)});
}

/// Why a key of rcpthosts or locals never matches a domain; empty where it can.
std::string why_never(std::string_view key) {
  if (key.find('\r') != std::string_view::npos) return "the carriage return at its end is part of the name";
  if (key.starts_with(' ') || key.starts_with('\t')) return "the blank in front of it is part of the name";
  if (key.find('#') != std::string_view::npos) return "a comment is one only where `#` is the first byte of the line";
  if (key.find_first_of(" \t") != std::string_view::npos) return "a line holds one name";
  if (key.find('*') != std::string_view::npos) return "there are no wildcards but a leading dot";
  if (key.find('@') != std::string_view::npos) return "a line holds a domain, not an address";
  if (key.find('/') != std::string_view::npos) return "a line holds a domain";
  return {};
}

void dead_keys(const QmailDocument& document, std::string_view name, RelayPolicy& policy) {
  constexpr std::size_t kMost = 50;
  const std::optional<FileId> file = document.control(name);
  if (!file || !document.bytes_of(name)) return;
  std::size_t told = 0;
  for_each_entry(*document.bytes_of(name), [&](const ControlEntry& entry) {
    const std::string why = why_never(entry.text);
    if (why.empty() || told++ >= kMost) return;
    add(policy, ObservationKind::IneffectiveProtection, {*file, entry.range},
        "this line of " + std::string(name) + " matches no domain: " + why);
  });
}

void rules_text(const RulesFile& rules, const SourceFile& file, RelayPolicy& policy) {
  if (rules.parsed.fatal) {
    add(policy, ObservationKind::IneffectiveProtection, {*rules.text, rules.parsed.fatal->text},
        "tcprules gives up here (" + rules.parsed.fatal->message + "): the rules compiled before stay in force");
    return;
  }
  std::map<std::string, const TcpRule*> first;
  for (const TcpRule& rule : rules.parsed.rules) {
    const std::string address(file.slice(rule.address));
    const std::string why = why_dead(address, rules.parsed.extended);
    if (!why.empty()) {
      add(policy, ObservationKind::IneffectiveProtection, {*rules.text, rule.text}, "this rule matches nobody: " + why);
    }
    const auto [known, is_new] = first.emplace(to_lower(address), &rule);
    if (!is_new && (known->second->deny != rule.deny || known->second->relays() != rule.relays())) {
      add(policy, ObservationKind::ContradictingDuplicate, {*rules.text, rule.text},
          "an earlier rule for the same address says otherwise, and the first one counts",
          PolicyChange{PolicyChange::Kind::RemoveLine, {*rules.text, rule.text}});
    }
  }
}

}  // namespace

void observe(const QmailDocument& document, const Domains& domains, RelayPolicy& policy) {
  for (const std::string_view name : {"rcpthosts", "locals"}) dead_keys(document, name, policy);
  for (const RulesFile& rules : document.rules) {
    if (rules.text) rules_text(rules, document.sources().file(*rules.text), policy);
    if (rules.text && rules.compiled) {
      add(policy, ObservationKind::Advice, {*rules.text, {}},
          "the compiled rules beside this file are what counts; this text does not");
    }
  }
  const bool more_text = document.bytes_of("morercpthosts").has_value();
  if (more_text && !document.bytes_of("morercpthosts.cdb")) {
    add(policy, ObservationKind::IneffectiveProtection, {*document.control("morercpthosts"), {}},
        "morercpthosts has no effect until qmail-newmrh has compiled it into morercpthosts.cdb");
  }
  if (document.bytes_of("rcpthosts") && policy.relay_domains.empty()) {
    add(policy, ObservationKind::Advice, {*document.control("rcpthosts"), {}},
        "rcpthosts is empty: mail from outside is refused for every domain");
  }
  std::size_t told = 0;
  for (const Pattern& pattern : domains.locals.patterns()) {
    const bool named = policy.relay_domains.match(pattern.text) == MatchResult::Yes;
    if (document.bytes_of("rcpthosts") && !named && told++ < 20) {
      add(policy, ObservationKind::Advice, pattern.span,
          "this local domain is not in rcpthosts: mail to it from outside is refused");
    }
  }
  for (const Service& service : document.services) {
    if (service.daemon != Daemon::Qmqp && service.daemon != Daemon::Ofmip) continue;
    add(policy, ObservationKind::UnterminatedAllowList, service.span,
        "this daemon relays for every client that may connect: only rules that end in :deny protect it");
  }
}

}  // namespace relaylint::qmail
