// Lists asked about a subject that is not the client or an envelope address:
// `match_domain{$sender_helo_name}{+local_domains}`.

#include "parsers/exim4/site.hpp"

#include <utility>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "parsers/exim4/expand.hpp"

namespace relaylint::exim4 {
namespace {

/// The facts with the subject in the place of what the lowered list asks about.
class SubjectFacts final : public Facts {
 public:
  SubjectFacts(EximListKind kind, const std::string& subject, const std::shared_ptr<const Site>& site,
               const Frame& frame, Facts& real)
      : site_(site), frame_(frame), real_(real), kind_(kind), subject_(subject) {}

  IpAddress client() override {
    return kind_ == EximListKind::Host ? IpAddress::parse(subject_).value_or(IpAddress{}) : real_.client();
  }
  /// match_ip looks up no names.
  std::optional<std::string> verified_client_name() override {
    return kind_ == EximListKind::Host ? std::nullopt : real_.verified_client_name();
  }
  std::string helo() override { return real_.helo(); }
  std::string sender() override { return real_.sender(); }
  std::string recipient() override {
    if (kind_ == EximListKind::Domain) return "x@" + subject_;
    return kind_ == EximListKind::LocalPart ? subject_ + "@x" : subject_;
  }
  bool tls() override { return real_.tls(); }
  Auth auth() override { return real_.auth(); }
  std::optional<std::uint16_t> port() override { return real_.port(); }
  std::optional<std::string> binding(std::string_view name, bool& unknown) override {
    return real_.binding(name, unknown);
  }
  Value ask(ListId list) override { return real_.ask(list); }
  void assume(Note note) override { real_.assume(std::move(note)); }
  void not_understood(Note note) override { real_.not_understood(std::move(note)); }

  [[nodiscard]] Value named(std::string_view name) const {
    return site_->match_named(kind_, name, subject_, real_, frame_);
  }

 private:
  const std::shared_ptr<const Site>& site_;
  const Frame& frame_;
  Facts& real_;
  EximListKind kind_;
  const std::string& subject_;
};

Value of(MatchResult match) {
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
  if (part == AddressPart::Address) return address;
  const std::size_t at = address.rfind('@');
  if (part == AddressPart::LocalPart) return address.substr(0, at);
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

Value ask_list(const RelayPolicy& policy, ListId id, SubjectFacts& facts);

Value holds(const RelayPolicy& policy, const Condition& condition, SubjectFacts& facts) {
  Value value = Value::Unknown;
  if (const auto* client = std::get_if<ClientIn>(&condition.kind)) {
    value = client->set.contains(facts.client()) ? Value::Yes : Value::No;
  } else if (const auto* recipient = std::get_if<Recipient>(&condition.kind)) {
    value = of(recipient->patterns.match(part_of(facts.recipient(), recipient->part)));
  } else if (const auto* list = std::get_if<ListHolds>(&condition.kind)) {
    value = ask_list(policy, list->list, facts);
  } else if (const auto* evaluable = std::get_if<Evaluable>(&condition.kind)) {
    value = evaluable->test(facts);
  } else if (const auto* constant = std::get_if<Constant>(&condition.kind)) {
    value = constant->value;
  } else if (const auto* opaque = std::get_if<Opaque>(&condition.kind)) {
    const Note note{condition.span, opaque->reason};
    if (opaque->assumable) {
      facts.assume(note);
      value = Value::No;
    } else {
      facts.not_understood(note);
    }
  } else if (std::holds_alternative<MxIsHere>(condition.kind)) {
    facts.assume({condition.span, "no MX record of a stranger's domain points here"});
    value = Value::No;
  } else {
    value = Value::No;  // names of clients
  }
  if (!condition.negated || (value != Value::Yes && value != Value::No)) return value;
  return value == Value::Yes ? Value::No : Value::Yes;
}

Value answer_of(Action action) {
  if (action == Action::Accept) return Value::Yes;
  return action == Action::Defer ? Value::Error : Value::No;
}

Value ask_list(const RelayPolicy& policy, ListId id, SubjectFacts& facts) {
  bool in_doubt = false;
  for (const Clause& clause : policy.list(id).clauses) {
    Value all = Value::Yes;
    for (const Condition& condition : clause.when) {
      const Value value = holds(policy, condition, facts);
      if (value == Value::Yes) continue;
      all = value == Value::Unknown ? Value::Unknown : value;
      if (value != Value::Unknown) break;
    }
    if (all == Value::Error) return in_doubt ? Value::Unknown : Value::Error;
    in_doubt |= all == Value::Unknown;
    if (all == Value::Yes && clause.then != Action::Continue) return in_doubt ? Value::Unknown : answer_of(clause.then);
  }
  return in_doubt ? Value::Unknown : answer_of(policy.list(id).final);
}

EximSubject subject_of(EximListKind kind) {
  switch (kind) {
    case EximListKind::Host:
      return EximSubject::Client;
    case EximListKind::Domain:
      return EximSubject::RecipientDomain;
    case EximListKind::Address:
      return EximSubject::Recipient;
    case EximListKind::LocalPart:
      return EximSubject::RecipientLocalPart;
  }
  return EximSubject::RecipientDomain;
}

}  // namespace

const NamedList* Site::named_list(EximListKind kind, std::string_view name) const {
  const auto& named = lists[static_cast<std::size_t>(kind)];
  const auto found = named.find(name);
  return found == named.end() ? nullptr : &found->second;
}

const Site::Matcher& Site::matcher(EximListKind kind, const EximText& list) const {
  std::unique_ptr<Matcher>& slot = matchers_[{static_cast<int>(kind), list.str()}];
  if (slot) return *slot;
  slot = std::make_unique<Matcher>();
  EximListContext context;
  context.sources = &sources_;
  context.from = main_;
  context.policy = &slot->scratch;
  context.primary_hostname = primary_hostname;
  context.named = [this](EximListKind wanted, std::string_view name, EximSubject) -> std::optional<Condition> {
    if (named_list(wanted, name) == nullptr) return std::nullopt;
    Evaluable ask;
    ask.test = [name = std::string(name)](Facts& facts) { return static_cast<SubjectFacts&>(facts).named(name); };
    return Condition{std::move(ask)};
  };
  slot->condition = lower_exim_list(list, subject_of(kind), context).condition;
  return *slot;
}

Value Site::match(EximListKind kind, const EximText& list, const std::string& subject, Facts& facts,
                  const Frame& frame) const {
  if (kind == EximListKind::Host && subject.empty()) {
    // No host at all: matched by an empty item and by `*` only.
    for (const EximItem& item : split_exim_list(list).items) {
      if (item.text.empty() || item.text.str() == "*") return item.negated ? Value::No : Value::Yes;
    }
    return Value::No;
  }
  const Matcher& asked = matcher(kind, list);
  SubjectFacts about(kind, subject, frame.site, frame, facts);
  return holds(asked.scratch, asked.condition, about);
}

Value Site::match_named(EximListKind kind, std::string_view name, const std::string& subject, Facts& facts,
                        const Frame& frame) const {
  const NamedList* list = named_list(kind, name);
  if (list == nullptr) return Value::Error;
  if (!list->doubt.empty()) {
    facts.not_understood({list->span, list->doubt});
    return Value::Unknown;
  }
  if (nested_ > 20) {
    facts.not_understood({list->span, "named lists refer to each other"});
    return Value::Unknown;
  }
  ++nested_;
  const Expansion text = Expander(frame, facts).expand(*list->value);
  Value value = text.status;
  if (value == Value::Yes) {
    EximText expanded = list->value->source;
    std::string constant;
    if (!is_constant(list->value->parsed.text, constant) || constant != expanded.str()) {
      expanded = {};
      expanded.append_derived(text.text, list->value->source.place());
    }
    value = match(kind, expanded, subject, facts, frame);
  }
  --nested_;
  return value;
}

}  // namespace relaylint::exim4
