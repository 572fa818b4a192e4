#pragma once
// What starts a qmail daemon and with which environment: a run script with tcpserver, a line of inetd.conf with hosts.allow, a service of
// xinetd.conf, a systemd unit. All of them end in a Service. Sources: tcpserver(1), envdir(8), sh(1), inetd.conf(5), hosts_access(5),
// hosts_options(5), xinetd.conf(5), systemd.exec(5).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/policy.hpp"
#include "lint/source.hpp"

namespace relaylint::qmail {

/// A word of a command line.
struct Word {
  std::string text;     ///< without quotes, known variables put in
  Span span{};          ///< as it stands in the file, quotes included
  bool known = true;    ///< false where something in it could not be read (a variable, a command substitution)
  bool bare = false;    ///< an unquoted unknown variable: any number of words
};

/// One variable of an environment.
struct Variable {
  enum class State {
    Inherited,  ///< nothing is said about it
    Unset,
    Set,
    Perhaps,  ///< set on some way through a script, not on another
    Opaque,   ///< something that could not be read may set it
  };
  State state = State::Inherited;
  std::string value;
  Span span{};   ///< the word, line or file that sets it, or that may
  Span whole{};  ///< the command to take out together with it; empty: the word alone
  std::string text{};  ///< how it reads, or why it is Opaque

  [[nodiscard]] bool may_be_set() const { return state == State::Set || state == State::Perhaps || state == State::Opaque; }
};

/// The two variables that matter.
struct Environment {
  Variable relayclient{};
  Variable smtpauth{};
};

enum class Daemon { Smtp, Qmtp, Qmqp, Ofmip };

/// One line of a control of connections, tested in order; the first whose conditions hold decides.
struct AccessRule {
  std::vector<Condition> when{};
  bool deny = false;
  std::optional<std::string> relayclient{};  ///< the value it gives RELAYCLIENT
  bool wide = false;  ///< trusts so many, or whoever has a name, that it is told on its own
  Span span{};
  std::string text{};
};

struct Service {
  Daemon daemon = Daemon::Smtp;
  std::string name;
  Span span{};                          ///< the word that starts the daemon
  std::optional<std::uint16_t> port{};
  AddressSet reachable = AddressSet::all_v4();
  std::string unreachable_reason{};

  // tcpserver
  bool tcpserver = false;
  std::optional<Word> rules{};          ///< the value of -x
  bool rules_optional = false;          ///< -X: goes on without a rules file
  bool options_unknown = false;         ///< an option could not be read
  bool paranoid = false;                ///< -p: host names are verified
  bool names = true;                    ///< not -H
  bool ident = true;                    ///< not -R

  Environment before{};  ///< when the rules are looked up
  Environment after{};   ///< what is changed between them and the daemon
  std::vector<Word> arguments{};  ///< of the daemon
  Span arguments_span{};          ///< the blanks before them included

  std::vector<AccessRule> access{};     ///< hosts.allow, only_from
};

/// Walks the programs of one command line, each of which starts the next: env, envdir, tcpserver, wrappers, the daemon.
class Chain {
 public:
  /// Finds what a directory given to envdir holds.
  class Directories {
   public:
    virtual ~Directories() = default;
    /// The variable as the folder's file of that name gives it.
    virtual Variable look_up(const Word& directory, std::string_view variable) = 0;
  };

  Chain(Environment environment, Directories& directories) : environment_(std::move(environment)), directories_(directories) {}

  /// The service that the words start; nothing where they start no daemon of qmail.
  std::optional<Service> run(const std::vector<Word>& words);

 private:
  std::size_t env_arguments(const std::vector<Word>& words, std::size_t at);
  std::size_t tcpserver_arguments(const std::vector<Word>& words, std::size_t at);
  void option(char letter, const Word& value);
  void set(const Word& word, std::size_t equals);
  void change(std::string_view name, Variable value);

  Environment environment_;  ///< until a tcpserver is met, the one before it, then the changes after it
  Directories& directories_;
  Service service_{};
};

/// `NAME=` at the start of a word, where NAME is a name: the position of the equals sign.
std::optional<std::size_t> assignment(std::string_view text);
/// The daemon that a program's name says it is.
std::optional<Daemon> daemon_called(std::string_view program);
std::optional<std::uint16_t> port_called(std::string_view name);

}  // namespace relaylint::qmail
