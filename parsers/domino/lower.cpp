// What NOTES.INI means for relaying. It decides for the SMTP MTA of Release 4 alone; from Release 5 on the
// Configuration document does.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"
#include "parsers/support/near_name.hpp"

namespace relaylint::domino {
namespace {

/// Names that were published or suggest themselves, and that no release knows.
constexpr std::array<std::string_view, 2> kWrongNames{"SMTPMTA_OCH_REJECT_SMTP_ORIGINATED_MESSAGES",
                                                      "SMTP_MTA_REJECT_RELAYS"};
/// More findings of a kind tell nothing new.
constexpr std::size_t kMostObservations = 16;

class Lowering {
 public:
  Lowering(const DominoDocument& document, const LowerOptions& options);

  RelayPolicy run();

 private:
  void release4();
  void release4_switches(DecisionList& list);
  void without_control(DecisionList& list);
  void later_or_unknown();
  ListId start(std::string name);
  void listen(std::string name, ListId list);

  void observe();
  void observe_duplicates(std::string_view name, const OneSwitch& setting);
  void observe_ineffective(const Variable& variable);
  void observe_later(const Variable& variable);
  void observe_tasks();
  void advise(Span place, std::string words, std::optional<PolicyChange> change = std::nullopt) {
    policy_.observations.push_back({ObservationKind::Advice, place, std::move(words), std::move(change)});
  }
  void ineffective(const Variable& variable, std::string words, bool can_be_corrected = true);
  [[nodiscard]] bool is_protected() const { return reject_.surely_on() || originated_.surely_on(); }
  [[nodiscard]] PolicyChange control() const { return {PolicyChange::Kind::ControlRelaying, document_.place, {}}; }

  const DominoDocument& document_;
  Release release_;
  OneSwitch reject_;
  OneSwitch originated_;
  RelayPolicy policy_{};
};

std::string_view told_version(const LowerOptions& options) {
  const auto told = options.products.find("domino");
  return told == options.products.end() ? std::string_view{} : std::string_view(told->second);
}

Lowering::Lowering(const DominoDocument& document, const LowerOptions& options)
    : document_(document),
      release_(release_of(document, told_version(options))),
      reject_(switch_of(document, kRejectRelays)),
      originated_(switch_of(document, kRejectOriginated)) {
  policy_.product = "domino";
  if (!release_.version.empty()) {
    policy_.version = release_.version;
    policy_.version_span = release_.evidence;
  }
}

ListId Lowering::start(std::string name) {
  const ListId id = policy_.add_list(std::move(name), Action::Refuse);
  DecisionList& list = policy_.list(id);
  list.clauses.push_back(domino_own_domains(document_.place));
  list.clauses.push_back(domino_own_machine(document_.place));
  list.final_span = document_.place;
  list.final_is_switch = true;
  list.final_origin = Origin::ProductDefault;
  return id;
}

void Lowering::listen(std::string name, ListId list) {
  Listener listener;
  listener.name = std::move(name);
  listener.port = 25;
  listener.span = document_.place;
  listener.stages = {{"rcpt", list, true}};
  policy_.listeners.push_back(std::move(listener));
}

// --- Release 4 --------------------------------------------------------------------------------------------------

void Lowering::without_control(DecisionList& list) {
  list.final = Action::Accept;
  list.final_text = "Release " + release_.version + " has no relay control";
}

void Lowering::release4_switches(DecisionList& list) {
  const OneSwitch& setting = reject_.last == nullptr && originated_.last != nullptr ? originated_ : reject_;
  const Variable* last = setting.last;
  if (last != nullptr) {
    list.final_span = last->value_span;
    list.final_origin = Origin::File;
    list.final_text = std::string(last->name) + "=" + std::string(last->value);
  } else {
    list.final_text = "SMTPMTA_REJECT_RELAYS is not set";
  }
  if (is_protected()) {
    const Variable* on = reject_.surely_on() ? reject_.last : originated_.last;
    list.final_span = on->value_span;
    list.final_text = std::string(on->name) + "=1";
    return;
  }
  list.final = Action::Accept;
  if (reject_.surely_off() && originated_.surely_off()) return;
  list.clauses.push_back(refuse_when({opaque("whether the reject switch counts as it is written here (twice, outside "
                                             "[Notes], with blanks) is not documented",
                                             list.final_span, false)},
                                     list.final_span));
}

void Lowering::release4() {
  const ListId id = start("SMTP MTA");
  if (release_.era == Era::BeforeControl) {
    without_control(policy_.list(id));
  } else {
    release4_switches(policy_.list(id));
  }
  listen("SMTP MTA", id);
}

// --- Release 5 and later, or nobody knows -----------------------------------------------------------------------

void Lowering::later_or_unknown() {
  const ListId id = start("SMTP task");
  const Span place = release_.version.empty() || release_.evidence == Span{} ? document_.place : release_.evidence;
  std::string reason = "from Release 5 on the Configuration document in names.nsf controls relaying, not this file (" +
                       release_.why + ")";
  if (release_.era == Era::Unknown) {
    reason = release_.why +
             "; on Release 4 SMTPMTA_REJECT_RELAYS=1 controls relaying, later the Configuration document in names.nsf";
  }
  DecisionList& list = policy_.list(id);
  list.clauses.push_back(accept_when({opaque(reason, place, false)}, place));
  listen("SMTP task", id);
  advise(place,
         release_.era == Era::Unknown
             ? "tell the release, or check the inbound relay controls in the Configuration document"
             : "check the inbound relay controls in the Configuration document: nothing in this file closes the relay",
         control());
}

// --- what the user should know ----------------------------------------------------------------------------------

void Lowering::ineffective(const Variable& variable, std::string words, bool can_be_corrected) {
  if (policy_.observations.size() >= kMostObservations) return;
  Observation observation{ObservationKind::IneffectiveProtection, variable.span, std::move(words)};
  if (can_be_corrected) observation.change = PolicyChange{PolicyChange::Kind::Correct, variable.span, {variable.span}};
  policy_.observations.push_back(std::move(observation));
}

void Lowering::observe_duplicates(std::string_view name, const OneSwitch& setting) {
  if (!setting.on || !setting.off) return;
  policy_.observations.push_back(
      {ObservationKind::ContradictingDuplicate, setting.last->span,
       std::string(name) + " is set twice with different values, and which one counts is not documented", control()});
}

/// A 1 that was meant to refuse relaying, on Release 4 or where the release is not known.
void Lowering::observe_ineffective(const Variable& variable) {
  const bool right = is_named(variable, kRejectRelays) || is_named(variable, kRejectOriginated);
  const bool wrong = std::any_of(kWrongNames.begin(), kWrongNames.end(),
                                 [&](std::string_view name) { return is_named(variable, name); });
  const bool near = !right && is_near(variable.name, kRejectRelays, 2);
  const std::size_t first = variable.value.find_first_not_of(" \t");
  const bool one = first != std::string_view::npos && variable.value.substr(first).starts_with('1');
  if (!one || is_protected() || (!right && !wrong && !near)) return;
  switch (variable.standing) {
    case Standing::Commented:
      if (right) ineffective(variable, "the mark before it makes this another name: the setting is off");
      return;
    case Standing::Elsewhere:
      if (right) ineffective(variable, "Domino reads its variables in [Notes]; elsewhere this may not count");
      return;
    case Standing::Spaced:
      if (right)
        ineffective(variable, "NOTES.INI has no blanks around names and values; written so, this may not count");
      return;
    default:
      break;
  }
  if (wrong || near) {
    ineffective(variable,
                "no release knows this name, and the server still relays; " + std::string(kRejectRelays) + " is meant");
  }
}

/// Variables of the MTA on a later release, and what later releases have themselves.
void Lowering::observe_later(const Variable& variable) {
  if (variable.standing != Standing::Effective) return;
  const bool rejects = is_named(variable, kRejectRelays) || is_named(variable, kRejectOriginated);
  if (release_.era == Era::R5AndLater && rejects && variable.value == "1") {
    ineffective(variable,
                "this is a variable of the SMTP MTA of Release 4; no effect on Release 5 or later is documented");
  }
  if (is_named(variable, "SMTPRelayAllowHostsandDomains")) {
    ineffective(variable,
                "a misprint in the documentation: the switch is named SMTPRelayHostsandDomains, and this has no effect",
                false);
  }
  if (is_named(variable, "SMTPRelayHostsandDomains") && variable.value != "0" && variable.value != "1") {
    ineffective(variable,
                "this is a switch, 0 or 1 (does Deny win over Allow?); no other value has a documented effect", false);
  }
}

void Lowering::observe_tasks() {
  if (release_.era != Era::R4 || !is_protected()) return;
  const Span place = (reject_.surely_on() ? reject_ : originated_).last->span;
  if (runs_task(document_, "pop3") || runs_task(document_, "imap")) {
    advise(place, "users of the POP3 and IMAP tasks cannot send mail to other domains through this server");
  }
  for (const Variable& variable : document_.variables) {
    if (variable.standing != Standing::Effective || variable.value != "1") continue;
    if (is_named(variable, "SMTPMTA_ALLOW_KNOWN_DOMAINS")) {
      advise(variable.span, "an exception: mail of the domains in the Global Domain document is relayed");
    }
  }
}

void Lowering::observe() {
  if (release_.era == Era::R4 || release_.era == Era::Unknown) {
    observe_duplicates(kRejectRelays, reject_);
    observe_duplicates(kRejectOriginated, originated_);
    for (const Variable& variable : document_.variables) observe_ineffective(variable);
  }
  for (const Variable& variable : document_.variables) observe_later(variable);
  observe_tasks();
}

RelayPolicy Lowering::run() {
  if (document_.unreadable) {
    policy_.unloadable = document_.unreadable;
    return std::move(policy_);
  }
  if (const Variable* kit = client_kit(document_); kit != nullptr && document_.kind == DominoDocument::Kind::NotesIni) {
    policy_.version.reset();  // that of a client is nobody's concern
    policy_.assumptions.push_back(
        {kit->span, "KitType=1 and no ServerTasks: a Notes client, which runs no SMTP server"});
    return std::move(policy_);
  }
  add_domino_listeners(document_.configurations, policy_);
  if (document_.configurations.empty()) {
    release_.era == Era::R4 || release_.era == Era::BeforeControl ? release4() : later_or_unknown();
  }
  observe();
  return std::move(policy_);
}

}  // namespace

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowering(static_cast<const DominoDocument&>(document), options).run();
}

}  // namespace relaylint::domino
