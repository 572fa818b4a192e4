// What a MERCURY.INI means: who may connect (Allow, Refuse), and whose mail for other domains MercuryS takes. The
// decision is that of the help file's "Controlling relaying", see README.md.

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "parsers/mercury/lowering.hpp"

namespace relaylint::mercury {
namespace {

constexpr std::string_view kMailDomainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]";

/// Items of one list that are kept whatever their width.
constexpr std::size_t kMostItems = 4096;

bool is_mail_domain(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kMailDomainBytes) == std::string_view::npos;
}

}  // namespace

Lowering::Lowering(const MercuryDocument& document, const LowerOptions& options)
    : document_(document), settings_(document.settings()), module_(module_of(document)) {
  const auto version = options.products.find("mercury");
  edition_ = edition_of(document, version == options.products.end() ? std::string_view{} : version->second);
  control_ = control_of(settings_.listed, edition_);
  policy_.product = "mercury";
  if (edition_.exact) policy_.version = edition_.version;
}

/// [Domains] names what is local (right side of each line); `myname` is the server itself.
void Lowering::domains() {
  std::vector<Pattern> own;
  for (const IniEntry& entry : document_.ini().entries) {
    if (!entry.has_separator) continue;
    const std::string_view value = text(entry.value);
    if (is_section(document_, entry.section, "General") && ini_named(text(entry.key), "myname") &&
        is_mail_domain(value)) {
      own.push_back({PatternKind::Exact, std::string(value), span(entry.value)});
    }
    if (!is_section(document_, entry.section, "Domains")) continue;
    if (value.find('*') != std::string_view::npos) {
      advise(span(entry.value),
             "a wildcard in [Domains] may make other people's domains local: how Mercury reads it is not documented");
    } else if (is_mail_domain(value)) {
      policy_.local_domains.add({PatternKind::Exact, std::string(value), span(entry.value)});
    }
  }
  for (Pattern& pattern : own) policy_.local_domains.add(std::move(pattern));
  if (!policy_.local_domains.empty()) policy_.local_name = policy_.local_domains.patterns().front().text;
}

// --- relaying -----------------------------------------------------------------------------------------------------

void Lowering::accept(std::vector<Condition> when, Span place, std::string words) {
  rcpt().clauses.push_back(accept_when(std::move(when), place, std::move(words)));
}

/// 0 is neither of the two controls; which number means "may relay" and which "only they may relay" is not documented.
void Lowering::authentication() {
  const Switch& setting = settings_.authentication;
  if (setting.surely_not_on()) return;
  accept({{Authenticated{}, setting.span}}, setting.span, statement(setting));
  rcpt().clauses.push_back(refuse_when(
      {opaque("whether only authenticated clients may relay depends on a value whose meaning is not documented",
              setting.span, false)},
      setting.span));
}

void Lowering::allowed_clients() {
  std::vector<AddressItem> items;
  Span first{};
  std::optional<Span> undocumented;
  for (const Listed& listed : settings_.listed) {
    if (!listed.allow) continue;
    if (!listed.network) {
      if (!undocumented) undocumented = span_of(listed);
      continue;
    }
    if (items.empty()) first = span(document_.ini().entries[listed.entry].statement());
    // Narrow ones are never at fault; where there are very many, the set alone tells them.
    if (items.size() < kMostItems || listed.network->zero_octets >= 2)
      items.push_back({listed.network->set(), span_of(listed)});
  }
  if (undocumented)
    accept({opaque("how Mercury reads this Allow line is not documented", *undocumented, false)}, *undocumented);
  if (items.empty()) return;
  std::vector<Condition> when{client_in(control_.allowed, first, std::move(items))};
  if (settings_.sections.size() > 1)
    when.push_back(opaque("there are several [MercuryS] sections", settings_.place, false));
  accept(std::move(when), first);
}

/// Normal mode, and everything short of strict mode that does not relay outright: who gives a local sender may relay.
void Lowering::local_senders() {
  const Switch& relay = settings_.relay;
  const Switch& strict = settings_.strict;
  if (strict.surely_on()) return;
  if (relay.surely_on() && !settings_.doubt) return;  // nobody is asked for a sender then
  const Span place = !strict.entries.empty() ? strict.span : !relay.entries.empty() ? relay.span : settings_.place;
  PatternSet local = policy_.local_domains;
  // Where the file names none, some name of the server is local all the same, and can be guessed.
  if (local.empty()) local.add({PatternKind::Exact, policy_.local_name, settings_.place});
  std::vector<Condition> when{{Sender{std::move(local), AddressPart::Domain}, place}};
  if (settings_.sections.empty()) {
    when.push_back(
        opaque("there is no [MercuryS] section; what MercuryS does without one is not documented", place, false));
  } else if (!strict.surely_not_on() || settings_.doubt) {
    when.push_back(opaque(strict_doubt(), place, false));
  }
  Clause clause = accept_when(std::move(when), place, "a local sender is enough: Strict_Relay is not on");
  if (relay.surely_absent() && !settings_.sections.empty()) {
    // Every version relays for whoever claims a local sender where nothing is set: as the default, or in the default
    // "normal" mode.
    clause.is_switch = true;
    clause.origin = Origin::ProductDefault;
    clause.text = "Relay and Strict_Relay are not set: a local sender is enough";
  }
  rcpt().clauses.push_back(std::move(clause));
}

std::string Lowering::strict_doubt() const {
  if (settings_.doubt) return settings_.doubt->text;
  if (settings_.strict.unclear) return "Strict_Relay has a value that is not understood";
  return "Strict_Relay is set in contradicting ways, and which line wins is not documented";
}

std::string Lowering::relay_doubt() const {
  const Switch& relay = settings_.relay;
  if (settings_.doubt) return settings_.doubt->text;
  if (relay.unclear) return "Relay has a value that is not understood";
  if (settings_.sections.empty())
    return "there is no [MercuryS] section; what MercuryS does without one is not documented";
  if (relay.surely_absent()) {
    return "Relay is not set: Mercury/NLM from 1.40 and Mercury/32 2.11 to 3.x then relay for everybody, 4.0 and later "
           "go by what was chosen at "
           "installation";
  }
  return "Relay is set in contradicting ways, and which line wins is not documented";
}

void Lowering::last_word() {
  const Switch& relay = settings_.relay;
  DecisionList& list = rcpt();
  list.final = Action::Refuse;
  list.final_span = relay.entries.empty() ? settings_.place : relay.span;
  list.final_is_switch = true;
  if (relay.surely_zero() && !settings_.doubt) {
    list.final_text = statement(relay);
    unterminated_list();
    return;
  }
  if (relay.surely_on() && !settings_.doubt) {
    list.final = Action::Accept;
    list.final_text = statement(relay);
    return;
  }
  const bool relays_by_default =
      edition_.surely_before({4, 0}) && relay.surely_absent() && settings_.strict.surely_not_on();
  if (relays_by_default && !settings_.sections.empty() && !settings_.doubt) {
    list.final = Action::Accept;
    list.final_origin = Origin::ProductDefault;
    list.final_text = edition_.name() + " relays where Relay is not set";
    return;
  }
  Clause clause = accept_when({opaque(relay_doubt(), settings_.doubt ? settings_.doubt->span : list.final_span, false)},
                              list.final_span);
  clause.is_switch = true;
  clause.origin = relay.entries.empty() ? Origin::ProductDefault : Origin::File;
  list.clauses.push_back(std::move(clause));
}

/// The advisory: in some older builds the Allow and Refuse lines must end in `Refuse : 0.0.0.0`.
void Lowering::unterminated_list() {
  if (!edition_.needs_last_refuse() || settings_.listed.empty()) return;
  const Listed& last = settings_.listed.back();
  if (!last.allow && last.network && last.network->zero_octets == 4) return;
  const Span place = span_of(last);
  accept({opaque("without a last `Refuse : 0.0.0.0` some builds before 1.47 do not keep to the Allow lines", place,
                 false)},
         place);
  policy_.observations.push_back(
      {ObservationKind::UnterminatedAllowList, place,
       edition_.name() + " may want the Allow and Refuse lines to end in Refuse : 0.0.0.0; without it hosts that no "
                         "line names may relay",
       PolicyChange{PolicyChange::Kind::TerminateList, place, {place}}});
}

/// Since 4.0 what may connect and relay is kept in a file of its own, whose form is not documented.
void Lowering::access_control_file() {
  if (!edition_.keeps_acl()) return;
  const std::string folder = directory_of(document_.sources().file(document_.main()).path());
  bool there = false;
  for (const std::string& name : document_.sources().list(folder)) there |= ini_named(base_name(name), "MERCURYS.ACL");
  if (there) {
    accept({opaque("MERCURYS.ACL stands beside the file and may let more hosts relay; its form is not documented",
                   settings_.place, false)},
           settings_.place);
    return;
  }
  policy_.assumptions.push_back(
      {settings_.place, "MERCURYS.ACL, where Mercury/32 4 keeps who may relay, trusts no stranger"});
}

void Lowering::rcpt_stage() {
  if (!policy_.local_domains.empty()) {
    accept({{Recipient{policy_.local_domains}, policy_.local_domains.patterns().front().span}},
           policy_.local_domains.patterns().front().span, "mail for a local domain");
  }
  if (edition_.has_no_control()) {
    DecisionList& list = rcpt();
    list.final = Action::Accept;
    list.final_origin = Origin::ProductDefault;
    list.final_is_switch = true;
    list.final_span = settings_.relay.entries.empty() ? settings_.place : settings_.relay.span;
    list.final_text = edition_.name() + " has no relay control";
    return;
  }
  if (!edition_.exact && !edition_.at_least) {
    policy_.assumptions.push_back(
        {settings_.place,
         "the Mercury that runs this knows relay control (Mercury/NLM from 1.40, Mercury/32 from 2.11)"});
  }
  authentication();
  local_senders();
  allowed_clients();
  access_control_file();
  last_word();
}

// --- the listener -------------------------------------------------------------------------------------------------

/// Bound to loopback alone, in every reading.
std::optional<Span> Lowering::loopback_binding() const {
  if (settings_.doubt) return std::nullopt;
  std::vector<bool> bound(document_.ini().sections.size(), false);
  std::optional<Span> place;
  for (const IniEntry& entry : document_.ini().entries) {
    if (!entry.has_separator || !is_section(document_, entry.section, "MercuryS") ||
        !ini_named(text(entry.key), "Interface"))
      continue;
    const std::optional<IpAddress> address = IpAddress::parse(text(entry.value));
    if (!address || !loopback_addresses().contains(*address)) return std::nullopt;
    bound[entry.section] = true;
    place = span(entry.value);
  }
  const bool everywhere = std::all_of(settings_.sections.begin(), settings_.sections.end(),
                                      [&](std::uint32_t section) { return bound[section]; });
  return everywhere ? place : std::nullopt;
}

std::optional<std::uint16_t> Lowering::port(std::string_view key) const {
  for (const IniEntry& entry : document_.ini().entries) {
    if (!entry.has_separator || !is_section(document_, entry.section, "MercuryS") || !ini_named(text(entry.key), key))
      continue;
    const std::string_view value = text(entry.value);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc{} && end == value.data() + value.size() && number != 0) return number;
  }
  return std::nullopt;
}

void Lowering::listeners(std::vector<Stage> stages) {
  Listener listener;
  listener.name = "MercuryS";
  listener.port = port("Server_Port").value_or(std::uint16_t{25});
  listener.span = settings_.place;
  listener.stages = std::move(stages);
  listener.reachable = AddressSet::all_v4();
  listener.unreachable_reason = "speaks IPv4 only";
  if (!module_.loaded) {
    listener.reachable = {};
    listener.span = module_.span;
    listener.unreachable_reason = "is not loaded ([Protocols] does not name mercurys.dll)";
  } else if (const std::optional<Span> bound = loopback_binding()) {
    listener.reachable = loopback_addresses().intersect(AddressSet::all_v4());
    listener.span = *bound;
    listener.unreachable_reason = "is bound to the loopback address only";
  }
  const std::optional<std::uint16_t> other = port("Alt_Server_Port");
  policy_.listeners.push_back(listener);
  if (!other || *other == *listener.port) return;
  listener.name = "MercuryS (alternate port)";
  listener.port = other;
  policy_.listeners.push_back(std::move(listener));
}

RelayPolicy Lowering::run() {
  if (const std::optional<std::uint32_t> end = document_.ini().early_end) {
    policy_.unloadable =
        Note{span({*end, *end + 1}), "a Ctrl-Z may end the file for Mercury; what stands behind it may not count"};
  }
  domains();
  const ListId connect = policy_.add_list("Allow and Refuse as connection control");
  rcpt_ = policy_.add_list("relaying");
  connect_stage(connect);
  rcpt_stage();
  listeners({{"connect", connect, false}, {"rcpt", rcpt_, true}});
  observe();
  return std::move(policy_);
}

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowering(static_cast<const MercuryDocument&>(document), options).run();
}

}  // namespace relaylint::mercury
