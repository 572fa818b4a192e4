#include "lint/rule.hpp"

namespace relaylint::rules {

extern const Rule relay_newly_allowed;
constinit const Rule relay_newly_allowed = {
    {
        .id = "RL906",
        .name = "relay-newly-allowed",
        .severity = Severity::Error,
        .summary = "A change lets mail through that was not relayed before",
        .what =
            R"(With `--compare OLD`: mail that the new configuration relays and the old one does not. For strangers to anybody it is an error, for clients that are trusted, with valid credentials, or to named domains a warning.)",
        .why =
            R"(Relays are opened by changes. Who reviews one wants to know what it does to the mail flow, not which lines it touches.)",
        .example = {},
        .fix_safety = R"(No fix.)",
        .fix = FixAvailability::None,
        .references = R"(docs/rules/RL906.md)",
    },
    nullptr,
};

}  // namespace relaylint::rules
