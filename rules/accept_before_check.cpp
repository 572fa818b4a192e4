#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Unconditional)) {
    reporter.report(found.cause.span,
                    "this accepts mail to foreign domains from anybody: nothing before it asks who the client is or "
                    "whose the domain is" +
                        reach_of(policy, *found.hole),
                    PolicyChange{PolicyChange::Kind::GuardGrant, found.cause.clause_span}, {},
                    severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule accept_before_check;
constinit const Rule accept_before_check = {
    {
        .id = "RL010",
        .name = "accept-before-check",
        .severity = Severity::Error,
        .summary = "Recipients are accepted before anything was checked",
        .what =
            R"(Whether a statement accepts recipients of foreign domains without asking who the client is or whose the domain is: an `accept` with no condition, or with conditions that any client meets (`verify = recipient` is true for every domain that routes), before the relay check.)",
        .why = R"(Access lists are read from the top; what is accepted first is never refused further down.)",
        .example = {"exim4", "exim4.conf", R"(domainlist local_domains = corp.example
acl_smtp_rcpt = check

begin acl

check:
  require verify = recipient
  accept

begin routers

all:
  driver = dnslookup
  transport = smtp

begin transports

smtp:
  driver = smtp
)",
                    R"(domainlist local_domains = corp.example
acl_smtp_rcpt = check

begin acl

check:
  deny   message = relay not permitted
         !hosts = : 127.0.0.1 : ::::1
         !authenticated = *
         !domains = +local_domains
  require verify = recipient
  accept

begin routers

all:
  driver = dnslookup
  transport = smtp

begin transports

smtp:
  driver = smtp
)"},
        .fix_safety =
            R"(Unsafe: the fix puts the relay check in front of the statement. Grants that live in lists it does not name stop working.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(Exim specification, chapter 44 (access control lists)
RFC 2505, section 2.1)",
    },
    check,
};

}  // namespace relaylint::rules
