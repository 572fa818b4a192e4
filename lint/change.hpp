#pragma once
// From meaning to bytes: a rule asks for a PolicyChange in the policy's own terms, the format turns it into
// Edits, the engine proves the result before anything is written (contract.md 5.3).

#include <optional>
#include <string>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

/// Replaces the bytes of `span` (an insertion where it is empty). On a file that is not present: the file is created with `text`.
struct Edit {
  Span span{};
  std::string text;
  auto operator<=>(const Edit&) const = default;
};

/// contract.md 5.2.
enum class Applicability { Safe, Unsafe, Display };

/// What should become true. `items` are the places at fault, as the policy's conditions name them; `clause_span` the statement that grants.
struct PolicyChange {
  enum class Kind {
    ControlRelaying,  ///< turn the product's relay control on: set, correct or insert the switch; write the missing file
    DropItems,        ///< take `items` out of the list they stand in (trusted clients, relay domains, senders)
    TerminateList,    ///< `items` holds the last item of a list that ends in a negation: let it end in a refusal
    DropGrant,        ///< take away what `clause_span` grants (an accept statement, an environment variable, a rule's permission)
    GuardGrant,       ///< let `clause_span` apply only to trusted or authenticated clients, or for domains that are ours
    RequireRealCredentials,  ///< `clause_span` checks nothing: let nobody pass
    RemoveLine,       ///< a statement without effect or a losing duplicate: take it out
    Correct,          ///< a misspelt or misplaced protection: write it so that it takes effect
  };
  Kind kind = Kind::ControlRelaying;
  Span clause_span{};
  std::vector<Span> items{};
  auto operator<=>(const PolicyChange&) const = default;
};

/// What a format makes of a PolicyChange. Edits do not overlap and lie in the document's files. For Display the edits are empty
/// and `steps` tells what to do instead.
struct Fix {
  std::string title;  ///< imperative, says who loses relaying; see contract.md 5.2
  Applicability applicability = Applicability::Safe;
  std::vector<Edit> edits{};
  std::vector<std::string> steps{};
};

}  // namespace relaylint
