#include "lint/output/secrets.hpp"

#include <algorithm>
#include <array>

#include "lint/pattern.hpp"

namespace relaylint {
namespace {

constexpr std::string_view kBlanks = " \t";

// Parts of names of settings whose value is a password.
constexpr std::array<std::string_view, 6> kSecretWords = {"password", "passwd", "passphrase",
                                                          "passwort", "secret", "pwd"};
// Whole names of settings whose value holds one among other things (Exim: authenticators' client side, SQL servers).
constexpr std::array<std::string_view, 7> kSecretNames = {
    "client_send", "mysql_servers", "pgsql_servers", "oracle_servers", "ibase_servers", "redis_servers", "pass"};
// Parts of names that say: the value is not the password but where it is, or how it is checked.
constexpr std::array<std::string_view, 9> kNoSecret = {"file",  "map",   "path",   "check", "dir",
                                                       "table", "expir", "length", "prompt"};

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(kBlanks, at), line.size());
}

bool names_secret(std::string_view lower_name) {
  const auto contained = [lower_name](std::string_view part) {
    return lower_name.find(part) != std::string_view::npos;
  };
  if (std::any_of(kNoSecret.begin(), kNoSecret.end(), contained)) return false;
  if (std::find(kSecretNames.begin(), kSecretNames.end(), lower_name) != kSecretNames.end()) return true;
  return std::any_of(kSecretWords.begin(), kSecretWords.end(), contained);
}

/// Where the value that begins at `at` ends: at its closing quote or bracket, else with the line (`one_word`: with the
/// word).
TextRange value_at(std::string_view line, std::size_t at, char separator, bool one_word) {
  std::string_view closing;
  std::size_t start = skip_blanks(line, at);
  if (start < line.size() && (line[start] == '"' || line[start] == '\'')) {
    closing = line.substr(start, 1);
    ++start;
  } else if (separator == '(') {
    closing = ")";
  } else if (separator == '>') {
    closing = "<";
  } else if (one_word) {
    closing = " \t}";
  }
  std::size_t end = closing.empty() ? line.size() : std::min(line.find_first_of(closing, start), line.size());
  while (end > start && kBlanks.find(line[end - 1]) != std::string_view::npos) --end;
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

/// A setting whose name ends at `end`: its value, if what follows is a separator.
TextRange value_after_name(std::string_view line, std::size_t start, std::size_t end, std::string_view lower_name) {
  std::size_t at = end;
  if (at < line.size() && (line[at] == '"' || line[at] == '\'')) ++at;
  at = skip_blanks(line, at);
  if (at >= line.size()) return {};
  const char separator = line[at];
  const bool is_switch = separator == '-' && start > 0 && (line[start - 1] == '/' || line[start - 1] == '-');
  if (std::string_view("=:(>").find(separator) == std::string_view::npos && !is_switch) return {};
  return value_at(line, at + 1, separator, is_switch || lower_name == "pass");
}

void find_settings(std::string_view line, std::vector<TextRange>& out) {
  for (std::size_t at = 0; at < line.size();) {
    if (!is_name_char(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_name_char(line[end])) ++end;
    const std::string name = to_lower(line.substr(at, end - at));
    const TextRange value = names_secret(name) ? value_after_name(line, at, end, name) : TextRange{};
    if (!value.empty()) out.push_back(value);
    at = std::max<std::size_t>(end, value.end);
  }
}

/// Exim: `hide NAME = VALUE`.
void find_hidden(std::string_view line, std::vector<TextRange>& out) {
  const std::size_t start = skip_blanks(line, 0);
  if (line.substr(start, 4) != "hide" || start + 4 >= line.size() || is_name_char(line[start + 4])) return;
  const std::size_t equals = line.find('=', start);
  if (equals == std::string_view::npos) return;
  const TextRange value = value_at(line, equals + 1, '=', false);
  if (!value.empty()) out.push_back(value);
}

/// Exim: what an authenticator's condition compares the offered password with, `eq{$auth2}{VALUE}`; in old files `$2`,
/// `$3`.
void find_compared(std::string_view line, std::vector<TextRange>& out) {
  constexpr std::array<std::string_view, 4> kOffered = {"{$auth2}{", "{$auth3}{", "{$2}{", "{$3}{"};
  const bool condition = line.find("server_condition") != std::string_view::npos;
  for (std::size_t i = 0; i < kOffered.size(); ++i) {
    if (i >= 2 && !condition) return;
    for (std::size_t at = line.find(kOffered[i]); at != std::string_view::npos; at = line.find(kOffered[i], at + 1)) {
      const std::size_t start = at + kOffered[i].size();
      const std::size_t end = std::min(line.find('}', start), line.size());
      // Nothing, or an expansion that looks the password up elsewhere, is no secret.
      if (end > start && line[start] != '$')
        out.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)});
    }
  }
}

/// Ascending and disjoint.
std::vector<TextRange> merged(std::vector<TextRange> ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::vector<TextRange> out;
  for (const TextRange range : ranges) {
    if (!out.empty() && range.start <= out.back().end) {
      out.back().end = std::max(out.back().end, range.end);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

bool continues(std::string_view line) {
  const std::size_t last = line.find_last_not_of(kBlanks);
  return last != std::string_view::npos && line[last] == '\\';
}

}  // namespace

std::vector<TextRange> secrets_in(std::string_view line) {
  std::vector<TextRange> found;
  find_settings(line, found);
  find_hidden(line, found);
  find_compared(line, found);
  return merged(std::move(found));
}

std::vector<TextRange> secrets_in_line(const SourceFile& file, TextRange line) {
  const std::string_view text = file.slice(line);
  // Back to the first line of a continued statement, but not through the whole of an odd file.
  TextRange first = line;
  for (int lines = 0; lines < 100 && first.start > 0; ++lines) {
    const TextRange previous = file.line_at(first.start - 1);
    if (previous.start >= first.start || !continues(file.slice(previous))) break;
    first = previous;
  }
  if (first.start == line.start) return secrets_in(text);
  const std::vector<TextRange> opening = secrets_in(file.slice(first));
  const bool reaches_end = !opening.empty() && continues(file.slice(first).substr(0, opening.back().end));
  if (!reaches_end) return secrets_in(text);
  return {{static_cast<std::uint32_t>(skip_blanks(text, 0)), static_cast<std::uint32_t>(text.size())}};
}

std::string mask_secrets(std::string_view line) {
  std::string out;
  std::size_t at = 0;
  for (const TextRange secret : secrets_in(line)) {
    out += line.substr(at, secret.start - at);
    out += kMask;
    at = secret.end;
  }
  return out + std::string(line.substr(at));
}

}  // namespace relaylint
