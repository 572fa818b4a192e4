#include "parsers/support/exim_macros.hpp"

#include <algorithm>

namespace relaylint {

namespace {

/// Bounds (contract.md 7). Exim itself gives up on far shorter lines.
constexpr std::size_t kMaxLine = std::size_t{1} << 20;
constexpr std::size_t kMaxAdded = std::size_t{64} << 20;
constexpr std::size_t kMaxUses = 10000;

std::uint64_t edge(std::uint32_t node, char byte) {
  return (static_cast<std::uint64_t>(node) << 8U) | static_cast<unsigned char>(byte);
}

bool may_start_name(char c) { return (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

const EximMacro* EximMacroTable::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &macros_[found->second];
}

const EximMacro* EximMacroTable::part_of(std::string_view name) const {
  const auto found = next_in(name, 0, 0);
  return found == macros_.size() ? nullptr : &macros_[found];
}

void EximMacroTable::define(EximMacro macro) {
  by_name_.emplace(macro.name, macros_.size());
  index(macro.name, macros_.size());
  macros_.push_back(std::move(macro));
}

void EximMacroTable::redefine(std::string_view name, Span name_span, Span span, EximText value) {
  auto& macro = macros_[by_name_.at(std::string(name))];
  macro.name_span = name_span;
  macro.span = span;
  macro.value = std::move(value);
}

void EximMacroTable::index(std::string_view name, std::size_t macro) {
  std::uint32_t node = 0;
  for (const char c : name) {
    const auto [child, added] = children_.try_emplace(edge(node, c), nodes_);
    if (added) ++nodes_;
    node = child->second;
  }
  ends_[node] = macro;
}

std::size_t EximMacroTable::next_in(std::string_view text, std::size_t start, std::size_t first) const {
  auto lowest = macros_.size();
  for (auto from = start; from < text.size(); ++from) {
    if (!may_start_name(text[from])) continue;
    std::uint32_t node = 0;
    for (auto at = from; at < text.size(); ++at) {
      const auto child = children_.find(edge(node, text[at]));
      if (child == children_.end()) break;
      node = child->second;
      const auto end = ends_.find(node);
      if (end != ends_.end() && end->second >= first) lowest = std::min(lowest, end->second);
    }
  }
  return lowest;
}

EximMacroTable::Replaced EximMacroTable::replace_in(EximText& text, std::uint32_t start, bool record) {
  Replaced result;
  for (std::size_t next = 0;; ++next) {
    next = next_in(text.view(), start, next);
    if (next == macros_.size()) return result;
    auto& macro = macros_[next];
    std::vector<TextRange> places;
    for (auto at = text.view().find(macro.name, start); at != std::string_view::npos;
         at = text.view().find(macro.name, at + macro.name.size())) {
      places.push_back(text_range(at, at + macro.name.size()));
    }
    if (places.empty()) continue;
    const auto grown = places.size() * macro.value.size();
    result.any = true;
    if (text.size() + grown > kMaxLine || added_ + grown > kMaxAdded) {
      result.over_limit = true;
      return result;
    }
    added_ += grown;
    if (record) {
      for (const auto place : places) {
        if (macro.uses.size() < kMaxUses) macro.uses.push_back(text.place(place));
      }
    }
    text.replace(places, macro.value);
  }
}

}  // namespace relaylint
