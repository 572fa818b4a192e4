#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Observation& observation : policy.observations) {
    if (observation.kind != ObservationKind::ContradictingDuplicate) continue;
    reporter.report(observation.span, observation.text, observation.change);
  }
}

}  // namespace

extern const Rule contradicting_duplicates;
constinit const Rule contradicting_duplicates = {
    {
        .id = "RL015",
        .name = "contradicting-duplicates",
        .severity = Severity::Warning,
        .summary = "A setting is given twice with different values",
        .what =
            R"(Whether a setting that decides relaying stands in the file more than once and the values contradict each other.)",
        .why =
            R"(Which one counts depends on the product, is often not documented, and is rarely what a reader expects.)",
        .example = {"mercury", "mercury.ini", R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
Relay : 1
Strict_Relay : 1
Allow : 127.0.0.1
)",
                    R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
Relay : 0
Strict_Relay : 1
Allow : 127.0.0.1
)"},
        .fix_safety = R"(Safe where every reading is closed afterwards.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(The vendor's manual, as cited in the README of the format)",
    },
    check,
};

}  // namespace relaylint::rules
