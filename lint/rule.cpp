#include "lint/rule.hpp"

#include <utility>

namespace relaylint {

void Reporter::report(Span span, std::string message, std::optional<PolicyChange> change, std::vector<Related> related,
                      std::optional<Severity> severity) {
  Finding finding;
  finding.rule = info_.id;
  finding.name = info_.name;
  finding.severity = severity.value_or(info_.severity);
  finding.message = std::move(message);
  finding.span = span;
  finding.related = std::move(related);
  finding.change = std::move(change);
  out_.push_back(std::move(finding));
}

}  // namespace relaylint
