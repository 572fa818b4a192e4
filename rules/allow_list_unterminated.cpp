#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Observation& observation : policy.observations) {
    if (observation.kind != ObservationKind::UnterminatedAllowList) continue;
    reporter.report(observation.span, observation.text, observation.change);
  }
}

}  // namespace

extern const Rule allow_list_unterminated;
constinit const Rule allow_list_unterminated = {
    {
        .id = "RL013",
        .name = "allow-list-unterminated",
        .severity = Severity::Warning,
        .summary = "An allow list lacks the entry that refuses everybody else",
        .what =
            R"(Whether a list of allowed hosts, in a version that needs it, ends without the entry that refuses all others (`Refuse : 0.0.0.0` in old Mercury versions, `:deny` in the rules of a server that relays for every client it accepts).)",
        .why = R"(Without it the list allows the hosts it names, and everybody else as well.)",
        .example = {"mercury", "mercury.ini", R"()", R"()"},
        .fix_safety =
            R"(Unsafe: for a server that refuses connections by the same list, the closing entry refuses incoming mail from everybody who is not listed.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(The advisory's section on Mercury; cr.yp.to/ucspi-tcp/tcprules.html)",
    },
    check,
};

}  // namespace relaylint::rules
