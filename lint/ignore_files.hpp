#pragma once
// .gitignore and .relaylintignore: which entries of a folder a walk passes over. Semantics of gitignore(5); the same patterns
// serve the `exclude` of .relaylint.ini.

#include <string>
#include <string_view>
#include <vector>

namespace relaylint {

enum class IgnoreAnswer { Undecided, Ignored, Kept };

/// The patterns of one ignore file.
class IgnorePatterns {
 public:
  IgnorePatterns() = default;
  /// Never fails: what is no pattern matches nothing. Time to match is bounded by the product of the lengths of pattern and path.
  static IgnorePatterns parse(std::string_view text);
  void add_line(std::string_view line);

  /// `path`: below the folder that the patterns stand in, separated by `/`, without one at either end. The last pattern that
  /// matches decides. Says nothing about parents: a walk that never enters an ignored folder gets that right by itself.
  [[nodiscard]] IgnoreAnswer match(std::string_view path, bool is_directory) const;
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

 private:
  struct Pattern {
    std::vector<std::string> segments;  ///< between slashes; "**" stands for any number of folders
    bool negated = false;
    bool directories_only = false;
  };
  static bool matches(const Pattern& pattern, const std::vector<std::string_view>& path);

  std::vector<Pattern> patterns_;
};

/// The ignore files that apply to a folder, outermost first. Copied when a walk goes down.
class IgnoreStack {
 public:
  /// `directory`: where the patterns stand; "." or a path as the walk names its entries.
  void push(std::string directory, IgnorePatterns patterns);
  /// Does any of them say that `path` (as the walk names it) is passed over? The innermost that decides wins.
  [[nodiscard]] bool ignores(std::string_view path, bool is_directory) const;

 private:
  struct Level {
    std::string directory;
    IgnorePatterns patterns;
  };
  std::vector<Level> levels_;
};

}  // namespace relaylint
