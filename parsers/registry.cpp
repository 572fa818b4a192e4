#include "parsers/registry.hpp"

#include <initializer_list>

namespace relaylint {

#define RELAYLINT_FORMAT(symbol, folder) extern const Format symbol;
#include "parsers/formats.def"
#undef RELAYLINT_FORMAT

namespace {

constexpr std::initializer_list<const Format*> kFormats = {
#define RELAYLINT_FORMAT(symbol, folder) &symbol,
#include "parsers/formats.def"
#undef RELAYLINT_FORMAT
};

}  // namespace

std::span<const Format* const> all_formats() { return {kFormats.begin(), kFormats.size()}; }

const Format* find_format(std::string_view id) {
  for (const Format* format : kFormats) {
    if (format->id == id) return format;
  }
  return nullptr;
}

}  // namespace relaylint
