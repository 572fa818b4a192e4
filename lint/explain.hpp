#pragma once
// The page of a rule, made of its RuleInfo: for the terminal (--explain) and as Markdown (docs/rules/, rules/README.md,
// the help of SARIF). Pages in the tree are generated and compared by tests, never edited.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/result.hpp"
#include "lint/rule.hpp"

namespace relaylint {

std::string_view to_string(FixAvailability fix);

/// Plain text in lines of at most `width` code points, where words and examples allow that; ends in a newline.
std::string explain_as_text(const RuleInfo& info, std::size_t width = 80);
/// The same as Markdown, from the heading "# RL001: relay-by-default" down.
std::string explain_as_markdown(const RuleInfo& info);

/// What is generated from the rules: path below the project's folder → content.
std::map<std::string, std::string> generated_pages(std::span<const Rule* const> rules);
/// Writes those pages whose content differs below `folder`; gives the paths written.
Result<std::vector<std::string>> write_docs(const std::string& folder, std::span<const Rule* const> rules);

}  // namespace relaylint
