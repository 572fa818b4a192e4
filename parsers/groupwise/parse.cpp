// Lines, and the one pass over them. The grammar is a prefix, a name, a separator and the rest of the line, so plain
// C++ does it; the syntax is in README.md.

#include <algorithm>
#include <memory>

#include "lint/pattern.hpp"
#include "parsers/groupwise/groupwise.hpp"

namespace relaylint::groupwise {
namespace {

constexpr std::size_t kMaxProblems = 1000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_comment_mark(char c) { return c == ';' || c == '#' || c == '*'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

TextRange range(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

std::string_view slice(std::string_view bytes, TextRange at) { return bytes.substr(at.start, at.size()); }

/// The blanks around the text of a line; a byte order mark and a DOS end-of-file mark (^Z) count as such.
TextRange trimmed(std::string_view bytes, std::size_t start, std::size_t end) {
  if (start == 0 && bytes.starts_with("\xEF\xBB\xBF")) start = std::min<std::size_t>(3, end);
  while (end > start && (is_blank(bytes[end - 1]) || bytes[end - 1] == '\x1a')) --end;
  while (start < end && is_blank(bytes[start])) ++start;
  return range(start, end);
}

std::size_t prefix_length(std::string_view text) {
  if (text.starts_with("--")) return 2;
  return text.starts_with('/') || text.starts_with('-') ? 1 : 0;
}

Prefix prefix_of(std::string_view text) {
  if (text.starts_with("--")) return Prefix::DoubleDash;
  if (text.starts_with('-')) return Prefix::Dash;
  return text.starts_with('/') ? Prefix::Slash : Prefix::None;
}

void split_switch(std::string_view bytes, Line& line) {
  const std::string_view body = slice(bytes, line.body);
  const std::size_t start = prefix_length(body);
  std::size_t end = start;
  while (end < body.size() && is_name_char(body[end])) ++end;
  if (start == 0 || end == start || !is_letter(body[start])) {
    line.kind = LeafKind::Error;
    return;
  }
  line.kind = LeafKind::Directive;
  line.prefix = prefix_of(body);
  line.name = range(line.body.start + start, line.body.start + end);
  line.bare = end == body.size();
  std::size_t value = end;
  if (value < body.size() && (body[value] == '-' || body[value] == '=')) ++value;
  while (value < body.size() && is_blank(body[value])) ++value;
  line.value = range(line.body.start + value, line.body.end);
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (is_letter(c)) letters += c;
  }
  return to_lower(letters);
}

/// At most two letters added, left out or changed, or the words that people write for the switch.
bool is_nearly(std::string_view letters, Protection protection) {
  const std::string_view right = switch_name(protection);
  if (protection == Protection::NoRouting) {
    for (const std::string_view other : {"noroute", "noroutes", "norelay", "norelaying", "preventrelaying"}) {
      if (letters == other) return true;
    }
  }
  if (letters.size() + 2 < right.size() || letters.size() > right.size() + 2) return false;
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= letters.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t changed = diagonal + (letters[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[right.size()] <= 2;
}

constexpr Protection kProtections[] = {Protection::NoRouting, Protection::ForceInboundAuth};

std::optional<Protection> named_protection(std::string_view name) {
  for (const Protection protection : kProtections) {
    if (equals_ignoring_case(name, switch_name(protection))) return protection;
  }
  return std::nullopt;
}

/// Collects what one line says; keeps the survey's invariants in one place.
class Surveyor {
 public:
  Surveyor(std::string_view bytes, Survey& survey) : bytes_(bytes), survey_(survey) {}
  void look_at(const Line& line);

 private:
  void look_at_comment(const Line& line);
  void look_at_switch(const Line& line);
  void look_at_other(const Line& line);
  void look_behind(const Line& line);
  void note_facts(const Line& line);
  void mention(Mention::Kind kind, Protection protection, const Line& line, TextRange text, bool alone);

  std::string_view bytes_;
  Survey& survey_;
};

void Surveyor::mention(Mention::Kind kind, Protection protection, const Line& line, TextRange text, bool alone) {
  const std::string_view word = slice(bytes_, text);
  const bool lower = std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  survey_.mentions.push_back({kind, protection, line.body, text, prefix_of(word), alone, line.indented, lower});
}

void Surveyor::look_at_comment(const Line& line) {
  const std::string_view body = slice(bytes_, line.body);
  if (const std::optional<NamedVersion> named = version_in_comment(body)) {
    if (!survey_.named_version || era_of_version(named->version) == Era::DatabaseDecides) {
      survey_.named_version = named->version;
      survey_.named_version_at =
          range(line.body.start + named->at, line.body.start + named->at + named->version.size());
    }
  }
  std::size_t start = 0;
  while (start < body.size() && (is_comment_mark(body[start]) || is_blank(body[start]))) ++start;
  std::size_t end = start + prefix_length(body.substr(start));
  const std::size_t name = end;
  while (end < body.size() && is_name_char(body[end])) ++end;
  const bool alone = end == body.size();
  if (name == start && !alone) return;  // prose
  if (const std::optional<Protection> protection = named_protection(body.substr(name, end - name))) {
    mention(Mention::Kind::CommentedOut, *protection, line, range(line.body.start + start, line.body.start + end),
            alone);
  }
}

void Surveyor::note_facts(const Line& line) {
  const std::string_view name = slice(bytes_, line.name);
  const auto is = [&](std::string_view other) { return equals_ignoring_case(name, other); };
  if (is("mh")) survey_.smarthost = line.body;
  if (is("dsnage")) survey_.dsn_age = line.body;
  if (is("imip")) survey_.imip = line.body;
  if (is("hn") && !line.value.empty()) survey_.host_name = line.value;
  if (line.prefix != Prefix::Slash) {
    ++survey_.dash_switches;
    return;
  }
  ++survey_.slash_switches;
  const bool upper = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  ++(upper ? survey_.upper_case_names : survey_.other_names);
}

void Surveyor::look_behind(const Line& line) {
  const std::string lower = to_lower(slice(bytes_, line.body));
  for (const Protection protection : kProtections) {
    const std::string_view word = switch_name(protection);
    for (std::size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + word.size())) {
      std::size_t start = at;
      while (start > 0 && (lower[start - 1] == '-' || lower[start - 1] == '/')) --start;
      const std::size_t end = at + word.size();
      const bool starts = start > 0 && start < at && (is_blank(lower[start - 1]) || is_comment_mark(lower[start - 1]));
      if (!starts || (end < lower.size() && is_name_char(lower[end]))) continue;
      const std::string_view before = std::string_view(lower).substr(0, start);
      const bool in_comment = before.find(';') != std::string_view::npos ||
                              before.find(" #") != std::string_view::npos ||
                              before.find(" *") != std::string_view::npos;
      mention(in_comment ? Mention::Kind::InComment : Mention::Kind::InOtherSwitch, protection, line,
              range(line.body.start + start, line.body.start + end), false);
    }
  }
}

void Surveyor::look_at_switch(const Line& line) {
  note_facts(line);
  const TextRange spelt = range(line.body.start, line.name.end);
  if (const std::optional<Protection> protection = named_protection(slice(bytes_, line.name))) {
    return mention(Mention::Kind::Switch, *protection, line, spelt, line.bare);
  }
  const std::string_view body = slice(bytes_, line.body);
  const std::string_view token = body.substr(0, std::min(body.size(), body.find_first_of(" \t")));
  for (const Protection protection : kProtections) {
    const bool near =
        is_nearly(letters_of(token), protection) || (body.size() < 24 && is_nearly(letters_of(body), protection));
    if (near) {
      const std::size_t size = is_nearly(letters_of(token), protection) ? token.size() : body.size();
      return mention(Mention::Kind::Misspelt, protection, line, range(line.body.start, line.body.start + size), false);
    }
  }
  look_behind(line);
}

void Surveyor::look_at_other(const Line& line) {
  const std::string_view body = slice(bytes_, line.body);
  const std::string_view token = body.substr(0, std::min(body.size(), body.find_first_of(" \t")));
  if (token.size() > 32) return;
  for (const Protection protection : kProtections) {
    if (letters_of(token) == switch_name(protection)) {
      mention(Mention::Kind::WithoutPrefix, protection, line, range(line.body.start, line.body.start + token.size()),
              token.size() == body.size());
    }
  }
}

void Surveyor::look_at(const Line& line) {
  switch (line.kind) {
    case LeafKind::Comment:
      return look_at_comment(line);
    case LeafKind::Directive:
      return look_at_switch(line);
    case LeafKind::Error:
      return look_at_other(line);
    default:
      return;
  }
}

template <typename Visit>
void for_each_line(std::string_view bytes, const Visit& visit) {
  for (std::uint32_t at = 0; at < bytes.size();) {
    const Line line = split_line(bytes, at);
    visit(line);
    at = line.whole.end;
  }
}

}  // namespace

std::string_view switch_name(Protection protection) {
  return protection == Protection::NoRouting ? "norouting" : "forceinboundauth";
}

Line split_line(std::string_view bytes, std::uint32_t start) {
  const std::size_t newline = bytes.find('\n', start);
  const std::size_t text_end = newline == std::string_view::npos ? bytes.size() : newline;
  Line line;
  line.whole = range(start, newline == std::string_view::npos ? bytes.size() : newline + 1);
  line.body = trimmed(bytes, start, text_end);
  line.indented = line.body.start != start;
  if (line.body.empty()) return line;
  if (is_comment_mark(bytes[line.body.start])) {
    line.kind = LeafKind::Comment;
  } else {
    split_switch(bytes, line);
  }
  return line;
}

Style Survey::style() const {
  if (slash_switches == dash_switches) return Style::Unknown;
  return slash_switches > dash_switches ? Style::Slash : Style::Dash;
}

Survey survey_of(std::string_view bytes) {
  Survey survey;
  Surveyor surveyor(bytes, survey);
  for_each_line(bytes, [&](const Line& line) { surveyor.look_at(line); });
  return survey;
}

void GroupWiseDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  if (file != main()) return Document::for_each_leaf(file, visit);
  if (utf16) return visit({LeafKind::Error, range(0, bytes().size())});
  for_each_line(bytes(), [&](const Line& line) { visit({line.kind, line.whole, line.name, line.value}); });
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<GroupWiseDocument>(sources, main);
  const std::string_view bytes = document->bytes();
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    document->utf16 = true;
    document->problems.push_back(
        {{main, range(0, bytes.size())}, "the file is UTF-16, which no gateway is known to read", true});
    return document;
  }
  document->survey = survey_of(bytes);
  for_each_line(bytes, [&](const Line& line) {
    if (line.kind != LeafKind::Error || document->problems.size() >= kMaxProblems) return;
    document->problems.push_back({{main, line.body}, "not a switch: it starts with neither / nor -- and a name"});
  });
  return document;
}

}  // namespace relaylint::groupwise
