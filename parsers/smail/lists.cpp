// Colon-separated lists, and the client items of smtp_remote_allow: README.md, "Lists of clients".

#include <algorithm>
#include <charconv>

#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

std::optional<unsigned> number(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || value > max) return std::nullopt;
  return value;
}

/// One to four octets, the missing ones zero.
struct Octets {
  std::uint32_t bits = 0;
  unsigned count = 0;
};
std::optional<Octets> octets_of(std::string_view text) {
  Octets octets;
  while (octets.count < 4) {
    const std::size_t dot = text.find('.');
    const std::optional<unsigned> octet = number(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    octets.bits |= static_cast<std::uint32_t>(*octet) << (24 - 8 * octets.count);
    ++octets.count;
    if (dot == std::string_view::npos) return octets;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

AddressSet network(std::uint32_t bits, unsigned length) { return AddressSet::network(IpAddress::v4(bits), length); }

/// `192.168.*` and `192.168`: if they mean anything, then nothing outside the network of the octets that are there.
AddressSet bound_of(std::string_view text) {
  while (text.ends_with('*') || text.ends_with('.')) text.remove_suffix(1);
  const std::optional<Octets> octets = octets_of(text);
  return octets && octets->bits != 0 ? network(octets->bits, 8 * octets->count) : AddressSet::everything();
}

bool looks_like_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; };
  return std::all_of(text.begin(), text.end(), allowed) && std::any_of(text.begin(), text.end(), letter);
}

void judge_item(ClientItem& item) {
  using Kind = ClientItem::Kind;
  const std::string_view text = item.text;
  if (text == "localnet") {
    item.kind = Kind::LocalNet;
    return;
  }
  if (text == "localhost") {
    item.kind = Kind::Addresses;
    item.set = AddressSet::network(IpAddress::v4(0x7F000000), 8);
    return;
  }
  if (text == "*") {
    item.kind = Kind::Addresses;
    item.set = AddressSet::everything();
    return;
  }
  const std::size_t slash = text.find('/');
  const std::optional<Octets> octets = octets_of(text.substr(0, slash));
  if (octets && slash != std::string_view::npos) {
    if (const std::optional<unsigned> length = number(text.substr(slash + 1), 32)) {
      item.kind = Kind::Addresses;
      item.set = network(octets->bits, *length);
      return;
    }
  }
  if (octets && octets->count == 4 && slash == std::string_view::npos) {
    item.kind = Kind::Addresses;
    item.set = network(octets->bits, 32);
    return;
  }
  if (looks_like_name(text)) {
    item.kind = Kind::HostName;
    return;
  }
  item.set = slash == std::string_view::npos ? bound_of(text) : AddressSet::everything();
}

}  // namespace

std::vector<ListItem> split_list(const Assignment& assignment) {
  std::vector<ListItem> items;
  if (!assignment.text_value) return items;
  const std::string_view text = *assignment.text_value;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t colon = std::min(text.size(), text.find(':', start));
    std::size_t first = start;
    std::size_t last = colon;
    while (first < last && is_blank(text[first])) ++first;
    while (last > first && is_blank(text[last - 1])) --last;
    if (first < last) {
      std::size_t end = std::min(last, text.find(';', first));
      while (end > first && is_blank(text[end - 1])) --end;
      items.push_back(
          {std::string(text.substr(first, end - first)), {assignment.at[first], assignment.at[last - 1] + 1}});
    }
    start = colon + 1;
  }
  return items;
}

std::vector<ClientItem> client_items(const Assignment& assignment) {
  std::vector<ClientItem> items;
  for (ListItem& part : split_list(assignment)) {
    ClientItem item;
    item.place = part.place;
    item.text = std::move(part.text);
    if (item.text.starts_with('!')) {
      item.negated = true;
      item.text.erase(0, 1);
      while (!item.text.empty() && is_blank(item.text.front())) item.text.erase(0, 1);
    }
    if (item.text.empty()) continue;
    judge_item(item);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace relaylint::smail
