#pragma once
// A run script as sh(1) reads it, as far as it decides which daemon is started with which environment: words and quotes, variables,
// export and unset, subshells, branches. What is not understood is said, and makes the variables it could set opaque.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "parsers/qmail/service.hpp"

namespace relaylint::qmail {

/// A piece of a word: literal text, a variable to put in, or something that only a running shell knows.
struct WordPart {
  enum class Kind { Text, Variable, Unknown };
  Kind kind = Kind::Text;
  std::string text{};
  bool quoted = false;
};

struct ScriptWord {
  std::vector<WordPart> parts{};
  TextRange range{};
};

/// A command of a script. `children` are the commands inside it, in order.
struct ScriptNode {
  enum class Kind {
    Simple,    ///< `words`
    Sequence,  ///< one after the other
    Chain,     ///< `&&` and `||`: each child but the first only after the one before succeeded, or failed
    Subshell,  ///< a pipeline's member, `( … )`, something in the background
    Branches,  ///< if, case: one child, or none, runs
    Loop,
    Function,  ///< `name`
  };
  Kind kind = Kind::Simple;
  std::vector<ScriptWord> words{};
  std::vector<ScriptNode> children{};
  std::string name{};
  bool exhaustive = false;     ///< one of the branches certainly runs
  bool after_failure = false;  ///< joined by `||`
  TextRange range{};
};

struct Script {
  ScriptNode root{};
  std::optional<Problem> problem{};  ///< where reading stopped
};

/// Never fails, never recurses deeper than a bound.
Script parse_script(std::string_view bytes, FileId file);

/// What a script may read beside itself.
class ScriptContext : public Chain::Directories {
 public:
  /// The bytes of a file that the script takes in by `.`; nothing where it is not at hand.
  virtual std::optional<std::pair<FileId, std::string_view>> source(const Word& name) = 0;
};

/// Every service that the script starts, in order.
std::vector<Service> services_of(const Script& script, FileId file, ScriptContext& context);

}  // namespace relaylint::qmail
