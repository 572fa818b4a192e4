#include "lint/output/formats.hpp"

namespace relaylint {
namespace {

constexpr OutputFormat kFormats[] = {
    {"text", write_text},
    {"concise", write_concise},
    {"json", write_json},
    {"jsonl", write_jsonl},
};

}  // namespace

std::span<const OutputFormat> output_formats() { return kFormats; }

const OutputFormat* find_output_format(std::string_view name) {
  for (const OutputFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace relaylint
