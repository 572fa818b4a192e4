#include "tests/support/random_sets.hpp"

namespace relaylint::test {

Uint128 RandomSets::bits(bool v6) {
  const Uint128 max = v6 ? ~Uint128{0} : Uint128{0xFFFFFFFF};
  Uint128 value = Uint128{random_()} << 64 | random_();
  // Few different values, so that pieces meet: the ends of the space, and multiples of large powers of two.
  switch (random_() % 4) {
    case 0:
      value = random_() % 16;
      break;
    case 1:
      value = max - random_() % 16;
      break;
    case 2:
      value = (value & 0xF) << (v6 ? 120 : 28) | random_() % 4;
      break;
    default:
      break;
  }
  return value & max;
}

IpAddress RandomSets::address() {
  const bool v6 = random_() % 2 == 0;
  return {v6, bits(v6)};
}

AddressSet RandomSets::piece() {
  const IpAddress first = address();
  switch (random_() % 8) {
    case 0:
      return AddressSet::single(first);
    case 1:
      return AddressSet::range(first, {first.v6, bits(first.v6)});
    case 2:
      return first.v6 ? AddressSet::all_v6() : AddressSet::all_v4();
    default:
      return AddressSet::network(first, static_cast<unsigned>(random_() % (first.v6 ? 129 : 33)));
  }
}

AddressSet RandomSets::next() {
  AddressSet set;
  for (auto count = random_() % 9; count > 0; --count) {
    set = random_() % 4 == 0 ? set.subtract(piece()) : set.unite(piece());
  }
  return set;
}

}  // namespace relaylint::test
