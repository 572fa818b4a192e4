// The operators of Exim's expansion language that are functions of their operand alone.

#include <algorithm>
#include <charconv>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "parsers/exim4/expand.hpp"

namespace relaylint::exim4 {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Expansion value(std::string text) { return {Value::Yes, std::move(text)}; }
Expansion error() { return {Value::Error, {}}; }

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

/// `1_2` of `substr_1_2`.
std::optional<std::vector<long>> numbers_of(std::string_view text) {
  std::vector<long> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('_'), text.size());
    long number = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + end, number);
    if (problem != std::errc() || rest != text.data() + end || number > 1'000'000 || number < -1'000'000)
      return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers;
}

/// `a@b`, `Name <a@b>`: the bare address; empty where it is none that is easily read.
std::string bare_address(std::string_view text) {
  text = without_blanks(text);
  const std::size_t open = text.rfind('<');
  if (open != std::string_view::npos) {
    const std::size_t close = text.find('>', open);
    if (close == std::string_view::npos) return {};
    text = text.substr(open + 1, close - open - 1);
  }
  if (text.find_first_of(" \t") != std::string_view::npos) return {};
  return std::string(text);
}

Expansion mask(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return error();
  const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!address || problem != std::errc() || rest != digits.data() + digits.size()) return error();
  const unsigned whole = address->v6 ? 128 : 32;
  if (length > whole) return error();
  IpAddress masked = *address;
  for (unsigned bit = length; bit < whole; ++bit) masked.bits &= ~(Uint128{1} << (whole - 1 - bit));
  return value(masked.text() + "/" + std::string(digits));
}

Expansion quote(std::string_view text, bool local_part) {
  const auto plain = [&](char c) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    return word || (local_part && std::string_view("!#$%&'*+/=?^`{|}~").find(c) != std::string_view::npos);
  };
  bool needed = text.empty();
  for (const char c : text) needed |= !plain(c);
  if (!needed) return value(std::string(text));
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return value(result + "\"");
}

Expansion quote_regex(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (!word) result += '\\';
    result += c;
  }
  return value(result);
}

Expansion reverse_ip(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address) return error();
  std::string result;
  if (address->v6) {
    for (int nibble = 0; nibble < 32; ++nibble) {
      result += "0123456789abcdef"[static_cast<std::size_t>((address->bits >> (4 * nibble)) & 0xF)];
      result += nibble < 31 ? "." : "";
    }
  } else {
    for (int byte = 0; byte < 4; ++byte) {
      result += std::to_string(static_cast<unsigned>((address->bits >> (8 * byte)) & 0xFF));
      result += byte < 3 ? "." : "";
    }
  }
  return value(result);
}

std::optional<Expansion> with_numbers(std::string_view name, std::string_view text, const std::string& operand) {
  const std::optional<std::vector<long>> numbers = numbers_of(text);
  if (!numbers || numbers->empty()) return error();
  if (name == "length" || name == "l") return value(exim_substring(operand, 0, (*numbers)[0]));
  if (name == "substr" || name == "s") {
    return value(exim_substring(operand, (*numbers)[0],
                                numbers->size() > 1 ? std::optional<long>((*numbers)[1]) : std::nullopt));
  }
  return std::nullopt;  // hashes
}

std::optional<Expansion> of_address(std::string_view name, const std::string& operand) {
  const std::string address = bare_address(operand);
  if (name == "address") return value(address);
  if (address.empty() && !without_blanks(operand).empty()) return std::nullopt;
  const std::size_t at = address.rfind('@');
  if (name == "domain") return value(at == std::string::npos ? "" : address.substr(at + 1));
  return value(address.substr(0, at));
}

}  // namespace

std::string exim_substring(const std::string& text, long start, std::optional<long> length) {
  const long size = static_cast<long>(text.size());
  long from = start;
  long count = length.value_or(size);
  if (start < 0) {
    // Counted from the end; without a length, everything before that place.
    if (!length) return text.substr(0, static_cast<std::size_t>(std::max(size + start, 0L)));
    from = size + start;
    if (from < 0) {
      count += from;
      from = 0;
    }
  }
  if (from >= size || count <= 0) return {};
  return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(std::min(count, size - from)));
}

std::optional<long long> exim_integer(std::string_view text) {
  text = without_blanks(text);
  if (text.empty()) return 0;
  long long factor = 1;
  switch (text.back() | 0x20) {
    case 'k':
      factor = 1024;
      break;
    case 'm':
      factor = 1024 * 1024;
      break;
    case 'g':
      factor = 1024LL * 1024 * 1024;
      break;
    default:
      break;
  }
  if (factor != 1) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  long long number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr long long kLargest = 1'000'000'000'000;
  if (problem != std::errc() || rest != text.data() + text.size() || number > kLargest || number < -kLargest)
    return std::nullopt;
  return number * factor;
}

std::optional<Expansion> apply_operator(std::string_view name, std::string_view numbers, const std::string& operand) {
  if (!numbers.empty()) return with_numbers(name, numbers, operand);
  if (name == "lc") return value(to_lower(operand));
  if (name == "uc") return value(upper(operand));
  if (name == "strlen") return value(std::to_string(operand.size()));
  if (name == "mask") return mask(operand);
  if (name == "quote") return quote(operand, false);
  if (name == "quote_local_part") return quote(operand, true);
  if (name == "rxquote") return quote_regex(operand);
  if (name == "reverse_ip") return reverse_ip(operand);
  if (name == "address" || name == "domain" || name == "local_part") return of_address(name, operand);
  if (name == "bless" || name == "quote_lsearch" || name == "utf8clean") return value(operand);
  if (name == "ipv6norm") {
    const std::optional<IpAddress> address = IpAddress::parse(operand);
    return address ? value(address->text()) : error();
  }
  if (name.starts_with("quote_")) {
    // What needs a backslash differs from database to database; strings without such characters are the same
    // everywhere.
    if (operand.find_first_of("'\"\\%_\n\r\t\b*()$ ") == std::string::npos) return value(operand);
  }
  return std::nullopt;
}

}  // namespace relaylint::exim4
