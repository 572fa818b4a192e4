#pragma once
// The steps from an Exim 4 document to a RelayPolicy. One Lowering lives while `lower` runs; what outlives it is in the
// policy and in the Site that the policy's closures share.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "lint/policy.hpp"
#include "parsers/exim4/document.hpp"
#include "parsers/exim4/site.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim4 {

/// A string as far as it can be expanded without knowing the transaction.
struct Folded {
  enum class Kind {
    Constant,
    Dynamic,  ///< depends on the transaction
    Fails,    ///< always a forced failure
    Error,    ///< never expands
    Unknown,  ///< depends on what is not at hand; `text` is what certainly comes before it
  };
  Kind kind = Kind::Constant;
  EximText text{};
  Note note{};  ///< why Error or Unknown
};

class Lowering {
 public:
  Lowering(const Exim4Document& document, RelayPolicy& policy);

  void run();

  // --- strings (strings.cpp)
  [[nodiscard]] ExpressionPtr expression(const EximText& text);
  Folded fold(const ExpressionPtr& value, const Frame& frame);
  /// The value where it is a constant, with macros and expansions done; nothing otherwise.
  std::optional<std::string> constant(const EximString& value);
  /// A condition that is a function of a string; `holds` judges what the string expands to.
  Condition test_of(const ExpressionPtr& value, const Frame& frame, Span span, const std::string& text,
                    relaylint::Test test);
  /// A condition as in `condition = …`; `when_forced` is what a forced failure comes to.
  Condition truth_of(const ExpressionPtr& value, const Frame& frame, Span span, Value when_forced);
  /// Whether a list that was expanded already matches, without any facts.
  Value matches_now(EximListKind kind, const EximText& list, const std::string& subject);
  /// What a string mentions: names for the judge to try, address sets that its value may depend on.
  void gather(const Text& text, Evaluable& into);
  void gather_list(EximListKind kind, std::string_view name, Evaluable& into, int depth);

  // --- lists (lists.cpp)
  Condition list_condition(const ExpressionPtr& value, EximSubject subject, const Frame& frame, Span span);
  std::optional<Condition> named_list(EximListKind kind, std::string_view name, EximSubject subject,
                                      const Frame& frame);
  [[nodiscard]] EximListContext list_context(const Frame& frame);
  /// Domains of a domain list, for local_domains and relay_domains.
  std::vector<Pattern> domains_named(const ExpressionPtr& value);
  std::vector<Pattern> domains_named(const ExpressionPtr& value, std::set<std::string>& seen);

  // --- ACLs (acls.cpp, conditions.cpp)
  /// What `acl_smtp_x = value` or `acl = value` comes to.
  void call_acl(const ExpressionPtr& value, const Frame& frame, ListId into, Span span, bool top);
  ListId acl_by_text(const EximText& text, const Frame& frame);
  ListId acl_list(const std::string& name, const std::vector<AclStatement>& statements, const Frame& frame);
  Clause clause_of(const AclStatement& statement, const Frame& frame);
  Condition condition_of(const AclPart& part, Verb verb, const Frame& frame);
  Condition encrypted_condition(const ExpressionPtr& value, const Frame& frame, Span span);
  void observe_blocklists(const AclPart& part);
  Condition acl_condition(const AclPart& part, const Frame& frame);
  Condition verify_condition(const AclPart& part, Verb verb, const Frame& frame);
  void register_acl_calls(const ExpressionPtr& value, const Frame& frame);

  // --- authenticators (authenticators.cpp)
  Condition authenticated(const ExpressionPtr& names, const Frame& frame, Span span);
  void lower_authenticators();
  void lower_authenticator(const Driver& driver);
  std::vector<Clause> offered(const Driver& driver);
  static const Setting* check_of(const Driver& driver);
  bool looks_at_password(const Driver& driver, const Setting& check);
  Condition junk_passes(const Driver& driver, const Setting& setting, bool is_secret);

  // --- routers (routers.cpp)
  /// The routers in order, as a question ("does the address route?") or as what becomes of accepted mail.
  ListId routers(Where where, bool verifying);
  void router(const Driver& router, Where where, bool verifying, ListId list);
  void redirect(const Driver& router, Where where, bool verifying, std::vector<Condition> when, ListId list);
  std::vector<Condition> preconditions(const Driver& router, Where where);
  std::vector<Condition> route_conditions(const Driver& router, Where where);
  std::optional<Condition> affix_condition(const Driver& router, Where where, const char* setting, bool prefix);
  Condition files_condition(const Setting& setting, Where where);
  static Condition routable_domain(Where where, bool literal, Span span);

  [[nodiscard]] Frame frame(Where where) const { return {site, where, nullptr}; }
  void assume(const Note& note);
  void observe(ObservationKind kind, Span span, std::string text);
  [[nodiscard]] std::string one_line(Span span) const;

  const Exim4Document& document;
  RelayPolicy& policy;
  std::shared_ptr<Site> site;
  /// Domain patterns that ACLs accept and routers handle, in order of appearance.
  std::vector<Pattern> granted_domains{};

 private:
  struct Authenticator {
    const Driver* driver = nullptr;
    ListId list{};  ///< asks whether the client authenticated by it
  };

  void read_settings();
  void read_lists();
  void read_domains();
  void stages();
  void listeners(std::vector<Stage> stages);
  ListId stage_list(std::string_view name, const char* setting, Where where);
  void syntax_and_rewriting(ListId rcpt);
  void percent_hack(ListId rcpt);
  Clause rewriting_clause(const RewriteRule& rule);
  void helo_verification(std::vector<Stage>& stages);
  void reset_early_variables(std::vector<Stage>& stages);
  void variables_of_unread_acls(std::vector<Stage>& stages);
  [[nodiscard]] bool sends_on(const Driver& router) const;
  void delivery();
  void observations();

  std::map<std::tuple<int, std::string, int, int>, Condition> named_{};
  std::set<std::tuple<int, std::string, int, int>> naming_{};
  std::map<std::pair<std::string, int>, ListId> acl_lists_{};
  std::map<std::pair<int, bool>, ListId> router_lists_{};
  std::vector<Authenticator> authenticators_{};
  std::set<std::string> early_variables_{};  ///< acl_m variables set before MAIL
  bool uses_port_ = false;
  int acl_depth_ = 0;
};

}  // namespace relaylint::exim4
