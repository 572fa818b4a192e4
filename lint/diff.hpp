#pragma once
// Unified diffs that GNU `patch -p1` and `git apply` take back to exactly the bytes they were made from: CRLF, NUL,
// bytes that are no UTF-8 and a missing final newline included. Format: POSIX diff -u with git's header line and git's
// quoting of names (git-diff(1), "Generating patch text with -p").

#include <optional>
#include <string>
#include <string_view>

namespace relaylint {

/// The name that a file has in a diff: relative to `working_directory` where the file lies below it (so that `patch
/// -p1` works right there), else the absolute path without its leading slash (so that `patch -p1 -d /` works). `.` and
/// `..` are resolved by the text alone; `working_directory` is absolute. Symbolic links are the caller's affair: both
/// programs refuse to patch through them, so give the real path.
std::string diff_name(std::string_view path, std::string_view working_directory);

/// The diff of one file, empty where nothing changes. `name` is a diff_name; `before` is nothing for a file that is
/// created. Three lines of context, hunks as small as they can be; of files that differ all over, the part between the
/// common beginning and the common end is replaced as one, so that time and memory grow linearly with the bytes.
std::string unified_diff(std::string_view name, std::optional<std::string_view> before, std::string_view after);

}  // namespace relaylint
