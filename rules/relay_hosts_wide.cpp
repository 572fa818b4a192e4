#include "lint/rule.hpp"
#include "rules/causes.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict& verdict, Reporter& reporter) {
  for (const Hole& hole : verdict.holes) {
    if (hole.kind != HoleKind::WideClients) continue;
    reporter.report(place_of_wide_clients(policy, hole),
                    "this lets " + describe_clients(hole.clients) + " relay: more than one site has");
  }
}

}  // namespace

extern const Rule relay_hosts_wide;
constinit const Rule relay_hosts_wide = {
    {
        .id = "RL004",
        .name = "relay-hosts-wide",
        .severity = Severity::Warning,
        .summary = "The list of hosts that may relay takes in 65,536 public addresses or more",
        .what =
            R"(Whether the public clients that may relay, exclusions taken out, come to 2^16 IPv4 or 2^96 IPv6 addresses or more, yet to fewer than RL003 speaks of.)",
        .why =
            R"(A network of that size is rarely all yours. One infected or rented machine in it is enough to send through this server.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
host_accept_relay = 127.0.0.1 : 198.51.0.0/16
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
host_accept_relay = 127.0.0.1 : 198.51.100.0/24
end
)"},
        .fix_safety = R"(No fix: only you know which of these hosts are yours. Name them, or let them authenticate.)",
        .fix = FixAvailability::None,
        .references = R"(RFC 2505, section 2.1)",
    },
    check,
};

}  // namespace relaylint::rules
