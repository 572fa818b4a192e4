#include "lint/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/date.hpp"
#include "lint/edit_distance.hpp"
#include "lint/ini_items.hpp"
#include "lint/pattern.hpp"
#include "lint/rule_selection.hpp"

namespace relaylint {
namespace {

std::optional<bool> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (equals_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (equals_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

class SettingsParser {
 public:
  SettingsParser(const std::string& path, const std::string& directory, const SettingsContext& context) : context_(context) {
    result_.settings.path = path;
    result_.settings.directory = directory;
  }

  SettingsResult parse(std::string_view text);

 private:
  using Handler = void (SettingsParser::*)(const SettingsIniItem&);
  struct Key {
    std::string_view name;
    Handler handler;
  };

  void error(SettingsIniPlace place, std::string_view message) {
    failed_.push_back({place, fmt::format("{}:{}:{}: {}", result_.settings.path, place.line, place.column, message)});
  }
  void dispatch(std::span<const Key> keys, const SettingsIniItem& item);
  void enter(const SettingsIniSection& section);
  void leave_ignore();

  void take_select(const SettingsIniItem& item) { settings().select = selectors(item); }
  void take_ignore(const SettingsIniItem& item) { settings().ignore = selectors(item); }
  void take_fail_on(const SettingsIniItem& item);
  void take_strict(const SettingsIniItem& item);
  void take_root(const SettingsIniItem& item);
  void take_exclude(const SettingsIniItem& item);
  void take_own_networks(const SettingsIniItem& item) { settings().own_networks = addresses(item); }
  void take_behind_proxy(const SettingsIniItem& item) { settings().behind_proxy = addresses(item); }
  void take_product(const SettingsIniItem& item);
  void take_ignore_path(const SettingsIniItem& item);
  void take_ignore_rule(const SettingsIniItem& item) { settings().ignores.back().rules = selectors(item).value_or(std::vector<std::string>()); }
  void take_ignore_reason(const SettingsIniItem& item) { settings().ignores.back().reason = item.value; }
  void take_ignore_until(const SettingsIniItem& item);

  std::optional<std::vector<std::string>> selectors(const SettingsIniItem& item);
  AddressSet addresses(const SettingsIniItem& item);
  Settings& settings() { return result_.settings; }

  struct Failure {
    SettingsIniPlace place;
    std::string text;
  };

  static constexpr std::array<std::string_view, 3> kSections = {"relaylint", "product", "ignore"};

  const SettingsContext& context_;
  SettingsResult result_{};
  std::vector<Failure> failed_{};
  std::string section_{};
  SettingsIniPlace section_place_{};
  std::vector<std::string> seen_keys_{};
};

void SettingsParser::dispatch(std::span<const Key> keys, const SettingsIniItem& item) {
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == item.key; });
  if (key == keys.end()) {
    std::vector<std::string_view> names;
    for (const Key& k : keys) names.push_back(k.name);
    return error(item.key_place, fmt::format("unknown key '{}'{}", item.key, did_you_mean(item.key, names)));
  }
  if (std::find(seen_keys_.begin(), seen_keys_.end(), item.key) != seen_keys_.end()) {
    return error(item.key_place, fmt::format("'{}' is set twice", item.key));
  }
  seen_keys_.push_back(item.key);
  if (item.value.empty()) return error(item.value_place, fmt::format("'{}' has no value", item.key));
  (this->*key->handler)(item);
}

void SettingsParser::enter(const SettingsIniSection& section) {
  leave_ignore();
  section_ = section.name;
  section_place_ = section.place;
  seen_keys_.clear();
  if (section_.empty()) return;
  if (std::find(kSections.begin(), kSections.end(), section_) == kSections.end()) {
    error(section.place, fmt::format("unknown section [{}]{}", section_, did_you_mean(section_, kSections)));
  }
  if (section_ == "ignore") {
    FileIgnore ignore;
    ignore.line = section.place.line;
    settings().ignores.push_back(std::move(ignore));
  }
}

void SettingsParser::leave_ignore() {
  if (section_ != "ignore") return;
  for (const std::string_view key : {"path", "rule", "reason"}) {
    if (std::find(seen_keys_.begin(), seen_keys_.end(), key) == seen_keys_.end()) {
      error(section_place_, fmt::format("[ignore] without '{}'", key));
    }
  }
}

std::optional<std::vector<std::string>> SettingsParser::selectors(const SettingsIniItem& item) {
  Result<std::vector<std::string>> parsed = parse_rule_selectors(item.value, context_.rules);
  if (parsed) return std::move(*parsed);
  error(item.value_place, parsed.error().message);
  return std::nullopt;
}

void SettingsParser::take_fail_on(const SettingsIniItem& item) {
  settings().fail_on = parse_severity(item.value);
  if (!settings().fail_on) error(item.value_place, "'fail_on' takes error, warning or info, not '" + item.value + "'");
}

void SettingsParser::take_strict(const SettingsIniItem& item) {
  settings().strict = parse_boolean(item.value);
  if (!settings().strict) error(item.value_place, "'strict' takes true or false, not '" + item.value + "'");
}

void SettingsParser::take_root(const SettingsIniItem& item) { settings().root = join_path(settings().directory, item.value); }

void SettingsParser::take_exclude(const SettingsIniItem& item) {
  settings().exclude_text = item.value;
  for (const std::string_view pattern : split_list(item.value)) settings().exclude.add_line(pattern);
}

void SettingsParser::take_product(const SettingsIniItem& item) {
  const std::string name = to_lower(item.key);
  if (std::find(context_.products.begin(), context_.products.end(), name) == context_.products.end()) {
    return error(item.key_place, fmt::format("unknown product '{}'{}", item.key, did_you_mean(name, context_.products)));
  }
  if (item.value.empty()) return error(item.value_place, fmt::format("'{}' has no value", item.key));
  if (!settings().products.emplace(name, item.value).second) error(item.key_place, fmt::format("'{}' is set twice", item.key));
}

void SettingsParser::take_ignore_path(const SettingsIniItem& item) {
  FileIgnore& ignore = settings().ignores.back();
  ignore.path_text = item.value;
  ignore.files.add_line(item.value);
}

void SettingsParser::take_ignore_until(const SettingsIniItem& item) {
  settings().ignores.back().until = item.value;
  if (!is_date(item.value)) error(item.value_place, "'until' takes a date as YYYY-MM-DD, not '" + item.value + "'");
}

AddressSet SettingsParser::addresses(const SettingsIniItem& item) {
  std::vector<AddressSet> sets;
  for (const std::string_view text : split_list(item.value)) {
    std::optional<AddressSet> set = AddressSet::parse(text);
    if (set) {
      sets.push_back(std::move(*set));
    } else {
      error(item.value_place, fmt::format("'{}' is neither an address nor a network (ADDRESS/LENGTH)", text));
    }
  }
  return AddressSet::union_of(std::move(sets));
}

SettingsResult SettingsParser::parse(std::string_view text) {
  constexpr std::array<Key, 8> kMain = {{{"select", &SettingsParser::take_select},
                                         {"ignore", &SettingsParser::take_ignore},
                                         {"fail_on", &SettingsParser::take_fail_on},
                                         {"strict", &SettingsParser::take_strict},
                                         {"root", &SettingsParser::take_root},
                                         {"exclude", &SettingsParser::take_exclude},
                                         {"own_networks", &SettingsParser::take_own_networks},
                                         {"behind_proxy", &SettingsParser::take_behind_proxy}}};
  constexpr std::array<Key, 4> kIgnore = {{{"path", &SettingsParser::take_ignore_path},
                                           {"rule", &SettingsParser::take_ignore_rule},
                                           {"reason", &SettingsParser::take_ignore_reason},
                                           {"until", &SettingsParser::take_ignore_until}}};
  const SettingsIniFile file = read_ini(text);
  for (const SettingsIniProblem& problem : file.problems) error(problem.place, problem.message);
  auto item = file.items.begin();
  for (std::size_t section = 0; section < file.sections.size(); ++section) {
    enter(file.sections[section]);
    for (; item != file.items.end() && item->section == section; ++item) {
      if (section_.empty() || section_ == "relaylint") dispatch(kMain, *item);
      if (section_ == "ignore") dispatch(kIgnore, *item);
      if (section_ == "product") take_product(*item);
    }
  }
  leave_ignore();
  std::stable_sort(failed_.begin(), failed_.end(), [](const Failure& a, const Failure& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  for (Failure& failure : failed_) result_.errors.push_back(Error{std::move(failure.text)});
  return std::move(result_);
}

/// The path as a user in the working directory would write it.
std::string shown_path(const std::string& canonical, const std::string& working_directory) {
  if (!is_within(canonical, working_directory) || canonical == working_directory) return canonical;
  return canonical.substr(working_directory.size() + (working_directory == "/" ? 0 : 1));
}

/// Why this settings file may not be used as it stands, empty where it may.
std::string objection_to(const std::string& path, FileReader& reader, const SettingsContext& context) {
  if (context.trust_root) return {};
  const std::string folder = reader.canonical(directory_of(path));
  const std::string project = repository_root(folder, reader);
  const bool inside = is_within(reader.canonical(path), project.empty() ? folder : project);
  return inside ? std::string() : "is a link that leads out of the project; name it with --config";
}

std::string objection_to_root(const Settings& settings, FileReader& reader, const SettingsContext& context) {
  if (settings.root.empty()) return {};
  if (reader.kind(settings.root) != FileKind::Directory) return "root '" + settings.root + "' is not a folder";
  if (context.trust_root || is_within(reader.canonical(settings.root), settings.directory)) return {};
  return "root '" + settings.root + "' leads out of the project; give it with --root, or the settings with --config";
}

SettingsResult failed(const std::string& path, std::string_view why) {
  SettingsResult result;
  result.errors.push_back({fmt::format("{}: {}", path, why)});
  return result;
}

}  // namespace

SettingsResult parse_settings(std::string_view text, const std::string& path, const std::string& directory,
                              const SettingsContext& context) {
  return SettingsParser(path, directory, context).parse(text);
}

SettingsResult load_settings(const std::string& path, FileReader& reader, const SettingsContext& context) {
  if (const std::string why = objection_to(path, reader, context); !why.empty()) return failed(path, why);
  const FileContent content = reader.read(path);
  if (content.kind == FileKind::Missing) return failed(path, "does not exist");
  if (content.kind != FileKind::Regular) return failed(path, "is not a file");
  if (!content.bytes) return failed(path, content.error);
  SettingsResult result = parse_settings(*content.bytes, path, reader.canonical(directory_of(path)), context);
  result.settings.text = content.bytes;
  if (const std::string why = objection_to_root(result.settings, reader, context); !why.empty()) {
    result.errors.push_back({fmt::format("{}: {}", path, why)});
  }
  return result;
}

std::string find_settings(const std::string& path, FileReader& reader) {
  const std::string start = reader.canonical(path);
  std::string directory = reader.kind(path) == FileKind::Directory ? start : directory_of(start);
  const std::string working_directory = reader.canonical(".");
  std::string top = repository_root(directory, reader);
  if (top.empty()) top = is_within(directory, working_directory) ? working_directory : directory;
  while (true) {
    const std::string candidate = join_path(directory, kSettingsFileName);
    if (reader.kind(candidate) != FileKind::Missing) return shown_path(candidate, working_directory);
    if (directory == top || directory == "/") return {};
    directory = directory_of(directory);
  }
}

std::string repository_root(const std::string& directory, FileReader& reader) {
  std::string at = directory;
  while (true) {
    if (reader.kind(join_path(at, ".git")) != FileKind::Missing) return at;
    const std::string above = directory_of(at);
    if (above == at || above == ".") return {};
    at = above;
  }
}

bool is_within(std::string_view path, std::string_view directory) {
  if (path == directory || directory == "/") return true;
  return path.size() > directory.size() && path.substr(0, directory.size()) == directory && path[directory.size()] == '/';
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const Severity severity : {Severity::Info, Severity::Warning, Severity::Error}) {
    if (equals_ignoring_case(text, to_string(severity))) return severity;
  }
  return std::nullopt;
}

}  // namespace relaylint
