#pragma once
// Internal to this folder: Configuration documents in a DXL export. README.md has the form and the sources.

#include <memory>
#include <optional>
#include <vector>

#include "lint/format.hpp"
#include "parsers/support/domino_config.hpp"

namespace relaylint::domino_dxl {

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

class DxlDocument final : public Document {
 public:
  DxlDocument(SourceSet& sources, FileId main) : Document(sources, main) {}

  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  std::vector<DominoConfiguration> configurations{};
  std::optional<Note> unreadable{};
};

}  // namespace relaylint::domino_dxl
