// What the authenticators prove: README.md, "Authenticators".

#include <algorithm>
#include <array>

#include "lint/pattern.hpp"
#include "parsers/exim3/exim3.hpp"

namespace relaylint::exim3 {

namespace {

bool is_no(std::string_view value) { return value.empty() || value == "0" || value == "no" || value == "false"; }

bool holds_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 3> kPrograms{"${perl", "${run", "${readsocket"};
constexpr std::array<std::string_view, 9> kChecksElsewhere{"${perl", "${run",    "${readsocket", "${lookup", "pam",
                                                           "radius", "ldapauth", "pwcheck",      "crypteq"};

/// Which of $1, $2, $3 holds the password: PLAIN sends an identity, the user and the password, LOGIN the latter two.
char password_variable(const Driver& driver) {
  const bool plain = equals_ignoring_case(driver.text("public_name"), "plain") || driver.text("server_prompts") == ":";
  return plain ? '3' : '2';
}

bool mentions(std::string_view text, char variable) {
  return text.find(std::string("$") + variable) != std::string_view::npos ||
         text.find(std::string("{") + variable + "}") != std::string_view::npos;
}

/// What made-up credentials come to: the client may send any strings, an empty password too.
CredentialCheck check_of(std::string_view condition, char password) {
  bool all_read = true;
  for (const std::string_view sent : {"made-up-password", ""}) {
    Expander expander;
    for (const char* name : {"1", "2", "3"}) expander.variables[name] = "made-up-user";
    expander.variables[std::string(1, password)] = std::string(sent);
    const auto value = expander.expand(condition);
    all_read = all_read && value.has_value();
    if (!value || expander.forced_failure || is_no(*value)) continue;
    if (*value == "1" || *value == "yes" || *value == "true") return CredentialCheck::Anything;
  }
  const bool constant = condition.find('$') == std::string_view::npos;
  const bool some_user = !mentions(condition, password) && !holds_any(condition, kChecksElsewhere);
  if (some_user && !constant && all_read) return CredentialCheck::Anything;
  if (all_read || holds_any(condition, kPrograms)) return CredentialCheck::Real;
  return CredentialCheck::Unknown;
}

/// One authenticator; Impossible where it does not work as a server.
CredentialCheck check_of(const Driver& driver) {
  const auto kind = driver.text("driver");
  if (kind == "plaintext") {
    const auto* condition = driver.find("server_condition");
    return condition == nullptr ? CredentialCheck::Impossible
                                : check_of(condition->value.text.view(), password_variable(driver));
  }
  if (kind == "cram_md5" || kind == "spa") {
    const bool server = driver.find("server_secret") != nullptr || driver.find("server_password") != nullptr;
    return server ? CredentialCheck::Real : CredentialCheck::Impossible;
  }
  return CredentialCheck::Unknown;
}

}  // namespace

Authenticated credentials_of(const Exim3Document& document) {
  constexpr std::array<CredentialCheck, 3> kOrder{CredentialCheck::Anything, CredentialCheck::Unknown,
                                                  CredentialCheck::Real};
  for (const auto check : kOrder) {
    for (const auto& driver : document.authenticators) {
      if (check_of(driver) != check) continue;
      const auto* condition = driver.find("server_condition");
      const auto place = condition == nullptr ? driver.span : condition->value_span();
      if (check == CredentialCheck::Anything) {
        return {check, {place, "the authenticator `" + driver.name + "` lets any user name and password pass"}};
      }
      if (check == CredentialCheck::Unknown) {
        return {check, {place, "what the authenticator `" + driver.name + "` lets pass is not understood"}};
      }
      return {check, {}};
    }
  }
  return {CredentialCheck::Impossible, {}};
}

}  // namespace relaylint::exim3
