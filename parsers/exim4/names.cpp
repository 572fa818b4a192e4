#include "parsers/exim4/names.hpp"

#include <algorithm>
#include <array>

namespace relaylint::exim4 {
namespace {

constexpr std::array kItems{
    ItemRule{"acl", 1, 10, false},          ItemRule{"authresults", 1, 1, false},  ItemRule{"certextract", 2, 2, true},
    ItemRule{"dlfunc", 2, 11, false},       ItemRule{"env", 1, 1, true},           ItemRule{"extract", 2, 5, false},
    ItemRule{"filter", 1, 1, false},        ItemRule{"hash", 2, 3, false},         ItemRule{"hmac", 3, 3, false},
    ItemRule{"if", 0, 0, true},             ItemRule{"imapfolder", 1, 3, false},   ItemRule{"length", 2, 2, false},
    ItemRule{"listextract", 2, 2, true},    ItemRule{"listquote", 2, 2, false},    ItemRule{"lookup", 1, 2, true},
    ItemRule{"map", 2, 2, false},           ItemRule{"nhash", 2, 3, false},        ItemRule{"perl", 1, 9, false},
    ItemRule{"prvs", 2, 3, false},          ItemRule{"prvscheck", 3, 3, false},    ItemRule{"readfile", 1, 2, false},
    ItemRule{"readsocket", 2, 5, false},    ItemRule{"reduce", 3, 3, false},       ItemRule{"run", 1, 1, true},
    ItemRule{"sg", 3, 3, false},            ItemRule{"sort", 3, 3, false},         ItemRule{"srs_encode", 3, 3, false},
    ItemRule{"substr", 2, 3, false},        ItemRule{"tr", 3, 3, false},
};

constexpr std::array kTests{
    TestRule{"<", TestShape::Strings, 2, false},
    TestRule{"<=", TestShape::Strings, 2, false},
    TestRule{"=", TestShape::Strings, 2, false},
    TestRule{"==", TestShape::Strings, 2, false},
    TestRule{">", TestShape::Strings, 2, false},
    TestRule{">=", TestShape::Strings, 2, false},
    TestRule{"acl", TestShape::Braced, 0, false},
    TestRule{"and", TestShape::Tests, 0, false},
    TestRule{"bool", TestShape::Strings, 1, false},
    TestRule{"bool_lax", TestShape::Strings, 1, false},
    TestRule{"crypteq", TestShape::Strings, 2, false},
    TestRule{"def", TestShape::Def, 0, false},
    TestRule{"eq", TestShape::Strings, 2, false},
    TestRule{"eqi", TestShape::Strings, 2, false},
    TestRule{"exists", TestShape::Strings, 1, false},
    TestRule{"first_delivery", TestShape::Bare, 0, false},
    TestRule{"forall", TestShape::ListAndTest, 1, false},
    TestRule{"forall_json", TestShape::ListAndTest, 1, false},
    TestRule{"forall_jsons", TestShape::ListAndTest, 1, false},
    TestRule{"forany", TestShape::ListAndTest, 1, false},
    TestRule{"forany_json", TestShape::ListAndTest, 1, false},
    TestRule{"forany_jsons", TestShape::ListAndTest, 1, false},
    TestRule{"ge", TestShape::Strings, 2, false},
    TestRule{"gei", TestShape::Strings, 2, false},
    TestRule{"gt", TestShape::Strings, 2, false},
    TestRule{"gti", TestShape::Strings, 2, false},
    TestRule{"inbound_srs", TestShape::Strings, 2, false},
    TestRule{"inlist", TestShape::Strings, 2, false},
    TestRule{"inlisti", TestShape::Strings, 2, false},
    TestRule{"isip", TestShape::Strings, 1, false},
    TestRule{"isip4", TestShape::Strings, 1, false},
    TestRule{"isip6", TestShape::Strings, 1, false},
    TestRule{"ldapauth", TestShape::Strings, 1, false},
    TestRule{"le", TestShape::Strings, 2, false},
    TestRule{"lei", TestShape::Strings, 2, false},
    TestRule{"lt", TestShape::Strings, 2, false},
    TestRule{"lti", TestShape::Strings, 2, false},
    TestRule{"match", TestShape::Strings, 2, false},
    TestRule{"match_address", TestShape::Strings, 2, true},
    TestRule{"match_domain", TestShape::Strings, 2, true},
    TestRule{"match_ip", TestShape::Strings, 2, true},
    TestRule{"match_local_part", TestShape::Strings, 2, true},
    TestRule{"or", TestShape::Tests, 0, false},
    TestRule{"pam", TestShape::Strings, 1, false},
    TestRule{"pwcheck", TestShape::Strings, 1, false},
    TestRule{"queue_running", TestShape::Bare, 0, false},
    TestRule{"radius", TestShape::Strings, 1, false},
    TestRule{"saslauthd", TestShape::Braced, 0, false},
};

constexpr auto kOperators = std::to_array<std::string_view>({
    "addresses", "address", "base32", "base32d", "base62", "base62d", "base64", "base64d", "bless", "domain", "escape", "escape8bit",
    "eval", "eval10", "expand", "from_utf8", "h", "hash", "headerwrap", "hex2b64", "hexquote", "ipv6denorm", "ipv6norm", "l", "lc",
    "length", "listcount", "listnamed", "listnamed_a", "listnamed_d", "listnamed_h", "listnamed_l", "local_part", "mask", "md5", "nh",
    "nhash", "quote", "quote_cdb", "quote_dbm", "quote_dnsdb", "quote_ldap", "quote_ldap_dn", "quote_local_part", "quote_lsearch",
    "quote_mysql", "quote_nisplus", "quote_oracle", "quote_pgsql", "quote_redis", "quote_sqlite", "randint", "reverse_ip", "rfc2047",
    "rfc2047d", "rxquote", "s", "sha1", "sha2", "sha256", "sha3", "stat", "str2b64", "strlen", "substr", "time_eval", "time_interval",
    "uc", "utf8clean", "utf8_domain_from_alabel", "utf8_domain_to_alabel", "utf8_localpart_from_alabel",
});

constexpr auto kVariables = std::to_array<std::string_view>({
    "acl_narg", "acl_verify_message", "address_data", "address_file", "address_pipe", "arc_domains", "arc_oldest_pass", "arc_state",
    "arc_state_reason", "authenticated_fail_id", "authenticated_id", "authenticated_sender", "authentication_failed",
    "av_failed", "bmi_alt_location", "bmi_base64_tracker_verdict", "bmi_base64_verdict", "bmi_deliver", "body_linecount",
    "body_zerocount", "bounce_recipient", "bounce_return_size_limit", "caller_gid", "caller_uid", "callout_address", "compile_date",
    "compile_number", "config_dir", "config_file", "connection_id", "csa_status", "dcc_header", "dcc_result", "demime_errorlevel",
    "demime_reason", "dkim_algo", "dkim_bodylength", "dkim_canon_body", "dkim_canon_headers", "dkim_copiedheaders", "dkim_created",
    "dkim_cur_signer", "dkim_domain", "dkim_expires", "dkim_headernames", "dkim_identity", "dkim_key_granularity", "dkim_key_length",
    "dkim_key_nosubdomains", "dkim_key_notes", "dkim_key_srvtype", "dkim_key_testing", "dkim_selector", "dkim_signers",
    "dkim_verify_reason", "dkim_verify_signers", "dkim_verify_status", "dmarc_domain_policy", "dmarc_status", "dmarc_status_text",
    "dmarc_used_domain", "dnslist_domain", "dnslist_matched", "dnslist_text", "dnslist_value", "domain", "domain_data",
    "event_data", "event_defer_errno", "event_name", "exim_gid", "exim_path", "exim_uid", "exim_version", "found_extension",
    "headers_added", "home", "host", "host_address", "host_data", "host_lookup_deferred", "host_lookup_failed", "host_port",
    "initial_cwd", "inode", "interface_address", "interface_port", "item", "ldap_dn", "load_average", "local_part",
    "local_part_data", "local_part_prefix", "local_part_prefix_v", "local_part_suffix", "local_part_suffix_v", "local_part_verified",
    "local_scan_data", "local_user_gid", "local_user_uid", "localhost_number", "log_inodes", "log_space", "lookup_dnssec_authenticated",
    "mailstore_basename", "malware_name", "max_received_linelength", "message_age", "message_body", "message_body_end",
    "message_body_size", "message_exim_id", "message_headers", "message_headers_raw", "message_id", "message_linecount",
    "message_size", "mime_anomaly_level", "mime_anomaly_text", "mime_boundary", "mime_charset", "mime_content_description",
    "mime_content_disposition", "mime_content_id", "mime_content_size", "mime_content_transfer_encoding", "mime_content_type",
    "mime_decoded_filename", "mime_filename", "mime_is_coverletter", "mime_is_multipart", "mime_is_rfc822", "mime_part_count",
    "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "original_domain", "original_local_part", "originator_gid",
    "originator_uid", "parent_domain", "parent_local_part", "pid", "pipe_addresses", "primary_hostname", "prdr_requested",
    "proxy_external_address", "proxy_external_port", "proxy_host_address", "proxy_host_port", "proxy_local_address",
    "proxy_local_port", "proxy_session", "prvscheck_address", "prvscheck_keynum", "prvscheck_result", "qualify_domain",
    "qualify_recipient", "queue_name", "queue_size", "rcpt_count", "rcpt_defer_count", "rcpt_fail_count", "received_count",
    "received_for", "received_ip_address", "received_port", "received_protocol", "received_time", "recipient_data",
    "recipient_verify_failure", "recipients", "recipients_count", "regex_match_string", "reply_address", "return_path",
    "return_size_limit", "router_name", "runrc", "self_hostname", "sender_address", "sender_address_data", "sender_address_domain",
    "sender_address_local_part", "sender_data", "sender_fullhost", "sender_helo_dnssec", "sender_helo_name", "sender_helo_verified",
    "sender_host_address", "sender_host_authenticated", "sender_host_dnssec", "sender_host_name", "sender_host_port", "sender_ident",
    "sender_rate", "sender_rate_limit", "sender_rate_period", "sender_rcvhost", "sender_verify_failure", "sending_ip_address",
    "sending_port", "smtp_active_hostname", "smtp_command", "smtp_command_argument", "smtp_command_history",
    "smtp_count_at_connection_start", "smtp_notquit_reason", "sn0", "sn1", "sn2", "sn3", "sn4", "sn5", "sn6", "sn7", "sn8", "sn9",
    "spam_action", "spam_bar", "spam_report", "spam_score", "spam_score_int", "spf_guess", "spf_header_comment", "spf_received",
    "spf_result", "spf_result_guessed",
});

constexpr auto kMoreVariables = std::to_array<std::string_view>({
    "spf_smtp_comment", "spf_used_domain", "spool_directory", "spool_inodes", "spool_space", "srs_db_address", "srs_db_key",
    "srs_orig_recipient", "srs_orig_sender", "srs_recipient", "srs_status", "thisaddress", "tls_bits", "tls_certificate_verified",
    "tls_cipher", "tls_in_bits", "tls_in_certificate_verified", "tls_in_cipher", "tls_in_cipher_std", "tls_in_ocsp",
    "tls_in_ourcert", "tls_in_peercert", "tls_in_peerdn", "tls_in_resumption", "tls_in_sni", "tls_in_ver", "tls_out_bits",
    "tls_out_cipher", "tls_out_sni", "tls_peerdn", "tls_sni", "tod_bsdinbox", "tod_epoch", "tod_epoch_l", "tod_full", "tod_log",
    "tod_logfile", "tod_zone", "tod_zulu", "transport_name", "value", "verify_mode", "version_number", "warn_message_delay",
    "warn_message_recipients",
});

template <typename Table>
const typename Table::value_type* find(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : &*found;
}

template <typename Table>
bool has(const Table& table, std::string_view name) {
  return std::find(table.begin(), table.end(), name) != table.end();
}

/// `stem` and one or more digits.
bool is_numbered(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem) || name.size() == stem.size()) return false;
  const std::string_view number = name.substr(stem.size());
  return number.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

const ItemRule* item_rule(std::string_view name) { return find(kItems, name); }

const TestRule* test_rule(std::string_view name) { return find(kTests, name); }

bool is_known_operator(std::string_view name) { return has(kOperators, name); }

bool is_known_variable(std::string_view name) {
  return name.starts_with("acl_m") || name.starts_with("acl_c") || is_numbered(name, "acl_arg") || is_numbered(name, "auth") ||
         has(kVariables, name) || has(kMoreVariables, name);
}

}  // namespace relaylint::exim4
