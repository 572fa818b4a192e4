#include "lint/policy.hpp"

#include <utility>

namespace relaylint {

ListId RelayPolicy::add_list(std::string name, Action final) {
  DecisionList list;
  list.name = std::move(name);
  list.final = final;
  lists.push_back(std::move(list));
  return static_cast<ListId>(lists.size() - 1);
}

const Clause* RelayPolicy::clause(ClauseRef ref) const {
  const DecisionList& owner = list(ref.list);
  return ref.clause < owner.clauses.size() ? &owner.clauses[ref.clause] : nullptr;
}

Span RelayPolicy::span_of(ClauseRef ref) const {
  const Clause* found = clause(ref);
  return found != nullptr ? found->span : list(ref.list).final_span;
}

Origin RelayPolicy::origin_of(ClauseRef ref) const {
  const Clause* found = clause(ref);
  return found != nullptr ? found->origin : list(ref.list).final_origin;
}

bool RelayPolicy::is_switch(ClauseRef ref) const {
  const Clause* found = clause(ref);
  return found != nullptr ? found->is_switch : list(ref.list).final_is_switch;
}

Condition client_in(AddressSet set, Span span, std::vector<AddressItem> items) {
  return {ClientIn{std::move(set), std::move(items)}, span};
}

Condition opaque(std::string reason, Span span, bool assumable) { return {Opaque{std::move(reason), assumable}, span}; }

namespace {

Clause decide_when(Action action, std::vector<Condition> when, Span span, std::string text) {
  Clause clause;
  clause.when = std::move(when);
  clause.then = action;
  clause.span = span;
  clause.text = std::move(text);
  return clause;
}

}  // namespace

Clause accept_when(std::vector<Condition> when, Span span, std::string text) {
  return decide_when(Action::Accept, std::move(when), span, std::move(text));
}

Clause refuse_when(std::vector<Condition> when, Span span, std::string text) {
  return decide_when(Action::Refuse, std::move(when), span, std::move(text));
}

Expand literal(std::string text) {
  return [text = std::move(text)](Facts&) { return Expansion{Value::Yes, text}; };
}

}  // namespace relaylint
