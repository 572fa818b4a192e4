#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Switch)) {
    reporter.report(found.cause.span,
                    "this setting turns relay control off: anybody may send to anybody" + reach_of(policy, *found.hole),
                    PolicyChange{PolicyChange::Kind::ControlRelaying, found.cause.clause_span}, {},
                    severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule relay_switched_on;
constinit const Rule relay_switched_on = {
    {
        .id = "RL002",
        .name = "relay-switched-on",
        .severity = Severity::Error,
        .summary = "The product's relay switch is set to relay for everybody",
        .what =
            R"(Whether the setting that turns relay control on or off is in the file and says off: `Relay : 1` in mercury.ini, `SMTPMTA_REJECT_RELAYS=0` in NOTES.INI.)",
        .why = R"(With the switch off no list of trusted hosts is asked: anybody sends to anybody.)",
        .example = {"mercury", "mercury.ini", R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 1
Allow : 192.168.1.0

[Domains]
corp : corp.example
)",
                    R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
Strict_Relay : 1
Allow : 192.168.1.0
Allow : 127.0.0.1

[Domains]
corp : corp.example
)"},
        .fix_safety =
            R"(Safe where the switch keeps mail to the domains that the files name and mail from loopback. Clients that nothing but the open switch let through must authenticate or be listed.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 3.6.2
The vendor's manual, as cited in the README of the format)",
    },
    check,
};

}  // namespace relaylint::rules
