#pragma once
// UTF-8 as the Unicode standard defines it (table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <string_view>

namespace relaylint {

/// Length of the well-formed sequence that starts at `offset`, 1 to 4; 0 where there is none (then the byte stands
/// for itself). `offset` lies inside `text`.
std::size_t utf8_sequence_length(std::string_view text, std::size_t offset);

}  // namespace relaylint
