#pragma once
// From meaning to bytes: a rule asks for a PolicyChange in the policy's own terms, the format turns it into
// Edits, the engine proves the result before anything is written (contract.md 5.3).

#include <optional>
#include <string>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

/// Replaces the bytes of `span` (an insertion where it is empty). On a file that is not present: the file is created
/// with `text`.
struct Edit {
  Span span{};
  std::string text;
  auto operator<=>(const Edit&) const = default;
};

/// contract.md 5.2.
enum class Applicability { Safe, Unsafe, Display };

/// What should become true. `items` are the places at fault, as the policy's conditions name them; `clause_span` the
/// statement that grants.
struct PolicyChange {
  enum class Kind {
    /// Turn the product's relay control on: set, correct or insert the switch; write the missing file (RL001, RL002).
    ControlRelaying,
    /// Take `items` out of the list they stand in: trusted clients, relay domains, percent-hack domains (RL003, RL005,
    /// RL007, RL008).
    DropItems,
    /// `items` holds the last item of a list that ends in a negation: let it end in a refusal (RL003, RL005).
    TerminateList,
    /// Take away what `clause_span` grants to everybody: an environment variable, a rule's permission (RL003).
    DropGrant,
    /// Let `clause_span` apply only to trusted or authenticated clients, or for domains that are ours (RL006, RL008,
    /// RL010); `items` are
    /// the conditions that a stranger can make true.
    GuardGrant,
    /// `clause_span` is a credential check that checks nothing: let nobody pass (RL009).
    RequireRealCredentials,
    /// A statement without effect or a losing duplicate: take it out.
    RemoveLine,
    /// A misspelt or misplaced protection: write it so that it takes effect.
    Correct,
  };
  Kind kind = Kind::ControlRelaying;
  Span clause_span{};
  std::vector<Span> items{};
  auto operator<=>(const PolicyChange&) const = default;
};

/// What a format makes of a PolicyChange. Edits do not overlap and lie in the document's files. For Display the edits
/// are empty and `steps` tells what to do instead.
struct Fix {
  std::string title;  ///< imperative, says who loses relaying; see contract.md 5.2
  Applicability applicability = Applicability::Safe;
  std::vector<Edit> edits{};
  std::vector<std::string> steps{};
};

}  // namespace relaylint
