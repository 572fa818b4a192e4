#include "parsers/support/exim_items.hpp"

#include <algorithm>
#include <utility>

#include "lint/regex.hpp"

namespace relaylint {

namespace {

Pattern make_pattern(PatternKind kind, std::string_view text, Span span) {
  return {kind, std::string(text), span, false, {}};
}

PatternSet set_of(const std::vector<Pattern>& patterns) {
  PatternSet set;
  for (const auto& pattern : patterns) set.add(pattern);
  return set;
}

}  // namespace

Pattern exim_domain_pattern(std::string_view text, Span span) {
  if (text == "*") return make_pattern(PatternKind::Any, {}, span);
  if (text.starts_with("*.") && text.size() > 2) return make_pattern(PatternKind::Below, text.substr(2), span);
  if (text.starts_with('*')) return make_pattern(PatternKind::Tail, text.substr(1), span);
  if (!text.starts_with('^')) return make_pattern(PatternKind::Exact, text, span);
  auto pattern = make_pattern(PatternKind::Regex, text, span);
  if (auto compiled = Regex::compile(text)) pattern.regex = *compiled;
  return pattern;
}

EximItemReader::EximItemReader(EximSubject subject, const EximListContext& context, std::vector<Note>& broken)
    : subject_(subject), context_(context), broken_(broken) {}

void EximItemReader::add(const EximItem& item) {
  Said said{item.text, item.span, !item.negated, false};
  if (said.text.view().starts_with('/')) return read_file(said);
  one(said);
}

// A line's sense is relative to the item's; the last line's counts at the end of the list.
void EximItemReader::read_file(const Said& said) {
  const auto reference = context_.sources->refer(said.text.view(), context_.from);
  if (reference.status != ReferenceStatus::Found) {
    push(Opaque{"the list file " + said.text.str() + " " + reference.reason, false}, said);
    return;
  }
  const bool addresses = list_kind_of(subject_) == EximListKind::Address;
  const auto bytes = context_.sources->file(reference.file).bytes();
  for (std::size_t start = 0; start < bytes.size() && !finished_;) {
    const auto newline = std::min(bytes.find('\n', start), bytes.size());
    auto end = std::min(bytes.find('#', start), newline);
    // In an address list a local part may hold the mark.
    while (addresses && end < newline && end + 1 < newline && !is_exim_blank(bytes[end + 1])) {
      end = std::min(bytes.find('#', end + 1), newline);
    }
    EximText line(bytes.substr(start, end - start), {reference.file, text_range(start, end)});
    line = line.trimmed();
    start = newline + 1;
    if (line.empty()) continue;
    Said inner{line, line.place(), said.yes, true};
    if (line.view().front() == '!') {
      inner.yes = !said.yes;
      inner.text = line.slice(text_range(1, line.size())).trimmed();
    }
    one(inner);
  }
}

void EximItemReader::one(const Said& said) {
  switch (list_kind_of(subject_)) {
    case EximListKind::Host:
      return host(said);
    case EximListKind::Domain:
      return domain(said);
    case EximListKind::Address:
      return address(said);
    case EximListKind::LocalPart:
      return local_part(said);
  }
}

// --- what all kinds share ---

void EximItemReader::push(ConditionKind kind, const Said& said) {
  steps_.push_back({Condition{std::move(kind), said.place}, said.yes, false});
}

void EximItemReader::push_empty(const Said& said) {
  steps_.push_back({Condition{Constant{Value::No}, said.place}, said.yes, true});
}

ConditionKind EximItemReader::subject_in(PatternSet patterns) const {
  switch (subject_) {
    case EximSubject::RecipientDomain:
      return Recipient{std::move(patterns), AddressPart::Domain};
    case EximSubject::Recipient:
      return Recipient{std::move(patterns), AddressPart::Address};
    case EximSubject::RecipientLocalPart:
      return Recipient{std::move(patterns), AddressPart::LocalPart};
    case EximSubject::SenderDomain:
      return Sender{std::move(patterns), AddressPart::Domain};
    default:
      return Sender{std::move(patterns), AddressPart::Address};
  }
}

void EximItemReader::push_patterns(const std::vector<Pattern>& patterns, const Said& said) {
  if (patterns.empty()) return push_empty(said);
  push(subject_in(set_of(patterns)), said);
}

EximKeys EximItemReader::keys_of(const Said& said, const EximLookup& lookup) const {
  auto keys = read_exim_keys(lookup, said.text.view(lookup.argument), *context_.sources, context_.from);
  if (lookup.type == "dsearch") {
    for (auto& key : keys.keys) key.span = said.place;
  }
  return keys;
}

void EximItemReader::push_failure(const Said& said, const EximKeys& keys) {
  push(Opaque{"`" + said.text.str() + "` " + keys.failure, keys.assumable}, said);
}

void EximItemReader::broken(const Said& said, std::string why) {
  broken_.push_back({said.place, "`" + said.text.str() + "` " + std::move(why)});
}

void EximItemReader::named(const Said& said, std::string_view name) {
  auto condition = context_.named ? context_.named(list_kind_of(subject_), name, subject_) : std::optional<Condition>();
  if (!condition) {
    broken(said, "names a list that is not defined: the test fails with a temporary error");
    push(Constant{Value::Error}, said);
    return;
  }
  if (condition->span.range.empty()) condition->span = said.place;
  steps_.push_back({std::move(*condition), said.yes, false});
}

// --- domains ---

void EximItemReader::domain(const Said& said) {
  const auto text = said.text.view();
  const bool exim4 = context_.dialect == EximDialect::Exim4;
  if (text.empty()) return push_empty(said);
  if (exim4 && text.front() == '+' && !said.in_file) return named(said, text.substr(1));
  if (text == "@") {
    if (context_.primary_hostname.empty()) return push_empty(said);
    return push_patterns({make_pattern(PatternKind::Exact, context_.primary_hostname, said.place)}, said);
  }
  if (exim4 && text.starts_with("@mx_")) return push(MxIsHere{}, said);
  if (exim4 && text == "@[]") return push_empty(said);  // our own addresses in brackets: no stranger's domain
  if (const auto lookup = parse_exim_lookup(text); lookup && text.front() != '^') {
    const auto keys = keys_of(said, *lookup);
    if (!keys.failure.empty()) return push_failure(said, keys);
    std::vector<Pattern> patterns;
    for (const auto& key : keys.keys) {
      for (auto& pattern : patterns_of_exim_key(*lookup, key)) patterns.push_back(std::move(pattern));
    }
    return push_patterns(patterns, said);
  }
  if (text.find_first_of(", \t;") != std::string_view::npos && text.front() != '^') {
    broken(said, "is one item, and no domain: items are separated by the list's separator only");
  } else if (!exim4 && (text.front() == '+' || text.starts_with("@mx_") || text == "@[]")) {
    broken(said, "means nothing to Exim 3, which takes it for a domain name");
  }
  push_patterns({exim_domain_pattern(text, said.place)}, said);
}

void EximItemReader::local_part(const Said& said) {
  const auto text = said.text.view();
  if (context_.dialect == EximDialect::Exim4 && text.starts_with('+') && !said.in_file) {
    if (text == "+caseful") return push_empty(said);
    return named(said, text.substr(1));
  }
  const auto lookup = parse_exim_lookup(text);
  if (!lookup || text.starts_with('^')) {
    auto pattern = exim_domain_pattern(text, said.place);
    // A dot means nothing in a local part.
    if (pattern.kind == PatternKind::Below) pattern = make_pattern(PatternKind::Tail, text.substr(1), said.place);
    return push_patterns({std::move(pattern)}, said);
  }
  const auto keys = keys_of(said, *lookup);
  if (!keys.failure.empty()) return push_failure(said, keys);
  std::vector<Pattern> patterns;
  for (const auto& key : keys.keys) {
    for (auto& pattern : patterns_of_exim_key(*lookup, key)) patterns.push_back(std::move(pattern));
  }
  push_patterns(patterns, said);
}

}  // namespace relaylint
