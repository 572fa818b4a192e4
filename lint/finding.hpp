#pragma once
// What is told to the user: rule, place, message, and the fix if there is one.

#include <optional>
#include <string>
#include <vector>

#include "lint/change.hpp"
#include "lint/source.hpp"

namespace relaylint {

enum class Severity { Info, Warning, Error };
std::string_view to_string(Severity severity);
std::string_view to_string(Applicability applicability);

/// A further place with what it has to do with the finding.
struct Related {
  Span span{};
  std::string message;
};

/// Set where a comment or .relaylint.ini hides the finding (contract.md 6).
struct Suppression {
  std::string reason;
  std::string expires;  ///< YYYY-MM-DD or empty
};

struct Finding {
  std::string rule;  ///< RL001
  std::string name;  ///< relay-by-default
  Severity severity = Severity::Error;
  std::string message;  ///< lower case, states the setting and its effect, no full stop
  Span span{};
  std::vector<Related> related{};
  std::optional<PolicyChange> change{};  ///< what the rule asks for
  std::optional<Fix> fix{};              ///< what the format made of it, proved
  std::optional<Suppression> suppressed{};
};

}  // namespace relaylint
