// Which release runs a NOTES.INI, and in what role: builds, setup numbers, paths, tasks, and variables that only some
// releases have.

#include <algorithm>
#include <charconv>
#include <string>

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"

namespace relaylint::domino {
namespace {

/// Domino has some dozens of them.
constexpr std::size_t kMostTasks = 65536;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

int number_at(std::string_view text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// "9.0.1" of "Release 9.0.1FP7"; empty where there is no number.
std::string version_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return {};
  const std::string_view rest = text.substr(first);
  std::string_view version = rest.substr(0, rest.find_first_not_of("0123456789."));
  while (version.ends_with('.')) version.remove_suffix(1);
  return std::string(version);
}

bool is_prefix_of(std::string_view prefix, std::string_view text) {
  return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

void look_at_build(const Variable& variable, Signs& signs) {
  const std::string version = version_in(variable.value);
  const int major = number_at(version);
  if (major >= 5 && major < 100) {
    signs.r5 = &variable;
    signs.r5_version = version;
    signs.r5_why = "FaultRecovery_Build says Release " + version;
  } else if (major > 0 && major < 5) {
    signs.r4 = &variable;
    signs.r4_version = version;
  }
}

void look_at(const Variable& variable, Signs& signs) {
  const auto is = [&](std::string_view name) { return is_named(variable, name); };
  const auto later = [&](std::string why) {
    if (signs.r5 != nullptr) return;
    signs.r5 = &variable;
    signs.r5_why = std::move(why);
  };
  if (is("FaultRecovery_Build")) {
    look_at_build(variable, signs);
  } else if (is("Setup") || is("TemplateSetup")) {
    const int number = number_at(trimmed(variable.value));  // 500800 is 5.0.8; Release 4 wrote numbers like 60
    if (number >= 500000)
      later(std::string(variable.name) + "=" + std::to_string(number) + " is of Release " +
            std::to_string(number / 100000));
  } else if (is("NotesProgram")) {
    const std::string path = to_lower(variable.value);
    if (path.find("/hcl/") != std::string::npos || path.find("\\hcl\\") != std::string::npos)
      later("NotesProgram is a path of HCL Domino");
  } else if (is("SMTPRelayHostsandDomains") || is("SMTPAllHostsExternal")) {
    later(std::string(variable.name) + " came with Release 6");
  } else if (is_prefix_of("SMTPMTA_", variable.name) && to_lower(variable.name).find("reject") == std::string::npos) {
    signs.r4_weak = &variable;
  }
}

Era era_of_version(std::string_view version) {
  const int major = number_at(version);
  if (major < 0) return Era::Unknown;
  if (major >= 5) return Era::R5AndLater;
  const std::size_t point = version.find('.');
  if (major < 4) return Era::BeforeControl;
  if (point == std::string_view::npos) return Era::R4;
  return version[std::min(point + 1, version.size() - 1)] < '6' ? Era::BeforeControl : Era::R4;
}

}  // namespace

bool is_named(const Variable& variable, std::string_view name) { return equals_ignoring_case(variable.name, name); }

bool runs_task(const DominoDocument& document, std::string_view task) {
  return document.tasks.contains(std::string(task));
}

const Variable* client_kit(const DominoDocument& document) {
  const Variable* kit = nullptr;
  for (const Variable& variable : document.variables) {
    if (variable.standing == Standing::Commented) continue;
    if (is_named(variable, "ServerTasks") && !trimmed(variable.value).empty()) return nullptr;
    if (!is_named(variable, "KitType")) continue;
    if (variable.standing != Standing::Effective || variable.value != "1") return nullptr;
    kit = &variable;
  }
  return kit;
}

void read_signs(DominoDocument& document) {
  Signs& signs = document.signs;
  const Variable* tasks = nullptr;
  for (const Variable& variable : document.variables) {
    if (variable.standing == Standing::Commented) continue;
    look_at(variable, signs);
    if (!is_named(variable, "ServerTasks")) continue;
    tasks = &variable;
    for (std::string_view rest = variable.value; !rest.empty();) {
      const std::size_t comma = rest.find(',');
      const std::string_view entry = trimmed(rest.substr(0, comma));
      if (document.tasks.size() < kMostTasks)
        document.tasks.insert(to_lower(entry.substr(0, entry.find_first_of(" \t"))));
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  if (runs_task(document, "smtpmta") && signs.r4 == nullptr) signs.r4 = tasks;
  if (runs_task(document, "smtp") && signs.r5 == nullptr) {
    signs.r5 = tasks;
    signs.r5_why = "the task SMTP is of Release 5 and later";
  }
}

Release release_of(const DominoDocument& document, std::string_view told) {
  if (const std::string version = version_in(told); !version.empty())
    return {era_of_version(version), version, {}, "--product says Release " + version};
  if (document.kind == DominoDocument::Kind::Setup)
    return {Era::R5AndLater, {}, document.place, "one-touch setup came with Release 12"};
  const Signs& signs = document.signs;
  if (signs.r4 != nullptr && signs.r5 != nullptr) {
    return {Era::Unknown,
            {},
            signs.r5->span,
            "the file has signs of Release 4 (the SMTP MTA) and of a later one: " + signs.r5_why};
  }
  if (signs.r5 != nullptr) return {Era::R5AndLater, signs.r5_version, signs.r5->span, signs.r5_why};
  if (signs.r4 != nullptr) {
    const Era era = signs.r4_version.empty() ? Era::R4 : era_of_version(signs.r4_version);
    return {era, signs.r4_version, signs.r4->span, {}};
  }
  if (signs.r4_weak != nullptr) return {Era::R4, {}, signs.r4_weak->span, {}};
  return {Era::Unknown, {}, document.place, "nothing in the file tells which release runs it"};
}

OneSwitch switch_of(const DominoDocument& document, std::string_view name) {
  OneSwitch result;
  for (const Variable& variable : document.variables) {
    if (variable.standing == Standing::Commented || !is_named(variable, name)) continue;
    const std::string_view value = trimmed(variable.value);
    // " 1", "01": perhaps a 1 for Domino.
    const bool like_one = number_at(value) == 1 && value.find_first_not_of("01") == std::string_view::npos;
    if (variable.standing == Standing::Effective) {
      result.last = &variable;
      result.on |= variable.value == "1";
      result.off |= !like_one;
      result.perhaps_on |= like_one && variable.value != "1";
      result.perhaps_off |= like_one && variable.value != "1";
      continue;
    }
    result.perhaps_on |= like_one || variable.standing == Standing::Doubtful;
    result.perhaps_off |=
        variable.standing == Standing::Doubtful || (variable.standing == Standing::Spaced && !like_one);
  }
  return result;
}

}  // namespace relaylint::domino
