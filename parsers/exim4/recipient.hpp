#pragma once
// How Exim reads the address of a RCPT command (parse.c; observed with Exim 4.96).

#include <optional>
#include <string>
#include <string_view>

namespace relaylint::exim4 {

struct RecipientRules {
  bool domain_literals = false;  ///< allow_domain_literals
  bool trailing_dot = false;     ///< strip_trailing_dot
  bool unqualified = false;      ///< recipient_unqualified_hosts names somebody
  std::string qualify_domain{};  ///< what is added to `postmaster`
};

/// The address as the ACL sees it: without a source route (RFC 5321, appendix C), the local part without its quotes.
/// Nothing for what the server refuses with a syntax error.
std::optional<std::string> read_recipient(std::string_view text, const RecipientRules& rules);

}  // namespace relaylint::exim4
