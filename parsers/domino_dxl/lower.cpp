// Each Configuration document is a listener: its server's. What it means is shared with one-touch setup files.

#include <utility>

#include "parsers/domino_dxl/domino_dxl.hpp"

namespace relaylint::domino_dxl {

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  const auto& file = static_cast<const DxlDocument&>(document);
  RelayPolicy policy;
  policy.product = "domino";
  if (const auto told = options.products.find("domino"); told != options.products.end()) policy.version = told->second;
  policy.unloadable = file.unreadable;
  add_domino_listeners(file.configurations, policy);
  return policy;
}

}  // namespace relaylint::domino_dxl
