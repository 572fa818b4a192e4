#include "parsers/exim4/gate.hpp"

#include <algorithm>

#include "parsers/exim4/expansion.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim4 {
namespace {

bool holds_everything(const ListStatement& list) {
  for (const EximItem& item : split_exim_list(list.text.text).items) {
    if (!item.negated && item.text.view() == "*") return true;
  }
  return false;
}

bool is_used_to_accept(const Exim4Document& document, std::string_view name) {
  for (const Acl& acl : document.acls) {
    for (const AclStatement& statement : acl.statements) {
      if (statement.verb != Verb::Accept) continue;
      for (const AclPart& part : statement.parts) {
        if (part.name == "hosts" && part.value.view().find("+" + std::string(name)) != std::string_view::npos)
          return true;
      }
    }
  }
  return false;
}

/// `: +relay_from_hosts`: the hosts that the file trusts, in its own words, or loopback.
std::string trusted_hosts(const Exim4Document& document) {
  const ListStatement* best = nullptr;
  for (const ListStatement& list : document.lists) {
    if (list.kind != EximListKind::Host || holds_everything(list) || list.doubt >= 0) continue;
    if (list.name == "relay_from_hosts") return ": +relay_from_hosts";
    const bool relays = list.name.find("relay") != std::string::npos || is_used_to_accept(document, list.name);
    if (best == nullptr && relays && list.name.find("auth") == std::string::npos) best = &list;
  }
  return best == nullptr ? ": 127.0.0.1 : ::::1" : ": +" + best->name;
}

std::string our_domains(const Exim4Document& document, const RelayPolicy& policy) {
  std::string text;
  const auto add = [&](const std::string& item) { text += (text.empty() ? "" : " : ") + item; };
  bool local = false;
  for (const ListStatement& list : document.lists) {
    if (list.kind != EximListKind::Domain || holds_everything(list) || list.doubt >= 0) continue;
    const bool is_local = list.name.find("local") != std::string::npos;
    if (!is_local && list.name.find("relay") == std::string::npos) continue;
    local = local || is_local;
    add("+" + list.name);
  }
  if (local) return text;
  for (const Pattern& pattern : policy.local_domains.patterns()) {
    if (pattern.kind == PatternKind::Exact && !pattern.negated && !pattern.text.empty()) add(pattern.text);
  }
  if (document.find("primary_hostname") != nullptr || text.empty()) add("@");
  return text;
}

const Acl* acl_to_guard(const Exim4Document& document, Span grant) {
  const Setting* setting = document.find("acl_smtp_rcpt");
  if (setting != nullptr) {
    if (const Acl* acl = document.acl(setting->text.text.trimmed().view())) return acl;
  }
  for (const Acl& acl : document.acls) {
    for (const AclStatement& statement : acl.statements) {
      if (statement.span == grant) return &acl;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<Edit> gate_edit(const Exim4Document& document, const RelayPolicy& policy, Span grant) {
  const Acl* acl = acl_to_guard(document, grant);
  if (acl == nullptr) return std::nullopt;
  const SourceFile& file = document.sources().file(acl->name_span.file);
  const std::string_view bytes = file.bytes();
  std::string indent = "  ";
  if (!acl->statements.empty() && acl->statements.front().verb_span.file == acl->name_span.file) {
    const TextRange line = file.line_at(acl->statements.front().verb_span.range.start);
    const std::string_view text = file.slice(line);
    indent = text.substr(0, std::min(text.find_first_not_of(" \t"), text.size()));
  }
  const std::string_view end = line_ending_of(bytes);
  const std::string further = indent + "       ";
  std::string text;
  const auto add = [&](const std::string& line) { text += line + std::string(end); };
  add(indent + "deny   message = relay not permitted");
  add(further + "!hosts = " + trusted_hosts(document));
  add(further + "!authenticated = *");
  add(further + "!domains = " + our_domains(document, policy));
  std::uint32_t at = file.line_at(acl->name_span.range.end).end;
  if (at < bytes.size()) {
    at += bytes[at] == '\r' ? 2 : 1;
    return Edit{{acl->name_span.file, {at, at}}, text};
  }
  return Edit{{acl->name_span.file, {at, at}}, std::string(end) + text};
}

std::optional<Edit> inline_edit(const Exim4Document& document) {
  const Setting* setting = document.find("acl_smtp_rcpt");
  if (setting == nullptr || document.acl(setting->text.text.trimmed().view()) != nullptr) return std::nullopt;
  const EximText value = setting->text.text.trimmed();
  if (value.view() == "accept") {
    const std::uint32_t start = document.sources().file(setting->span.file).line_at(setting->span.range.start).start;
    return Edit{{setting->span.file, {start, start}}, "#"};
  }
  // `${if …{acl}fail}`: a forced failure accepts.
  const ParsedExpansion parsed = parse_expansion(value.view());
  if (parsed.text.pieces.size() != 1 || parsed.text.pieces[0].otherwise != Otherwise::Fail) return std::nullopt;
  const std::size_t word = value.view().rfind("fail");
  if (word == std::string_view::npos) return std::nullopt;
  const auto place = value.edit_place(text_range(word, word + 4));
  return place ? std::optional<Edit>(Edit{*place, "{deny}"}) : std::nullopt;
}

}  // namespace relaylint::exim4
