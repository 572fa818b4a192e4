#pragma once
// Exim's lists: how the text splits into items, what each item is in a domain, host, address or local part list, and
// what the list means as a Condition of the policy. Semantics: Exim's match.c and verify.c as the exim3/exim4 READMEs
// tell them.
//
// First match decides, `!` negates, and past the end the answer is the opposite of the last item's sense: a list that
// ends in a negated item takes in everything that it did not name.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/policy.hpp"
#include "lint/source.hpp"
#include "parsers/support/exim_lines.hpp"
#include "parsers/support/exim_lookup.hpp"
#include "parsers/support/exim_options.hpp"
#include "parsers/support/exim_text.hpp"

namespace relaylint {

/// One item. `text` has neither blanks at its ends nor the `!`, and doubled separators are single again.
struct EximItem {
  EximText text{};
  bool negated = false;
  /// What an edit that drops the item drops: with its `!`, without separators and outer blanks. A point where the item
  /// is empty.
  Span span{};
  TextRange range{};  ///< the same, as bytes of the list's text
};

struct EximItems {
  std::vector<EximItem> items{};
  char separator = ':';
  /// After `<x` where the list chooses its separator, else 0.
  std::uint32_t start = 0;
};
/// Splits the value of a list (after expansion, in Exim 4). An empty or blank value has no items; `:` alone has one
/// empty item.
EximItems split_exim_list(const EximText& value);

/// What a list is asked about.
enum class EximSubject {
  Client,              ///< a host list, against the connected client
  RecipientDomain,     ///< a domain list
  SenderDomain,        ///< a domain list, against the envelope sender's domain
  Recipient,           ///< an address list
  Sender,              ///< an address list
  RecipientLocalPart,  ///< a local part list
};
EximListKind list_kind_of(EximSubject subject);

/// What lists need to know of the configuration they stand in. The references must outlive the calls only.
struct EximListContext {
  EximDialect dialect = EximDialect::Exim4;
  SourceSet* sources = nullptr;
  FileId from{};  ///< the configuration's main file: lookup files are looked for by absolute name, below its root
  /// Gets a decision list for each list that is not a plain set.
  RelayPolicy* policy = nullptr;
  std::string primary_hostname{};  ///< what `@` stands for; empty if not known
  /// Exim 4: the meaning of `+name` for this subject, already lowered; nothing where no such list is defined (then the
  /// test defers).
  std::function<std::optional<Condition>(EximListKind kind, std::string_view name, EximSubject subject)> named{};
};

/// A list's meaning and what the user should know of it.
struct EximLoweredList {
  /// Asked of the subject. Plain sets come as ClientIn, Recipient or Sender (so that a caller who has another subject,
  /// such as the first argument of `match_domain`, can take their set); lists in which order and failures matter come
  /// as ListHolds.
  Condition condition{};
  std::vector<EximItem> items{};
  /// The list ends in a negated item, and so takes in the rest of the world.
  bool ends_negated = false;
  /// Items that do not mean what they look like: malformed addresses, an undoubled colon, a comma. With the effect in
  /// words.
  std::vector<Note> broken{};
  /// For domain lists: the named domains in file order (never negated ones), for RelayPolicy::local_domains and
  /// relay_domains.
  std::vector<Pattern> named_patterns{};
};

/// Lowers a list whose text has been expanded already. An expansion that cannot be decided is the caller's to make
/// Opaque.
EximLoweredList lower_exim_list(const EximText& value, EximSubject subject, const EximListContext& context);

}  // namespace relaylint
