#pragma once
// The format's functions, as lint/format.hpp wants them.

#include <memory>
#include <optional>

#include "lint/format.hpp"

namespace relaylint::exim4 {

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

}  // namespace relaylint::exim4
