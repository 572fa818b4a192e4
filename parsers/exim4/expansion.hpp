#pragma once
// Exim's string expansion language as a tree. Only the grammar: what a tree means is expand.hpp's affair.
// Semantics: Exim specification, chapter "String expansions"; how bad strings fail was observed with Exim 4.96 (`exim
// -be`).
//
// The server reads a string while it expands it, skipped branches too: a string with a syntax error anywhere fails as a
// whole
// ("error"), and so does one with a name that this build of Exim does not know. Which names a build knows is not to be
// seen in a file: such a string is only in doubt.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint::exim4 {

struct Piece;
struct Test;

/// A string that is expanded: its pieces' values one after the other. Ranges are offsets into the text that was parsed.
struct Text {
  std::vector<Piece> pieces;
  TextRange range{};
};

enum class PieceKind {
  Literal,   ///< `text`, decoded
  Variable,  ///< $name, ${name}, $1
  Header,    ///< $h_name: and its kin; `text` is the header's name
  Operator,  ///< ${name_detail:args[0]}
  Item,      ///< ${name{args}…}
};

/// What a failed item gives.
enum class Otherwise { Nothing, Text, Fail };

struct Piece {
  PieceKind kind = PieceKind::Literal;
  TextRange range{};
  std::string text{};    ///< the literal; the name of a variable, header, operator or item
  std::string detail{};  ///< an operator's numbers (`1_2`), a lookup's type, options after `run,`
  std::vector<Text> args;
  std::vector<Test> tests;  ///< the condition of `if`, `filter`
  bool has_yes = false;
  Text yes;
  Otherwise otherwise = Otherwise::Nothing;
  Text no;
  /// A literal whose bytes stand in the text as they are (no escape was decoded).
  bool verbatim = true;
};

/// A condition of `${if…}`: `! name {args}`.
struct Test {
  TextRange range{};
  bool negated = false;
  std::string name{};      ///< eq, match_ip, and, def, =, …
  std::string variable{};  ///< of `def:`; headers as `h_name`
  std::vector<Text> args;
  std::vector<Test> tests;  ///< of and, or, forany, forall
};

struct ParsedExpansion {
  Text text{};
  /// Why the server cannot expand it, whatever its version; empty where it can.
  std::string error{};
  /// Why it may not be able to, or what is not understood; empty where all is.
  std::string doubt{};
  TextRange at{};  ///< where
};

/// Reads a string as Exim's expander does. Never fails; nesting beyond 60 levels is a doubt. Linear time.
ParsedExpansion parse_expansion(std::string_view text);

/// True where the tree is literals only, and then what they spell.
bool is_constant(const Text& text, std::string& value);

/// Calls `piece` and `test` for every part of the tree.
template <typename OnPiece, typename OnTest>
void visit(const Text& text, const OnPiece& on_piece, const OnTest& on_test);

template <typename OnPiece, typename OnTest>
void visit(const Test& test, const OnPiece& on_piece, const OnTest& on_test) {
  on_test(test);
  for (const Text& argument : test.args) visit(argument, on_piece, on_test);
  for (const Test& inner : test.tests) visit(inner, on_piece, on_test);
}

template <typename OnPiece, typename OnTest>
void visit(const Text& text, const OnPiece& on_piece, const OnTest& on_test) {
  for (const Piece& piece : text.pieces) {
    on_piece(piece);
    for (const Text& argument : piece.args) visit(argument, on_piece, on_test);
    for (const Test& test : piece.tests) visit(test, on_piece, on_test);
    visit(piece.yes, on_piece, on_test);
    visit(piece.no, on_piece, on_test);
  }
}

}  // namespace relaylint::exim4
