#include "lint/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/core.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace relaylint {
namespace {

// Far beyond what an expression over an address or a host name needs, and well below a tenth of a second.
constexpr std::uint32_t kMatchLimit = 200'000;
constexpr std::uint32_t kDepthLimit = 20'000;
constexpr std::uint32_t kHeapLimitKibibytes = 20'000;
constexpr std::size_t kMaxPatternLength = 65'536;

struct MatchData {
  explicit MatchData(const pcre2_code* code) : data(pcre2_match_data_create_from_pattern(code, nullptr)) {}
  ~MatchData() { pcre2_match_data_free(data); }
  MatchData(const MatchData&) = delete;
  MatchData& operator=(const MatchData&) = delete;
  pcre2_match_data* data;
};

/// Never changed after it is made, so that threads may share it.
pcre2_match_context* bounded() {
  static pcre2_match_context* const context = [] {
    pcre2_match_context* made = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(made, kMatchLimit);
    pcre2_set_depth_limit(made, kDepthLimit);
    pcre2_set_heap_limit(made, kHeapLimitKibibytes);
    return made;
  }();
  return context;
}

const pcre2_code* code_of(const void* code) { return static_cast<const pcre2_code*>(code); }

int run(const void* code, std::string_view subject, const MatchData& match) {
  return pcre2_match(code_of(code), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), 0, 0, match.data,
                     bounded());
}

Regex::Answer answer_of(int result) {
  if (result == PCRE2_ERROR_NOMATCH) return Regex::Answer::No;
  return result < 0 ? Regex::Answer::LimitHit : Regex::Answer::Yes;
}

std::string error_text(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '@';
}

/// Collects runs of plain characters; a dot, escaped or not, is a dot.
class LiteralCollector {
 public:
  std::vector<std::string> collect(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size();) i += step(pattern, i);
    end_run();
    return std::move(found_);
  }

 private:
  /// Takes what stands at `i`; gives its length.
  std::size_t step(std::string_view pattern, std::size_t i) {
    const char c = pattern[i];
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (c == '\\' && i + 1 < pattern.size()) return escape(next);
    if (pattern.substr(i, 3) == "[.]") return append('.', 3);
    if (c == '[') return skip_class(pattern, i);
    if (c == '(' && next == '?') return skip_group_start(pattern, i);
    if (c == '?' || c == '*' || c == '+' || c == '{') return quantifier(pattern, i);
    if (c == '.' || is_name_char(c)) return append(c, 1);
    end_run();
    return 1;
  }

  std::size_t append(char c, std::size_t length) {
    run_ += c;
    return length;
  }

  std::size_t escape(char c) {
    const bool is_class_or_assertion = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_class_or_assertion && (c == '.' || is_name_char(c))) return append(c, 2);
    end_run();
    return 2;
  }

  /// The character before may be missing or repeated: the run without it is a literal too.
  std::size_t quantifier(std::string_view pattern, std::size_t i) {
    const std::string before = run_.substr(0, run_.empty() ? 0 : run_.size() - 1);
    const bool repeats_a_dot = !run_.empty() && run_.back() == '.';
    if (!repeats_a_dot) add(run_);
    add(before);
    run_.clear();
    if (pattern[i] != '{') return 1;
    const std::size_t close = pattern.find('}', i);
    return close == std::string_view::npos ? 1 : close - i + 1;
  }

  std::size_t skip_class(std::string_view pattern, std::size_t i) {
    end_run();
    std::size_t at = i + 1;
    if (at < pattern.size() && pattern[at] == '^') ++at;
    if (at < pattern.size() && pattern[at] == ']') ++at;
    while (at < pattern.size() && pattern[at] != ']') at += pattern[at] == '\\' ? 2 : 1;
    return std::min(at + 1, pattern.size()) - i;
  }

  /// "(?:", "(?i)", "(?=": their letters are no text.
  std::size_t skip_group_start(std::string_view pattern, std::size_t i) {
    end_run();
    const std::size_t end = pattern.find_first_of(":)=!>", i);
    return (end == std::string_view::npos ? pattern.size() : end + 1) - i;
  }

  void end_run() {
    add(run_);
    run_.clear();
  }

  void add(std::string_view text) {
    while (text.starts_with('.')) text.remove_prefix(1);
    while (text.ends_with('.')) text.remove_suffix(1);
    if (!text.empty() && std::find(found_.begin(), found_.end(), text) == found_.end()) found_.emplace_back(text);
  }

  std::string run_;
  std::vector<std::string> found_;
};

}  // namespace

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern, bool caseless) {
  if (pattern.size() > kMaxPatternLength) return Error{"the regular expression is too long"};
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::uint32_t options = PCRE2_NEVER_BACKSLASH_C | (caseless ? PCRE2_CASELESS : 0U);
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &offset, nullptr);
  if (code == nullptr) return Error{fmt::format("{} at offset {}", error_text(error), offset)};
  return std::shared_ptr<const Regex>(new Regex(code, std::string(pattern)));
}

Regex::Answer Regex::search(std::string_view subject) const {
  const MatchData match(code_of(code_));
  return answer_of(run(code_, subject, match));
}

Regex::Answer Regex::capture(std::string_view subject, std::vector<std::string>& groups) const {
  groups.clear();
  const MatchData match(code_of(code_));
  const Answer answer = answer_of(run(code_, subject, match));
  if (answer != Answer::Yes) return answer;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(match.data);
  for (std::uint32_t i = 0; i < pcre2_get_ovector_count(match.data); ++i) {
    const PCRE2_SIZE start = offsets[2 * i];
    const PCRE2_SIZE end = offsets[2 * i + 1];
    // \K in a look-ahead can put the start behind the end (pcre2pattern(3)).
    const bool is_set = start != PCRE2_UNSET && start <= end;
    groups.emplace_back(is_set ? subject.substr(start, end - start) : std::string_view{});
  }
  return answer;
}

std::vector<std::string> Regex::literals() const { return LiteralCollector().collect(pattern_); }

}  // namespace relaylint
