#include "lint/engine.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace relaylint {
namespace {

/// Adds the target to its SourceSet; nothing where that worked.
std::optional<Error> load(const Target& target, FileReader& reader, SourceSet& sources, FileId& main) {
  if (target.bytes) {
    main = sources.add(target.path, target.bytes);
    return std::nullopt;
  }
  if (reader.kind(target.path) == FileKind::Directory) {
    main = sources.add(target.path, nullptr);
    return std::nullopt;
  }
  const Reference opened = sources.open(target.path);
  if (opened.status != ReferenceStatus::Found) return Error{target.path + " " + opened.reason};
  main = opened.file;
  return std::nullopt;
}

/// What parsing could not understand becomes part of the policy: it decides (fatal) or is told.
void take_problems(const Document& document, RelayPolicy& policy) {
  for (const Problem& problem : document.problems) {
    if (!problem.fatal) {
      policy.not_understood.push_back({problem.span, problem.message});
    } else if (!policy.unloadable) {
      policy.unloadable = Note{problem.span, problem.message};
    }
  }
}

/// The order that reports print, and that makes findings told twice neighbours.
void sort_findings(const SourceSet& sources, std::vector<Finding>& findings) {
  const auto key = [&](const Finding& finding) {
    return std::tuple<const std::string&, std::uint32_t, std::uint32_t, const std::string&, const std::string&>(
        sources.file(finding.span.file).path(), finding.span.range.start, finding.span.range.end, finding.rule,
        finding.message);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  const auto same = [](const Finding& a, const Finding& b) { return a.rule == b.rule && a.span == b.span; };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

void run_rules(Configuration& configuration, const EngineOptions& options) {
  for (const Rule* rule : options.rules) {
    if (rule->check == nullptr) continue;
    Reporter reporter(rule->info, configuration.findings);
    rule->check(configuration.policy, configuration.verdict, reporter);
  }
  sort_findings(*configuration.sources, configuration.findings);
  for (Finding& finding : configuration.findings) {
    if (finding.change)
      finding.fix =
          configuration.target.format->rewrite(*configuration.document, configuration.policy, *finding.change);
  }
}

}  // namespace

Configuration examine(const Target& target, FileReader& reader, const EngineOptions& options) {
  Configuration result;
  result.target = target;
  result.sources = std::make_unique<SourceSet>(reader, options.root, target.allowed, options.limits);
  FileId main{};
  result.unreadable = load(target, reader, *result.sources, main);
  if (result.unreadable) return result;

  result.document = target.format->parse(*result.sources, main);
  result.policy = target.format->lower(*result.document, options.lower);
  result.policy.stands_for_everybody = options.lower.behind_proxy;
  result.policy.own_networks = options.lower.own_networks;
  take_problems(*result.document, result.policy);
  result.verdict = judge(result.policy, options.judge);
  run_rules(result, options);
  if (options.suppress) options.suppress(result);
  return result;
}

// --- patched files ----------------------------------------------------------------------------------------------

void OverlayReader::put(const std::string& path, std::shared_ptr<const std::string> bytes) {
  files_[canonical(path)] = std::move(bytes);
}

FileContent OverlayReader::read(const std::string& path) {
  const auto patched = files_.find(canonical(path));
  if (patched == files_.end()) return base_.read(path);
  return {FileKind::Regular, patched->second, {}};
}

FileKind OverlayReader::kind(const std::string& path) { return covers(path) ? FileKind::Regular : base_.kind(path); }

std::vector<std::string> OverlayReader::list(const std::string& directory) {
  std::vector<std::string> names = base_.list(directory);
  const std::string folder = canonical(directory);
  for (const auto& [path, bytes] : files_) {
    if (directory_of(path) != folder) continue;
    const std::string name(base_name(path));
    const auto place = std::lower_bound(names.begin(), names.end(), name);
    if (place == names.end() || *place != name) names.insert(place, name);
  }
  return names;
}

std::string OverlayReader::canonical(const std::string& path) { return base_.canonical(path); }

PatchedFiles apply_edits(const SourceSet& sources, std::span<const Edit> edits) {
  std::vector<Edit> sorted(edits.begin(), edits.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  PatchedFiles patched;
  for (auto edit = sorted.begin(); edit != sorted.end();) {
    const SourceFile& file = sources.file(edit->span.file);
    const std::string_view bytes = file.bytes();
    std::string text;
    std::size_t copied = 0;
    const FileId id = edit->span.file;
    for (; edit != sorted.end() && edit->span.file == id; ++edit) {
      text.append(bytes.substr(copied, edit->span.range.start - copied));
      text.append(edit->text);
      copied = edit->span.range.end;
    }
    text.append(bytes.substr(copied));
    if (text != bytes || !file.present()) patched[file.path()] = std::make_shared<const std::string>(std::move(text));
  }
  return patched;
}

}  // namespace relaylint
