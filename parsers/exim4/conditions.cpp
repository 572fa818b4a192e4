// The conditions of ACL statements. What a condition means for a stranger who chooses what he says and sends is the
// contract's affair: he is on no block list, below every limit, and his message is clean.

#include <algorithm>
#include <array>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim4/acl_line.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

bool in(std::initializer_list<std::string_view> set, std::string_view name) {
  return std::find(set.begin(), set.end(), name) != set.end();
}

/// The server refuses to test the condition at this point of the session: the statement fails with a temporary error.
bool is_forbidden(std::string_view name, Where where) {
  const bool early = where == Where::Connect || where == Where::Helo;
  if (in({"domains", "local_parts", "recipients"}, name)) return where != Where::Recipient;
  if (in({"senders", "sender_domains", "authenticated"}, name)) return early;
  if (name == "encrypted") return where == Where::Connect;
  if (in({"malware", "spam", "regex", "mime_regex", "decode", "demime", "dmarc_status"}, name))
    return where != Where::Message;
  return false;
}

/// A condition on the message or on DNS that a stranger writes himself: he makes it come out as he needs it. Where both
/// answers only set a variable, nobody knows which he needs.
Condition as_he_likes(const AclPart& part, Verb verb) {
  const bool wants = verb == Verb::Accept || verb == Verb::Require;
  if (verb == Verb::Warn) return opaque("`" + part.name + "` depends on what the client sends", part.span, false);
  // Negation is undone: the condition as a whole is to come out so.
  return {Constant{wants != part.negated ? Value::Yes : Value::No}, part.span};
}

bool looks_at_message(const Text& text) {
  bool looks = false;
  const auto about = [](std::string_view name) {
    return name.starts_with("message_") || name.starts_with("mime_") || name.starts_with("body_") ||
           name.starts_with("dkim_") || name.starts_with("spam_") || name.starts_with("dmarc_") ||
           name.starts_with("spf_") || name.starts_with("arc_") ||
           in({"malware_name", "found_extension", "demime_reason", "demime_errorlevel", "received_count",
               "max_received_linelength"},
              name);
  };
  visit(
      text,
      [&](const Piece& piece) {
        looks |= piece.kind == PieceKind::Header || (piece.kind == PieceKind::Variable && about(piece.text));
      },
      [&](const Test& test) { looks |= test.variable.starts_with("h_") || about(test.variable); });
  return looks;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(" \t/"), text.size()));
}

}  // namespace

Condition Lowering::condition_of(const AclPart& part, Verb verb, const Frame& frame) {
  const std::string& name = part.name;
  Condition condition{Constant{Value::Error}, part.span};
  if (is_forbidden(name, frame.where)) {
    observe(ObservationKind::IneffectiveProtection, part.span,
            "`" + name + "` cannot be tested at this point of the session: Exim answers with a temporary error");
    return condition;
  }
  const ExpressionPtr value = expression(part.value);
  const auto list = [&](EximSubject subject) { return list_condition(value, subject, frame, part.span); };
  if (name == "hosts") {
    condition = list(EximSubject::Client);
  } else if (name == "domains") {
    condition = list(EximSubject::RecipientDomain);
    if (!part.negated && (verb == Verb::Accept || verb == Verb::Require)) {
      std::vector<Pattern> named = domains_named(value);
      granted_domains.insert(granted_domains.end(), named.begin(), named.end());
    }
  } else if (name == "local_parts") {
    condition = list(EximSubject::RecipientLocalPart);
  } else if (name == "recipients") {
    condition = list(EximSubject::Recipient);
  } else if (name == "senders") {
    condition = list(EximSubject::Sender);
  } else if (name == "sender_domains") {
    condition = list(EximSubject::SenderDomain);
  } else if (name == "authenticated") {
    condition = authenticated(value, frame, part.span);
  } else if (name == "encrypted") {
    condition = encrypted_condition(value, frame, part.span);
  } else if (name == "condition") {
    if (frame.where == Where::Message && looks_at_message(value->parsed.text)) {
      condition = as_he_likes(part, verb);
    } else {
      // A condition that is forced to fail is skipped, negated or not.
      condition = truth_of(value, frame, part.span, part.negated ? Value::No : Value::Yes);
    }
  } else if (name == "acl") {
    condition = acl_condition(part, frame);
  } else if (name == "verify") {
    condition = verify_condition(part, verb, frame);
  } else if (name == "dnslists") {
    condition = {Constant{Value::No}, part.span};
    observe_blocklists(part);
  } else if (in({"ratelimit", "malware", "spam", "demime", "bmi_optin", "dcc"}, name)) {
    condition = {Constant{Value::No}, part.span};
  } else if (in({"spf", "spf_guess", "seen", "regex", "mime_regex", "dkim_status", "dkim_signers", "dmarc_status"},
                name)) {
    condition = as_he_likes(part, verb);
  } else if (name == "decode") {
    condition = {Constant{Value::Yes}, part.span};
  }
  condition.negated = condition.negated != part.negated;
  if (condition.span == Span{} || name != "authenticated") condition.span = part.span;
  return condition;
}

Condition Lowering::encrypted_condition(const ExpressionPtr& value, const Frame& frame, Span span) {
  const Folded folded = fold(value, frame);
  if (folded.kind == Folded::Kind::Constant && folded.text.trimmed().str() == "*") return {Tls{}, span};
  Evaluable test;
  test.text = one_line(span);
  test.test = [place = span](Facts& facts) {
    if (!facts.tls()) return Value::No;
    facts.not_understood({place, "which cipher the client chooses is not known"});
    return Value::Unknown;
  };
  return {std::move(test), span};
}

void Lowering::observe_blocklists(const AclPart& part) {
  for (const EximItem& item : split_exim_list(part.value).items) {
    const std::string_view text = item.text.view();
    const std::string_view zone = text.substr(0, std::min(text.find_first_of("/=!&,; \t"), text.size()));
    if (zone.empty() || zone.find('$') != std::string_view::npos) continue;
    const TextRange range{item.range.start, item.range.start + static_cast<std::uint32_t>(zone.size())};
    policy.observations.push_back(
        {ObservationKind::DnsBlocklist, item.negated ? item.span : part.value.place(range), std::string(zone)});
  }
}

/// `acl = name arg1 arg2`: words that are expanded one by one, or an inline ACL.
Condition Lowering::acl_condition(const AclPart& part, const Frame& frame) {
  std::vector<EximText> words;
  std::size_t start = 0;
  const std::string_view text = part.value.view();
  while (start < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \t", start), text.size());
    if (end > start) words.push_back(part.value.slice(text_range(start, end)));
    start = end + 1;
  }
  const ListId list = policy.add_list("acl " + part.value.str(), Action::Refuse);
  if (words.empty()) return {Constant{Value::Error}, part.span};
  const bool inlined = verb_of(words[0].view()).has_value() && document.acl(words[0].view()) == nullptr;
  if (inlined) {
    call_acl(expression(part.value), frame, list, part.span, false);
    return {ListHolds{list}, part.span};
  }
  auto handed = std::make_shared<AclArguments>();
  handed->outer = frame.arguments;
  for (std::size_t i = 1; i < words.size(); ++i) handed->values.push_back(expression(words[i]));
  Frame inner = frame;
  inner.arguments = words.size() > 1 ? handed : nullptr;
  // The name itself is expanded in the calling ACL.
  const ExpressionPtr name = expression(words[0]);
  const Folded folded = fold(name, frame);
  if (folded.kind == Folded::Kind::Constant) return {ListHolds{acl_by_text(folded.text, inner)}, part.span};
  call_acl(name, frame, list, part.span, false);
  return {ListHolds{list}, part.span};
}

Condition Lowering::verify_condition(const AclPart& part, Verb verb, const Frame& frame) {
  const Folded folded = fold(expression(part.value), frame);
  if (folded.kind == Folded::Kind::Fails) return {Constant{part.negated ? Value::No : Value::Yes}, part.span};
  if (folded.kind == Folded::Kind::Dynamic) return opaque("what is verified depends on the session", part.span, false);
  if (folded.kind != Folded::Kind::Constant) return {Constant{Value::Error}, part.span};
  const VerifyWords words = parse_verify(folded.text.view());
  const bool routes = words.what == "recipient" || (words.what == "sender" && words.argument.empty());
  if (words.what == "recipient" && frame.where != Where::Recipient) return {Constant{Value::Error}, part.span};
  if (words.what == "sender" && (frame.where == Where::Connect || frame.where == Where::Helo)) {
    return {Constant{Value::Error}, part.span};
  }
  if (routes) {
    if (!document.has_routers)
      return opaque("whether an address routes is not known: the file has no routers", part.span, true);
    const Where where = words.what == "recipient" ? Where::Recipient : Where::VerifySender;
    return {ListHolds{routers(where, true), false}, part.span};
  }
  if (words.what == "certificate") return {Tls{true}, part.span};
  if (words.what == "reverse_host_lookup") return {ClientHasName{true}, part.span};
  if (words.what == "helo") {
    Evaluable test;
    test.text = "verify = helo";
    test.test = [](Facts& facts) {
      // He controls the DNS of his own names only.
      const std::string helo = to_lower(facts.helo());
      return helo == "evil.example" || helo.ends_with(".evil.example") ? Value::Yes : Value::No;
    };
    return {std::move(test), part.span};
  }
  if (words.what == "not_blind" || words.what == "csa" || words.what == "arc" || words.what.starts_with("header_")) {
    return as_he_likes(part, verb);
  }
  return opaque("`verify = " + std::string(first_word(folded.text.view())) + "` is not understood", part.span, false);
}

}  // namespace relaylint::exim4
