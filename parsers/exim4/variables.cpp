// The values of Exim's variables while a message is received (Exim specification, "Expansion variables").

#include <array>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim4/expand.hpp"

namespace relaylint::exim4 {
namespace {

Expansion value(std::string text) { return {Value::Yes, std::move(text)}; }

/// Variables that are empty for a client whom no check has told anything about, and for mail that is only being
/// received.
constexpr auto kEmpty = std::to_array<std::string_view>({
    "address_data",
    "address_file",
    "address_pipe",
    "authenticated_fail_id",
    "authenticated_sender",
    "authentication_failed",
    "dnslist_domain",
    "dnslist_matched",
    "dnslist_text",
    "dnslist_value",
    "home",
    "host",
    "host_address",
    "host_lookup_deferred",
    "local_part_prefix",
    "local_part_prefix_v",
    "local_part_suffix",
    "local_part_suffix_v",
    "original_domain",
    "original_local_part",
    "parent_domain",
    "parent_local_part",
    "proxy_session",
    "recipient_verify_failure",
    "return_path",
    "runrc",
    "self_hostname",
    "sender_host_dnssec",
    "sender_ident",
    "sender_verify_failure",
    "smtp_notquit_reason",
    "transport_name",
    "verify_mode",
    "prvscheck_result",
});

/// Counters that are 0 for the first recipient of a client's first message.
constexpr auto kZero = std::to_array<std::string_view>({
    "body_linecount",
    "body_zerocount",
    "message_body_size",
    "message_linecount",
    "rcpt_defer_count",
    "rcpt_fail_count",
    "received_count",
    "recipients_count",
    "sender_rate",
    "smtp_count_at_connection_start",
});

template <typename Table>
bool has(const Table& table, std::string_view name) {
  for (const std::string_view entry : table) {
    if (entry == name) return true;
  }
  return false;
}

}  // namespace

Expansion Expander::variable(const std::string& name, TextRange range) {
  if (const auto set = extra.find(name); set != extra.end()) return value(set->second);
  if (name[0] >= '0' && name[0] <= '9')
    return value(name.size() == 1 ? numbers_[static_cast<std::size_t>(name[0] - '0')] : "");
  if (name == "value") return value(value_.value_or(""));
  if (name == "item") return value(item_.value_or(""));
  if (name.starts_with("acl_arg")) return argument(name.size() == 8 ? static_cast<std::size_t>(name[7] - '0') : 0);
  if (name == "acl_narg") return value(std::to_string(frame_.arguments ? frame_.arguments->values.size() : 0));
  if (name.starts_with("acl_m") || name.starts_with("acl_c")) {
    bool in_doubt = false;
    std::optional<std::string> bound = facts_.binding(name, in_doubt);
    if (in_doubt) return unknown(range, "the value of $" + name + " is not known");
    return value(std::move(bound).value_or(""));
  }
  if (name.starts_with("tls_")) return tls_variable(name);
  if (name.starts_with("authenticated_id") || name == "sender_host_authenticated")
    return authentication_variable(name, range);
  if (name == "domain" || name == "local_part" || name.starts_with("sender_address")) return address_variable(name);
  return session_variable(name, range);
}

Expansion Expander::address_variable(std::string_view name) {
  const auto part = [](std::string_view address, std::string_view what) {
    const std::size_t at = address.rfind('@');
    if (what == "domain") return at == std::string_view::npos ? std::string() : to_lower(address.substr(at + 1));
    return std::string(address.substr(0, at));
  };
  if (name == "domain" || name == "local_part") {
    if (frame_.where == Where::VerifySender) return value(part(facts_.sender(), name));
    return frame_.where == Where::Recipient ? value(part(facts_.recipient(), name)) : Expansion{};
  }
  if (frame_.where == Where::Connect || frame_.where == Where::Helo) return {};
  const std::string sender = facts_.sender();
  if (name == "sender_address") return value(sender);
  if (name == "sender_address_domain") return value(part(sender, "domain"));
  if (name == "sender_address_local_part") return value(part(sender, "local_part"));
  return {};  // sender_address_data: set by a router during verification
}

Expansion Expander::tls_variable(std::string_view name) const {
  const std::string_view what = name.starts_with("tls_in_") ? name.substr(7) : name.substr(4);
  if (!facts_.tls()) return what.starts_with("cert") || what == "bits" ? value("0") : Expansion{};
  if (what.starts_with("cipher")) return value("TLS1.3:ECDHE_SECP256R1__AES_256_GCM:256");
  if (what == "ver") return value("TLS1.3");
  if (what == "bits") return value("256");
  if (what == "certificate_verified") return value("0");
  return {};  // no client certificate, no SNI
}

Expansion Expander::authentication_variable(std::string_view name, TextRange range) {
  Value authenticated = facts_.auth() == Auth::None ? Value::No : Value::Unknown;
  if (authenticated == Value::Unknown) {
    authenticated = frame_.site->authenticated ? facts_.ask(*frame_.site->authenticated) : Value::No;
  }
  if (authenticated == Value::No || authenticated == Value::Error) return {};
  if (authenticated == Value::Yes && name == "sender_host_authenticated" && !frame_.site->only_authenticator.empty()) {
    return value(frame_.site->only_authenticator);
  }
  return unknown(range, "who authenticated is not known");
}

Expansion Expander::session_variable(std::string_view name, TextRange range) {
  const Site& site = *frame_.site;
  if (name == "sender_host_address") return value(facts_.client().text());
  if (name == "sender_host_name") return value(facts_.verified_client_name().value_or(""));
  if (name == "sender_helo_name") return frame_.where == Where::Connect ? Expansion{} : value(facts_.helo());
  if (name == "interface_port" || name == "received_port") {
    const std::optional<std::uint16_t> port = facts_.port();
    return port ? value(std::to_string(*port)) : unknown(range, "the port of the connection is not known");
  }
  const auto setting = [&](const std::string& text) {
    return text.empty() ? unknown(range, "$" + std::string(name) + " is the machine's own") : value(text);
  };
  if (name == "primary_hostname") return setting(site.primary_hostname);
  if (name == "smtp_active_hostname") return setting(site.smtp_active_hostname);
  if (name == "qualify_domain") return setting(site.qualify_domain);
  if (name == "qualify_recipient") return setting(site.qualify_recipient);
  if (name == "rcpt_count") return value("1");
  if (name == "message_size")
    return frame_.where == Where::Message ? unknown(range, "depends on the message's size") : value("0");
  if (name == "received_protocol") {
    if (frame_.where == Where::Connect) return value("smtp");
    const bool authenticated =
        site.authenticated && facts_.auth() != Auth::None && facts_.ask(*site.authenticated) == Value::Yes;
    return value(std::string("esmtp") + (facts_.tls() ? "s" : "") + (authenticated ? "a" : ""));
  }
  if (has(kEmpty, name)) return {};
  if (frame_.where != Where::Message && has(kZero, name)) return value("0");
  return unknown(range, "the value of $" + std::string(name) + " is not known here");
}

}  // namespace relaylint::exim4
