#include "parsers/support/exim_lines.hpp"

#include <algorithm>

#include "parsers/support/exim_conditions.hpp"
#include "parsers/support/exim_macros.hpp"
#include "parsers/support/exim_options.hpp"

namespace relaylint {

namespace {

constexpr std::size_t kMaxIncludeDepth = 64;
constexpr std::size_t kMaxIncludes = 4096;
constexpr std::size_t kMaxIncludedBytes = std::size_t{64} << 20;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_name_byte(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// A line of the shape `NAME = …`; `after_name` is the offset behind name and blanks, where `=` stands.
struct MacroShape {
  bool ok = false;
  TextRange name{};
  std::size_t after_name = 0;
};
MacroShape macro_shape(std::string_view text) {
  MacroShape shape;
  if (text.empty() || !is_upper(text.front())) return shape;
  std::size_t at = 0;
  while (at < text.size() && is_name_byte(text[at])) ++at;
  shape.name = text_range(0, at);
  while (at < text.size() && is_exim_blank(text[at])) ++at;
  shape.after_name = at;
  shape.ok = at < text.size() && text[at] == '=';
  return shape;
}

/// A file being read.
struct Open {
  FileId file{};
  std::uint32_t next = 0;  ///< offset of the next physical line
  std::size_t line = 0;    ///< its number, from 0
};

/// The logical line that is being put together.
struct Pending {
  EximText text{};
  bool started = false;
  Span span{};
  std::int32_t doubt = -1;
  FileId file{};  ///< of its first physical line
  std::size_t physical = 0;
};

class Reader {
 public:
  Reader(SourceSet& sources, EximDialect dialect, std::vector<EximPredefined> predefined)
      : sources_(sources), dialect_(dialect) {
    for (auto& macro : predefined) {
      if (macros_.find(macro.name) == nullptr) macros_.define({macro.name, {}, {}, std::move(macro.value), {}});
    }
  }

  EximLines read(std::span<const FileId> files) {
    for (const auto file : files) {
      push(file);
      while (!open_.empty()) step();
    }
    finish_pending();
    conditions_.finish();
    out_.macros = macros_.take();
    return std::move(out_);
  }

 private:
  void push(FileId file) {
    auto& physical = out_.physical[file];
    if (physical.empty()) {
      const auto bytes = sources_.file(file).bytes();
      for (std::size_t at = 0; at < bytes.size(); at = after_newline(bytes, at)) {
        physical.push_back({static_cast<std::uint32_t>(at), LeafKind::Directive, true});
      }
    }
    open_.push_back({file, 0, 0});
  }

  static std::size_t after_newline(std::string_view bytes, std::size_t at) {
    const auto newline = bytes.find('\n', at);
    return newline == std::string_view::npos ? bytes.size() : newline + 1;
  }

  void step() {
    auto& open = open_.back();
    const auto bytes = sources_.file(open.file).bytes();
    if (open.next >= bytes.size()) {
      open_.pop_back();
      return;
    }
    const auto start = open.next;
    open.next = static_cast<std::uint32_t>(after_newline(bytes, start));
    const auto end = bytes[open.next - 1] == '\n' ? open.next - 1 : open.next;
    here_ = {open.file, open.line++};
    const Span span{open.file, text_range(start, end)};
    physical_line(bytes.substr(start, end - start), span);
  }

  /// The line being read counts. A file that is read again keeps what it was the first time.
  void mark(LeafKind kind) {
    auto& entry = out_.physical[here_.file][here_.line];
    if (entry.dead) entry = {entry.start, kind, false};
  }

  void problem(Span span, std::string message, bool fatal) {
    out_.problems.push_back({span, std::move(message), fatal});
  }

  void physical_line(std::string_view bytes, Span span) {
    EximText line(bytes, span);
    const bool replaced = dialect_ == EximDialect::Exim4 && replace_in_physical(line);
    const auto range = line.trimmed_range(text_range(0, line.size()));
    const auto text = line.view(range);
    if (text.empty()) {
      mark(LeafKind::Blank);
      if (conditions_.live()) finish_pending();
      return;
    }
    if (text.front() == '#') {
      mark(LeafKind::Comment);
      return;
    }
    if (dialect_ == EximDialect::Exim4 && conditional(line, range, replaced)) return;
    if (!conditions_.live()) return;
    if (dialect_ == EximDialect::Exim4 && include(line, range)) return;
    append(line, range);
  }

  bool replace_in_physical(EximText& line) {
    const auto range = line.trimmed_range(text_range(0, line.size()));
    const auto text = line.view(range);
    if (text.empty()) return false;
    std::uint32_t start = 0;
    if (!pending_.started) {
      // The name in a macro definition is left alone; it must stand at the very start.
      const auto shape = macro_shape(text);
      if (shape.ok) start = range.start + static_cast<std::uint32_t>(shape.after_name);
    }
    const bool record = conditions_.live() || text.front() == '.';
    const auto result = macros_.replace_in(line, start, record);
    if (result.over_limit) over_limit(line);
    return result.any;
  }

  void over_limit(const EximText& line) {
    problem(line.place(), "replacing macros makes this line too long to be read", false);
    pending_over_limit_ = true;
  }

  bool conditional(const EximText& line, TextRange range, bool replaced) {
    if (!conditions_.take(line, range, replaced)) return false;
    mark(LeafKind::Directive);
    return true;
  }

  // --- includes ---

  bool include(const EximText& line, TextRange range) {
    constexpr std::string_view kIncludeIfExists = ".include_if_exists";
    constexpr std::string_view kInclude = ".include";
    const auto text = line.view(range);
    const bool optional = text.starts_with(kIncludeIfExists);
    const auto length = optional ? kIncludeIfExists.size() : kInclude.size();
    if (!text.starts_with(kInclude) || text.size() <= length || !is_exim_blank(text[length])) return false;
    mark(LeafKind::Directive);
    const auto value = line.trimmed_range({range.start + static_cast<std::uint32_t>(length), range.end});
    const auto name = read_exim_string(line, value);
    const auto span = line.use_place(range);
    if (optional && !name.text.view().starts_with('/')) {
      problem(span, ".include_if_exists needs an absolute file name", true);
      return true;
    }
    open_include(name.text.str(), span, optional);
    return true;
  }

  void open_include(const std::string& name, Span span, bool optional) {
    if (open_.size() > kMaxIncludeDepth || ++includes_ > kMaxIncludes) {
      return unread(span, "includes nest too deeply or are too many", !optional);
    }
    const auto reference = sources_.refer(name, open_.back().file);
    if (reference.status == ReferenceStatus::Found) {
      included_bytes_ += sources_.file(reference.file).bytes().size();
      if (included_bytes_ > kMaxIncludedBytes) return unread(span, "includes are too large", !optional);
      if (!sources_.file(reference.file).bytes().empty()) push(reference.file);
      return;
    }
    if (reference.status == ReferenceStatus::Missing && optional) return;
    unread(span, "the included file " + name + " " + reference.reason, !optional);
    if (reference.status == ReferenceStatus::Missing) {
      problem(span, "the included file " + name + " does not exist", true);
    }
  }

  void unread(Span span, std::string reason, bool required) {
    EximLine line;
    line.kind = EximLineKind::UnreadInclude;
    line.span = span;
    line.doubt = conditions_.doubt();
    line.problem = reason;
    line.required = required;
    out_.lines.push_back(std::move(line));
    // Inside a continuation the missing text belongs to the statement.
    if (pending_.started) pending_.doubt = conditions_.add_doubt(span, std::move(reason));
  }

  // --- logical lines ---

  void append(const EximText& line, TextRange range) {
    if (!pending_.started) {
      pending_.started = true;
      pending_.file = here_.file;
      pending_.physical = here_.line;
      pending_.doubt = conditions_.doubt();
      pending_.span = line.use_place(range);
    } else if (pending_.doubt != conditions_.doubt() && conditions_.doubt() >= 0) {
      pending_.doubt = conditions_.doubt();
    }
    mark(LeafKind::Directive);
    const auto place = line.use_place(range);
    if (place.file == pending_.span.file) pending_.span.range.end = std::max(pending_.span.range.end, place.range.end);
    const bool goes_on = line.view(range).back() == '\\';
    if (goes_on) --range.end;
    pending_.text.append(line.slice(range));
    if (!goes_on) finish_pending();
  }

  void finish_pending() {
    if (!pending_.started) return;
    auto pending = std::move(pending_);
    pending_ = {};
    auto text = pending.text.trimmed();
    if (text.empty()) return;
    if (dialect_ == EximDialect::Exim3) {
      const auto shape = macro_shape(text.view());
      const auto start = shape.ok ? static_cast<std::uint32_t>(shape.after_name) : 0;
      if (macros_.replace_in(text, start, true).over_limit) over_limit(text);
      text = text.trimmed();
      if (text.empty()) return;
    }
    EximLine line;
    line.span = pending.span;
    line.doubt = pending.doubt;
    if (pending_over_limit_) {
      line.doubt = conditions_.add_doubt(pending.span, "macros make this line too long to be read");
    }
    pending_over_limit_ = false;
    line.text = std::move(text);
    classify(line, pending);
    out_.lines.push_back(std::move(line));
  }

  void classify(EximLine& line, const Pending& pending) {
    const auto text = line.text.view();
    const bool exim3 = dialect_ == EximDialect::Exim3;
    // Section boundaries in any case, before anything else: `End` is no macro.
    const auto section = exim3 ? std::nullopt : exim4_section(text);
    if (section || (exim3 && is_exim3_end(text))) {
      in_main_ = false;
      // Exim 4 takes macro definitions before drivers and ACLs, too; lines of the other sections may look like them.
      macros_allowed_ = section && (*section == "acl" || *section == "routers" || *section == "transports" ||
                                    *section == "authenticators");
      out_.physical[pending.file][pending.physical].kind = LeafKind::Section;
      return;
    }
    if (!macros_allowed_ || !is_upper(text.front())) return;
    const auto shape = macro_shape(text);
    if (!shape.ok && !in_main_) return;
    line.kind = EximLineKind::Macro;
    line.problem = define(line, shape);
    if (line.problem.empty()) return;
    problem(line.span, line.problem, true);
    out_.physical[pending.file][pending.physical].kind = LeafKind::Error;
  }

  /// Carries a definition out; why the server refuses it, else empty.
  std::string define(const EximLine& line, const MacroShape& shape) {
    if (!shape.ok) return "malformed macro definition";
    const auto text = line.text.view();
    auto value_start = shape.after_name + 1;
    const bool exim4 = dialect_ == EximDialect::Exim4;
    const bool again = exim4 && value_start < text.size() && text[value_start] == '=';
    if (again) ++value_start;
    const auto name = std::string(line.text.view(shape.name));
    const auto name_span = line.text.use_place(shape.name);
    auto value = line.text.slice(text_range(value_start, text.size())).trimmed();
    const bool known = macros_.find(name) != nullptr;
    if (again && !known) return "macro " + name + " is redefined, but was never defined";
    if (!again && known) return "macro " + name + " is defined already";
    if (again) {
      macros_.redefine(name, name_span, line.span, std::move(value));
      return {};
    }
    if (const auto* part = macros_.part_of(name); part != nullptr) {
      return "macro " + name + " contains the name of the earlier macro " + part->name;
    }
    macros_.define({name, name_span, line.span, std::move(value), {}});
    return {};
  }

  struct Here {
    FileId file{};
    std::size_t line = 0;
  };

  SourceSet& sources_;
  EximDialect dialect_;
  EximLines out_;
  EximConditions conditions_{out_};
  EximMacroTable macros_;
  std::vector<Open> open_;
  Pending pending_;
  Here here_;
  std::size_t includes_ = 0;
  std::size_t included_bytes_ = 0;
  bool in_main_ = true;
  bool macros_allowed_ = true;
  bool pending_over_limit_ = false;
};

}  // namespace

EximLines read_exim_lines(SourceSet& sources, std::span<const FileId> files, EximDialect dialect,
                          std::vector<EximPredefined> predefined) {
  return Reader(sources, dialect, std::move(predefined)).read(files);
}

void for_each_exim_leaf(const EximLines& lines, const SourceFile& file, FileId id, const LeafVisitor& visit) {
  const auto found = lines.physical.find(id);
  const auto bytes = file.bytes();
  if (found == lines.physical.end() || found->second.empty()) {
    for_each_line_leaf(bytes, "#", visit);
    return;
  }
  const auto& physical = found->second;
  for (std::size_t i = 0; i < physical.size(); ++i) {
    Leaf leaf;
    const auto end = i + 1 < physical.size() ? physical[i + 1].start : static_cast<std::uint32_t>(bytes.size());
    leaf.whole = {physical[i].start, end};
    leaf.kind = physical[i].dead ? LeafKind::Comment : physical[i].kind;
    leaf.name = leaf.value = {leaf.whole.start, leaf.whole.start};
    if (leaf.kind == LeafKind::Directive) {
      const auto text = bytes.substr(leaf.whole.start, leaf.whole.size());
      const auto option = parse_exim_option(text);
      if (option && option->has_value) {
        leaf.name = {leaf.whole.start + option->name_range.start, leaf.whole.start + option->name_range.end};
        leaf.value = {leaf.whole.start + option->value_range.start, leaf.whole.start + option->value_range.end};
      }
    }
    visit(leaf);
  }
}

}  // namespace relaylint
