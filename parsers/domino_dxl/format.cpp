// What a DXL export with a Configuration document is recognised by.

#include "lint/format.hpp"

#include "lint/pattern.hpp"
#include "parsers/domino_dxl/domino_dxl.hpp"

namespace relaylint {
namespace domino_dxl {
namespace {

constexpr std::string_view kFileNames[] = {"*.dxl"};

/// DXL describes any Notes database; only exports that hold a Configuration document are about mail.
Detection detect(std::string_view path, std::string_view head) {
  const bool dxl = head.find("http://www.lotus.com/dxl") != std::string_view::npos;
  const bool about_mail = to_lower(head).find("serverconfig") != std::string::npos;
  if (!dxl || !about_mail) return Detection::No;
  return to_lower(base_name(path)).ends_with(".dxl") ? Detection::Certain : Detection::ByContent;
}

}  // namespace
}  // namespace domino_dxl

extern const Format domino_dxl_format;
constinit const Format domino_dxl_format = {
    .id = "domino-dxl",
    .title = "Domino Configuration document (DXL export)",
    .product = "domino",
    .file_names = domino_dxl::kFileNames,
    .comment_starts = "",
    .detect = domino_dxl::detect,
    .detect_directory = nullptr,
    .parse = domino_dxl::parse,
    .lower = domino_dxl::lower,
    .rewrite = domino_dxl::rewrite,
    .after_fix = "restart the SMTP task (`restart task smtp`)",
    .replay = "",
};

}  // namespace relaylint
