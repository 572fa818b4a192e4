#include "lint/judge.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy&, const Verdict& verdict, Reporter& reporter) {
  if (verdict.state != VerdictState::Unknown) return;
  for (const Note& note : verdict.reasons) reporter.report(note.span, note.text);
}

}  // namespace

extern const Rule undecided;
constinit const Rule undecided = {
    {
        .id = "RL902",
        .name = "undecided",
        .severity = Severity::Info,
        .summary = "The verdict is unknown because of this place",
        .what =
            R"(Each place that the deciding path runs through and that relaylint could not decide: an include or table that is missing, an expression that it does not understand, a bound that was hit, a file that the server refuses to load.)",
        .why = R"(The verdict is `unknown`, never `closed` by default.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
NO_RELAY_MATCH_HOST_OR_SENDER
end
)",
                    R"(primary_hostname = mx.corp.example
no_relay_match_host_or_sender
end
)"},
        .fix_safety = R"(No fix: give the missing file (`--root`), the version (`--product`), or look at the place.)",
        .fix = FixAvailability::None,
        .references = R"(docs/architecture.md)",
    },
    check,
};

}  // namespace relaylint::rules
