#pragma once
// The inbound relay controls of Domino's Configuration Settings document (form ServerConfig), wherever it is written
// down: DXL exports and one-touch setup files. What is known of its items, and from where:
// parsers/domino_dxl/README.md.

#include <span>
#include <string>
#include <vector>

#include "lint/change.hpp"
#include "lint/policy.hpp"

namespace relaylint {

struct DominoValue {
  std::string text;
  Span span{};
};

struct DominoItem {
  std::string name;
  Span span{};
  std::vector<DominoValue> values{};
};

struct DominoConfiguration {
  std::string server{};  ///< ServerName: "*", "CN=MTA1/O=ACME"; empty where it is not told
  Span span{};           ///< the document's beginning
  std::vector<DominoItem> items{};
};

/// Adds a listener for each document's servers, with what it lets relay. Never closed: the item names of the four lists
/// that decide are not published.
void add_domino_listeners(std::span<const DominoConfiguration> configurations, RelayPolicy& policy);

/// The clause by which every Domino takes mail for its own domains, which stand in the Domino Directory.
Clause domino_own_domains(Span place);
/// The clause for this machine: its mail goes through the router, not by SMTP; a client on the loopback address is
/// taken as that.
Clause domino_own_machine(Span place);

/// The steps in the administration client that close Release 5 and later.
Fix domino_console_steps();

/// Is the value filled in by a template (`{{ … }}`, `{% … %}`)?
bool is_domino_template(std::string_view text);

}  // namespace relaylint
