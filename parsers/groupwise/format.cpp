// The format's entry in the registry, and how its files are known.

#include "lint/format.hpp"

#include <array>

#include "lint/pattern.hpp"
#include "parsers/groupwise/groupwise.hpp"

namespace relaylint {
namespace groupwise {
namespace {

constexpr std::array<std::string_view, 2> kFileNames = {"GWIA.CFG", "GWSMTP.CFG"};

/// The name is needed: switches look alike in the startup files of all GroupWise programs, of which only these two
/// relay. Of the lines that are neither blank nor comment, at least half must be switches, else it is a file of another
/// program.
Detection detect(std::string_view path, std::string_view head) {
  const std::string_view name = base_name(path);
  if (!equals_ignoring_case(name, kFileNames[0]) && !equals_ignoring_case(name, kFileNames[1])) return Detection::No;
  std::size_t switches = 0;
  std::size_t others = 0;
  for (std::uint32_t at = 0; at < head.size();) {
    const Line line = split_line(head, at);
    at = line.whole.end;
    if (line.kind == LeafKind::Directive) ++switches;
    if (line.kind == LeafKind::Error) ++others;
  }
  if (switches < others) return Detection::No;
  return switches == 0 ? Detection::ByName : Detection::Certain;
}

}  // namespace
}  // namespace groupwise

extern const Format groupwise_format;
const Format groupwise_format = {
    .id = "groupwise",
    .title = "GroupWise Internet gateway startup file (GWSMTP.CFG, GWIA.CFG)",
    .product = "groupwise",
    .file_names = groupwise::kFileNames,
    .comment_starts = ";#*",
    .detect = groupwise::detect,
    .detect_directory = nullptr,
    .parse = groupwise::parse,
    .lower = groupwise::lower,
    .rewrite = groupwise::rewrite,
    .after_fix = "restart the gateway (GWIA, or the SMTP/MIME gateway of GroupWise 5)",
    .replay = "",
};

}  // namespace relaylint
