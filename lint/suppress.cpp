#include "lint/suppress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "lint/date.hpp"
#include "lint/edit_distance.hpp"
#include "lint/rule_selection.hpp"

namespace relaylint {
namespace {

constexpr std::string_view kMarker = "relaylint:";
constexpr std::string_view kVerb = "ignore";
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view without_comment_end(std::string_view text) {
  for (const std::string_view end : {"-->", "*/"}) {
    const std::size_t at = text.find(end);
    if (at != std::string_view::npos) text = text.substr(0, at);
  }
  return trimmed(text);
}

std::uint32_t offset32(std::size_t value) { return static_cast<std::uint32_t>(value); }

/// A suppression in a file, and the bytes that it covers.
struct Found {
  SuppressionText text;
  Span place{};
  TextRange covers{};
  std::vector<bool> used{};
};

bool begins_comment(std::string_view text, std::string_view comment_starts) {
  if (text.empty()) return false;
  if (comment_starts.find(text.front()) != std::string_view::npos) return true;
  for (const std::string_view start : {"dnl", "/*", "//", "<!--"}) {
    if (text.substr(0, start.size()) == start) return true;
  }
  return false;
}

/// Collects the suppressions of one file while its leaves pass by.
class Collector {
 public:
  Collector(FileId id, const SourceFile& file, std::string_view comment_starts, std::vector<Found>& out)
      : id_(id), file_(file), comment_starts_(comment_starts), out_(out), first_pending_(out.size()) {}

  void take(const Leaf& leaf) {
    if (leaf.kind == LeafKind::Comment) {
      add_lines(leaf.whole, leaf.whole);
      return;
    }
    // The statement after a comment is covered whole: where it goes over several lines, no comment fits between them.
    for (; first_pending_ < out_.size(); ++first_pending_) out_[first_pending_].covers.end = leaf.whole.end;
    if (leaf.kind != LeafKind::Directive) return;
    const TextRange behind{std::max(leaf.value.end, leaf.name.end), leaf.whole.end};
    if (behind.start <= leaf.whole.start || !begins_comment(trimmed(file_.slice(behind)), comment_starts_)) return;
    add_lines(behind, leaf.whole);
    first_pending_ = out_.size();
  }

 private:
  void add_lines(TextRange range, TextRange covers) {
    const std::string_view text = file_.slice(range);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (std::optional<SuppressionText> read = read_suppression(text.substr(at, end - at))) {
        const std::uint32_t base = range.start + offset32(at);
        const Span place{id_, {base + read->range.start, base + read->range.end}};
        const std::size_t count = read->rules.size();
        out_.push_back({std::move(*read), place, covers, std::vector<bool>(count, false)});
      }
      at = end + 1;
    }
  }

  FileId id_;
  const SourceFile& file_;
  std::string_view comment_starts_;
  std::vector<Found>& out_;
  std::size_t first_pending_;  ///< comments whose following statement has not come yet
};

std::vector<Found> suppressions_in(const Configuration& configuration) {
  std::vector<Found> found;
  const SourceSet& sources = *configuration.sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto id = static_cast<FileId>(i);
    const SourceFile& file = sources.file(id);
    if (!file.present() || file.bytes().find(kMarker) == std::string_view::npos) continue;
    Collector collector(id, file, configuration.target.format->comment_starts, found);
    configuration.document->for_each_leaf(id, [&](const Leaf& leaf) { collector.take(leaf); });
  }
  return found;
}

bool covers(const Found& suppression, Span span) {
  if (suppression.place.file != span.file) return false;
  const TextRange covered = suppression.covers;
  return span.range.start < covered.end && std::max(span.range.end, span.range.start + 1) > covered.start;
}

/// What the run makes of suppressions.
class Suppressor {
 public:
  Suppressor(Configuration& configuration, const SuppressOptions& options) : configuration_(configuration), options_(options) {}

  void run() {
    std::vector<Found> found = suppressions_in(configuration_);
    for (Finding& finding : configuration_.findings) {
      const RuleInfo* rule = rule_of(finding.rule);
      if (rule == nullptr) continue;
      for (Found& suppression : found) hide_by_comment(suppression, *rule, finding);
      hide_by_settings(*rule, finding);
    }
    for (const Found& suppression : found) complain(suppression);
    if (added_.empty()) return;
    configuration_.findings.insert(configuration_.findings.end(), added_.begin(), added_.end());
    sort();
  }

 private:
  const RuleInfo* rule_of(std::string_view id) const {
    for (const Rule* rule : options_.rules) {
      if (rule->info.id == id) return &rule->info;
    }
    return nullptr;
  }
  bool has_no_effect(const Found& suppression) const {
    const SuppressionText& text = suppression.text;
    return text.reason.empty() || text.rules.empty() || (!text.until.empty() && !is_date(text.until)) || expired(text.until);
  }
  bool expired(const std::string& until) const { return !until.empty() && until < options_.today; }

  void hide_by_comment(Found& suppression, const RuleInfo& rule, Finding& finding) {
    if (has_no_effect(suppression) || !covers(suppression, finding.span)) return;
    for (std::size_t i = 0; i < suppression.text.rules.size(); ++i) {
      if (!selector_matches(suppression.text.rules[i], rule)) continue;
      suppression.used[i] = true;
      if (!finding.suppressed) finding.suppressed = Suppression{suppression.text.reason, suppression.text.until};
    }
  }

  void hide_by_settings(const RuleInfo& rule, Finding& finding) {
    for (const std::shared_ptr<TrackedIgnore>& tracked : options_.ignores) {
      const FileIgnore& ignore = tracked->ignore;
      const auto named = [&](const std::string& selector) { return selector_matches(selector, rule); };
      if (expired(ignore.until) || std::none_of(ignore.rules.begin(), ignore.rules.end(), named)) continue;
      if (!speaks_of(ignore, configuration_.sources->file(finding.span.file).path()) && !speaks_of(ignore, configuration_.target.path)) continue;
      tracked->used = true;
      if (!finding.suppressed) finding.suppressed = Suppression{ignore.reason, ignore.until};
    }
  }
  bool speaks_of(const FileIgnore& ignore, const std::string& path) const {
    return applies_to(ignore, options_.ignores_directory, configuration_.sources->reader().canonical(path));
  }

  void complain(const Found& suppression) {
    const SuppressionText& text = suppression.text;
    if (text.rules.empty()) {
      add(kSuppressionWithoutReason, suppression.place, "suppression names no rule, so it hides nothing; write relaylint: ignore[RULE] reason");
    } else if (text.reason.empty()) {
      add(kSuppressionWithoutReason, suppression.place, "suppression gives no reason, so it hides nothing");
    } else if (!text.until.empty() && !is_date(text.until)) {
      add(kSuppressionWithoutReason, suppression.place,
          fmt::format("suppression has until={}, which is no date (YYYY-MM-DD), so it hides nothing", text.until));
    } else if (expired(text.until)) {
      add(kSuppressionExpired, suppression.place, fmt::format("suppression held until {} and hides nothing any more", text.until));
    } else {
      for (std::size_t i = 0; i < text.rules.size(); ++i) complain_of_unused(suppression, i);
    }
  }

  void complain_of_unused(const Found& suppression, std::size_t index) {
    if (suppression.used[index]) return;
    const std::string& selector = suppression.text.rules[index];
    std::vector<std::string_view> ids;
    bool known = false;
    for (const Rule* rule : options_.rules) {
      ids.push_back(rule->info.id);
      ids.push_back(rule->info.name);
      if (!selector_matches(selector, rule->info)) continue;
      known = true;
      if (options_.wanted && !options_.wanted(rule->info)) return;
    }
    const std::string message = known ? fmt::format("suppression of {} hides nothing", selector)
                                      : fmt::format("suppression names {}, which is no rule{}", selector, did_you_mean(selector, ids));
    add(kSuppressionUnused, suppression.place, message);
  }

  void add(std::string_view id, Span place, std::string message) {
    const RuleInfo* rule = rule_of(id);
    if (rule == nullptr) return;
    Reporter(*rule, added_).report(place, std::move(message));
  }

  void sort() {
    const auto key = [&](const Finding& finding) {
      return std::tuple<const std::string&, std::uint32_t, std::uint32_t, const std::string&, const std::string&>(
          configuration_.sources->file(finding.span.file).path(), finding.span.range.start, finding.span.range.end, finding.rule,
          finding.message);
    };
    std::stable_sort(configuration_.findings.begin(), configuration_.findings.end(),
                     [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  }

  Configuration& configuration_;
  const SuppressOptions& options_;
  std::vector<Finding> added_{};
};

}  // namespace

std::optional<SuppressionText> read_suppression(std::string_view line) {
  const std::size_t marker = line.find(kMarker);
  if (marker == std::string_view::npos) return std::nullopt;
  std::size_t at = std::min(line.find_first_not_of(" \t", marker + kMarker.size()), line.size());
  if (line.substr(at, kVerb.size()) != kVerb) return std::nullopt;
  at += kVerb.size();
  SuppressionText text;
  text.range = {offset32(marker), offset32(line.find_last_not_of(kBlanks) + 1)};
  const std::size_t close = at < line.size() && line[at] == '[' ? line.find(']', at) : std::string_view::npos;
  if (close == std::string_view::npos) return text;
  for (const std::string_view rule : split_list(line.substr(at + 1, close - at - 1))) text.rules.emplace_back(rule);
  const std::string_view rest = without_comment_end(line.substr(close + 1));
  for (std::size_t word = 0; word < rest.size();) {
    const std::size_t end = std::min(rest.find_first_of(kBlanks, word), rest.size());
    const std::string_view one = rest.substr(word, end - word);
    if (one.substr(0, 6) == "until=") {
      text.until = one.substr(6);
    } else if (!one.empty()) {
      text.reason += (text.reason.empty() ? "" : " ") + std::string(one);
    }
    word = end + 1;
  }
  return text;
}

void apply_suppressions(Configuration& configuration, const SuppressOptions& options) {
  if (!configuration.unreadable) Suppressor(configuration, options).run();
}

bool applies_to(const FileIgnore& ignore, const std::string& directory, std::string_view canonical) {
  if (!is_within(canonical, directory) || canonical.size() <= directory.size()) return false;
  std::string_view relative = canonical.substr(directory.size());
  if (relative.front() == '/') relative.remove_prefix(1);
  // A pattern may name a folder above the file (a qmail control folder), as a line of .gitignore may.
  for (std::size_t slash = relative.find('/'); slash != std::string_view::npos; slash = relative.find('/', slash + 1)) {
    if (ignore.files.match(relative.substr(0, slash), true) == IgnoreAnswer::Ignored) return true;
  }
  return ignore.files.match(relative, false) == IgnoreAnswer::Ignored || ignore.files.match(relative, true) == IgnoreAnswer::Ignored;
}

}  // namespace relaylint
