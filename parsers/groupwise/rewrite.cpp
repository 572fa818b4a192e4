// Closing the gateway: README.md, "Fixes". Every change that a rule asks for comes down to the norouting switch.

#include <algorithm>

#include "lint/format.hpp"
#include "parsers/groupwise/groupwise.hpp"

namespace relaylint::groupwise {
namespace {

using Kind = Mention::Kind;

/// The switch as this file would write it: its majority's prefix, upper case only where the file has that and it does
/// not matter.
std::string switch_text(const Survey& survey, Style style) {
  if (style == Style::Dash) return "--norouting";
  return survey.other_names > survey.upper_case_names ? "/norouting" : "/NOROUTING";
}

/// A file without a switch is written as NetWare and Windows read it; one that mixes both styles is left to its owner.
Style written_style(const GroupWiseDocument& document) {
  const Style style = document.survey.style();
  if (style != Style::Unknown) return style;
  return document.survey.dash_switches > 0 ? Style::Unknown : Style::Slash;
}

bool fits(Prefix prefix, Style style) {
  return style == Style::Slash ? prefix == Prefix::Slash : prefix == Prefix::DoubleDash || prefix == Prefix::Dash;
}

/// Taking the comment mark away is enough: nothing but the switch stands behind it, spelt as the file does.
bool can_uncomment(const Mention& mention, Style style) {
  return mention.protection == Protection::NoRouting && mention.kind == Kind::CommentedOut && mention.alone &&
         fits(mention.prefix, style) && (style == Style::Slash || mention.lower_case);
}

/// The line is right but for its place or its case.
bool can_respell(const Mention& mention, Style style) {
  return mention.protection == Protection::NoRouting && mention.kind == Kind::Switch && mention.alone &&
         fits(mention.prefix, style);
}

class Closing {
 public:
  Closing(const GroupWiseDocument& document, Style style) : document_(document), style_(style) {}
  [[nodiscard]] Fix fix() const;

 private:
  [[nodiscard]] std::optional<Edit> uncomment() const;
  [[nodiscard]] std::optional<Edit> respell() const;
  [[nodiscard]] Edit append() const;
  /// Where the mention's line starts; nothing behind a byte order mark, which the gateway may take for part of the
  /// line.
  [[nodiscard]] std::optional<std::uint32_t> line_start(const Mention& mention) const;
  [[nodiscard]] Edit edit(std::uint32_t start, std::uint32_t end, std::string text) const {
    return {{document_.main(), {start, end}}, std::move(text)};
  }

  const GroupWiseDocument& document_;
  Style style_;
};

std::optional<std::uint32_t> Closing::line_start(const Mention& mention) const {
  const std::uint32_t start = document_.sources().file(document_.main()).line_at(mention.line.start).start;
  if (start == 0 && document_.bytes().starts_with("\xEF\xBB\xBF")) return std::nullopt;
  return start;
}

std::optional<Edit> Closing::uncomment() const {
  for (const Mention& mention : document_.survey.mentions) {
    const std::optional<std::uint32_t> start = line_start(mention);
    if (start && can_uncomment(mention, style_)) return edit(*start, mention.text.start, "");
  }
  return std::nullopt;
}

std::optional<Edit> Closing::respell() const {
  for (const Mention& mention : document_.survey.mentions) {
    const std::optional<std::uint32_t> start = line_start(mention);
    if (!start || !can_respell(mention, style_)) continue;
    const bool lower = style_ == Style::Dash && !mention.lower_case;
    return edit(*start, mention.text.end, lower ? "--norouting" : std::string(document_.slice(mention.text)));
  }
  return std::nullopt;
}

/// On a line of its own at the end, before a DOS end-of-file mark; a file without a final line ending keeps having
/// none.
Edit Closing::append() const {
  const std::string_view bytes = document_.bytes();
  std::size_t end = bytes.size();
  while (end > 0 && bytes[end - 1] == '\x1a') --end;
  const std::string_view text = bytes.substr(0, end);
  const bool has_line = text.find('\n') != std::string_view::npos;
  const std::string ending(has_line || style_ == Style::Dash ? line_ending_of(text) : "\r\n");
  const std::string word = switch_text(document_.survey, style_);
  const bool complete = text.empty() || text.back() == '\n';
  const auto at = static_cast<std::uint32_t>(end);
  return edit(at, at, complete ? word + ending : ending + word);
}

Fix Closing::fix() const {
  const std::string who =
      ": hosts on your own networks lose relaying unless they authenticate or are exceptions in the administration "
      "console";
  if (std::optional<Edit> change = uncomment()) {
    return {"take the comment mark away from the norouting switch" + who, Applicability::Safe, {*std::move(change)}};
  }
  if (std::optional<Edit> change = respell()) {
    return {"write the norouting switch as the gateway reads it" + who, Applicability::Safe, {*std::move(change)}};
  }
  return {"append `" + switch_text(document_.survey, style_) + "`" + who, Applicability::Safe, {append()}};
}

Fix tell() {
  return {"prevent relaying in the administration console",
          Applicability::Display,
          {},
          {"open the gateway object, Access Control, SMTP Relay; choose to prevent message relaying",
           "enter the hosts that must relay as exceptions",
           "or start every switch of this file with the same prefix (/ or --) and add norouting"}};
}

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy&, const PolicyChange& change) {
  if (change.kind != PolicyChange::Kind::ControlRelaying && change.kind != PolicyChange::Kind::Correct)
    return std::nullopt;
  const auto& file = static_cast<const GroupWiseDocument&>(document);
  if (file.utf16) return std::nullopt;
  const Style style = written_style(file);
  if (style == Style::Unknown) return tell();
  return Closing(file, style).fix();
}

}  // namespace relaylint::groupwise
