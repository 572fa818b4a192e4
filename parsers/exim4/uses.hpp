#pragma once
// Where the lists of a configuration stand and what they are used for: an edit that narrows a list may do so without
// asking only where the list does nothing but grant.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/exim4/document.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim4 {

/// A list's text as it stands in the file: a named list, or the value of an ACL's condition.
struct ListPlace {
  EximText text{};
  EximListKind kind = EximListKind::Domain;
  std::string name{};  ///< of a named list; empty for a condition's own list
  /// The condition and its statement, where it is one.
  const AclPart* part = nullptr;
  const AclStatement* statement = nullptr;
};

/// All of them, in file order.
std::vector<ListPlace> list_places(const Exim4Document& document);

/// True where the list is asked only by statements that let somebody in when it matches: an `accept` or `require`, or a
/// `deny` that asks for the opposite. A use that is not of that plain kind makes it false.
bool only_grants(const Exim4Document& document, const ListPlace& place);

}  // namespace relaylint::exim4
