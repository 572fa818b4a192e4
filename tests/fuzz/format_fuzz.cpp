// Any bytes at all, as one format: parsing, judging and the rules break no law. Compiled once a format.

#include "tests/fuzz/input.hpp"
#include "tests/support/laws.hpp"

namespace relaylint {
extern const Format RELAYLINT_FUZZ_FORMAT;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace relaylint;
  using namespace relaylint::test;
  const FuzzInput input = fuzz_input(RELAYLINT_FUZZ_FORMAT, data, size);
  const Examined examined = examine_fuzz_input(RELAYLINT_FUZZ_FORMAT, input);
  if (!examined.configuration.unreadable) abort_if_any(broken_laws(examined.configuration));
  return 0;
}
