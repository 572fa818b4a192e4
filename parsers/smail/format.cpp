// The format's entry in the registry, and how its file is known among all that are called `config`.

#include "lint/format.hpp"

#include <algorithm>
#include <array>

#include "lint/pattern.hpp"
#include "parsers/smail/smail.hpp"

namespace relaylint {
namespace smail {
namespace {

constexpr std::array<std::string_view, 1> kFileNames = {"config"};

/// What the entries at the head of a file look like.
struct Look {
  std::size_t known = 0;
  std::size_t telling = 0;
  std::size_t unknown = 0;
  std::size_t broken = 0;
  bool other_program = false;  ///< a section, or markup: no attribute file starts a line so
};

Look look_at(std::string_view head) {
  Look look;
  for (std::uint32_t at = 0; at < head.size();) {
    const Item item = next_item(head, at);
    at = item.whole.end;
    if (item.kind != LeafKind::Directive) continue;
    if (head.find('\n', item.text.start) == std::string_view::npos && look.known + look.unknown != 0)
      break;  // may be cut off
    const JoinedText joined(head, item.text);
    const std::string_view text = joined.view();
    if (text.starts_with('[') || text.starts_with('<') || text.starts_with('{')) look.other_program = true;
    const ParsedEntry entry = parse_entry(text);
    if (entry.error == ParsedEntry::Error::NoName) {
      ++look.broken;
      continue;
    }
    const std::string_view name = text.substr(entry.name.start, entry.name.size());
    if (find_attribute(name) == nullptr) {
      ++look.unknown;
      continue;
    }
    ++look.known;
    if (is_telling_name(name)) ++look.telling;
    if (entry.error != ParsedEntry::Error::None) ++look.broken;
  }
  return look;
}

bool lies_in_smail_folder(std::string_view path) {
  const std::string lower = to_lower(path);
  return lower.find("/smail/") != std::string::npos || lower.starts_with("smail/");
}

/// `config` says nothing; a folder called smail says something. Content: one attribute that hardly another program has,
/// and known names at least twice as many as others. Under another name than `config`: three such attributes, and
/// nothing that is not known.
Detection detect(std::string_view path, std::string_view head) {
  const Look look = look_at(head);
  if (look.other_program) return Detection::No;
  const bool by_folder = lies_in_smail_folder(path);
  if (base_name(path) != "config") {
    return look.telling >= 3 && look.unknown == 0 && look.broken == 0 ? Detection::ByContent : Detection::No;
  }
  if (look.known == 0) return by_folder && look.unknown + look.broken == 0 ? Detection::ByName : Detection::No;
  const bool mostly_known = look.known >= 2 * (look.unknown + look.broken) || by_folder;
  if (!mostly_known || (look.telling == 0 && !by_folder)) return Detection::No;
  return Detection::Certain;
}

/// A smail folder has `config` beside the files of its directors, routers and transports; two of the three will do.
std::optional<std::string> detect_directory(std::string_view, std::span<const std::string> names) {
  const auto has = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  const int others =
      static_cast<int>(has("directors")) + static_cast<int>(has("routers")) + static_cast<int>(has("transports"));
  return has("config") && others >= 2 ? std::optional<std::string>("config") : std::nullopt;
}

}  // namespace
}  // namespace smail

extern const Format smail_format;
const Format smail_format = {
    .id = "smail",
    .title = "Smail 3 attribute file (config)",
    .product = "smail",
    .file_names = smail::kFileNames,
    .comment_starts = "#",
    .detect = smail::detect,
    .detect_directory = smail::detect_directory,
    .parse = smail::parse,
    .lower = smail::lower,
    .rewrite = smail::rewrite,
    .after_fix = "smail reads the file for each message from inetd; restart `smail -bd` where it runs as a daemon",
    .replay = "",
};

}  // namespace relaylint
