// What becomes of an accepted recipient: rewriting rules act on it, and a smartuser director may send on what counts as
// local. README.md, "After acceptance".

#include <array>

#include "lint/pattern.hpp"
#include "parsers/exim3/exim3.hpp"

namespace relaylint::exim3 {

namespace {

/// Conditions of a director that are not read.
constexpr std::array<std::string_view, 5> kUnreadConditions{"condition", "senders", "require_files", "except_domains",
                                                            "except_local_parts"};
/// So many local domains are tried in the forms that rewriting rules look for.
constexpr std::size_t kMaxTried = 32;

/// The foreign address that a local part spells: what a rule that is not understood may make of it.
Expansion inner_address(const std::string& address) {
  std::string_view local_part = local_part_of(address);
  if (local_part.size() > 1 && local_part.front() == '"') local_part = local_part.substr(1, local_part.size() - 2);
  if (local_part.find('@') != std::string_view::npos) return {Value::Yes, std::string(local_part)};
  const auto at = local_part.find_last_of("%!");
  if (at == std::string_view::npos) return {Value::No, {}};
  const auto left = std::string(local_part.substr(0, at));
  const auto right = std::string(local_part.substr(at + 1));
  return {Value::Yes, local_part[at] == '%' ? left + "@" + right : right + "@" + left};
}

class Delivery {
 public:
  Delivery(const Exim3Document& document, const EximListContext& context, Condition local, RelayPolicy& policy)
      : document_(document), context_(context), local_(std::move(local)), policy_(policy) {}

  void run() {
    DecisionList list;
    list.name = "delivery";
    list.final = Action::Accept;
    list.final_disposition = Disposition::Relay;
    for (const auto& rule : document_.rewrites) {
      if (!rewrites_accepted_recipients(rule)) continue;
      auto perhaps = accept_when({rewriting_doubt(rule)}, rule.span);
      perhaps.disposition = Disposition::Relay;
      perhaps.effects.push_back({1, RewriteRecipient{[](Facts& facts) { return inner_address(facts.recipient()); }}});
      list.clauses.push_back(std::move(perhaps));
      list.clauses.push_back(rewriting_clause(rule));
      rewrites_ = true;
    }
    for (const auto& director : document_.directors) add_director(director, list);
    auto here = accept_when({local_}, local_.span);
    here.disposition = Disposition::Local;
    list.clauses.push_back(std::move(here));
    PatternSet none;
    none.add(PatternKind::Exact, "");
    auto user = accept_when({{Recipient{none, AddressPart::Domain}, local_.span}}, local_.span);
    user.disposition = Disposition::Local;
    list.clauses.push_back(std::move(user));
    const auto id = policy_.add_list(list.name);
    policy_.list(id) = std::move(list);
    policy_.delivery = id;
    if (rewrites_) try_forms();
  }

 private:
  [[nodiscard]] bool sends_on(std::string_view transport) const {
    for (const auto& driver : document_.transports) {
      if (driver.name == transport) return driver.text("driver") == "smtp";
    }
    return false;
  }

  /// Other directors deliver to users and aliases that exist; a smartuser takes whoever is left.
  void add_director(const Driver& director, DecisionList& list) {
    if (director.text("driver") != "smartuser") return;
    const bool on = director.find("new_address") == nullptr && sends_on(director.text("transport"));
    std::vector<Condition> when{local_};
    if (const auto* domains = director.find("domains")) {
      when.push_back(lower_exim_list(domains->value.text, EximSubject::RecipientDomain, context_).condition);
    }
    if (const auto* parts = director.find("local_parts")) {
      when.push_back(lower_exim_list(parts->value.text, EximSubject::RecipientLocalPart, context_).condition);
    }
    for (const auto name : kUnreadConditions) {
      const auto* setting = director.find(name);
      if (setting == nullptr) continue;
      if (!on) return;
      when.push_back(opaque("`" + setting->text() + "` is not understood", setting->span, false));
    }
    auto clause = accept_when(std::move(when), director.span, "director " + director.name);
    clause.disposition = on ? Disposition::Relay : Disposition::Local;
    list.clauses.push_back(std::move(clause));
  }

  /// Rules are often about one domain of several.
  void try_forms() {
    std::size_t tried = 0;
    for (const auto& pattern : policy_.local_domains.patterns()) {
      if (pattern.kind != PatternKind::Exact || pattern.negated || ++tried > kMaxTried) continue;
      policy_.further_recipients.push_back("victim%{domain}@" + pattern.text);
      policy_.further_recipients.push_back("{domain}!victim@" + pattern.text);
    }
  }

  const Exim3Document& document_;
  const EximListContext& context_;
  Condition local_;
  RelayPolicy& policy_;
  bool rewrites_ = false;
};

}  // namespace

Clause rewriting_clause(const RewriteRule& rule) {
  Clause clause;
  clause.effects.push_back({0, RewriteRecipient{[&rule](Facts& facts) { return rewritten(rule, facts); }}});
  clause.span = rule.span;
  return clause;
}

Condition rewriting_doubt(const RewriteRule& rule) {
  Evaluable doubt;
  doubt.test = [&rule](Facts& facts) {
    if (rewritten(rule, facts).status != Value::Unknown) return Value::No;
    facts.not_understood({rule.span, "what this rule makes of the recipient is not understood"});
    return Value::Unknown;
  };
  doubt.text = rule.pattern.str();
  return {std::move(doubt), rule.span};
}

void add_delivery(const Exim3Document& document, const EximListContext& context, Condition local, RelayPolicy& policy) {
  Delivery(document, context, std::move(local), policy).run();
}

}  // namespace relaylint::exim3
