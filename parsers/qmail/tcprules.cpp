#include "parsers/qmail/tcprules.hpp"

#include <algorithm>
#include <boost/spirit/home/x3.hpp>
#include <charconv>
#include <cstddef>

namespace relaylint::qmail {
namespace {

namespace x3 = boost::spirit::x3;

// --- the instructions behind the colon ----------------------------------------------------------------------------

/// A value between two copies of one byte, whatever byte that is.
struct QuotedParser : x3::parser<QuotedParser> {
  using attribute_type = x3::unused_type;
  [[maybe_unused]] static constexpr bool has_attribute = false;

  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&, Attribute&) const {
    if (first == last) return false;
    const Iterator closing = std::find(first + 1, last, *first);
    if (closing == last) return false;
    first = closing + 1;
    return true;
  }
};

/// `,NAME=QVALUEQ`.
struct Setting {
  std::string_view name;
  std::string_view quoted;  ///< with its delimiters
  std::string_view whole;
};

struct Instructions {
  bool deny = false;
  std::vector<Setting> settings{};
};

std::string_view view_of(const boost::iterator_range<const char*>& range) {
  return {range.begin(), static_cast<std::size_t>(range.end() - range.begin())};
}

std::optional<Instructions> parse_instructions(std::string_view text) {
  Instructions result;
  Setting setting;
  const auto denies = [&](auto&) { result.deny = true; };
  const auto name = [&](auto& context) { setting.name = view_of(x3::_attr(context)); };
  const auto quoted = [&](auto& context) { setting.quoted = view_of(x3::_attr(context)); };
  const auto whole = [&](auto& context) {
    setting.whole = view_of(x3::_attr(context));
    result.settings.push_back(setting);
  };
  const auto item = x3::omit[x3::char_(',')] >> x3::raw[*(x3::char_ - '=')][name] >> x3::omit[x3::char_('=')] >>
                    x3::raw[QuotedParser{}][quoted];
  const auto grammar = (x3::lit("deny")[denies] | x3::lit("allow")) >> *(x3::raw[item][whole]);
  const char* first = text.data();
  const char* const last = first + text.size();
  if (!x3::parse(first, last, grammar) || first != last) return std::nullopt;
  return result;
}

// --- lines --------------------------------------------------------------------------------------------------------

constexpr std::string_view kHexAndColon = "0123456789abcdefABCDEF:.";

/// Where the address of an IPv6 rule ends; nothing for any other line.
std::optional<std::size_t> end_of_ipv6_address(std::string_view line) {
  for (const std::string_view verb : {std::string_view(":allow"), std::string_view(":deny")}) {
    for (std::size_t at = line.find(verb); at != std::string_view::npos; at = line.find(verb, at + 1)) {
      const std::size_t after = at + verb.size();
      if (after < line.size() && line[after] != ',') continue;
      const std::string_view address = line.substr(0, std::min(at, line.find('/')));
      const bool spelt = address.find_first_not_of(kHexAndColon) == std::string_view::npos;
      if (spelt && std::count(address.begin(), address.end(), ':') >= 2) return at;
      break;
    }
  }
  return std::nullopt;
}

std::string describe_fatal(std::string_view instructions) {
  if (instructions.ends_with('\r')) return "a carriage return at the end of the line is no instruction";
  if (!instructions.starts_with("allow") && !instructions.starts_with("deny")) {
    return "an instruction must be \"allow\" or \"deny\", in lower case";
  }
  return "after the verb only ,NAME=\"VALUE\" may stand, with a quoting character on both sides of the value";
}

class LineReader {
 public:
  explicit LineReader(std::string_view bytes) : bytes_(bytes) {}

  TcpRulesText run();

 private:
  void read_line(std::size_t start, std::size_t end, std::size_t next);
  [[nodiscard]] TextRange range_of(std::string_view part) const {
    const auto start = static_cast<std::uint32_t>(part.data() - bytes_.data());
    return {start, start + static_cast<std::uint32_t>(part.size())};
  }
  void fail(std::string_view line, std::string message) {
    if (!result_.fatal) result_.fatal = FatalLine{range_of(line), std::move(message)};
  }

  std::string_view bytes_;
  TcpRulesText result_{};
};

void LineReader::read_line(std::size_t start, std::size_t end, std::size_t next) {
  const std::string_view line = bytes_.substr(start, end - start);
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;  // silently skipped by tcprules
  if (const std::optional<std::size_t> at = end_of_ipv6_address(line)) {
    result_.extended = true;
    colon = *at;
  }
  const std::string_view address = line.substr(0, colon);
  const std::string_view text = line.substr(colon + 1);
  std::optional<Instructions> instructions = parse_instructions(text);
  if (!instructions) return fail(line, describe_fatal(text));
  if (!for_each_key(address, [](const std::string&) {})) return fail(line, "a range must be a number, a hyphen and a number");
  TcpRule rule;
  rule.text = range_of(line);
  rule.whole = {rule.text.start, static_cast<std::uint32_t>(next)};
  rule.address = range_of(address);
  rule.deny = instructions->deny;
  for (const Setting& setting : instructions->settings) {
    rule.sets_smtpauth |= setting.name == "SMTPAUTH";
    if (setting.name != "RELAYCLIENT") continue;
    rule.relay_items.push_back(range_of(setting.whole));
    rule.relay_value = range_of(setting.quoted.substr(1, setting.quoted.size() - 2));
  }
  result_.rules.push_back(std::move(rule));
}

TcpRulesText LineReader::run() {
  for (std::size_t start = 0; start < bytes_.size();) {
    const std::size_t newline = std::min(bytes_.find('\n', start), bytes_.size());
    const std::size_t next = std::min(newline + 1, bytes_.size());
    const std::size_t last = bytes_.substr(start, newline - start).find_last_not_of(" \t\n");
    if (last != std::string_view::npos && bytes_[start] != '#') read_line(start, start + last + 1, next);
    start = next;
  }
  return std::move(result_);
}

// --- addresses ----------------------------------------------------------------------------------------------------

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  if (text.empty() || text.size() > 9) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The octets of `10.20.` or `10.20.30.40` as tcpserver itself writes them; nothing for other texts. `dots` at the end allowed.
std::optional<std::vector<unsigned>> octets(std::string_view text) {
  std::vector<unsigned> found;
  while (!text.empty()) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view digits = text.substr(0, dot);
    const std::optional<unsigned> value = number(digits);
    if (!value || *value > 255 || (digits.size() > 1 && digits.front() == '0') || found.size() == 4) return std::nullopt;
    found.push_back(*value);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return found;
}

Key address_key(std::string_view key) {
  const std::optional<std::vector<unsigned>> found = octets(key);
  if (!found || found->empty()) return {};
  const bool prefix = key.ends_with('.');
  if (prefix ? found->size() == 4 : found->size() != 4) return {};
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = bits << 8 | (i < found->size() ? (*found)[i] : 0U);
  const auto length = static_cast<unsigned>(found->size() * 8);
  return {prefix ? KeyKind::Network : KeyKind::Address, AddressSet::network(IpAddress::v4(bits), length), length, {}};
}

/// `10.0.0.0/8`, `127.0/8`, `2001:db8::/32`, `::1`, as the later tcprules takes them.
Key extended_key(std::string_view key) {
  const std::size_t slash = std::min(key.find('/'), key.size());
  std::string address(key.substr(0, slash));
  const bool v6 = address.find(':') != std::string::npos;
  if (!v6) {
    while (address.ends_with('.')) address.pop_back();
    for (auto dots = std::count(address.begin(), address.end(), '.'); dots < 3; ++dots) address += ".0";
  }
  const std::optional<IpAddress> parsed = IpAddress::parse(address);
  if (!parsed) return {};
  const unsigned full = v6 ? 128 : 32;
  const std::optional<unsigned> length = slash == key.size() ? full : number(key.substr(slash + 1));
  if (!length || *length > full) return {};
  const KeyKind kind = slash == key.size() ? KeyKind::Address : KeyKind::Network;
  return {kind, AddressSet::network(*parsed, *length), *length, {}};
}

}  // namespace

TcpRulesText parse_tcp_rules(std::string_view bytes) { return LineReader(bytes).run(); }

Key classify(std::string_view key, bool extended) {
  if (key.empty()) return {KeyKind::Default, AddressSet::everything(), 0, {}};
  if (const std::size_t at = key.find('@'); at != std::string_view::npos) {
    const std::string_view host = key.substr(at + 1);
    if (host.starts_with('=')) return {KeyKind::IdentName, {}, 0, std::string(host.substr(1))};
    Key inner = address_key(host);
    if (inner.kind != KeyKind::Address) return {};
    inner.kind = KeyKind::Ident;
    return inner;
  }
  if (key == "=") return {KeyKind::AnyName, {}, 0, {}};
  if (key.starts_with("=.")) return {KeyKind::NameSuffix, {}, 0, std::string(key.substr(2))};
  if (key.starts_with('=')) return {KeyKind::Name, {}, 0, std::string(key.substr(1))};
  Key plain = address_key(key);
  const bool later = extended && (key.find('/') != std::string_view::npos || key.find(':') != std::string_view::npos);
  return plain.kind == KeyKind::Dead && later ? extended_key(key) : plain;
}

bool for_each_key(std::string_view address, const std::function<void(const std::string&)>& visit) {
  const std::size_t hyphen = address.find('-');
  if (hyphen == std::string_view::npos || address.find_first_of("=@") != std::string_view::npos) {
    visit(std::string(address));
    return true;
  }
  const std::size_t dot = hyphen == 0 ? std::string_view::npos : address.rfind('.', hyphen - 1);
  const std::size_t left = dot == std::string_view::npos ? 0 : dot + 1;
  const std::size_t right = std::min(address.find('.', hyphen), address.size());
  const std::optional<unsigned> bottom = number(address.substr(left, hyphen - left));
  const std::optional<unsigned> top = number(address.substr(hyphen + 1, right - hyphen - 1));
  if (!bottom || !top) return false;
  for (unsigned value = *bottom; value <= std::min(*top, 255U); ++value) {
    visit(std::string(address.substr(0, left)) + std::to_string(value) + std::string(address.substr(right)));
  }
  return true;
}

std::string why_dead(std::string_view address, bool extended) {
  bool alive = false;
  for_each_key(address, [&](const std::string& key) { alive |= classify(key, extended).kind != KeyKind::Dead; });
  if (alive) return {};
  if (address.starts_with(' ') || address.starts_with('\t')) return "the blank at its start is part of the address";
  if (address.find('/') != std::string_view::npos) {
    return "tcprules of ucspi-tcp 0.88 knows no CIDR networks (those of ucspi-tcp-x and ucspi-ssl do)";
  }
  if (address.find_first_not_of("0123456789.-") == std::string_view::npos) {
    return "a network must end in a dot and an address must have four parts";
  }
  return "it is neither an address nor a network that ends in a dot, nor a host name after \"=\"";
}

}  // namespace relaylint::qmail
