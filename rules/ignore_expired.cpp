#include "lint/rule.hpp"

namespace relaylint::rules {

extern const Rule ignore_expired;
constinit const Rule ignore_expired = {
    {
        .id = "RL904",
        .name = "ignore-expired",
        .severity = Severity::Warning,
        .summary = "A suppression comment has expired",
        .what =
            R"(A comment `relaylint: ignore[RULE] reason until=DATE` whose date is past. It hides nothing any more.)",
        .why = R"(What was put off until that day is due.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
# relaylint: ignore[RL007] customers move here, listed afterwards until=2020-12-31
relay_domains_include_local_mx
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
relay_domains = customer.example : customer.example.net
end
)"},
        .fix_safety = R"(No fix.)",
        .fix = FixAvailability::None,
        .references = R"(docs/rules/RL904.md)",
    },
    nullptr,
};

}  // namespace relaylint::rules
