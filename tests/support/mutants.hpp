#pragma once
// The same text, as other editors, other systems and accidents leave it.

#include <string>
#include <string_view>
#include <vector>

namespace relaylint::test {

struct Mutant {
  std::string how;
  std::string bytes;
};

/// CRLF and LF line endings, lone carriage returns, a missing or doubled final newline, a byte order mark, NUL and high
/// bytes in the middle and at line ends, everything upside down, cut off at several places, nothing at all. Always the
/// same ones.
std::vector<Mutant> mutants_of(std::string_view text);

}  // namespace relaylint::test
