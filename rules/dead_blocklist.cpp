#include "lint/policy.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

struct DeadList {
  std::string_view zone;
  std::string_view fate;
};

/// Lists that were shut down, by the name of their zone. Shut-downs as their operators announced them.
constexpr DeadList kDeadLists[] = {
    {"blackholes.mail-abuse.org", "MAPS RBL is not public since 2001"},
    {"dialups.mail-abuse.org", "MAPS DUL is not public since 2001"},
    {"relays.mail-abuse.org", "MAPS RSS is not public since 2001"},
    {"rbl-plus.mail-abuse.org", "MAPS RBL+ is not public since 2001"},
    {"rbl.maps.vix.com", "MAPS moved and closed its public list"},
    {"dul.maps.vix.com", "MAPS moved and closed its public list"},
    {"relays.orbs.org", "ORBS was shut down in June 2001"},
    {"inputs.orbs.org", "ORBS was shut down in June 2001"},
    {"outputs.orbs.org", "ORBS was shut down in June 2001"},
    {"relays.ordb.org", "ORDB was shut down in December 2006 and later answered that every address is listed"},
    {"relays.osirusoft.com", "Osirusoft was shut down in August 2003 after it had listed the whole Internet"},
    {"orbz.gst-group.co.uk", "ORBZ was shut down in March 2002"},
    {"orbz.org", "ORBZ was shut down in March 2002"},
    {"bl.csma.biz", "the list is no longer run"},
    {"relays.visi.com", "the list is no longer run"},
    {"opm.blitzed.org", "Blitzed OPM was shut down in May 2006"},
    {"dnsbl.njabl.org", "NJABL was shut down in March 2013"},
    {"combined.njabl.org", "NJABL was shut down in March 2013"},
    {"dnsbl.ahbl.org", "AHBL was shut down in January 2015 and answers that every address is listed"},
    {"rhsbl.ahbl.org", "AHBL was shut down in January 2015 and answers that every name is listed"},
    {"cbl.abuseat.org", "the CBL is part of Spamhaus XBL and has no zone of its own any more"},
    {"dnsbl.sorbs.net", "SORBS was shut down in June 2024"},
    {"spam.dnsbl.sorbs.net", "SORBS was shut down in June 2024"},
    {"dul.dnsbl.sorbs.net", "SORBS was shut down in June 2024"},
    {"relays.dorkslayers.com", "the list is no longer run"},
    {"relaywatcher.n13mbl.com", "the list is no longer run"},
    {"list.dsbl.org", "DSBL was shut down in May 2008"},
    {"multihop.dsbl.org", "DSBL was shut down in May 2008"},
    {"unconfirmed.dsbl.org", "DSBL was shut down in May 2008"},
};

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  for (const Observation& observation : policy.observations) {
    if (observation.kind != ObservationKind::DnsBlocklist) continue;
    for (const DeadList& list : kDeadLists) {
      if (!equals_ignoring_case(list.zone, observation.text)) continue;
      reporter.report(observation.span, "the DNS list " + observation.text + " is dead: " + std::string(list.fate),
                      observation.change);
    }
  }
}

std::vector<std::vector<std::string>> table() {
  std::vector<std::vector<std::string>> rows = {{"List", "What became of it"}};
  for (const DeadList& list : kDeadLists) rows.push_back({std::string(list.zone), std::string(list.fate)});
  return rows;
}

}  // namespace

extern const Rule dead_blocklist;
constinit const Rule dead_blocklist = {
    {
        .id = "RL016",
        .name = "dead-blocklist",
        .severity = Severity::Warning,
        .summary = "A DNS block list is asked that no longer exists",
        .what =
            R"(Whether the configuration asks a DNS block list that was shut down, such as MAPS RBL, ORBS, ORDB or SORBS.)",
        .why =
            R"(Some dead lists answer "listed" for every address, and then all mail is refused; the others only slow each connection down and protect from nothing.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
rbl_domains = relays.ordb.org
end
)",
                    R"(primary_hostname = mx.corp.example
local_domains = corp.example
end
)"},
        .fix_safety = R"(No fix: which list to use instead, if any, is your choice.)",
        .fix = FixAvailability::None,
        .references = R"(RFC 6471, section 3.4 (shutting a list down))",
        .table = table,
    },
    check,
};

}  // namespace relaylint::rules
