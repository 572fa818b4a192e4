#pragma once
// Values of password settings, which no excerpt may show (contract.md 7). This looks at the text of a line, not at a
// format's meaning: it must hold for files that were not understood, too. It may mask too much, never the wrong place
// only.

#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

/// The values of password settings in one line, as ascending ranges of its bytes: `password = …`, `server_secret: …`,
/// `"passwd": "…"`, `PASSWORD(…)`, `/password-…`, what `hide` marks in Exim and what its authenticators compare
/// passwords with. Settings that name a file, a map or a check are no passwords.
std::vector<TextRange> secrets_in(std::string_view line);

/// As `secrets_in` for a line of a file; a secret that a backslash continues over several lines is followed.
std::vector<TextRange> secrets_in_line(const SourceFile& file, TextRange line);

/// The text with each of them replaced by `********`.
std::string mask_secrets(std::string_view line);

inline constexpr std::string_view kMask = "********";

}  // namespace relaylint
