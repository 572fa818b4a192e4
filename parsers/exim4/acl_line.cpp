#include "parsers/exim4/acl_line.hpp"

#include <boost/spirit/home/x3.hpp>

namespace relaylint::exim4 {
namespace {

namespace x3 = boost::spirit::x3;

using Iterator = const char*;
using Slice = boost::iterator_range<Iterator>;

const auto blank = x3::char_(" \t\r\v\f\n");
const auto blanks = x3::omit[*blank];
const auto word = x3::raw[x3::char_("A-Za-z") >> *x3::char_("A-Za-z0-9_")];
const auto rest_of_line = x3::raw[*x3::char_];

/// Places of what a grammar found, within the text that begins at `base`.
struct Offsets {
  Iterator base;
  [[nodiscard]] TextRange operator()(const Slice& slice) const {
    return {static_cast<std::uint32_t>(slice.begin() - base), static_cast<std::uint32_t>(slice.end() - base)};
  }
};

std::string text_of(const Slice& slice) { return {slice.begin(), slice.end()}; }

TextRange without_blanks_behind(std::string_view text, TextRange range) {
  constexpr std::string_view kBlanks = " \t\r\v\f\n";
  while (range.end > range.start && kBlanks.find(text[range.end - 1]) != std::string_view::npos) --range.end;
  return range;
}

}  // namespace

std::optional<AclLine> parse_acl_line(std::string_view text) {
  const Offsets at{text.data()};
  AclLine line;
  const auto bang = [&](auto& context) {
    line.negated = true;
    line.start.start = at(x3::_attr(context)).start;
  };
  const auto name = [&](auto& context) {
    const TextRange range = at(x3::_attr(context));
    if (!line.negated) line.start.start = range.start;
    line.start.end = range.end;
    line.name = text_of(x3::_attr(context));
  };
  const auto label = [&](auto&) { line.is_label = true; };
  const auto equals = [&](auto&) { line.has_value = true; };
  const auto rest = [&](auto& context) { line.rest = without_blanks_behind(text, at(x3::_attr(context))); };
  const auto grammar = blanks >> -(x3::raw[x3::char_('!')][bang] >> blanks) >> word[name] >> blanks >>
                       -(x3::char_(':')[label] | x3::char_('=')[equals]) >> blanks >> rest_of_line[rest];
  Iterator first = text.data();
  if (!x3::parse(first, text.data() + text.size(), grammar)) return std::nullopt;
  return line;
}

std::optional<AclSet> parse_acl_set(std::string_view text) {
  const Offsets at{text.data()};
  AclSet set;
  const auto variable = x3::raw[(x3::lit("acl_c") | x3::lit("acl_m")) >> x3::char_("0-9_") >> *x3::char_("A-Za-z0-9_")];
  const auto name = [&](auto& context) { set.variable = text_of(x3::_attr(context)); };
  const auto value = [&](auto& context) { set.value = without_blanks_behind(text, at(x3::_attr(context))); };
  const auto grammar = blanks >> variable[name] >> blanks >> x3::lit('=') >> blanks >> rest_of_line[value];
  Iterator first = text.data();
  if (!x3::parse(first, text.data() + text.size(), grammar)) return std::nullopt;
  return set;
}

VerifyWords parse_verify(std::string_view text) {
  const Offsets at{text.data()};
  VerifyWords words;
  const auto trimmed = [&](const Slice& slice) {
    return std::string(text.substr(0, without_blanks_behind(text, at(slice)).end).substr(at(slice).start));
  };
  const auto what = [&](auto& context) { words.what = text_of(x3::_attr(context)); };
  const auto argument = [&](auto& context) { words.argument = trimmed(x3::_attr(context)); };
  const auto option = [&](auto& context) { words.options.push_back(trimmed(x3::_attr(context))); };
  const auto field = x3::raw[*(x3::char_ - x3::char_('/'))];
  const auto grammar = blanks >> x3::raw[*(x3::char_ - x3::char_("=/ \t"))][what] >> blanks >>
                       -(x3::lit('=') >> blanks >> field[argument]) >> *(x3::lit('/') >> blanks >> field[option]);
  Iterator first = text.data();
  x3::parse(first, text.data() + text.size(), grammar);
  return words;
}

std::optional<RewriteLine> parse_rewrite_line(std::string_view text) {
  const Offsets at{text.data()};
  RewriteLine line;
  const auto pattern = [&](auto& context) { line.pattern = at(x3::_attr(context)); };
  const auto replacement = [&](auto& context) { line.replacement = at(x3::_attr(context)); };
  const auto flags = [&](auto& context) { line.flags = at(x3::_attr(context)); };
  const auto escaped = x3::lit('\\') >> x3::char_;
  const auto quoted = x3::lit('"') >> *(escaped | (x3::char_ - x3::char_('"'))) >> x3::lit('"');
  const auto field = x3::raw[quoted | +(x3::char_ - blank)];
  const auto grammar = blanks >> field[pattern] >> blanks >> field[replacement] >> blanks >>
                       x3::raw[*x3::char_("A-Za-z")][flags] >> blanks;
  Iterator first = text.data();
  if (!x3::parse(first, text.data() + text.size(), grammar)) return std::nullopt;
  return line;
}

}  // namespace relaylint::exim4
