// Edits of the attribute file: README.md, "Fixes". Only values and whole entries are touched; new entries go to the end
// of the file that smail reads last, because the last assignment counts.

#include <algorithm>

#include "lint/format.hpp"
#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

using Kind = PolicyChange::Kind;

constexpr std::string_view kAllow = "smtp_remote_allow";
constexpr std::string_view kLax = "smtp_recipient_no_verify";
constexpr std::string_view kWho = ": hosts on your own networks that are not listed must be added";

class Rewriting {
 public:
  Rewriting(const SmailDocument& document, RelayControl control) : document_(document), control_(control) {}

  [[nodiscard]] std::optional<Fix> control_relaying() const;
  [[nodiscard]] std::optional<Fix> drop_items(const std::vector<Span>& items) const;
  [[nodiscard]] std::optional<Fix> drop_mx_backup(Span entry) const;
  [[nodiscard]] std::optional<Fix> remove_line(Span entry) const;
  [[nodiscard]] std::optional<Fix> correct(Span place) const;

 private:
  [[nodiscard]] std::optional<Fix> append() const;
  [[nodiscard]] std::optional<Fix> drop_from(const Assignment& list, std::string_view name,
                                             const std::vector<Span>& items) const;
  [[nodiscard]] std::string new_entry() const;
  [[nodiscard]] std::string_view bytes_of(FileId file) const { return document_.sources().file(file).bytes(); }
  /// Safe only where the installed smail is known to know the attribute: an older one stops on it.
  [[nodiscard]] Applicability applicability() const {
    return control_ == RelayControl::Present ? Applicability::Safe : Applicability::Unsafe;
  }

  const SmailDocument& document_;
  RelayControl control_;
};

/// `smtp_remote_allow = localnet`, with the blanks around `=` that the file's own entries have.
std::string Rewriting::new_entry() const {
  for (const auto& [name, assignment] : document_.attributes) {
    if (assignment.file != document_.last_file || assignment.value.empty()) continue;
    const TextRange between{assignment.name.end, assignment.value.start};
    const std::string_view separator = document_.sources().slice(assignment.span(between));
    if (separator.find_first_not_of(" \t=") == std::string_view::npos)
      return std::string(kAllow) + std::string(separator) + "localnet";
  }
  return std::string(kAllow) + " = localnet";
}

std::optional<Fix> Rewriting::append() const {
  const std::string_view bytes = bytes_of(document_.last_file);
  const std::string ending(line_ending_of(bytes));
  const bool complete = bytes.empty() || bytes.back() == '\n';
  std::string_view last = bytes;
  while (last.ends_with('\n') || last.ends_with('\r')) last.remove_suffix(1);
  if (last.ends_with('\\')) return std::nullopt;  // would join the new line to the last
  const auto at = static_cast<std::uint32_t>(bytes.size());
  std::string text = complete ? new_entry() + ending : ending + new_entry();
  return Fix{"append `" + new_entry() + "`" + std::string(kWho),
             applicability(),
             {{{document_.last_file, {at, at}}, std::move(text)}}};
}

std::optional<Fix> Rewriting::control_relaying() const {
  if (control_ == RelayControl::None) {
    return Fix{"upgrade smail: this version has no relay control",
               Applicability::Display,
               {},
               {"move to Exim, Postfix or OpenSMTPD; smail is no longer maintained, its last release was 3.2.0.121",
                "until then keep strangers from port 25 with a packet filter",
                "or, where smail is built with LIBWRAP, with hosts.deny and hosts.allow"}};
  }
  const Assignment* allow = document_.find(kAllow);
  if (allow == nullptr) return append();
  return correct(allow->span(allow->text));
}

/// What must stand in the list once the items are gone: `localnet` where nobody else is trusted, `localhost` where the
/// machine itself would no longer be.
std::string_view stand_in(const std::vector<ClientItem>& left) {
  const auto grants = [](const ClientItem& item) { return !item.negated; };
  const auto grants_loopback = [](const ClientItem& item) {
    return !item.negated && (item.kind == ClientItem::Kind::LocalNet ||
                             (item.kind == ClientItem::Kind::Addresses && item.set.intersects(loopback_addresses())));
  };
  if (std::none_of(left.begin(), left.end(), grants)) return "localnet";
  return std::none_of(left.begin(), left.end(), grants_loopback) ? "localhost" : "";
}

/// The edits that take items out: a maximal run of them goes with the colon before it, or behind it where it starts the
/// list. `instead`, unless empty, takes the place of the first run.
std::vector<Edit> edits_without(const Assignment& list, const std::vector<ClientItem>& all,
                                const std::vector<bool>& dropped, std::string_view instead) {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!dropped[i]) continue;
    const std::size_t first = i;
    while (i + 1 < all.size() && dropped[i + 1]) ++i;
    TextRange gone{all[first].place.start, all[i].place.end};
    if (edits.empty() && !instead.empty()) {
      edits.push_back({list.span(gone), std::string(instead)});
      continue;
    }
    if (first > 0) {
      gone.start = all[first - 1].place.end;
    } else if (i + 1 < all.size()) {
      gone.end = all[i + 1].place.start;
    }
    edits.push_back({list.span(gone), ""});
  }
  return edits;
}

std::optional<Fix> Rewriting::drop_from(const Assignment& list, std::string_view name,
                                        const std::vector<Span>& items) const {
  const std::vector<ClientItem> all = client_items(list);
  std::vector<bool> dropped;
  std::vector<ClientItem> left;
  std::string names;
  for (const ClientItem& item : all) {
    dropped.push_back(std::find(items.begin(), items.end(), list.span(item.place)) != items.end());
    if (!dropped.back()) left.push_back(item);
    if (dropped.back()) names += (names.empty() ? "" : ":") + item.text;
  }
  if (names.empty()) return std::nullopt;
  const std::string title = "drop `" + names + "` from " + std::string(name);
  if (name != kAllow) {
    std::vector<Edit> edits = edits_without(list, all, dropped, "");
    if (left.empty()) edits = {{list.span(list.text), "-" + std::string(name)}};
    return Fix{title + ": its recipients are verified again", Applicability::Unsafe, std::move(edits)};
  }
  const std::string_view instead = stand_in(left);
  const std::string leaving = instead.empty() ? "" : ", leaving `" + std::string(instead) + "`";
  return Fix{title + leaving + std::string(kWho), Applicability::Safe, edits_without(list, all, dropped, instead)};
}

std::optional<Fix> Rewriting::drop_items(const std::vector<Span>& items) const {
  for (const Span item : items) {
    if (std::optional<Fix> fix = drop_mx_backup(item)) return fix;
  }
  for (const std::string_view name : {kAllow, kLax}) {
    const Assignment* list = document_.find(name);
    if (list == nullptr || !list->text_value) continue;
    if (std::optional<Fix> fix = drop_from(*list, name, items)) return fix;
  }
  return std::nullopt;
}

/// smtp_permit_mx_backup: `-` for `+`, or before the bare name.
std::optional<Fix> Rewriting::drop_mx_backup(Span entry) const {
  const Assignment* backup = document_.find("smtp_permit_mx_backup");
  if (backup == nullptr || backup->span(backup->text) != entry || backup->text_value) return std::nullopt;
  const std::uint32_t start = backup->text.start;
  const TextRange sign{start, backup->sign == '+' ? start + 1 : start};
  return Fix{"turn smtp_permit_mx_backup off: mail for domains whose MX points here is refused until routers name them",
             Applicability::Unsafe,
             {{backup->span(sign), "-"}}};
}

/// The whole entry with its continuation lines and its comment.
std::optional<Fix> Rewriting::remove_line(Span entry) const {
  for (const Assignment& earlier : document_.overridden_allow) {
    if (earlier.span(earlier.text) != entry) continue;
    return Fix{"remove the value of smtp_remote_allow that a later one overrides: nobody loses relaying",
               Applicability::Safe,
               {{earlier.span(earlier.whole), ""}}};
  }
  return std::nullopt;
}

std::optional<Fix> Rewriting::correct(Span place) const {
  if (document_.unquoted_allow && *document_.unquoted_allow == place) {
    const std::string value(document_.sources().slice(place));
    return Fix{"quote the value of smtp_remote_allow", Applicability::Unsafe, {{place, "\"" + value + "\""}}};
  }
  const Assignment* allow = document_.find(kAllow);
  if (allow == nullptr || allow->span(allow->text) != place) return std::nullopt;
  const std::string title = "set smtp_remote_allow to `localnet`" + std::string(kWho);
  if (!allow->value.empty()) return Fix{title, applicability(), {{allow->span(allow->value), "localnet"}}};
  return Fix{title, applicability(), {{allow->span(allow->text), new_entry()}}};
}

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change) {
  const auto& file = static_cast<const SmailDocument&>(document);
  const Rewriting rewriting(file, relay_control_of(file, policy));
  switch (change.kind) {
    case Kind::ControlRelaying:
      return rewriting.control_relaying();
    case Kind::DropItems:
      return rewriting.drop_items(change.items);
    case Kind::RemoveLine:
      return rewriting.remove_line(change.clause_span);
    case Kind::Correct:
      return rewriting.correct(change.clause_span);
    default:
      return std::nullopt;
  }
}

}  // namespace relaylint::smail
