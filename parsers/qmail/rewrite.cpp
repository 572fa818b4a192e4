// From "trust nobody" to bytes: an item of a rule, a line of a control file, a word of a script, a file that is
// missing.

#include <algorithm>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/lowering.hpp"

namespace relaylint::qmail {
namespace {

constexpr const char* kLoopbackRule = "127.:allow,RELAYCLIENT=\"\"";
constexpr const char* kLosers = "hosts on your own networks that no rule names can no longer send to other domains";

bool inside(Span inner, Span outer) {
  return inner.file == outer.file && inner.range.start >= outer.range.start && inner.range.end <= outer.range.end;
}

class Rewriter {
 public:
  explicit Rewriter(const QmailDocument& document) : document_(document) {}

  std::optional<Fix> run(const PolicyChange& change);

 private:
  std::optional<Fix> write_rcpthosts() const;
  void keep_loopback(Fix& fix) const;
  std::optional<Fix> drop_items(const PolicyChange& change) const;
  std::optional<Fix> restrict_rule(const RulesFile& rules, std::span<const Span> places) const;
  std::optional<Fix> drop_lines(std::string_view name, std::span<const Span> places) const;
  std::optional<Fix> drop_variable(Span place) const;
  std::optional<Fix> drop_option(Span place) const;
  std::optional<Fix> drop_arguments(Span place) const;
  std::optional<Fix> remove_line(Span place) const;

  [[nodiscard]] const SourceFile& file(FileId id) const { return document_.sources().file(id); }
  [[nodiscard]] Edit without_line(Span place) const;
  [[nodiscard]] Edit without_word(Span place) const;
  [[nodiscard]] bool is_file(std::string_view name, FileId id) const { return document_.control(name) == id; }

  const QmailDocument& document_;
};

/// The whole line of a place, with its ending.
Edit Rewriter::without_line(Span place) const {
  const std::string_view bytes = file(place.file).bytes();
  const std::size_t newline =
      place.range.start == 0 ? std::string_view::npos : bytes.rfind('\n', place.range.start - 1);
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  const bool has_ending = !place.range.empty() && bytes[place.range.end - 1] == '\n';
  const std::size_t end = bytes.find('\n', has_ending ? place.range.end - 1 : place.range.end);
  const std::size_t stop = end == std::string_view::npos ? bytes.size() : end + 1;
  return {{place.file, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(stop)}}, ""};
}

/// A word of a command line, with the blanks behind it, or before it where it is the last.
Edit Rewriter::without_word(Span place) const {
  const std::string_view bytes = file(place.file).bytes();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  TextRange range = place.range;
  while (range.end < bytes.size() && is_blank(bytes[range.end])) ++range.end;
  if (range.end == place.range.end) {
    while (range.start > 0 && is_blank(bytes[range.start - 1])) --range.start;
  }
  return {{place.file, range}, ""};
}

/// Programs on this machine that speak SMTP need a rule that gives loopback RELAYCLIENT. Where no rules are at hand to
/// hold one, the fix is not safe.
void Rewriter::keep_loopback(Fix& fix) const {
  bool kept = false;
  for (const RulesFile& rules : document_.rules) {
    if (!rules.text || rules.parsed.fatal || rules.compiled) continue;
    kept = true;
    const bool named = std::any_of(rules.parsed.rules.begin(), rules.parsed.rules.end(), [&](const TcpRule& rule) {
      return file(*rules.text).slice(rule.address).starts_with("127.");
    });
    if (!named) fix.edits.push_back({{*rules.text, {}}, std::string(kLoopbackRule) + "\n"});
  }
  if (kept) return;
  fix.applicability = Applicability::Unsafe;
  fix.title += ", nor can this machine itself: no tcp rules are here that would let it";
}

std::optional<Fix> Rewriter::write_rcpthosts() const {
  const std::optional<FileId> id = document_.control("rcpthosts");
  if (!id || file(*id).present()) return std::nullopt;
  const Domains domains = read_domains(document_);
  std::vector<std::string> names;
  const auto add = [&](std::string name) {
    const bool usable =
        !name.empty() && name.find('@') == std::string::npos && name.find_first_of(" \t\r#") == std::string::npos;
    const bool everybodys = name.starts_with('.') && is_public_suffix(std::string_view(name).substr(1));
    if (usable && !everybodys && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  };
  add(domains.me);
  for (const Pattern& pattern : domains.locals.patterns())
    add((pattern.kind == PatternKind::Below ? "." : "") + pattern.text);
  for (const Domains::Virtual& entry : domains.virtuals) {
    if (!entry.prepend.empty()) add(entry.key);
  }
  if (names.empty()) return std::nullopt;
  Fix fix;
  fix.title =
      "write control/rcpthosts from me, locals and virtualdomains: domains you are backup MX for must be added, and "
      "hosts without RELAYCLIENT can no longer send to other domains";
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  fix.edits.push_back({{*id, {}}, std::move(text)});
  keep_loopback(fix);
  return fix;
}

std::optional<Fix> Rewriter::restrict_rule(const RulesFile& rules, std::span<const Span> places) const {
  if (rules.compiled) {
    Fix fix;
    fix.title = "take RELAYCLIENT out of the compiled rules";
    fix.applicability = Applicability::Display;
    fix.steps = {"correct the text of the rules (" + rules.name + ")",
                 "compile it: tcprules " + rules.name + ".cdb " + rules.name + ".tmp < " + rules.name};
    return fix;
  }
  Fix fix;
  fix.title = std::string("take RELAYCLIENT out of this rule: ") + kLosers;
  bool needs_loopback = true;
  std::optional<Span> first;
  for (const TcpRule& rule : rules.parsed.rules) {
    const Span line{*rules.text, rule.text};
    const bool at_fault = std::any_of(places.begin(), places.end(), [&](Span place) { return inside(place, line); });
    const std::string_view address = file(*rules.text).slice(rule.address);
    if (!at_fault) {
      if (address == "127." || address.starts_with("127.0.0.1")) needs_loopback = false;
      continue;
    }
    if (!first) first = line;
    for (const TextRange item : rule.relay_items) fix.edits.push_back({{*rules.text, item}, ""});
  }
  if (!first || fix.edits.empty()) return std::nullopt;
  if (needs_loopback) {
    const std::uint32_t start = first->range.start;
    fix.edits.push_back({{*rules.text, {start, start}}, std::string(kLoopbackRule) + "\n"});
  }
  return fix;
}

std::optional<Fix> Rewriter::drop_lines(std::string_view name, std::span<const Span> places) const {
  Fix fix;
  for (const Span place : places) {
    const Edit edit = without_line(place);
    if (std::find(fix.edits.begin(), fix.edits.end(), edit) == fix.edits.end()) fix.edits.push_back(edit);
  }
  if (fix.edits.empty()) return std::nullopt;
  if (name == "relaymailfrom") {
    fix.title = "delete the senders that may relay: they must authenticate or send from a listed host";
    fix.applicability = Applicability::Unsafe;
  } else if (name == "percenthack") {
    fix.title = "delete this line of percenthack: addresses with a % in their local part are no longer rewritten";
  } else {
    fix.title = "delete this line of " + std::string(name) + ": mail to domains below it is refused";
  }
  return fix;
}

std::optional<Fix> Rewriter::drop_variable(Span place) const {
  for (const Service& service : document_.services) {
    for (const Variable* variable : {&service.before.relayclient, &service.after.relayclient}) {
      if (variable->span != place || !variable->may_be_set() || variable->state == Variable::State::Opaque) continue;
      Fix fix;
      fix.title = std::string("do not set RELAYCLIENT for everybody: ") + kLosers;
      keep_loopback(fix);
      if (base_name(file(place.file).path()) == kRelayClient) {
        fix.edits.push_back({{place.file, {0, static_cast<std::uint32_t>(file(place.file).bytes().size())}}, ""});
      } else if (!variable->whole.range.empty()) {
        fix.edits.push_back(without_line(variable->whole));
      } else {
        fix.edits.push_back(without_word(place));
      }
      return fix;
    }
  }
  return std::nullopt;
}

/// hosts.allow: the option behind the clients.
std::optional<Fix> Rewriter::drop_option(Span place) const {
  for (const Service& service : document_.services) {
    for (const AccessRule& rule : service.access) {
      if (!rule.relayclient || !inside(place, rule.span)) continue;
      const std::string_view bytes = file(rule.span.file).bytes();
      const std::size_t first = bytes.find(':', rule.span.range.start);
      const std::size_t second = first == std::string_view::npos ? first : bytes.find(':', first + 1);
      if (second == std::string_view::npos || second >= rule.span.range.end) return std::nullopt;
      std::uint32_t start = static_cast<std::uint32_t>(second);
      while (start > rule.span.range.start && (bytes[start - 1] == ' ' || bytes[start - 1] == '\t')) --start;
      Fix fix;
      fix.title = std::string("do not set RELAYCLIENT for these clients: ") + kLosers;
      keep_loopback(fix);
      fix.edits.push_back({{rule.span.file, {start, rule.span.range.end}}, ""});
      return fix;
    }
  }
  return std::nullopt;
}

std::optional<Fix> Rewriter::drop_arguments(Span place) const {
  for (const Service& service : document_.services) {
    const bool here = std::any_of(service.arguments.begin(), service.arguments.end(),
                                  [&](const Word& word) { return word.span == place; });
    if (!here || service.arguments_span.range.empty()) continue;
    Fix fix;
    fix.title = "start qmail-smtpd without a password check: nobody can authenticate until a real one is given";
    fix.applicability = Applicability::Unsafe;
    fix.edits.push_back({service.arguments_span, ""});
    return fix;
  }
  return std::nullopt;
}

std::optional<Fix> Rewriter::remove_line(Span place) const {
  Fix fix;
  fix.title = "delete this line: an earlier one for the same address counts";
  fix.edits.push_back(without_line(place));
  return fix;
}

std::optional<Fix> Rewriter::drop_items(const PolicyChange& change) const {
  std::vector<Span> places = change.items;
  if (places.empty()) places.push_back(change.clause_span);
  const FileId id = places.front().file;
  const bool one_file = std::all_of(places.begin(), places.end(), [&](Span place) { return place.file == id; });
  if (!one_file) return std::nullopt;
  for (const RulesFile& rules : document_.rules) {
    if (rules.text != id && rules.compiled != id) continue;
    std::optional<Fix> fix = restrict_rule(rules, places);
    // Hosts that a rule knows by their name are named, even if anybody can take that name.
    if (fix && change.kind == PolicyChange::Kind::GuardGrant)
      fix->applicability = std::max(fix->applicability, Applicability::Unsafe);
    return fix;
  }
  for (const std::string_view name : {"rcpthosts", "percenthack", "relaymailfrom"}) {
    if (is_file(name, id)) return drop_lines(name, places);
  }
  if (is_file("morercpthosts.cdb", id)) {
    Fix fix;
    fix.title = "take the domain out of morercpthosts";
    fix.applicability = Applicability::Display;
    fix.steps = {"delete the domain from control/morercpthosts", "compile it: qmail-newmrh"};
    return fix;
  }
  if (std::optional<Fix> fix = drop_variable(places.front())) return fix;
  return drop_option(places.front());
}

std::optional<Fix> Rewriter::run(const PolicyChange& change) {
  switch (change.kind) {
    case PolicyChange::Kind::ControlRelaying:
      return write_rcpthosts();
    case PolicyChange::Kind::DropItems:
    case PolicyChange::Kind::DropGrant:
    case PolicyChange::Kind::GuardGrant:
      return drop_items(change);
    case PolicyChange::Kind::RequireRealCredentials:
      return drop_arguments(change.clause_span);
    case PolicyChange::Kind::RemoveLine:
      return remove_line(change.clause_span);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy&, const PolicyChange& change) {
  return Rewriter(static_cast<const QmailDocument&>(document)).run(change);
}

}  // namespace relaylint::qmail
