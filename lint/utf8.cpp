#include "lint/utf8.hpp"

namespace relaylint {
namespace {

struct Lead {
  std::size_t length = 0;
  unsigned char second_min = 0x80;  ///< the range of the second byte keeps overlong forms and surrogates out
  unsigned char second_max = 0xBF;
};

Lead classify(unsigned char byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2 || byte > 0xF4) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {4};
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text, std::size_t offset) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const Lead lead = classify(at(0));
  if (lead.length <= 1) return lead.length;
  if (text.size() - offset < lead.length) return 0;
  if (at(1) < lead.second_min || at(1) > lead.second_max) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if (at(i) < 0x80 || at(i) > 0xBF) return 0;
  }
  return lead.length;
}

}  // namespace relaylint
