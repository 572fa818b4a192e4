#pragma once
// Runs one transaction through a policy, for a whole set of client addresses at once. Conditions on the address
// split the set; what cannot be decided splits a state in two, both marked uncertain. The judge searches with sets
// (no paths are kept, equal states are merged) and asks once more with one address to tell the path.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lint/judge.hpp"
#include "lint/policy.hpp"

namespace relaylint {

/// What a transaction consists of beside the client's address; bits of a mask of what an evaluation looked at.
enum Dimension : std::uint32_t {
  kRecipientDimension = 1,
  kAuthDimension = 2,
  kSenderDimension = 4,
  kHeloDimension = 8,
  kNameDimension = 16,
  kTlsDimension = 32,
  kPrecedingDimension = 64,
  kMxDimension = 128,
};

/// A value that a clause gave a name, and which clause that was.
struct Binding {
  std::string name;
  std::string value;
  bool unknown = false;
  ClauseRef by{};
};

/// Where an evaluation stands, for the clients for which it stands there.
struct EvaluationState {
  AddressSet clients;
  std::string recipient;
  std::vector<Binding> bindings{};    ///< sorted by name
  std::vector<Note> reasons{};        ///< not empty: only one of several possible ways
  std::vector<PathStep> path{};       ///< only when paths are kept
  std::vector<ClauseRef> supports{};  ///< only when paths are kept
  bool discarded = false;
  Disposition disposition = Disposition::Deliver;
  std::vector<ClauseRef> grants{};  ///< only when paths are kept: what accepted the recipient, one a stage

  [[nodiscard]] bool certain() const { return reasons.empty(); }
};

/// One way a transaction can end. The clients of certain branches are disjoint from those of every other branch.
struct Branch {
  EvaluationState state;
  Outcome outcome = Outcome::Refused;
  std::optional<PathStep> refusal{};  ///< only when paths are kept: what refused or deferred it
};

/// Work done and allowed, shared by the evaluations of one judgement.
struct Budget {
  std::size_t evaluations_left = 200000;
  std::size_t steps_left = 50'000'000;

  [[nodiscard]] bool exhausted() const { return evaluations_left == 0 || steps_left == 0; }
};

class Evaluator {
 public:
  /// `masked` are clauses taken as not there (a masked final outcome refuses).
  Evaluator(const RelayPolicy& policy, bool strict, bool keep_paths, const std::set<ClauseRef>& masked, Budget& budget)
      : policy_(policy), strict_(strict), keep_paths_(keep_paths), masked_(masked), budget_(budget) {}

  /// Every way `transaction` can end for clients of `clients`. The transaction's own client is not looked at.
  std::vector<Branch> run(const Listener& listener, const Transaction& transaction, const AddressSet& clients);

  /// Dimensions looked at since construction or the last `forget`.
  [[nodiscard]] std::uint32_t consulted() const { return consulted_; }
  void forget() { consulted_ = 0; }
  /// Assumptions that any evaluation so far rested on, each once, in order of appearance.
  [[nodiscard]] const std::vector<Note>& assumptions() const { return assumptions_; }

 private:
  struct Decided {
    EvaluationState state;
    Action action = Action::Continue;
    Disposition disposition = Disposition::Deliver;
    ClauseRef by{};
  };
  struct Tested {
    EvaluationState state;
    Value value = Value::No;
  };
  class FactsView;

  std::vector<Decided> run_list(ListId id, std::vector<EvaluationState> active, int depth);
  void run_clause(ListId id, std::size_t index, EvaluationState state, int depth, std::vector<Decided>& decided,
                  std::vector<EvaluationState>& next);
  void take(const Clause& clause, Action action, ClauseRef ref, EvaluationState state, int depth,
            std::vector<Decided>& decided, std::vector<EvaluationState>& next);
  void apply(const Effect& effect, ClauseRef ref, EvaluationState& state, const std::vector<Note>& doubts);
  std::vector<Tested> test(const Condition& condition, EvaluationState state, int depth);
  std::vector<Tested> test_kind(const Condition& condition, EvaluationState state, int depth);
  std::vector<Tested> split(EvaluationState state, const AddressSet& set);
  std::vector<Tested> test_cells(const Evaluable& evaluable, Span span, EvaluationState state);
  std::vector<Tested> ask(ListId list, EvaluationState state, int depth, bool explains = true);
  /// The parts of `clients` that no cut divides.
  static std::vector<AddressSet> cells_of(const AddressSet& clients, const std::vector<AddressSet>& cuts);
  Value name_value(const PatternSet& names, bool verified);
  Value authenticated_value(const Authenticated& condition, Span span, EvaluationState& state);
  Value opaque_value(const Opaque& condition, Span span, EvaluationState& state);
  void finish(EvaluationState state, std::vector<Branch>& out);
  void deliver(Decided decided, std::vector<Branch>& out);
  std::vector<EvaluationState> run_stage(const Stage& stage, std::vector<EvaluationState> states, bool preceding,
                                         std::vector<Branch>& out);
  [[nodiscard]] std::optional<PathStep> refusal_by(ClauseRef ref) const;
  void step(EvaluationState& state, ClauseRef ref, Span span, const std::string& text, bool accepts) const;
  void assume(Note note);
  void merge(std::vector<EvaluationState>& states) const;

  const RelayPolicy& policy_;
  bool strict_;
  bool keep_paths_;
  const std::set<ClauseRef>& masked_;
  Budget& budget_;
  const Transaction* transaction_ = nullptr;
  const Listener* listener_ = nullptr;
  std::uint32_t consulted_ = 0;
  std::vector<Note> assumptions_{};
};

}  // namespace relaylint
