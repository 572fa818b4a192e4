#pragma once
// Expands a string for given facts, as Exim would. What the facts do not tell is unknown, with the reason; what asks
// data that is not at hand is answered "not there" and noted as an assumption.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lint/policy.hpp"
#include "parsers/exim4/expansion.hpp"
#include "parsers/exim4/site.hpp"

namespace relaylint::exim4 {

/// One expansion of one string. `status` of a result: Yes = `text` is the value, No = forced failure, Error = the
/// server cannot expand it.
class Expander {
 public:
  Expander(const Frame& frame, Facts& facts) : frame_(frame), facts_(facts) {}

  Expansion expand(const Expression& expression);
  /// One of the pieces at the top of the string alone; the string must have neither error nor doubt.
  Expansion expand_piece(const Expression& expression, std::size_t index);
  /// A condition standing alone (`condition = …`): empty, 0, no, false are No; a number, yes, true are Yes; a forced
  /// failure is `when_forced` (an ACL skips the condition); else Error.
  Value condition(const Expression& expression, Value when_forced = Value::Yes);

  /// Values for variables that only some settings have ($auth1, $1).
  std::map<std::string, std::string, std::less<>> extra{};
  /// A file that is not at hand holds nothing of what a stranger makes up: an assumption (password files), not a doubt.
  bool files_are_foreign = false;

 private:
  struct Found {
    Value status = Value::No;  ///< found, not found, the lookup failed, unknown
    std::string value{};
  };

  Expansion expand(const Text& text);
  Expansion expand(const Piece& piece);
  Expansion item(const Piece& piece);
  Expansion operation(const Piece& piece);
  Expansion branch(const Piece& piece, Value value, std::string_view when_alone);
  Expansion branch_with(const Piece& piece, const Found& found);

  Expansion item_if(const Piece& piece);
  Expansion item_env(const Piece& piece);
  Expansion item_extract(const Piece& piece);
  Expansion item_listextract(const Piece& piece);
  Expansion item_lookup(const Piece& piece);
  Expansion item_readfile(const Piece& piece);
  Expansion item_substitute(const Piece& piece);
  Expansion item_substring(const Piece& piece);
  Expansion item_translate(const Piece& piece);
  Expansion item_over_list(const Piece& piece);
  Found look_up(const Piece& piece, const EximLookup& lookup, const std::string& key, const std::string& argument);
  Expansion not_at_hand(TextRange range, const std::string& what, Found& found);

  Value test(const Test& test);
  Value failed(Value status);
  Value test_unsigned(const Test& test);
  Value test_all(const Test& test, bool any);
  Value test_defined(const Test& test);
  Value test_strings(const Test& test, const std::vector<std::string>& strings);
  Value test_compare(const Test& test, const std::string& a, const std::string& b) const;
  Value test_number(const Test& test, const std::string& a, const std::string& b);
  Value test_match(const Test& test, const std::string& subject, const std::string& pattern);
  Value test_list_member(const Test& test, const std::string& subject, const std::string& list);
  Value test_in_list(const Test& test, const std::string& subject, const std::string& list);
  Value test_exists(const Test& test, const std::string& path);
  Value test_each(const Test& test);

  Expansion variable(const std::string& name, TextRange range);
  Expansion address_variable(std::string_view name);
  Expansion session_variable(std::string_view name, TextRange range);
  Expansion tls_variable(std::string_view name) const;
  Expansion authentication_variable(std::string_view name, TextRange range);
  Expansion argument(std::size_t number);

  Expansion unknown(TextRange range, const std::string& why);
  [[nodiscard]] EximText as_text(const std::string& text, TextRange range) const;
  void assume(TextRange range, std::string what);

  const Frame& frame_;
  Facts& facts_;
  const EximText* source_ = nullptr;
  std::array<std::string, 10> numbers_{};
  std::optional<std::string> value_{};
  std::optional<std::string> item_{};
  int depth_ = 0;
  bool forced_ = false;  ///< the Error of the condition just tested is a forced failure inside it
};

/// A pure operator (`lc`, `mask`, `substr` with its numbers) applied to a string; nothing for one that is not
/// understood. Error where the server refuses the operand.
std::optional<Expansion> apply_operator(std::string_view name, std::string_view numbers, const std::string& operand);
/// `${substr{start}{length}{text}}`; a negative start counts from the end.
std::string exim_substring(const std::string& text, long start, std::optional<long> length);
/// A whole decimal number with an optional K, M, G and blanks around it; the empty string is 0.
std::optional<long long> exim_integer(std::string_view text);

}  // namespace relaylint::exim4
