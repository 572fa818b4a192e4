#pragma once

#include <string_view>

namespace relaylint {

/// The release, as CMakeLists.txt has it ("0.1.0").
std::string_view version();
/// The commit that was configured, and the day of SOURCE_DATE_EPOCH (YYYY-MM-DD); empty where they were not known.
std::string_view commit();
std::string_view build_date();

}  // namespace relaylint
