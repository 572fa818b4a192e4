#include "lint/products.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

Severity severity_of(VersionState state) {
  switch (state) {
    case VersionState::NoRelayControl:
      return Severity::Error;
    case VersionState::Obsolete:
      return Severity::Warning;
    case VersionState::Outdated:
      break;
  }
  return Severity::Info;
}

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  if (!policy.version) return;
  const std::optional<VersionFinding> found = judge_version(policy.product, *policy.version);
  if (!found) return;
  reporter.report(policy.version_span, found->message, std::nullopt, {}, severity_of(found->state));
}

std::vector<std::vector<std::string>> table() {
  std::vector<std::vector<std::string>> rows = {{"Versions", "Severity", "What is known", "Advice", "Source"}};
  for (const VersionRow& row : version_rows()) {
    std::string versions(row.title);
    if (!row.from.empty()) versions += " from " + std::string(row.from);
    if (!row.below.empty()) versions += " before " + std::string(row.below);
    rows.push_back({versions, std::string(to_string(severity_of(row.state))), std::string(row.fact),
                    std::string(row.advice), std::string(row.source)});
  }
  return rows;
}

}  // namespace

extern const Rule obsolete_version;
constinit const Rule obsolete_version = {
    {
        .id = "RL011",
        .name = "obsolete-version",
        .severity = Severity::Warning,
        .summary = "The version cannot restrict relaying, or nobody maintains it",
        .what =
            R"(Whether the version that the files give evidence of, or that `--product` names, is one that has no relay control at all (an error), that nobody mends or everybody can break into (a warning), or that its makers have moved on from (a note).)",
        .why =
            R"(No setting can cure a version that does not know it. Old versions have holes that are worse than relaying.)",
        .example = {"exim3", "configure", R"(primary_hostname = mx.corp.example
local_domains = corp.example
host_accept_relay = 127.0.0.1
end
)",
                    R"()"},
        .fix_safety = R"(No fix by editing: upgrade.)",
        .fix = FixAvailability::None,
        .references = R"(the last column of the table)",
        .table = table,
    },
    check,
};

}  // namespace relaylint::rules
