#pragma once
// One SMTP transaction as a configuration sees it: what contract.md 1 calls a witness and 2 asks with --to.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/address.hpp"

namespace relaylint {

/// What the client offered for SMTP authentication (RFC 4954).
enum class Auth { None, Junk, Valid };

struct Transaction {
  IpAddress client = IpAddress::v4(0xC633644DU);  // 198.51.100.77
  /// The client's host name as reverse DNS tells it; nothing where there is none.
  std::optional<std::string> client_name{};
  /// Whether that name resolves back to the client's address. A stranger can give himself any name that does not.
  bool name_verified = true;
  std::string helo = "client.evil.example";
  bool tls = false;
  Auth auth = Auth::None;
  std::string mail_from = "spammer@evil.example";  ///< empty = the null sender
  std::string rcpt_to{};
  /// Recipients given before in the same transaction, for servers that remember (an ACL variable).
  std::vector<std::string> preceding{};
  /// The port the client connected to, where asked; nothing = the most permissive listener answers.
  std::optional<std::uint16_t> port{};
  /// The recipient domain has an MX that is this server (RL007 asks so; never true for a stranger's victim).
  bool mx_is_here = false;
};

/// What becomes of it. Relayed: taken, for a domain that is not delivered on this machine. Delivered: taken and handled
/// here. The order is that of permissiveness, for "the most permissive listener answers".
enum class Outcome { Refused, Deferred, Discarded, Unknown, Delivered, Relayed };

std::string_view to_string(Auth auth);
std::string_view to_string(Outcome outcome);
std::optional<Auth> parse_auth(std::string_view text);

}  // namespace relaylint
