#pragma once
// Names of Exim's main settings.

#include <string_view>

namespace relaylint::exim4 {

/// A main setting that some 4.x release knows.
bool is_main_option(std::string_view name);
/// A main setting of Exim 3 that no Exim 4 knows: the server does not start with it.
bool is_exim3_option(std::string_view name);
/// A setting that may stand in the file more than once.
bool may_repeat(std::string_view name);
/// The known setting that `name` is a misspelling of; empty where it is near none.
std::string_view near_main_option(std::string_view name);

/// What may stand in an ACL statement.
enum class AclWordKind { Unknown, Condition, Modifier };
/// `name` is a condition or modifier of some 4.x release.
AclWordKind acl_word(std::string_view name);
/// A name that differs from a known verb, condition or modifier in case or a letter only.
bool is_near_acl_word(std::string_view name);

}  // namespace relaylint::exim4
