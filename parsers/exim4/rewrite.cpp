// Closing the relay by edits of single values, or by one statement in front of the others: README.md, "Fixes".

#include <algorithm>
#include <map>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim4/exim4.hpp"
#include "parsers/exim4/gate.hpp"
#include "parsers/exim4/uses.hpp"
#include "parsers/support/exim_list_edit.hpp"
#include "parsers/support/exim_networks.hpp"

namespace relaylint::exim4 {
namespace {

constexpr std::string_view kWhoLoses =
    ": hosts on your own networks that are not listed can no longer relay, and must authenticate or be added";

struct Loopback {
  bool v4 = false;
  bool v6 = false;

  void add(const Loopback& other) {
    v4 = v4 || other.v4;
    v6 = v6 || other.v6;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    if (v4) all.emplace_back("127.0.0.1");
    if (v6) all.emplace_back("::1");
    return all;
  }
};

/// What an item of a host list covers of the loopback for certain.
Loopback loopback_of(const EximItem& item) {
  if (item.text.view() == "*" || item.text.view() == "localhost" || item.text.view() == "@[]") return {true, true};
  const auto set = parse_exim_network(item.text.view(), EximDialect::Exim4);
  return set ? Loopback{set->contains(IpAddress::v4(0x7F000001)), set->contains({true, 1})} : Loopback{};
}

class Rewriter {
 public:
  Rewriter(const Exim4Document& document, const RelayPolicy& policy, const PolicyChange& change)
      : document_(document), policy_(policy), change_(change) {}

  std::optional<Fix> run() {
    std::optional<Fix> fix = edits();
    return fix && !document_.panel.empty() ? shown_only(std::move(*fix)) : std::move(fix);
  }

 private:
  struct Place {
    ListPlace list;
    std::size_t item = 0;
  };

  std::optional<Fix> edits() {
    switch (change_.kind) {
      case PolicyChange::Kind::DropItems:
        return drop_items();
      case PolicyChange::Kind::TerminateList:
        return terminate_list();
      case PolicyChange::Kind::GuardGrant:
      case PolicyChange::Kind::DropGrant:
        return guard();
      case PolicyChange::Kind::RequireRealCredentials:
        return refuse_logins();
      default:
        return std::nullopt;
    }
  }

  /// A file that a panel writes is not edited: what would be done is told.
  [[nodiscard]] Fix shown_only(Fix fix) const {
    fix.applicability = Applicability::Display;
    fix.edits.clear();
    if (document_.panel == "update-exim4.conf") {
      fix.steps = {"change /etc/exim4/update-exim4.conf.conf or the files below /etc/exim4/conf.d",
                   "run update-exim4.conf"};
    } else {
      fix.steps = {"make the change in the settings of " + document_.panel + ": it writes this file anew", fix.title};
    }
    return fix;
  }

  [[nodiscard]] std::optional<Place> find(Span span) const {
    for (ListPlace& place : list_places(document_)) {
      const auto items = split_exim_list(place.text).items;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].span == span && !span.range.empty()) return Place{std::move(place), i};
      }
    }
    return std::nullopt;
  }

  bool add(std::optional<std::vector<Edit>> edits) {
    if (!edits) return false;
    for (Edit& edit : *edits) {
      unsafe_ = unsafe_ || in_shared_macro(edit.span) || edit.span.file != document_.main();
      fix_.edits.push_back(std::move(edit));
    }
    return true;
  }

  /// An edit of a macro's text changes every place that uses it.
  [[nodiscard]] bool in_shared_macro(Span span) const {
    return std::any_of(document_.lines.macros.begin(), document_.lines.macros.end(), [&](const EximMacro& macro) {
      return macro.uses.size() > 1 && macro.span.file == span.file && macro.span.range.start <= span.range.start &&
             span.range.end <= macro.span.range.end;
    });
  }

  std::optional<Fix> finish(std::string title, bool safe) {
    if (fix_.edits.empty()) return std::nullopt;
    fix_.title = std::move(title);
    fix_.applicability = safe && !unsafe_ ? Applicability::Safe : Applicability::Unsafe;
    return std::move(fix_);
  }

  // --- items ---

  std::optional<Fix> drop_items() {
    for (const Span item : change_.items) {
      if (const Setting* hack = document_.find("percent_hack_domains"); hack != nullptr && hack->span == item) {
        return comment_out(item, "no longer rewrite `a%b` to `a@b`: such addresses are ordinary local ones then");
      }
      for (const RewriteRule& rule : document_.rewrites) {
        if (rule.span == item) return rewrite_before_test(rule);
      }
    }
    std::map<std::pair<FileId, std::uint32_t>, std::pair<ListPlace, std::vector<std::size_t>>> lists;
    bool in_files = false;
    for (const Span item : change_.items) {
      std::optional<Place> place = find(item);
      if (!place) {
        if (!drop_file_line(item)) return guard_instead();
        in_files = true;
        continue;
      }
      const Span at = place->list.text.use_place(text_range(0, place->list.text.size()));
      auto& entry = lists[{at.file, at.range.start}];
      entry.first = std::move(place->list);
      entry.second.push_back(place->item);
    }
    bool safe = !in_files;
    bool hosts = false;
    for (auto& [key, entry] : lists) {
      auto& [place, dropped] = entry;
      if (place.name.find("local_domains") != std::string::npos)
        return std::nullopt;  // only the operator knows which are his
      std::sort(dropped.begin(), dropped.end());
      hosts = hosts || place.kind == EximListKind::Host;
      const std::string instead = place.kind == EximListKind::Host ? loopback_for(place.text, dropped) : std::string();
      if (place.part != nullptr && place.kind != EximListKind::Host &&
          dropped.size() == split_exim_list(place.text).items.size()) {
        return guard_instead();
      }
      if (!add(drop_exim_items(document_.sources(), place.text, dropped, instead))) return guard_instead();
      safe = safe && only_grants(document_, place) &&
             (place.kind == EximListKind::Host || only_stars(place.text, dropped));
    }
    if (hosts) return finish("trust only the hosts that are named" + std::string(kWhoLoses), safe);
    return finish("relay only to the domains that are named: mail to all others is refused", safe);
  }

  std::optional<Fix> guard_instead() {
    fix_.edits.clear();
    return guard();
  }

  static bool only_stars(const EximText& text, const std::vector<std::size_t>& items) {
    const auto split = split_exim_list(text).items;
    return std::all_of(items.begin(), items.end(), [&](std::size_t i) { return split[i].text.view() == "*"; });
  }

  /// Loopback, in the list's style, as far as only the dropped items covered it.
  static std::string loopback_for(const EximText& text, const std::vector<std::size_t>& dropped) {
    const auto items = split_exim_list(text).items;
    Loopback lost;
    Loopback kept;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].negated) continue;
      const bool goes = std::binary_search(dropped.begin(), dropped.end(), i);
      if (goes && items[i].text.view().starts_with('+')) continue;
      (goes ? lost : kept).add(loopback_of(items[i]));
    }
    return join_exim_items(text, Loopback{lost.v4 && !kept.v4, lost.v6 && !kept.v6}.names());
  }

  /// A line of a list's or a lookup's own file.
  bool drop_file_line(Span item) {
    if (document_.lines.physical.contains(item.file) || item.range.empty()) return false;
    const SourceFile& file = document_.sources().file(item.file);
    TextRange line = file.line_at(item.range.start);
    if (line.end < file.bytes().size()) ++line.end;
    unsafe_ = true;
    fix_.edits.push_back({{item.file, line}, ""});
    return true;
  }

  std::optional<Fix> terminate_list() {
    if (change_.items.size() != 1) return guard_instead();
    const std::optional<Place> place = find(change_.items.front());
    if (!place) return guard_instead();
    const EximText& text = place->list.text;
    const auto items = split_exim_list(text).items;
    if (place->item + 1 != items.size() || !only_grants(document_, place->list)) return guard_instead();
    std::string last = "!*";
    if (place->list.kind == EximListKind::Host) {
      Loopback named;
      for (const EximItem& item : items) {
        if (!item.negated) named.add(loopback_of(item));
      }
      const Loopback missing{!named.v4, !named.v6};
      if (!missing.names().empty()) last = join_exim_items(text, missing.names());
    }
    if (!add(append_exim_item(text, last))) return guard_instead();
    const bool hosts = place->list.kind == EximListKind::Host;
    return finish("let the list end in what it allows" +
                      std::string(hosts ? kWhoLoses : ": mail to all other domains is refused"),
                  hosts);
  }

  // --- statements ---

  std::optional<Fix> guard() {
    if (std::optional<Edit> edit = inline_edit(document_)) {
      fix_.edits.push_back(std::move(*edit));
      return finish("accept no recipient by a bare `accept`: what this file accepted by it is refused", false);
    }
    std::optional<Edit> gate = gate_edit(document_, policy_, change_.clause_span);
    if (!gate) return std::nullopt;
    fix_.edits.push_back(std::move(*gate));
    return finish(
        "refuse recipients of foreign domains from clients that are neither listed nor authenticated: whoever is "
        "trusted in "
        "another way must be added to the statement",
        false);
  }

  std::optional<Fix> refuse_logins() {
    for (const Driver& driver : document_.authenticators) {
      const Setting* condition = driver.find("server_condition");
      if (condition == nullptr || condition->value_span != change_.clause_span) continue;
      const auto place = condition->value.edit_place(text_range(0, condition->value.size()));
      if (!place) return std::nullopt;
      fix_.edits.push_back({*place, "false"});
      return finish("refuse every log-in of `" + driver.name + "` until it checks the password", false);
    }
    return std::nullopt;
  }

  std::optional<Fix> comment_out(Span span, std::string title) {
    const SourceFile& file = document_.sources().file(span.file);
    for (TextRange line = file.line_at(span.range.start); line.start < span.range.end;
         line = file.line_at(line.end + 1)) {
      fix_.edits.push_back({{span.file, {line.start, line.start}}, "#"});
      if (line.end >= file.bytes().size()) break;
    }
    return finish(std::move(title), false);
  }

  /// With flag S a rule acts before the recipient is tested.
  std::optional<Fix> rewrite_before_test(const RewriteRule& rule) {
    const std::string_view bytes = document_.sources().slice(rule.span);
    if (!bytes.ends_with(rule.flags)) return std::nullopt;
    std::string flags = rule.flags;
    flags.erase(std::remove_if(flags.begin(), flags.end(), [](char c) { return c == 'E' || c == 'T' || c == 'S'; }),
                flags.end());
    const std::uint32_t start = rule.span.range.end - static_cast<std::uint32_t>(rule.flags.size());
    fix_.edits.push_back(
        {{rule.span.file, {start, rule.span.range.end}}, std::string(rule.flags.empty() ? " " : "") + "S" + flags});
    return finish("rewrite before the recipient is tested: addresses that become foreign are refused to strangers",
                  false);
  }

  const Exim4Document& document_;
  const RelayPolicy& policy_;
  const PolicyChange& change_;
  Fix fix_{};
  bool unsafe_ = false;
};

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change) {
  if (policy.unloadable) return std::nullopt;
  return Rewriter(static_cast<const Exim4Document&>(document), policy, change).run();
}

}  // namespace relaylint::exim4
