#include "tests/support/laws.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "lint/output/escape.hpp"
#include "tests/support/spans.hpp"

namespace relaylint::test {
namespace {

bool lies_in(TextRange part, TextRange whole) {
  return part.start <= part.end && (part.empty() || (whole.start <= part.start && part.end <= whole.end));
}

void check_leaves(const Document& document, FileId id, Broken& broken) {
  const SourceFile& file = document.sources().file(id);
  std::size_t next = 0;
  document.for_each_leaf(id, [&](const Leaf& leaf) {
    if (leaf.whole.start != next || leaf.whole.end <= leaf.whole.start) {
      broken.push_back(fmt::format("a leaf of {} is {}-{} where {} comes next", file.path(), leaf.whole.start,
                                   leaf.whole.end, next));
    }
    if (!lies_in(leaf.name, leaf.whole) || !lies_in(leaf.value, leaf.whole)) {
      broken.push_back(fmt::format("a leaf of {} at {} has parts outside of it", file.path(), leaf.whole.start));
    }
    next = leaf.whole.end;
  });
  if (next != file.bytes().size()) {
    broken.push_back(fmt::format("the leaves of {} end at {} of {}", file.path(), next, file.bytes().size()));
  }
}

/// The bytes that the edits of one file should give, worked out from the last to the first.
std::string edited(std::string bytes, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end());
  edits.erase(std::unique(edits.begin(), edits.end()), edits.end());
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    bytes.replace(edit->span.range.start, edit->span.range.size(), edit->text);
  }
  return bytes;
}

bool overlap(const std::vector<Edit>& edits) {
  for (const Edit& a : edits) {
    for (const Edit& b : edits) {
      const bool same_file = &a != &b && a != b && a.span.file == b.span.file;
      if (same_file && a.span.range.start < b.span.range.end && b.span.range.start < a.span.range.end) return true;
    }
  }
  return false;
}

void check_fix(const SourceSet& sources, const Finding& finding, Broken& broken) {
  const std::vector<Edit>& edits = finding.fix->edits;
  const std::string what = fmt::format("{}: {}", finding.rule, finding.fix->title);
  if (finding.fix->title.empty()) broken.push_back(what + ": has no title");
  if (edits.empty() != (finding.fix->applicability == Applicability::Display))
    broken.push_back(what + ": edits without display");
  if (overlap(edits)) {
    broken.push_back(what + ": edits overlap");
    return;
  }
  const PatchedFiles changes = apply_edits(sources, edits);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources.file(static_cast<FileId>(i));
    std::vector<Edit> here;
    std::copy_if(edits.begin(), edits.end(), std::back_inserter(here),
                 [&](const Edit& edit) { return edit.span.file == static_cast<FileId>(i); });
    const auto change = changes.find(file.path());
    const std::string_view now = change == changes.end() ? file.bytes() : std::string_view(*change->second);
    if (now != edited(std::string(file.bytes()), std::move(here))) {
      broken.push_back(what + ": bytes outside of its edits change in " + file.path());
    }
  }
}

void append(Broken& all, Broken more) { std::move(more.begin(), more.end(), std::back_inserter(all)); }

bool same_kind_and_message(const Finding& a, const Finding& b) { return a.rule == b.rule && a.message == b.message; }

/// What was fixed is gone: there are fewer findings of the kind than before, by as many as were fixed.
bool is_gone(const Finding& fixed, const FixResult& result, const Configuration& before) {
  const auto count = [&](const std::vector<Finding>& findings) {
    return std::count_if(findings.begin(), findings.end(),
                         [&](const Finding& f) { return same_kind_and_message(f, fixed); });
  };
  return count(result.after->findings) <= std::max<std::ptrdiff_t>(0, count(before.findings) - count(result.fixed));
}

}  // namespace

Broken broken_tiling(const Configuration& configuration) {
  Broken broken;
  for (std::size_t i = 0; i < configuration.sources->size(); ++i) {
    check_leaves(*configuration.document, static_cast<FileId>(i), broken);
  }
  return broken;
}

Broken broken_spans(const Configuration& configuration) {
  Broken broken;
  const SourceSet& sources = *configuration.sources;
  for_each_span(configuration, [&](Span span, std::string_view whose) {
    const auto file = static_cast<std::size_t>(span.file);
    if (file < sources.size() && span.range.start <= span.range.end &&
        span.range.end <= sources.file(span.file).bytes().size()) {
      return;
    }
    broken.push_back(fmt::format("the span of {} is {}-{} of file {}", whose, span.range.start, span.range.end, file));
  });
  for_each_list_reference(configuration.policy, [&](ListId list) {
    if (static_cast<std::size_t>(list) >= configuration.policy.lists.size())
      broken.push_back("a list that is named does not exist");
  });
  return broken;
}

Broken broken_verdict(const Configuration& configuration) {
  Broken broken;
  const Verdict& verdict = configuration.verdict;
  if ((verdict.state == VerdictState::Open) != verdict.witness.has_value())
    broken.push_back("a witness without `open`, or `open` without");
  if (verdict.state == VerdictState::Unknown && verdict.reasons.empty()) broken.push_back("`unknown` without a reason");
  if (verdict.witness) {
    const Transaction& transaction = verdict.witness->transaction;
    const Outcome outcome = decide(configuration.policy, transaction).outcome;
    if (outcome != Outcome::Relayed) {
      broken.push_back(fmt::format("the witness to {} is {}", escape(transaction.rcpt_to), to_string(outcome)));
    }
    if (verdict.witness->path.empty()) broken.push_back("the witness has no path");
  }
  return broken;
}

Broken broken_edits(const Configuration& configuration) {
  Broken broken;
  for (const Finding& finding : configuration.findings) {
    if (finding.fix) check_fix(*configuration.sources, finding, broken);
  }
  return broken;
}

Broken broken_laws(const Configuration& configuration) {
  Broken broken = broken_tiling(configuration);
  append(broken, broken_spans(configuration));
  if (!broken.empty()) return broken;  // what follows would read outside of the files
  append(broken, broken_verdict(configuration));
  append(broken, broken_edits(configuration));
  return broken;
}

Broken broken_fixing(const Examined& examined, const std::string& format, const Files& files,
                     const std::string& entry) {
  Broken broken;
  const FixResult first = examined.fix_all();
  if (first.files.empty()) return broken;
  if (!first.after) return {"a fix changed files, but nothing was judged after it"};
  append(broken, broken_laws(*first.after));
  for (const Finding& fixed : first.fixed) {
    if (!is_gone(fixed, first, examined.configuration))
      broken.push_back("still there after its fix: " + fixed.rule + " " + fixed.message);
  }
  if (examined.state() != VerdictState::Open && first.after->verdict.state == VerdictState::Open)
    broken.push_back("fixing opened it");
  const Examined again = examine_files(format, patched(files, first.files), entry, examined.options);
  if (again.state() != first.after->verdict.state)
    broken.push_back("what was written is judged otherwise than what was proved");
  for (const auto& [path, bytes] : again.fix_all().files) broken.push_back("fixing again changes " + path);
  return broken;
}

}  // namespace relaylint::test
