// What the attributes mean for relaying: README.md, "Who may relay".

#include <algorithm>

#include "lint/format.hpp"
#include "lint/pattern.hpp"
#include "parsers/smail/recipient.hpp"
#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

constexpr std::string_view kAllow = "smtp_remote_allow";

class Lowering {
 public:
  Lowering(const SmailDocument& document, const LowerOptions& options) : document_(document), options_(options) {}

  RelayPolicy run();

 private:
  void find_version();
  void refuse_to_load();
  void name_domains();
  void add_names(std::string_view attribute);
  void add_visible_names();
  void add_name(std::string name, Span place);
  void add_local_clauses(DecisionList& list);
  void add_doubts(DecisionList& list);
  void add_recipient_checks(DecisionList& list);
  void add_rcpt_stage();
  void without_allow(DecisionList& list);
  void observe();
  void observe_unverified(const Assignment& lax);

  [[nodiscard]] bool loads() const {
    const auto& problems = document_.problems;
    return !policy_.unloadable &&
           std::none_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.fatal; });
  }
  [[nodiscard]] Span top() const { return {document_.main(), {}}; }
  [[nodiscard]] std::string text_of(Span span) const { return std::string(document_.sources().slice(span)); }
  void advise(Span at, std::string text, std::optional<PolicyChange> change = std::nullopt) {
    policy_.observations.push_back({ObservationKind::Advice, at, std::move(text), std::move(change)});
  }

  const SmailDocument& document_;
  const LowerOptions& options_;
  RelayPolicy policy_{};
  RelayControl control_ = RelayControl::Unknown;
};

/// What the user says wins; then what comments and the banner say, where that goes with the attributes: a comment of an
/// older sample may stand in the file of a later release.
void Lowering::find_version() {
  policy_.product = "smail";
  policy_.version_span = top();
  if (const auto told = options_.products.find("smail"); told != options_.products.end()) {
    policy_.version = told->second;
  } else if (document_.named_version) {
    const bool too_old = document_.later_attribute && relay_control_of(*document_.named_version) == RelayControl::None;
    if (!too_old) {
      policy_.version = document_.named_version;
      policy_.version_span = document_.named_version_at;
    }
  }
  control_ = relay_control_of(document_, policy_);
}

/// Names that the version does not know stop smail as any other mistake in the file does.
void Lowering::refuse_to_load() {
  const auto refuse = [&](Span at, const std::string& why) {
    if (!policy_.unloadable) policy_.unloadable = Note{at, "`" + text_of(at) + "` " + why};
  };
  if (control_ == RelayControl::None && document_.later_attribute) {
    refuse(*document_.later_attribute,
           "is not known to smail " + *policy_.version + ", which stops with a config error");
  }
  if (document_.unknown_name) {
    refuse(*document_.unknown_name, control_ == RelayControl::None
                                        ? "is no attribute of smail, which stops with a config error"
                                        : "is no attribute of smail 3.2.0, and whether a later one knows it or stops "
                                          "with a config error is not known");
  }
}

void Lowering::add_name(std::string name, Span place) {
  if (name.empty()) return;
  policy_.local_domains.add(Pattern{PatternKind::Exact, std::move(name), place, false, {}});
}

void Lowering::add_names(std::string_view attribute) {
  const Assignment* assignment = document_.find(attribute);
  if (assignment == nullptr) return;
  for (ListItem& item : split_list(*assignment)) add_name(std::move(item.text), assignment->span(item.place));
}

/// Without `hostnames` they are the machine's name below each of `visible_domains`.
void Lowering::add_visible_names() {
  const Assignment* domains = document_.find("visible_domains");
  if (domains == nullptr) return;
  for (const ListItem& item : split_list(*domains)) {
    // The machine's own name is not in the files; mail to the domain itself is local only by the other attributes.
    policy_.assumptions.push_back(
        {domains->span(item.place), "the machine's own names below `" + item.text + "` are local"});
  }
}

void Lowering::name_domains() {
  add_names("hostnames");
  if (policy_.local_domains.empty()) add_visible_names();
  add_names("primary_name");
  add_names("visible_name");
  add_names("uucp_name");
  add_names("more_hostnames");
  if (!policy_.local_domains.empty()) policy_.local_name = to_lower(policy_.local_domains.patterns().front().text);
}

/// The address is resolved before it is looked at: local host names are taken off it, `%`, `!` and routes read.
void Lowering::add_local_clauses(DecisionList& list) {
  PatternSet unusual;  // what names more than one host, or quotes: nothing else changes by being resolved
  for (const char* glob : {"*%*", "*!*", "@*", "\"*", "*@*@*"}) unusual.add(PatternKind::Glob, glob);
  Clause resolve;
  resolve.when.push_back(Condition{Recipient{unusual, AddressPart::Address}, top()});
  resolve.effects.push_back({1, RewriteRecipient{resolve_recipient(policy_.local_domains)}});
  resolve.span = top();
  resolve.origin = Origin::ProductDefault;
  resolve.text = "the recipient is resolved";
  list.clauses.push_back(std::move(resolve));

  PatternSet no_host;
  no_host.add(PatternKind::Exact, "");
  Clause user = accept_when({Condition{Recipient{no_host}, top()}}, top(), "recipient without a host");
  user.origin = Origin::ProductDefault;
  user.disposition = Disposition::Local;
  list.clauses.push_back(std::move(user));
  if (!policy_.local_domains.empty()) {
    const Span at = policy_.local_domains.patterns().front().span;
    Clause local =
        accept_when({Condition{Recipient{policy_.local_domains}, at}}, at, "recipient at a name of this host");
    local.disposition = Disposition::Local;
    list.clauses.push_back(std::move(local));
  }
  if (document_.find("hostnames") == nullptr) {
    Clause computed = accept_when(
        {opaque("`hostnames` is not set: the machine's own names are computed when smail runs", top(), true)}, top());
    computed.disposition = Disposition::Local;
    list.clauses.push_back(std::move(computed));
  }
}

/// Places that could change who may relay, to more clients or fewer, and that were not read.
void Lowering::add_doubts(DecisionList& list) {
  const auto doubt = [&](const std::string& reason, Span at) {
    list.clauses.push_back(accept_when({opaque(reason, at, false)}, at));
    list.clauses.push_back(refuse_when({opaque(reason, at, false)}, at));
  };
  if (document_.missing_file) doubt(document_.missing_file->text, document_.missing_file->span);
  for (const std::string_view name :
       {kAllow, std::string_view("smtp_recipient_no_verify"), std::string_view("smtp_permit_mx_backup")}) {
    const Assignment* assignment = document_.find(name);
    if (assignment == nullptr || !assignment->doubtful) continue;
    doubt("the comment before this line ends in a backslash, and may swallow it", assignment->span(assignment->name));
  }
}

/// The compiled-in default decides, which only memory tells: never `closed` on that alone.
void Lowering::without_allow(DecisionList& list) {
  const Assignment* allow = document_.find(kAllow);
  const Span at = allow == nullptr ? top() : allow->span(allow->text);
  if (control_ != RelayControl::None) {
    std::string reason;
    if (allow != nullptr) {
      reason = "`smtp_remote_allow` is set to nothing, and whom smail relays for then is not known";
    } else if (control_ == RelayControl::Present) {
      reason =
          "`smtp_remote_allow` is not set, and what this release of smail has compiled in for it is not known for "
          "certain (localnet, by its makers)";
    } else {
      reason =
          "`smtp_remote_allow` is not set: smail up to 3.2.0 relays for everybody, releases from 3.2.0.101 on for "
          "their own networks, and the "
          "files do not tell the version (--product smail=VERSION does)";
    }
    list.clauses.push_back(refuse_when({opaque(std::move(reason), at, false)}, at));
  }
  list.final = Action::Accept;
  list.final_origin = Origin::ProductDefault;
  list.final_is_switch = true;
  list.final_span = at;
  list.final_text = "smail without relay control: any recipient that parses is taken";
}

void Lowering::add_recipient_checks(DecisionList& list) {
  const Assignment* backup = document_.find("smtp_permit_mx_backup");
  if (backup != nullptr && !backup->is_unset()) {
    const Span at = backup->span(backup->text);
    Clause clause = accept_when({Condition{MxIsHere{}, at}}, at, text_of(at));
    clause.disposition = Disposition::Relay;
    list.clauses.push_back(std::move(clause));
  }
  if (const Assignment* lax = document_.find("smtp_recipient_no_verify")) add_unverified(*lax, list);
}

void Lowering::add_rcpt_stage() {
  const ListId id = policy_.add_list("RCPT");
  DecisionList& list = policy_.list(id);
  add_local_clauses(list);
  const Assignment* allow = document_.find(kAllow);
  if (control_ != RelayControl::None) {
    add_doubts(list);
    add_recipient_checks(list);
  }
  if (allow != nullptr && control_ != RelayControl::None && allow->text_value && !split_list(*allow).empty()) {
    add_allowed(*allow, list, policy_.assumptions);
  } else {
    without_allow(list);
  }
  policy_.listeners.push_back({"smtp", 25});
  policy_.listeners.back().stages.push_back({"rcpt", id, true});
}

void Lowering::observe_unverified(const Assignment& lax) {
  for (const ClientItem& item : client_items(lax)) {
    if (item.negated || item.kind != ClientItem::Kind::Addresses || !is_too_many_to_trust(item.set)) continue;
    const Span at = lax.span(item.place);
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, at,
         "recipients of these clients are not verified, and the check of smtp_remote_allow may go with that",
         PolicyChange{PolicyChange::Kind::DropItems, lax.span(lax.text), {at}}});
  }
}

void Lowering::observe() {
  const Assignment* allow = document_.find(kAllow);
  if (document_.unquoted_allow) {
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, *document_.unquoted_allow,
         "a value with blanks, commas or parentheses needs quotes: smail stops with a config error here",
         PolicyChange{PolicyChange::Kind::Correct, *document_.unquoted_allow, {*document_.unquoted_allow}}});
  }
  if (document_.swallowed_allow && allow == nullptr) {
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, *document_.swallowed_allow,
         "`smtp_remote_allow` is part of a comment here: the line before ends in a backslash", std::nullopt});
  }
  if (allow != nullptr && split_list(*allow).empty() && control_ != RelayControl::None) {
    const Span at = allow->span(allow->text);
    policy_.observations.push_back(
        {ObservationKind::IneffectiveProtection, at,
         "`" + text_of(at) + "` takes the list of clients that may relay away, and smail may relay for everybody then",
         PolicyChange{PolicyChange::Kind::Correct, at, {at}}});
  }
  if (const Assignment* lax = document_.find("smtp_recipient_no_verify"); lax != nullptr && loads()) {
    observe_unverified(*lax);
  }
  for (const Assignment& earlier : document_.overridden_allow) {
    if (allow == nullptr || (earlier.text_value == allow->text_value && earlier.sign == allow->sign)) continue;
    const Span at = earlier.span(earlier.text);
    policy_.observations.push_back(
        {ObservationKind::ContradictingDuplicate, at,
         "this value of `smtp_remote_allow` is overridden by a later one: the last assignment counts",
         PolicyChange{PolicyChange::Kind::RemoveLine, at, {at}}});
  }
  if (allow == nullptr && control_ != RelayControl::None && loads()) {
    advise(top(),
           "setting `smtp_remote_allow` says whom smail relays for, whatever its release has compiled in (releases up "
           "to 3.2.0 stop with a config error on it)",
           PolicyChange{PolicyChange::Kind::ControlRelaying, top(), {}});
  }
}

RelayPolicy Lowering::run() {
  find_version();
  refuse_to_load();
  name_domains();
  add_rcpt_stage();
  observe();
  return std::move(policy_);
}

}  // namespace

RelayControl relay_control_of(const SmailDocument& document, const RelayPolicy& policy) {
  const RelayControl told = policy.version ? relay_control_of(*policy.version) : RelayControl::Unknown;
  return told == RelayControl::Unknown && document.later_attribute ? RelayControl::Present : told;
}

RelayPolicy lower(const Document& document, const LowerOptions& options) {
  return Lowering(static_cast<const SmailDocument&>(document), options).run();
}

}  // namespace relaylint::smail
