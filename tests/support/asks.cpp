#include "tests/support/asks.hpp"

#include <charconv>
#include <sstream>

namespace relaylint::test {
namespace {

bool apply_word(std::string_view word, Transaction& transaction) {
  const std::string_view key = word.substr(0, word.find('='));
  const std::string_view value = key.size() < word.size() ? word.substr(key.size() + 1) : std::string_view{};
  if (key == "tls") transaction.tls = true;
  if (key == "helo") transaction.helo = value;
  if (key == "name") transaction.client_name = std::string(value);
  if (key == "auth") {
    const std::optional<Auth> auth = parse_auth(value);
    if (auth) transaction.auth = *auth;
    return auth.has_value();
  }
  if (key == "port") {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), port);
    transaction.port = port;
    return error == std::errc{} && end == value.data() + value.size();
  }
  return key == "tls" || key == "helo" || key == "name";
}

}  // namespace

std::optional<Ask> parse_ask(std::string_view line) {
  Ask ask;
  std::istringstream words{std::string(line)};
  std::string client;
  words >> client >> ask.transaction.mail_from >> ask.transaction.rcpt_to;
  const std::optional<IpAddress> address = IpAddress::parse(client);
  if (!address) return std::nullopt;
  ask.transaction.client = *address;
  if (ask.transaction.mail_from == "<>") ask.transaction.mail_from.clear();
  for (std::string word; words >> word && word != "->";) {
    if (!apply_word(word, ask.transaction)) return std::nullopt;
  }
  words >> ask.outcome;
  return ask.outcome.empty() ? std::nullopt : std::optional(ask);
}

}  // namespace relaylint::test
