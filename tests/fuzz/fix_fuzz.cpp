// Any bytes at all, as one format: fixing ends, opens nothing, and fixing again changes nothing. Compiled once a
// format.

#include "tests/fuzz/input.hpp"
#include "tests/support/laws.hpp"

namespace relaylint {
extern const Format RELAYLINT_FUZZ_FORMAT;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace relaylint;
  using namespace relaylint::test;
  const Format& format = RELAYLINT_FUZZ_FORMAT;
  const FuzzInput input = fuzz_input(format, data, size);
  const Examined examined = examine_fuzz_input(format, input);
  if (examined.configuration.unreadable) return 0;
  abort_if_any(broken_fixing(examined, std::string(format.id), input.files, input.entry));
  return 0;
}
