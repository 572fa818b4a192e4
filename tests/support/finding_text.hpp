#pragma once
// Findings as the goldens hold them.

#include <string>

#include "lint/engine.hpp"

namespace relaylint::test {

/// `path:line:col-endcol: severity RULE message [fix: safe]`, then the line with carets beneath the span (of a span
/// over several lines the first; the end is `endline:endcol` then). Ends in a newline.
std::string text_of(const Configuration& configuration, const Finding& finding);

}  // namespace relaylint::test
