#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Identity)) {
    reporter.report(found.cause.span,
                    "this grants relaying to whoever claims the right name, and anybody can claim it" +
                        reach_of(policy, *found.hole),
                    PolicyChange{PolicyChange::Kind::GuardGrant, found.cause.clause_span, found.cause.items}, {},
                    severity_of(*found.hole));
  }
  for (const Hole& hole : verdict.holes) {
    if (hole.kind != HoleKind::VerifiedName) continue;
    reporter.report(
        policy.span_of(hole.grant),
        "this grants relaying by host name: whoever runs the reverse DNS of that name and its forward zone relays",
        std::nullopt, {}, Severity::Warning);
  }
}

}  // namespace

extern const Rule relay_by_forgeable_identity;
constinit const Rule relay_by_forgeable_identity = {
    {
        .id = "RL006",
        .name = "relay-by-forgeable-identity",
        .severity = Severity::Error,
        .summary = "Relaying is granted to whoever claims a sender address, a HELO name or a host name",
        .what =
            R"(Whether relaying is granted by something that the client says of himself: the envelope sender, the HELO name, or a reverse name that was not checked against the address. A grant to a checked host name that the file names is a warning.)",
        .why =
            R"(Every spammer can say `MAIL FROM:<someone@your.domain>`. Mercury's normal mode (`Relay : 0` without `Strict_Relay : 1`) believes it.)",
        .example = {"mercury", "mercury.ini", R"([Protocols]
mercurys.dll

[MercuryS]
Relay : 0
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
            R"(Safe where hosts that the files name, loopback and authenticated clients keep relaying by what cannot be forged. Otherwise unsafe: senders that are believed today must then authenticate or come from a listed host.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 7.1 (mail security and spoofing)
RFC 2505, section 2.1)",
    },
    check,
};

}  // namespace relaylint::rules
