#pragma once
// Expectations that live in files. With RELAYLINT_BLESS=1 in the environment they are written anew instead of compared;
// a blessed change is reviewed like code.

#include <string>
#include <string_view>

namespace relaylint::test {

/// Is RELAYLINT_BLESS set, to anything but 0?
bool blessing();
/// Compares the file at `path` with `actual` in one doctest CHECK, or writes it. A missing file counts as empty; where
/// `actual` is empty, blessing leaves an empty file.
void check_golden(const std::string& path, std::string_view actual);

}  // namespace relaylint::test
