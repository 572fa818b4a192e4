#include "lint/cli/context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "lint/date.hpp"
#include "lint/output/collect.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"

namespace relaylint::cli {
namespace {

std::vector<std::string_view> known_products() {
  std::vector<std::string_view> products;
  for (const Format* format : all_formats()) products.push_back(format->product);
  return products;
}

/// `--select` and `--ignore` replace the settings' keys of the same names.
bool lay_over(const std::string& option, const std::optional<std::vector<std::string>>& setting, std::string_view name,
              std::vector<std::string>& out, std::vector<Error>& errors) {
  if (option.empty()) {
    out = setting.value_or(std::vector<std::string>());
    return true;
  }
  Result<std::vector<std::string>> parsed = parse_rule_selectors(option, all_rules());
  if (parsed) {
    out = std::move(*parsed);
  } else {
    errors.push_back({fmt::format("{}: {}", name, parsed.error().message)});
  }
  return parsed.has_value();
}

void set_up_engine(const Options& options, Context& context) {
  const Settings& settings = context.settings;
  context.fail_on = options.fail_on.value_or(settings.fail_on.value_or(Severity::Warning));
  context.engine.rules = all_rules();
  context.engine.root = options.root.empty() ? settings.root : options.root;
  context.engine.judge.strict = options.strict || settings.strict.value_or(false);
  context.engine.lower.products = settings.products;
  for (const auto& [name, version] : options.products) context.engine.lower.products[name] = version;
  context.engine.lower.own_networks = settings.own_networks;
  context.engine.lower.behind_proxy = settings.behind_proxy;
}

void set_up_suppressions(Context& context) {
  context.suppress.rules = all_rules();
  context.suppress.today = today();
  context.suppress.ignores_directory = context.settings.directory;
  for (const FileIgnore& ignore : context.settings.ignores) {
    context.suppress.ignores.push_back(std::make_shared<TrackedIgnore>(ignore));
  }
  context.suppress.wanted = [&context](const RuleInfo& rule) { return context.selection.wants(rule); };
  context.engine.suppress = [&context](Configuration& configuration) {
    apply_suppressions(configuration, context.suppress);
  };
}

/// The first configuration that an `[ignore]` section speaks of.
ConfigurationReport* first_met(const FileIgnore& ignore, const std::string& directory, FileReader& reader,
                               const std::vector<ConfigurationReport*>& reports) {
  const auto met = [&](const std::string& path) { return applies_to(ignore, directory, reader.canonical(path)); };
  const auto report = std::find_if(reports.begin(), reports.end(), [&](const ConfigurationReport* one) {
    return met(one->path) || std::any_of(one->files.begin(), one->files.end(), met);
  });
  return report == reports.end() ? nullptr : *report;
}

/// Rules that do not run hide nothing, whatever a section says.
bool all_run(const FileIgnore& ignore, const RuleSelection& selection) {
  const auto rules = all_rules();
  return std::all_of(rules.begin(), rules.end(), [&](const Rule* rule) {
    const bool named = std::any_of(ignore.rules.begin(), ignore.rules.end(),
                                   [&](const std::string& selector) { return selector_matches(selector, rule->info); });
    return !named || selection.wants(rule->info);
  });
}

}  // namespace

bool Context::wants(const Finding& finding) const {
  const Rule* rule = find_rule(finding.rule);
  return rule != nullptr && selection.wants(rule->info);
}

std::unique_ptr<Context> Contexts::load(const std::string& file, std::vector<Error>& errors) {
  auto context = std::make_unique<Context>();
  if (!file.empty()) {
    const std::vector<std::string_view> products = known_products();
    SettingsContext known;
    known.rules = all_rules();
    known.products = products;
    known.trust_root = !options_.config.empty();
    SettingsResult result = load_settings(file, reader_, known);
    errors.insert(errors.end(), result.errors.begin(), result.errors.end());
    if (!result.errors.empty()) return nullptr;
    context->settings = std::move(result.settings);
  }
  const bool selected =
      lay_over(options_.select, context->settings.select, "--select", context->selection.select, errors) &&
      lay_over(options_.ignore, context->settings.ignore, "--ignore", context->selection.ignore, errors);
  if (!selected) return nullptr;
  set_up_engine(options_, *context);
  if (!options_.no_ignores) set_up_suppressions(*context);
  return context;
}

const Context* Contexts::of(const std::string& path, std::vector<Error>& errors) {
  std::string file = options_.config;
  if (file.empty() && !options_.isolated) {
    const std::string named = path == "-" ? options_.stdin_filename : path;
    file = find_settings(named.empty() ? "." : named, reader_);
  }
  const auto [place, added] = by_file_.emplace(file, nullptr);
  if (added) place->second = load(file, errors);
  return place->second.get();
}

void Contexts::judge_ignores(const std::vector<ConfigurationReport*>& reports) const {
  for (const auto& [file, context] : by_file_) {
    if (!context) continue;
    for (const std::shared_ptr<TrackedIgnore>& tracked : context->suppress.ignores) {
      const FileIgnore& ignore = tracked->ignore;
      const bool expired = !ignore.until.empty() && ignore.until < context->suppress.today;
      if (!expired && (tracked->used || !all_run(ignore, context->selection))) continue;
      ConfigurationReport* report = first_met(ignore, context->settings.directory, reader_, reports);
      const Rule* rule = find_rule(expired ? kSuppressionExpired : kSuppressionUnused);
      if (report == nullptr || rule == nullptr || !context->selection.wants(rule->info)) continue;
      ReportedFinding finding;
      finding.rule = rule->info.id;
      finding.name = rule->info.name;
      finding.severity = rule->info.severity;
      finding.message = expired ? fmt::format("suppression held until {} and hides nothing any more", ignore.until)
                                : fmt::format("suppression of {} in {} hides nothing", fmt::join(ignore.rules, ", "),
                                              ignore.path_text);
      finding.place = collect_line(SourceFile(context->settings.path, context->settings.text, true), ignore.line);
      const auto place =
          std::find_if(report->findings.begin(), report->findings.end(), [&](const ReportedFinding& other) {
            return std::pair(other.place.path, other.place.start_offset) >
                   std::pair(finding.place.path, finding.place.start_offset);
          });
      report->findings.insert(place, std::move(finding));
    }
  }
}

}  // namespace relaylint::cli
