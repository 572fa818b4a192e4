#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Form)) {
    const std::string& recipient = found.hole->witness.transaction.rcpt_to;
    reporter.report(found.cause.span,
                    "mail to " + recipient + " is accepted as local and then sent on to the foreign domain" +
                        reach_of(policy, *found.hole),
                    PolicyChange{PolicyChange::Kind::DropItems, found.cause.clause_span, found.cause.items}, {},
                    severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule relay_by_recipient_form;
constinit const Rule relay_by_recipient_form = {
    {
        .id = "RL008",
        .name = "relay-by-recipient-form",
        .severity = Severity::Error,
        .summary = "A recipient address is rewritten or forwarded after it was checked",
        .what =
            R"(Whether a recipient such as `victim%elsewhere.example@your.domain`, `elsewhere.example!victim@your.domain`, `"victim@elsewhere.example"@your.domain` or the extension address of a forwarding alias passes the check as a local address and is then sent on to a foreign domain.)",
        .why = R"(The check saw your own domain; the mail goes elsewhere. Relay testers try these forms first.)",
        .example = {"qmail", "control", R"()", R"()"},
        .fix_safety =
            R"(Safe where only the line that rewrites is dropped and no domain named in the files depends on it; unsafe where a forwarding instruction has to change.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 5321, section 3.3 and appendix C (source routes)
RFC 2505, section 2.1 (percent hack, bang paths))",
    },
    check,
};

}  // namespace relaylint::rules
