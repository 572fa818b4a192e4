#include "lint/transaction.hpp"

namespace relaylint {

std::string_view to_string(Auth auth) {
  switch (auth) {
    case Auth::None:
      return "none";
    case Auth::Junk:
      return "junk";
    case Auth::Valid:
      return "valid";
  }
  return "none";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::Refused:
      return "refused";
    case Outcome::Deferred:
      return "deferred";
    case Outcome::Discarded:
      return "discarded";
    case Outcome::Unknown:
      return "unknown";
    case Outcome::Delivered:
      return "delivered";
    case Outcome::Relayed:
      return "relayed";
  }
  return "unknown";
}

std::optional<Auth> parse_auth(std::string_view text) {
  for (const Auth auth : {Auth::None, Auth::Junk, Auth::Valid}) {
    if (text == to_string(auth)) return auth;
  }
  return std::nullopt;
}

}  // namespace relaylint
