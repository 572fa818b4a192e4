#pragma once
// What a run comes to: messages on standard error and the exit status of contract.md 2.

#include <string_view>

namespace relaylint::cli {

struct Tally {
  bool failed = false;     ///< 2: unreadable input, a fix that could not be proved or written
  bool found = false;      ///< 1: a finding that counts, relaying added, disagreement
  bool undecided = false;  ///< 3: an `unknown` verdict, a named file that no format recognises

  /// Prints `relaylint: MESSAGE`, escaped.
  static void say(std::string_view message);
  /// The same, and the status is 2.
  void complain(std::string_view message);
  [[nodiscard]] int status(bool exit_zero) const;
};

}  // namespace relaylint::cli
