// What the startup file means for relaying: README.md, "What the gateway relays".

#include <algorithm>

#include "lint/format.hpp"
#include "lint/pattern.hpp"
#include "parsers/groupwise/groupwise.hpp"

namespace relaylint::groupwise {
namespace {

using Kind = Mention::Kind;

/// "names nothing but the switch" and the like, for a switch line: why its form leaves a doubt, empty if none.
std::string_view doubt_about(const Mention& mention, Style style) {
  if (!mention.alone) return "is followed by other text, and what a gateway makes of that is not documented";
  if (mention.indented) return "does not start at the first column, and whether it counts there is not documented";
  switch (style) {
    case Style::Unknown:
      return "stands in a file that mixes / and -- switches, so that one of the two is not read";
    case Style::Slash:
      if (mention.prefix != Prefix::Slash)
        return "has the prefix of Linux and of later versions, while the other switches start with /";
      return {};
    case Style::Dash:
      if (mention.prefix == Prefix::Slash) return "starts with /, while the other switches start with --";
      if (!mention.lower_case) return "is not in lower case, and on Linux switches are case-sensitive";
      return {};
  }
  return {};
}

class Lowering {
 public:
  Lowering(const GroupWiseDocument& document, const LowerOptions& options)
      : document_(document), survey_(document.survey), options_(options) {}

  RelayPolicy run();

 private:
  void find_version();
  void weigh();
  void name_domains();
  void add_mail_stage();
  void add_rcpt_stage();
  void observe_ineffective();
  void observe_copies();
  void advise();

  [[nodiscard]] Span span(TextRange range) const { return {document_.main(), range}; }
  [[nodiscard]] std::string_view path() const { return document_.sources().file(document_.main()).path(); }
  [[nodiscard]] std::string quoted(TextRange range) const { return "`" + std::string(document_.slice(range)) + "`"; }
  [[nodiscard]] bool is_smtp_gateway() const { return equals_ignoring_case(base_name(path()), "gwsmtp.cfg"); }

  /// The mentions of one protection, by what they are worth.
  struct Weighed {
    std::optional<Mention> active{};
    std::vector<std::pair<Mention, std::string>> doubtful{};
    std::vector<std::pair<Mention, std::string>> ineffective{};
  };
  [[nodiscard]] Weighed& weighed(Protection protection) {
    return protection == Protection::NoRouting ? norouting_ : forced_auth_;
  }

  const GroupWiseDocument& document_;
  const Survey& survey_;
  const LowerOptions& options_;
  RelayPolicy policy_{};
  Era era_ = Era::Unknown;
  bool undecided_ = false;  ///< nothing in the file says whether the gateway relays
  Weighed norouting_{};
  Weighed forced_auth_{};
};

void Lowering::find_version() {
  policy_.product = "groupwise";
  if (const auto told = options_.products.find("groupwise"); told != options_.products.end()) {
    policy_.version = told->second;
    era_ = era_of_version(told->second);
    return;
  }
  if (is_smtp_gateway()) {
    policy_.version = "5";
    era_ = Era::FileDecides;
    return;
  }
  const Era named = survey_.named_version ? era_of_version(*survey_.named_version) : Era::Unknown;
  if (named != Era::Unknown) {
    policy_.version = survey_.named_version;
    policy_.version_span = span(survey_.named_version_at);
  }
  if (named == Era::DatabaseDecides || survey_.imip) {
    era_ = Era::DatabaseDecides;
  } else if (survey_.style() == Style::Slash) {
    era_ = Era::FileDecides;
  } else if (survey_.style() == Style::Dash && named == Era::Unknown) {
    era_ = Era::DatabaseDecides;
  }
}

void Lowering::weigh() {
  for (const Mention& mention : survey_.mentions) {
    Weighed& all = weighed(mention.protection);
    const Judgement judgement = judge_mention(mention, survey_.style());
    switch (judgement.standing) {
      case Standing::Protects:
        if (!all.active) all.active = mention;
        break;
      case Standing::Doubtful:
        all.doubtful.push_back({mention, std::string(judgement.reason)});
        break;
      case Standing::Ineffective:
        all.ineffective.push_back({mention, std::string(judgement.reason)});
        break;
    }
  }
}

/// The gateway's own domains are in the domain database; the file has its host name at most.
void Lowering::name_domains() {
  if (!survey_.host_name) return;
  TextRange at = *survey_.host_name;
  std::string_view name = document_.slice(at);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
    at = {at.start + 1, at.end - 1};
    name = document_.slice(at);
  }
  constexpr std::string_view kHostChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (name.empty() || name.find_first_not_of(kHostChars) != std::string_view::npos) return;
  policy_.local_domains.add(Pattern{PatternKind::Exact, std::string(name), span(at), false, {}});
  policy_.local_name = to_lower(name);
}

/// forceinboundauth: who does not authenticate is not listened to.
void Lowering::add_mail_stage() {
  const ListId id = policy_.add_list("authentication of SMTP hosts", Action::Accept);
  policy_.list(id).final_origin = Origin::ProductDefault;
  Condition stranger{Authenticated{}, {}, true};
  if (forced_auth_.active && !is_smtp_gateway()) {
    const Span at = span(forced_auth_.active->text);
    stranger.span = at;
    policy_.list(id).clauses.push_back(refuse_when({stranger}, at, "refuse hosts that do not authenticate"));
  } else if (forced_auth_.active || !forced_auth_.doubtful.empty()) {
    const TextRange text = forced_auth_.active ? forced_auth_.active->text : forced_auth_.doubtful.front().first.text;
    const std::string why =
        forced_auth_.active
            ? std::string(
                  "is a switch of later gateways, and whether the one of GroupWise 5 knows it is not documented")
            : forced_auth_.doubtful.front().second;
    stranger.span = span(text);
    policy_.list(id).clauses.push_back(
        refuse_when({stranger, opaque(quoted(text) + " " + why, span(text), false)}, span(text)));
  }
  policy_.listeners.front().stages.push_back({"mail", id});
}

void Lowering::add_rcpt_stage() {
  const ListId id = policy_.add_list("routing");
  DecisionList& list = policy_.list(id);
  const Span top{document_.main(), {}};
  // Mail of the gateway's own machine comes through its queue directories; a client on the loopback is taken as that.
  Clause own = accept_when({client_in(loopback_addresses(), top)}, top, "mail of the gateway's own machine");
  own.origin = Origin::ProductDefault;
  Clause known = accept_when({Condition{Authenticated{}, top}}, top, "authenticated users");
  known.origin = Origin::ProductDefault;
  if (!policy_.local_domains.empty()) {
    const Span at = policy_.local_domains.patterns().front().span;
    Clause local =
        accept_when({Condition{Recipient{policy_.local_domains}, at}}, at, "mail for the gateway's own host name");
    local.disposition = Disposition::Local;
    list.clauses.push_back(std::move(local));
  }
  list.clauses.push_back(std::move(own));
  if (!is_smtp_gateway()) list.clauses.push_back(std::move(known));

  if (norouting_.active) {
    const Span at = span(norouting_.active->text);
    Clause domains = accept_when(
        {opaque("the Internet domains of the GroupWise system stand in its domain database, not in this file", at,
                true)},
        at);
    domains.disposition = Disposition::Local;
    list.clauses.push_back(std::move(domains));
    list.clauses.push_back(
        accept_when({opaque("exceptions to the ban on relaying stand in gwac.db, not in this file", at, true)}, at));
    list.final = Action::Refuse;
    list.final_span = at;
    list.final_text = std::string(document_.slice(norouting_.active->text));
  } else {
    for (const auto& [mention, reason] : norouting_.doubtful) {
      list.clauses.push_back(
          refuse_when({opaque(quoted(mention.text) + " " + reason, span(mention.text), false)}, span(mention.text)));
    }
    if (era_ != Era::FileDecides) {
      const char* reason =
          era_ == Era::DatabaseDecides
              ? "there is no norouting switch, and from version 7 on wpdomain.db says whether the gateway relays"
              : "there is no norouting switch: GroupWise 5 to 6.5 then relay for everybody, from 7 on wpdomain.db "
                "decides, and the file does not tell its version";
      list.clauses.push_back(refuse_when({opaque(reason, top, false)}, top));
      undecided_ = norouting_.doubtful.empty() && !forced_auth_.active;
    }
    list.final = Action::Accept;
    list.final_origin = Origin::ProductDefault;
    list.final_is_switch = true;
    list.final_span = top;
    list.final_text = "no norouting switch: every message is passed on to the host that its recipient names";
  }
  policy_.listeners.front().stages.push_back({"rcpt", id, true});
}

/// Attempts at the switch that do not take, where nothing else protects. From version 7 on a switch that is commented
/// out is how the file came: the database has the setting.
void Lowering::observe_ineffective() {
  if (norouting_.active || (forced_auth_.active && !is_smtp_gateway())) return;
  const auto report = [&](const std::pair<Mention, std::string>& entry) {
    if (entry.first.kind == Kind::CommentedOut && era_ == Era::DatabaseDecides) return;
    const Span at = span(entry.first.text);
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, at,
         quoted(entry.first.text) + " " + entry.second + ": it does not keep the gateway from relaying",
         PolicyChange{PolicyChange::Kind::Correct, at, {at}}});
  };
  const auto report_doubt = [&](const std::pair<Mention, std::string>& entry) {
    const Span at = span(entry.first.text);
    policy_.observations.push_back({ObservationKind::IneffectiveProtection, at,
                                    quoted(entry.first.text) + " " + entry.second,
                                    PolicyChange{PolicyChange::Kind::Correct, at, {at}}});
  };
  std::for_each(norouting_.doubtful.begin(), norouting_.doubtful.end(), report_doubt);
  std::for_each(norouting_.ineffective.begin(), norouting_.ineffective.end(), report);
}

/// Copies that no program reads, by where they lie (README.md, "Which copy is read").
void Lowering::observe_copies() {
  if (is_smtp_gateway()) return;
  const std::string lower = to_lower(path());
  const std::size_t name = base_name(lower).size();
  std::string_view folder = std::string_view(lower).substr(0, lower.size() - name);
  while (folder.ends_with('/') || folder.ends_with('\\')) folder.remove_suffix(1);
  const auto ends_in = [&](std::string_view last) {
    return folder == last || (folder.ends_with(last) && (folder[folder.size() - last.size() - 1] == '/' ||
                                                         folder[folder.size() - last.size() - 1] == '\\'));
  };
  std::string text;
  if (ends_in("wpgate/gwia") || ends_in("wpgate\\gwia")) {
    text =
        "a gwia.cfg in wpgate/gwia is read on Windows up to version 8 only: NetWare reads SYS:SYSTEM\\GWIA.CFG, Linux "
        "the one in "
        "/opt/novell/groupwise/agents/share, so see that this is the live copy";
  } else if (ends_in("wpgate")) {
    text = "a gwia.cfg in wpgate is a pattern that the gateway does not read: the live copy lies beside the program";
  }
  if (text.empty()) return;
  const std::uint32_t first_line = document_.sources().file(document_.main()).line_at(0).end;
  policy_.observations.push_back({ObservationKind::Advice, span({0, first_line}), std::move(text)});
}

void Lowering::advise() {
  const auto add = [&](TextRange at, std::string text, std::optional<PolicyChange> change = std::nullopt) {
    policy_.observations.push_back({ObservationKind::Advice, span(at), std::move(text), std::move(change)});
  };
  if (survey_.smarthost && !norouting_.active) {
    add(*survey_.smarthost,
        quoted(*survey_.smarthost) +
            " names the host that outgoing mail is handed to: it does not keep anybody from relaying");
  }
  if (forced_auth_.active && !is_smtp_gateway()) {
    add(forced_auth_.active->text, quoted(forced_auth_.active->text) +
                                       " refuses every SMTP host that does not authenticate, "
                                       "so that ordinary mail from the Internet is refused too");
  }
  if (undecided_) {
    add({}, "a norouting switch in this file keeps the gateway from relaying, whatever the database says",
        PolicyChange{PolicyChange::Kind::ControlRelaying, span({}), {}});
  }
}

RelayPolicy Lowering::run() {
  find_version();
  policy_.listeners.push_back({"smtp", 25});
  weigh();
  name_domains();
  add_mail_stage();
  add_rcpt_stage();
  observe_ineffective();
  observe_copies();
  advise();
  return std::move(policy_);
}

}  // namespace

Judgement judge_mention(const Mention& mention, Style style) {
  switch (mention.kind) {
    case Kind::Switch: {
      const std::string_view doubt = doubt_about(mention, style);
      return doubt.empty() ? Judgement{Standing::Protects, {}} : Judgement{Standing::Doubtful, doubt};
    }
    case Kind::InOtherSwitch:
      return {Standing::Doubtful,
              "stands behind another switch on one line, and whether it counts there is not documented"};
    case Kind::CommentedOut:
      return {Standing::Ineffective, "is commented out"};
    case Kind::Misspelt:
      return {Standing::Ineffective, "is no switch that the gateway knows"};
    case Kind::WithoutPrefix:
      return {Standing::Ineffective, "is no switch without a / or -- before it"};
    case Kind::InComment:
      return {Standing::Ineffective, "stands behind a comment mark"};
  }
  return {};
}

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowering(static_cast<const GroupWiseDocument&>(document), options).run();
}

}  // namespace relaylint::groupwise
