#include <libpsl.h>

#include <array>
#include <ctime>
#include <string>

#include "lint/pattern.hpp"

namespace relaylint {
namespace {

struct Suffixes {
  const psl_ctx_t* list = psl_builtin();
  std::string date;

  Suffixes() {
    const std::time_t seconds = psl_builtin_file_time();
    if (seconds > 0) date = date_text(seconds);
    if (list != nullptr) return;
    // A libpsl that was built without a list: the distribution's file. Kept until the program ends.
    list = psl_load_file(psl_dist_filename());
  }

  static std::string date_text(std::time_t seconds) {
    std::tm parts{};
    std::array<char, 16> text{};
    gmtime_r(&seconds, &parts);
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
  }
};

const Suffixes& suffixes() {
  static const Suffixes loaded;
  return loaded;
}

}  // namespace

bool is_public_suffix(std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty()) return false;
  // Also for a list that could not be loaded, and for labels that it does not know.
  if (domain.find('.') == std::string_view::npos) return true;
  const Suffixes& known = suffixes();
  return known.list != nullptr && psl_is_public_suffix2(known.list, to_lower(domain).c_str(), PSL_TYPE_ICANN) == 1;
}

std::string public_suffix_list_date() { return suffixes().date; }

}  // namespace relaylint
