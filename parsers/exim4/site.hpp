#pragma once
// What the strings of a configuration may ask of it when they are expanded: its settings, its named lists, the files
// beside it. Built while lowering, then only read; the closures of a policy share it.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/policy.hpp"
#include "parsers/exim4/expansion.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim4 {

/// A string setting, parsed once, with the places of its bytes.
struct Expression {
  EximText source{};
  ParsedExpansion parsed{};
};
using ExpressionPtr = std::shared_ptr<const Expression>;
ExpressionPtr make_expression(EximText source);

/// Where in the session a string is expanded: it decides which variables have a value.
enum class Where {
  Connect,
  Helo,
  Mail,
  Recipient,     ///< RCPT, and the routers for a recipient
  Message,       ///< after DATA
  VerifySender,  ///< the routers for a sender's address
};

/// What `acl = name arg1 arg2` handed over; the values are expanded where they stand, in the calling ACL.
struct AclArguments {
  std::vector<ExpressionPtr> values{};
  std::shared_ptr<const AclArguments> outer{};
};

class Site;

/// The static surroundings of a string.
struct Frame {
  std::shared_ptr<const Site> site{};
  Where where = Where::Recipient;
  std::shared_ptr<const AclArguments> arguments{};
};

/// A named list. Several values where an `.ifdef` that cannot be decided gives it several.
struct NamedList {
  std::string name{};
  Span name_span{};
  ExpressionPtr value{};
  Span span{};  ///< the whole statement
  /// Set where another definition may count instead: why that is not known.
  std::string doubt{};
};

/// A single-key lookup's file, indexed.
struct LookupTable {
  EximKeys keys{};
  std::map<std::string, std::size_t, std::less<>> by_key{};  ///< lower case
};

class Site {
 public:
  Site(SourceSet& sources, FileId main) : sources_(sources), main_(main) {}

  [[nodiscard]] SourceSet& sources() const { return sources_; }
  [[nodiscard]] FileId main() const { return main_; }

  [[nodiscard]] const NamedList* named_list(EximListKind kind, std::string_view name) const;

  /// The file of a lookup; read once.
  [[nodiscard]] const LookupTable& table(const EximLookup& lookup, const std::string& argument) const;

  /// Does `subject` match a list whose text was expanded already? Names and addresses of the list are looked up in no
  /// DNS.
  [[nodiscard]] Value match(EximListKind kind, const EximText& list, const std::string& subject, Facts& facts,
                            const Frame& frame) const;
  /// The same for `+name`.
  [[nodiscard]] Value match_named(EximListKind kind, std::string_view name, const std::string& subject, Facts& facts,
                                  const Frame& frame) const;

  std::array<std::map<std::string, NamedList, std::less<>>, 4> lists{};  ///< by EximListKind
  /// Settings that strings can ask for; empty where the file does not say and the machine decides.
  std::string primary_hostname{};
  std::string qualify_domain{};
  std::string qualify_recipient{};
  std::string smtp_active_hostname{};
  /// The lists to ask for "authenticated at all"; nothing while no authenticator is set up.
  std::optional<ListId> authenticated{};
  /// The only authenticator's name, where there is one only.
  std::string only_authenticator{};
  /// The decision lists of `${if acl{{name}…}}` and `${acl{name}…}`, by the Test or Piece.
  std::map<const void*, ListId> acl_calls{};
  /// Every string, so that no Test or Piece of `acl_calls` is another one's successor at the same address.
  std::vector<ExpressionPtr> kept{};

 private:
  struct Matcher {
    RelayPolicy scratch{};
    Condition condition{};
  };
  [[nodiscard]] const Matcher& matcher(EximListKind kind, const EximText& list) const;

  SourceSet& sources_;
  FileId main_;
  mutable int nested_ = 0;  ///< depth of named lists within named lists
  mutable std::map<std::string, std::unique_ptr<LookupTable>, std::less<>> tables_{};
  mutable std::map<std::pair<int, std::string>, std::unique_ptr<Matcher>> matchers_{};
};

}  // namespace relaylint::exim4
