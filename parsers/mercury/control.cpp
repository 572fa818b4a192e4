// Allow and Refuse as connection control.

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/mercury/lowering.hpp"

namespace relaylint::mercury {
namespace {

constexpr std::size_t kWidths = 5;  // a host, a /24, a /16, a /8, everybody

/// Addresses by width.
using Networks = std::array<std::vector<std::uint32_t>, kWidths>;

AddressSet set_of(std::vector<std::uint32_t> addresses, std::size_t width) {
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  std::vector<AddressSet> sets;
  sets.reserve(addresses.size());
  for (const std::uint32_t address : addresses) sets.push_back(Network{address, static_cast<int>(width)}.set());
  return AddressSet::union_of(std::move(sets));
}

/// Is every line at least as wide as those before it? Then the first match is the most specific one.
bool narrow_first(const std::vector<Listed>& listed) {
  int widest = 0;
  for (const Listed& entry : listed) {
    if (!entry.network) continue;
    if (entry.network->zero_octets < widest) return false;
    widest = entry.network->zero_octets;
  }
  return true;
}

}  // namespace

ConnectionControl control_of(const std::vector<Listed>& listed, const Edition& edition) {
  ConnectionControl control;
  Networks allow;
  Networks refuse;
  for (const Listed& entry : listed) {
    if (!entry.allow && control.first_refuse == nullptr) control.first_refuse = &entry;
    if (!entry.network) continue;
    const auto width = static_cast<std::size_t>(entry.network->zero_octets);
    (entry.allow ? allow : refuse)[width].push_back(entry.network->address);
  }
  AddressSet all_refused;
  for (std::size_t width = kWidths; width-- > 0;) {  // what is narrower overrules
    const AddressSet allowed = set_of(std::move(allow[width]), width);
    const AddressSet refused = set_of(std::move(refuse[width]), width);
    control.refused = control.refused.unite(refused).subtract(allowed);
    control.disputed = control.disputed.subtract(allowed.unite(refused)).unite(allowed.intersect(refused));
    control.allowed = control.allowed.unite(allowed);
    all_refused = all_refused.unite(refused);
  }
  if (!edition.keeps_acl() && !narrow_first(listed)) {
    control.disputed = control.disputed.unite(control.allowed.intersect(all_refused));
    control.refused = control.refused.subtract(control.disputed);
  }
  return control;
}

AddressSet widest_reading(std::string_view text) {
  const std::size_t end = text.find_first_of("/- \t");
  const std::optional<Network> before = network_of(text.substr(0, end));
  if (!before || end == std::string_view::npos) return {};
  if (text[end] == '/') {
    const std::optional<AddressSet> network = AddressSet::parse(text);
    return network ? before->set().unite(*network) : AddressSet::all_v4();
  }
  const std::size_t last = text.find_first_not_of("- \t", end);
  if (last == std::string_view::npos) return before->set();
  const std::optional<IpAddress> from = IpAddress::parse(text.substr(0, end));
  const std::optional<IpAddress> to = IpAddress::parse(text.substr(last));
  return from && to && !to->v6 ? before->set().unite(AddressSet::range(*from, *to)) : AddressSet::all_v4();
}

// --- the stage
// --------------------------------------------------------------------------------------------------------

void Lowering::connect_stage(ListId list) {
  DecisionList& clauses = policy_.list(list);
  const auto add = [&](std::vector<Condition> when, Span place) {
    if (settings_.sections.size() > 1)
      when.push_back(opaque("there are several [MercuryS] sections", settings_.place, false));
    clauses.clauses.push_back(refuse_when(std::move(when), place));
  };
  if (!control_.refused.empty())
    add({client_in(control_.refused, span_of(*control_.first_refuse))}, span_of(*control_.first_refuse));
  if (!control_.disputed.empty()) {
    const Span place = span_of(*control_.first_refuse);
    add({client_in(control_.disputed, place),
         opaque("whether Allow or Refuse wins for these hosts depends on the version", place, false)},
        place);
  }
  undocumented_refusals(add);
}

/// All of them as one clause of each kind: there may be very many.
void Lowering::undocumented_refusals(const std::function<void(std::vector<Condition>, Span)>& add) {
  std::vector<AddressSet> readings;
  std::optional<Span> first;
  std::optional<Span> first_name;
  for (const Listed& listed : settings_.listed) {
    if (listed.allow || listed.network) continue;
    AddressSet most = widest_reading(value_of(listed));
    std::optional<Span>& place = most.empty() ? first_name : first;
    if (!place) place = span_of(listed);
    if (!most.empty()) readings.push_back(std::move(most));
  }
  if (first) {
    add({client_in(AddressSet::union_of(std::move(readings)), *first),
         opaque("how Mercury reads this Refuse line is not documented", *first, false)},
        *first);
  }
  if (first_name) add({opaque("a Refuse line names something other than an address", *first_name, true)}, *first_name);
}

}  // namespace relaylint::mercury
