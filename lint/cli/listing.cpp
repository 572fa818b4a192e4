#include "lint/cli/listing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "lint/build_facts.hpp"
#include "lint/cli/show_settings.hpp"
#include "lint/edit_distance.hpp"
#include "lint/explain.hpp"
#include "lint/output/escape.hpp"
#include "lint/pattern.hpp"
#include "lint/version.hpp"
#include "parsers/registry.hpp"
#include "rules/registry.hpp"

namespace relaylint::cli {
namespace {

using Json = nlohmann::ordered_json;

bool as_json(const Options& options) { return options.format == "json" || options.format == "jsonl"; }

Json rule_json(const RuleInfo& info) {
  return {{"id", info.id},
          {"name", info.name},
          {"severity", to_string(info.severity)},
          {"summary", info.summary},
          {"what", info.what},
          {"why", info.why},
          {"fix", to_string(info.fix)},
          {"fix_safety", info.fix_safety},
          {"references", info.references}};
}

int explain(const Options& options) {
  const Rule* rule = find_rule(options.explain);
  if (rule == nullptr) {
    std::vector<std::string_view> names;
    for (const Rule* known : all_rules()) {
      names.push_back(known->info.id);
      names.push_back(known->info.name);
    }
    fmt::print(stderr, "relaylint: --explain: there is no rule '{}'{}\n", escape(options.explain),
               did_you_mean(options.explain, names));
    return 2;
  }
  fmt::print("{}", as_json(options) ? rule_json(rule->info).dump(2) + "\n" : explain_as_text(rule->info));
  return 0;
}

int list_rules(const Options& options) {
  Json all = Json::array();
  for (const Rule* rule : all_rules()) {
    const RuleInfo& info = rule->info;
    if (as_json(options)) {
      all.push_back(rule_json(info));
    } else {
      fmt::print("{}  {:<28}  {:<7}  {}\n", info.id, info.name, to_string(info.severity), info.summary);
    }
  }
  if (as_json(options)) fmt::print("{}\n", all.dump(2));
  return 0;
}

int list_formats(const Options& options) {
  Json all = Json::array();
  for (const Format* format : all_formats()) {
    if (as_json(options)) {
      Json names = Json::array();
      for (const std::string_view name : format->file_names) names.push_back(name);
      all.push_back(
          {{"id", format->id}, {"title", format->title}, {"product", format->product}, {"file_names", names}});
    } else {
      fmt::print("{:<12}  {:<44}  {}\n", format->id, format->title, fmt::join(format->file_names, " "));
    }
  }
  if (as_json(options)) fmt::print("{}\n", all.dump(2));
  return 0;
}

int print_version(const Options& options) {
  fmt::print("relaylint {}\nCopyright (c) 2026 The relaylint authors\nLicence MIT. There is no warranty.\n", version());
  if (!options.verbose) return 0;
  const std::string date = public_suffix_list_date();
  fmt::print("\nconfiguration formats: {}\nrules: {}\nreport schema: relaylint/v1\n", all_formats().size(),
             all_rules().size());
  fmt::print("public suffix list: {}\n", date.empty() ? "date unknown" : date);
  for (const BuildFact& fact : build_facts()) fmt::print("{}: {}\n", fact.name, fact.value);
  return 0;
}

int write_pages(const Options& options) {
  const Result<std::vector<std::string>> written = write_docs(options.write_docs, all_rules());
  if (!written) {
    fmt::print(stderr, "relaylint: {}\n", written.error().message);
    return 2;
  }
  for (const std::string& path : *written) fmt::print("{}\n", path);
  return 0;
}

}  // namespace

std::optional<int> tell_about_itself(const Options& options, FileReader& reader) {
  if (options.version) return print_version(options);
  if (!options.explain.empty()) return explain(options);
  if (options.list_rules) return list_rules(options);
  if (options.list_formats) return list_formats(options);
  if (options.show_settings) return show_settings(options, reader);
  if (!options.write_docs.empty()) return write_pages(options);
  return std::nullopt;
}

}  // namespace relaylint::cli
