#pragma once
// From a judged configuration to what reports are made of.

#include <functional>
#include <span>
#include <string>

#include "lint/engine.hpp"
#include "lint/output/report.hpp"

namespace relaylint {

/// `wanted`: findings of rules that were selected. The result owns all it holds.
ConfigurationReport collect(const Configuration& configuration, const std::function<bool(const Finding&)>& wanted);

ReportedFinding collect_finding(const SourceSet& sources, const Finding& finding);
ReportedDecision collect_decision(const SourceSet& sources, const Decision& decision);
Place collect_place(const SourceSet& sources, Span span);
/// A whole line of a file that belongs to no configuration (project settings).
Place collect_line(const SourceFile& file, std::uint32_t number);
ReportedExposure collect_exposure(const Exposure& exposure);

/// The shell line that shows a witness on the real server: the format's own (`exim -bh …`), else what speaks SMTP to it
/// from outside.
std::string replay_line(std::string_view pattern, const Transaction& transaction, const std::string& file);

}  // namespace relaylint
