// The format's entry in the registry, and how its files are known.

#include "lint/format.hpp"

#include <algorithm>
#include <array>

#include "parsers/qmail/qmail.hpp"

namespace relaylint {
namespace qmail {
namespace {

constexpr std::array<std::string_view, 11> kFileNames = {
    "control",     "rcpthosts", "morercpthosts.cdb", "percenthack", "virtualdomains", "tcp.smtp",
    "rules.smtpd", "run",       "xinetd.conf",       "inetd.conf",  "hosts.allow"};

bool names_a_daemon(std::string_view text) {
  const auto is_named = [&](std::string_view daemon) { return text.find(daemon) != std::string_view::npos; };
  return is_named("qmail-smtpd") || is_named("qmail-qmtpd") || is_named("qmail-qmqpd") || is_named("ofmipd");
}

/// Lines of the list files hold one name each; a program's source or a document of the same name does not look like
/// that.
bool looks_like_names(std::string_view head) {
  std::size_t lines = 0;
  std::size_t names = 0;
  for (std::size_t at = 0; at < head.size() && lines < 200; ++lines) {
    const std::size_t end = std::min(head.find('\n', at), head.size());
    std::string_view line = head.substr(at, end - at);
    at = end + 1;
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    const bool plain =
        line.empty() || line.front() == '#' || line.find_first_of("{}()=<>\"';") == std::string_view::npos;
    names += plain ? 1 : 0;
  }
  return names * 10 >= lines * 9;
}

bool has_rules(std::string_view head) {
  return head.find(":allow") != std::string_view::npos || head.find(":deny") != std::string_view::npos;
}

Detection detect(std::string_view path, std::string_view head) {
  const std::string_view name = base_name(path);
  if (name == "rcpthosts" || name == "morercpthosts" || name == "percenthack")
    return looks_like_names(head) ? Detection::Certain : Detection::No;
  if (name == "tcp.smtp" || name == "rules.smtpd" || name == "tcp.qmtp" || name == "tcp.qmqp" ||
      name == "tcprules.smtpd") {
    return has_rules(head) ? Detection::Certain : head.empty() ? Detection::ByName : Detection::No;
  }
  if (name == "run" || name == "rc" || name.starts_with("run.")) {
    return head.starts_with("#!") && names_a_daemon(head) ? Detection::Certain : Detection::No;
  }
  if (name == "xinetd.conf" || name == "inetd.conf" || name.ends_with(".service") ||
      base_name(directory_of(path)) == "xinetd.d") {
    return names_a_daemon(head) ? Detection::Certain : Detection::No;
  }
  if (name == "hosts.allow")
    return head.find("RELAYCLIENT") != std::string_view::npos ? Detection::Certain : Detection::No;
  return Detection::No;
}

/// A control folder: rcpthosts is there, or `me` with others of its kind. A folder around it is found by its parts.
std::optional<std::string> detect_directory(std::string_view, std::span<const std::string> names) {
  std::size_t others = 0;
  bool me = false;
  bool rcpthosts = false;
  for (const std::string& name : names) {
    me |= name == "me";
    rcpthosts |= name == "rcpthosts" || name == "morercpthosts.cdb";
    others += name != "me" && is_control_name(name) ? 1 : 0;
  }
  if (rcpthosts || (me && others > 0)) return "";
  return std::nullopt;
}

}  // namespace
}  // namespace qmail

extern const Format qmail_format;
const Format qmail_format = {
    .id = "qmail",
    .title = "qmail (control folder, tcp rules, run scripts)",
    .product = "qmail",
    .file_names = qmail::kFileNames,
    .comment_starts = "#",
    .detect = qmail::detect,
    .detect_directory = qmail::detect_directory,
    .parse = qmail::parse,
    .lower = qmail::lower,
    .rewrite = qmail::rewrite,
    .after_fix =
        "compile tcp rules with tcprules; restart services with svc -t; percenthack needs a restart of qmail-send, "
        "rcpthosts nothing",
    .replay = "",
};

}  // namespace relaylint
