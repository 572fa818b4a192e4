#pragma once
// Exim 4's `.ifdef` and its kin: which physical lines count, which do not, and which depend on the binary.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/support/exim_lines.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

/// The open conditionals while a configuration is read. Tests on built-in macros note assumptions and doubts in `out`.
class EximConditions {
 public:
  explicit EximConditions(EximLines& out) : out_(out) {}

  /// The line being read counts.
  [[nodiscard]] bool live() const { return levels_.empty() || levels_.back().active; }
  /// The innermost doubt that the line being read stands under; -1 for none.
  [[nodiscard]] std::int32_t doubt() const { return levels_.empty() ? -1 : levels_.back().doubt; }
  /// A doubt of its own, of one arm.
  std::int32_t add_doubt(Span span, std::string reason) { return add(++tests_, 1, span, std::move(reason)); }

  /// Carries out the directive in `range` of `line`; false where it is none. `replaced`: a macro was replaced in the
  /// line.
  bool take(const EximText& line, TextRange range, bool replaced);
  /// A conditional that is still open is a fatal problem.
  void finish();

 private:
  enum class Truth { No, Yes, Doubtful };
  struct Level {
    bool active = false;
    bool done = false;  ///< an arm was certainly taken (or none can be): the rest is dead
    bool doubtful = false;
    std::uint32_t test = 0;
    std::uint32_t arm = 0;
    std::int32_t outer_doubt = -1;
    std::int32_t doubt = -1;  ///< of the present arm, or what is outside
    std::string builtin{};
    Span span{};
  };

  Truth truth_of(bool negated, Span span, bool replaced, std::string_view rest);
  void open_level(Span span, Truth truth, std::string_view rest);
  void next_arm(Span span, Truth truth, std::string_view rest);
  std::int32_t add(std::uint32_t test, std::uint32_t arm, Span span, std::string reason);

  EximLines& out_;
  std::vector<Level> levels_;
  std::set<std::string> assumed_;
  std::uint32_t tests_ = 0;
};

}  // namespace relaylint
