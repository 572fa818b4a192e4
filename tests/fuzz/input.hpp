#pragma once
// What a fuzzer's bytes stand for: one file, or a tree of them.

#include <cstddef>
#include <cstdint>
#include <string>

#include "lint/format.hpp"
#include "tests/support/examine.hpp"

namespace relaylint::test {

struct FuzzInput {
  Files files;
  std::string entry;
};

/// Files are headed by `NUL === PATH NEWLINE`; bytes before the first such heading are a file of the first name that
/// the format is known by. tools/fuzz writes the cases of fixtures/ in this form.
FuzzInput fuzz_input(const Format& format, const std::uint8_t* data, std::size_t size);

/// The input, examined with every rule and a budget that a fuzzer can wait for.
Examined examine_fuzz_input(const Format& format, const FuzzInput& input);

/// Prints what is broken and aborts, so that the fuzzer keeps the input.
void abort_if_any(const std::vector<std::string>& broken);

}  // namespace relaylint::test
