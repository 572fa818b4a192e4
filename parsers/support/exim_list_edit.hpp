#pragma once
// Changes to a list's text as byte edits in the file's own style: separators, continuations and comment lines stay.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/change.hpp"
#include "parsers/support/exim_list.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

/// Takes the items with these indices (in order) out of a list. `instead`, where not empty, stands in the first one's
/// place. Nothing where the bytes cannot be edited apart from others.
std::optional<std::vector<Edit>> drop_exim_items(const SourceSet& sources, const EximText& value,
                                                 const std::vector<std::size_t>& dropped,
                                                 std::string_view instead = {});
/// Puts an item behind the last.
std::optional<std::vector<Edit>> append_exim_item(const EximText& value, std::string_view item);

/// The separator with the blanks that the list has round it: " : ", ":", " ; ".
std::string exim_separator_style(const EximText& value);
/// Items joined in the list's style, separators inside them doubled.
std::string join_exim_items(const EximText& value, const std::vector<std::string>& items);

}  // namespace relaylint
