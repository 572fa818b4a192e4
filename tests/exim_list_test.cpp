// Exim's lists, asked directly: what each says about a client, a domain or an address, and which items it names.

#include "parsers/support/exim_list.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/judge.hpp"
#include "tests/support/memory_reader.hpp"

namespace relaylint::test {
namespace {

/// One list, lowered, in a policy whose only stage accepts where the list holds.
struct ListInPolicy {
  MemoryReader reader;
  std::unique_ptr<SourceSet> sources;
  RelayPolicy policy;
  EximLoweredList lowered;

  ListInPolicy(EximDialect dialect, EximSubject subject, const std::string& text, const Files& files = {})
      : reader(files) {
    sources = std::make_unique<SourceSet>(reader, "", std::vector<std::string>{"/"});
    const auto main = sources->add("/configure", std::make_shared<const std::string>(text));
    EximListContext context;
    context.dialect = dialect;
    context.sources = sources.get();
    context.from = main;
    context.policy = &policy;
    context.primary_hostname = "mx.corp.example";
    context.named = [&](EximListKind, std::string_view name, EximSubject inner) -> std::optional<Condition> {
      if (name != "inner") return std::nullopt;
      EximListContext plain = context;
      return lower_exim_list(inner == EximSubject::Client ? EximText("!10.9.9.9 : 10.0.0.0/8 : *.inner.example", {})
                                                          : EximText("!not.inner.example : *.inner.example", {}),
                             inner, plain)
          .condition;
    };
    lowered = lower_exim_list(EximText(text, {main, {0, static_cast<std::uint32_t>(text.size())}}), subject, context);
    const auto list = policy.add_list("test", Action::Refuse);
    policy.list(list).clauses.push_back(accept_when({lowered.condition}, {}));
    Listener listener;
    listener.stages.push_back({"rcpt", list, true});
    policy.listeners.push_back(std::move(listener));
  }
  [[nodiscard]] Outcome ask(const Transaction& transaction) const { return decide(policy, transaction).outcome; }
};

char answer(Outcome outcome) {
  switch (outcome) {
    case Outcome::Refused:
      return '-';
    case Outcome::Deferred:
      return 'e';
    case Outcome::Unknown:
      return '?';
    default:
      return '+';
  }
}

char client(EximDialect dialect, const std::string& list, const char* address,
            std::optional<std::string> name = std::nullopt, const Files& files = {}) {
  Transaction transaction;
  transaction.client = *IpAddress::parse(address);
  transaction.client_name = std::move(name);
  transaction.rcpt_to = "victim@elsewhere.example";
  return answer(ListInPolicy(dialect, EximSubject::Client, list, files).ask(transaction));
}
char client4(const std::string& list, const char* address, std::optional<std::string> name = std::nullopt,
             const Files& files = {}) {
  return client(EximDialect::Exim4, list, address, std::move(name), files);
}
char client3(const std::string& list, const char* address, std::optional<std::string> name = std::nullopt,
             const Files& files = {}) {
  return client(EximDialect::Exim3, list, address, std::move(name), files);
}
char domain(const std::string& list, const char* name, const Files& files = {},
            EximDialect dialect = EximDialect::Exim4) {
  Transaction transaction;
  transaction.rcpt_to = std::string("v@") + name;
  return answer(ListInPolicy(dialect, EximSubject::RecipientDomain, list, files).ask(transaction));
}
char sender(const std::string& list, const char* address, const Files& files = {},
            EximDialect dialect = EximDialect::Exim4) {
  Transaction transaction;
  transaction.mail_from = address;
  transaction.rcpt_to = "victim@elsewhere.example";
  return answer(ListInPolicy(dialect, EximSubject::Sender, list, files).ask(transaction));
}

std::vector<std::string> items(const std::string& text) {
  std::vector<std::string> all;
  for (const EximItem& item : split_exim_list(EximText(text, {})).items) {
    all.push_back((item.negated ? "!" : "") + item.text.str());
  }
  return all;
}

using Texts = std::vector<std::string>;
constexpr const char* kStranger = "198.51.100.77";

TEST_CASE("exim list: splitting") {
  CHECK(items("a : b:c ") == Texts{"a", "b", "c"});
  CHECK(items("<; a ; ::1") == Texts{"a", "::1"});
  CHECK(items("127.0.0.1 : ::::1") == Texts{"127.0.0.1", "::1"});
  CHECK(items("! a : !b").size() == 2);
  CHECK(items("! a : !b") == Texts{"!a", "!b"});
  CHECK(items("").empty());
  CHECK(items("   ").empty());
  CHECK(items(":") == Texts{""});
  CHECK(items(":*") == Texts{"", "*"});
  CHECK(items("* :") == Texts{"*"});
  CHECK(items("a : : b") == Texts{"a", "", "b"});
  CHECK(items("<\n a\nb") == Texts{"a", "b"});
  CHECK(items("<a b") == Texts{"<a b"});
}

TEST_CASE("exim list: first match decides, and the last item's sense is turned round at the end") {
  for (const auto& ask : {client3, client4}) {
    CHECK(ask("10.0.0.0/8 : 127.0.0.1", "10.1.1.1", {}, {}) == '+');
    CHECK(ask("10.0.0.0/8 : 127.0.0.1", kStranger, {}, {}) == '-');
    CHECK(ask("!10.0.0.0/8", kStranger, {}, {}) == '+');
    CHECK(ask("!10.0.0.0/8", "10.1.1.1", {}, {}) == '-');
    CHECK(ask("127.0.0.1 : !10.9.9.9", kStranger, {}, {}) == '+');
    CHECK(ask("* : !198.51.100.77", kStranger, {}, {}) == '+');
    CHECK(ask("!198.51.100.77 : *", kStranger, {}, {}) == '-');
    CHECK(ask("!198.51.100.77 : *", "198.51.100.78", {}, {}) == '+');
    CHECK(ask("127.0.0.1 : 10.0.0.0/8 : !10.9.9.9 : !*", kStranger, {}, {}) == '-');
    CHECK(ask("198.51.100.77/1", "200.1.1.1", {}, {}) == '+');
    CHECK(ask("0.0.0.0/00", kStranger, {}, {}) == '+');
    CHECK(ask("", kStranger, {}, {}) == '-');
    CHECK(ask("127.0.0.1/33", "127.0.0.1", {}, {}) == '+');
    CHECK(ask("127.0.0.1/", kStranger, {}, {}) == '+');
    CHECK(ask("0.0.0.0/0", "2001:db8::1", {}, {}) == '-');
    CHECK(ask("<; ::/0", "2001:db8::1", {}, {}) == '+');
    CHECK(ask("<; ::/0", kStranger, {}, {}) == '-');
    CHECK(ask("::::/0", "2001:db8::1", {}, {}) == '+');
    CHECK(ask("localhost", "127.0.0.1", {}, {}) == '+');
    CHECK(ask("localhost", kStranger, {}, {}) == '-');
    CHECK(ask("mail.partner.example : 192.0.2.1", kStranger, {}, {}) == '-');
    CHECK(ask("@ : 192.0.2.1", kStranger, {}, {}) == '-');
  }
}

TEST_CASE("exim list: items that cannot be read fail the whole list in Exim 4, and are passed over in Exim 3") {
  for (const char* bad : {"10/8", "0/0", "0.0.0.0/0.0.0.0", "192.168.1", "000.0.0.0/0", "127.0.0.1, 10.0.0.0/8",
                          "127.0.0.1 # *", "1.2.3.4/x", "1.2.3.4.5", "[127.0.0.1]", "!10.0.0.1"}) {
    const std::string text(bad);
    CAPTURE(text);
    CHECK(client4(text + " : *", kStranger) == (text.front() == '!' ? '+' : '-'));
    CHECK(client4("* : " + text, kStranger) == '+');
    if (text.front() == '!') continue;
    CHECK(client4("+include_unknown : " + text, kStranger) == '+');
    CHECK(client4("+include_unknown : !" + text, kStranger) == '+');
    CHECK(client4("+ignore_unknown : " + text + " : *", kStranger) == '+');
    CHECK(client4("+ignore_unknown : " + text, kStranger) == '-');
    CHECK(client4("+include_unknown : +ignore_unknown : " + text, kStranger) == '-');
    // A star makes it a pattern over names, which a client without one fails in both.
    if (text.find('*') != std::string::npos) continue;
    CHECK(client3("192.0.2.0/24 : " + text + " : 198.51.100.0/24", "198.51.100.200") != '-');
  }
  CHECK(client3("10/8", kStranger) == '-');
  CHECK(client3("10/8", "10.1.1.1") == '?');
  CHECK(client3("0/0", kStranger) == '?');
  CHECK(client4("::1 : *", kStranger) == '-');  // the colons must be doubled
  CHECK(client4("127.0.0.1;10.0.0.1 : *", kStranger) == 'e');
  CHECK(client4("+nolist : *", kStranger) == 'e');
}

TEST_CASE("exim list: names need the client's own") {
  CHECK(client4("*.ours.example : *", kStranger) == '-');
  CHECK(client4("*.ours.example : *", kStranger, "a.evil.example") == '+');
  CHECK(client4("*.ours.example", kStranger, "a.ours.example") == '+');
  CHECK(client4("+include_unknown : *.ours.example", kStranger) == '+');
  CHECK(client4("+include_unknown : *.ours.example", kStranger, "a.evil.example") == '-');
  CHECK(client4("+ignore_unknown : *.ours.example : 198.51.100.0/24", kStranger) == '+');
  CHECK(client3("+allow_unknown : *.ours.example", kStranger) == '+');
  CHECK(client3("+warn_unknown : *.ours.example", kStranger) == '+');
  CHECK(client3("*.ours.example : *", kStranger) == '-');
  CHECK(client3("*.ours.example : +allow_unknown", kStranger) == '-');
  CHECK(client4("^.*\\.ours\\.example$", kStranger, "a.ours.example") == '+');
  CHECK(client4("lsearch;/names", kStranger, "a.ours.example", {{"/names", "a.ours.example: x\n"}}) == '+');
  CHECK(client4("lsearch;/names : *", kStranger, {}, {{"/names", "a.ours.example: x\n"}}) == '-');
}

TEST_CASE("exim list: files and lookups by address") {
  const Files files{{"/hosts", "127.0.0.1\n\n  # world\n0.0.0.0/0 # everybody\n"},
                    {"/negative", "!10.0.0.0/8\n"},
                    {"/ips", "203.0.113.5 x\n198.51.100.0/24 x\n\"2001:db8::/32\" x\n"},
                    {"/v6", "2001.db8.0.0.0.0.0.1: x\n"},
                    {"/star", "*: x\n"}};
  for (const auto& ask : {client3, client4}) {
    CHECK(ask("/hosts", kStranger, {}, files) == '+');
    CHECK(ask("!/hosts : *", kStranger, {}, files) == '-');
    CHECK(ask("/negative", kStranger, {}, files) == '+');
    CHECK(ask("!/negative : 192.0.2.1", "10.1.1.1", {}, files) == '+');
    CHECK(ask("/missing : 192.0.2.1", kStranger, {}, files) == '?');
    CHECK(ask("net-lsearch;/ips", "203.0.113.5", {}, files) == '+');
    CHECK(ask("net-lsearch;/ips", kStranger, {}, files) == '-');
    CHECK(ask("net24-lsearch;/ips", kStranger, {}, files) == '+');
    CHECK(ask("net32-lsearch;/ips", "203.0.113.5", {}, files) == '-');
    CHECK(ask("net-lsearch;/v6", "2001:db8::1", {}, files) == '+');
    CHECK(ask("net-lsearch;/star", kStranger, {}, files) == '-');
    CHECK(ask("net-lsearch*;/star", kStranger, {}, files) == '+');
  }
  CHECK(client4("net-iplsearch;/ips", kStranger, {}, files) == '+');
  CHECK(client4("net-iplsearch;/ips", "2001:db8::9", {}, files) == '+');
  CHECK(client4("net24-iplsearch;/ips", kStranger, {}, files) == 'e');
  CHECK(client4("net-mysql;select 1", kStranger) == '-');  // taken not to be in it, and said
}

TEST_CASE("exim list: lists in lists") {
  CHECK(client4("+inner", "10.1.1.1") == '+');
  CHECK(client4("+inner", "10.9.9.9") == '-');
  CHECK(client4("+inner", kStranger, "a.inner.example") == '+');
  CHECK(client4("!+inner", kStranger) == '+');
  CHECK(client4("!+inner : *", "10.1.1.1") == '-');
  CHECK(domain("+inner : other.example", "other.example") == '+');
  CHECK(domain("+inner : not.inner.example", "not.inner.example") == '+');
  CHECK(domain("+undefined", "x.example") == 'e');
  CHECK(domain("+inner", "x.example", {}, EximDialect::Exim3) == '-');
}

TEST_CASE("exim list: domains") {
  CHECK(domain("corp.example", "CORP.example") == '+');
  CHECK(domain("*.corp.example", "a.corp.example") == '+');
  CHECK(domain("*.corp.example", "corp.example") == '-');
  CHECK(domain("*corp.example", "xcorp.example") == '+');
  CHECK(domain("*corp.example", "corp.example") == '+');
  CHECK(domain("corp.*", "corp.example") == '-');
  CHECK(domain("^corp", "corp.evil.example") == '+');
  CHECK(domain("@", "mx.corp.example") == '+');
  CHECK(domain("!evil.example", "good.example") == '+');
  CHECK(domain("!evil.example", "evil.example") == '-');
  CHECK(domain("a.example, b.example", "a.example") == '-');
  CHECK(domain("@mx_any", "a.example") == '-');
  const Files files{{"/d",
                     "*.part.example: 1\n*.example\nplain.test\n\"quoted key\": 1\nCAPS.example: x\n"
                     "  continued.example: 2\n*\n"}};
  CHECK(domain("lsearch;/d", "caps.example", files) == '+');
  CHECK(domain("lsearch;/d", "continued.example", files) == '-');
  CHECK(domain("lsearch;/d", "else.test", files) == '-');
  CHECK(domain("lsearch*;/d", "else.test", files) == '+');
  CHECK(domain("partial-lsearch;/d", "else.example", files) == '-');
  CHECK(domain("partial-lsearch;/d", "a.part.example", files) == '+');
  CHECK(domain("partial-lsearch;/d", "part.example", files) == '+');
  CHECK(domain("partial1-lsearch;/d", "else.example", files) == '+');
  CHECK(domain("partial0-lsearch;/d", "else.test", files) == '+');
  CHECK(domain("wildlsearch;/d", "else.test", files) == '+');
  CHECK(domain("dsearch;/dir", "a.example", {{"/dir/a.example", ""}}) == '+');
  CHECK(domain("dsearch;/dir", "b.example", {{"/dir/a.example", ""}}) == '-');
  CHECK(domain("dbm;/d", "b.example", files) == '?');
  CHECK(domain("lsearch;/missing", "b.example") == '?');
  CHECK(domain("ldap;query", "b.example") == '-');
}

TEST_CASE("exim list: a constant data base") {
  std::string cdb(2048, '\0');
  const auto number = [](std::uint32_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
    return bytes;
  };
  cdb += number(9) + number(1) + "a.example" + "x";
  const auto end = number(static_cast<std::uint32_t>(cdb.size()));
  for (int i = 0; i < 256; ++i) cdb.replace(static_cast<std::size_t>(i) * 8, 4, end);
  CHECK(domain("cdb;/d.cdb", "a.example", {{"/d.cdb", cdb}}) == '+');
  CHECK(domain("cdb;/d.cdb", "b.example", {{"/d.cdb", cdb}}) == '-');
  cdb[2048] = '\x7f';
  CHECK(domain("cdb;/d.cdb", "a.example", {{"/d.cdb", cdb}}) == '?');
  CHECK(domain("cdb;/d.cdb", "a.example", {{"/d.cdb", "short"}}) == '?');
}

TEST_CASE("exim list: addresses") {
  CHECK(sender("*", "a@b.example") == '+');
  CHECK(sender("*", "") == '-');
  CHECK(sender("*@*", "") == '-');
  CHECK(sender(":", "") == '+');
  CHECK(sender(":", "a@b.example") == '-');
  CHECK(sender("!*@evil.example", "") == '+');
  CHECK(sender("^", "") == '+');
  CHECK(sender("b.example", "A@B.example") == '+');
  CHECK(sender("*b.example", "A@xB.example") == '+');
  CHECK(sender("*x@b.example", "aX@b.example") == '+');
  CHECK(sender("*x@b.example", "ay@b.example") == '-');
  CHECK(sender("a@*.example", "a@b.example") == '+');
  CHECK(sender("a@b", "a@b.example") == '-');
  const Files files{
      {"/a", "# c\n*@listed.example\n!x@neg.example # foo\na#b@c.example\n"},
      {"/d", "*.part.example: 1\nplain.test\n*@star.example: y\nu@full.example\n*\n"},
      {"/u",
       "corp.example: alice : bob : *z : !no : n*\nall.example: *\nchain.example: >all.example\n*: postmaster\n"}};
  CHECK(sender("/a", "q@listed.example", files) == '+');
  CHECK(sender("/a", "a#b@c.example", files) == '+');
  CHECK(sender("/a", "x@neg.example", files) == '-');
  CHECK(sender("lsearch;/d", "u@full.example", files) == '+');
  CHECK(sender("lsearch;/d", "u@plain.test", files) == '-');
  CHECK(sender("lsearch;/d", "u@plain.test", files, EximDialect::Exim3) == '+');
  CHECK(sender("lsearch*@;/d", "u@star.example", files) == '+');
  CHECK(sender("lsearch*;/d", "u@nothing.test", files) == '+');
  CHECK(sender("*@lsearch;/d", "u@plain.test", files) == '+');
  CHECK(sender("*@partial-lsearch;/d", "u@a.part.example", files) == '+');
  CHECK(sender("@@lsearch;/u", "alice@corp.example", files) == '+');
  CHECK(sender("@@lsearch;/u", "xz@corp.example", files) == '+');
  CHECK(sender("@@lsearch;/u", "carol@corp.example", files) == '-');
  CHECK(sender("@@lsearch;/u", "q@chain.example", files) == '+');
  CHECK(sender("@@lsearch*;/u", "postmaster@new.example", files) == '+');
  CHECK(sender("@@lsearch;/u", "postmaster@new.example", files) == '-');
}

TEST_CASE("exim list: the shape that rules and fixes need") {
  const ListInPolicy plain(EximDialect::Exim4, EximSubject::Client, "127.0.0.1 : !10.9.9.9 : 10.0.0.0/8");
  const auto* clients = std::get_if<ClientIn>(&plain.lowered.condition.kind);
  REQUIRE(clients != nullptr);
  REQUIRE(clients->items.size() == 3);
  CHECK(plain.sources->slice(clients->items[1].span) == "!10.9.9.9");
  CHECK(clients->items[1].negated);
  CHECK_FALSE(plain.lowered.ends_negated);

  const ListInPolicy open(EximDialect::Exim4, EximSubject::Client, "127.0.0.1 : !10.9.9.9");
  CHECK(std::holds_alternative<ListHolds>(open.lowered.condition.kind));
  CHECK(open.lowered.ends_negated);

  const ListInPolicy domains(EximDialect::Exim4, EximSubject::RecipientDomain, "a.example : *.b.example : !c.example");
  CHECK(std::holds_alternative<Recipient>(domains.lowered.condition.kind));
  CHECK(domains.lowered.named_patterns.size() == 2);
  CHECK(domains.sources->slice(domains.lowered.named_patterns[1].span) == "*.b.example");

  CHECK(ListInPolicy(EximDialect::Exim4, EximSubject::Client, "127.0.0.1, 10.0.0.0/8").lowered.broken.size() == 1);
  CHECK(ListInPolicy(EximDialect::Exim4, EximSubject::RecipientDomain, "a.example, b").lowered.broken.size() == 1);
  CHECK(ListInPolicy(EximDialect::Exim4, EximSubject::Client, "127.0.0.1 : *.x.example").lowered.broken.empty());
}

}  // namespace
}  // namespace relaylint::test
