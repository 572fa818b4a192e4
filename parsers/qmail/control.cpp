#include "parsers/qmail/control.hpp"

#include <algorithm>
#include <cstddef>

namespace relaylint::qmail {
namespace {

constexpr std::string_view kStripped = " \t\n";

TextRange range_of(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// The text after a source route (`@one,@two:`), which qmail drops.
std::string_view without_route(std::string_view address) {
  if (!address.starts_with('@')) return address;
  const std::size_t colon = address.find(':');
  return colon == std::string_view::npos ? std::string_view{} : address.substr(colon + 1);
}

}  // namespace

void for_each_entry(std::string_view bytes, const EntryVisitor& visit) {
  for (std::size_t start = 0; start < bytes.size();) {
    const std::size_t newline = std::min(bytes.find('\n', start), bytes.size());
    const std::size_t next = std::min(newline + 1, bytes.size());
    const std::size_t last = bytes.substr(start, newline - start).find_last_not_of(kStripped);
    const std::size_t end = last == std::string_view::npos ? start : start + last + 1;
    if (end > start && bytes[start] != '#') {
      for (std::size_t at = start; at < end;) {
        const std::size_t stop = std::min(bytes.substr(0, end).find('\0', at), end);
        if (stop > at) visit({bytes.substr(at, stop - at), range_of(at, stop), range_of(start, next)});
        at = stop + 1;
      }
    }
    start = next;
  }
}

std::optional<TextRange> first_line(std::string_view bytes) {
  const std::size_t last = bytes.substr(0, bytes.find('\n')).find_last_not_of(kStripped);
  if (last == std::string_view::npos) return std::nullopt;
  return range_of(0, last + 1);
}

std::string parse_address(std::string_view address) {
  std::string parsed;
  bool quoted = false;
  bool escaped = false;
  for (const char c : without_route(address)) {
    if (escaped) {
      parsed += c;
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '>' && !quoted) {
      break;
    } else {
      parsed += c;
    }
  }
  return parsed;
}

std::size_t at_sign(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? address.size() : at;
}

bool for_each_record(std::string_view bytes, const std::function<void(const CdbRecord&)>& visit) {
  constexpr std::size_t kHeader = 2048;
  if (bytes.size() < kHeader) return false;
  std::size_t end = bytes.size();
  for (std::size_t slot = 0; slot < kHeader; slot += 8) {
    end = std::min<std::size_t>(end, little_endian(bytes, slot));
  }
  if (end < kHeader) return false;
  std::size_t at = kHeader;
  while (at < end) {
    if (end - at < 8) return false;
    const std::size_t key = little_endian(bytes, at);
    const std::size_t data = little_endian(bytes, at + 4);
    at += 8;
    if (key > end - at || data > end - at - key) return false;
    visit({bytes.substr(at, key), bytes.substr(at + key, data), range_of(at, at + key + data)});
    at += key + data;
  }
  return true;
}

}  // namespace relaylint::qmail
