// One entry: `[+|-]NAME` or `NAME = VALUE`, with white space and comments between. README.md, "Entries" and "Values".

#include <boost/spirit/home/x3.hpp>

#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

namespace x3 = boost::spirit::x3;
using Iterator = const char*;

struct TargetTag;

/// Where values go while they are parsed.
struct Target {
  Iterator base = nullptr;
  Unquoted value{};

  void put(char c, Iterator at) {
    value.text += c;
    value.at.push_back(static_cast<std::uint32_t>(at - base));
  }
};

const auto gap = x3::omit[*(x3::char_(" \t\r\n\v\f") | ('#' >> *(x3::char_ - '\n')))];
const auto name = x3::raw[+x3::char_("a-zA-Z0-9_-")];

struct Escapes : x3::symbols<char> {
  Escapes() { add("n", '\n')("t", '\t')("b", '\b')("e", '\x1b')("f", '\f')("g", '\a')("r", '\r')("v", '\v'); }
} const escapes;

const auto as_is = [](auto& context) {
  const auto& matched = x3::_attr(context);
  Target& target = x3::get<TargetTag>(context);
  for (auto at = matched.begin(); at != matched.end(); ++at) target.put(*at, &*at);
};
/// A character that an escape stands for; its place is that of the backslash.
const auto escaped = [](auto& context) {
  x3::get<TargetTag>(context).put(static_cast<char>(x3::_attr(context)), &*x3::_where(context).begin());
};

const auto hexadecimal = x3::omit[x3::char_('x')] >> x3::uint_parser<unsigned, 16, 1, 3>{};
const auto octal = x3::uint_parser<unsigned, 8, 1, 3>{};
const auto quoted_escape = x3::lit('\\') >>
                           (hexadecimal[escaped] | octal[escaped] | escapes[escaped] | x3::char_[escaped]);
const auto quoted_text = x3::raw[+(x3::char_ - x3::char_("\"\\"))][as_is];
const auto quoted_value = x3::lit('"') >> *(quoted_text | quoted_escape) >> '"';

const auto bare_escape = x3::lit('\\') >> x3::char_[escaped];
const auto bare_text = x3::raw[+x3::char_("a-zA-Z0-9!@$%^&*_+~/?|<>:[]{}.`'-")][as_is];
const auto bare_value = *(bare_text | bare_escape);

TextRange range(Iterator base, Iterator start, Iterator end) {
  return {static_cast<std::uint32_t>(start - base), static_cast<std::uint32_t>(end - base)};
}

template <typename Parser>
bool parse_value(Iterator& at, Iterator end, const Parser& parser, Target& target) {
  return x3::parse(at, end, x3::with<TargetTag>(target)[parser]);
}

}  // namespace

ParsedEntry parse_entry(std::string_view text) {
  using Error = ParsedEntry::Error;
  const Iterator base = text.data();
  const Iterator end = base + text.size();
  Iterator at = base;
  ParsedEntry entry;
  const auto failed = [&](Error error) {
    entry.error = error;
    entry.error_at = static_cast<std::size_t>(at - base);
    return entry;
  };

  if (x3::parse(at, end, x3::omit[x3::char_("+-")])) entry.sign = *base;
  x3::parse(at, end, gap);
  boost::iterator_range<Iterator> found;
  if (!x3::parse(at, end, name, found)) return failed(Error::NoName);
  entry.name = range(base, found.begin(), found.end());
  x3::parse(at, end, gap);
  if (at == end) return entry;
  if (!x3::parse(at, end, '=')) return failed(Error::NoEquals);
  if (entry.sign != 0) return failed(Error::SignedValue);
  const Iterator behind_equals = at;
  x3::parse(at, end, gap);

  entry.has_value = true;
  entry.quoted = at != end && *at == '"';
  const Iterator start = at;
  Target target{base, {}};
  if (entry.quoted) {
    if (!parse_value(at, end, quoted_value, target)) return failed(Error::Unterminated);
  } else {
    parse_value(at, end, bare_value, target);
  }
  entry.value = at == start ? range(base, behind_equals, behind_equals) : range(base, start, at);
  entry.decoded = std::move(target.value);
  x3::parse(at, end, gap);
  return at == end ? entry : failed(Error::AfterValue);
}

std::string_view message_of(ParsedEntry::Error error) {
  switch (error) {
    case ParsedEntry::Error::None:
      return {};
    case ParsedEntry::Error::NoName:
      return "no attribute name where one must stand";
    case ParsedEntry::Error::SignedValue:
      return "an attribute with + or - before it cannot have a value";
    case ParsedEntry::Error::NoEquals:
      return "`=` or the end of the entry must follow the attribute name";
    case ParsedEntry::Error::Unterminated:
      return "the quoted value does not end within its entry";
    case ParsedEntry::Error::AfterValue:
      return "an unquoted value ends here, and only a comment may follow it";
  }
  return {};
}

}  // namespace relaylint::smail
