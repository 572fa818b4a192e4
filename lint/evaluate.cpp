#include "lint/evaluate.hpp"

#include <algorithm>
#include <utility>

#include "lint/conditions.hpp"

namespace relaylint {
namespace {

/// Lists may call lists; a configuration that nests them deeper is not read further.
constexpr int kMaxDepth = 48;
/// More ways than this at one point of a list: the rest is not followed.
constexpr std::size_t kMaxStates = 4096;

void add_notes(std::vector<Note>& to, const std::vector<Note>& from) {
  constexpr std::size_t kEnough = 16;
  for (const Note& note : from) {
    if (to.size() < kEnough && std::find(to.begin(), to.end(), note) == to.end()) to.push_back(note);
  }
}

bool same_bindings(const std::vector<Binding>& a, const std::vector<Binding>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Binding& x, const Binding& y) {
    return x.name == y.name && x.value == y.value && x.unknown == y.unknown;
  });
}

bool may_matter(const Clause& clause) {
  return clause.then != Action::Continue || clause.otherwise != Action::Continue || !clause.effects.empty() ||
         clause.on_error != Action::Continue;
}

}  // namespace

void Evaluator::assume(Note note) {
  if (std::find(assumptions_.begin(), assumptions_.end(), note) == assumptions_.end())
    assumptions_.push_back(std::move(note));
}

void Evaluator::step(EvaluationState& state, ClauseRef ref, Span span, const std::string& text, bool accepts) const {
  if (keep_paths_) state.path.push_back({span, ref, text, accepts});
}

std::optional<PathStep> Evaluator::refusal_by(ClauseRef ref) const {
  if (!keep_paths_) return std::nullopt;
  const Clause* clause = policy_.clause(ref);
  return PathStep{policy_.span_of(ref), ref, clause != nullptr ? clause->text : policy_.list(ref.list).final_text,
                  false};
}

void Evaluator::merge(std::vector<EvaluationState>& states) const {
  if (keep_paths_ || states.size() < 2) return;
  std::vector<EvaluationState> merged;
  for (EvaluationState& state : states) {
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const EvaluationState& other) {
      return other.certain() == state.certain() && other.recipient == state.recipient &&
             other.discarded == state.discarded && other.disposition == state.disposition &&
             same_bindings(other.bindings, state.bindings);
    });
    if (same == merged.end()) {
      merged.push_back(std::move(state));
    } else {
      same->clients = same->clients.unite(state.clients);
      add_notes(same->reasons, state.reasons);
    }
  }
  states = std::move(merged);
}

// --- lists and clauses ------------------------------------------------------------------------------------------

std::vector<Evaluator::Decided> Evaluator::run_list(ListId id, std::vector<EvaluationState> active, int depth) {
  const DecisionList& list = policy_.list(id);
  std::vector<Decided> decided;
  if (depth > kMaxDepth) {
    for (EvaluationState& state : active) {
      for (const Action action : {Action::Accept, Action::Refuse}) {
        Decided way{state, action, Disposition::Deliver, {id, 0}};
        way.state.reasons.push_back({list.final_span, "lists are nested too deeply to be followed"});
        decided.push_back(std::move(way));
      }
    }
    return decided;
  }
  for (std::size_t index = 0; index < list.clauses.size() && !active.empty(); ++index) {
    if (!may_matter(list.clauses[index]) || masked_.contains({id, index})) continue;
    std::vector<EvaluationState> next;
    for (EvaluationState& state : active) run_clause(id, index, std::move(state), depth, decided, next);
    merge(next);
    active = std::move(next);
  }
  const ClauseRef end{id, list.clauses.size()};
  const Action final = masked_.contains(end) ? Action::Refuse : list.final;
  for (EvaluationState& state : active) {
    const bool says_something = !list.final_text.empty() || !list.final_span.range.empty();
    if (final == Action::Accept && says_something) step(state, end, list.final_span, list.final_text, true);
    decided.push_back({std::move(state), final, list.final_disposition, end});
  }
  return decided;
}

void Evaluator::take(const Clause& clause, Action action, ClauseRef ref, EvaluationState state, int depth,
                     std::vector<Decided>& decided, std::vector<EvaluationState>& next) {
  switch (action) {
    case Action::Continue:
      next.push_back(std::move(state));
      return;
    case Action::Call: {
      step(state, ref, clause.span, clause.text, false);
      std::vector<EvaluationState> into;
      into.push_back(std::move(state));
      for (Decided& way : run_list(clause.call, std::move(into), depth + 1)) {
        if (way.action == Action::Continue) {
          next.push_back(std::move(way.state));
        } else {
          decided.push_back(std::move(way));
        }
      }
      return;
    }
    default:
      if (action == Action::Accept) step(state, ref, clause.span, clause.text, true);
      decided.push_back({std::move(state), action, clause.disposition, ref});
  }
}

void Evaluator::run_clause(ListId id, std::size_t index, EvaluationState start, int depth,
                           std::vector<Decided>& decided, std::vector<EvaluationState>& next) {
  const Clause& clause = policy_.list(id).clauses[index];
  const ClauseRef ref{id, index};
  if (budget_.steps_left > 0) --budget_.steps_left;
  // A value that depends on the client's address is bound for each part of the clients apart.
  for (const Effect& effect : clause.effects) {
    const auto* let = std::get_if<Let>(&effect.what);
    if (let == nullptr || let->cuts.empty()) continue;
    std::vector<AddressSet> cells = cells_of(start.clients, let->cuts);
    if (cells.size() < 2) continue;
    for (AddressSet& cell : cells) {
      EvaluationState part = start;
      part.clients = std::move(cell);
      run_clause(id, index, std::move(part), depth, decided, next);
    }
    return;
  }
  const std::size_t path_mark = start.path.size();
  const std::size_t supports_mark = start.supports.size();
  const bool rewrites = std::any_of(clause.effects.begin(), clause.effects.end(), [](const Effect& effect) {
    return std::holds_alternative<RewriteRecipient>(effect.what);
  });
  const std::string recipient = rewrites ? start.recipient : std::string();

  // `early` and `late`: an undecided condition before, or from, otherwise_from on. If it is in truth a "no", the
  // clause ends there: with "on to the next clause", or with `otherwise`.
  struct Partial {
    EvaluationState state;
    std::vector<Note> doubts{};
    bool early = false;
    bool late = false;
  };
  const auto doubtful = [](const Partial& partial) {
    EvaluationState state = partial.state;
    add_notes(state.reasons, partial.doubts);
    return state;
  };
  const auto settle = [&](const Partial& partial, Action action) {
    if (!partial.early && !partial.late) return take(clause, action, ref, partial.state, depth, decided, next);
    const bool differs_early = partial.early && (rewrites || action != Action::Continue);
    const bool differs_late = partial.late && (rewrites || action != clause.otherwise);
    if (!differs_early && !differs_late) return take(clause, action, ref, partial.state, depth, decided, next);
    take(clause, action, ref, doubtful(partial), depth, decided, next);
    EvaluationState unchanged = doubtful(partial);
    if (rewrites) unchanged.recipient = recipient;
    if (differs_late && (!differs_early || clause.otherwise != Action::Continue)) {
      take(clause, clause.otherwise, ref, unchanged, depth, decided, next);
    }
    if (differs_early) next.push_back(std::move(unchanged));
  };
  const auto fails = [&](Partial& partial, Action action) {
    // What the questions of a clause that does not hold came across is not on the way.
    partial.state.path.resize(path_mark);
    partial.state.supports.resize(std::min(supports_mark, partial.state.supports.size()));
    settle(partial, action);
  };
  const auto effects_after = [&](std::size_t count, Partial& partial) {
    for (const Effect& effect : clause.effects) {
      if (effect.after == count) apply(effect, ref, partial.state, partial.doubts);
    }
  };

  std::vector<Partial> partials;
  partials.push_back({std::move(start)});
  for (std::size_t i = 0; i < clause.when.size(); ++i) {
    std::vector<Partial> holding;
    for (Partial& partial : partials) {
      effects_after(i, partial);
      for (Tested& tested : test(clause.when[i], std::move(partial.state), depth)) {
        Partial way{std::move(tested.state), partial.doubts, partial.early, partial.late};
        switch (tested.value) {
          case Value::Yes:
            holding.push_back(std::move(way));
            break;
          case Value::No:
            fails(way, i >= clause.otherwise_from ? clause.otherwise : Action::Continue);
            break;
          case Value::Error:
            fails(way, clause.on_error);
            break;
          case Value::Unknown:
            // Whether this state was doubted on purpose of this condition is told by the last of its reasons.
            way.doubts.push_back(way.state.reasons.back());
            way.state.reasons.pop_back();
            (i < clause.otherwise_from ? way.early : way.late) = true;
            holding.push_back(std::move(way));
            break;
        }
      }
    }
    if (holding.size() > kMaxStates) holding.resize(kMaxStates);
    partials = std::move(holding);
  }
  for (Partial& partial : partials) {
    effects_after(clause.when.size(), partial);
    if (clause.then == Action::Continue && keep_paths_ &&
        (!clause.effects.empty() || clause.otherwise == Action::Refuse)) {
      step(partial.state, ref, clause.span, clause.text, false);
    }
    // What would have refused and did not is part of why the recipient is accepted.
    if (keep_paths_ && clause.then == Action::Continue && clause.otherwise == Action::Refuse &&
        clause.effects.empty()) {
      partial.state.supports.push_back(ref);
    }
    settle(partial, clause.then);
  }
}

// --- stages and delivery ----------------------------------------------------------------------------------------

void Evaluator::deliver(Decided decided, std::vector<Branch>& out) {
  EvaluationState& state = decided.state;
  const Disposition disposition = decided.action == Action::Accept && decided.disposition != Disposition::Deliver
                                      ? decided.disposition
                                      : state.disposition;
  Outcome outcome = Outcome::Relayed;
  if (decided.action == Action::Refuse || decided.action == Action::Drop || decided.action == Action::Defer) {
    outcome = Outcome::Delivered;  // taken, and bounced or kept by this machine
  } else if (disposition == Disposition::Discard) {
    outcome = Outcome::Discarded;
  } else if (disposition == Disposition::Local) {
    outcome = Outcome::Delivered;
  } else if (disposition == Disposition::Deliver) {
    const std::string_view domain = domain_of_recipient(state.recipient);
    if (domain.empty() || policy_.local_domains.match(domain) == MatchResult::Yes) outcome = Outcome::Delivered;
  }
  out.push_back({std::move(state), outcome, {}});
}

void Evaluator::finish(EvaluationState state, std::vector<Branch>& out) {
  if (state.discarded) {
    out.push_back({std::move(state), Outcome::Discarded, {}});
  } else if (policy_.delivery && state.disposition == Disposition::Deliver) {
    std::vector<EvaluationState> states;
    states.push_back(std::move(state));
    for (Decided& way : run_list(*policy_.delivery, std::move(states), 0)) deliver(std::move(way), out);
  } else {
    deliver({std::move(state)}, out);
  }
}

std::vector<EvaluationState> Evaluator::run_stage(const Stage& stage, std::vector<EvaluationState> states,
                                                  bool preceding, std::vector<Branch>& out) {
  std::vector<EvaluationState> passed;
  for (Decided& way : run_list(stage.list, std::move(states), 0)) {
    switch (way.action) {
      case Action::Refuse:
      case Action::Defer:
        if (preceding) {
          passed.push_back(std::move(way.state));
        } else {
          const Outcome outcome = way.action == Action::Refuse ? Outcome::Refused : Outcome::Deferred;
          out.push_back({std::move(way.state), outcome, refusal_by(way.by)});
        }
        break;
      case Action::Drop:
        out.push_back({std::move(way.state), Outcome::Refused, refusal_by(way.by)});
        break;
      default:
        if (!preceding) {
          if (way.disposition == Disposition::Discard) {
            way.state.discarded = true;
          } else if (way.disposition != Disposition::Deliver) {
            way.state.disposition = way.disposition;
          }
          if (stage.per_recipient && keep_paths_) way.state.grants.push_back(way.by);
        }
        passed.push_back(std::move(way.state));
    }
  }
  merge(passed);
  return passed;
}

std::vector<Branch> Evaluator::run(const Listener& listener, const Transaction& transaction,
                                   const AddressSet& clients) {
  if (budget_.evaluations_left > 0) --budget_.evaluations_left;
  transaction_ = &transaction;
  listener_ = &listener;
  std::vector<Branch> out;
  std::vector<EvaluationState> states(1);
  states[0].clients = clients;

  const auto& stages = listener.stages;
  const auto is_rcpt = [](const Stage& stage) { return stage.per_recipient; };
  const auto first = std::find_if(stages.begin(), stages.end(), is_rcpt);
  const auto last = std::find_if_not(first, stages.end(), is_rcpt);

  for (auto stage = stages.begin(); stage != first; ++stage) states = run_stage(*stage, std::move(states), false, out);
  if (!transaction.preceding.empty()) consulted_ |= kPrecedingDimension;
  for (const std::string& recipient : transaction.preceding) {
    for (EvaluationState& state : states) state.recipient = recipient;
    for (auto stage = first; stage != last; ++stage) states = run_stage(*stage, std::move(states), true, out);
  }
  for (EvaluationState& state : states) {
    state.recipient = transaction.rcpt_to;
    if (keep_paths_ && !transaction.preceding.empty()) state.supports.clear();
  }
  for (auto stage = first; stage != stages.end(); ++stage) states = run_stage(*stage, std::move(states), false, out);
  for (EvaluationState& state : states) finish(std::move(state), out);
  return out;
}

}  // namespace relaylint
