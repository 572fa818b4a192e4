// One command line of programs that start each other: `env A=B tcpserver -x rules 0 smtp envdir DIR qmail-smtpd …`.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "parsers/qmail/service.hpp"

namespace relaylint::qmail {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// Programs that start another one given to them as arguments, and say nothing about who may relay.
bool is_wrapper(std::string_view program) {
  return one_of(program, {"exec", "nohup", "nice", "softlimit", "setuidgid", "envuidgid", "chpst", "setlock", "pgrphack", "recordio", "fixcrio",
                          "fixcr", "rblsmtpd", "greetdelay", "relay-ctrl-check", "relay-ctrl-chdir", "qmail-env", "multilog", "limit", "su"});
}

bool is_server(std::string_view program) { return one_of(program, {"tcpserver", "sslserver", "tcpserver6", "s6-tcpserver4", "tcpsvd"}); }

/// Commands that name other programs without starting them.
bool only_mentions(std::string_view program) {
  return one_of(program, {"echo", "printf", "[", "test", "chown", "chgrp", "chmod", "ls", "ln", "cd", "mkdir", "rm", "cp", "mv", "cat", "svc", "svstat",
                          "kill", "killall", "pkill", "pidof", "ps", "grep", "which", "touch", "logger", "status", "killproc"});
}

constexpr std::string_view kServerOptionsWithValue = "cxBgublt";

}  // namespace

std::optional<std::size_t> assignment(std::string_view text) {
  if (text.empty() || !is_name_start(text.front())) return std::nullopt;
  std::size_t at = 1;
  while (at < text.size() && (is_name_start(text[at]) || (text[at] >= '0' && text[at] <= '9'))) ++at;
  if (at == text.size() || text[at] != '=') return std::nullopt;
  return at;
}

std::optional<Daemon> daemon_called(std::string_view program) {
  const std::string_view name = base_name(program);
  if (one_of(name, {"qmail-smtpd", "qmail-smtpd.orig", "qmail-ssmtpd"})) return Daemon::Smtp;
  if (name == "qmail-qmtpd") return Daemon::Qmtp;
  if (name == "qmail-qmqpd") return Daemon::Qmqp;
  if (name == "ofmipd") return Daemon::Ofmip;
  return std::nullopt;
}

std::optional<std::uint16_t> port_called(std::string_view name) {
  struct Known {
    std::string_view name;
    std::uint16_t port;
  };
  static constexpr std::array kKnown = {Known{"smtp", 25},       Known{"mail", 25},   Known{"smtps", 465}, Known{"ssmtp", 465}, Known{"urd", 465},
                                        Known{"submission", 587}, Known{"qmtp", 209}, Known{"qmqp", 628}};
  for (const Known& known : kKnown) {
    if (known.name == name) return known.port;
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number == 0) return std::nullopt;
  return number;
}

void Chain::change(std::string_view name, Variable value) {
  if (name == "RELAYCLIENT") environment_.relayclient = std::move(value);
  else if (name == "SMTPAUTH") environment_.smtpauth = std::move(value);
}

void Chain::set(const Word& word, std::size_t equals) {
  Variable variable;
  variable.state = Variable::State::Set;
  variable.value = word.text.substr(equals + 1);
  variable.span = word.span;
  variable.text = word.text;
  change(std::string_view(word.text).substr(0, equals), std::move(variable));
}

/// env(1): options, assignments, then the program. `at` is the word after `env`; gives that of the program.
std::size_t Chain::env_arguments(const std::vector<Word>& words, std::size_t at) {
  const auto unset = [&](std::string_view name, Span span) {
    Variable variable;
    variable.state = Variable::State::Unset;
    variable.span = span;
    change(name, std::move(variable));
  };
  for (; at < words.size(); ++at) {
    const std::string& text = words[at].text;
    if (one_of(text, {"-", "-i", "--ignore-environment"})) {
      unset("RELAYCLIENT", words[at].span);
      unset("SMTPAUTH", words[at].span);
    } else if (text == "-u" && at + 1 < words.size()) {
      unset(words[at + 1].text, words[at].span);
      ++at;
    } else if (text.starts_with("-u")) {
      unset(std::string_view(text).substr(2), words[at].span);
    } else if (text.starts_with("--unset=")) {
      unset(std::string_view(text).substr(8), words[at].span);
    } else if (const std::optional<std::size_t> equals = assignment(text)) {
      set(words[at], *equals);
    } else if (!text.starts_with('-')) {
      break;
    }
  }
  return at;
}

void Chain::option(char letter, const Word& value) {
  switch (letter) {
    case 'x': service_.rules = value; break;
    case 'X': service_.rules_optional = true; break;
    case 'p': service_.paranoid = true; break;
    case 'P': service_.paranoid = false; break;
    case 'h': service_.names = true; break;
    case 'H': service_.names = false; break;
    case 'r': service_.ident = true; break;
    case 'R': service_.ident = false; break;
    default: break;
  }
}

/// tcpserver(1): options, host, port. `at` is the word after `tcpserver`; gives that of the program.
std::size_t Chain::tcpserver_arguments(const std::vector<Word>& words, std::size_t at) {
  for (; at < words.size(); ++at) {
    const Word& word = words[at];
    if (!word.text.starts_with('-') || word.text == "-") {
      if (!word.bare) break;
      service_.options_unknown = true;  // `$OPTIONS`: may be any number of words
      continue;
    }
    if (word.text == "--") {
      ++at;
      break;
    }
    for (std::size_t i = 1; i < word.text.size(); ++i) {
      const char letter = word.text[i];
      if (kServerOptionsWithValue.find(letter) == std::string_view::npos) {
        option(letter, word);
        continue;
      }
      if (i + 1 < word.text.size()) {
        Word value = word;
        value.text = word.text.substr(i + 1);
        option(letter, value);
      } else if (at + 1 < words.size()) {
        option(letter, words[++at]);
      }
      break;
    }
  }
  if (at < words.size()) {
    const std::string& host = words[at].text;
    if (host == "localhost" || host == "::1" || host.starts_with("127.")) {
      service_.reachable = loopback_addresses();
      service_.unreachable_reason = "is bound to the loopback address only";
    }
    ++at;
  }
  if (at < words.size()) service_.port = port_called(words[at++].text);
  return at;
}

std::optional<Service> Chain::run(const std::vector<Word>& words) {
  bool starts_programs = false;
  if (words.empty() || only_mentions(base_name(words.front().text))) return std::nullopt;
  for (std::size_t at = 0; at < words.size();) {
    const Word& word = words[at];
    const std::string_view program = base_name(word.text);
    if (const std::optional<Daemon> daemon = daemon_called(program); daemon && (starts_programs || at == 0)) {
      service_.daemon = *daemon;
      service_.span = word.span;
      service_.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
      if (!service_.arguments.empty()) {
        service_.arguments_span = {word.span.file, {word.span.range.end, words.back().span.range.end}};
      }
      (service_.tcpserver ? service_.after : service_.before) = std::move(environment_);
      return std::move(service_);
    }
    ++at;
    if (program == "env") {
      starts_programs = true;
      at = env_arguments(words, at);
    } else if (program == "envdir" || program == "s6-envdir") {
      starts_programs = true;
      if (at >= words.size()) break;
      for (const std::string_view name : {std::string_view("RELAYCLIENT"), std::string_view("SMTPAUTH")}) {
        Variable found = directories_.look_up(words[at], name);
        if (found.state != Variable::State::Inherited) change(name, std::move(found));
      }
      ++at;
    } else if (is_server(program) && !service_.tcpserver) {
      starts_programs = true;
      service_.tcpserver = true;
      service_.options_unknown = program == "tcpsvd";
      at = tcpserver_arguments(words, at);
      service_.before = std::move(environment_);
      environment_ = {};
    } else if (is_wrapper(program) || program == "tcp-env" || program == "tcpd") {
      starts_programs = true;
    }
  }
  return std::nullopt;
}

}  // namespace relaylint::qmail
