// The conditions of a policy, evaluated for a set of clients: the second half of Evaluator.

#include "lint/conditions.hpp"

#include <algorithm>
#include <utility>

#include "lint/evaluate.hpp"

namespace relaylint {

std::string_view domain_of_recipient(std::string_view recipient) {
  const std::size_t at = recipient.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view domain = recipient.substr(at + 1);
  if (domain.size() > 1 && domain.ends_with('.')) domain.remove_suffix(1);
  return domain;
}

namespace {

Value from(MatchResult match) {
  switch (match) {
    case MatchResult::No:
      return Value::No;
    case MatchResult::Yes:
      return Value::Yes;
    case MatchResult::Error:
      return Value::Error;
  }
  return Value::Unknown;
}

std::string_view part_of(std::string_view address, AddressPart part) {
  const std::size_t at = address.rfind('@');
  switch (part) {
    case AddressPart::Address:
      return address;
    case AddressPart::Domain:
      return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
    case AddressPart::LocalPart:
      return address.substr(0, at);
  }
  return address;
}

/// Clients of contract.md 1 in their order; the one that stands for a set is the first of them that is in it.
IpAddress representative(const AddressSet& set) {
  static const IpAddress canonical[] = {*IpAddress::parse("198.51.100.77"), *IpAddress::parse("2001:db8:77::1"),
                                        *IpAddress::parse("192.0.2.200")};
  for (const IpAddress address : canonical) {
    if (set.contains(address)) return address;
  }
  return set.lowest().value_or(canonical[0]);
}

bool is_single(const AddressSet& set) {
  return set.v4().size() + set.v6().size() == 1 &&
         set.count_v4() + static_cast<std::uint64_t>(set.count_v6() == 1) == 1;
}

}  // namespace

/// The facts as a pure function sees them, for one cell of clients.
class Evaluator::FactsView final : public Facts {
 public:
  FactsView(Evaluator& owner, EvaluationState& state, IpAddress client)
      : owner_(owner), state_(state), client_(client) {}

  IpAddress client() override {
    client_read = true;
    return client_;
  }
  std::optional<std::string> verified_client_name() override {
    owner_.consulted_ |= kNameDimension;
    return owner_.transaction_->name_verified ? owner_.transaction_->client_name : std::nullopt;
  }
  std::string helo() override {
    owner_.consulted_ |= kHeloDimension;
    return owner_.transaction_->helo;
  }
  std::string sender() override {
    owner_.consulted_ |= kSenderDimension;
    return owner_.transaction_->mail_from;
  }
  std::string recipient() override {
    owner_.consulted_ |= kRecipientDimension;
    return state_.recipient;
  }
  bool tls() override {
    owner_.consulted_ |= kTlsDimension;
    return owner_.transaction_->tls;
  }
  Auth auth() override {
    owner_.consulted_ |= kAuthDimension;
    return owner_.transaction_->auth;
  }
  std::optional<std::uint16_t> port() override {
    return owner_.transaction_->port ? owner_.transaction_->port : owner_.listener_->port;
  }
  std::optional<std::string> binding(std::string_view name, bool& unknown) override {
    for (const Binding& bound : state_.bindings) {
      if (bound.name != name) continue;
      unknown = bound.unknown;
      if (owner_.keep_paths_) state_.supports.push_back(bound.by);
      return bound.value;
    }
    unknown = false;
    return std::nullopt;
  }
  Value ask(ListId list) override {
    EvaluationState cell = state_;
    cell.clients = AddressSet::single(client_);
    client_read = true;
    std::optional<Value> answer;
    for (const Tested& tested : owner_.ask(list, std::move(cell), 1)) {
      if (answer && *answer != tested.value) return Value::Unknown;
      answer = tested.value;
      for (const Note& note : tested.state.reasons) doubts.push_back(note);
    }
    return answer.value_or(Value::No);
  }
  void assume(Note note) override {
    if (owner_.strict_) {
      doubts.push_back(std::move(note));
      assumed_strictly = true;
    } else {
      owner_.assume(std::move(note));
    }
  }
  void not_understood(Note note) override { doubts.push_back(std::move(note)); }

  bool client_read = false;
  bool assumed_strictly = false;
  std::vector<Note> doubts{};

 private:
  Evaluator& owner_;
  EvaluationState& state_;
  IpAddress client_;
};

void Evaluator::apply(const Effect& effect, ClauseRef ref, EvaluationState& state, const std::vector<Note>& doubts) {
  const IpAddress client = representative(state.clients);
  FactsView facts(*this, state, client);
  if (const auto* rewrite = std::get_if<RewriteRecipient>(&effect.what)) {
    const Expansion value = rewrite->value(facts);
    if (value.status == Value::Yes) {
      state.recipient = value.text;
      if (keep_paths_) state.supports.push_back(ref);
    } else if (value.status == Value::Unknown || value.status == Value::Error) {
      state.reasons.push_back({policy_.span_of(ref), "what the recipient is rewritten to is not known"});
    }
    return;
  }
  const Let& let = std::get<Let>(effect.what);
  const Expansion value = let.value(facts);
  if (value.status == Value::No) return;
  Binding binding{let.name, value.text, value.status != Value::Yes || !doubts.empty(), ref};
  if (facts.client_read && let.cuts.empty() && !is_single(state.clients)) binding.unknown = true;
  const auto place = std::lower_bound(state.bindings.begin(), state.bindings.end(), let.name,
                                      [](const Binding& bound, const std::string& name) { return bound.name < name; });
  if (place != state.bindings.end() && place->name == let.name) {
    *place = std::move(binding);
  } else {
    state.bindings.insert(place, std::move(binding));
  }
}

std::vector<Evaluator::Tested> Evaluator::test(const Condition& condition, EvaluationState state, int depth) {
  std::vector<Tested> result = test_kind(condition, std::move(state), depth);
  if (condition.negated) {
    for (Tested& tested : result) {
      if (tested.value == Value::Yes) {
        tested.value = Value::No;
      } else if (tested.value == Value::No) {
        tested.value = Value::Yes;
      }
    }
  }
  return result;
}

std::vector<Evaluator::Tested> Evaluator::split(EvaluationState state, const AddressSet& set) {
  std::vector<Tested> result;
  AddressSet inside = state.clients.intersect(set);
  AddressSet outside = state.clients.subtract(set);
  if (!inside.empty()) {
    EvaluationState yes = outside.empty() ? std::move(state) : state;
    yes.clients = std::move(inside);
    result.push_back({std::move(yes), Value::Yes});
    if (outside.empty()) return result;
  }
  state.clients = std::move(outside);
  result.push_back({std::move(state), Value::No});
  return result;
}

Value Evaluator::name_value(const PatternSet& names, bool verified) {
  consulted_ |= kNameDimension;
  if (!transaction_->client_name || (verified && !transaction_->name_verified)) return Value::No;
  return from(names.match(*transaction_->client_name));
}

Value Evaluator::authenticated_value(const Authenticated& condition, Span span, EvaluationState& state) {
  consulted_ |= kAuthDimension;
  if (transaction_->auth == Auth::None || condition.check == CredentialCheck::Impossible) return Value::No;
  if (transaction_->auth == Auth::Valid || condition.check == CredentialCheck::Anything) return Value::Yes;
  if (condition.check == CredentialCheck::Real) return Value::No;
  state.reasons.push_back(condition.note.text.empty() ? Note{span, "what the password check accepts is not known"}
                                                      : condition.note);
  return Value::Unknown;
}

Value Evaluator::opaque_value(const Opaque& condition, Span span, EvaluationState& state) {
  if (condition.assumable && !strict_) {
    assume({span, condition.reason});
    return Value::No;
  }
  state.reasons.push_back({span, condition.reason});
  return Value::Unknown;
}

std::vector<Evaluator::Tested> Evaluator::ask(ListId list, EvaluationState state, int depth, bool explains) {
  std::vector<Tested> result;
  const std::size_t supports = state.supports.size();
  const std::size_t path = state.path.size();
  std::vector<EvaluationState> states;
  states.push_back(std::move(state));
  for (Decided& way : run_list(list, std::move(states), depth + 1)) {
    if (!explains && keep_paths_) {
      way.state.supports.resize(std::min(supports, way.state.supports.size()));
      way.state.path.resize(std::min(path, way.state.path.size()));
    }
    const Value value = way.action == Action::Accept  ? Value::Yes
                        : way.action == Action::Defer ? Value::Error
                                                      : Value::No;
    if (value == Value::Yes && keep_paths_ && explains) way.state.supports.push_back(way.by);
    // A discarding answer is the asking list's as well (Exim's nested ACLs).
    if (value == Value::Yes && way.disposition == Disposition::Discard && explains) way.state.discarded = true;
    result.push_back({std::move(way.state), value});
  }
  return result;
}

std::vector<AddressSet> Evaluator::cells_of(const AddressSet& clients, const std::vector<AddressSet>& cuts) {
  std::vector<AddressSet> cells{clients};
  for (const AddressSet& cut : cuts) {
    std::vector<AddressSet> finer;
    for (const AddressSet& cell : cells) {
      for (AddressSet& part : std::vector<AddressSet>{cell.intersect(cut), cell.subtract(cut)}) {
        if (!part.empty()) finer.push_back(std::move(part));
      }
    }
    cells = std::move(finer);
  }
  return cells;
}

std::vector<Evaluator::Tested> Evaluator::test_cells(const Evaluable& evaluable, Span span, EvaluationState state) {
  const std::vector<AddressSet> cells = cells_of(state.clients, evaluable.cuts);
  std::vector<Tested> result;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EvaluationState way = state;
    way.clients = cells[i];
    const IpAddress client = representative(cells[i]);
    FactsView facts(*this, way, client);
    Value value = evaluable.test(facts);
    if (facts.client_read && evaluable.cuts.empty() && !is_single(cells[i])) {
      // The answer holds for this one address; the others are judged one by one no further than the canonical ones.
      assume({span, "judged for the addresses of contract.md 1 only: " + evaluable.text});
    }
    if (facts.assumed_strictly && value != Value::Error) value = Value::Unknown;
    if (value == Value::Unknown) {
      way.reasons.push_back(facts.doubts.empty() ? Note{span, "not understood: " + evaluable.text}
                                                 : facts.doubts.front());
    }
    result.push_back({std::move(way), value});
  }
  return result;
}

std::vector<Evaluator::Tested> Evaluator::test_kind(const Condition& condition, EvaluationState state, int depth) {
  const auto one = [](EvaluationState&& at, Value value) {
    std::vector<Tested> result;
    result.push_back({std::move(at), value});
    return result;
  };
  if (const auto* client = std::get_if<ClientIn>(&condition.kind)) return split(std::move(state), client->set);
  if (const auto* list = std::get_if<ListHolds>(&condition.kind))
    return ask(list->list, std::move(state), depth, list->explains);
  if (const auto* evaluable = std::get_if<Evaluable>(&condition.kind)) {
    return test_cells(*evaluable, condition.span, std::move(state));
  }
  Value value = Value::Unknown;
  if (const auto* name = std::get_if<ClientName>(&condition.kind)) {
    value = name_value(name->names, name->verified);
  } else if (const auto* has = std::get_if<ClientHasName>(&condition.kind)) {
    consulted_ |= kNameDimension;
    value = transaction_->client_name && (!has->verified || transaction_->name_verified) ? Value::Yes : Value::No;
  } else if (const auto* helo = std::get_if<HeloName>(&condition.kind)) {
    consulted_ |= kHeloDimension;
    value = from(helo->names.match(transaction_->helo));
  } else if (const auto* sender = std::get_if<Sender>(&condition.kind)) {
    consulted_ |= kSenderDimension;
    value = from(sender->patterns.match(part_of(transaction_->mail_from, sender->part)));
  } else if (const auto* recipient = std::get_if<Recipient>(&condition.kind)) {
    consulted_ |= kRecipientDimension;
    value = from(recipient->patterns.match(part_of(state.recipient, recipient->part)));
  } else if (const auto* auth = std::get_if<Authenticated>(&condition.kind)) {
    value = authenticated_value(*auth, condition.span, state);
  } else if (const auto* tls = std::get_if<Tls>(&condition.kind)) {
    consulted_ |= kTlsDimension;
    value = transaction_->tls && !tls->client_certificate ? Value::Yes : Value::No;
  } else if (std::holds_alternative<MxIsHere>(condition.kind)) {
    consulted_ |= kMxDimension;
    value = transaction_->mx_is_here ? Value::Yes : Value::No;
  } else if (const auto* bound = std::get_if<Bound>(&condition.kind)) {
    FactsView facts(*this, state, representative(state.clients));
    bool unknown = false;
    const bool there = facts.binding(bound->name, unknown).has_value();
    value = unknown ? Value::Unknown : there ? Value::Yes : Value::No;
    if (unknown) state.reasons.push_back({condition.span, "whether " + bound->name + " is set is not known"});
  } else if (const auto* blind = std::get_if<Opaque>(&condition.kind)) {
    value = opaque_value(*blind, condition.span, state);
  } else if (const auto* constant = std::get_if<Constant>(&condition.kind)) {
    value = constant->value;
    if (value == Value::Unknown) state.reasons.push_back({condition.span, "not understood"});
  }
  return one(std::move(state), value);
}

}  // namespace relaylint
