#pragma once
// Address sets for property tests, the same ones in every run.

#include <random>

#include "lint/address.hpp"

namespace relaylint::test {

class RandomSets {
 public:
  explicit RandomSets(unsigned seed) : random_(seed) {}

  /// Up to eight networks and ranges of both families. Often empty, whole, or touching each other and the ends of the
  /// space.
  AddressSet next();
  IpAddress address();

 private:
  Uint128 bits(bool v6);
  AddressSet piece();

  std::mt19937_64 random_;
};

}  // namespace relaylint::test
