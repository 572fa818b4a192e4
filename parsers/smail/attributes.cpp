// The one place for what smail versions know. 3.2.0's table is from its source; the later attributes are those that
// later manuals are remembered to have (README.md says which is which).

#include <algorithm>
#include <array>
#include <charconv>

#include "lint/pattern.hpp"
#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

constexpr auto kBoolean = AttributeType::Boolean;
constexpr auto kValue = AttributeType::Value;
constexpr auto kEither = AttributeType::Either;

/// Sorted by name.
constexpr std::array kAttributes = std::to_array<Attribute>({
    {"auth_domain", kValue, false, "auth_domains"},
    {"auth_domains"},
    {"auto_mkdir", kBoolean},
    {"auto_mkdir_mode"},
    {"config_file"},
    {"console"},
    {"copying_file"},
    {"date_field"},
    {"delivery_grades"},
    {"delivery_mode"},
    {"director_file"},
    {"domain", kValue, false, "visible_domains"},
    {"domains", kValue, false, "visible_domains"},
    {"error_copy_postmaster", kBoolean},
    {"flock_mailbox", kBoolean},
    {"fnlock_interval"},
    {"fnlock_mode"},
    {"fnlock_retries"},
    {"from_field"},
    {"gateway_names", kValue, false, "more_hostnames"},
    {"grades"},
    {"hit_table_len"},
    {"host_lock_timeout"},
    {"hostname", kValue, false, "hostnames"},
    {"hostnames"},
    {"listen_name"},
    {"lock_by_name", kBoolean},
    {"lock_mode"},
    {"log_mode"},
    {"logfile"},
    {"max_hop_count"},
    {"max_load_ave"},
    {"max_message_size"},
    {"message_buf_size"},
    {"message_id_field"},
    {"message_log_mode"},
    {"method_dir"},
    {"more_hostnames"},
    {"nobody"},
    {"open_interval"},
    {"open_retries"},
    {"paniclog"},
    {"postmaster", kValue, false, "postmaster_address"},
    {"postmaster_address"},
    {"primary_name"},
    {"qualify_file"},
    {"queue_only", kBoolean},
    {"received_field"},
    {"require_configs", kBoolean},
    {"resolve_timeout"},
    {"retry_duration"},
    {"retry_file"},
    {"retry_interval"},
    {"return_path_field"},
    {"rfc1413_query_timeout"},
    {"router_file"},
    {"runq_grades"},
    {"second_config_file"},
    {"sender_env_variable"},
    {"smail"},
    {"smail_lib_dir"},
    {"smail_util_dir"},
    {"smart_path"},
    {"smart_transport"},
    {"smart_user"},
    {"smtp_accept_max"},
    {"smtp_accept_queue"},
    {"smtp_bad_mx_targets", kEither, true},
    {"smtp_banner"},
    {"smtp_debug", kBoolean},
    {"smtp_hello_broken_allow", kEither, true},
    {"smtp_hello_reject_broken_ptr", kEither, true},
    {"smtp_hello_reject_dns_paranoid", kEither, true},
    {"smtp_hello_verify", kEither, true},
    {"smtp_hello_verify_literal", kEither, true},
    {"smtp_hello_verify_ptr", kEither, true},
    {"smtp_host_reject_hostname", kEither, true},
    {"smtp_info", kBoolean},
    {"smtp_local_sender_allow", kEither, true},
    {"smtp_local_sender_restrict", kEither, true},
    {"smtp_permit_mx_backup", kBoolean, true},
    {"smtp_rbl_domains", kEither, true},
    {"smtp_rbl_except", kEither, true},
    {"smtp_receive_command_timeout"},
    {"smtp_receive_message_timeout"},
    {"smtp_recipient_no_verify", kValue, true},
    {"smtp_reject_hosts", kEither, true},
    {"smtp_remote_allow", kValue, true},
    {"smtp_sender_no_verify", kEither, true},
    {"smtp_sender_reject", kEither, true},
    {"spool_dir", kValue, false, "spool_dirs"},
    {"spool_dirs"},
    {"spool_grade"},
    {"spool_mode"},
    {"switch_percent_and_bang", kBoolean},
    {"transport_file"},
    {"trusted"},
    {"trusted_group", kValue, false, "trusted_groups"},
    {"trusted_groups"},
    {"trusted_user", kValue, false, "trusted_users"},
    {"trusted_users"},
    {"uucp_name"},
    {"version", kEither},
    {"visible_domain", kValue, false, "visible_domains"},
    {"visible_domains"},
    {"visible_name"},
});

static_assert(std::is_sorted(kAttributes.begin(), kAttributes.end(),
                             [](const Attribute& a, const Attribute& b) { return a.name < b.name; }));

/// smtp_sender_reject and whatever follows it: a family of later attributes.
constexpr std::string_view kFamily = "smtp_sender_reject";

/// Names that Exim, Postfix and others have too, or that are plain words.
constexpr auto kCommonNames =
    std::to_array<std::string_view>({"console",     "domain",     "domains", "grades",           "hostname",
                                     "hostnames",   "log_mode",   "logfile", "max_message_size", "nobody",
                                     "postmaster",  "queue_only", "smail",   "smtp_accept_max",  "smtp_accept_queue",
                                     "smtp_banner", "spool_dir",  "trusted", "trusted_groups",   "trusted_users",
                                     "version"});

/// Numbers between dots; nothing where it is something else.
std::vector<unsigned> numbers_of(std::string_view version) {
  std::vector<unsigned> numbers;
  while (!version.empty()) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
    if (error != std::errc{}) return {};
    numbers.push_back(number);
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (version.empty()) break;
    if (version.front() != '.') return {};
    version.remove_prefix(1);
  }
  return numbers;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

RelayControl relay_control_of(std::string_view version) {
  const std::vector<unsigned> numbers = numbers_of(version);
  if (numbers.size() < 2 || numbers[0] != 3) return RelayControl::Unknown;
  if (numbers[1] < 2) return RelayControl::None;
  if (numbers[1] > 2) return RelayControl::Unknown;
  if (numbers.size() < 3) return RelayControl::None;
  if (numbers[2] != 0) return RelayControl::Unknown;
  // The first patch level of 3.2.0 that has it is not known: none as released in 1996, there by 3.2.0.101 of December
  // 1997.
  if (numbers.size() < 4 || numbers[3] == 0) return RelayControl::None;
  return numbers[3] >= 101 ? RelayControl::Present : RelayControl::Unknown;
}

const Attribute* find_attribute(std::string_view name) {
  const auto found =
      std::lower_bound(kAttributes.begin(), kAttributes.end(), name,
                       [](const Attribute& attribute, std::string_view wanted) { return attribute.name < wanted; });
  if (found != kAttributes.end() && found->name == name) return &*found;
  return name.starts_with(kFamily) ? find_attribute(kFamily) : nullptr;
}

bool is_telling_name(std::string_view name) {
  return find_attribute(name) != nullptr &&
         std::find(kCommonNames.begin(), kCommonNames.end(), name) == kCommonNames.end();
}

std::optional<NamedVersion> version_in_text(std::string_view text) {
  const std::string lower = to_lower(text);
  for (std::size_t at = lower.find("smail"); at != std::string::npos; at = lower.find("smail", at + 5)) {
    std::size_t start = at + 5;
    if (start < lower.size() && (lower[start] == '-' || lower[start] == ' ')) ++start;
    if (lower.compare(start, 8, "version ") == 0) start += 8;
    if (lower.compare(start, 1, "v") == 0) ++start;
    std::size_t end = start;
    while (end < lower.size() &&
           (is_digit(lower[end]) || (lower[end] == '.' && end + 1 < lower.size() && is_digit(lower[end + 1]))))
      ++end;
    std::string version = lower.substr(start, end - start);
    if (version.starts_with("3.")) return NamedVersion{std::move(version), start};
  }
  return std::nullopt;
}

}  // namespace relaylint::smail
