// Who can authenticate, and what that proves (Exim specification, chapters "SMTP authentication" to "The plaintext
// authenticator").

#include <algorithm>
#include <array>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

/// What a stranger may send in the place of a user name and a password.
struct Junk {
  std::string_view user;
  std::string_view password;
};
constexpr std::array kJunk{Junk{"junk@evil.example", "junk-password"}, Junk{"junk", "junk-password"},
                           Junk{"junk@evil.example", ""}, Junk{"", ""}};

/// The variables that hold what the client sent: PLAIN sends an identity, the user and the password, LOGIN the last
/// two.
std::map<std::string, std::string, std::less<>> variables_of(const Driver& driver, const Junk& junk) {
  const std::string mechanism = to_lower(driver.text("public_name"));
  const EximItems prompts = split_exim_list(EximText(driver.text("server_prompts"), {}));
  const bool plain = mechanism == "plain" || (mechanism != "login" && prompts.items.size() < 2);
  std::vector<std::string> sent;
  if (plain) sent.emplace_back();
  sent.emplace_back(junk.user);
  sent.emplace_back(junk.password);
  std::map<std::string, std::string, std::less<>> variables;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    variables["auth" + std::to_string(i + 1)] = sent[i];
    variables[std::to_string(i + 1)] = sent[i];
  }
  return variables;
}

/// The setting that holds the shared secret of a mechanism that does not send the password.
std::string_view secret_setting(std::string_view driver) {
  if (driver == "cram_md5") return "server_secret";
  return driver == "spa" || driver == "gsasl" ? "server_password" : "";
}

/// Does the string look at the last thing sent, or hand it to somebody who does?
bool mentions(const Text& text, std::size_t last) {
  const std::string by_name = "auth" + std::to_string(last);
  const std::string by_number = std::to_string(last);
  bool found = false;
  visit(
      text,
      [&](const Piece& piece) {
        found |= piece.kind == PieceKind::Variable && (piece.text == by_name || piece.text == by_number);
        found |=
            piece.kind == PieceKind::Item && (piece.text == "perl" || piece.text == "dlfunc" || piece.text == "acl");
      },
      [](const Test&) {});
  return found;
}

}  // namespace

/// Whether what a stranger sends gets past `value`: a server_condition, or a secret that is empty for him.
Condition Lowering::junk_passes(const Driver& driver, const Setting& setting, bool is_secret) {
  const ExpressionPtr value = expression(setting.text.text);
  const Frame here = frame(Where::Recipient);
  const auto variables = [&driver] {
    std::vector<std::map<std::string, std::string, std::less<>>> all;
    for (const Junk& junk : kJunk) all.push_back(variables_of(driver, junk));
    return all;
  }();
  relaylint::Test test = [value, here, variables, is_secret](Facts& facts) {
    Value best = Value::No;
    for (const auto& sent : variables) {
      Expander expander(here, facts);
      expander.extra = sent;
      expander.files_are_foreign = true;
      Value passes = Value::No;
      if (is_secret) {
        const Expansion secret = expander.expand(*value);
        passes = secret.status == Value::Yes && secret.text.empty() ? Value::Yes
                 : secret.status == Value::Unknown                  ? Value::Unknown
                                                                    : Value::No;
      } else {
        passes = expander.condition(*value, Value::No);
      }
      if (passes == Value::Yes) return Value::Yes;
      if (passes == Value::Unknown) best = Value::Unknown;
    }
    return best;
  };
  return test_of(value, here, setting.value_span, one_line(setting.span), std::move(test));
}

/// Clauses that refuse where the server does not offer the mechanism to the client, or refuses the command.
std::vector<Clause> Lowering::offered(const Driver& driver) {
  std::vector<Clause> clauses;
  const auto refuse_unless = [&](Condition holds) {
    holds.negated = !holds.negated;
    clauses.push_back(refuse_when({std::move(holds)}, driver.name_span));
  };
  refuse_unless({Authenticated{CredentialCheck::Anything}, driver.name_span});
  if (driver.doubt >= 0) refuse_unless(opaque(document.doubt_reason(driver.doubt), driver.name_span, false));
  if (const Setting* hosts = document.find("auth_advertise_hosts")) {
    refuse_unless(
        list_condition(expression(hosts->text.text), EximSubject::Client, frame(Where::Helo), hosts->value_span));
  }
  if (const Setting* advertise = driver.find("server_advertise_condition")) {
    refuse_unless(truth_of(expression(advertise->text.text), frame(Where::Helo), advertise->value_span, Value::No));
  }
  if (const Setting* acl = document.find("acl_smtp_auth")) {
    const ListId allowed = policy.add_list("acl_smtp_auth", Action::Refuse);
    call_acl(expression(acl->text.text), frame(Where::Mail), allowed, acl->value_span, true);
    refuse_unless({ListHolds{allowed, false}, acl->value_span});
  }
  return clauses;
}

/// The setting that checks what the client sends; null for a driver whose check is outside of the file.
const Setting* Lowering::check_of(const Driver& driver) {
  const std::string_view kind = driver.text("driver");
  return driver.find(kind == "plaintext" ? "server_condition" : secret_setting(kind));
}

void Lowering::lower_authenticator(const Driver& driver) {
  const std::string_view kind = driver.text("driver");
  const Setting* check = check_of(driver);
  const bool serves = std::any_of(driver.settings.begin(), driver.settings.end(),
                                  [](const Setting& setting) { return setting.name.starts_with("server_"); });
  // A plaintext or challenge driver without its check, and any driver without server settings, is there for the client
  // side.
  if (check == nullptr && (kind == "plaintext" || !secret_setting(kind).empty())) return;
  if (!serves && kind != "external" && kind != "tls") return;

  const ListId list = policy.add_list("authenticator " + driver.name, Action::Refuse);
  std::vector<Clause> clauses = offered(driver);
  clauses.push_back(accept_when({{Authenticated{CredentialCheck::Real}, driver.name_span}}, driver.name_span));
  if (check != nullptr) {
    const auto accept = [&](std::vector<Condition> when) {
      clauses.push_back(accept_when(std::move(when), check->value_span, one_line(check->span)));
    };
    const Note note{check->value_span, "this lets in whoever tries: " + one_line(check->span)};
    accept({{Authenticated{CredentialCheck::Anything, note}, check->value_span},
            junk_passes(driver, *check, kind != "plaintext")});
    if (kind == "plaintext" && !looks_at_password(driver, *check)) {
      const Note known{check->value_span, "the password is not looked at: whoever knows a user name is let in"};
      observe(ObservationKind::IneffectiveProtection, check->value_span, known.text);
      accept({{Authenticated{CredentialCheck::Unknown, known}, check->value_span}});
    }
  }
  policy.list(list).clauses = std::move(clauses);
  authenticators_.push_back({&driver, list});
}

/// False where the condition names the user but not the password.
bool Lowering::looks_at_password(const Driver& driver, const Setting& check) {
  const ExpressionPtr value = expression(check.text.text);
  std::string literal;
  if (is_constant(value->parsed.text, literal) || !value->parsed.doubt.empty() || !value->parsed.error.empty())
    return true;
  const std::size_t sent = variables_of(driver, kJunk[0]).size() / 2;
  return mentions(value->parsed.text, sent);
}

void Lowering::lower_authenticators() {
  for (const Driver& driver : document.authenticators) lower_authenticator(driver);
  if (authenticators_.empty()) return;
  const ListId any = policy.add_list("authenticated", Action::Refuse);
  for (const Authenticator& one : authenticators_) {
    policy.list(any).clauses.push_back(
        accept_when({{ListHolds{one.list}, one.driver->name_span}}, one.driver->name_span));
  }
  site->authenticated = any;
  if (authenticators_.size() == 1) site->only_authenticator = authenticators_[0].driver->name;
}

/// `authenticated = list`: the names of authenticators, not of users.
Condition Lowering::authenticated(const ExpressionPtr& names, const Frame& here, Span span) {
  if (authenticators_.empty()) return {Authenticated{CredentialCheck::Impossible}, span};
  const Folded folded = fold(names, here);
  if (folded.kind == Folded::Kind::Fails) return {Constant{Value::No}, span};
  if (folded.kind == Folded::Kind::Error) return {Constant{Value::Error}, span};
  if (folded.kind != Folded::Kind::Constant) return opaque("which authenticators are meant is not known", span, false);
  std::vector<Clause> clauses;
  for (const Authenticator& one : authenticators_) {
    if (matches_now(EximListKind::LocalPart, folded.text, one.driver->name) == Value::No) continue;
    clauses.push_back(accept_when({{ListHolds{one.list}, span}}, span));
  }
  if (clauses.empty()) return {Authenticated{CredentialCheck::Impossible}, span};
  const ListId list = policy.add_list("authenticated = " + folded.text.str(), Action::Refuse);
  policy.list(list).clauses = std::move(clauses);
  return {ListHolds{list}, span};
}

}  // namespace relaylint::exim4
