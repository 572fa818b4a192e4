#pragma once
// The rules of tcpserver: the text that tcprules compiles, what an address matches, and in which order rules are looked up. Sources:
// tcprules.c, rules.c of ucspi-tcp 0.88; the manual page tcprules(1).

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/address.hpp"
#include "lint/source.hpp"

namespace relaylint::qmail {

/// One line `ADDRESS:allow,NAME="VALUE"` or `ADDRESS:deny`.
struct TcpRule {
  TextRange text{};     ///< the line without blanks at its end and without its ending
  TextRange whole{};    ///< with its ending
  TextRange address{};  ///< what stands before the colon
  bool deny = false;
  /// `,RELAYCLIENT="…"`, each with its comma; the last one's value counts.
  std::vector<TextRange> relay_items{};
  TextRange relay_value{};
  bool sets_smtpauth = false;

  /// A denied client never gets to use what the rule sets.
  [[nodiscard]] bool relays() const { return !deny && !relay_items.empty(); }
};

/// A line at which tcprules gives up: nothing is compiled.
struct FatalLine {
  TextRange text{};
  std::string message;
};

struct TcpRulesText {
  std::vector<TcpRule> rules{};
  std::optional<FatalLine> fatal{};
  /// IPv6 addresses are written down, which only a later tcprules takes: that one knows CIDR networks, too.
  bool extended = false;
};

TcpRulesText parse_tcp_rules(std::string_view bytes);

enum class KeyKind {
  Dead,        ///< no client is ever looked up under this key
  Ident,       ///< `user@address`
  IdentName,   ///< `user@=name`
  Address,     ///< one address
  Name,        ///< `=name`
  Network,     ///< `10.`
  NameSuffix,  ///< `=.example.com`
  AnyName,     ///< `=`
  Default,     ///< the empty address
};

/// What a key of the compiled rules matches.
struct Key {
  KeyKind kind = KeyKind::Dead;
  AddressSet set{};      ///< Ident, Address, Network
  unsigned length = 0;   ///< of the network's prefix, in bits; the longest is looked up first
  std::string name{};    ///< host name or suffix, without `=` and, for a suffix, without its leading dot
};

Key classify(std::string_view key, bool extended);

/// The keys that an address stands for: itself, or one for each number of a range `10.0.0.1-20`. False where tcprules would give up.
bool for_each_key(std::string_view address, const std::function<void(const std::string&)>& visit);

/// Why an address matches nobody, for messages; empty where it is alive.
std::string why_dead(std::string_view address, bool extended);

}  // namespace relaylint::qmail
