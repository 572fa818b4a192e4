#include "tests/support/spans.hpp"

#include <variant>

namespace relaylint::test {
namespace {

void visit_notes(const std::vector<Note>& notes, std::string_view whose, const SpanVisitor& visit) {
  for (const Note& note : notes) visit(note.span, whose);
}

void visit_patterns(const PatternSet& set, const SpanVisitor& visit) {
  for (const Pattern& pattern : set.patterns()) visit(pattern.span, "a pattern");
}

struct ConditionSpans {
  const SpanVisitor& visit;

  void operator()(const ClientIn& condition) const {
    for (const AddressItem& item : condition.items) visit(item.span, "an item of an address list");
  }
  void operator()(const ClientName& condition) const { visit_patterns(condition.names, visit); }
  void operator()(const HeloName& condition) const { visit_patterns(condition.names, visit); }
  void operator()(const Sender& condition) const { visit_patterns(condition.patterns, visit); }
  void operator()(const Recipient& condition) const { visit_patterns(condition.patterns, visit); }
  void operator()(const Authenticated& condition) const { visit(condition.note.span, "an authentication's note"); }
  template <typename Other>
  void operator()(const Other&) const {}
};

void visit_list(const DecisionList& list, const SpanVisitor& visit) {
  visit(list.final_span, "a list's final outcome");
  for (const Clause& clause : list.clauses) {
    visit(clause.span, "a clause");
    for (const Condition& condition : clause.when) {
      visit(condition.span, "a condition");
      std::visit(ConditionSpans{visit}, condition.kind);
    }
  }
}

void visit_change(const PolicyChange& change, const SpanVisitor& visit) {
  visit(change.clause_span, "a change's clause");
  for (const Span item : change.items) visit(item, "a change's item");
}

void visit_policy(const RelayPolicy& policy, const SpanVisitor& visit) {
  visit(policy.version_span, "the version");
  for (const DecisionList& list : policy.lists) visit_list(list, visit);
  for (const Listener& listener : policy.listeners) {
    visit(listener.span, "a listener");
    if (listener.broken) visit(listener.broken->span, "a broken listener's note");
  }
  visit_patterns(policy.local_domains, visit);
  visit_patterns(policy.relay_domains, visit);
  if (policy.unloadable) visit(policy.unloadable->span, "why it does not load");
  visit_notes(policy.assumptions, "an assumption", visit);
  visit_notes(policy.not_understood, "what was not understood", visit);
  for (const Observation& observation : policy.observations) {
    visit(observation.span, "an observation");
    if (observation.change) visit_change(*observation.change, visit);
  }
}

void visit_verdict(const Verdict& verdict, const SpanVisitor& visit) {
  const auto visit_path = [&](const std::vector<PathStep>& path) {
    for (const PathStep& step : path) visit(step.span, "a step of a path");
  };
  if (verdict.witness) visit_path(verdict.witness->path);
  for (const Hole& hole : verdict.holes) visit_path(hole.witness.path);
  visit_notes(verdict.assumptions, "the verdict's assumption", visit);
  visit_notes(verdict.reasons, "the verdict's reason", visit);
}

void visit_finding(const Finding& finding, const SpanVisitor& visit) {
  visit(finding.span, "a finding");
  for (const Related& related : finding.related) visit(related.span, "a related place");
  if (finding.change) visit_change(*finding.change, visit);
  if (!finding.fix) return;
  for (const Edit& edit : finding.fix->edits) visit(edit.span, "an edit");
}

}  // namespace

void for_each_span(const Configuration& configuration, const SpanVisitor& visit) {
  for (const Problem& problem : configuration.document->problems) visit(problem.span, "a problem");
  visit_policy(configuration.policy, visit);
  visit_verdict(configuration.verdict, visit);
  for (const Finding& finding : configuration.findings) visit_finding(finding, visit);
}

void for_each_list_reference(const RelayPolicy& policy, const std::function<void(ListId)>& visit) {
  if (policy.delivery) visit(*policy.delivery);
  for (const Listener& listener : policy.listeners) {
    for (const Stage& stage : listener.stages) visit(stage.list);
  }
  for (const DecisionList& list : policy.lists) {
    for (const Clause& clause : list.clauses) {
      if (clause.then == Action::Call) visit(clause.call);
      for (const Condition& condition : clause.when) {
        if (const auto* holds = std::get_if<ListHolds>(&condition.kind)) visit(holds->list);
      }
    }
  }
}

}  // namespace relaylint::test
