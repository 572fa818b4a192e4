// What becomes of recipients that qmail-smtpd took: qmail-send's rewriting and routing, and the delivery instructions
// that send mail on. Sources: qmail-send.c (rewrite), qmail-local.c, dot-qmail(5).

#include <algorithm>
#include <memory>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/lowering.hpp"

namespace relaylint::qmail {
namespace {

std::string domain_part(const std::string& address) {
  return to_lower(std::string_view(address).substr(std::min(address.size(), at_sign(address) + 1)));
}
std::string local_part(const std::string& address) { return address.substr(0, at_sign(address)); }

/// Where a recipient is delivered on this machine: the local part that qmail-local gets, behind the prepended name.
struct Routing {
  PatternSet locals;
  std::vector<Domains::Virtual> virtuals;
  std::string me;

  /// Nothing for remote addresses.
  [[nodiscard]] std::optional<std::string> local_of(const std::string& address) const {
    const std::string domain = domain_part(address);
    if (locals.match(domain) == MatchResult::Yes) return local_part(address);
    const auto rule = [&](std::string_view key) {
      return std::find_if(virtuals.begin(), virtuals.end(),
                          [&](const Domains::Virtual& entry) { return equals_ignoring_case(entry.key, key); });
    };
    // The whole address, the domain, its dot suffixes, the empty key.
    auto found = rule(address);
    if (found == virtuals.end()) found = rule(domain);
    for (std::size_t dot = domain.find('.'); found == virtuals.end() && dot != std::string::npos;
         dot = domain.find('.', dot + 1)) {
      found = rule(std::string_view(domain).substr(dot));
    }
    if (found == virtuals.end()) found = rule("");
    if (found == virtuals.end() || found->prepend.empty()) return std::nullopt;
    return found->prepend + "-" + local_part(address);
  }
};

/// The extension that alias is asked for: what the local part is, without "alias-" in front.
std::string alias_extension(const std::string& local) {
  constexpr std::string_view kAlias = "alias-";
  return std::string_view(local).starts_with(kAlias) ? local.substr(kAlias.size()) : local;
}

/// The length of the part of the extension that the file's name stands for; nothing where the file is not the one.
std::optional<std::size_t> matched(const DotQmail& file, std::string_view extension) {
  const std::optional<std::string_view> prefix = file.prefix();
  if (!prefix)
    return equals_ignoring_case(file.extension, extension) ? std::optional<std::size_t>(extension.size())
                                                           : std::nullopt;
  if (extension.size() < prefix->size() || !equals_ignoring_case(extension.substr(0, prefix->size()), *prefix))
    return std::nullopt;
  return prefix->size();
}

/// The file that alias' delivery follows: the exact name, else the longest default.
const DotQmail* file_for(const std::vector<DotQmail>& files, std::string_view extension) {
  const DotQmail* best = nullptr;
  std::size_t length = 0;
  for (const DotQmail& file : files) {
    const std::optional<std::size_t> covers = matched(file, extension);
    if (covers && (best == nullptr || *covers >= length)) {
      best = &file;
      length = *covers;
    }
  }
  return best;
}

std::string reinjected(const DotQmail& file, const std::string& extension, const std::string& local) {
  switch (file.forward->what) {
    case Reinjected::Default:
      return extension.substr(std::min(extension.size(), matched(file, extension).value_or(0)));
    case Reinjected::Local:
      return local;
    case Reinjected::Ext:
      return extension;
  }
  return local;
}

void add_percent_hack(const Domains& domains, DecisionList& list) {
  if (domains.percent_hack.empty()) return;
  for (const Pattern& pattern : domains.percent_hack.patterns()) {
    PatternSet one;
    one.add(pattern.kind, pattern.text, pattern.span);
    Clause clause;
    clause.when.push_back({Recipient{std::move(one), AddressPart::Domain}, pattern.span});
    // The domain that the hack uncovers may be a percent-hack domain itself.
    const PatternSet all = domains.percent_hack;
    clause.effects.push_back({1, RewriteRecipient{[all](Facts& facts) {
                                std::string address = facts.recipient();
                                bool changed = false;
                                for (int level = 0; level < 16 && all.match(domain_part(address)) == MatchResult::Yes;
                                     ++level) {
                                  std::string local = local_part(address);
                                  const std::size_t percent = local.rfind('%');
                                  if (percent == std::string::npos) break;
                                  local[percent] = '@';
                                  address = std::move(local);
                                  changed = true;
                                }
                                return changed ? Expansion{Value::Yes, address} : Expansion{Value::No, {}};
                              }}});
    clause.span = pattern.span;
    clause.text = "percenthack: " + pattern.text;
    list.clauses.push_back(std::move(clause));
  }
}

void add_forwards(const QmailDocument& document, const std::shared_ptr<const Routing>& routing, DecisionList& list) {
  auto files = std::make_shared<const std::vector<DotQmail>>(document.forwards);
  for (std::size_t i = 0; i < files->size(); ++i) {
    const DotQmail& file = (*files)[i];
    if (!file.forward) continue;
    const auto reaches = [files, routing, i](Facts& facts) {
      const std::string address = facts.recipient();
      const std::optional<std::string> local = routing->local_of(address);
      if (!local) return Value::No;
      const DotQmail& one = (*files)[i];
      if (file_for(*files, alias_extension(*local)) != &one) return Value::No;
      return one.only_host && !equals_ignoring_case(*one.only_host, domain_part(address)) ? Value::No : Value::Yes;
    };
    Clause clause;
    clause.when.push_back({Evaluable{reaches, {}, {}, "delivery by .qmail-" + file.extension}, file.forward->span});
    clause.effects.push_back({1, RewriteRecipient{[files, routing, i](Facts& facts) {
                                const std::optional<std::string> local = routing->local_of(facts.recipient());
                                if (!local) return Expansion{Value::No, {}};
                                return Expansion{Value::Yes, reinjected((*files)[i], alias_extension(*local), *local)};
                              }}});
    clause.then = Action::Accept;
    clause.disposition = Disposition::Relay;
    clause.span = file.forward->span;
    clause.text = shown(document.sources().slice(file.forward->span));
    list.clauses.push_back(std::move(clause));
  }
}

/// Recipients that reach a forwarding file: behind its prefix at a local domain, and at the virtual domains that
/// prepend it.
void add_further_recipients(const QmailDocument& document, const Domains& domains, RelayPolicy& policy) {
  constexpr std::size_t kMost = 64;
  const auto add = [&](std::string recipient) {
    auto& all = policy.further_recipients;
    if (all.size() < kMost && std::find(all.begin(), all.end(), recipient) == all.end())
      all.push_back(std::move(recipient));
  };
  for (const Pattern& pattern : domains.percent_hack.patterns()) add("victim%{domain}@" + pattern.text);
  for (const DotQmail& file : document.forwards) {
    if (!file.forward) continue;
    const std::string prefix(file.prefix().value_or(file.extension));
    for (const Pattern& local : domains.locals.patterns()) add(prefix + "{target}@" + local.text);
    for (const Domains::Virtual& entry : domains.virtuals) {
      if (entry.prepend.empty() || entry.key.empty()) continue;
      const std::string domain = entry.key.front() == '.' ? "host" + entry.key : entry.key;
      if (domain.find('@') == std::string::npos) add("{target}@" + domain);
    }
  }
}

}  // namespace

ListId lower_delivery(const QmailDocument& document, const Domains& domains, RelayPolicy& policy) {
  const ListId id = policy.add_list("delivery", Action::Accept);
  DecisionList& list = policy.list(id);
  list.final_disposition = Disposition::Relay;
  const auto routing = std::make_shared<const Routing>(Routing{domains.locals, domains.virtuals, domains.me});

  Clause complete;  // an address without @ gets envnoathost
  complete.effects.push_back({0, RewriteRecipient{[host = domains.envnoathost](Facts& facts) {
                                const std::string address = facts.recipient();
                                if (at_sign(address) < address.size()) return Expansion{Value::No, {}};
                                return Expansion{Value::Yes, address + "@" + host};
                              }}});
  list.clauses.push_back(std::move(complete));
  add_percent_hack(domains, list);
  add_forwards(document, routing, list);

  Clause local;
  const auto is_local = [routing](Facts& facts) {
    return routing->local_of(facts.recipient()) ? Value::Yes : Value::No;
  };
  local.when.push_back({Evaluable{is_local, {}, {}, "delivered on this machine"}, {document.main(), {}}});
  local.then = Action::Accept;
  local.disposition = Disposition::Local;
  local.span = {document.main(), {}};
  local.text = "local delivery";
  list.clauses.push_back(std::move(local));

  if (!document.alias_seen) {
    policy.assumptions.push_back(
        {{document.main(), {}}, "no delivery instructions in ~alias or of users send mail on: they are not at hand"});
  }
  for (const DotQmail& file : document.forwards) {
    for (const Span command : file.commands) {
      policy.assumptions.push_back({command, "this command delivers the message and does not send it on"});
    }
  }
  add_further_recipients(document, domains, policy);
  return id;
}

}  // namespace relaylint::qmail
