#pragma once
// The vendor-neutral meaning of a configuration, and the heart of the program: listeners, their stages, and for
// each stage a decision list that is evaluated in order. Formats lower into it, the judge searches it, rules read it.
//
// Three-valued throughout: what was not understood is an Opaque condition with its reason and place, never an absent
// one. Every clause and every final outcome says whether the file or the product's default for its version says it.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lint/address.hpp"
#include "lint/change.hpp"
#include "lint/pattern.hpp"
#include "lint/source.hpp"
#include "lint/transaction.hpp"

namespace relaylint {

/// The value of a condition. What an Error means is the clause's affair (Clause::on_error).
enum class Value { No, Yes, Error, Unknown };

/// Who says it.
enum class Origin { File, ProductDefault };

/// A decision list of the policy; an index into RelayPolicy::lists.
enum class ListId : std::uint32_t {};

/// A place and what to say about it: an assumption, a reason for `unknown`.
struct Note {
  Span span{};
  std::string text;
  bool operator==(const Note&) const = default;
};

/// What a pure function may look at. Every access is noted by the judge, which so knows what an answer depends on.
/// `client` stands for a whole cell of addresses that Evaluable::cuts separates from the others.
class Facts {
 public:
  virtual ~Facts() = default;
  virtual IpAddress client() = 0;
  /// Host name of the client that resolves back to it; nothing where it has none.
  virtual std::optional<std::string> verified_client_name() = 0;
  virtual std::string helo() = 0;
  virtual std::string sender() = 0;
  /// The recipient as it stands now, after the rewrites that came before; empty before RCPT.
  virtual std::string recipient() = 0;
  virtual bool tls() = 0;
  virtual Auth auth() = 0;
  virtual std::optional<std::uint16_t> port() = 0;
  /// The value of a binding; nothing where it is not set. `unknown` is set where the value depends on what was not
  /// understood.
  virtual std::optional<std::string> binding(std::string_view name, bool& unknown) = 0;
  /// The answer of a decision list of the policy, asked as a question with the facts as they are
  /// (`match_domain{…}{+list}`).
  virtual Value ask(ListId list) = 0;
  /// Notes that the answer rests on data not at hand (a password file, a DNS list); with --strict the judge makes it
  /// unknown.
  virtual void assume(Note note) = 0;
  /// Notes why the answer is Unknown.
  virtual void not_understood(Note note) = 0;
};

/// A pure function over the facts. It must not keep the reference.
using Test = std::function<Value(Facts&)>;

/// A string computed from the facts. `status`: Yes = `text` is the value; No = forced failure (Exim's `fail`), nothing
/// is set; Error and Unknown as for conditions.
struct Expansion {
  Value status = Value::Yes;
  std::string text;
};
using Expand = std::function<Expansion(Facts&)>;

// --- conditions -----------------------------------------------------------------------------------------------

/// One item of an address list, for findings and edits: the addresses it adds (or takes away, negated).
struct AddressItem {
  AddressSet set;
  Span span{};
  bool negated = false;
};
/// The client's address is in `set`. `items` are the items it was made of, in file order.
struct ClientIn {
  AddressSet set;
  std::vector<AddressItem> items{};
};
/// The client's host name matches. Unverified: any name that its reverse DNS claims counts. A client without a name:
/// no.
struct ClientName {
  PatternSet names;
  bool verified = true;
};
/// The client has a (verified) host name at all.
struct ClientHasName {
  bool verified = true;
};
struct HeloName {
  PatternSet names;
};
enum class AddressPart { Address, Domain, LocalPart };
/// The envelope sender, or a part of it, matches. The null sender is the empty string in every part.
struct Sender {
  PatternSet patterns;
  AddressPart part = AddressPart::Address;
};
/// The recipient as it stands now, or a part of it, matches. An address without `@` has an empty domain.
struct Recipient {
  PatternSet patterns;
  AddressPart part = AddressPart::Domain;
};
/// What an authentication proves.
enum class CredentialCheck {
  Real,        ///< only valid credentials pass
  Anything,    ///< any user name and password pass
  Unknown,     ///< the check could not be read
  Impossible,  ///< no mechanism is set up: nobody can authenticate
};
/// The client authenticated. `note` says what an Unknown check is, and where; for Anything, where the check stands
/// (RL009).
struct Authenticated {
  CredentialCheck check = CredentialCheck::Real;
  Note note{};
};
/// The session is encrypted; with `client_certificate`, by a client whose certificate was verified (no stranger's is).
struct Tls {
  bool client_certificate = false;
};
/// An MX of the recipient's domain is this server.
struct MxIsHere {};
/// The binding has a value (any, also the empty string).
struct Bound {
  std::string name;
};
/// The list, asked as a question: accept is yes; refuse, drop and the end of the list are no; defer is an error.
struct ListHolds {
  ListId list{};
  /// Its clauses say why a grant was made (a list of trusted hosts); false for a question about something else, such as
  /// whether an address can be routed.
  bool explains = true;
};
/// A pure function. `constants` are the literals it compares with (names, addresses), for the judge to try; `cuts` the
/// address sets that its answer depends on; `text` how it reads in the file.
struct Evaluable {
  Test test;
  std::vector<std::string> constants{};
  std::vector<AddressSet> cuts{};
  std::string text;
};
/// Something that could not be decided. `assumable`: it asks data that is not at hand (SQL, passwd, a DNS list), and a
/// stranger's fresh value is taken to be not in it: "no", recorded as an assumption (contract.md 1). Otherwise unknown.
struct Opaque {
  std::string reason;
  bool assumable = false;
};
/// A value fixed by the file: `true` of a condition that always holds, or Error for a malformed item.
struct Constant {
  Value value = Value::Yes;
};

using ConditionKind = std::variant<ClientIn, ClientName, ClientHasName, HeloName, Sender, Recipient, Authenticated, Tls,
                                   MxIsHere, Bound, ListHolds, Evaluable, Opaque, Constant>;

struct Condition {
  ConditionKind kind;
  Span span{};
  bool negated = false;  ///< swaps yes and no; errors and unknowns stay
  Origin origin = Origin::File;
};

// --- clauses --------------------------------------------------------------------------------------------------

enum class Action {
  Continue,  ///< on with the next clause
  Accept,    ///< ends the list: yes
  Refuse,    ///< ends the list: no (5xx)
  Defer,     ///< ends the list: not now (4xx); as a question: an error
  Drop,      ///< refuses and closes the connection: no later recipient in this session
  Call,      ///< runs `call`; what it decides is decided here; where it does not, on with the next clause
};

/// What becomes of accepted mail. Deliver: RelayPolicy::delivery says.
enum class Disposition { Deliver, Local, Relay, Discard };

/// Binds a name to a value: a channel, RELAYCLIENT, an ACL variable. Bindings live as long as the connection.
struct Let {
  std::string name;
  Expand value;
  std::string text{};  ///< how the value reads, for messages
  /// The address sets that the value depends on, as Evaluable::cuts.
  std::vector<AddressSet> cuts{};
};
/// Replaces the recipient from here on (percent hack, rewriting rule, a forwarding alias): later clauses see the new
/// one. Expansion status No = it stays.
struct RewriteRecipient {
  Expand value;
};
struct Effect {
  /// Runs as soon as the first `after` conditions of the clause hold, also where a later one does not (Exim's `set`).
  std::size_t after = 0;
  std::variant<Let, RewriteRecipient> what;
};

/// If every condition holds: the effects, then `then`. Conditions are tested in order; the first that does not hold
/// ends the test.
struct Clause {
  std::vector<Condition> when{};
  std::vector<Effect> effects{};
  Action then = Action::Continue;
  ListId call{};
  Disposition disposition = Disposition::Deliver;
  /// What happens where a condition with index >= `otherwise_from` does not hold (Exim's `require` and `endpass`).
  Action otherwise = Action::Continue;
  std::size_t otherwise_from = 0;
  /// What an Error in a condition means (Exim: defer; Continue = the clause counts as not holding).
  Action on_error = Action::Defer;
  Span span{};
  Origin origin = Origin::File;
  /// What the file means by it, as a phrase for witnesses: "accept hosts = +relay_from_hosts". Empty: the text of the
  /// span.
  std::string text{};
  /// Rules and fixes treat this clause as the product's relay switch (RL001, RL002), not as a list of trusted clients.
  bool is_switch = false;
};

struct DecisionList {
  std::string name;
  std::vector<Clause> clauses{};
  /// What happens at the end.
  Action final = Action::Continue;
  Disposition final_disposition = Disposition::Deliver;
  Origin final_origin = Origin::File;
  Span final_span{};
  std::string final_text{};
  bool final_is_switch = false;
};

/// A list's clause; `clause` == number of clauses means the final outcome.
struct ClauseRef {
  ListId list{};
  std::size_t clause = 0;
  auto operator<=>(const ClauseRef&) const = default;
};

// --- the whole ------------------------------------------------------------------------------------------------

/// One step of the SMTP dialogue. Mail is taken when every stage accepts; a list that ends without a decision accepts.
struct Stage {
  std::string name;  ///< connect, helo, mail, rcpt, data, or the vendor's own word
  ListId list{};
  bool per_recipient = false;  ///< runs for each RCPT
};

/// A socket the server listens on.
struct Listener {
  std::string name;
  std::optional<std::uint16_t> port{};
  /// Clients that can reach it: everything, or loopback for a listener bound to it; empty for a module not loaded.
  AddressSet reachable = AddressSet::everything();
  Span span{};
  std::string unreachable_reason{};  ///< "is bound to the loopback address only", for messages
  std::vector<Stage> stages{};
  /// Set where the server cannot run this service as it is written: the listener is unknown.
  std::optional<Note> broken{};
};

/// Facts that decide nothing but that the user should know (rules RL011 to RL016). Lowering notes them, one rule each
/// reports them, so that no rule looks at a vendor's text.
enum class ObservationKind {
  IneffectiveProtection,   ///< RL012: wrong section, misspelt, commented out, shadowed, wrong separator
  UnterminatedAllowList,   ///< RL013
  ContradictingDuplicate,  ///< RL015
  DnsBlocklist,            ///< RL016 looks `text` (the zone) up in its table
  Advice,                  ///< RL017: something the user should know (info)
};
struct Observation {
  ObservationKind kind = ObservationKind::Advice;
  Span span{};
  /// The message as it is printed: the setting and its effect on mail flow; for DnsBlocklist the zone.
  std::string text;
  std::optional<PolicyChange> change{};
};

struct RelayPolicy {
  std::string product;                   ///< exim, qmail, … as in --product
  std::optional<std::string> version{};  ///< where known, from evidence or --product
  Span version_span{};                   ///< where the evidence is
  std::vector<DecisionList> lists{};
  std::vector<Listener> listeners{};
  /// Runs after all stages accepted, per recipient: forwards, rewrites, and clauses that say Local, Relay or Discard; a
  /// refusal there is a bounce of accepted mail (delivered, not relayed). Without it, `local_domains` are local.
  std::optional<ListId> delivery{};
  /// Domains that are delivered on this machine, in file order, and those the operator forwards for.
  PatternSet local_domains{};
  PatternSet relay_domains{};
  /// LOCAL of contract.md 1: the first local domain in file order; a name of the server where none is named.
  std::string local_name = "localhost";
  /// The server refuses to load this configuration, or so much of it is not understood that nothing can be said.
  std::optional<Note> unloadable{};
  /// What the verdict rests on in any case ("tcp.smtp is taken as compiled").
  std::vector<Note> assumptions{};
  std::vector<Observation> observations{};
  /// Recipients that the judge tries after the canonical forms: the extension address of a forwarding alias, a
  /// percent-hack domain that is not the first local one. `{domain}` stands for the stranger's target domain,
  /// `{target}` for `victim@` it.
  std::vector<std::string> further_recipients{};
  /// Set by the engine from Document::problems: what was not understood, for RL901.
  std::vector<Note> not_understood{};
  /// Set by the engine from the project settings, not by formats: `behind_proxy` (whoever comes from there may be
  /// anybody) and `own_networks` (clients that are no strangers).
  AddressSet stands_for_everybody{};
  AddressSet own_networks{};

  DecisionList& list(ListId id) { return lists[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const DecisionList& list(ListId id) const { return lists[static_cast<std::size_t>(id)]; }
  ListId add_list(std::string name, Action final = Action::Continue);
  /// The clause, or nothing for the list's final outcome.
  [[nodiscard]] const Clause* clause(ClauseRef ref) const;
  [[nodiscard]] Span span_of(ClauseRef ref) const;
  [[nodiscard]] Origin origin_of(ClauseRef ref) const;
  [[nodiscard]] bool is_switch(ClauseRef ref) const;
};

/// Shorthands for lowering.
Condition client_in(AddressSet set, Span span, std::vector<AddressItem> items = {});
Condition opaque(std::string reason, Span span, bool assumable);
Clause accept_when(std::vector<Condition> when, Span span, std::string text = {});
Clause refuse_when(std::vector<Condition> when, Span span, std::string text = {});
/// An expansion that always gives `text`.
Expand literal(std::string text);

}  // namespace relaylint
