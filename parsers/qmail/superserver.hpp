#pragma once
// Servers that start qmail-smtpd for each connection and say with which environment: inetd with hosts.allow, xinetd,
// systemd. Sources: inetd.conf(5), hosts_access(5), hosts_options(5), xinetd.conf(5), systemd.exec(5).

#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "parsers/qmail/service.hpp"

namespace relaylint::qmail {

/// The services of an xinetd.conf, or of a file of xinetd.d.
std::vector<Service> xinetd_services(std::string_view bytes, FileId file);

/// The lines of an inetd.conf that start a daemon of qmail. `hosts_allow`: rules of that file for those that tcpd
/// starts.
std::vector<Service> inetd_services(std::string_view bytes, FileId file, Chain::Directories& directories);
/// The rules of hosts.allow for the daemon `name` (the basename of inetd's argv[0]).
std::vector<AccessRule> hosts_allow_rules(std::string_view bytes, FileId file, std::string_view name);

/// The services of a systemd unit: ExecStart with Environment=.
std::vector<Service> systemd_services(std::string_view bytes, FileId file, Chain::Directories& directories);

}  // namespace relaylint::qmail
