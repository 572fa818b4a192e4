#pragma once
// An Exim 4 configuration as its statements: main settings, named lists, ACLs, routers, transports, authenticators,
// rewriting rules. Leaves tile the files; statements remember their places.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "parsers/support/exim_lines.hpp"
#include "parsers/support/exim_options.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint::exim4 {

/// One setting, `name = value`; `value` keeps the places of its bytes.
struct Setting {
  std::string name{};
  bool negated = false;  ///< `no_name`
  bool has_value = false;
  EximText value{};   ///< before unquoting
  EximString text{};  ///< the string it spells
  Span span{};        ///< the whole statement
  Span value_span{};
  std::int32_t doubt = -1;  ///< index into EximLines::doubts
  /// The meaning as a boolean, where it has one.
  [[nodiscard]] std::optional<bool> as_bool() const;
};

/// `domainlist NAME = value` and its kin.
struct ListStatement {
  EximListKind kind = EximListKind::Domain;
  std::string name{};
  Span name_span{};
  EximString text{};
  Span span{};
  Span value_span{};
  std::int32_t doubt = -1;
};

/// A router, transport or authenticator.
struct Driver {
  std::string name{};
  Span name_span{};
  std::vector<Setting> settings{};
  std::int32_t doubt = -1;

  [[nodiscard]] const Setting* find(std::string_view setting) const;
  /// The value of a string setting as it is written; empty where it is not set.
  [[nodiscard]] std::string_view text(std::string_view setting) const;
  [[nodiscard]] bool flag(std::string_view setting, bool otherwise) const;
};

enum class Verb { Accept, Defer, Deny, Discard, Drop, Require, Warn };
std::optional<Verb> verb_of(std::string_view name);
std::string_view name_of(Verb verb);

/// A condition or a modifier of an ACL statement.
struct AclPart {
  std::string name{};
  bool negated = false;
  EximText value{};  ///< after the `=`, without blanks at both ends
  Span span{};       ///< from the `!` or name to the end of the value
  std::int32_t doubt = -1;
  /// What stands here is not known (an include that was not read, a word that is not understood): why.
  std::string problem{};
};

struct AclStatement {
  Verb verb = Verb::Deny;
  Span verb_span{};
  Span span{};
  std::vector<AclPart> parts{};
  std::int32_t doubt = -1;
  std::string problem{};  ///< as in AclPart: statements that are not known stand here
};

struct Acl {
  std::string name{};
  Span name_span{};  ///< `name:`
  std::vector<AclStatement> statements{};
};

/// A line of the rewrite section.
struct RewriteRule {
  EximText pattern{};
  EximText replacement{};
  std::string flags{};
  Span span{};
  std::int32_t doubt = -1;
};

class Exim4Document final : public Document {
 public:
  using Document::Document;
  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  [[nodiscard]] const Setting* find(std::string_view name) const;
  [[nodiscard]] const Acl* acl(std::string_view name) const;
  [[nodiscard]] const Driver* transport(std::string_view name) const;
  /// Why something may be missing from the file (an include that was not read); nothing where all is at hand.
  [[nodiscard]] const EximLine* unread() const;
  [[nodiscard]] std::string doubt_reason(std::int32_t doubt) const;

  EximLines lines{};
  std::vector<Setting> settings{};
  std::vector<ListStatement> lists{};
  std::vector<Acl> acls{};
  std::vector<Driver> routers{};
  std::vector<Driver> transports{};
  std::vector<Driver> authenticators{};
  std::vector<RewriteRule> rewrites{};
  bool has_routers = false;  ///< a `begin routers` is there
  /// Banner of a panel that writes this file itself; empty where there is none. `banner_span` is where it stands.
  std::string panel{};
  Span banner_span{};
};

/// Reads the ACL statements of `lines` (of one ACL, without its label), as the server's acl_read does: for ACLs in
/// files and inline ones. Problems are added to `problems`.
std::vector<AclStatement> parse_acl_statements(const std::vector<EximLine>& lines, std::vector<Problem>& problems);

/// The same document from several files read as one, with macros set before (Debian's generated ones).
std::unique_ptr<Exim4Document> parse_exim4(SourceSet& sources, FileId main, std::span<const FileId> files,
                                           std::vector<EximPredefined> predefined = {});

}  // namespace relaylint::exim4
