#include "lint/explain.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "lint/utf8.hpp"

namespace relaylint {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) i += std::max<std::size_t>(utf8_sequence_length(text, i), 1);
  return count;
}

// --- terminal ---------------------------------------------------------------------------------------------------

/// Appends one paragraph, its first line after `first`, the others indented as deep.
void append_wrapped(std::string& out, std::string_view paragraph, std::string_view first, std::size_t width) {
  std::string line(first);
  bool empty = true;
  for (std::size_t start = 0; start < paragraph.size();) {
    const std::size_t end = std::min(paragraph.find(' ', start), paragraph.size());
    const std::string_view word = paragraph.substr(start, end - start);
    start = end + 1;
    if (word.empty()) continue;
    if (!empty && code_points(line) + 1 + code_points(word) > width) {
      out += line + '\n';
      line.assign(first.size(), ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  out += line + '\n';
}

void append_section(std::string& out, std::string_view heading, std::string_view text, std::size_t width,
                    std::string_view mark = "  ") {
  if (text.empty()) return;
  out += '\n' + std::string(heading) + '\n';
  for (const std::string_view line : lines_of(text)) {
    if (line.empty()) {
      out += '\n';
    } else {
      append_wrapped(out, line, mark, width);
    }
  }
}

void append_example(std::string& out, const std::string& heading, std::string_view text) {
  if (text.empty()) return;
  out += '\n' + heading + '\n';
  for (const std::string_view line : lines_of(text)) out += line.empty() ? "\n" : "    " + std::string(line) + '\n';
}

/// A table is too wide for a terminal: each row becomes a list of its cells.
void append_table(std::string& out, const RuleInfo& info, std::size_t width) {
  if (info.table == nullptr) return;
  const auto rows = info.table();
  out += "\nData\n";
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t cell = 0; cell < rows[i].size(); ++cell) {
      if (rows[i][cell].empty()) continue;
      append_wrapped(out, rows[0][cell] + ": " + rows[i][cell], cell == 0 ? "  - " : "    ", width);
    }
  }
}

// --- Markdown ---------------------------------------------------------------------------------------------------

void append_markdown_section(std::string& out, std::string_view heading, std::string_view text) {
  if (text.empty()) return;
  out += "\n## " + std::string(heading) + "\n\n";
  for (const std::string_view line : lines_of(text)) out += std::string(line) + '\n';
}

/// A fence longer than any run of backticks inside.
void append_markdown_example(std::string& out, std::string_view heading, std::string_view about,
                             std::string_view text) {
  if (text.empty()) return;
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  out += "\n## " + std::string(heading) + "\n\n" + std::string(about) + fence + '\n' + std::string(text);
  out += (text.back() == '\n' ? "" : "\n") + fence + '\n';
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) {
    out += ' ';
    for (const char c : cell) out += c == '|' ? std::string("\\|") : std::string(1, c);
    out += " |";
  }
  return out + '\n';
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += table_row(rows[i]);
    if (i == 0) out += table_row(std::vector<std::string>(rows[i].size(), "---"));
  }
  return out;
}

std::string as_list(std::string_view text) {
  std::string out;
  for (const std::string_view line : lines_of(text)) out += "- " + std::string(line) + '\n';
  return out;
}

std::string example_file(const RuleExample& example) {
  return "`" + std::string(example.file_name) + "` (" + std::string(example.format) + ")";
}

std::string table_of_rules(std::span<const Rule* const> rules) {
  std::vector<std::vector<std::string>> rows = {{"Rule", "Name", "Severity", "Fix", "What it finds"}};
  for (const Rule* rule : rules) {
    const RuleInfo& info = rule->info;
    const std::string id(info.id);
    rows.push_back({"[" + id + "](../docs/rules/" + id + ".md)", std::string(info.name),
                    std::string(to_string(info.severity)), std::string(to_string(info.fix)),
                    std::string(info.summary)});
  }
  return "# Rules\n\nMade from the rules by `relaylint --write-docs`; do not edit. `relaylint --explain RULE` prints "
         "the page of a "
         "rule.\n\n" +
         markdown_table(rows);
}

}  // namespace

std::string_view to_string(FixAvailability fix) {
  switch (fix) {
    case FixAvailability::None:
      return "never";
    case FixAvailability::Sometimes:
      return "sometimes";
    case FixAvailability::Always:
      return "always";
  }
  return {};
}

std::string explain_as_text(const RuleInfo& info, std::size_t width) {
  std::string out = std::string(info.id) + ' ' + std::string(info.name) + '\n';
  append_wrapped(out, info.summary, "", width);
  out +=
      "severity: " + std::string(to_string(info.severity)) + "; has a fix: " + std::string(to_string(info.fix)) + '\n';
  append_section(out, "What it checks", info.what, width);
  append_section(out, "Why it matters", info.why, width);
  append_example(out, "Example: " + std::string(info.example.file_name) + " (" + std::string(info.example.format) + ")",
                 info.example.bad);
  append_example(out, "Use instead", info.example.good);
  append_section(out, "Fix safety", info.fix_safety, width);
  append_table(out, info, width);
  append_section(out, "References", info.references, width, "  - ");
  return out;
}

std::string explain_as_markdown(const RuleInfo& info) {
  std::string out =
      "# " + std::string(info.id) + ": " + std::string(info.name) + "\n\n" + std::string(info.summary) + ".\n\n";
  out +=
      "Severity: " + std::string(to_string(info.severity)) + ". Has a fix: " + std::string(to_string(info.fix)) + ".\n";
  append_markdown_section(out, "What it checks", info.what);
  append_markdown_section(out, "Why it matters", info.why);
  append_markdown_example(out, "Example", example_file(info.example) + ":\n\n", info.example.bad);
  append_markdown_example(out, "Use instead", "", info.example.good);
  append_markdown_section(out, "Fix safety", info.fix_safety);
  if (info.table != nullptr) append_markdown_section(out, "Data", markdown_table(info.table()));
  append_markdown_section(out, "References", as_list(info.references));
  return out;
}

std::map<std::string, std::string> generated_pages(std::span<const Rule* const> rules) {
  std::map<std::string, std::string> pages;
  for (const Rule* rule : rules) {
    pages["docs/rules/" + std::string(rule->info.id) + ".md"] = explain_as_markdown(rule->info);
  }
  pages["rules/README.md"] = table_of_rules(rules);
  return pages;
}

Result<std::vector<std::string>> write_docs(const std::string& folder, std::span<const Rule* const> rules) {
  std::vector<std::string> written;
  for (const auto& [name, content] : generated_pages(rules)) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) return Error{"cannot make folder " + path.parent_path().string() + ": " + error.message()};
    std::ifstream in(path, std::ios::binary);
    if (in && std::string(std::istreambuf_iterator<char>(in), {}) == content) continue;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << content;
    if (!out.flush()) return Error{"cannot write " + path.string()};
    written.push_back(path.string());
  }
  return written;
}

}  // namespace relaylint
