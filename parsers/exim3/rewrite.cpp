// Closing the relay by edits of single values: README.md, "Fixes". No setting is ever written twice, which Exim would
// refuse.

#include <algorithm>
#include <set>
#include <utility>

#include "lint/pattern.hpp"
#include "parsers/exim3/exim3.hpp"
#include "parsers/support/exim_list_edit.hpp"
#include "parsers/support/exim_networks.hpp"

namespace relaylint::exim3 {

namespace {

constexpr std::string_view kWhoLoses =
    ": hosts on your own networks that are not listed can no longer relay, and must authenticate or be added";

/// Lists whose items let clients or domains in, and which it is safe to narrow.
bool is_granting_list(std::string_view option) {
  return option == "host_accept_relay" || option == "relay_domains" || option == "sender_address_relay" ||
         option == "tls_host_accept_relay";
}

/// The loopback addresses, of both families.
struct Loopback {
  bool v4 = false;
  bool v6 = false;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    if (v4) all.emplace_back("127.0.0.1");
    if (v6) all.emplace_back("::1");
    return all;
  }
};

Loopback in(const AddressSet& set) { return {set.contains(IpAddress::v4(0x7F000001)), set.contains({true, 1})}; }

/// What an item of a host list covers of the loopback; one that is not plain may cover all of it.
Loopback loopback_of(const EximItem& item) {
  if (item.text.view() == "*") return {true, true};
  if (item.text.view() == "localhost") return {true, true};
  const auto set = parse_exim_network(item.text.view(), EximDialect::Exim3);
  return set ? in(*set) : Loopback{true, true};
}

class Rewriter {
 public:
  Rewriter(const Exim3Document& document, const PolicyChange& change) : document_(document), change_(change) {}

  std::optional<Fix> run() {
    switch (change_.kind) {
      case PolicyChange::Kind::DropItems:
        return drop_items();
      case PolicyChange::Kind::TerminateList:
        return terminate_list();
      case PolicyChange::Kind::ControlRelaying:
        return match_both();
      case PolicyChange::Kind::GuardGrant:
        return document_.is_on(kEither) ? match_both() : std::nullopt;
      case PolicyChange::Kind::RequireRealCredentials:
        return refuse_logins();
      case PolicyChange::Kind::Correct:
        return lower_case();
      default:
        return std::nullopt;
    }
  }

 private:
  static constexpr std::string_view kEither = "relay_match_host_or_sender";
  static constexpr std::string_view kHosts = "host_accept_relay";
  static constexpr std::string_view kSenders = "sender_address_relay";
  static constexpr std::string_view kMx = "relay_domains_include_local_mx";

  /// Where an item at fault stands.
  struct Place {
    const Setting* setting = nullptr;
    std::size_t item = 0;
  };

  [[nodiscard]] std::optional<Place> find(Span span) const {
    for (const auto& setting : document_.settings) {
      const auto items = split_exim_list(setting.value.text).items;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].span == span && !span.range.empty()) return Place{&setting, i};
      }
    }
    return std::nullopt;
  }

  bool add(std::optional<std::vector<Edit>> edits) {
    if (!edits) return false;
    for (auto& edit : *edits) {
      unsafe_ = unsafe_ || in_shared_macro(edit.span);
      fix_.edits.push_back(std::move(edit));
    }
    return true;
  }
  bool add(const Setting& setting, TextRange range, std::string text) {
    const auto place = setting.line.edit_place(range);
    return place && add(std::vector<Edit>{{*place, std::move(text)}});
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
    if (const auto* mx = document_.find(kMx); mx != nullptr && has_item(mx->span)) {
      if (!switch_off(*mx)) return std::nullopt;
      return finish(
          "accept mail only for domains that relay_domains names: domains that only have their MX here are refused",
          false);
    }
    for (const auto& rule : document_.rewrites) {
      if (has_item(rule.span)) return rewrite_before_test(rule);
    }
    std::map<const Setting*, std::vector<std::size_t>> by_setting;
    for (const auto item : change_.items) {
      if (const auto place = find(item)) {
        by_setting[place->setting].push_back(place->item);
      } else if (!drop_file_line(item)) {
        return std::nullopt;
      }
    }
    bool safe = by_setting.size() > 0 && fix_.edits.empty();
    for (auto& [setting, items] : by_setting) {
      std::sort(items.begin(), items.end());
      const auto& name = setting->option.name;
      if (!is_granting_list(name)) return std::nullopt;
      const auto instead = name == kHosts ? loopback_for(*setting, items) : std::string();
      if (!add(drop_exim_items(document_.sources(), setting->value.text, items, instead))) return std::nullopt;
      safe = safe && (name != "relay_domains" || only_stars(*setting, items));
    }
    const bool domains = !by_setting.empty() && by_setting.begin()->first->option.name == "relay_domains";
    if (domains) return finish("relay only to the domains that are named: mail to all others is refused", safe);
    return finish("trust only the hosts that are named" + std::string(kWhoLoses), safe);
  }

  [[nodiscard]] bool has_item(Span span) const {
    return std::find(change_.items.begin(), change_.items.end(), span) != change_.items.end();
  }

  /// Whether all dropped items are `*`, by which nobody means some domain in particular.
  static bool only_stars(const Setting& setting, const std::vector<std::size_t>& items) {
    const auto split = split_exim_list(setting.value.text).items;
    return std::all_of(items.begin(), items.end(), [&](std::size_t i) { return split[i].text.view() == "*"; });
  }

  /// Loopback, in the list's style, as far as only the dropped items covered it.
  static std::string loopback_for(const Setting& setting, const std::vector<std::size_t>& dropped) {
    const auto items = split_exim_list(setting.value.text).items;
    Loopback lost;
    Loopback kept;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].negated) continue;
      const auto covers = loopback_of(items[i]);
      auto& to = std::binary_search(dropped.begin(), dropped.end(), i) ? lost : kept;
      to.v4 = to.v4 || covers.v4;
      to.v6 = to.v6 || covers.v6;
    }
    const Loopback missing{lost.v4 && !kept.v4, lost.v6 && !kept.v6};
    return join_exim_items(setting.value.text, missing.names());
  }

  /// A line of a list's or a lookup's own file.
  bool drop_file_line(Span item) {
    if (document_.lines.physical.contains(item.file) || item.range.empty()) return false;
    const auto& file = document_.sources().file(item.file);
    auto line = file.line_at(item.range.start);
    if (line.end < file.bytes().size()) ++line.end;
    unsafe_ = true;
    fix_.edits.push_back({{item.file, line}, ""});
    return true;
  }

  // --- the end of a list ---

  std::optional<Fix> terminate_list() {
    if (change_.items.size() != 1) return std::nullopt;
    const auto place = find(change_.items.front());
    if (!place || !is_granting_list(place->setting->option.name)) return std::nullopt;
    const auto& value = place->setting->value.text;
    const auto items = split_exim_list(value).items;
    if (place->item + 1 != items.size()) return std::nullopt;
    std::string last = "!*";
    if (place->setting->option.name == kHosts) {
      Loopback named;
      for (const auto& item : items) {
        if (item.negated) continue;
        const auto covers = loopback_of(item);
        named = {named.v4 || covers.v4, named.v6 || covers.v6};
      }
      const Loopback missing{!named.v4, !named.v6};
      if (!missing.names().empty()) last = join_exim_items(value, missing.names());
    }
    if (!add(append_exim_item(value, last))) return std::nullopt;
    return finish("let the list end in what it allows" + std::string(kWhoLoses), true);
  }

  // --- host or sender ---

  /// `option` or `option = true` becomes `no_option`.
  bool switch_off(const Setting& setting) {
    const TextRange range{setting.option.name_range.start,
                          setting.option.has_value ? setting.option.value_range.end : setting.option.name_range.end};
    return add(setting, range, "no_" + setting.option.name);
  }

  /// Hosts alone decide: senders, which anybody can claim, are no longer asked. Loopback keeps relaying.
  std::optional<Fix> match_both() {
    const auto* either = document_.find(kEither);
    if (either == nullptr || !switch_off(*either)) return std::nullopt;
    if (const auto* senders = document_.find(kSenders)) comment_out(*senders);
    if (const auto* hosts = document_.find(kHosts)) {
      if (!keep_loopback(*hosts)) return std::nullopt;
    } else {
      insert_after(*either, "host_accept_relay = 127.0.0.1 : ::::1");
    }
    return finish("let the host alone decide who relays" + std::string(kWhoLoses), true);
  }

  bool keep_loopback(const Setting& hosts) {
    const auto items = split_exim_list(hosts.value.text).items;
    if (items.empty()) return add(hosts, hosts.option.value_range, blank_before(hosts) + "127.0.0.1 : ::::1");
    if (items.back().negated) return true;  // that is another finding
    Loopback named;
    for (const auto& item : items) {
      if (item.negated) continue;
      const auto covers = parse_exim_network(item.text.view(), EximDialect::Exim3) || item.text.view() == "*" ||
                                  item.text.view() == "localhost"
                              ? loopback_of(item)
                              : Loopback{};
      named = {named.v4 || covers.v4, named.v6 || covers.v6};
    }
    const Loopback missing{!named.v4, !named.v6};
    if (missing.names().empty()) return true;
    return add(append_exim_item(hosts.value.text, join_exim_items(hosts.value.text, missing.names())));
  }

  static std::string blank_before(const Setting& setting) { return setting.line.view().back() == '=' ? " " : ""; }

  void comment_out(const Setting& setting) {
    const auto& file = document_.sources().file(setting.span.file);
    const auto bytes = file.bytes();
    std::size_t start = file.line_at(setting.span.range.start).start;
    while (start < setting.span.range.end) {
      const auto newline = std::min(bytes.find('\n', start), bytes.size());
      const auto first = bytes.find_first_not_of(" \t", start);
      if (first < newline && bytes[first] != '#') {
        fix_.edits.push_back({{setting.span.file, text_range(start, start)}, "#"});
      }
      start = newline + 1;
    }
  }

  void insert_after(const Setting& setting, std::string_view text) {
    const auto& file = document_.sources().file(setting.span.file);
    const auto line = file.line_at(setting.span.range.end);
    auto at = line.end;
    if (at > line.start && file.bytes()[at - 1] == '\r') --at;
    fix_.edits.push_back(
        {{setting.span.file, {at, at}}, std::string(line_ending_of(file.bytes())) + std::string(text)});
  }

  // --- the rest ---

  std::optional<Fix> refuse_logins() {
    for (const auto& driver : document_.authenticators) {
      const auto* condition = driver.find("server_condition");
      if (condition == nullptr || condition->value_span() != change_.clause_span) continue;
      if (!add(*condition, condition->option.value_range, "false")) return std::nullopt;
      return finish("refuse every log-in of `" + driver.name + "` until it checks the password", false);
    }
    return std::nullopt;
  }

  /// With flag S a rule acts before the recipient is tested.
  std::optional<Fix> rewrite_before_test(const RewriteRule& rule) {
    const auto& bytes = document_.sources().slice(rule.span);
    Span place{rule.span.file, {rule.span.range.end, rule.span.range.end}};
    std::string text = " S";
    if (!rule.flags.empty()) {
      if (!bytes.ends_with(rule.flags)) return std::nullopt;
      place.range.start = rule.span.range.end - static_cast<std::uint32_t>(rule.flags.size());
      text = rule.flags;
      text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == 'E' || c == 'T' || c == 'S'; }),
                 text.end());
      text = "S" + text;
    }
    fix_.edits.push_back({place, text});
    return finish("rewrite before the recipient is tested: addresses that become foreign are refused to strangers",
                  rule.flags == "T");
  }

  /// Lower case for a setting in capitals, where it can only restrict, or lets nobody in but this machine and its own
  /// networks.
  std::optional<Fix> lower_case() {
    for (const auto& line : document_.lines.lines) {
      if (line.kind != EximLineKind::Macro || line.span != change_.clause_span) continue;
      const auto option = parse_exim_option(line.text.view());
      if (!option) return std::nullopt;
      const auto meant = exim_option_in_capitals(line.text.view(option->name_range), main_options());
      if (!meant) return std::nullopt;
      const auto lowered = *parse_exim_option(*meant);
      if (document_.find(lowered.name) != nullptr || !is_harmless(line, *option, lowered)) return std::nullopt;
      const auto place = line.text.edit_place(option->name_range);
      if (!place) return std::nullopt;
      fix_.edits.push_back({*place, *meant});
      return finish("write the setting in lower case, so that it takes effect", false);
    }
    return std::nullopt;
  }

  static bool is_harmless(const EximLine& line, const EximOption& option, const EximOption& lowered) {
    if (lowered.negated) return !option.has_value;
    if (!option.has_value) return false;
    const auto items = split_exim_list(read_exim_string(line.text, option.value_range).text).items;
    const bool hosts = lowered.name == kHosts;
    if (!hosts && lowered.name != "relay_domains" && lowered.name != "local_domains") return false;
    return std::all_of(items.begin(), items.end(), [&](const EximItem& item) {
      if (item.negated) return false;
      if (!hosts) return !matches_everybodys_domain(exim_domain_pattern(item.text.view(), item.span));
      const auto set = parse_exim_network(item.text.view(), EximDialect::Exim3);
      return set && !set->intersects(public_addresses());
    });
  }

  const Exim3Document& document_;
  const PolicyChange& change_;
  Fix fix_{};
  bool unsafe_ = false;
};

}  // namespace

std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change) {
  if (policy.unloadable && change.kind != PolicyChange::Kind::Correct) return std::nullopt;
  return Rewriter(static_cast<const Exim3Document&>(document), change).run();
}

}  // namespace relaylint::exim3
