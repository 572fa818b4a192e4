#include "parsers/support/exim_conditions.hpp"

#include <array>

namespace relaylint {

namespace {

constexpr std::size_t kMaxOpen = 10;  // Exim's own limit

/// What Debian, Ubuntu, Fedora and FreeBSD builds all have (`exim -bP macros`). The kind of TLS library is not among
/// them.
constexpr std::array<std::string_view, 28> kUsualBuiltins{"_HAVE_IPV6",
                                                          "_HAVE_TLS",
                                                          "_HAVE_DKIM",
                                                          "_HAVE_DNSSEC",
                                                          "_HAVE_DANE",
                                                          "_HAVE_PRDR",
                                                          "_HAVE_OCSP",
                                                          "_HAVE_EVENT",
                                                          "_HAVE_I18N",
                                                          "_HAVE_ICONV",
                                                          "_HAVE_CRYPTEQ",
                                                          "_HAVE_LOOKUP_LSEARCH",
                                                          "_HAVE_LOOKUP_DSEARCH",
                                                          "_HAVE_LOOKUP_DBM",
                                                          "_HAVE_LOOKUP_CDB",
                                                          "_HAVE_LOOKUP_DNSDB",
                                                          "_HAVE_LOOKUP_PASSWD",
                                                          "_HAVE_TRANSPORT_APPEND_MAILDIR",
                                                          "_DRIVER_ROUTER_ACCEPT",
                                                          "_DRIVER_ROUTER_DNSLOOKUP",
                                                          "_DRIVER_ROUTER_MANUALROUTE",
                                                          "_DRIVER_ROUTER_REDIRECT",
                                                          "_DRIVER_TRANSPORT_SMTP",
                                                          "_DRIVER_TRANSPORT_APPENDFILE",
                                                          "_DRIVER_TRANSPORT_PIPE",
                                                          "_DRIVER_TRANSPORT_AUTOREPLY",
                                                          "_DRIVER_AUTHENTICATOR_PLAINTEXT",
                                                          "_DRIVER_AUTHENTICATOR_CRAM_MD5"};
constexpr std::array<std::string_view, 5> kBuiltinFamilies{"_HAVE_", "_OPT_", "_DRIVER_", "_LOG_", "_EXP_"};

bool is_name_byte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// A built-in macro's name inside `text` that may be defined or not; empty where there is none.
std::string_view doubtful_builtin(std::string_view text) {
  for (const auto family : kBuiltinFamilies) {
    const auto at = text.find(family);
    if (at == std::string_view::npos) continue;
    auto end = at + family.size();
    while (end < text.size() && is_name_byte(text[end])) ++end;
    return text.substr(at, end - at);
  }
  return {};
}

enum class Word { Ifdef, Ifndef, Elifdef, Elifndef, Else, Endif };
struct DirectiveWord {
  std::string_view text;
  Word word;
};
constexpr std::array<DirectiveWord, 6> kDirectives{{{".ifdef", Word::Ifdef},
                                                    {".ifndef", Word::Ifndef},
                                                    {".elifdef", Word::Elifdef},
                                                    {".elifndef", Word::Elifndef},
                                                    {".else", Word::Else},
                                                    {".endif", Word::Endif}}};

const DirectiveWord* directive_of(std::string_view text) {
  if (text.empty() || text.front() != '.') return nullptr;
  for (const auto& directive : kDirectives) {
    const auto size = directive.text.size();
    if (!text.starts_with(directive.text)) continue;
    if (text.size() == size || is_exim_blank(text[size])) return &directive;
  }
  return nullptr;
}

}  // namespace

std::string_view usual_builtin_macro(std::string_view text) {
  for (const auto name : kUsualBuiltins) {
    const auto at = text.find(name);
    if (at != std::string_view::npos) return text.substr(at, name.size());
  }
  return {};
}

bool EximConditions::take(const EximText& line, TextRange range, bool replaced) {
  const auto text = line.view(range);
  const auto* found = directive_of(text);
  if (found == nullptr) return false;
  const auto span = line.use_place(range);
  const auto rest = text.substr(found->text.size());
  if (!rest.empty() && rest.front() == '\t') {
    // Exim 4.96 overlooks a directive that is followed by a tab, and drops the line.
    out_.problems.push_back({span, "Exim does not recognise this directive: a tab follows it, not a space", false});
    return true;
  }
  if (found->word == Word::Ifdef || found->word == Word::Ifndef) {
    open_level(span, truth_of(found->word == Word::Ifndef, span, replaced, rest), rest);
    return true;
  }
  if (levels_.empty()) {
    out_.problems.push_back({span, std::string(found->text) + " without .ifdef", true});
    return true;
  }
  if (found->word == Word::Endif) {
    levels_.pop_back();
  } else if (found->word == Word::Else) {
    next_arm(span, Truth::Yes, rest);
  } else {
    const bool dead = levels_.back().done;
    next_arm(span, dead ? Truth::No : truth_of(found->word == Word::Elifndef, span, replaced, rest), rest);
  }
  return true;
}

void EximConditions::finish() {
  if (!levels_.empty()) out_.problems.push_back({levels_.back().span, ".endif is missing", true});
}

EximConditions::Truth EximConditions::truth_of(bool negated, Span span, bool replaced, std::string_view rest) {
  bool defined = replaced;
  if (!defined) {
    const auto usual = usual_builtin_macro(rest);
    if (usual.empty() && !doubtful_builtin(rest).empty()) return Truth::Doubtful;
    defined = !usual.empty();
    if (defined && assumed_.insert(std::string(usual)).second) {
      out_.assumptions.push_back(
          {span, "the Exim binary defines " + std::string(usual) + ", as distributions build it"});
    }
  }
  return defined != negated ? Truth::Yes : Truth::No;
}

void EximConditions::open_level(Span span, Truth truth, std::string_view rest) {
  if (levels_.size() >= kMaxOpen) out_.problems.push_back({span, ".ifdef nested more than 10 deep", true});
  Level level;
  level.test = ++tests_;
  level.outer_doubt = level.doubt = doubt();
  level.span = span;
  level.done = !live();
  levels_.push_back(std::move(level));
  next_arm(span, truth, rest);
}

void EximConditions::next_arm(Span span, Truth truth, std::string_view rest) {
  auto& level = levels_.back();
  level.active = !level.done && truth != Truth::No;
  level.doubt = level.outer_doubt;
  if (level.done) return;
  if (truth == Truth::Doubtful) {
    level.doubtful = true;
    level.builtin = std::string(doubtful_builtin(rest));
  }
  level.done = truth == Truth::Yes;
  ++level.arm;
  if (level.active && level.doubtful) {
    level.doubt = add(level.test, level.arm, span,
                      "depends on whether the Exim binary defines the built-in macro " + level.builtin);
  }
}

std::int32_t EximConditions::add(std::uint32_t test, std::uint32_t arm, Span span, std::string reason) {
  out_.doubts.push_back({test, arm, span, std::move(reason), doubt()});
  return static_cast<std::int32_t>(out_.doubts.size()) - 1;
}

}  // namespace relaylint
