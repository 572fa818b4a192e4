// Closing a Domino server: README.md, "Fixes". NOTES.INI can do it for Release 4; for later ones the steps are told.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/domino/domino.hpp"

namespace relaylint::domino {
namespace {

class Closing {
 public:
  explicit Closing(const DominoDocument& document) : document_(document) {}

  /// SMTPMTA_REJECT_RELAYS=1 in [Notes]: every line that sets it otherwise is changed; where there is none, one is
  /// added.
  std::optional<Fix> close();

 private:
  bool correct(const Variable& variable);
  void append();

  const DominoDocument& document_;
  std::vector<Edit> edits_{};
};

/// True where the line, perhaps changed, sets the switch.
bool Closing::correct(const Variable& variable) {
  if (!is_named(variable, kRejectRelays)) return false;
  if (variable.standing == Standing::Effective) {
    if (variable.value != "1") edits_.push_back({variable.value_span, "1"});
    return true;
  }
  if (variable.standing != Standing::Spaced) return false;
  edits_.push_back({variable.span, std::string(kRejectRelays) + "=1"});
  return true;
}

/// Below the section's last line that is not blank.
void Closing::append() {
  TextRange last = document_.ini.sections[*document_.notes_section].line;
  for (const IniEntry& entry : document_.ini.entries) {
    if (entry.section == *document_.notes_section) last = entry.line;
  }
  const std::array<std::string, 1> line{std::string(kRejectRelays) + "=1"};
  edits_.push_back(ini_insert_below(document_.sources().file(document_.main()), document_.main(), last, line));
}

std::optional<Fix> Closing::close() {
  bool there = false;
  for (const Variable& variable : document_.variables) there |= correct(variable);
  if (!there) append();
  if (edits_.empty()) return std::nullopt;
  const bool has_users = runs_task(document_, "pop3") || runs_task(document_, "imap");
  std::string title =
      "set SMTPMTA_REJECT_RELAYS=1: hosts that send mail to other domains through this server, your own too, lose "
      "relaying";
  if (has_users) title += ", and with them the users of the POP3 and IMAP tasks";
  std::sort(edits_.begin(), edits_.end());
  return Fix{std::move(title), has_users ? Applicability::Unsafe : Applicability::Safe, std::move(edits_)};
}

Fix upgrade() {
  return {"upgrade: this release has no relay control",
          Applicability::Display,
          {},
          {"install a Domino release that is supported, 12 or later", "keep port 25 from strangers until then"}};
}

Fix release_unknown() {
  Fix steps = domino_console_steps();
  steps.title = "tell the release (--product domino=4.6), or " + steps.title;
  return steps;
}

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change) {
  const auto& file = static_cast<const DominoDocument&>(document);
  if (change.kind == PolicyChange::Kind::DropItems) return domino_console_steps();
  if (change.kind != PolicyChange::Kind::ControlRelaying && change.kind != PolicyChange::Kind::Correct)
    return std::nullopt;
  if (file.unreadable) return std::nullopt;
  switch (release_of(file, policy.version.value_or(std::string{})).era) {
    case Era::BeforeControl:
      return upgrade();
    case Era::R4:
      return file.kind == DominoDocument::Kind::NotesIni ? Closing(file).close() : std::nullopt;
    case Era::R5AndLater:
      return domino_console_steps();
    case Era::Unknown:
      return release_unknown();
  }
  return std::nullopt;
}

}  // namespace relaylint::domino
