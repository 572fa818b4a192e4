// Strings while lowering: what can be expanded beforehand, and what a string depends on.

#include <algorithm>
#include <utility>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "lint/regex.hpp"
#include "parsers/exim4/expand.hpp"
#include "parsers/exim4/lowering.hpp"

namespace relaylint::exim4 {
namespace {

/// Facts that only notice that they were asked.
class NoFacts final : public Facts {
 public:
  IpAddress client() override { return touch(IpAddress::v4(0xC633644DU)); }
  std::optional<std::string> verified_client_name() override { return touch(std::optional<std::string>()); }
  std::string helo() override { return touch(std::string("client.evil.example")); }
  std::string sender() override { return touch(std::string("spammer@evil.example")); }
  std::string recipient() override { return touch(std::string("victim@elsewhere.example")); }
  bool tls() override { return touch(false); }
  Auth auth() override { return touch(Auth::None); }
  std::optional<std::uint16_t> port() override { return touch(std::optional<std::uint16_t>()); }
  std::optional<std::string> binding(std::string_view, bool&) override { return touch(std::optional<std::string>()); }
  Value ask(ListId) override { return touch(Value::No); }
  void assume(Note note) override { assumptions.push_back(std::move(note)); }
  void not_understood(Note note) override { doubts.push_back(std::move(note)); }

  bool touched = false;
  std::vector<Note> assumptions{};
  std::vector<Note> doubts{};

 private:
  template <typename T>
  T touch(T value) {
    touched = true;
    return value;
  }
};

/// A macro that an unread file may define looks like this: two capitals or more, with digits and underscores.
bool may_hold_macro(std::string_view text) {
  std::size_t run = 0;
  bool digits_only = true;
  for (const char c : text) {
    const bool capital = (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    run = capital || (digit && run > 0) ? run + 1 : 0;
    digits_only = run == 0 ? true : digits_only && !capital;
    if (run >= 3 && !digits_only) return true;
  }
  return false;
}

constexpr std::string_view kBetweenNames = " \t\r\n:;,<>{}()|\"'!=";

/// `10.0.0.0/8`, `::1`, and `::::1` as it stands in a colon list.
std::optional<AddressSet> address_in(std::string token) {
  if (std::optional<AddressSet> set = AddressSet::parse(token)) return set;
  for (std::size_t at = token.find("::"); at != std::string::npos; at = token.find("::", at + 1)) token.erase(at, 1);
  return AddressSet::parse(token);
}

void add_name(std::string name, Evaluable& into) {
  constexpr std::size_t kEnough = 256;
  if (name.starts_with("*.")) name = "mail" + name.substr(1);
  if (name.starts_with("*@")) name = "alice" + name.substr(1);
  if (name.empty() || name.size() > 255 || into.constants.size() >= kEnough) return;
  if (std::find(into.constants.begin(), into.constants.end(), name) == into.constants.end())
    into.constants.push_back(std::move(name));
}

void add_cut(AddressSet set, Evaluable& into) {
  constexpr std::size_t kEnough = 1024;
  if (set.empty() || into.cuts.size() >= kEnough) return;
  if (std::find(into.cuts.begin(), into.cuts.end(), set) == into.cuts.end()) into.cuts.push_back(std::move(set));
}

/// The names and addresses that a literal spells.
void add_literal(std::string_view text, Evaluable& into) {
  if (std::optional<AddressSet> whole = AddressSet::parse(text)) add_cut(std::move(*whole), into);
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n;,<>{}()|\"'!=", start), text.size());
    const std::string token(text.substr(start, end - start));
    if (std::optional<AddressSet> set = address_in(token)) {
      add_cut(std::move(*set), into);
    } else {
      std::size_t at = 0;
      while (at < token.size()) {
        const std::size_t stop = std::min(token.find_first_of(kBetweenNames, at), token.size());
        const std::string name = token.substr(at, stop - at);
        if (std::optional<AddressSet> set_of_name = AddressSet::parse(name)) {
          add_cut(std::move(*set_of_name), into);
        } else {
          add_name(name, into);
        }
        at = stop + 1;
      }
    }
    start = end + 1;
  }
}

/// `^10\.`, `^192\.168\.`: the addresses whose text begins so; nothing for other expressions.
std::optional<AddressSet> addresses_beginning(std::string_view pattern) {
  if (!pattern.starts_with('^')) return std::nullopt;
  std::vector<unsigned> bytes;
  std::string digits;
  std::size_t i = 1;
  for (; i < pattern.size(); ++i) {
    if (pattern[i] >= '0' && pattern[i] <= '9') {
      digits += pattern[i];
    } else if (pattern.substr(i, 2) == "\\." && !digits.empty() && digits.size() <= 3) {
      bytes.push_back(static_cast<unsigned>(std::stoul(digits)));
      digits.clear();
      ++i;
    } else {
      break;
    }
  }
  if (bytes.empty() || bytes.size() > 3) return std::nullopt;
  std::uint32_t bits = 0;
  for (std::size_t b = 0; b < bytes.size(); ++b) {
    if (bytes[b] > 255) return std::nullopt;
    bits |= bytes[b] << (24 - 8 * static_cast<unsigned>(b));
  }
  return AddressSet::network(IpAddress::v4(bits), static_cast<unsigned>(8 * bytes.size()));
}

void add_pattern(const std::string& pattern, Evaluable& into) {
  if (std::optional<AddressSet> set = addresses_beginning(pattern)) add_cut(std::move(*set), into);
  const auto regex = Regex::compile(pattern, false);
  if (!regex) return;
  for (const std::string& text : (*regex)->literals()) {
    if (std::optional<AddressSet> set = AddressSet::parse(text)) {
      add_cut(std::move(*set), into);
    } else {
      add_name(text, into);
    }
  }
}

EximListKind kind_of_match(std::string_view name) {
  if (name == "match_ip") return EximListKind::Host;
  if (name == "match_address") return EximListKind::Address;
  return name == "match_local_part" ? EximListKind::LocalPart : EximListKind::Domain;
}

/// Is the address used for more than being looked up in a list of addresses? Then no literal says where its value
/// changes.
bool needs_grid(const Text& text) {
  std::size_t plain_uses = 0;
  std::size_t uses = 0;
  const auto is_address = [](const Text& argument) {
    return argument.pieces.size() == 1 && argument.pieces[0].kind == PieceKind::Variable &&
           argument.pieces[0].text == "sender_host_address";
  };
  const auto on_piece = [&](const Piece& piece) {
    uses += piece.kind == PieceKind::Variable && piece.text == "sender_host_address" ? 1 : 0;
    if (piece.kind == PieceKind::Item && piece.text == "lookup" && piece.args.size() == 2 && is_address(piece.args[0]))
      ++plain_uses;
  };
  const auto on_test = [&](const Test& test) {
    std::string pattern;
    const bool by_bytes = test.name == "match" && is_constant(test.args[1], pattern) && addresses_beginning(pattern);
    const bool exact = test.name == "match_ip" || test.name == "eq" || test.name == "eqi" ||
                       test.name.starts_with("inlist") || test.name.starts_with("isip") || by_bytes;
    for (const Text& argument : test.args) {
      if (exact && is_address(argument)) ++plain_uses;
    }
  };
  visit(text, on_piece, on_test);
  return uses > plain_uses;
}

}  // namespace

ExpressionPtr Lowering::expression(const EximText& text) {
  site->kept.push_back(make_expression(text));
  return site->kept.back();
}

Folded Lowering::fold(const ExpressionPtr& value, const Frame& frame) {
  Folded folded;
  const ParsedExpansion& parsed = value->parsed;
  register_acl_calls(value, frame);
  if (!parsed.error.empty()) return {Folded::Kind::Error, {}, {value->source.place(parsed.at), parsed.error}};
  if (!parsed.doubt.empty()) return {Folded::Kind::Unknown, {}, {value->source.place(parsed.at), parsed.doubt}};
  if (const EximLine* unread = document.unread(); unread != nullptr && may_hold_macro(value->source.view())) {
    return {Folded::Kind::Unknown,
            {},
            {value->source.place(), "a macro may come from a file that was not read: " + unread->problem}};
  }
  std::vector<Note> assumptions;
  for (std::size_t i = 0; i < parsed.text.pieces.size(); ++i) {
    const Piece& piece = parsed.text.pieces[i];
    if (piece.kind == PieceKind::Literal && piece.verbatim) {
      folded.text.append(value->source.slice(piece.range));
      continue;
    }
    NoFacts facts;
    Expander expander(frame, facts);
    const Expansion part = expander.expand_piece(*value, i);
    if (facts.touched) return {Folded::Kind::Dynamic, {}, {}};
    assumptions.insert(assumptions.end(), facts.assumptions.begin(), facts.assumptions.end());
    if (part.status == Value::No) return {Folded::Kind::Fails, {}, {}};
    if (part.status != Value::Yes) {
      folded.kind = part.status == Value::Error ? Folded::Kind::Error : Folded::Kind::Unknown;
      folded.note = facts.doubts.empty() ? Note{value->source.place(piece.range), "this cannot be expanded"}
                                         : facts.doubts.front();
      return folded;
    }
    folded.text.append_derived(part.text, value->source.place(piece.range));
  }
  for (const Note& note : assumptions) assume(note);
  return folded;
}

std::optional<std::string> Lowering::constant(const EximString& value) {
  Folded folded = fold(expression(value.text), frame(Where::Connect));
  if (folded.kind != Folded::Kind::Constant) return std::nullopt;
  return folded.text.trimmed().str();
}

Value Lowering::matches_now(EximListKind kind, const EximText& list, const std::string& subject) {
  NoFacts facts;
  return site->match(kind, list, subject, facts, frame(Where::Recipient));
}

void Lowering::gather_list(EximListKind kind, std::string_view name, Evaluable& into, int depth) {
  const NamedList* list = site->named_list(kind, name);
  if (list == nullptr || depth > 8) return;
  gather(list->value->parsed.text, into);
  for (const EximItem& item : split_exim_list(list->value->source).items) {
    const std::string_view text = item.text.view();
    if (text.starts_with('+')) gather_list(kind, text.substr(1), into, depth + 1);
    if (const std::optional<EximLookup> lookup = parse_exim_lookup(text)) {
      std::size_t taken = 0;
      for (const EximKeys::Key& key : site->table(*lookup, std::string(item.text.view(lookup->argument))).keys.keys) {
        if (++taken > 512) break;
        add_literal(key.key, into);
      }
    }
  }
}

void Lowering::gather(const Text& text, Evaluable& into) {
  const auto on_piece = [&](const Piece& piece) {
    if (piece.kind == PieceKind::Literal) add_literal(piece.text, into);
    if (piece.kind == PieceKind::Variable)
      uses_port_ |= piece.text == "interface_port" || piece.text == "received_port";
    std::string file;
    const bool in_file = piece.kind == PieceKind::Item && piece.text == "lookup" && piece.args.size() == 2 &&
                         is_constant(piece.args[1], file);
    const std::optional<EximLookup> lookup = in_file ? parse_exim_lookup(piece.detail + ";") : std::nullopt;
    if (!lookup) return;
    std::size_t taken = 0;
    for (const EximKeys::Key& key : site->table(*lookup, file).keys.keys) {
      if (++taken > 512) return;
      add_literal(key.key, into);
    }
  };
  const auto on_test = [&](const Test& test) {
    std::string constant;
    if (test.args.size() != 2 || !is_constant(test.args[1], constant)) return;
    if (test.name == "match") add_pattern(constant, into);
    if (!test.name.starts_with("match_")) return;
    for (const EximItem& item : split_exim_list(EximText(constant, {})).items) {
      if (item.text.view().starts_with('+')) gather_list(kind_of_match(test.name), item.text.view().substr(1), into, 0);
      if (item.text.view().starts_with('^')) add_pattern(item.text.str(), into);
    }
  };
  visit(text, on_piece, on_test);
  if (!needs_grid(text)) return;
  for (std::uint32_t byte = 1; byte < 224; ++byte) add_cut(AddressSet::network(IpAddress::v4(byte << 24), 8), into);
}

Condition Lowering::test_of(const ExpressionPtr& value, const Frame& frame, Span span, const std::string& text,
                            relaylint::Test test) {
  register_acl_calls(value, frame);
  Evaluable evaluable;
  evaluable.test = std::move(test);
  evaluable.text = text;
  gather(value->parsed.text, evaluable);
  return {std::move(evaluable), span};
}

Condition Lowering::truth_of(const ExpressionPtr& value, const Frame& frame, Span span, Value when_forced) {
  const Folded folded = fold(value, frame);
  switch (folded.kind) {
    case Folded::Kind::Constant: {
      NoFacts facts;
      Expander expander(frame, facts);
      Expression plain;
      Piece piece;
      piece.text = folded.text.str();
      plain.parsed.text.pieces.push_back(std::move(piece));
      return {Constant{expander.condition(plain)}, span};
    }
    case Folded::Kind::Fails:
      return {Constant{when_forced}, span};
    case Folded::Kind::Error:
      return {Constant{Value::Error}, span};
    case Folded::Kind::Unknown:
      return opaque(folded.note.text, folded.note.span, false);
    case Folded::Kind::Dynamic:
      break;
  }
  return test_of(value, frame, span, one_line(span), [value, frame, when_forced](Facts& facts) {
    return Expander(frame, facts).condition(*value, when_forced);
  });
}

}  // namespace relaylint::exim4
