#pragma once
// The parts of lowering: who gets RELAYCLIENT, which recipients are taken, what becomes of them.

#include "parsers/qmail/qmail.hpp"

namespace relaylint::qmail {

/// The binding that lets a client relay; its value is appended to each recipient.
inline constexpr const char* kRelayClient = "RELAYCLIENT";

/// Domains as control files name them, in file order.
struct Domains {
  PatternSet locals{};
  /// `domain:prepend` and `.domain:prepend`; an empty prepend is an exception (remote).
  struct Virtual {
    std::string key{};
    std::string prepend{};
    Span span{};
  };
  std::vector<Virtual> virtuals{};
  PatternSet percent_hack{};
  std::string me{};
  std::string envnoathost{};
};
Domains read_domains(const QmailDocument& document);

/// The connect stage of one service: denies, and binds RELAYCLIENT. `service` is null where no script tells how the
/// daemon is started.
ListId lower_connect(const QmailDocument& document, const Service* service, RelayPolicy& policy);

/// What becomes of accepted recipients; fills in `further_recipients`.
ListId lower_delivery(const QmailDocument& document, const Domains& domains, RelayPolicy& policy);

/// Lines that look like protection or permission and are neither.
void observe(const QmailDocument& document, const Domains& domains, RelayPolicy& policy);

/// A text as it stands, for messages: one line, shortened.
std::string shown(std::string_view text);

}  // namespace relaylint::qmail
