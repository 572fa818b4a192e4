#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Credentials)) {
    reporter.report(
        found.cause.span,
        "this accepts any password, and whoever authenticates may relay" + reach_of(policy, *found.hole),
        PolicyChange{PolicyChange::Kind::RequireRealCredentials, found.cause.clause_span, found.cause.items}, {},
        severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule auth_accepts_anyone;
constinit const Rule auth_accepts_anyone = {
    {
        .id = "RL009",
        .name = "auth-accepts-anyone",
        .severity = Severity::Error,
        .summary = "SMTP authentication succeeds with any password",
        .what =
            R"(Whether the check behind SMTP authentication lets made-up credentials pass: a `server_condition` that is always true or never looks at the password, `/bin/true` in the place of qmail's checkpassword program.)",
        .why = R"(Authenticated clients may relay. Where authentication proves nothing, everybody is authenticated.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
host_auth_accept_relay = *
end
end
end
end
end
end
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = "Username:: : Password::"
  server_condition = 1
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
host_auth_accept_relay = *
end
end
end
end
end
end
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = "Username:: : Password::"
  server_condition = false
)"},
        .fix_safety =
            R"(Unsafe: no correct check can be guessed. The fix refuses every log-in of that mechanism until you write one.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 4954, section 4
Exim specification, chapter 34 (plaintext authenticator))",
    },
    check,
};

}  // namespace relaylint::rules
