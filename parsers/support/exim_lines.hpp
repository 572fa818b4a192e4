#pragma once
// The logical lines of an Exim configuration, both dialects: comments and continuations, macros, and in Exim 4
// conditionals and includes. Semantics: dossier of the exim3/exim4 READMEs (Exim's readconf.c, get_config_line).
//
// Exim 3 joins continuation lines first and replaces macros in the joined line; Exim 4 replaces macros in each physical
// line, so that comments, directives and file names see replaced text. Exim 3 has neither includes nor conditionals.
//
// Nothing is lost: physical lines in branches that do not count are kept as leaves, and a test on a built-in macro that
// depends on how the binary was built leaves both branches in, marked with a doubt.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "lint/policy.hpp"
#include "lint/source.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

enum class EximDialect { Exim3, Exim4 };

/// An unknown `.ifdef`: lines with a doubt count or do not, depending on the binary. Lines whose doubts have the same
/// `test` and different `arm`s never count together.
struct EximDoubt {
  std::uint32_t test = 0;
  std::uint32_t arm = 0;
  Span span{};              ///< the directive
  std::string reason;       ///< for an Opaque condition: "depends on the built-in macro _HAVE_X of the Exim binary"
  std::int32_t outer = -1;  ///< enclosing doubt, an index into EximLines::doubts
};

enum class EximLineKind {
  Statement,
  /// `NAME = text` that was carried out. It is told because a macro definition inside an ACL ends the ACL.
  Macro,
  /// An include whose file could not be read: anything may stand there. `problem` says why. (One that only
  /// `.include_if_exists` asks for, and that is looked for and not there, is no line at all.)
  UnreadInclude,
};

struct EximLine {
  EximLineKind kind = EximLineKind::Statement;
  /// Joined and replaced, without blanks at both ends; never empty for a Statement.
  EximText text{};
  /// From the first byte that is not blank to the last of the statement's last physical line, in the file it starts in.
  Span span{};
  std::int32_t doubt = -1;  ///< index into EximLines::doubts
  std::string problem{};
  /// UnreadInclude: the real server would refuse to load the file if the include is missing there, too.
  bool required = false;
};

struct EximMacro {
  std::string name;
  Span name_span{};  ///< at the (last) definition; empty for a predefined macro
  Span span{};       ///< the whole definition
  EximText value{};
  std::vector<Span> uses{};  ///< where it was replaced, over all its values
};

/// A physical line of a file, without its line ending's bytes being counted apart: lines tile the file.
struct EximPhysicalLine {
  std::uint32_t start = 0;
  LeafKind kind = LeafKind::Blank;
  bool dead = false;  ///< in a branch that does not count (a dead comment is just a comment)
};

struct EximLines {
  std::vector<EximLine> lines{};
  std::vector<EximMacro> macros{};  ///< in order of definition
  std::vector<EximDoubt> doubts{};
  /// Built-in macros that are taken as defined, each once.
  std::vector<Note> assumptions{};
  /// fatal: the real server refuses the file at this place. Reading goes on, so that the rest can still be told about.
  std::vector<Problem> problems{};
  std::map<FileId, std::vector<EximPhysicalLine>> physical{};

  [[nodiscard]] const EximDoubt* doubt_of(const EximLine& line) const {
    return line.doubt < 0 ? nullptr : &doubts[static_cast<std::size_t>(line.doubt)];
  }
};

/// A macro that is set before the first line (Debian's generated ones); its value's places are where it is really
/// written.
struct EximPredefined {
  std::string name;
  EximText value{};
};

/// Reads `files` one after the other as one configuration, with everything they include. Never fails; time is linear in
/// what is read, and a bound that is hit (include depth, replaced length) gives an UnreadInclude line or a problem.
EximLines read_exim_lines(SourceSet& sources, std::span<const FileId> files, EximDialect dialect,
                          std::vector<EximPredefined> predefined = {});

/// The leaves of one file: its physical lines, with the name before `=` and the value after it where the line starts a
/// setting. Falls back on plain lines for a file that was not read as part of the configuration (a lookup's file). Dead
/// lines are Comments.
void for_each_exim_leaf(const EximLines& lines, const SourceFile& file, FileId id, const LeafVisitor& visit);

/// The built-in macro (`_HAVE_…`) inside `text` that distributions' binaries define, empty where there is none.
std::string_view usual_builtin_macro(std::string_view text);

}  // namespace relaylint
