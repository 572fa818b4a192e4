#pragma once
// "Did you mean": the nearest of the names that would have been right.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relaylint {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other, without regard to
/// ASCII case (the "optimal string alignment" distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, the first of equals; nothing where none is near enough to be what was meant (more than a
/// third of the word would have to change).
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// `; did you mean 'NAME'?`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace relaylint
