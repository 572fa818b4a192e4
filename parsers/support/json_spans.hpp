#pragma once
// JSON with the place of every key and value. nlohmann-json reads (its SAX interface, which neither recurses nor builds
// a tree); it tells no positions, so a cursor that walks the same tokens beside it does.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint {

enum class JsonKind { Object, Array, String, Number, Literal };

/// Index of "no node".
inline constexpr std::uint32_t kNoNode = UINT32_MAX;

struct JsonNode {
  JsonKind kind = JsonKind::Literal;
  std::uint32_t first_child = kNoNode;
  std::uint32_t next = kNoNode;  ///< sibling
  std::string key{};             ///< of a member of an object
  std::string text{};            ///< strings without their escapes; numbers and literals as written
  TextRange key_range{};         ///< between the quotes
  TextRange range{};             ///< strings: between the quotes; objects and arrays: from bracket to bracket
};

struct JsonText {
  std::vector<JsonNode> nodes{};  ///< in the order of the file; the first is the root; empty where there is none
  /// Where the text stops being JSON; what came before is in `nodes`.
  std::optional<std::uint32_t> error_at{};

  /// The member of that name, without regard to ASCII case; kNoNode where there is none.
  [[nodiscard]] std::uint32_t member(std::uint32_t object, std::string_view key) const;
};

JsonText read_json(std::string_view bytes);

}  // namespace relaylint
