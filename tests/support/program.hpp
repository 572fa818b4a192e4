#pragma once
// Runs programs as a user would, for end-to-end tests.

#include <string>
#include <vector>

namespace relaylint::test {

struct Ran {
  int status = -1;  ///< the exit status; 128 + the signal where it was killed
  std::string out;
  std::string err;
};

/// Runs a program (found along PATH) in `folder` with `input` on its standard input. Colours and settings of the
/// environment that the program heeds are taken out; `environment` adds `NAME=value`.
Ran run_program(const std::vector<std::string>& command, const std::string& folder = ".", const std::string& input = {},
                const std::vector<std::string>& environment = {});

/// The relaylint that was built with these tests.
Ran run_relaylint(std::vector<std::string> arguments, const std::string& folder = ".", const std::string& input = {},
                  const std::vector<std::string>& environment = {});

}  // namespace relaylint::test
