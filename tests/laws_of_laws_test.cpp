// The laws notice what they are there for: a format that breaks each of them.

#include "tests/support/laws.hpp"

#include <doctest/doctest.h>

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// Leaves of a file of ten bytes, as given.
class LeafDocument final : public Document {
 public:
  LeafDocument(SourceSet& sources, FileId main, std::vector<Leaf> leaves)
      : Document(sources, main), leaves_(std::move(leaves)) {}
  void for_each_leaf(FileId, const LeafVisitor& visit) const override {
    for (const Leaf& leaf : leaves_) visit(leaf);
  }

 private:
  std::vector<Leaf> leaves_;
};

/// A configuration of one file of ten bytes; the reader is not asked again.
Configuration configuration_with(std::vector<Leaf> leaves = {{LeafKind::Directive, {0, 10}, {0, 1}, {2, 3}}}) {
  static MemoryReader reader;
  Configuration made;
  made.sources = std::make_unique<SourceSet>(reader, "", std::vector<std::string>{});
  const FileId main = made.sources->add("x", std::make_shared<const std::string>("0123456789"));
  made.document = std::make_unique<LeafDocument>(*made.sources, main, std::move(leaves));
  return made;
}

bool tiles(std::vector<Leaf> leaves) { return broken_tiling(configuration_with(std::move(leaves))).empty(); }

Leaf leaf(std::uint32_t start, std::uint32_t end) { return {LeafKind::Directive, {start, end}, {}, {}}; }

Finding finding_with(std::vector<Edit> edits) {
  Finding finding;
  finding.fix = Fix{.title = "mend it", .edits = std::move(edits)};
  return finding;
}

}  // namespace

TEST_CASE("laws of laws: a sound configuration breaks none") { CHECK(broken_laws(configuration_with()).empty()); }

TEST_CASE("laws of laws: gaps, overlaps, empty leaves and parts outside are seen") {
  CHECK(tiles({leaf(0, 4), leaf(4, 10)}));
  CHECK_FALSE(tiles({}));
  CHECK_FALSE(tiles({leaf(0, 9)}));
  CHECK_FALSE(tiles({leaf(0, 4), leaf(5, 10)}));
  CHECK_FALSE(tiles({leaf(0, 5), leaf(4, 10)}));
  CHECK_FALSE(tiles({leaf(0, 4), leaf(4, 4), leaf(4, 10)}));
  CHECK_FALSE(tiles({{LeafKind::Directive, {0, 4}, {3, 5}, {}}, leaf(4, 10)}));
}

TEST_CASE("laws of laws: spans outside of files and lists that do not exist are seen") {
  const Span outside{FileId{0}, {5, 11}};
  Configuration in_finding = configuration_with();
  in_finding.findings.push_back(Finding{.span = outside});
  CHECK(broken_spans(in_finding).size() == 1);
  Configuration in_item = configuration_with();
  DecisionList& list = in_item.policy.list(in_item.policy.add_list("rcpt"));
  list.clauses.push_back(accept_when({client_in({}, {}, {{AddressSet(), outside, false}})}, {}));
  CHECK(broken_spans(in_item).size() == 1);
  Configuration in_domains = configuration_with();
  in_domains.policy.local_domains.add(PatternKind::Exact, "x", {FileId{1}, {0, 0}});
  CHECK(broken_spans(in_domains).size() == 1);
  Configuration no_list = configuration_with();
  no_list.policy.delivery = ListId{3};
  CHECK(broken_spans(no_list).size() == 1);
}

TEST_CASE("laws of laws: verdicts that do not hold are seen") {
  Configuration open = configuration_with();
  open.verdict.state = VerdictState::Open;
  CHECK_FALSE(broken_verdict(open).empty());
  open.verdict.witness = Witness{};
  CHECK_FALSE(broken_verdict(open).empty());
  Configuration unknown = configuration_with();
  unknown.verdict.state = VerdictState::Unknown;
  CHECK_FALSE(broken_verdict(unknown).empty());
}

TEST_CASE("laws of laws: edits that overlap are seen") {
  Configuration configuration = configuration_with();
  configuration.findings.push_back(finding_with({{{FileId{0}, {1, 4}}, "a"}, {{FileId{0}, {4, 4}}, "b"}}));
  CHECK(broken_edits(configuration).empty());
  configuration.findings.push_back(finding_with({{{FileId{0}, {1, 4}}, "a"}, {{FileId{0}, {3, 5}}, "b"}}));
  CHECK_FALSE(broken_edits(configuration).empty());
}
