#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Note& note : policy.not_understood) reporter.report(note.span, note.text);
}

}  // namespace

extern const Rule not_understood;
constinit const Rule not_understood = {
    {
        .id = "RL901",
        .name = "not-understood",
        .severity = Severity::Info,
        .summary = "A part of the files was not understood",
        .what =
            R"(Lines, statements or values that relaylint could not read. Where one could decide about relaying, the verdict is unknown (RL902).)",
        .why = R"(What is not understood must never be silent: it could be what opens the server.)",
        .example = {"exim4", "exim4.conf", R"()", R"()"},
        .fix_safety = R"(No fix: look at the place, and tell us about a construct that we should know.)",
        .fix = FixAvailability::None,
        .references = R"(docs/architecture.md)",
    },
    check,
};

}  // namespace relaylint::rules
