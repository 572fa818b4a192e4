#pragma once
// Expectations that live in files. With RELAYLINT_BLESS=1 in the environment they are written anew instead of compared;
// a blessed change is reviewed like code.

#include <string>
#include <string_view>

#include "tests/support/memory_reader.hpp"

namespace relaylint::test {

/// Is RELAYLINT_BLESS set, to anything but 0?
bool blessing();
/// Compares the file at `path` with `actual` in one doctest CHECK, or writes it. A missing file counts as empty; where
/// `actual` is empty, blessing leaves an empty file.
void check_golden(const std::string& path, std::string_view actual);
/// Compares every file below the folder `path` with `actual` (null: there is to be no such folder), or writes it anew.
void check_golden_tree(const std::string& path, const Files* actual);

}  // namespace relaylint::test
