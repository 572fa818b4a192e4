#include "lint/rule.hpp"

namespace relaylint::rules {

extern const Rule ignore_unused;
constinit const Rule ignore_unused = {
    {
        .id = "RL905",
        .name = "ignore-unused",
        .severity = Severity::Warning,
        .summary = "A suppression comment hides nothing",
        .what = R"(A comment `relaylint: ignore[RULE]` at a place where that rule finds nothing.)",
        .why = R"(It would hide a later mistake at the same place.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
# relaylint: ignore[RL007] only our own customers have domains there
relay_domains = customer.example : customer.example.net
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
relay_domains = customer.example : customer.example.net
end
)"},
        .fix_safety = R"(No fix.)",
        .fix = FixAvailability::None,
        .references = R"(docs/rules/RL905.md)",
    },
    nullptr,
};

}  // namespace relaylint::rules
