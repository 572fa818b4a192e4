#include "lint/cli/show_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "lint/cli/context.hpp"
#include "lint/cli/tally.hpp"
#include "lint/output/escape.hpp"

namespace relaylint::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::string& path, const Context& context) {
  const Settings& settings = context.settings;
  Json json{{"path", to_utf8(path)}};
  json["settings"] = settings.path.empty() ? Json(nullptr) : Json(to_utf8(settings.path));
  json["select"] = context.selection.select;
  json["ignore"] = context.selection.ignore;
  json["fail_on"] = to_string(context.fail_on);
  json["strict"] = context.engine.judge.strict;
  json["root"] = context.engine.root.empty() ? Json(nullptr) : Json(to_utf8(context.engine.root));
  json["exclude"] = to_utf8(settings.exclude_text);
  json["product"] = context.engine.lower.products;
  json["own_networks"] = settings.own_networks.prefixes();
  json["behind_proxy"] = settings.behind_proxy.prefixes();
  json["ignores"] = Json::array();
  for (const FileIgnore& ignore : settings.ignores) {
    json["ignores"].push_back({{"path", to_utf8(ignore.path_text)},
                               {"rule", ignore.rules},
                               {"reason", to_utf8(ignore.reason)},
                               {"until", ignore.until.empty() ? Json(nullptr) : Json(ignore.until)}});
  }
  return json;
}

void print_line(std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::print("  {:<13} {}\n", name, escape(value));
}

void print_text(const std::string& path, const Context& context) {
  const Settings& settings = context.settings;
  fmt::print("{}: {}\n", escape(path),
             settings.path.empty() ? fmt::format("no {} applies", kSettingsFileName) : escape(settings.path));
  const std::vector<std::string>& select = context.selection.select;
  print_line("select", select.empty() ? "every rule" : fmt::format("{}", fmt::join(select, ", ")));
  print_line("ignore", fmt::format("{}", fmt::join(context.selection.ignore, ", ")));
  print_line("fail_on", std::string(to_string(context.fail_on)));
  print_line("strict", context.engine.judge.strict ? "yes" : "no");
  print_line("root", context.engine.root);
  print_line("exclude", settings.exclude_text);
  for (const auto& [name, version] : context.engine.lower.products) print_line("product", name + " = " + version);
  print_line("own_networks", fmt::format("{}", fmt::join(settings.own_networks.prefixes(), " ")));
  print_line("behind_proxy", fmt::format("{}", fmt::join(settings.behind_proxy.prefixes(), " ")));
  for (const FileIgnore& ignore : settings.ignores) {
    print_line("[ignore]", fmt::format("{} in {}: {}{}", fmt::join(ignore.rules, ", "), ignore.path_text, ignore.reason,
                                       ignore.until.empty() ? "" : " (until " + ignore.until + ")"));
  }
}

}  // namespace

int show_settings(const Options& options, FileReader& reader) {
  Contexts contexts(options, reader);
  const std::vector<std::string> paths = options.paths.empty() ? std::vector<std::string>{"."} : options.paths;
  const bool as_json = options.format == "json" || options.format == "jsonl";
  Tally tally;
  Json all = Json::array();
  for (const std::string& path : paths) {
    std::vector<Error> errors;
    const Context* context = contexts.of(path, errors);
    for (const Error& error : errors) tally.complain(error.message);
    if (context == nullptr) continue;
    if (as_json) {
      all.push_back(json_of(path, *context));
    } else {
      print_text(path, *context);
    }
  }
  if (as_json) fmt::print("{}\n", escape_json_text(all.dump(2)));
  return tally.status(false);
}

}  // namespace relaylint::cli
