// The lists of clients as clauses: README.md, "Lists of clients".

#include "lint/policy.hpp"
#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

using Kind = ClientItem::Kind;

const AddressSet& private_addresses() {
  static const AddressSet set = public_addresses().complement();
  return set;
}

/// The clients that certainly match, by "first match wins", with the items that they are made of.
ClientIn certain_clients(const Assignment& allow, const std::vector<ClientItem>& items) {
  ClientIn clients;
  std::vector<AddressSet> granted;
  std::vector<AddressSet> run;  // since the last exclusion
  AddressSet excluded;
  const auto end_run = [&] {
    if (!run.empty()) granted.push_back(AddressSet::union_of(std::move(run)).subtract(excluded));
    run.clear();
  };
  for (const ClientItem& item : items) {
    if (item.kind != Kind::Addresses) continue;
    clients.items.push_back({item.set, allow.span(item.place), item.negated});
    if (item.negated) {
      end_run();
      excluded = excluded.unite(item.set);
    } else {
      run.push_back(item.set);
    }
  }
  end_run();
  clients.set = AddressSet::union_of(std::move(granted));
  return clients;
}

/// `localnet`: the loopback for certain, a private address perhaps, a stranger's not.
void add_local_net(Span at, std::vector<Clause>& clauses) {
  clauses.push_back(accept_when({client_in(loopback_addresses(), at, {{loopback_addresses(), at}})}, at, "localnet"));
  clauses.push_back(
      accept_when({client_in(private_addresses(), at),
                   opaque("whether this client is on a network of the machine's own (localnet)", at, false)},
                  at));
  clauses.push_back(accept_when(
      {opaque("`localnet` stands for the networks of the machine's own interfaces, where no stranger is", at, true)},
      at));
}

}  // namespace

void add_allowed(const Assignment& allow, DecisionList& list, std::vector<Note>& assumptions) {
  const std::vector<ClientItem> items = client_items(allow);
  const auto unclear = [&](const ClientItem& item) {
    const Span at = allow.span(item.place);
    const std::string text = (item.negated ? "!" : "") + item.text;
    return std::vector<Condition>{client_in(item.set, at),
                                  opaque("what smail makes of `" + text + "` is not known", at, false)};
  };
  for (const ClientItem& item : items) {
    if (item.kind != Kind::Unclear || !item.negated) continue;
    list.clauses.push_back(refuse_when(unclear(item), allow.span(item.place)));
  }
  const Span value = allow.span(allow.value);
  ClientIn clients = certain_clients(allow, items);
  if (!clients.items.empty()) {
    list.clauses.push_back(accept_when({Condition{std::move(clients), value}}, allow.span(allow.text)));
  }
  for (const ClientItem& item : items) {
    if (item.negated) continue;
    const Span at = allow.span(item.place);
    if (item.kind == Kind::LocalNet) add_local_net(at, list.clauses);
    if (item.kind == Kind::Unclear) list.clauses.push_back(accept_when(unclear(item), at));
    if (item.kind == Kind::HostName) {
      assumptions.push_back({at, "host names in smtp_remote_allow, as `" + item.text + "`, are not looked up"});
    }
  }
  assumptions.push_back(
      {value,
       "clients that smtp_remote_allow does not list may name recipients of this host only (smail after 3.2.0)"});
  list.final = Action::Refuse;
  list.final_span = value;
}

void add_unverified(const Assignment& lax, DecisionList& list) {
  for (const ClientItem& item : client_items(lax)) {
    if (item.negated || item.kind == Kind::LocalNet || item.kind == Kind::HostName) continue;
    const Span at = lax.span(item.place);
    list.clauses.push_back(accept_when(
        {client_in(item.set, at, {{item.set, at}}),
         opaque("recipients of clients in smtp_recipient_no_verify are not verified, and it is not known whether "
                "they are checked for relaying all the same",
                at, false)},
        at));
  }
}

}  // namespace relaylint::smail
