#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const CauseOfHole& found : causes_of_kind(policy, verdict, CauseKind::Clients)) {
    const Cause& cause = found.cause;
    PolicyChange change{PolicyChange::Kind::DropItems, cause.clause_span, cause.items};
    std::string message =
        "this trusts " + describe_clients(cause.clients) + ": anybody there may relay through this server";
    if (cause.at_list_end) {
      change.kind = PolicyChange::Kind::TerminateList;
      message = "this list ends in an exclusion, so everybody who is not excluded may relay through this server";
    } else if (cause.items.empty()) {
      change.kind = PolicyChange::Kind::DropGrant;
    }
    reporter.report(cause.span, message + reach_of(policy, *found.hole), std::move(change), {},
                    severity_of(*found.hole));
  }
}

}  // namespace

extern const Rule relay_hosts_everyone;
constinit const Rule relay_hosts_everyone = {
    {
        .id = "RL003",
        .name = "relay-hosts-everyone",
        .severity = Severity::Error,
        .summary = "The list of hosts that may relay takes in the whole Internet",
        .what =
            R"(Whether the clients that may relay, exclusions taken out, come to 2^24 public IPv4 or 2^112 IPv6 addresses or more: `*`, `0.0.0.0/0`, two halves, a list that ends in a negated item (everybody else is in it), a tcp.smtp default rule that sets RELAYCLIENT.)",
        .why =
            R"(Nobody trusts so many addresses on purpose. Whoever has one of them sends mail to anybody through this server.)",
        .example = {"exim4", "exim4.conf", R"(domainlist local_domains = corp.example
hostlist relay_from_hosts = 127.0.0.1 : *
acl_smtp_rcpt = check

begin acl

check:
  accept hosts = +relay_from_hosts
  accept domains = +local_domains
  deny

begin routers

local:
  driver = accept
  domains = +local_domains
  transport = mail

begin transports

mail:
  driver = appendfile
  file = /var/mail/$local_part_data
)",
                    R"(domainlist local_domains = corp.example
hostlist relay_from_hosts = 127.0.0.1 : ::::1
acl_smtp_rcpt = check

begin acl

check:
  accept hosts = +relay_from_hosts
  accept domains = +local_domains
  deny

begin routers

local:
  driver = accept
  domains = +local_domains
  transport = mail

begin transports

mail:
  driver = appendfile
  file = /var/mail/$local_part_data
)"},
        .fix_safety =
            R"(Safe where the list does nothing but grant relaying: the items at fault go, the others and loopback stay. Hosts that only the catch-all covered must authenticate or be added. Unsafe where the same list is used for something else too.)",
        .fix = FixAvailability::Sometimes,
        .references = R"(RFC 2505, section 2.1
Exim specification, chapter 10 (lists) and section 44.21 (relay control))",
    },
    check,
};

}  // namespace relaylint::rules
