#pragma once
// Calendar dates as suppressions write them: YYYY-MM-DD, which sort as text.

#include <string>
#include <string_view>

namespace relaylint {

/// A day that exists, in that form.
bool is_date(std::string_view text);

/// Today in UTC; SOURCE_DATE_EPOCH (seconds since 1970, reproducible-builds.org) stands in for the clock where it is set.
std::string today();

}  // namespace relaylint
