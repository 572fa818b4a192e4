#pragma once
// The statement that refuses foreign recipients to everybody who is not trusted, put in front of an ACL's others. It
// only adds refusals, so it cannot open anything.

#include <optional>

#include "lint/change.hpp"
#include "lint/policy.hpp"
#include "parsers/exim4/document.hpp"

namespace relaylint::exim4 {

/// The insertion in front of the first statement of the RCPT ACL, or of the ACL that holds `grant` where acl_smtp_rcpt
/// names none. Only lists that the file defines are used. Nothing where there is no such ACL in the given files, or no
/// domain to name.
std::optional<Edit> gate_edit(const Exim4Document& document, const RelayPolicy& policy, Span grant);

/// `acl_smtp_rcpt = accept` and `acl_smtp_rcpt = ${if …fail}`: the edit that takes the bare acceptance away; nothing
/// where the setting is neither.
std::optional<Edit> inline_edit(const Exim4Document& document);

}  // namespace relaylint::exim4
