#include "parsers/support/domino_config.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace relaylint {
namespace {

/// An organisation has a document for a server or a group of them.
constexpr std::size_t kMostDocuments = 256;

/// `[a.b.c.d]` with `*` for octets at the end.
std::optional<AddressSet> bracketed_address(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::uint32_t bits = 0;
  unsigned fixed = 0;
  bool wild = false;
  for (unsigned octet = 0; octet < 4; ++octet) {
    const std::size_t end = octet == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    bits <<= 8;
    if (part == "*") {
      wild = true;
      continue;
    }
    std::uint8_t value = 0;
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (wild || error != std::errc{} || stop != part.data() + part.size() || part.empty()) return std::nullopt;
    bits |= value;
    ++fixed;
  }
  return AddressSet::network(IpAddress::v4(bits), 8 * fixed);
}

bool is_host_name(std::string_view text) {
  constexpr std::string_view kBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*";
  if (text.find('.') == std::string_view::npos || text.find_first_not_of(kBytes) != std::string_view::npos)
    return false;
  return text.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos;
}

class Lowering {
 public:
  Lowering(const DominoConfiguration& configuration, RelayPolicy& policy)
      : configuration_(configuration), policy_(policy) {}

  void run();

 private:
  void excluded_hosts(const DominoItem& item);
  void enforcement();
  void undecided();
  [[nodiscard]] const DominoItem* item(std::string_view name) const;
  DecisionList& list() { return policy_.list(list_); }
  void doubt(std::string reason, Span place) {
    list().clauses.push_back(accept_when({opaque(std::move(reason), place, false)}, place));
  }

  const DominoConfiguration& configuration_;
  RelayPolicy& policy_;
  ListId list_{};
};

const DominoItem* Lowering::item(std::string_view name) const {
  for (const DominoItem& candidate : configuration_.items) {
    if (equals_ignoring_case(candidate.name, name)) return &candidate;
  }
  return nullptr;
}

/// "Exclude these connecting hosts from anti-relay checks": addresses, endings of host names, groups.
void Lowering::excluded_hosts(const DominoItem& item) {
  std::vector<AddressItem> addresses;
  std::vector<AddressSet> sets;
  PatternSet names;
  std::optional<Span> other;
  for (const DominoValue& value : item.values) {
    std::optional<AddressSet> set = bracketed_address(value.text);
    if (value.text == "*") set = AddressSet::everything();
    if (set) {
      addresses.push_back({*set, value.span});
      sets.push_back(*std::move(set));
    } else if (is_host_name(value.text)) {
      const bool glob = value.text.find('*') != std::string::npos;
      names.add({glob ? PatternKind::Glob : PatternKind::Tail, value.text, value.span});
    } else if (!value.text.empty() && !other) {
      other = value.span;
    }
  }
  if (!addresses.empty()) {
    list().clauses.push_back(
        accept_when({client_in(AddressSet::union_of(std::move(sets)), item.span, std::move(addresses))}, item.span,
                    "hosts excluded from anti-relay checks"));
  }
  if (!names.empty()) {
    list().clauses.push_back(accept_when({{ClientName{std::move(names), true}, item.span}}, item.span,
                                         "host names excluded from anti-relay checks"));
  }
  if (other) doubt("this entry of the excluded hosts is a group, a template or nothing that is documented", *other);
}

/// Only the code for "None" is known.
void Lowering::enforcement() {
  const DominoItem* check = item("SMTPRlyCheck");
  bool none = false;
  bool other = false;
  if (check != nullptr) {
    for (const DominoValue& value : check->values) (value.text == "2" ? none : other) = true;
  }
  if (none && !other) {
    list().final = Action::Accept;
    list().final_span = check->values.front().span;
    list().final_is_switch = true;
    list().final_text = "Perform Anti-Relay enforcement for: None (SMTPRlyCheck = 2)";
    return;
  }
  if (none) doubt("SMTPRlyCheck has contradicting values", check->values.front().span);
  undecided();
}

void Lowering::undecided() {
  list().final = Action::Refuse;
  list().final_span = configuration_.span;
  bool any = false;
  for (const DominoItem& candidate : configuration_.items) {
    if (equals_ignoring_case(candidate.name, "SMTPRlyExcpts")) continue;
    doubt("what the relay control " + candidate.name + " comes to in this document is not published", candidate.span);
    any = true;
    break;  // one place is enough to look at
  }
  if (!any)
    doubt(
        "the document has no relay control item that is understood; the default of the release, or of Release 5, holds",
        configuration_.span);
}

void Lowering::run() {
  const std::string who = configuration_.server.empty() ? std::string("a server") : configuration_.server;
  list_ = policy_.add_list("inbound relay controls of " + who);
  list().clauses.push_back(domino_own_domains(configuration_.span));
  list().clauses.push_back(domino_own_machine(configuration_.span));
  if (const DominoItem* excluded = item("SMTPRlyExcpts")) excluded_hosts(*excluded);
  enforcement();
  Listener listener;
  listener.name = "SMTP of " + who;
  listener.port = 25;
  listener.span = configuration_.span;
  listener.stages = {{"rcpt", list_, true}};
  policy_.listeners.push_back(std::move(listener));
}

}  // namespace

void add_domino_listeners(std::span<const DominoConfiguration> configurations, RelayPolicy& policy) {
  for (const DominoConfiguration& configuration :
       configurations.first(std::min(configurations.size(), kMostDocuments))) {
    Lowering(configuration, policy).run();
  }
  if (configurations.size() <= kMostDocuments) return;
  Listener rest;
  rest.name = "SMTP of further servers";
  rest.span = configurations[kMostDocuments].span;
  rest.broken = Note{rest.span, "there are more Configuration documents than are judged"};
  policy.listeners.push_back(std::move(rest));
}

Clause domino_own_domains(Span place) {
  Clause clause = accept_when(
      {opaque("the Internet domains of the organisation stand in the Domino Directory, not in this file", place, true)},
      place, "mail for the organisation's own domains");
  clause.disposition = Disposition::Local;
  clause.origin = Origin::ProductDefault;
  return clause;
}

Clause domino_own_machine(Span place) {
  Clause clause = accept_when({client_in(loopback_addresses(), place)}, place, "mail of the server's own machine");
  clause.origin = Origin::ProductDefault;
  return clause;
}

Fix domino_console_steps() {
  return {
      "close the relay in the Configuration document: external hosts can no longer send to other domains through this "
      "server",
      Applicability::Display,
      {},
      {"open the server's Configuration document in the Domino Directory, Router/SMTP, Restrictions and Controls, SMTP "
       "Inbound Controls",
       "enter * in both Deny fields of Inbound Relay Controls, and take * out of the Allow fields",
       "from Release 6 on: enforce for external hosts or for all connecting hosts, and take broad entries out of the "
       "excluded hosts",
       "restart the SMTP task (`restart task smtp`)"}};
}

bool is_domino_template(std::string_view text) {
  return text.find("{{") != std::string_view::npos || text.find("{%") != std::string_view::npos;
}

}  // namespace relaylint
