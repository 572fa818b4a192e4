#pragma once
// The words of Exim's expansion language: which exist, and what has to follow them.
// Source: Exim specification, chapter "String expansions" (items, operators, conditions, variables), 4.96 with all
// options built in, and the names that older 4.x releases had.

#include <cstddef>
#include <string_view>

namespace relaylint::exim4 {

/// `${name{…}{…}`: how many strings it takes, and whether `{yes}{no}` come after them.
struct ItemRule {
  std::string_view name;
  std::size_t least;
  std::size_t most;
  bool branches;
};
/// Null where there is no such item.
const ItemRule* item_rule(std::string_view name);

enum class TestShape {
  Strings,      ///< name{a}{b}
  Bare,         ///< name
  Def,          ///< def:variable
  Tests,        ///< name{{test}{test}}
  ListAndTest,  ///< name{list}{test}
  Braced,       ///< name{{a}{b}…}
};
/// A condition of `${if`.
struct TestRule {
  std::string_view name;
  TestShape shape;
  std::size_t strings;
  /// The second string's `$` are characters like others.
  bool plain_second;
};
const TestRule* test_rule(std::string_view name);

/// An operator's name, without the numbers after it.
bool is_known_operator(std::string_view name);
/// A variable that some build of some 4.x release knows: `acl_m…`, `authN` and the like included.
bool is_known_variable(std::string_view name);

}  // namespace relaylint::exim4
