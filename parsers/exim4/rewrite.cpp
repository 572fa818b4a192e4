#include "parsers/exim4/exim4.hpp"

namespace relaylint::exim4 {

std::optional<Fix> rewrite(const Document&, const RelayPolicy&, const PolicyChange&) { return std::nullopt; }

}  // namespace relaylint::exim4
