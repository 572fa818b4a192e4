// The format's entry in the registry.

#include "lint/format.hpp"

#include <array>

#include "parsers/exim3/exim3.hpp"

namespace relaylint {

namespace {

constexpr std::array<std::string_view, 2> kFileNames{"configure", "exim.conf"};

}  // namespace

extern const Format exim3_format;
const Format exim3_format = {
    .id = "exim3",
    .title = "Exim 3 configuration",
    .product = "exim",
    .file_names = kFileNames,
    .comment_starts = "#",
    .detect = exim3::detect,
    .detect_directory = nullptr,
    .parse = exim3::parse,
    .lower = exim3::lower,
    .rewrite = exim3::rewrite,
    .after_fix = "send the Exim daemon a HUP signal: kill -HUP `cat /var/spool/exim/exim-daemon.pid`",
    .replay =
        "printf 'HELO {helo}\\r\\nMAIL FROM:<{from}>\\r\\nRCPT TO:<{to}>\\r\\nQUIT\\r\\n' | exim -C {file} -bh "
        "{client}",
};

}  // namespace relaylint
