#include "tests/support/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace relaylint::test {
namespace {

std::string slurp(int descriptor) {
  ::lseek(descriptor, 0, SEEK_SET);
  std::string text;
  std::array<char, 65536> block{};
  for (ssize_t count = 0; (count = ::read(descriptor, block.data(), block.size())) > 0;) {
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// A file without a name, for a stream that must not block.
int unnamed_file() {
  std::array<char, 32> name = {"/tmp/relaylint-test-XXXXXX"};
  const int descriptor = ::mkstemp(name.data());
  if (descriptor >= 0) ::unlink(name.data());
  return descriptor;
}

[[noreturn]] void become(const std::vector<std::string>& command, const std::string& folder, int in, int out, int err,
                         const std::vector<std::string>& environment) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  for (const char* name : {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"}) ::unsetenv(name);
  for (const std::string& setting : environment) {
    const std::size_t equals = setting.find('=');
    ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  }
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

}  // namespace

Ran run_program(const std::vector<std::string>& command, const std::string& folder, const std::string& input,
                const std::vector<std::string>& environment) {
  const int in = unnamed_file();
  const int out = unnamed_file();
  const int err = unnamed_file();
  Ran ran;
  if (in < 0 || out < 0 || err < 0 || ::write(in, input.data(), input.size()) != static_cast<ssize_t>(input.size()))
    return ran;
  ::lseek(in, 0, SEEK_SET);
  const pid_t child = ::fork();
  if (child == 0) become(command, folder, in, out, err, environment);
  int status = 0;
  ::waitpid(child, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = slurp(out);
  ran.err = slurp(err);
  for (const int descriptor : {in, out, err}) ::close(descriptor);
  return ran;
}

Ran run_relaylint(std::vector<std::string> arguments, const std::string& folder, const std::string& input,
                  const std::vector<std::string>& environment) {
  arguments.insert(arguments.begin(), RELAYLINT_BINARY);
  return run_program(arguments, folder, input, environment);
}

}  // namespace relaylint::test
