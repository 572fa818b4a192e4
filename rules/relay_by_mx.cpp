#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const Hole& hole : verdict.holes) {
    if (hole.kind != HoleKind::MxIsHere) continue;
    const Span place = place_of_mx_condition(policy, hole);
    reporter.report(place, "this relays to every domain whose MX record names this server, whoever owns it",
                    PolicyChange{PolicyChange::Kind::DropItems, policy.span_of(hole.grant), {place}});
  }
}

}  // namespace

extern const Rule relay_by_mx;
constinit const Rule relay_by_mx = {
    {
        .id = "RL007",
        .name = "relay-by-mx",
        .severity = Severity::Warning,
        .summary = "Mail is relayed to every domain whose MX record points here",
        .what =
            R"(Whether relaying to a domain is granted because an MX record of it names this server (`relay_domains_include_local_mx`, `@mx_any`, `smtp_permit_mx_backup`).)",
        .why =
            R"(Whoever has a domain can point its MX here and make this server carry his mail. He reaches only domains that he controls, so this is a warning; name the domains you are backup MX for.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
relay_domains_include_local_mx
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
no_relay_domains_include_local_mx
end
)"},
        .fix_safety = R"(Unsafe: domains that rely on it and are not listed are refused afterwards.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 5.1
Exim specification, section 10.8 (@mx_any and its kin))",
    },
    check,
};

}  // namespace relaylint::rules
