#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Domains)) {
    const Cause& cause = found.cause;
    const PolicyChange::Kind kind =
        cause.at_list_end ? PolicyChange::Kind::TerminateList : PolicyChange::Kind::DropItems;
    const std::string message =
        cause.at_list_end
            ? "this list of domains ends in an exclusion, so mail to every other domain is relayed for anybody"
            : "this takes in domains that are not yours: mail to them is relayed for anybody";
    reporter.report(cause.span, message + reach_of(policy, *found.hole),
                    PolicyChange{kind, cause.clause_span, cause.items}, {}, severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule relay_domains_everyone;
constinit const Rule relay_domains_everyone = {
    {
        .id = "RL005",
        .name = "relay-domains-everyone",
        .severity = Severity::Error,
        .summary = "The list of domains that mail is relayed to takes in everybody's",
        .what =
            R"(Whether the domains that are accepted for relaying take in all domains, a top-level domain or a public suffix: `relay_domains = *`, `*.com`, `.org` in rcpthosts, `.co.uk`, an expression that matches any name, a list that ends in a negated item.)",
        .why =
            R"(Nobody forwards for a whole top-level domain. Strangers send to every address below it through this server.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
relay_domains = partner.example : *.com
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
relay_domains = partner.example
end
)"},
        .fix_safety =
            R"(Safe for `*`: the domains that the file names stay. Unsafe for a suffix or an expression, which may have been meant for some domain below it.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 3.6.2
The public suffix list, ICANN section)",
    },
    check,
};

}  // namespace relaylint::rules
