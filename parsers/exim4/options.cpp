#include "parsers/exim4/options.hpp"

#include <algorithm>
#include <array>

#include "parsers/support/near_name.hpp"

namespace relaylint::exim4 {
namespace {

// From `exim -bP` of Exim 4.96, and the specification's list of main options for what that build leaves out; sorted.
constexpr auto kMain = std::to_array<std::string_view>({
    "accept_8bitmime", "acl_not_smtp", "acl_not_smtp_start", "acl_smtp_atrn", "acl_smtp_auth",
    "acl_smtp_connect", "acl_smtp_data", "acl_smtp_data_prdr", "acl_smtp_dkim", "acl_smtp_etrn",
    "acl_smtp_expn", "acl_smtp_helo", "acl_smtp_mail", "acl_smtp_mailauth", "acl_smtp_mime", "acl_smtp_notquit",
    "acl_smtp_predata", "acl_smtp_quit", "acl_smtp_rcpt", "acl_smtp_starttls", "acl_smtp_vrfy",
    "acl_smtp_wellknown", "add_environment", "admin_groups", "allow_domain_literals", "allow_mx_to_ip",
    "allow_utf8_domains", "atrn_domains", "auth_advertise_hosts", "auto_thaw", "av_scanner", "bi_command",
    "bmi_config_file", "bounce_message_file", "bounce_message_text", "bounce_return_body",
    "bounce_return_linesize_limit", "bounce_return_message", "bounce_return_size_limit",
    "bounce_sender_authentication", "callout_domain_negative_expire", "callout_domain_positive_expire",
    "callout_negative_expire", "callout_positive_expire", "callout_random_local_part", "check_log_inodes",
    "check_log_space", "check_rfc2047_length", "check_spool_inodes", "check_spool_space",
    "chunking_advertise_hosts", "commandline_checks_require_admin", "daemon_smtp_port", "daemon_smtp_ports",
    "daemon_startup_retries", "daemon_startup_sleep", "dcc_direct_add_header", "dccifd_address",
    "dccifd_options", "debug_store", "delay_warning", "delay_warning_condition", "deliver_drop_privilege",
    "deliver_queue_load_max", "delivery_date_remove", "disable_fsync", "disable_ipv6", "dkim_verify_hashes",
    "dkim_verify_keytypes", "dkim_verify_min_keysizes", "dkim_verify_minimal", "dkim_verify_signers",
    "dmarc_forensic_sender", "dmarc_history_file", "dmarc_tld_file", "dns_again_means_nonexist",
    "dns_check_names_pattern", "dns_cname_loops", "dns_csa_search_limit", "dns_csa_use_reverse",
    "dns_dnssec_ok", "dns_ipv4_lookup", "dns_retrans", "dns_retry", "dns_trust_aa", "dns_use_dnssec",
    "dns_use_edns0", "drop_cr", "dsn_advertise_hosts", "dsn_from", "envelope_to_remove", "errors_copy",
    "errors_reply_to", "event_action", "exim_group", "exim_path", "exim_user", "exim_version",
    "extra_local_interfaces", "extract_addresses_remove_arguments", "finduser_retries", "freeze_tell",
    "gecos_name", "gecos_pattern", "gnutls_allow_auto_pkcs11", "gnutls_compat_mode", "gnutls_enable_pkcs11",
    "gnutls_require_kx", "gnutls_require_mac", "gnutls_require_protocols", "header_line_maxsize",
    "header_maxsize", "headers_charset", "helo_accept_junk_hosts", "helo_allow_chars", "helo_lookup_domains",
    "helo_try_verify_hosts", "helo_verify_hosts", "hold_domains", "host_lookup", "host_lookup_order",
    "host_reject_connection", "hosts_connection_nolog", "hosts_proxy", "hosts_require_alpn",
    "hosts_require_helo", "hosts_treat_as_local", "ibase_servers", "ignore_bounce_errors_after",
    "ignore_fromline_hosts", "ignore_fromline_local", "keep_environment", "keep_malformed", "ldap_ca_cert_dir",
    "ldap_ca_cert_file", "ldap_cert_file", "ldap_cert_key", "ldap_cipher_suite", "ldap_default_servers",
    "ldap_require_cert", "ldap_start_tls", "ldap_version", "limits_advertise_hosts", "local_from_check",
    "local_from_prefix", "local_from_suffix", "local_interfaces", "local_scan_path", "local_scan_timeout",
    "local_sender_retain", "localhost_number", "log_file_path", "log_selector", "log_timezone",
    "lookup_open_max", "max_username_length", "message_body_newlines", "message_body_visible",
    "message_id_header_domain", "message_id_header_text", "message_logs", "message_size_limit",
    "move_frozen_messages", "mua_wrapper", "mysql_servers", "never_users", "notifier_socket", "openssl_options",
    "oracle_servers", "percent_hack_domains", "perl_at_start", "perl_startup", "perl_taintmode",
    "pgsql_servers", "pid_file_path", "pipelining_advertise_hosts", "pipelining_connect_advertise_hosts",
    "prdr_enable", "preserve_message_logs", "primary_hostname", "print_topbitchars", "process_log_path",
    "prod_requires_admin", "proxy_required_hosts", "qualify_domain", "qualify_recipient", "queue_domains",
    "queue_fast_ramp", "queue_list_requires_admin", "queue_only", "queue_only_file", "queue_only_load",
    "queue_only_load_latch", "queue_only_override", "queue_run_in_order", "queue_run_max", "queue_smtp_domains",
    "receive_timeout", "received_header_text", "received_headers_max", "recipient_unqualified_hosts",
    "recipients_max", "recipients_max_reject", "redis_servers", "remote_max_parallel", "remote_sort_domains",
    "retry_data_expire", "retry_interval_max", "return_path_remove", "rfc1413_hosts", "rfc1413_query_timeout",
    "sender_unqualified_hosts", "slow_lookup_log", "smtp_accept_keepalive", "smtp_accept_max",
    "smtp_accept_max_nonmail", "smtp_accept_max_nonmail_hosts", "smtp_accept_max_per_connection",
    "smtp_accept_max_per_host", "smtp_accept_queue", "smtp_accept_queue_per_connection", "smtp_accept_reserve",
    "smtp_active_hostname", "smtp_backlog_monitor", "smtp_banner", "smtp_check_spool_space",
    "smtp_connect_backlog", "smtp_enforce_sync", "smtp_etrn_command", "smtp_etrn_serialize",
    "smtp_load_reserve", "smtp_max_synprot_errors", "smtp_max_unknown_commands", "smtp_ratelimit_hosts",
    "smtp_ratelimit_mail", "smtp_ratelimit_rcpt", "smtp_receive_timeout", "smtp_reserve_hosts",
    "smtp_return_error_details", "smtputf8_advertise_hosts", "spamd_address", "spf_guess",
    "spf_smtp_comment_template", "split_spool_directory", "spool_directory", "spool_wireformat",
    "sqlite_dbfile", "sqlite_lock_timeout", "srs_config", "srs_hashlength", "srs_hashmin", "srs_maxage",
    "srs_secrets", "srs_usehash", "srs_usetimestamp", "strict_acl_vars", "strip_excess_angle_brackets",
    "strip_trailing_dot", "syslog_duplication", "syslog_facility", "syslog_pid", "syslog_processname",
    "syslog_timestamp", "system_filter", "system_filter_directory_transport", "system_filter_file_transport",
    "system_filter_group", "system_filter_pipe_transport", "system_filter_reply_transport",
    "system_filter_user", "tcp_nodelay", "tcp_wrappers_daemon_name", "timeout_frozen_after", "timezone",
    "tls_advertise_hosts", "tls_alpn", "tls_ca_certificates", "tls_certificate", "tls_crl", "tls_dh_max_bits",
    "tls_dhparam", "tls_eccurve", "tls_ocsp_file", "tls_on_connect_ports", "tls_privatekey",
    "tls_remember_esmtp", "tls_require_ciphers", "tls_resumption_hosts", "tls_try_verify_hosts",
    "tls_verify_certificates", "tls_verify_hosts", "trusted_groups", "trusted_users", "unknown_login",
    "unknown_username", "untrusted_set_sender", "uucp_from_pattern", "uucp_from_sender", "warn_message_file",
    "wellknown_advertise_hosts", "write_rejectlog", "xclient_advertise_hosts",
});

// Exim4.upgrade, "Abolished options", those that Exim 3.36 knew.
constexpr auto kExim3 = std::to_array<std::string_view>({
    "always_bcc", "auth_hosts", "auth_over_tls_hosts", "errors_address", "forbid_domain_literals",
    "headers_check_syntax", "headers_checks_fail", "headers_sender_verify", "headers_sender_verify_errmsg",
    "host_accept_relay", "host_auth_accept_relay", "host_reject", "host_reject_recipients", "local_domains",
    "local_domains_include_host", "local_domains_include_host_literals", "locally_caseless", "log_all_parents",
    "log_arguments", "log_incoming_port", "log_interface", "log_ip_options", "log_level", "log_queue_run_level",
    "log_received_recipients", "log_received_sender", "log_refused_recipients", "log_rewrites",
    "log_sender_on_delivery", "log_smtp_confirmation", "log_smtp_connections", "log_smtp_syntax_errors",
    "log_subject", "message_filter", "message_filter_directory_transport", "nobody_group", "nobody_user",
    "queue_remote_domains", "rbl_domains", "rbl_hosts", "rbl_log_headers", "rbl_log_rcpt_count",
    "rbl_reject_recipients", "rbl_warn_header", "received_receivers", "receiver_try_verify",
    "receiver_unqualified_hosts", "receiver_verify", "receiver_verify_addresses", "receiver_verify_hosts",
    "receiver_verify_senders", "recipients_reject_except", "recipients_reject_except_senders",
    "refuse_ip_options", "relay_domains", "relay_domains_include_local_mx", "relay_match_host_or_sender",
    "remote_sort", "sender_address_relay", "sender_address_relay_hosts", "sender_reject",
    "sender_reject_recipients", "sender_try_verify", "sender_unqualified_nets", "sender_verify",
    "sender_verify_batch", "sender_verify_callback_domains", "sender_verify_callback_timeout",
    "sender_verify_fixup", "sender_verify_hosts", "sender_verify_hosts_callback",
    "sender_verify_max_retry_rate", "sender_verify_reject", "smtp_etrn_hosts", "smtp_expn_hosts",
    "smtp_log_connections", "smtp_verify", "tls_host_accept_relay", "tls_hosts", "tls_log_cipher",
    "tls_log_peerdn", "tls_verify_ciphers",
});

constexpr auto kConditions = std::to_array<std::string_view>({
    "acl", "authenticated", "bmi_optin", "condition", "dcc", "decode", "demime", "dkim_signers", "dkim_status",
    "dmarc_status", "dnslists", "domains", "encrypted", "hosts", "local_parts", "malware", "mime_regex",
    "ratelimit", "recipients", "regex", "seen", "sender_domains", "senders", "spam", "spf", "spf_guess",
    "verify",
});

constexpr auto kModifiers = std::to_array<std::string_view>({
    "add_header", "continue", "control", "delay", "endpass", "log_message", "log_reject_target", "logwrite",
    "message", "queue", "remove_header", "set", "udpsend",
});

constexpr auto kVerbs =
    std::to_array<std::string_view>({"accept", "defer", "deny", "discard", "drop", "require", "warn"});

template <typename Table>
bool has(const Table& table, std::string_view name) {
  return std::binary_search(table.begin(), table.end(), name);
}

template <typename Table>
std::string_view near(const Table& table, std::string_view name, std::size_t distance) {
  for (const std::string_view known : table) {
    if (is_near(name, known, distance)) return known;
  }
  return {};
}

}  // namespace

bool is_main_option(std::string_view name) { return has(kMain, name); }

bool is_exim3_option(std::string_view name) { return has(kExim3, name); }

bool may_repeat(std::string_view name) {
  return name == "log_selector" || name == "headers_add" || name == "headers_remove" || name == "debug_print" ||
         name == "set";
}

std::string_view near_main_option(std::string_view name) {
  return near(kMain, name, name.size() > 6 ? 2 : 1);
}

AclWordKind acl_word(std::string_view name) {
  if (has(kConditions, name)) return AclWordKind::Condition;
  return has(kModifiers, name) ? AclWordKind::Modifier : AclWordKind::Unknown;
}

bool is_near_acl_word(std::string_view name) {
  return !near(kConditions, name, 1).empty() || !near(kModifiers, name, 1).empty() || !near(kVerbs, name, 1).empty();
}

}  // namespace relaylint::exim4
