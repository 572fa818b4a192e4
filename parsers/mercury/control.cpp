// Allow and Refuse as connection control.

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/mercury/lowering.hpp"

namespace relaylint::mercury {
namespace {

constexpr std::size_t kWidths = 5;  // a host, a /24, a /16, a /8, everybody

struct Sets {
  std::array<std::vector<AddressSet>, kWidths> allow{};
  std::array<std::vector<AddressSet>, kWidths> refuse{};
};

/// Is every line at least as wide as those before it? Then the first match is the most specific one.
bool narrow_first(const std::vector<Listed>& listed) {
  int widest = 0;
  for (const Listed& entry : listed) {
    if (!entry.set) continue;
    if (entry.zero_octets < widest) return false;
    widest = entry.zero_octets;
  }
  return true;
}

}  // namespace

ConnectionControl control_of(const std::vector<Listed>& listed, const Edition& edition) {
  ConnectionControl control;
  Sets sets;
  for (const Listed& entry : listed) {
    if (!entry.allow && control.first_refuse == nullptr) control.first_refuse = &entry;
    if (entry.set)
      (entry.allow ? sets.allow : sets.refuse)[static_cast<std::size_t>(entry.zero_octets)].push_back(*entry.set);
  }
  AddressSet all_allowed;
  AddressSet all_refused;
  for (std::size_t width = kWidths; width-- > 0;) {  // what is narrower overrules
    const AddressSet allowed = AddressSet::union_of(std::move(sets.allow[width]));
    const AddressSet refused = AddressSet::union_of(std::move(sets.refuse[width]));
    control.refused = control.refused.unite(refused).subtract(allowed);
    control.disputed = control.disputed.subtract(allowed.unite(refused)).unite(allowed.intersect(refused));
    all_allowed = all_allowed.unite(allowed);
    all_refused = all_refused.unite(refused);
  }
  if (!edition.keeps_acl() && !narrow_first(listed)) {
    control.disputed = control.disputed.unite(all_allowed.intersect(all_refused));
    control.refused = control.refused.subtract(control.disputed);
  }
  return control;
}

AddressSet widest_reading(std::string_view text) {
  int zero_octets = 0;
  const std::size_t end = text.find_first_of("/- \t");
  const std::optional<AddressSet> before = address_of(text.substr(0, end), zero_octets);
  if (!before || end == std::string_view::npos) return {};
  if (text[end] == '/') {
    const std::optional<AddressSet> network = AddressSet::parse(text);
    return network ? before->unite(*network) : AddressSet::all_v4();
  }
  const std::size_t last = text.find_first_not_of("- \t", end);
  if (last == std::string_view::npos) return *before;
  const std::optional<IpAddress> from = IpAddress::parse(text.substr(0, end));
  const std::optional<IpAddress> to = IpAddress::parse(text.substr(last));
  return from && to && !to->v6 ? before->unite(AddressSet::range(*from, *to)) : AddressSet::all_v4();
}

}  // namespace relaylint::mercury
