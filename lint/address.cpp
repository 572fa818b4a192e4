#include "lint/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <utility>

namespace relaylint {
namespace {

using Interval = AddressSet::Interval;
using Intervals = std::vector<Interval>;

constexpr Uint128 kMaxV4 = 0xFFFFFFFFU;
constexpr Uint128 kMaxV6 = ~Uint128{0};
constexpr Uint128 kMappedPrefix = 0xFFFF;  ///< the upper 96 bits of ::ffff:0:0/96

Uint128 max_of(bool v6) { return v6 ? kMaxV6 : kMaxV4; }
unsigned width_of(bool v6) { return v6 ? 128 : 32; }

/// The host part of a network of `length` bits.
Uint128 host_mask(bool v6, unsigned length) {
  const unsigned host_bits = width_of(v6) - length;
  return host_bits >= 128 ? kMaxV6 : (Uint128{1} << host_bits) - 1;
}

// --- text -------------------------------------------------------------------------------------------------------

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits only, the whole text, at most `max`.
std::optional<unsigned> parse_decimal(std::string_view text, unsigned max) {
  unsigned value = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<Uint128> parse_v4(std::string_view text) {
  Uint128 bits = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, dot);
    if (part.size() > 1 && part.front() == '0') return std::nullopt;
    const std::optional<unsigned> byte = parse_decimal(part, 255);
    if (!byte) return std::nullopt;
    bits = bits << 8 | *byte;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return bits;
}

/// Some of the eight 16-bit groups of an IPv6 address, as many as the text has on one side of "::".
struct Groups {
  std::array<std::uint16_t, 8> values{};
  std::size_t count = 0;

  bool add(unsigned value) {
    if (count == values.size()) return false;
    values[count++] = static_cast<std::uint16_t>(value);
    return true;
  }
};

bool parse_hex_group(std::string_view text, Groups& groups) {
  unsigned value = 0;
  if (text.empty() || text.size() > 4) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && end == text.data() + text.size() && text.front() != '-' && groups.add(value);
}

/// Groups between colons; with `v4_tail` the last may be a dotted quad (RFC 4291, 2.2). Empty text is no group.
std::optional<Groups> parse_groups(std::string_view text, bool v4_tail) {
  Groups groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && v4_tail && part.find('.') != std::string_view::npos) {
      const std::optional<Uint128> quad = parse_v4(part);
      if (!quad || !groups.add(static_cast<unsigned>(*quad >> 16)) ||
          !groups.add(static_cast<unsigned>(*quad & 0xFFFF))) {
        return std::nullopt;
      }
      return groups;
    }
    if (!parse_hex_group(part, groups)) return std::nullopt;
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // a single colon at the end
  }
  return groups;
}

std::optional<Uint128> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const std::optional<Groups> head = parse_groups(text.substr(0, gap), !has_gap);
  const std::optional<Groups> tail = has_gap ? parse_groups(text.substr(gap + 2), true) : Groups{};
  if (!head || !tail) return std::nullopt;
  const std::size_t given = head->count + tail->count;
  // "::" stands for one group or more; refused for none, as getaddrinfo and inet_pton refuse it.
  if (has_gap ? given > 7 : given != 8) return std::nullopt;
  Uint128 bits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint16_t group = 0;
    if (i < head->count) group = head->values[i];
    if (i >= 8 - tail->count) group = tail->values[i - (8 - tail->count)];
    bits = bits << 16 | group;
  }
  return bits;
}

/// As it is written: an IPv4-mapped address stays an IPv6 address.
std::optional<IpAddress> parse_as_written(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const std::optional<Uint128> bits = parse_v4(text);
    return bits ? std::optional(IpAddress{false, *bits}) : std::nullopt;
  }
  const std::optional<Uint128> bits = parse_v6(text);
  return bits ? std::optional(IpAddress{true, *bits}) : std::nullopt;
}

IpAddress unmapped(IpAddress address) {
  if (!address.v6 || address.bits >> 32 != kMappedPrefix) return address;
  return {false, address.bits & kMaxV4};
}

std::string v4_text(std::uint32_t bits) {
  return fmt::format("{}.{}.{}.{}", bits >> 24, bits >> 16 & 0xFF, bits >> 8 & 0xFF, bits & 0xFF);
}

/// RFC 5952, 4: lower case, no leading zeros, "::" for the first of the longest runs of two or more zero groups.
std::string v6_text(Uint128 bits) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(bits >> (112 - 16 * i) & 0xFFFF);
  std::size_t gap = 8;
  std::size_t gap_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) {
      gap = i;
      gap_length = end - i;
    }
    i = std::max(i, end > i ? end - 1 : i);
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", groups[i]);
  }
  return text;
}

// --- interval lists ---------------------------------------------------------------------------------------------

/// Joins what overlaps or touches; `sorted` by first address.
Intervals coalesce(const Intervals& sorted) {
  Intervals joined;
  for (const Interval& next : sorted) {
    if (joined.empty() || (joined.back().last < next.first && joined.back().last + 1 < next.first)) {
      joined.push_back(next);
    } else {
      joined.back().last = std::max(joined.back().last, next.last);
    }
  }
  return joined;
}

Intervals unite_lists(const Intervals& a, const Intervals& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Intervals all;
  all.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return coalesce(all);
}

Intervals intersect_lists(const Intervals& a, const Intervals& b) {
  Intervals common;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    const Uint128 first = std::max(left->first, right->first);
    const Uint128 last = std::min(left->last, right->last);
    if (first <= last) common.push_back({first, last});
    if (left->last < right->last) {
      ++left;
    } else {
      ++right;
    }
  }
  return common;
}

Intervals complement_list(const Intervals& list, Uint128 max) {
  Intervals rest;
  Uint128 next = 0;
  for (const Interval& taken : list) {
    if (taken.first > next) rest.push_back({next, taken.first - 1});
    if (taken.last == max) return rest;
    next = taken.last + 1;
  }
  rest.push_back({next, max});
  return rest;
}

bool list_contains(const Intervals& list, Uint128 bits) {
  const auto after = std::upper_bound(list.begin(), list.end(), bits,
                                      [](Uint128 value, const Interval& i) { return value < i.first; });
  return after != list.begin() && std::prev(after)->last >= bits;
}

unsigned trailing_zeros(Uint128 value) {
  const auto low = static_cast<std::uint64_t>(value);
  if (low != 0) return static_cast<unsigned>(std::countr_zero(low));
  return 64 + static_cast<unsigned>(std::countr_zero(static_cast<std::uint64_t>(value >> 64)));
}

/// Cuts one interval into aligned blocks, the largest that fits each time: the fewest prefixes there can be.
void append_prefixes(const Interval& interval, bool v6, std::size_t limit, std::vector<std::string>& out) {
  Uint128 first = interval.first;
  while (out.size() < limit) {
    unsigned host_bits = std::min(trailing_zeros(first), width_of(v6));
    while (host_mask(v6, width_of(v6) - host_bits) > interval.last - first) --host_bits;
    const unsigned length = width_of(v6) - host_bits;
    out.push_back(fmt::format("{}/{}", IpAddress{v6, first}.text(), length));
    const Uint128 last = first + host_mask(v6, length);
    if (last == interval.last) return;
    first = last + 1;
  }
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::optional<IpAddress> written = parse_as_written(text);
  return written ? std::optional(unmapped(*written)) : std::nullopt;
}

std::string IpAddress::text() const { return v6 ? v6_text(bits) : v4_text(static_cast<std::uint32_t>(bits)); }

AddressSet AddressSet::everything() { return all_v4().unite(all_v6()); }
AddressSet AddressSet::all_v4() { return network({false, 0}, 0); }
AddressSet AddressSet::all_v6() { return network({true, 0}, 0); }
AddressSet AddressSet::single(IpAddress address) { return range(address, address); }

AddressSet AddressSet::range(IpAddress first, IpAddress last) {
  AddressSet set;
  if (first.v6 == last.v6 && first.bits <= last.bits) (first.v6 ? set.v6_ : set.v4_).push_back({first.bits, last.bits});
  return set;
}

AddressSet AddressSet::network(IpAddress address, unsigned length) {
  const Uint128 hosts = host_mask(address.v6, std::min(length, width_of(address.v6)));
  const Uint128 first = address.bits & (max_of(address.v6) ^ hosts);
  return range({address.v6, first}, {address.v6, first | hosts});
}

std::optional<AddressSet> AddressSet::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> written = parse_as_written(text.substr(0, slash));
  if (!written) return std::nullopt;
  if (slash == std::string_view::npos) return single(unmapped(*written));
  const std::optional<unsigned> length = parse_decimal(text.substr(slash + 1), width_of(written->v6));
  if (!length) return std::nullopt;
  const IpAddress address = unmapped(*written);
  // A mapped network is one of IPv4; a shorter prefix than /96 names IPv6 addresses that only happen to start so.
  if (address.v6 != written->v6 && *length >= 96) return network(address, *length - 96);
  return network(*written, *length);
}

AddressSet AddressSet::union_of(std::vector<AddressSet> sets) {
  AddressSet all;
  for (const AddressSet& set : sets) {
    all.v4_.insert(all.v4_.end(), set.v4_.begin(), set.v4_.end());
    all.v6_.insert(all.v6_.end(), set.v6_.begin(), set.v6_.end());
  }
  for (Intervals* list : {&all.v4_, &all.v6_}) {
    std::sort(list->begin(), list->end());
    *list = coalesce(*list);
  }
  return all;
}

AddressSet AddressSet::unite(const AddressSet& other) const {
  AddressSet set;
  set.v4_ = unite_lists(v4_, other.v4_);
  set.v6_ = unite_lists(v6_, other.v6_);
  return set;
}

AddressSet AddressSet::intersect(const AddressSet& other) const {
  AddressSet set;
  set.v4_ = intersect_lists(v4_, other.v4_);
  set.v6_ = intersect_lists(v6_, other.v6_);
  return set;
}

AddressSet AddressSet::subtract(const AddressSet& other) const { return intersect(other.complement()); }

AddressSet AddressSet::complement() const {
  AddressSet set;
  set.v4_ = complement_list(v4_, kMaxV4);
  set.v6_ = complement_list(v6_, kMaxV6);
  return set;
}

bool AddressSet::contains(IpAddress address) const {
  const IpAddress plain = unmapped(address);
  return list_contains(plain.v6 ? v6_ : v4_, plain.bits);
}

std::optional<IpAddress> AddressSet::lowest() const {
  if (!v4_.empty()) return IpAddress{false, v4_.front().first};
  if (!v6_.empty()) return IpAddress{true, v6_.front().first};
  return std::nullopt;
}

std::uint64_t AddressSet::count_v4() const {
  std::uint64_t count = 0;
  for (const Interval& interval : v4_) count += static_cast<std::uint64_t>(interval.last - interval.first) + 1;
  return count;
}

Uint128 AddressSet::count_v6() const {
  Uint128 count = 0;
  for (const Interval& interval : v6_) {
    const Uint128 all_but_one = interval.last - interval.first;
    if (all_but_one == kMaxV6) return kMaxV6;
    count += all_but_one + 1;  // disjoint and not everything: the sum is below 2^128
  }
  return count;
}

std::vector<std::string> AddressSet::prefixes(std::size_t limit) const {
  std::vector<std::string> out;
  for (const Interval& interval : v4_) append_prefixes(interval, false, limit, out);
  for (const Interval& interval : v6_) append_prefixes(interval, true, limit, out);
  return out;
}

std::vector<std::string> AddressSet::v6_prefixes(std::size_t limit) const {
  std::vector<std::string> out;
  for (const Interval& interval : v6_) append_prefixes(interval, true, limit, out);
  return out;
}

}  // namespace relaylint
