#include "lint/rule.hpp"

namespace relaylint::rules {

extern const Rule ignore_without_reason;
constinit const Rule ignore_without_reason = {
    {
        .id = "RL903",
        .name = "ignore-without-reason",
        .severity = Severity::Warning,
        .summary = "A suppression comment gives no reason",
        .what =
            R"(A comment `relaylint: ignore[RULE]` without words after it. It hides nothing until it has a reason.)",
        .why = R"(Who reads it next year must be able to tell whether it still holds.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
# relaylint: ignore[RL007]
relay_domains_include_local_mx
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
# relaylint: ignore[RL007] only our own customers have domains there
relay_domains_include_local_mx
end
)"},
        .fix_safety = R"(No fix.)",
        .fix = FixAvailability::None,
        .references = R"(docs/rules/RL903.md)",
    },
    nullptr,
};

}  // namespace relaylint::rules
