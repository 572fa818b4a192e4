#pragma once
// Internal to this folder: a NOTES.INI or one-touch setup file as variables and Configuration documents, before they
// are given a meaning. README.md has the syntax and the sources.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/format.hpp"
#include "parsers/support/domino_config.hpp"
#include "parsers/support/ini.hpp"
#include "parsers/support/json_spans.hpp"

namespace relaylint::domino {

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

const IniDialect& dialect();

/// Whether Domino takes a variable for what it looks like.
enum class Standing {
  Effective,
  Elsewhere,  ///< before [Notes], in another section, or in a second [Notes]
  Spaced,     ///< with blanks around the name or before the value
  Doubtful,   ///< with control bytes in it
  Commented,  ///< behind `;` or `#`, which make it another, unknown name
};

/// A NOTES.INI variable that this format looks at.
struct Variable {
  std::string_view name{};   ///< without outer blanks and comment marks
  std::string_view value{};  ///< as written
  Span span{};               ///< the whole statement
  Span value_span{};
  Standing standing = Standing::Effective;
};

/// What in the file speaks for which release.
struct Signs {
  const Variable* r5 = nullptr;
  std::string r5_why{};
  std::string r5_version{};
  const Variable* r4 = nullptr;  ///< the task, or a build of Release 4
  std::string r4_version{};
  const Variable* r4_weak = nullptr;  ///< variables of the MTA, which an upgrade leaves behind
};

class DominoDocument final : public Document {
 public:
  enum class Kind { NotesIni, Setup };

  DominoDocument(SourceSet& sources, FileId main);

  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  [[nodiscard]] std::string_view bytes() const { return sources().file(main()).bytes(); }
  [[nodiscard]] Span span(TextRange range) const { return {main(), range}; }

  Kind kind = Kind::NotesIni;
  IniFile ini{};    ///< for NotesIni
  JsonText json{};  ///< for Setup
  std::vector<Variable> variables{};
  std::vector<DominoConfiguration> configurations{};
  std::set<std::string> tasks{};  ///< of ServerTasks, lower case, without arguments
  Signs signs{};                  ///< points into variables
  /// The first [Notes], an index into ini.sections.
  std::optional<std::uint32_t> notes_section{};
  /// Where what is missing would stand.
  Span place{};
  /// Why nothing can be said at all.
  std::optional<Note> unreadable{};
};

/// Fills in variables and Configuration documents from a one-touch setup file (setup.cpp).
void read_setup(DominoDocument& document);

// --- releases (release.cpp) -------------------------------------------------------------------------------------

enum class Era {
  Unknown,
  BeforeControl,  ///< Release 4 before 4.6
  R4,             ///< the SMTP MTA, which NOTES.INI controls
  R5AndLater,     ///< the SMTP task, which the Configuration document controls
};

struct Release {
  Era era = Era::Unknown;
  std::string version{};  ///< "5.0.8" where a build or the user says it
  Span evidence{};
  std::string why{};  ///< for R5AndLater and Unknown, as half a sentence: "FaultRecovery_Build says Release 5.0.8"
};

Release release_of(const DominoDocument& document, std::string_view told);
/// Fills in tasks and signs from the variables, once: each finding's fix asks for them again.
void read_signs(DominoDocument& document);

/// KitType=1 and no server tasks: a Notes client.
const Variable* client_kit(const DominoDocument& document);
/// Is the task (lower case) among ServerTasks?
bool runs_task(const DominoDocument& document, std::string_view task);

/// The variable's name, without regard to case?
bool is_named(const Variable& variable, std::string_view name);

inline constexpr std::string_view kRejectRelays = "SMTPMTA_REJECT_RELAYS";
inline constexpr std::string_view kRejectOriginated = "SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES";

/// What a switch for which only `1` is on can be: as its effective lines say, and as those say that may or may not
/// count.
struct OneSwitch {
  bool on = false;
  bool off = false;
  bool perhaps_on = false;
  bool perhaps_off = false;
  const Variable* last = nullptr;  ///< the last effective one

  [[nodiscard]] bool surely_on() const { return on && !off && !perhaps_off; }
  [[nodiscard]] bool surely_off() const { return !on && !perhaps_on; }
};
OneSwitch switch_of(const DominoDocument& document, std::string_view name);

}  // namespace relaylint::domino
