#include "parsers/qmail/dotqmail.hpp"

#include <algorithm>

#include "lint/source.hpp"

namespace relaylint::qmail {
namespace {

struct ShellWord {
  std::string text;  ///< without quotes; variables stay as $NAME
  std::size_t start = 0;
  std::size_t end = 0;
};

/// Words of a command line, quotes taken off. `$NAME` and `${NAME}` are left as `$NAME`.
std::vector<ShellWord> shell_words(std::string_view line) {
  std::vector<ShellWord> words;
  std::size_t at = 0;
  while (at < line.size()) {
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    if (at >= line.size()) break;
    ShellWord word;
    word.start = at;
    char quote = '\0';
    for (; at < line.size() && (quote != '\0' || (line[at] != ' ' && line[at] != '\t')); ++at) {
      const char c = line[at];
      if (quote != '\0' && c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
        word.text += line[++at];
      } else if (c == '{' && word.text.ends_with('$') && quote != '\'') {
        const std::size_t close = std::min(line.find('}', at), line.size());
        word.text += line.substr(at + 1, close - at - 1);
        at = close;
      } else {
        word.text += c;
      }
    }
    word.end = std::min(at, line.size());
    words.push_back(std::move(word));
  }
  return words;
}

std::optional<Reinjected> variable_of(std::string_view word) {
  if (word == "$DEFAULT") return Reinjected::Default;
  if (word == "$LOCAL") return Reinjected::Local;
  if (word == "$EXT") return Reinjected::Ext;
  return std::nullopt;
}

/// The guard of qmail's FAQ 5.5: bounces unless the host is the one named.
std::optional<std::string> guarded_host(const std::vector<ShellWord>& words) {
  if (words.empty() || base_name(words.front().text) != "bouncesaying") return std::nullopt;
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if (words[i + 1].text != "!=") continue;
    std::string_view left = words[i].text;
    std::string_view right = words[i + 2].text;
    if (left.starts_with('@') && right.starts_with('@')) {
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    if (left == "$HOST" && right.find('$') == std::string_view::npos) return std::string(right);
  }
  return std::nullopt;
}

bool injects(std::string_view program) {
  const std::string_view name = base_name(program);
  return name == "forward" || name == "qmail-inject" || name == "sendmail" || name == "new-inject";
}

/// The word of a re-injecting command that is a bare variable.
std::optional<std::size_t> reinjected_word(const std::vector<ShellWord>& words) {
  const auto program =
      std::find_if(words.begin(), words.end(), [](const ShellWord& word) { return injects(word.text); });
  if (program == words.end()) return std::nullopt;
  for (auto word = program + 1; word != words.end(); ++word) {
    if (word->text == "-f" || word->text == "-F") {  // the sender's address follows
      if (++word == words.end()) break;
      continue;
    }
    if (variable_of(word->text)) return static_cast<std::size_t>(word - words.begin());
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> DotQmail::prefix() const {
  const std::string_view name = extension;
  if (name == "default") return std::string_view{};
  if (!name.ends_with("-default")) return std::nullopt;
  return name.substr(0, name.size() - 7);
}

DotQmail read_dot_qmail(std::string_view bytes, FileId file, std::string_view extension) {
  DotQmail result;
  result.file = file;
  result.extension = extension;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    const std::size_t start = at;
    at = end + 1;
    if (!line.starts_with('|')) continue;
    std::vector<ShellWord> words = shell_words(line.substr(1));
    if (const std::optional<std::string> host = guarded_host(words)) {
      if (!result.forward) result.only_host = host;
      continue;
    }
    const Span span{file, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)}};
    const std::optional<std::size_t> word = reinjected_word(words);
    if (!word) {
      result.commands.push_back(span);
    } else if (!result.forward) {
      const auto offset = [&](std::size_t inside) { return static_cast<std::uint32_t>(start + 1 + inside); };
      result.forward = ForwardLine{
          *variable_of(words[*word].text), span, {file, {offset(words[*word].start), offset(words[*word].end)}}};
    }
  }
  return result;
}

}  // namespace relaylint::qmail
