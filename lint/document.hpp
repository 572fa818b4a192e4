#pragma once
// What parsing gives: a lossless document. Its leaves tile every byte of every file of the configuration; what
// was not understood is a leaf of kind Error and a Problem. The items themselves are the format's own affair.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

enum class LeafKind { Directive, Section, Comment, Blank, Error };

/// `whole` includes the line ending. `name` and `value` lie inside it and are empty where there is none.
struct Leaf {
  LeafKind kind = LeafKind::Error;
  TextRange whole{};
  TextRange name{};
  TextRange value{};
};

using LeafVisitor = std::function<void(const Leaf&)>;

/// Something in the file that could not be read as what it should be. Never stops the run.
struct Problem {
  Span span{};
  std::string message;
  /// The real server would refuse to start with this: the verdict is `unknown` (contract.md 1).
  bool fatal = false;
};

class Document {
 public:
  Document(SourceSet& sources, FileId main) : sources_(&sources), main_(main) {}
  virtual ~Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] SourceSet& sources() const { return *sources_; }
  [[nodiscard]] FileId main() const { return main_; }
  /// Visits the leaves of one file in order; they tile it. The default takes each line as a Directive, Comment
  /// (first non-blank byte `#`) or Blank, which is right for list files that a format reads beside its own.
  virtual void for_each_leaf(FileId file, const LeafVisitor& visit) const;

  std::vector<Problem> problems{};

 private:
  SourceSet* sources_;
  FileId main_;
};

/// The line-wise leaves of the default, for formats to fall back on.
void for_each_line_leaf(std::string_view bytes, std::string_view comment_starts, const LeafVisitor& visit);

/// The line ending a file uses: that of its first line, "\n" where it has none.
std::string_view line_ending_of(std::string_view bytes);

}  // namespace relaylint
