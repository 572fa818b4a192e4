#pragma once
// The report formats: one file each in this folder, one line each in the table of formats.cpp.

#include <span>
#include <string>
#include <string_view>

#include "lint/output/report.hpp"

namespace relaylint {

struct OutputOptions {
  bool color = false;
  bool verbose = false;
  bool quiet = false;  ///< only what is wrong
  /// Options that a command which is told to the user must repeat, each with a blank before it (` --as exim4`).
  std::string arguments{};
};

struct OutputFormat {
  std::string_view name;
  /// Writes the whole report; the text ends in a newline where it is not empty.
  std::string (*write)(const Report& report, const OutputOptions& options);
};

std::span<const OutputFormat> output_formats();
/// Null where there is none of that name.
const OutputFormat* find_output_format(std::string_view name);

std::string write_text(const Report& report, const OutputOptions& options);
std::string write_concise(const Report& report, const OutputOptions& options);
std::string write_json(const Report& report, const OutputOptions& options);
std::string write_jsonl(const Report& report, const OutputOptions& options);

}  // namespace relaylint
