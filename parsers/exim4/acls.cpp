// ACLs as decision lists (Exim specification, chapter "Access control lists"; how ACLs are found and what failing
// expansions come to was observed with Exim 4.96).

#include <algorithm>
#include <utility>

#include "parsers/exim4/acl_line.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

constexpr int kMaxAclDepth = 20;
constexpr std::size_t kMaxLists = 20'000;

/// Strings that a value can come to, where it is a choice of constants: `${if …{a}{b}}`.
void leaves_of(const Text& text, std::vector<const Text*>& leaves) {
  if (text.pieces.size() != 1 || text.pieces[0].kind != PieceKind::Item) {
    leaves.push_back(&text);
    return;
  }
  const Piece& piece = text.pieces[0];
  if (piece.has_yes) leaves_of(piece.yes, leaves);
  if (piece.otherwise == Otherwise::Text) leaves_of(piece.no, leaves);
}

std::vector<EximLine> lines_of(const EximText& text) {
  std::vector<EximLine> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.view().find('\n', start), text.size());
    const TextRange range = text.trimmed_range(text_range(start, end));
    start = end + 1;
    if (range.empty() || text.view(range).starts_with('#')) continue;
    EximLine line;
    line.text = text.slice(range);
    line.span = text.use_place(range);
    lines.push_back(std::move(line));
  }
  return lines;
}

/// The part as it reads, for the text of a clause.
std::string reads(const AclPart& part) {
  return std::string(part.negated ? "!" : "") + part.name + (part.name == "endpass" ? "" : " = " + part.value.str());
}

bool shows(const AclPart& part) {
  static constexpr std::string_view kSilent[] = {
      "message", "log_message",   "logwrite", "delay",   "log_reject_target", "add_header",
      "control", "remove_header", "queue",    "udpsend", "continue",          "endpass"};
  return std::find(std::begin(kSilent), std::end(kSilent), part.name) == std::end(kSilent) && part.problem.empty();
}

std::string text_of(const AclStatement& statement) {
  constexpr std::size_t kLongest = 160;
  std::string text(name_of(statement.verb));
  for (const AclPart& part : statement.parts) {
    if (shows(part)) text += " " + reads(part);
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

void set_verb(Clause& clause, Verb verb, std::size_t first) {
  switch (verb) {
    case Verb::Accept:
      clause.then = Action::Accept;
      break;
    case Verb::Deny:
      clause.then = Action::Refuse;
      break;
    case Verb::Drop:
      clause.then = Action::Drop;
      break;
    case Verb::Defer:
      clause.then = Action::Defer;
      break;
    case Verb::Discard:
      clause.then = Action::Accept;
      clause.disposition = Disposition::Discard;
      break;
    case Verb::Require:
      clause.otherwise = Action::Refuse;
      clause.otherwise_from = first;
      break;
    case Verb::Warn:
      clause.on_error = Action::Continue;
      break;
  }
}

}  // namespace

Clause Lowering::clause_of(const AclStatement& statement, const Frame& frame) {
  Clause clause;
  clause.span = statement.span;
  clause.text = text_of(statement);
  if (statement.doubt >= 0) {
    clause.when.push_back(opaque(document.doubt_reason(statement.doubt), statement.verb_span, false));
  }
  set_verb(clause, statement.verb, clause.when.size());
  for (const AclPart& part : statement.parts) {
    if (part.name == "endpass") {
      clause.otherwise = Action::Refuse;
      clause.otherwise_from = clause.when.size();
    } else if (part.name == "set") {
      const std::optional<AclSet> set = parse_acl_set(part.value.view());
      const ExpressionPtr value = expression(part.value.slice(set->value));
      const Frame here = frame;
      register_acl_calls(value, here);
      Evaluable cut;
      gather(value->parsed.text, cut);
      const bool in_doubt = part.doubt >= 0;
      Let let{set->variable,
              [value, here, in_doubt](Facts& facts) {
                return in_doubt ? Expansion{Value::Unknown, {}} : Expander(here, facts).expand(*value);
              },
              part.value.str(), std::move(cut.cuts)};
      clause.effects.push_back({clause.when.size(), std::move(let)});
      if (!value->parsed.error.empty()) clause.when.push_back({Constant{Value::Error}, part.span});
      const bool early = frame.where == Where::Connect || frame.where == Where::Helo;
      if (early && set->variable.starts_with("acl_m")) early_variables_.insert(set->variable);
    } else if (!part.problem.empty()) {
      clause.when.push_back(opaque(part.problem, part.span, false));
    } else if (shows(part)) {
      Condition condition = condition_of(part, statement.verb, frame);
      if (part.doubt >= 0) {  // where the line is not there, there is no condition
        const ListId either = policy.add_list("condition in doubt", Action::Refuse);
        const std::string reason = document.doubt_reason(part.doubt);
        policy.list(either).clauses.push_back(accept_when({std::move(condition)}, part.span));
        policy.list(either).clauses.push_back(accept_when({opaque(reason, part.span, false)}, part.span));
        condition = {ListHolds{either}, part.span};
      }
      clause.when.push_back(std::move(condition));
    }
  }
  return clause;
}

ListId Lowering::acl_list(const std::string& name, const std::vector<AclStatement>& statements, const Frame& frame) {
  const ListId id = policy.add_list(name, Action::Refuse);
  if (frame.arguments == nullptr) acl_lists_[{name, static_cast<int>(frame.where)}] = id;
  const Acl* acl = document.acl(name);
  policy.list(id).final_text = "end of " + name;
  if (acl != nullptr) policy.list(id).final_span = acl->name_span;
  if (acl_depth_ >= kMaxAclDepth || policy.lists.size() > kMaxLists) {
    policy.list(id).clauses.push_back(
        accept_when({opaque("ACLs call each other too deeply to be followed", {}, false)}, {}));
    return id;
  }
  ++acl_depth_;
  std::vector<Clause> clauses;
  for (const AclStatement& statement : statements) {
    if (statement.problem.empty()) {
      clauses.push_back(clause_of(statement, frame));
      continue;
    }
    clauses.push_back(accept_when({opaque(statement.problem, statement.span, false)}, statement.span));
    clauses.push_back(refuse_when({opaque(statement.problem, statement.span, false)}, statement.span));
  }
  --acl_depth_;
  policy.list(id).clauses = std::move(clauses);
  return id;
}

/// The ACL that a fully expanded text names, holds a file of, or is.
ListId Lowering::acl_by_text(const EximText& given, const Frame& frame) {
  const EximText text = given.trimmed();
  const bool one_word = text.view().find(' ') == std::string_view::npos;
  if (const Acl* acl = one_word ? document.acl(text.view()) : nullptr) {
    const auto known = acl_lists_.find({acl->name, static_cast<int>(frame.where)});
    if (frame.arguments == nullptr && known != acl_lists_.end()) return known->second;
    return acl_list(acl->name, acl->statements, frame);
  }
  std::vector<Problem> problems;
  std::vector<AclStatement> statements;
  std::string blind;
  if (text.view().starts_with('/')) {
    const Reference file = document.sources().refer(text.view(), document.main());
    if (file.status == ReferenceStatus::Found) {
      const FileId files[] = {file.file};
      statements = parse_acl_statements(read_exim_lines(document.sources(), files, EximDialect::Exim3).lines, problems);
    } else {
      blind = "the ACL in " + text.str() + " is not known: the file " + file.reason;
    }
  } else if (const EximLine* unread = document.unread(); one_word && unread != nullptr) {
    blind = "the ACL " + text.str() + " may stand in a file that was not read: " + unread->problem;
  } else {
    statements = parse_acl_statements(lines_of(text), problems);
  }
  if (blind.empty() && problems.empty()) return acl_list("inline ACL", statements, frame);
  const ListId id = policy.add_list(text.str());
  DecisionList& list = policy.list(id);
  list.final_span = given.place();
  if (!blind.empty()) {
    list.clauses.push_back(accept_when({opaque(blind, given.place(), false)}, given.place()));
    list.final = Action::Refuse;
  } else {
    observe(ObservationKind::IneffectiveProtection, given.place(),
            "`" + text.str() +
                "` is neither the name of an ACL nor an ACL: every command that needs it gets a temporary error");
    list.final = Action::Defer;
    list.final_text = "no ACL of that name";
  }
  return id;
}

/// Adds to `into` the clauses that run the ACL which `value` expands to. At the top (`acl_smtp_rcpt`) a forced failure
/// accepts.
void Lowering::call_acl(const ExpressionPtr& value, const Frame& frame, ListId into, Span span, bool top) {
  const auto call = [&](ListId list, std::vector<Condition> when) {
    Clause clause;
    clause.when = std::move(when);
    clause.then = Action::Call;
    clause.call = list;
    clause.span = span;
    clause.text = one_line(span);
    policy.list(into).clauses.push_back(std::move(clause));
  };
  const Folded folded = fold(value, frame);
  policy.list(into).final_span = span;
  policy.list(into).final = Action::Refuse;
  switch (folded.kind) {
    case Folded::Kind::Constant:
      return call(acl_by_text(folded.text, frame), {});
    case Folded::Kind::Fails:
      policy.list(into).final = top ? Action::Accept : Action::Defer;
      return;
    case Folded::Kind::Error:
      policy.list(into).final = Action::Defer;
      return;
    case Folded::Kind::Unknown:
      policy.list(into).clauses.push_back(accept_when({opaque(folded.note.text, folded.note.span, false)}, span));
      return;
    case Folded::Kind::Dynamic:
      break;
  }
  if (top) {
    Condition fails = test_of(value, frame, span, one_line(span), [value, frame](Facts& facts) {
      const Value status = Expander(frame, facts).expand(*value).status;
      return status == Value::No ? Value::Yes : status == Value::Yes ? Value::No : status;
    });
    policy.list(into).clauses.push_back(accept_when({std::move(fails)}, span, "a forced failure of " + one_line(span)));
  }
  std::vector<const Text*> leaves;
  leaves_of(value->parsed.text, leaves);
  std::vector<EximText> choices;
  for (const Text* leaf : leaves) {
    std::string constant;
    if (is_constant(*leaf, constant) && constant == value->source.view(leaf->range))
      choices.push_back(value->source.slice(leaf->range));
  }
  if (choices.size() != leaves.size()) {
    for (const Acl& acl : document.acls) choices.emplace_back(acl.name, acl.name_span);
  }
  for (const EximText& choice : choices) {
    Condition chosen = test_of(value, frame, span, one_line(span), [value, frame, wanted = choice.str()](Facts& facts) {
      const Expansion text = Expander(frame, facts).expand(*value);
      if (text.status != Value::Yes) return text.status;
      return text.text == wanted ? Value::Yes : Value::No;
    });
    std::vector<Condition> when;
    when.push_back(std::move(chosen));
    call(acl_by_text(choice, frame), std::move(when));
  }
  policy.list(into).final = Action::Defer;
}

void Lowering::register_acl_calls(const ExpressionPtr& value, const Frame& frame) {
  const auto add = [&](const void* key, const std::vector<Text>& arguments) {
    std::string name;
    if (arguments.empty() || site->acl_calls.contains(key) || !is_constant(arguments[0], name)) return;
    auto handed = std::make_shared<AclArguments>();
    handed->outer = frame.arguments;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      auto one = std::make_shared<Expression>();
      one->source = value->source;
      one->parsed.text = arguments[i];
      site->kept.push_back(one);
      handed->values.push_back(std::move(one));
    }
    const Frame inner{site, frame.where, handed->values.empty() ? nullptr : handed};
    const ListId slot = policy.add_list("acl " + name, Action::Refuse);
    site->acl_calls[key] = slot;
    Clause clause;
    clause.then = Action::Call;
    clause.call = acl_by_text(EximText(name, {}), inner);
    policy.list(slot).clauses.push_back(std::move(clause));
  };
  visit(
      value->parsed.text,
      [&](const Piece& piece) {
        if (piece.kind == PieceKind::Item && piece.text == "acl") add(&piece, piece.args);
      },
      [&](const Test& test) {
        if (test.name == "acl") add(&test, test.args);
      });
}

}  // namespace relaylint::exim4
