#include "tests/support/finding_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lint/output/escape.hpp"

namespace relaylint::test {
namespace {

std::string place(const SourceFile& file, TextRange range) {
  const LineColumn start = file.line_column(range.start);
  const LineColumn end = file.line_column(range.end);
  const std::string from = fmt::format("{}:{}:{}", escape(file.path()), start.line, start.column);
  if (start.line == end.line) return fmt::format("{}-{}", from, end.column);
  return fmt::format("{}-{}:{}", from, end.line, end.column);
}

std::string excerpt(const SourceFile& file, TextRange range) {
  const TextRange line = file.line_at(range.start);
  const std::uint32_t start = std::min(range.start, line.end);
  const std::uint32_t end = std::clamp(range.end, start, line.end);
  const std::size_t indent = display_width(escape(file.slice({line.start, start})));
  const std::size_t width = display_width(escape(file.slice({start, end})));
  return fmt::format("    {}\n    {}{}\n", escape(file.slice(line)), std::string(indent, ' '),
                     std::string(std::max<std::size_t>(width, 1), '^'));
}

}  // namespace

std::string text_of(const Configuration& configuration, const Finding& finding) {
  const SourceFile& file = configuration.sources->file(finding.span.file);
  const std::string fix = finding.fix ? fmt::format(" [fix: {}]", to_string(finding.fix->applicability)) : "";
  return fmt::format("{}: {} {} {}{}\n{}", place(file, finding.span.range), to_string(finding.severity), finding.rule,
                     escape(finding.message), fix, excerpt(file, finding.span.range));
}

}  // namespace relaylint::test
