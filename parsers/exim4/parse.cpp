#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "parsers/exim4/acl_line.hpp"
#include "parsers/exim4/document.hpp"
#include "parsers/exim4/exim4.hpp"
#include "parsers/exim4/options.hpp"

namespace relaylint::exim4 {
namespace {

TextRange whole(const EximText& text) { return text_range(0, text.size()); }

/// Reads the logical lines section by section.
class Reader {
 public:
  explicit Reader(Exim4Document& document) : document_(document) {}

  void run() {
    std::vector<EximLine> acl_lines;
    for (const EximLine& line : document_.lines.lines) {
      if (line.kind == EximLineKind::Statement) {
        if (const std::optional<std::string> name = exim4_section(line.text.view())) {
          finish_acl(acl_lines);
          begin(*name, line);
          continue;
        }
      }
      if (section_ == "acl") {
        acl_line(line, acl_lines);
      } else if (line.kind == EximLineKind::Statement) {
        statement(line);
      }
    }
    finish_acl(acl_lines);
  }

 private:
  void problem(Span span, std::string message, bool fatal) {
    document_.problems.push_back({span, std::move(message), fatal});
  }
  void begin(const std::string& name, const EximLine& line);
  void statement(const EximLine& line);
  void main_statement(const EximLine& line);
  void unknown_option(const std::string& name, const EximLine& line);
  void driver_statement(const EximLine& line, std::vector<Driver>& drivers);
  void rewrite_statement(const EximLine& line);
  void acl_line(const EximLine& line, std::vector<EximLine>& lines);
  void finish_acl(std::vector<EximLine>& lines);
  void check_string(const EximString& text, Span span);
  [[nodiscard]] static Setting setting_of(const EximLine& line, const EximOption& option);

  Exim4Document& document_;
  std::string section_ = "main";
  std::set<std::string> sections_{};
  std::set<std::string> set_{};  ///< main settings, named lists and ACLs that were certainly there
  bool in_acl_ = false;
};

void Reader::begin(const std::string& name, const EximLine& line) {
  static const std::set<std::string> kSections{"acl",     "authenticators", "local_scan", "retry",
                                               "rewrite", "routers",        "transports"};
  section_ = name;
  in_acl_ = false;
  if (!kSections.contains(name)) return problem(line.span, "`" + name + "` is no section that Exim knows", true);
  if (name == "routers") document_.has_routers = true;
  if (!sections_.insert(name).second && line.doubt < 0)
    problem(line.span, "the section " + name + " is there twice", true);
}

Setting Reader::setting_of(const EximLine& line, const EximOption& option) {
  Setting setting;
  setting.name = option.name;
  setting.negated = option.negated;
  setting.has_value = option.has_value;
  setting.span = line.span;
  setting.doubt = line.doubt;
  if (option.has_value) {
    setting.value = line.text.slice(option.value_range);
    setting.value_span = line.text.place(option.value_range);
    setting.text = read_exim_string(line.text, option.value_range);
  }
  return setting;
}

void Reader::check_string(const EximString& text, Span span) {
  if (!text.error.empty()) problem(span, text.error, true);
}

void Reader::statement(const EximLine& line) {
  if (section_ == "main") return main_statement(line);
  if (section_ == "routers") return driver_statement(line, document_.routers);
  if (section_ == "transports") return driver_statement(line, document_.transports);
  if (section_ == "authenticators") return driver_statement(line, document_.authenticators);
  if (section_ == "rewrite") return rewrite_statement(line);
}

void Reader::main_statement(const EximLine& line) {
  if (const std::optional<EximNamedList> list = parse_exim_named_list(line.text.view())) {
    if (!list->has_value) return problem(line.span, "`=` is missing after the list's name", true);
    ListStatement statement{list->kind,
                            list->name,
                            line.text.place(list->name_range),
                            read_exim_string(line.text, list->value_range),
                            line.span,
                            line.text.place(list->value_range),
                            line.doubt};
    check_string(statement.text, line.span);
    const std::string key = "list " + std::to_string(static_cast<int>(list->kind)) + " " + list->name;
    if (line.doubt < 0 && !set_.insert(key).second) {
      problem(line.span, "the list " + list->name + " is defined twice: Exim does not start", true);
    }
    document_.lists.push_back(std::move(statement));
    return;
  }
  const std::optional<EximOption> option = parse_exim_option(line.text.view());
  if (!option || !option->junk.empty()) {
    return problem(line.span, "this is no setting: Exim does not start", true);
  }
  if (!is_main_option(option->name)) return unknown_option(option->name, line);
  Setting setting = setting_of(line, *option);
  check_string(setting.text, line.span);
  if (line.doubt < 0 && !may_repeat(option->name) && !set_.insert(option->name).second) {
    problem(line.span, option->name + " is set twice: Exim does not start", true);
  }
  document_.settings.push_back(std::move(setting));
}

void Reader::unknown_option(const std::string& name, const EximLine& line) {
  if (is_exim3_option(name)) {
    return problem(line.span, name + " is a setting of Exim 3 only: Exim 4 does not start with it", true);
  }
  const std::string_view meant = near_main_option(name);
  if (!meant.empty()) {
    return problem(line.span,
                   "Exim knows no main setting " + name + " (" + std::string(meant) + "?) and does not start", true);
  }
  problem(line.span, "the main setting " + name + " is not known", false);
}

void Reader::driver_statement(const EximLine& line, std::vector<Driver>& drivers) {
  const std::optional<AclLine> words = parse_acl_line(line.text.view());
  if (words && words->is_label && !words->negated) {
    if (!words->rest.empty()) return problem(line.span, "nothing may stand after the name of a driver", true);
    Driver driver;
    driver.name = words->name;
    driver.name_span = line.span;
    driver.doubt = line.doubt;
    const bool twice = std::any_of(drivers.begin(), drivers.end(),
                                   [&](const Driver& other) { return other.name == driver.name && other.doubt < 0; });
    if (twice && line.doubt < 0) problem(line.span, "there are two of the name " + driver.name, true);
    drivers.push_back(std::move(driver));
    return;
  }
  const std::optional<EximOption> option = parse_exim_option(line.text.view());
  if (!option || !option->junk.empty() || drivers.empty()) {
    return problem(line.span, "this is no setting: Exim does not start", true);
  }
  Setting setting = setting_of(line, *option);
  check_string(setting.text, line.span);
  if (setting.doubt == drivers.back().doubt) setting.doubt = -1;
  const bool twice = drivers.back().find(setting.name) != nullptr && setting.doubt < 0;
  if (twice && !may_repeat(setting.name)) problem(line.span, setting.name + " is set twice: Exim does not start", true);
  drivers.back().settings.push_back(std::move(setting));
}

void Reader::rewrite_statement(const EximLine& line) {
  const std::optional<RewriteLine> parts = parse_rewrite_line(line.text.view());
  if (!parts) return problem(line.span, "this is no rewriting rule", true);
  const auto unquoted = [&](TextRange range) {
    return line.text.view(range).starts_with('"') ? read_exim_string(line.text, range).text : line.text.slice(range);
  };
  document_.rewrites.push_back({unquoted(parts->pattern), unquoted(parts->replacement),
                                std::string(line.text.view(parts->flags)), line.span, line.doubt});
}

void Reader::acl_line(const EximLine& line, std::vector<EximLine>& lines) {
  if (line.kind == EximLineKind::Macro) {
    finish_acl(lines);
    return;
  }
  const std::optional<AclLine> words =
      line.kind == EximLineKind::Statement ? parse_acl_line(line.text.view()) : std::nullopt;
  if (words && words->is_label && !words->negated) {
    finish_acl(lines);
    in_acl_ = true;
    if (line.doubt < 0 && !set_.insert("acl " + words->name).second) {
      problem(line.span, "there are two ACLs called " + words->name + ": Exim does not start", true);
    }
    Acl acl;
    acl.name = words->name;
    acl.name_span = line.span;
    document_.acls.push_back(std::move(acl));
    return;
  }
  if (in_acl_) {
    lines.push_back(line);
  } else if (line.kind == EximLineKind::Statement) {
    problem(line.span, "an ACL's name with `:` is expected here: Exim does not start", true);
  }
}

void Reader::finish_acl(std::vector<EximLine>& lines) {
  if (in_acl_) document_.acls.back().statements = parse_acl_statements(lines, document_.problems);
  lines.clear();
  in_acl_ = false;
}

/// The statements of one ACL, from its lines.
class AclReader {
 public:
  explicit AclReader(std::vector<Problem>& problems) : problems_(problems) {}

  std::vector<AclStatement> run(const std::vector<EximLine>& lines) {
    for (const EximLine& line : lines) read(line);
    return std::move(statements_);
  }

 private:
  void read(const EximLine& line);
  void read_word(const EximLine& line, const AclLine& words, TextRange place);
  void not_known(const EximLine& line, std::string why, bool fatal);
  void extend(Span span) {
    Span& last = statements_.back().span;
    if (span.file == last.file && span.range.end > last.range.end) last.range.end = span.range.end;
  }

  std::vector<Problem>& problems_;
  std::vector<AclStatement> statements_{};
};

/// Something stands here whose meaning is not known: it may be a condition, or a statement.
void AclReader::not_known(const EximLine& line, std::string why, bool fatal) {
  if (line.kind == EximLineKind::Statement) problems_.push_back({line.span, why, fatal});
  if (!statements_.empty() && statements_.back().problem.empty() && line.kind == EximLineKind::Statement) {
    AclPart part;
    part.problem = std::move(why);
    part.span = line.span;
    part.doubt = line.doubt;
    statements_.back().parts.push_back(std::move(part));
    return;
  }
  AclStatement statement;
  statement.problem = std::move(why);
  statement.span = line.span;
  statement.verb_span = line.span;
  statement.doubt = line.doubt;
  statements_.push_back(std::move(statement));
}

void AclReader::read(const EximLine& line) {
  if (line.kind == EximLineKind::UnreadInclude) return not_known(line, line.problem, false);
  if (line.kind == EximLineKind::Macro) return;
  const std::optional<AclLine> words = parse_acl_line(line.text.view());
  if (!words) return not_known(line, "this is no line of an ACL: Exim does not start", true);
  const std::optional<Verb> verb = verb_of(words->name);
  if (!verb) {
    if (!statements_.empty()) return read_word(line, *words, whole(line.text));
    const bool certain = is_near_acl_word(words->name) || acl_word(words->name) != AclWordKind::Unknown;
    return not_known(line, "`" + words->name + "` is no verb of an ACL", certain);
  }
  if (words->negated) return not_known(line, "a verb cannot be negated: Exim does not start", true);
  AclStatement statement;
  statement.verb = *verb;
  statement.verb_span = line.text.place(words->start);
  statement.span = line.span;
  statement.doubt = line.doubt;
  statements_.push_back(std::move(statement));
  TextRange rest = line.text.trimmed_range({words->start.end, whole(line.text).end});
  if (rest.empty()) return;
  const EximLine tail{line.kind, line.text.slice(rest), line.text.place(rest), line.doubt, {}, false};
  const std::optional<AclLine> condition = parse_acl_line(tail.text.view());
  if (!condition) return not_known(tail, "this is no condition of an ACL: Exim does not start", true);
  read_word(tail, *condition, whole(tail.text));
}

void AclReader::read_word(const EximLine& line, const AclLine& words, TextRange place) {
  const AclWordKind kind = acl_word(words.name);
  if (kind == AclWordKind::Unknown) {
    return not_known(line, "`" + words.name + "` is no condition or modifier of an ACL", is_near_acl_word(words.name));
  }
  const bool is_endpass = words.name == "endpass";
  const bool is_set = words.name == "set";
  if (words.negated && kind == AclWordKind::Modifier) {
    return not_known(line, words.name + " cannot be negated: Exim does not start", true);
  }
  AclStatement& statement = statements_.back();
  if (is_endpass && statement.verb != Verb::Accept && statement.verb != Verb::Discard) {
    return not_known(line, "endpass may stand in accept and discard only: Exim does not start", true);
  }
  if (!words.has_value && !is_endpass && !is_set) {
    return not_known(line, "`=` is missing after " + words.name + ": Exim does not start", true);
  }
  AclPart part;
  part.name = words.name;
  part.negated = words.negated;
  part.value = line.text.slice(words.rest);
  part.span = line.text.place({words.start.start, std::max(words.start.end, words.rest.end)});
  part.doubt = line.doubt == statement.doubt ? -1 : line.doubt;
  if (is_set && !parse_acl_set(part.value.view())) {
    return not_known(line, "set needs a variable whose name starts with acl_c or acl_m: Exim does not start", true);
  }
  extend(line.text.use_place(place));
  statement.parts.push_back(std::move(part));
}

/// Files that a panel writes say so in their first lines; edits there do not last.
void find_banner(Exim4Document& document) {
  struct Banner {
    std::string_view mark;
    std::string_view panel;
  };
  static constexpr Banner kBanners[] = {
      {"cPanel Exim 4 Config", "cPanel"},
      {"SpamBlockerTechnology", "DirectAdmin"},
      {"DirectAdmin", "DirectAdmin"},
      {"update-exim4.conf", "update-exim4.conf"},
  };
  const SourceFile& file = document.sources().file(document.main());
  const std::string_view head = file.bytes().substr(0, 4096);
  std::size_t start = 0;
  while (start < head.size()) {
    const std::size_t end = std::min(head.find('\n', start), head.size());
    const std::string_view line = head.substr(start, end - start);
    for (const Banner& banner : kBanners) {
      if (!line.starts_with('#') || line.find(banner.mark) == std::string_view::npos) continue;
      // Debian's file is a source where it is the template, and generated where it says that it was written.
      if (banner.panel == "update-exim4.conf" && head.find("WARNING WARNING WARNING") == std::string_view::npos)
        continue;
      document.panel = banner.panel;
      document.banner_span = {document.main(), text_range(start, end)};
      return;
    }
    start = end + 1;
  }
}

}  // namespace

std::optional<Verb> verb_of(std::string_view name) {
  static const std::map<std::string_view, Verb> kVerbs{
      {"accept", Verb::Accept}, {"defer", Verb::Defer},     {"deny", Verb::Deny}, {"discard", Verb::Discard},
      {"drop", Verb::Drop},     {"require", Verb::Require}, {"warn", Verb::Warn}};
  const auto found = kVerbs.find(name);
  return found == kVerbs.end() ? std::nullopt : std::optional<Verb>(found->second);
}

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::Accept:
      return "accept";
    case Verb::Defer:
      return "defer";
    case Verb::Deny:
      return "deny";
    case Verb::Discard:
      return "discard";
    case Verb::Drop:
      return "drop";
    case Verb::Require:
      return "require";
    case Verb::Warn:
      return "warn";
  }
  return "";
}

std::vector<AclStatement> parse_acl_statements(const std::vector<EximLine>& lines, std::vector<Problem>& problems) {
  return AclReader(problems).run(lines);
}

std::unique_ptr<Exim4Document> parse_exim4(SourceSet& sources, FileId main, std::span<const FileId> files,
                                           std::vector<EximPredefined> predefined) {
  auto document = std::make_unique<Exim4Document>(sources, main);
  document->lines = read_exim_lines(sources, files, EximDialect::Exim4, std::move(predefined));
  document->problems = document->lines.problems;
  Reader(*document).run();
  find_banner(*document);
  return document;
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  const FileId files[] = {main};
  return parse_exim4(sources, main, files);
}

std::optional<bool> Setting::as_bool() const {
  if (!has_value) return !negated;
  if (negated) return std::nullopt;
  return parse_exim_bool(value.view());
}

const Setting* Driver::find(std::string_view setting) const {
  for (const Setting& one : settings) {
    if (one.name == setting) return &one;
  }
  return nullptr;
}

std::string_view Driver::text(std::string_view setting) const {
  const Setting* found = find(setting);
  return found == nullptr ? std::string_view{} : found->text.text.view();
}

bool Driver::flag(std::string_view setting, bool otherwise) const {
  const Setting* found = find(setting);
  return found == nullptr ? otherwise : found->as_bool().value_or(otherwise);
}

void Exim4Document::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  for_each_exim_leaf(lines, sources().file(file), file, visit);
}

const Setting* Exim4Document::find(std::string_view name) const {
  for (const Setting& setting : settings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

const Acl* Exim4Document::acl(std::string_view name) const {
  for (const Acl& one : acls) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const Driver* Exim4Document::transport(std::string_view name) const {
  for (const Driver& one : transports) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const EximLine* Exim4Document::unread() const {
  for (const EximLine& line : lines.lines) {
    if (line.kind == EximLineKind::UnreadInclude) return &line;
  }
  return nullptr;
}

std::string Exim4Document::doubt_reason(std::int32_t doubt) const {
  return doubt < 0 ? std::string() : lines.doubts[static_cast<std::size_t>(doubt)].reason;
}

}  // namespace relaylint::exim4
