#include "lint/candidates.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "lint/regex.hpp"

namespace relaylint {
namespace {

/// No more literals than these are tried in one dimension.
constexpr std::size_t kMaxLiterals = 192;
/// Literals of functions multiply: they are tried in every dimension.
constexpr std::size_t kMaxConstants = 8;
constexpr std::size_t kMaxComparisons = 20'000'000;

/// Every pattern set and constant of a policy, by what it is matched against.
struct Mentions {
  std::vector<std::pair<const PatternSet*, AddressPart>> senders;
  std::vector<std::pair<const PatternSet*, AddressPart>> recipients;
  std::vector<const PatternSet*> helos;
  std::vector<const PatternSet*> verified_names;
  std::vector<const PatternSet*> unverified_names;
  std::vector<std::string> constants;
  bool remembers = false;  // a clause of a per-recipient stage binds something
};

Mentions mentions_of(const RelayPolicy& policy) {
  Mentions all;
  for (const DecisionList& list : policy.lists) {
    for (const Clause& clause : list.clauses) {
      for (const Effect& effect : clause.effects) all.remembers |= std::holds_alternative<Let>(effect.what);
      for (const Condition& condition : clause.when) {
        if (const auto* sender = std::get_if<Sender>(&condition.kind)) {
          all.senders.push_back({&sender->patterns, sender->part});
        } else if (const auto* recipient = std::get_if<Recipient>(&condition.kind)) {
          all.recipients.push_back({&recipient->patterns, recipient->part});
        } else if (const auto* helo = std::get_if<HeloName>(&condition.kind)) {
          all.helos.push_back(&helo->names);
        } else if (const auto* name = std::get_if<ClientName>(&condition.kind)) {
          (name->verified ? all.verified_names : all.unverified_names).push_back(&name->names);
        } else if (const auto* evaluable = std::get_if<Evaluable>(&condition.kind)) {
          all.constants.insert(all.constants.end(), evaluable->constants.begin(), evaluable->constants.end());
        }
      }
    }
  }
  return all;
}

/// A string that the pattern matches, if one is easily made: the wildcard parts become `fill`.
std::vector<std::string> examples_of(const Pattern& pattern, std::string_view fill) {
  switch (pattern.kind) {
    case PatternKind::Any:
      return {};
    case PatternKind::Exact:
      return {pattern.text};
    case PatternKind::Below:
      return {std::string(fill) + "." + pattern.text};
    case PatternKind::Tail:
      return {pattern.text.starts_with('.') || pattern.text.starts_with('@') ? std::string(fill) + pattern.text
                                                                             : pattern.text};
    case PatternKind::Glob: {
      std::string text;
      for (const char c : pattern.text) {
        if (c == '*') {
          text += fill;
        } else {
          text += c;
        }
      }
      return {text};
    }
    case PatternKind::Regex:
      return pattern.regex ? pattern.regex->literals() : std::vector<std::string>{};
  }
  return {};
}

bool looks_like_domain(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
             std::string_view::npos &&
         text.front() != '.' && text.back() != '.';
}

/// Keeps of `values` the first of each cell that the sets cut: two values that every set answers alike, with the same
/// deciding pattern kind of answer, need not both be tried.
template <typename Answer>
void add_one_of_each_cell(std::vector<std::string>& values, const std::vector<std::string>& more, std::size_t sets,
                          const Answer& answer, std::optional<Note>& cut_short) {
  std::set<std::string> cells;
  std::size_t added = 0;
  std::size_t compared = 0;
  for (const std::string& value : values) {
    std::string cell;
    for (std::size_t i = 0; i < sets; ++i) cell += answer(i, value);
    cells.insert(cell);
  }
  for (const std::string& value : more) {
    compared += sets;
    if (added >= kMaxLiterals || compared > kMaxComparisons) {
      cut_short = Note{{}, "more names are mentioned than the search tries"};
      return;
    }
    std::string cell;
    for (std::size_t i = 0; i < sets; ++i) cell += answer(i, value);
    if (!cells.insert(cell).second) continue;
    values.push_back(value);
    ++added;
  }
}

char answer_of(const PatternSet& set, std::string_view subject) {
  return static_cast<char>('0' + static_cast<int>(set.match(subject)));
}

std::string_view part_of(std::string_view address, AddressPart part) {
  if (part == AddressPart::Domain)
    return address.find('@') == std::string_view::npos ? std::string_view{} : domain_of(address);
  return part == AddressPart::LocalPart ? local_part_of(address) : address;
}

/// A name that the configuration does not mention: `label`.example, or with a number behind the label.
std::string fresh_domain(std::string_view label, const Mentions& mentions) {
  for (int number = 0;; ++number) {
    std::string name = std::string(label) + (number == 0 ? "" : std::to_string(number)) + ".example";
    const auto names_it = [&](const std::pair<const PatternSet*, AddressPart>& entry) {
      return std::any_of(entry.first->patterns().begin(), entry.first->patterns().end(), [&](const Pattern& pattern) {
        return pattern.kind == PatternKind::Exact && equals_ignoring_case(pattern.text, name);
      });
    };
    const bool mentioned = std::any_of(mentions.recipients.begin(), mentions.recipients.end(), names_it);
    if (!mentioned || number == 9) return name;
  }
}

/// Suffixes that patterns or constants name and below which anybody can have a domain.
std::vector<std::string> public_suffixes(const Mentions& mentions) {
  std::vector<std::string> suffixes;
  const auto add = [&](std::string_view text) {
    while (text.starts_with('.')) text.remove_prefix(1);
    if (text.starts_with("*.")) text.remove_prefix(2);
    std::string suffix = to_lower(text);
    if (looks_like_domain(suffix) && is_public_suffix(suffix) &&
        std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end() && suffixes.size() < kMaxLiterals) {
      suffixes.push_back(std::move(suffix));
    }
  };
  for (const auto& [set, part] : mentions.recipients) {
    for (const Pattern& pattern : set->patterns()) {
      if (pattern.kind == PatternKind::Exact || part == AddressPart::LocalPart) continue;
      if (pattern.regex) {
        for (const std::string& text : pattern.regex->literals()) add(text);
      } else {
        const std::size_t at = pattern.text.rfind('@');
        add(at == std::string::npos ? std::string_view(pattern.text) : std::string_view(pattern.text).substr(at + 1));
      }
    }
  }
  for (const std::string& text : mentions.constants) add(text);
  return suffixes;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

void add_recipients(Candidates& out, const RelayPolicy& policy, const Mentions& mentions) {
  const std::string far = fresh_domain("elsewhere", mentions);
  const std::string label = far.substr(0, far.find('.'));
  const std::string& local = policy.local_name;
  const auto add = [&](std::string address, const std::string& domain) {
    out.recipients.push_back({std::move(address), domain});
  };

  add("victim@" + far, far);
  for (const std::string& suffix : public_suffixes(mentions)) {
    std::string domain = label + "." + suffix;
    add("victim@" + domain, domain);
  }
  add("postmaster@" + far, far);
  add("victim@" + far + ".", far);
  add("victim%" + far + "@" + local, far);
  add("victim%" + far, far);
  add("@" + local + ":victim@" + far, far);
  add("\"victim@" + far + "\"@" + local, far);
  add("victim@" + far + "@" + local, far);
  add(far + "!victim@" + local, far);
  for (const std::string& pattern : policy.further_recipients) {
    add(replaced(replaced(pattern, "{target}", "victim@" + far), "{domain}", far), far);
  }
  // Local parts that a grant names at any domain (`local_parts = abuse`).
  for (const auto& [set, part] : mentions.recipients) {
    if (part == AddressPart::Domain || set->patterns().size() > kMaxLiterals) continue;
    for (const Pattern& pattern : set->patterns()) {
      for (const std::string& text : examples_of(pattern, "victim")) {
        if (part == AddressPart::LocalPart && text.find('@') == std::string::npos) add(text + "@" + far, far);
        if (part == AddressPart::Address && text.ends_with('@')) add(text + far, far);
      }
    }
  }
}

/// Literals of pure functions: which of them belong to which dimension is not known, so the first few are tried in
/// each.
void add_constants(std::vector<std::string>& values, const std::vector<std::string>& more,
                   std::optional<Note>& cut_short) {
  std::size_t added = 0;
  for (const std::string& value : more) {
    if (std::find(values.begin(), values.end(), value) != values.end()) continue;
    if (added++ >= kMaxConstants) {
      cut_short = Note{{}, "more names are mentioned in expressions than the search tries"};
      return;
    }
    values.push_back(value);
  }
}

void add_senders(Candidates& out, const RelayPolicy& policy, const Mentions& mentions) {
  out.senders = {"spammer@evil.example", "", "alice@" + policy.local_name};
  std::vector<std::string> named;
  for (const auto& [set, part] : mentions.senders) {
    for (const Pattern& pattern : set->patterns()) {
      for (const std::string& text : examples_of(pattern, part == AddressPart::Domain ? "mail" : "alice")) {
        if (text.empty()) continue;
        if (part == AddressPart::Domain) {
          named.push_back("alice@" + text);
        } else if (part == AddressPart::LocalPart) {
          named.push_back(text + "@evil.example");
        } else {
          named.push_back(text.find('@') == std::string::npos ? "alice@" + text : text);
        }
      }
    }
  }
  add_one_of_each_cell(
      out.senders, named, mentions.senders.size(),
      [&](std::size_t i, const std::string& value) {
        return answer_of(*mentions.senders[i].first, part_of(value, mentions.senders[i].second));
      },
      out.cut_short);
  std::vector<std::string> of_functions;
  for (const std::string& text : mentions.constants) {
    const std::string_view domain = text.starts_with('@') ? std::string_view(text).substr(1) : std::string_view(text);
    if (looks_like_domain(domain)) {
      of_functions.push_back("alice@" + std::string(domain));
    } else if (text.find('@') != std::string::npos && looks_like_domain(domain_of(text))) {
      of_functions.push_back(text);
    }
  }
  add_constants(out.senders, of_functions, out.cut_short);
}

void add_helos(Candidates& out, const RelayPolicy& policy, const Mentions& mentions) {
  out.helos = {"client.evil.example", policy.local_name};
  std::vector<std::string> named;
  for (const PatternSet* set : mentions.helos) {
    for (const Pattern& pattern : set->patterns()) {
      for (std::string& text : examples_of(pattern, "mail")) named.push_back(std::move(text));
    }
  }
  add_one_of_each_cell(
      out.helos, named, mentions.helos.size(),
      [&](std::size_t i, const std::string& value) { return answer_of(*mentions.helos[i], value); }, out.cut_short);
  std::vector<std::string> of_functions;
  for (const std::string& text : mentions.constants) {
    const std::string name = text.starts_with('.') ? "mail" + text : text;
    if (looks_like_domain(name)) of_functions.push_back(name);
  }
  add_constants(out.helos, of_functions, out.cut_short);
}

void add_names(Candidates& out, const Mentions& mentions) {
  out.names = {{std::nullopt, true}, {"client.evil.example", true}};
  for (const PatternSet* set : mentions.verified_names) {
    for (const Pattern& pattern : set->patterns()) {
      if (pattern.kind == PatternKind::Exact || pattern.negated) continue;
      if (matches_everybodys_domain(pattern)) {
        for (const std::string& text : examples_of(pattern, "client.evil")) out.names.push_back({text, true});
      }
    }
    for (const Pattern& pattern : set->patterns()) {
      if (pattern.negated || matches_everybodys_domain(pattern) || out.named_clients.size() >= kMaxLiterals) continue;
      for (std::string& text : examples_of(pattern, "client")) out.named_clients.push_back(std::move(text));
    }
  }
  for (const PatternSet* set : mentions.unverified_names) {
    for (const Pattern& pattern : set->patterns()) {
      if (out.names.size() >= kMaxLiterals) return;
      for (const std::string& text : examples_of(pattern, "client")) out.names.push_back({text, false});
    }
  }
}

}  // namespace

Candidates candidates_for(const RelayPolicy& policy) {
  const Mentions mentions = mentions_of(policy);
  Candidates out;
  add_recipients(out, policy, mentions);
  out.auths = {Auth::None, Auth::Junk};
  add_senders(out, policy, mentions);
  add_helos(out, policy, mentions);
  add_names(out, mentions);
  out.tls = {false, true};
  out.preceding = {{}};
  if (mentions.remembers) out.preceding.push_back({"postmaster@" + policy.local_name});
  return out;
}

}  // namespace relaylint
