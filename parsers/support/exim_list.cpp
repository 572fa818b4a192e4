#include "parsers/support/exim_list.hpp"

#include <algorithm>
#include <utility>

#include "parsers/support/exim_items.hpp"

namespace relaylint {

namespace {

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

/// The item in [start, end) of the list's text, with its `!` and its doubled separators.
EximItem item_of(const EximText& value, TextRange range, char separator) {
  EximItem item;
  range = value.trimmed_range(range);
  item.range = range;
  item.span = value.place(range);
  auto rest = range;
  if (!rest.empty() && value.view(rest).front() == '!') {
    item.negated = true;
    ++rest.start;
    rest = value.trimmed_range(rest);
  }
  const auto text = value.view(rest);
  std::uint32_t kept = 0;
  for (std::uint32_t at = 0; at + 1 < text.size(); ++at) {
    if (text[at] != separator || text[at + 1] != separator) continue;
    item.text.append(value.slice({rest.start + kept, rest.start + at + 1}));
    kept = at + 2;
    ++at;
  }
  item.text.append(value.slice({rest.start + kept, rest.end}));
  return item;
}

/// Offset of the separator that ends the item which starts at `start`; the text's size where none does.
std::size_t end_of_item(std::string_view text, std::size_t start, char separator) {
  for (auto at = start; at < text.size(); ++at) {
    if (text[at] != separator) continue;
    if (at + 1 < text.size() && text[at + 1] == separator) {
      ++at;
      continue;
    }
    return at;
  }
  return text.size();
}

/// The patterns of a step that is about a part of an address, where another list may take them over: none negated.
const PatternSet* plain_patterns(const EximStep& step) {
  const PatternSet* set = nullptr;
  if (const auto* recipient = std::get_if<Recipient>(&step.condition.kind)) set = &recipient->patterns;
  if (const auto* sender = std::get_if<Sender>(&step.condition.kind)) set = &sender->patterns;
  if (set == nullptr || step.condition.negated || set->at_end()) return nullptr;
  const auto& patterns = set->patterns();
  const bool negated = std::any_of(patterns.begin(), patterns.end(), [](const Pattern& p) { return p.negated; });
  return negated ? nullptr : set;
}

const ClientIn* plain_clients(const EximStep& step) {
  return step.condition.negated ? nullptr : std::get_if<ClientIn>(&step.condition.kind);
}

Condition with_patterns(EximSubject subject, PatternSet set, Span span) {
  switch (subject) {
    case EximSubject::RecipientDomain:
      return {Recipient{std::move(set), AddressPart::Domain}, span};
    case EximSubject::Recipient:
      return {Recipient{std::move(set), AddressPart::Address}, span};
    case EximSubject::RecipientLocalPart:
      return {Recipient{std::move(set), AddressPart::LocalPart}, span};
    case EximSubject::SenderDomain:
      return {Sender{std::move(set), AddressPart::Domain}, span};
    default:
      return {Sender{std::move(set), AddressPart::Address}, span};
  }
}

/// Runs of steps that answer alike, so that a long list is not a long chain of clauses. The steps of a run are all
/// about client addresses, all about patterns, or one.
struct Run {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::vector<Run> runs_of(const std::vector<EximStep>& steps, bool ends_negated) {
  const auto kind = [&](const EximStep& step) { return plain_clients(step) ? 1 : plain_patterns(step) ? 2 : 0; };
  std::vector<Run> runs;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool alone = kind(steps[i]) == 0 || (ends_negated && i + 1 == steps.size());
    const bool joins = !runs.empty() && !alone && steps[runs.back().last].yes == steps[i].yes &&
                       kind(steps[runs.back().last]) == kind(steps[i]);
    if (joins) {
      runs.back().last = i;
    } else {
      runs.push_back({i, i});
    }
  }
  return runs;
}

class Lowering {
 public:
  Lowering(const EximText& value, EximSubject subject, const EximListContext& context)
      : value_(value), subject_(subject), context_(context) {}

  EximLoweredList run() {
    auto split = split_exim_list(value_);
    EximItemReader reader(subject_, context_, result_.broken);
    for (const auto& item : split.items) {
      if (!reader.finished()) reader.add(item);
    }
    result_.items = std::move(split.items);
    auto steps = std::move(reader.steps());
    result_.ends_negated = !reader.finished() && !steps.empty() && !steps.back().yes;
    steps.erase(std::remove_if(steps.begin(), steps.end(), [](const EximStep& step) { return step.empty; }),
                steps.end());
    collect_named(steps);
    result_.condition = condition_of(std::move(steps));
    return std::move(result_);
  }

 private:
  void collect_named(const std::vector<EximStep>& steps) {
    if (list_kind_of(subject_) != EximListKind::Domain) return;
    for (const auto& step : steps) {
      const auto* set = step.yes ? plain_patterns(step) : nullptr;
      if (set == nullptr) continue;
      result_.named_patterns.insert(result_.named_patterns.end(), set->patterns().begin(), set->patterns().end());
    }
  }

  Condition condition_of(std::vector<EximStep> steps) {
    const auto all = [&](const auto& is) { return std::all_of(steps.begin(), steps.end(), is); };
    const bool clients = subject_ == EximSubject::Client;
    if (clients && !result_.ends_negated && all([](const EximStep& step) { return plain_clients(step) != nullptr; })) {
      return {clients_of(steps), value_.place()};
    }
    if (!clients && all([](const EximStep& step) { return plain_patterns(step) != nullptr; })) {
      return with_patterns(subject_, patterns_of(steps, true), value_.place());
    }
    return decisions_of(std::move(steps));
  }

  [[nodiscard]] PatternSet patterns_of(const std::vector<EximStep>& steps, bool with_sense) const {
    PatternSet set;
    for (const auto& step : steps) {
      for (auto pattern : plain_patterns(step)->patterns()) {
        pattern.negated = with_sense && !step.yes;
        set.add(std::move(pattern));
      }
    }
    set.set_at_end(with_sense && result_.ends_negated);
    return set;
  }

  // First match decides. Items of one sense that follow each other are united in one go.
  static ClientIn clients_of(const std::vector<EximStep>& steps) {
    ClientIn result;
    AddressSet decided;
    for (std::size_t i = 0; i < steps.size();) {
      const bool yes = steps[i].yes;
      std::vector<AddressSet> sets;
      for (; i < steps.size() && steps[i].yes == yes; ++i) {
        const auto* clients = plain_clients(steps[i]);
        sets.push_back(clients->set);
        for (auto item : clients->items) {
          item.negated = item.negated || !yes;
          result.items.push_back(std::move(item));
        }
      }
      const auto all = AddressSet::union_of(std::move(sets));
      if (yes) result.set = result.set.unite(all.subtract(decided));
      decided = decided.unite(all);
    }
    return result;
  }

  [[nodiscard]] Span span_of(const std::vector<EximStep>& steps, const Run& run) const {
    const auto first = steps[run.first].condition.span;
    const auto last = steps[run.last].condition.span;
    if (first.file != last.file || last.range.end < first.range.start) return first;
    return {first.file, {first.range.start, last.range.end}};
  }

  Condition merged(std::vector<EximStep>& steps, const Run& run, Span span) const {
    if (run.first == run.last) return std::move(steps[run.first].condition);
    const std::vector<EximStep> part(
        std::make_move_iterator(steps.begin() + static_cast<std::ptrdiff_t>(run.first)),
        std::make_move_iterator(steps.begin() + static_cast<std::ptrdiff_t>(run.last) + 1));
    if (subject_ != EximSubject::Client) return with_patterns(subject_, patterns_of(part, false), span);
    ClientIn clients;
    std::vector<AddressSet> sets;
    for (const auto& step : part) {
      const auto* one = plain_clients(step);
      sets.push_back(one->set);
      clients.items.insert(clients.items.end(), one->items.begin(), one->items.end());
    }
    clients.set = AddressSet::union_of(std::move(sets));
    return {std::move(clients), span};
  }

  Condition decisions_of(std::vector<EximStep> steps) {
    DecisionList list;
    list.name = "list";
    for (const auto& run : runs_of(steps, result_.ends_negated)) {
      const bool yes = steps[run.first].yes;
      const auto span = span_of(steps, run);
      std::vector<Condition> when;
      when.push_back(merged(steps, run, span));
      list.clauses.push_back(yes ? accept_when(std::move(when), span) : refuse_when(std::move(when), span));
    }
    list.final = result_.ends_negated ? Action::Accept : Action::Refuse;
    list.final_span = value_.place();
    const auto id = context_.policy->add_list(list.name);
    context_.policy->list(id) = std::move(list);
    return {ListHolds{id}, value_.place()};
  }

  const EximText& value_;
  EximSubject subject_;
  const EximListContext& context_;
  EximLoweredList result_;
};

}  // namespace

EximListKind list_kind_of(EximSubject subject) {
  switch (subject) {
    case EximSubject::Client:
      return EximListKind::Host;
    case EximSubject::RecipientDomain:
    case EximSubject::SenderDomain:
      return EximListKind::Domain;
    case EximSubject::Recipient:
    case EximSubject::Sender:
      return EximListKind::Address;
    case EximSubject::RecipientLocalPart:
      return EximListKind::LocalPart;
  }
  return EximListKind::Domain;
}

EximItems split_exim_list(const EximText& value) {
  EximItems result;
  const auto text = value.view();
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < text.size() && is_exim_blank(text[at]) && text[at] != result.separator) ++at;
  };
  skip_blanks();
  if (at + 1 < text.size() && text[at] == '<' && (is_punctuation(text[at + 1]) || is_control(text[at + 1]))) {
    result.separator = text[at + 1];
    at += 2;
    result.start = static_cast<std::uint32_t>(at);
  }
  for (skip_blanks(); at < text.size(); skip_blanks()) {
    const auto end = end_of_item(text, at, result.separator);
    result.items.push_back(item_of(value, text_range(at, end), result.separator));
    at = end + 1;
  }
  return result;
}

EximLoweredList lower_exim_list(const EximText& value, EximSubject subject, const EximListContext& context) {
  return Lowering(value, subject, context).run();
}

}  // namespace relaylint
