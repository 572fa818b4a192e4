#include "parsers/qmail/superserver.hpp"

#include <algorithm>
#include <utility>

#include "lint/pattern.hpp"

namespace relaylint::qmail {
namespace {

constexpr std::string_view kBlanks = " \t\r";

struct Piece {
  std::string_view text;
  TextRange range{};
};

TextRange range32(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

/// Words of bytes[start, end), parted by any of `separators`.
std::vector<Piece> words_of(std::string_view bytes, std::size_t start, std::size_t end, std::string_view separators) {
  std::vector<Piece> words;
  for (std::size_t at = start; at < end;) {
    const std::size_t first = std::min(bytes.find_first_not_of(separators, at), end);
    if (first >= end) break;
    const std::size_t last = std::min(bytes.find_first_of(separators, first), end);
    words.push_back({bytes.substr(first, last - first), range32(first, last)});
    at = last;
  }
  return words;
}

/// Calls `visit` with start and end of each line, without its ending.
template <typename Visit>
void for_each_line(std::string_view bytes, const Visit& visit) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    visit(at, end);
    at = end + 1;
  }
}

Word word_of(const Piece& piece, FileId file) {
  Word word;
  word.text = piece.text;
  word.span = {file, piece.range};
  return word;
}

/// An address, a network with length or mask, `10.`, or nothing.
std::optional<AddressSet> network_of(std::string_view text) {
  if (const std::optional<AddressSet> set = AddressSet::parse(text)) return set;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
    const std::optional<IpAddress> mask = IpAddress::parse(text.substr(slash + 1));
    if (!address || !mask || address->v6 || mask->v6) return std::nullopt;
    unsigned length = 0;
    while (length < 32 && (mask->bits >> (31 - length) & 1) != 0) ++length;
    return AddressSet::network(*address, length);
  }
  if (!text.empty() && text.back() == '.' && text.find_first_not_of("0123456789.") == std::string_view::npos) {
    std::string whole(text);
    unsigned length = 0;
    for (const char c : text) length += c == '.' ? 8 : 0;
    for (unsigned part = length / 8; part < 4; ++part) whole += part + 1 < 4 ? "0." : "0";
    const std::optional<IpAddress> address = IpAddress::parse(whole);
    if (address) return AddressSet::network(*address, length);
  }
  return std::nullopt;
}

// --- xinetd -------------------------------------------------------------------------------------------------------

struct XinetdBlock {
  std::string name;
  Service service{};
  bool is_qmail = false;
  bool disabled = false;
  std::optional<AddressSet> only_from{};
  Span only_from_span{};
};

void take_setting(XinetdBlock& block, std::string_view key, std::string_view op, const std::vector<Piece>& values,
                  Span line, FileId file) {
  if (equals_ignoring_case(key, "server") || equals_ignoring_case(key, "server_args")) {
    for (const Piece& value : values) {
      const std::optional<Daemon> daemon = daemon_called(value.text);
      if (daemon && !block.is_qmail) {
        block.is_qmail = true;
        block.service.daemon = *daemon;
        block.service.span = {file, value.range};
      } else if (block.is_qmail) {
        block.service.arguments.push_back(word_of(value, file));
      }
      // `server_args = RELAYCLIENT= qmail-smtpd` behind env(1)
      const std::optional<std::size_t> equals = assignment(value.text);
      if (equals && value.text.substr(0, *equals) == "RELAYCLIENT" && !block.is_qmail) {
        block.service.before.relayclient = {Variable::State::Set,
                                            std::string(value.text.substr(*equals + 1)),
                                            {file, value.range},
                                            {},
                                            std::string(value.text)};
      }
    }
  } else if (equals_ignoring_case(key, "env")) {
    if (op == "=") block.service.before = {};
    for (const Piece& value : values) {
      const std::size_t equals = value.text.find('=');
      const std::string_view name = value.text.substr(0, equals);
      Variable variable{op == "-=" ? Variable::State::Unset : Variable::State::Set,
                        equals == std::string_view::npos ? "" : std::string(value.text.substr(equals + 1)),
                        {file, value.range},
                        values.size() == 1 ? line : Span{},
                        std::string(value.text)};
      if (name == "RELAYCLIENT") block.service.before.relayclient = variable;
      if (name == "SMTPAUTH") block.service.before.smtpauth = variable;
    }
  } else if (equals_ignoring_case(key, "only_from")) {
    AddressSet set = op == "=" || !block.only_from ? AddressSet{} : *block.only_from;
    for (const Piece& value : values) {
      if (value.text == "0.0.0.0" || value.text == "ALL") set = AddressSet::everything();
      if (value.text == "localhost") set = set.unite(loopback_addresses());
      if (const std::optional<AddressSet> network = network_of(value.text))
        set = op == "-=" ? set.subtract(*network) : set.unite(*network);
    }
    block.only_from = set;
    block.only_from_span = line;
  } else if (equals_ignoring_case(key, "disable")) {
    block.disabled = !values.empty() && equals_ignoring_case(values.front().text, "yes");
  } else if (equals_ignoring_case(key, "port") && !values.empty()) {
    block.service.port = port_called(values.front().text);
  } else if ((equals_ignoring_case(key, "bind") || equals_ignoring_case(key, "interface")) && !values.empty()) {
    if (values.front().text.starts_with("127.") || values.front().text == "localhost") {
      block.service.reachable = loopback_addresses();
      block.service.unreachable_reason = "is bound to the loopback address only";
    }
  }
}

Service finish(XinetdBlock block) {
  Service service = std::move(block.service);
  service.name = block.name;
  if (!service.port) service.port = port_called(block.name);
  if (block.only_from) {
    AccessRule rule;
    Condition outside =
        client_in(*block.only_from, block.only_from_span, {{*block.only_from, block.only_from_span, false}});
    outside.negated = true;
    rule.when.push_back(std::move(outside));
    rule.deny = true;
    rule.span = block.only_from_span;
    rule.text = "only_from";
    service.access.push_back(std::move(rule));
  }
  if (block.disabled) {
    service.reachable = {};
    service.unreachable_reason = "is disabled in xinetd's configuration";
  }
  return service;
}

}  // namespace

std::vector<Service> xinetd_services(std::string_view bytes, FileId file) {
  std::vector<Service> services;
  std::optional<XinetdBlock> block;
  for_each_line(bytes, [&](std::size_t start, std::size_t end) {
    const std::vector<Piece> words = words_of(bytes, start, end, kBlanks);
    if (words.empty() || words.front().text.starts_with('#')) return;
    if (!block) {
      if (words.front().text == "service" && words.size() > 1) {
        block.emplace();
        block->name = words[1].text;
        block->service.span = {file, words[1].range};
      }
      return;
    }
    if (words.front().text == "}") {
      if (block->is_qmail) services.push_back(finish(std::move(*block)));
      block.reset();
      return;
    }
    const std::string_view line = bytes.substr(start, end - start);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::size_t op = equals;
    if (op > 0 && (line[op - 1] == '+' || line[op - 1] == '-')) --op;
    const std::string_view key = words.front().text.substr(0, words.front().text.find_first_of("+-="));
    take_setting(*block, key, line.substr(op, equals + 1 - op), words_of(bytes, start + equals + 1, end, kBlanks),
                 {file, range32(start, std::min(end + 1, bytes.size()))}, file);
  });
  return services;
}

// --- inetd and hosts.allow ------------------------------------------------------------------------------------------

std::vector<Service> inetd_services(std::string_view bytes, FileId file, Chain::Directories& directories) {
  std::vector<Service> services;
  for_each_line(bytes, [&](std::size_t start, std::size_t end) {
    const std::vector<Piece> fields = words_of(bytes, start, end, kBlanks);
    if (fields.size() < 6 || fields.front().text.starts_with('#')) return;
    // service type protocol wait user program argv[0] arguments…: argv[0] only names the program.
    std::vector<Word> words;
    words.push_back(word_of(fields[5], file));
    for (std::size_t i = 7; i < fields.size(); ++i) words.push_back(word_of(fields[i], file));
    if (base_name(fields[5].text) == "tcpd" && fields.size() > 6) words.front() = word_of(fields[6], file);
    std::optional<Service> service = Chain({}, directories).run(words);
    if (!service) return;
    service->name = base_name(fields.size() > 6 ? fields[6].text : fields[5].text);
    service->port = port_called(fields.front().text);
    services.push_back(std::move(*service));
  });
  return services;
}

std::vector<AccessRule> hosts_allow_rules(std::string_view bytes, FileId file, std::string_view name) {
  std::vector<AccessRule> rules;
  for_each_line(bytes, [&](std::size_t start, std::size_t end) {
    const std::string_view line = bytes.substr(start, end - start);
    if (line.empty() || line.front() == '#') return;
    const std::size_t first = line.find(':');
    if (first == std::string_view::npos) return;
    const std::size_t second = std::min(line.find(':', first + 1), line.size());
    const std::vector<Piece> daemons = words_of(bytes, start, start + first, " \t,");
    const bool ours = std::any_of(daemons.begin(), daemons.end(),
                                  [&](const Piece& daemon) { return daemon.text == name || daemon.text == "ALL"; });
    if (!ours) return;
    AccessRule rule;
    rule.span = {file, range32(start, end)};
    rule.text = line;
    AddressSet set;
    bool excepting = false;
    AddressSet except;
    for (const Piece& client : words_of(bytes, start + first + 1, start + second, " \t,\r")) {
      AddressSet& into = excepting ? except : set;
      if (client.text == "EXCEPT") {
        excepting = true;
      } else if (client.text == "ALL" || client.text == "KNOWN" || client.text == "UNKNOWN" ||
                 client.text == "PARANOID") {
        into = AddressSet::everything();
      } else if (const std::optional<AddressSet> network = network_of(client.text)) {
        into = into.unite(*network);
      } else if (client.text == "LOCAL" || client.text == "localhost") {
        into = into.unite(loopback_addresses());
      }
    }
    const Span clients{file, range32(start + first + 1, start + second)};
    const AddressSet trusted = set.subtract(except);
    rule.when.push_back(client_in(trusted, clients, {{trusted, clients, false}}));
    if (second < line.size()) {
      const std::vector<Piece> option = words_of(bytes, start + second + 1, end, " \t=\r");
      if (option.size() >= 2 && option[0].text == "setenv" && option[1].text == "RELAYCLIENT") {
        rule.relayclient = option.size() > 2 ? std::string(option[2].text) : std::string();
      }
      rule.deny = !option.empty() && option[0].text == "deny";
    }
    rules.push_back(std::move(rule));
  });
  return rules;
}

// --- systemd --------------------------------------------------------------------------------------------------------

std::vector<Service> systemd_services(std::string_view bytes, FileId file, Chain::Directories& directories) {
  Environment environment;
  std::vector<Service> services;
  const auto unquoted = [](std::string_view text) {
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
      text = text.substr(1, text.size() - 2);
    return text;
  };
  for_each_line(bytes, [&](std::size_t start, std::size_t end) {
    const std::string_view line = bytes.substr(start, end - start);
    if (line.starts_with("Environment=")) {
      for (const Piece& piece : words_of(bytes, start + 12, end, kBlanks)) {
        const std::string_view text = unquoted(piece.text);
        const std::size_t equals = text.find('=');
        Variable variable{Variable::State::Set,
                          equals == std::string_view::npos ? "" : std::string(text.substr(equals + 1)),
                          {file, piece.range},
                          {},
                          std::string(text)};
        if (text.substr(0, equals) == "RELAYCLIENT") environment.relayclient = variable;
        if (text.substr(0, equals) == "SMTPAUTH") environment.smtpauth = variable;
      }
    } else if (line.starts_with("ExecStart=")) {
      std::vector<Word> words;
      for (const Piece& piece : words_of(bytes, start + 10, end, kBlanks)) {
        words.push_back(word_of(piece, file));
        words.back().text = unquoted(piece.text);
      }
      if (!words.empty() && !words.front().text.empty() &&
          (words.front().text.front() == '-' || words.front().text.front() == '@')) {
        words.front().text.erase(0, 1);
      }
      if (std::optional<Service> service = Chain(environment, directories).run(words))
        services.push_back(std::move(*service));
    }
  });
  return services;
}

}  // namespace relaylint::qmail
