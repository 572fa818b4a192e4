#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Observation& observation : policy.observations) {
    if (observation.kind != ObservationKind::Advice) continue;
    reporter.report(observation.span, observation.text, observation.change);
  }
}

}  // namespace

extern const Rule worth_knowing;
constinit const Rule worth_knowing = {
    {
        .id = "RL017",
        .name = "worth-knowing",
        .severity = Severity::Info,
        .summary = "Something about mail flow that is no fault but that one should know",
        .what =
            R"(Facts that decide nothing: a domain that is accepted but not delivered here (backup MX), a smarthost that is no relay control, a copy of a file that the server does not read, exceptions that live in a database.)",
        .why = R"(They are what administrators are misled by most often.)",
        .example = {"groupwise", "GWIA.CFG", R"()", R"()"},
        .fix_safety =
            R"(Mostly none, as nothing is wrong. Where a setting could not be decided, the protective one is offered (safe), or the steps in an administration program are told.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(The README of the format)",
    },
    check,
};

}  // namespace relaylint::rules
