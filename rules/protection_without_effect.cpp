#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Observation& observation : policy.observations) {
    if (observation.kind != ObservationKind::IneffectiveProtection) continue;
    reporter.report(observation.span, observation.text, observation.change);
  }
}

}  // namespace

extern const Rule protection_without_effect;
constinit const Rule protection_without_effect = {
    {
        .id = "RL012",
        .name = "protection-without-effect",
        .severity = Severity::Warning,
        .summary = "A setting that should protect is not read as one",
        .what =
            R"(Whether something that looks like relay control has no effect: in the wrong section, misspelt, commented out, shadowed by an earlier line, with the wrong separator, an option name in capitals (which Exim takes as a macro), a rcpthosts line that can never match.)",
        .why = R"(Its author thinks the server is protected.)",
        .example = {"mercury", "mercury.ini", R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
Strict_Relays : 1
Allow : 127.0.0.1
)",
                    R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
Strict_Relay : 1
Allow : 127.0.0.1
)"},
        .fix_safety =
            R"(Safe where the corrected line can only restrict; nothing dead is ever brought to life that would allow relaying.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(The vendor's manual, as cited in the README of the format)",
    },
    check,
};

}  // namespace relaylint::rules
