// The codes of the item that switches enforcement are not published, save the one for "None": nothing is edited, the
// steps are told.

#include "parsers/domino_dxl/domino_dxl.hpp"

namespace relaylint::domino_dxl {

std::optional<Fix> rewrite(const Document&, const RelayPolicy&, const PolicyChange& change) {
  switch (change.kind) {
    case PolicyChange::Kind::ControlRelaying:
    case PolicyChange::Kind::DropItems:
    case PolicyChange::Kind::GuardGrant:
      return domino_console_steps();
    default:
      return std::nullopt;
  }
}

}  // namespace relaylint::domino_dxl
