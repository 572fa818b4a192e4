#pragma once
// The macros that an Exim configuration has defined so far, and their replacement in a line: plain text, no word
// boundaries, in order of definition, the replacement not scanned again for the same macro (Exim's readconf.c).

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parsers/support/exim_lines.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

class EximMacroTable {
 public:
  [[nodiscard]] const EximMacro* find(std::string_view name) const;
  /// A macro that is defined already and whose name is part of `name`; null where there is none.
  [[nodiscard]] const EximMacro* part_of(std::string_view name) const;
  /// The name must be new.
  void define(EximMacro macro);
  /// The name must be known; only later lines see the new value.
  void redefine(std::string_view name, Span name_span, Span span, EximText value);

  struct Replaced {
    bool any = false;
    /// The line, or all lines together, grew beyond the bound: the rest was left as it stood.
    bool over_limit = false;
  };
  /// Replaces all macros in the bytes of `text` from `start` on. Uses are recorded where `record`.
  Replaced replace_in(EximText& text, std::uint32_t start, bool record);

  [[nodiscard]] std::vector<EximMacro> take() { return std::move(macros_); }

 private:
  /// The lowest macro, `first` or higher, whose name stands in `text` from `start` on; macros_.size() where none does.
  [[nodiscard]] std::size_t next_in(std::string_view text, std::size_t start, std::size_t first) const;
  void index(std::string_view name, std::size_t macro);

  std::vector<EximMacro> macros_;
  std::unordered_map<std::string, std::size_t> by_name_;
  /// A trie over the names: (node, byte) → node; and the macro that ends at a node.
  std::unordered_map<std::uint64_t, std::uint32_t> children_;
  std::unordered_map<std::uint32_t, std::size_t> ends_;
  std::uint32_t nodes_ = 1;
  std::size_t added_ = 0;  ///< bytes that replacements have brought in so far
};

}  // namespace relaylint
