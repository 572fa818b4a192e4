#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Pattern& pattern : policy.local_domains.patterns()) {
    if (pattern.negated || pattern.kind == PatternKind::Exact || !matches_everybodys_domain(pattern)) continue;
    reporter.report(pattern.span,
                    "this counts domains that are not yours as local: mail to them is accepted from anybody");
  }
  const std::vector<Pattern>& patterns = policy.local_domains.patterns();
  if (policy.local_domains.at_end() && !patterns.empty()) {
    reporter.report(patterns.back().span,
                    "this list of local domains ends in an exclusion, so every other domain counts as local");
  }
}

}  // namespace

extern const Rule local_domains_wide;
constinit const Rule local_domains_wide = {
    {
        .id = "RL014",
        .name = "local-domains-wide",
        .severity = Severity::Warning,
        .summary = "The list of local domains takes in domains that are not yours",
        .what =
            R"(Whether the domains that count as delivered on this machine take in everything, a top-level domain or a public suffix.)",
        .why =
            R"(Mail to a local domain is accepted from anybody. What happens then decides the verdict: sent on, it is relaying; delivered or bounced here, it is lost or becomes backscatter.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = *
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
end
)"},
        .fix_safety = R"(No fix: only you know which domains are local.)",
        .fix = FixAvailability::None,
        .references = R"(The advisory's first advice: name local domains as tightly as possible
RFC 2505, section 2.1)",
    },
    check,
};

}  // namespace relaylint::rules
