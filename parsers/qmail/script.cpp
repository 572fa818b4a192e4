// Runs a script in thought: which variables are exported where a daemon is started. Semantics: POSIX.1, "Shell Command
// Language", 2.9 and 2.12.

#include <algorithm>
#include <map>
#include <utility>

#include "parsers/qmail/shell.hpp"

namespace relaylint::qmail {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxSteps = 20000;

struct ShellVariable {
  Variable value{};
  bool exported = false;
};

using Shell = std::map<std::string, ShellVariable, std::less<>>;

bool same(const ShellVariable& a, const ShellVariable& b) {
  return a.exported == b.exported && a.value.state == b.value.state && a.value.value == b.value.value;
}

/// What holds after one of several ways was gone.
Shell merge(const std::vector<Shell>& ways) {
  Shell merged;
  for (const Shell& way : ways) {
    for (const auto& [name, variable] : way) merged.emplace(name, variable);
  }
  for (auto& [name, variable] : merged) {
    for (const Shell& way : ways) {
      const auto found = way.find(name);
      const ShellVariable there = found == way.end() ? ShellVariable{} : found->second;
      if (same(there, variable)) continue;
      const ShellVariable& set = there.value.may_be_set() && there.exported ? there : variable;
      ShellVariable perhaps = set;
      if (perhaps.value.may_be_set()) perhaps.value.state = Variable::State::Perhaps;
      perhaps.exported = there.exported || variable.exported;
      variable = perhaps;
    }
  }
  return merged;
}

class Runner {
 public:
  Runner(FileId file, ScriptContext& context) : file_(file), context_(context) {}

  void run(const ScriptNode& node, Shell& shell, int depth);
  std::vector<Service> services{};

 private:
  void simple(const ScriptNode& node, Shell& shell, int depth);
  void assign(const ScriptWord& word, std::size_t equals, const Word& expanded, Shell& shell, Span whole) const;
  [[nodiscard]] Word expand(const ScriptWord& word, const Shell& shell) const;
  [[nodiscard]] Environment environment_of(const Shell& shell) const;
  void take_in(const Word& name, Shell& shell, int depth);

  FileId file_;
  ScriptContext& context_;
  std::map<std::string, const ScriptNode*, std::less<>> functions_{};
  std::size_t steps_ = 0;
};

Word Runner::expand(const ScriptWord& word, const Shell& shell) const {
  Word expanded;
  expanded.span = {file_, word.range};
  for (const WordPart& part : word.parts) {
    if (part.kind == WordPart::Kind::Text) {
      expanded.text += part.text;
      continue;
    }
    const auto found = part.kind == WordPart::Kind::Variable ? shell.find(part.text) : shell.end();
    if (found != shell.end() && found->second.value.state == Variable::State::Set) {
      expanded.text += found->second.value.value;
    } else if (found != shell.end() && found->second.value.state == Variable::State::Unset) {
      // nothing
    } else {
      expanded.known = false;
      expanded.bare |= !part.quoted && word.parts.size() == 1;
    }
  }
  return expanded;
}

Environment Runner::environment_of(const Shell& shell) const {
  const auto of = [&](std::string_view name) {
    const auto found = shell.find(name);
    if (found == shell.end() || !found->second.exported) return Variable{};
    return found->second.value;
  };
  return {of("RELAYCLIENT"), of("SMTPAUTH")};
}

void Runner::assign(const ScriptWord& word, std::size_t equals, const Word& expanded, Shell& shell, Span whole) const {
  Variable variable;
  variable.state = expanded.known ? Variable::State::Set : Variable::State::Opaque;
  variable.value = expanded.text.substr(equals + 1);
  variable.span = {file_, word.range};
  variable.whole = whole;
  variable.text = expanded.known
                      ? expanded.text
                      : "the value of " + expanded.text.substr(0, equals) + " is known to the running shell only";
  // Whatever its value, the variable is set.
  if (!expanded.known) variable.state = Variable::State::Set;
  shell[expanded.text.substr(0, equals)].value = std::move(variable);
}

void Runner::take_in(const Word& name, Shell& shell, int depth) {
  const std::optional<std::pair<FileId, std::string_view>> found = name.known ? context_.source(name) : std::nullopt;
  if (!found) {
    for (const char* variable : {"RELAYCLIENT", "SMTPAUTH"}) {
      ShellVariable& opaque = shell[variable];
      if (opaque.value.state != Variable::State::Inherited) continue;
      opaque.value.state = Variable::State::Opaque;
      opaque.value.span = name.span;
      opaque.value.text = "the script takes in " + name.text + ", which is not at hand";
      opaque.exported = true;
    }
    return;
  }
  const Script script = parse_script(found->second, found->first);
  const FileId outer = std::exchange(file_, found->first);
  run(script.root, shell, depth + 1);
  file_ = outer;
}

void Runner::simple(const ScriptNode& node, Shell& shell, int depth) {
  std::vector<Word> words;
  std::size_t first = 0;
  Shell during = shell;
  const Span whole{file_, node.range};
  for (; first < node.words.size(); ++first) {
    const Word word = expand(node.words[first], shell);
    const std::optional<std::size_t> equals = assignment(word.text);
    if (!equals) break;
    const bool alone = node.words.size() == 1;
    assign(node.words[first], *equals, word, during, alone ? whole : Span{});
    if (first + 1 == node.words.size()) {  // assignments only: for the shell itself
      for (auto& [name, variable] : during) shell[name].value = variable.value;
      return;
    }
    during[word.text.substr(0, *equals)].exported = true;
  }
  for (std::size_t i = first; i < node.words.size(); ++i) words.push_back(expand(node.words[i], shell));
  if (words.empty()) return;
  const std::string& command = words.front().text;
  if (command == "export" || command == "declare" || command == "typeset") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::optional<std::size_t> equals = assignment(words[i].text);
      const std::string name = equals ? words[i].text.substr(0, *equals) : words[i].text;
      if (equals) assign(node.words[first + i], *equals, words[i], shell, words.size() == 2 ? whole : Span{});
      ShellVariable& variable = shell[name];
      if (!equals && variable.value.state == Variable::State::Set && variable.value.span.range.empty())
        variable.value.span = words[i].span;
      variable.exported = true;
    }
  } else if (command == "unset") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      ShellVariable& variable = shell[words[i].text];
      variable.value = {};
      variable.value.state = Variable::State::Unset;
      variable.exported = false;
    }
  } else if ((command == "." || command == "source") && words.size() > 1) {
    take_in(words[1], shell, depth);
  } else if (const auto function = functions_.find(command); function != functions_.end()) {
    run(*function->second, shell, depth + 1);
  } else if (std::optional<Service> service = Chain(environment_of(during), context_).run(words)) {
    services.push_back(std::move(*service));
  }
}

void Runner::run(const ScriptNode& node, Shell& shell, int depth) {
  if (depth > kMaxDepth || ++steps_ > kMaxSteps) return;
  switch (node.kind) {
    case ScriptNode::Kind::Simple:
      return simple(node, shell, depth);
    case ScriptNode::Kind::Sequence:
      for (const ScriptNode& child : node.children) run(child, shell, depth + 1);
      return;
    case ScriptNode::Kind::Chain:
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i == 0) {
          run(node.children[i], shell, depth + 1);
          continue;
        }
        Shell taken = shell;
        run(node.children[i], taken, depth + 1);
        shell = merge({shell, taken});
      }
      return;
    case ScriptNode::Kind::Subshell: {
      Shell inner = shell;
      for (const ScriptNode& child : node.children) run(child, inner, depth + 1);
      return;
    }
    case ScriptNode::Kind::Branches: {
      std::vector<Shell> ways;
      for (const ScriptNode& child : node.children) {
        Shell way = shell;
        run(child, way, depth + 1);
        ways.push_back(std::move(way));
      }
      if (!node.exhaustive || ways.empty()) ways.push_back(shell);
      shell = merge(ways);
      return;
    }
    case ScriptNode::Kind::Loop: {
      Shell inner = shell;
      for (const ScriptNode& child : node.children) run(child, inner, depth + 1);
      shell = merge({shell, inner});
      return;
    }
    case ScriptNode::Kind::Function:
      if (!node.children.empty()) functions_[node.name] = &node.children.front();
      return;
  }
}

}  // namespace

std::vector<Service> services_of(const Script& script, FileId file, ScriptContext& context) {
  Runner runner(file, context);
  Shell shell;
  runner.run(script.root, shell, 0);
  return std::move(runner.services);
}

}  // namespace relaylint::qmail
