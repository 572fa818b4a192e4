// Fixing: rounds of edits, each proved before it counts (contract.md 5).

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "lint/engine.hpp"
#include "lint/protected.hpp"

namespace relaylint {
namespace {

/// Names a finding across rounds, in which places move.
using FindingKey = std::tuple<std::string, std::string, std::string>;

FindingKey key_of(const Configuration& configuration, const Finding& finding) {
  return {finding.rule, configuration.sources->file(finding.span.file).path(), finding.message};
}

bool has_finding(const Configuration& configuration, const FindingKey& key) {
  return std::any_of(configuration.findings.begin(), configuration.findings.end(),
                     [&](const Finding& finding) { return key_of(configuration, finding) == key; });
}

bool touch(const Edit& a, const Edit& b) {
  if (a == b || a.span.file != b.span.file) return false;
  const TextRange x = a.span.range;
  const TextRange y = b.span.range;
  if (x.start == y.start) return true;  // two insertions at one place, or one at the start of a replacement
  return x.start < y.end && y.start < x.end;
}

/// The fixes of one round: whole fixes whose edits do not touch those of an earlier one.
std::vector<const Finding*> compatible(const std::vector<const Finding*>& wanted) {
  std::vector<const Finding*> taken;
  std::vector<Edit> edits;
  for (const Finding* finding : wanted) {
    const bool collides = std::any_of(finding->fix->edits.begin(), finding->fix->edits.end(), [&](const Edit& edit) {
      return std::any_of(edits.begin(), edits.end(), [&](const Edit& other) { return touch(edit, other); });
    });
    if (collides) continue;
    taken.push_back(finding);
    edits.insert(edits.end(), finding->fix->edits.begin(), finding->fix->edits.end());
  }
  return taken;
}

/// What is wrong with the edits themselves, the same one asked for twice being none of it; nothing where they can be
/// made.
std::optional<std::string> malformed(const SourceSet& sources, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end());
  edits.erase(std::unique(edits.begin(), edits.end()), edits.end());
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const TextRange range = edits[i].span.range;
    if (range.start > range.end || range.end > sources.file(edits[i].span.file).bytes().size())
      return "its edits leave the file";
    if (i == 0 || edits[i - 1].span.file != edits[i].span.file) continue;
    const TextRange last = edits[i - 1].span.range;
    if (range.start < last.end || range == last) return "its edits overlap";
  }
  return std::nullopt;
}

std::ptrdiff_t count_errors(const Configuration& configuration) {
  return std::count_if(configuration.findings.begin(), configuration.findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::Error; });
}

/// Has the fix of an error brought nothing? Where several errors let the same transaction through, one less is enough.
bool strangers_relay_as_before(const Configuration& before, const Configuration& after) {
  if (!before.verdict.witness || count_errors(after) < count_errors(before)) return false;
  return decide(after.policy, before.verdict.witness->transaction).outcome == Outcome::Relayed;
}

PatchedFiles combine(const PatchedFiles& before, PatchedFiles now) {
  for (const auto& [path, bytes] : before) now.emplace(path, bytes);
  return now;
}

class Fixer {
 public:
  Fixer(FileReader& reader, const EngineOptions& options, const FixOptions& fix_options,
        const std::function<bool(const Finding&)>& wanted)
      : reader_(reader), options_(options), fix_options_(fix_options), wanted_(wanted) {}

  FixResult run(const Configuration& original);

 private:
  struct Attempt {
    PatchedFiles files;
    Configuration after;
    std::optional<std::string> objection;
  };

  std::vector<const Finding*> candidates(const Configuration& now) const;
  Attempt attempt(const Configuration& now, const std::vector<const Finding*>& findings);
  bool round(const Configuration& now, FixResult& result);
  static void accept(const std::vector<const Finding*>& findings, Attempt attempt, FixResult& result);
  Configuration examine_with(const Target& target, const PatchedFiles& files);

  FileReader& reader_;
  const EngineOptions& options_;
  const FixOptions& fix_options_;
  const std::function<bool(const Finding&)>& wanted_;
  std::set<FindingKey> refused_{};
};

Configuration Fixer::examine_with(const Target& target, const PatchedFiles& files) {
  OverlayReader overlay(reader_, files);
  Target patched = target;
  if (const auto found = files.find(target.path); found != files.end()) patched.bytes = found->second;
  return examine(patched, overlay, options_);
}

std::vector<const Finding*> Fixer::candidates(const Configuration& now) const {
  std::vector<const Finding*> found;
  for (const Finding& finding : now.findings) {
    if (!finding.fix || finding.fix->edits.empty() || finding.suppressed || !wanted_(finding)) continue;
    const Applicability applicability = finding.fix->applicability;
    if (applicability == Applicability::Display || (applicability == Applicability::Unsafe && !fix_options_.unsafe))
      continue;
    if (!refused_.contains(key_of(now, finding))) found.push_back(&finding);
  }
  // Grave ones first: where two fixes touch the same bytes, the relay is closed before the style is mended.
  std::stable_sort(found.begin(), found.end(),
                   [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
  return found;
}

Fixer::Attempt Fixer::attempt(const Configuration& now, const std::vector<const Finding*>& findings) {
  Attempt result;
  std::vector<Edit> edits;
  Applicability applicability = Applicability::Safe;
  for (const Finding* finding : findings) {
    edits.insert(edits.end(), finding->fix->edits.begin(), finding->fix->edits.end());
    applicability = std::max(applicability, finding->fix->applicability);
  }
  result.objection = malformed(*now.sources, edits);
  if (result.objection) return result;
  PatchedFiles now_files;
  for (std::size_t i = 0; i < now.sources->size(); ++i) {
    const SourceFile& file = now.sources->file(static_cast<FileId>(i));
    if (file.present()) now_files[file.path()] = file.share();
  }
  PatchedFiles changed = apply_edits(*now.sources, edits);
  result.files = changed;
  result.after = examine_with(now.target, combine(now_files, std::move(changed)));
  if (result.files.empty()) {
    result.objection = "its edits change nothing";
    return result;
  }
  result.objection = prove(now, result.after, applicability);
  if (result.objection) return result;
  const bool persists = std::any_of(findings.begin(), findings.end(), [&](const Finding* finding) {
    return has_finding(result.after, key_of(now, *finding));
  });
  const bool cures_error = std::any_of(findings.begin(), findings.end(),
                                       [](const Finding* finding) { return finding->severity == Severity::Error; });
  if (persists) {
    result.objection = "the finding would still be there";
  } else if (cures_error && strangers_relay_as_before(now, result.after)) {
    result.objection = "strangers would still be relayed";
  }
  return result;
}

void Fixer::accept(const std::vector<const Finding*>& findings, Attempt attempt, FixResult& result) {
  for (const Finding* finding : findings) result.fixed.push_back(*finding);
  result.files = combine(result.files, std::move(attempt.files));
  result.after = std::move(attempt.after);
}

bool Fixer::round(const Configuration& now, FixResult& result) {
  const std::vector<const Finding*> wanted = compatible(candidates(now));
  if (wanted.empty()) return false;
  Attempt together = attempt(now, wanted);
  if (!together.objection) {
    accept(wanted, std::move(together), result);
    return true;
  }
  // Not all at once: one alone may still be right.
  for (const Finding* finding : wanted) {
    Attempt alone = attempt(now, {finding});
    if (!alone.objection) {
      accept({finding}, std::move(alone), result);
      return true;
    }
    refused_.insert(key_of(now, *finding));
    result.unproved.push_back(finding->rule + ": " + finding->fix->title + ": not written, because " +
                              *alone.objection);
  }
  return true;
}

FixResult Fixer::run(const Configuration& original) {
  FixResult result;
  const Configuration* now = &original;
  std::optional<Configuration> held;
  for (std::size_t count = 0; count < fix_options_.max_rounds; ++count) {
    if (!round(*now, result)) break;
    if (result.after) {
      held = std::move(result.after);
      result.after.reset();
      now = &*held;
    }
  }
  result.after = std::move(held);
  return result;
}

/// An order of writing in which no state in between has a way through that the old one had not.
std::vector<std::string> writing_order(const Configuration& before, FileReader& reader, const EngineOptions& options,
                                       const PatchedFiles& files) {
  std::vector<std::string> order;
  PatchedFiles written;
  std::vector<std::string> left;
  for (const auto& [path, bytes] : files) left.push_back(path);
  while (left.size() > 1) {
    const auto next = std::find_if(left.begin(), left.end(), [&](const std::string& path) {
      PatchedFiles state = written;
      state[path] = files.at(path);
      OverlayReader overlay(reader, state);
      Target target = before.target;
      if (const auto found = state.find(target.path); found != state.end()) target.bytes = found->second;
      return !new_way_through(before.policy, examine(target, overlay, options).policy, options.judge);
    });
    const auto chosen = next == left.end() ? left.begin() : next;
    written[*chosen] = files.at(*chosen);
    order.push_back(*chosen);
    left.erase(chosen);
  }
  order.insert(order.end(), left.begin(), left.end());
  return order;
}

/// A reason for `unknown` that the patched configuration has and the old one had not.
const Note* new_doubt(const Configuration& before, const Configuration& after) {
  if (after.verdict.state != VerdictState::Unknown || before.verdict.state == VerdictState::Unknown) return nullptr;
  const std::vector<Note>& old = before.verdict.reasons;
  const auto is_new = [&](const Note& note) {
    return std::none_of(old.begin(), old.end(), [&](const Note& other) { return other.text == note.text; });
  };
  const auto found = std::find_if(after.verdict.reasons.begin(), after.verdict.reasons.end(), is_new);
  return found == after.verdict.reasons.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::string> prove(const Configuration& before, const Configuration& after, Applicability applicability) {
  if (after.unreadable) return after.unreadable->message;
  if (after.policy.unloadable && !before.policy.unloadable) {
    return "the server would not load the patched file: " + after.policy.unloadable->text;
  }
  if (const Note* doubt = new_doubt(before, after))
    return "what the patched file does could not be decided: " + doubt->text;
  if (const std::optional<Transaction> witness = new_way_through(before.policy, after.policy, {})) {
    return "it would newly relay mail to " + witness->rcpt_to + " from " + witness->client.text();
  }
  if (applicability != Applicability::Safe) return std::nullopt;
  for (const ProtectedTransaction& transaction : protected_transactions(before.policy)) {
    if (!accepts(before.policy, transaction.transaction) || accepts(after.policy, transaction.transaction)) continue;
    return "it would refuse " + transaction.what;
  }
  return std::nullopt;
}

FixResult fix_configuration(const Configuration& configuration, FileReader& reader, const EngineOptions& options,
                            const FixOptions& fix_options, const std::function<bool(const Finding&)>& wanted) {
  FixResult result = Fixer(reader, options, fix_options, wanted).run(configuration);
  if (result.files.size() > 1) {
    result.order = writing_order(configuration, reader, options, result.files);
  } else {
    for (const auto& [path, bytes] : result.files) result.order.push_back(path);
  }
  return result;
}

}  // namespace relaylint
