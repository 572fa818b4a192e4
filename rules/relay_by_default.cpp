#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Default)) {
    reporter.report(found.cause.span,
                    "relaying is not restricted here, and by default this product relays for everybody" +
                        reach_of(policy, *found.hole),
                    PolicyChange{PolicyChange::Kind::ControlRelaying, found.cause.clause_span}, {},
                    severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule relay_by_default;
constinit const Rule relay_by_default = {
    {
        .id = "RL001",
        .name = "relay-by-default",
        .severity = Severity::Error,
        .summary = "The protective setting is missing, and without it the product relays",
        .what =
            R"(Whether the setting that controls relaying is missing where the product's default, for the version at hand, is to relay for everybody: qmail without `rcpthosts`, the Domino R4 MTA without `SMTPMTA_REJECT_RELAYS=1`, a GroupWise 5 gateway without `/NOROUTING`, a smail that knows no `smtp_remote_allow`.)",
        .why =
            R"(A server that relays for strangers is found within hours, sends their mail under your address, and ends up on block lists.)",
        .example = {"groupwise", "GWIA.CFG", R"(/Home-SYS:\DOM\WPGATE\GWIA
/HN-gw.corp.example
)",
                    R"(/Home-SYS:\DOM\WPGATE\GWIA
/HN-gw.corp.example
/NOROUTING
)"},
        .fix_safety =
            R"(Safe where setting the control keeps mail to the domains that the files name, mail from loopback and mail with credentials. Clients that nothing but the missing control let through must authenticate or be listed.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 3.6.2 (relaying)
RFC 2505, section 2.1 (a mail server must be able to restrict unauthorised use as a relay))",
    },
    check,
};

}  // namespace relaylint::rules
