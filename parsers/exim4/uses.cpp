#include "parsers/exim4/uses.hpp"

#include <algorithm>

namespace relaylint::exim4 {
namespace {

std::optional<EximListKind> kind_of_condition(std::string_view name) {
  if (name == "hosts") return EximListKind::Host;
  if (name == "domains" || name == "sender_domains") return EximListKind::Domain;
  if (name == "senders" || name == "recipients") return EximListKind::Address;
  return name == "local_parts" ? std::optional<EximListKind>(EximListKind::LocalPart) : std::nullopt;
}

/// Does the statement let somebody in where the condition's list matches? Nothing for a statement that decides nothing.
std::optional<bool> lets_in(const AclStatement& statement, const AclPart& part) {
  switch (statement.verb) {
    case Verb::Accept:
    case Verb::Require:
    case Verb::Discard:
      return !part.negated;
    case Verb::Deny:
    case Verb::Drop:
    case Verb::Defer:
      return part.negated;
    case Verb::Warn:
      break;
  }
  const bool sets = std::any_of(statement.parts.begin(), statement.parts.end(),
                                [](const AclPart& other) { return other.name == "set"; });
  return sets ? std::optional<bool>(false) : std::nullopt;
}

/// `+name` stands in the text, not as the beginning of a longer name.
std::size_t mentions(std::string_view text, std::string_view name, bool& negated) {
  std::size_t count = 0;
  for (std::size_t at = text.find('+'); at != std::string_view::npos; at = text.find('+', at + 1)) {
    if (text.substr(at + 1, name.size()) != name) continue;
    const std::size_t end = at + 1 + name.size();
    const bool longer =
        end < text.size() && (text[end] == '_' || (text[end] >= '0' && text[end] <= '9') ||
                              (text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z'));
    if (longer) continue;
    ++count;
    const std::size_t before = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    negated |= at > 0 && before != std::string_view::npos && text[before] == '!';
  }
  return count;
}

bool mentions(std::string_view text, std::string_view name) {
  bool negated = false;
  return mentions(text, name, negated) > 0;
}

/// An ACL that another one calls answers a question; only where the answer "yes" is for a grant do its own grants count
/// as such.
bool called_to_refuse(const Exim4Document& document, std::string_view acl_name) {
  for (const Acl& acl : document.acls) {
    for (const AclStatement& statement : acl.statements) {
      for (const AclPart& part : statement.parts) {
        if (part.name == "acl" && part.value.view().starts_with(acl_name) && lets_in(statement, part) != true)
          return true;
      }
    }
  }
  return false;
}

}  // namespace

std::vector<ListPlace> list_places(const Exim4Document& document) {
  std::vector<ListPlace> places;
  for (const ListStatement& list : document.lists) places.push_back({list.text.text, list.kind, list.name});
  for (const Acl& acl : document.acls) {
    for (const AclStatement& statement : acl.statements) {
      for (const AclPart& part : statement.parts) {
        if (const auto kind = kind_of_condition(part.name))
          places.push_back({part.value, *kind, {}, &part, &statement});
      }
    }
  }
  return places;
}

bool only_grants(const Exim4Document& document, const ListPlace& place) {
  if (place.part != nullptr) return lets_in(*place.statement, *place.part) == true;
  const auto in_settings = [&](const std::vector<Setting>& settings) {
    return std::any_of(settings.begin(), settings.end(),
                       [&](const Setting& setting) { return mentions(setting.value.view(), place.name); });
  };
  if (in_settings(document.settings)) return false;
  for (const Driver& router : document.routers) {
    if (in_settings(router.settings)) return false;
  }
  for (const ListStatement& list : document.lists) {
    if (mentions(list.text.text.view(), place.name)) return false;
  }
  for (const Acl& acl : document.acls) {
    for (const AclStatement& statement : acl.statements) {
      for (const AclPart& part : statement.parts) {
        bool negated = false;
        if (mentions(part.value.view(), place.name, negated) == 0) continue;
        const std::optional<bool> in = lets_in(statement, part);
        if (!in) continue;
        if (!*in || negated || kind_of_condition(part.name) != place.kind || called_to_refuse(document, acl.name))
          return false;
      }
    }
  }
  return true;
}

}  // namespace relaylint::exim4
