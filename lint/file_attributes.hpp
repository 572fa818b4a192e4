#pragma once
// What a file has beside its bytes: owner, mode, access list and extended attributes (xattr(7), acl(5): Linux keeps
// POSIX access lists in the attribute system.posix_acl_access).

#include <optional>
#include <string>

#include "lint/system_calls.hpp"

namespace relaylint {

/// Gives `to`, a file of ours in the same folder, the owner, mode, access list and extended attributes of `from`, and
/// no others: what the folder's default access list gave to a new file is taken off again. Nothing where all of them
/// are kept, else why not, as a phrase.
std::optional<std::string> copy_attributes(SystemCalls& calls, int from, int to);

}  // namespace relaylint
