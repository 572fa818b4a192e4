#include "lint/rule.hpp"

namespace relaylint::rules {

extern const Rule relay_newly_stopped;
constinit const Rule relay_newly_stopped = {
    {
        .id = "RL907",
        .name = "relay-newly-stopped",
        .severity = Severity::Info,
        .summary = "A change stops mail that was relayed before",
        .what = R"(With `--compare OLD`: mail that the old configuration relays and the new one does not.)",
        .why = R"(It may be what the change is for, or somebody's mail that will bounce tomorrow.)",
        .example = {},
        .fix_safety = R"(No fix.)",
        .fix = FixAvailability::None,
        .references = R"(docs/rules/RL907.md)",
    },
    nullptr,
};

}  // namespace relaylint::rules
