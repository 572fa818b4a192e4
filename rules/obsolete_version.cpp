#include "lint/products.hpp"
#include "lint/rule.hpp"

namespace relaylint::rules {
namespace {

void check(const RelayPolicy& policy, const Verdict&, Reporter& reporter) {
  if (!policy.version) return;
  const std::optional<VersionFinding> found = judge_version(policy.product, *policy.version);
  if (!found) return;
  const Severity severity = found->state == VersionState::NoRelayControl ? Severity::Error : Severity::Warning;
  reporter.report(policy.version_span, found->message, std::nullopt, {}, severity);
}

}  // namespace

extern const Rule obsolete_version;
constinit const Rule obsolete_version = {
    {
        .id = "RL011",
        .name = "obsolete-version",
        .severity = Severity::Warning,
        .summary = "The version cannot restrict relaying, or is no longer maintained",
        .what =
            R"(Whether the version that the files give evidence of, or that `--product` names, is one that has no relay control at all (an error), or that its makers no longer mend (a warning).)",
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
        .references = R"(docs/rules/RL011.md lists the products, with the source of each row)",
    },
    check,
};

}  // namespace relaylint::rules
