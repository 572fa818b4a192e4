// Lists while lowering: their strings expanded as far as possible, then the shared Exim layer; the rest is tested when
// it is asked.

#include <algorithm>
#include <utility>

#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

/// The subject's text, as match_domain and its kin would be asked about it.
std::string subject_text(EximSubject subject, Facts& facts) {
  const auto domain = [](const std::string& address) {
    const std::size_t at = address.rfind('@');
    return at == std::string::npos ? std::string() : address.substr(at + 1);
  };
  switch (subject) {
    case EximSubject::Client:
      return facts.client().text();
    case EximSubject::RecipientDomain:
      return domain(facts.recipient());
    case EximSubject::SenderDomain:
      return domain(facts.sender());
    case EximSubject::Recipient:
      return facts.recipient();
    case EximSubject::Sender:
      return facts.sender();
    case EximSubject::RecipientLocalPart: {
      const std::string address = facts.recipient();
      return address.substr(0, address.rfind('@'));
    }
  }
  return {};
}

bool is_empty_list(const EximText& text) { return text.trimmed().empty(); }

}  // namespace

EximListContext Lowering::list_context(const Frame& frame) {
  EximListContext context;
  context.sources = &document.sources();
  context.from = document.main();
  context.policy = &policy;
  context.primary_hostname = site->primary_hostname;
  context.named = [this, frame](EximListKind kind, std::string_view name, EximSubject subject) {
    return named_list(kind, name, subject, frame);
  };
  return context;
}

Condition Lowering::list_condition(const ExpressionPtr& value, EximSubject subject, const Frame& frame, Span span) {
  const Folded folded = fold(value, frame);
  switch (folded.kind) {
    case Folded::Kind::Fails:
      return {Constant{Value::No}, span};
    case Folded::Kind::Error:
      observe(ObservationKind::Advice, folded.note.span,
              "Exim cannot expand this list (" + folded.note.text + "): the test fails with a temporary error");
      return {Constant{Value::Error}, span};
    case Folded::Kind::Constant: {
      const EximListContext context = list_context(frame);
      EximLoweredList lowered = lower_exim_list(folded.text, subject, context);
      for (Note& note : lowered.broken)
        observe(ObservationKind::IneffectiveProtection, note.span, std::move(note.text));
      return std::move(lowered.condition);
    }
    case Folded::Kind::Unknown: {
      Condition blind = opaque(folded.note.text, folded.note.span, false);
      // The items before the part that is not known are tried first, and what they match is decided.
      const std::size_t end = folded.text.view().find_last_of(':');
      if (end == std::string_view::npos || folded.text.view().starts_with('<')) return blind;
      const EximListContext context = list_context(frame);
      EximLoweredList before = lower_exim_list(folded.text.slice(text_range(0, end)), subject, context);
      if (before.ends_negated || before.items.empty()) return blind;
      const ListId list = policy.add_list("list with a part that is not known", Action::Refuse);
      policy.list(list).clauses.push_back(accept_when({std::move(before.condition)}, span));
      policy.list(list).clauses.push_back(accept_when({std::move(blind)}, span));
      return {ListHolds{list}, span};
    }
    case Folded::Kind::Dynamic:
      break;
  }
  const EximListKind kind = list_kind_of(subject);
  Condition condition = test_of(value, frame, span, one_line(span), [value, frame, subject, kind](Facts& facts) {
    const Expansion text = Expander(frame, facts).expand(*value);
    if (text.status != Value::Yes) return text.status;
    EximText list;
    list.append_derived(text.text, value->source.place());
    if (is_empty_list(list)) return Value::No;
    return frame.site->match(kind, list, subject_text(subject, facts), facts, frame);
  });
  auto& evaluable = std::get<Evaluable>(condition.kind);
  for (const EximItem& item : split_exim_list(value->source).items) {
    if (item.text.view().starts_with('+')) gather_list(kind, item.text.view().substr(1), evaluable, 0);
  }
  return condition;
}

std::optional<Condition> Lowering::named_list(EximListKind kind, std::string_view name, EximSubject subject,
                                              const Frame& frame) {
  const NamedList* list = site->named_list(kind, name);
  if (list == nullptr) {
    if (const EximLine* unread = document.unread()) {
      return opaque("the list +" + std::string(name) + " may stand in a file that was not read: " + unread->problem,
                    unread->span, false);
    }
    return std::nullopt;
  }
  const std::tuple key{static_cast<int>(kind), std::string(name), static_cast<int>(subject),
                       static_cast<int>(frame.where)};
  if (const auto known = named_.find(key); known != named_.end()) return known->second;
  if (!naming_.insert(key).second)
    return opaque("the list +" + std::string(name) + " refers to itself", list->span, false);
  Condition condition = list_condition(list->value, subject, frame, list->value->source.place());
  if (!list->doubt.empty()) {
    const ListId both = policy.add_list("list that may be another", Action::Refuse);
    policy.list(both).clauses.push_back(accept_when({opaque(list->doubt, list->span, false)}, list->span));
    condition = {ListHolds{both}, list->span};
  }
  naming_.erase(key);
  named_.emplace(key, condition);
  return condition;
}

std::vector<Pattern> Lowering::domains_named(const ExpressionPtr& value) {
  std::set<std::string> seen;
  return domains_named(value, seen);
}

std::vector<Pattern> Lowering::domains_named(const ExpressionPtr& value, std::set<std::string>& seen) {
  std::vector<Pattern> found;
  const Folded folded = fold(value, frame(Where::Recipient));
  if (folded.kind != Folded::Kind::Constant || seen.size() > 64) return found;
  const std::size_t lists = policy.lists.size();
  std::vector<std::string> references;
  EximListContext context = list_context(frame(Where::Recipient));
  context.named = [&](EximListKind, std::string_view name, EximSubject) -> std::optional<Condition> {
    references.emplace_back(name);
    return Condition{Constant{Value::No}};
  };
  EximLoweredList lowered = lower_exim_list(folded.text, EximSubject::RecipientDomain, context);
  policy.lists.resize(lists);
  found = std::move(lowered.named_patterns);
  // A list that ends in a negated item takes in everything else: said by its last pattern.
  if (const auto* set = std::get_if<Recipient>(&lowered.condition.kind); set != nullptr && set->patterns.at_end()) {
    found.push_back({PatternKind::Any, "", folded.text.place(), false, {}});
  }
  for (const std::string& name : references) {
    const NamedList* list = site->named_list(EximListKind::Domain, name);
    if (list == nullptr || !seen.insert(name).second) continue;
    std::vector<Pattern> more = domains_named(list->value, seen);
    found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return found;
}

}  // namespace relaylint::exim4
