#pragma once
// Lines of a file, fit to be shown beneath a finding, and the small diff that shows a fix.

#include <span>
#include <vector>

#include "lint/output/report.hpp"
#include "lint/source.hpp"

namespace relaylint {

/// The lines that `range` covers, with the part that it marks. Of a long range the first and the last lines; of a long
/// line a window around the mark.
std::vector<ExcerptLine> excerpt_of(const SourceFile& file, TextRange range);

/// What the edits make of the lines that they touch, a few lines of each file.
std::vector<FileDiff> diffs_of(const SourceSet& sources, std::span<const Edit> edits);

}  // namespace relaylint
