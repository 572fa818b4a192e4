#include "parsers/support/exim_text.hpp"

#include <algorithm>

namespace relaylint {

namespace {

Span joined(Span a, Span b) {
  if (a.file != b.file) return a;
  return {a.file, {std::min(a.range.start, b.range.start), std::max(a.range.end, b.range.end)}};
}

Span start_of(Span span) { return {span.file, {span.range.start, span.range.start}}; }
Span end_of(Span span) { return {span.file, {span.range.end, span.range.end}}; }

}  // namespace

std::size_t EximText::piece_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                      [](std::uint32_t value, const Piece& piece) { return value < piece.start; });
  return static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

Span EximText::piece_place(const Piece& piece, TextRange range) {
  if (!piece.verbatim) return piece.place;
  const auto first = std::max(range.start, piece.start) - piece.start;
  const auto last = std::min(range.end, piece.start + piece.length) - piece.start;
  return {piece.place.file, {piece.place.range.start + first, piece.place.range.start + last}};
}

Span EximText::piece_place_in_frame(const Piece& piece, TextRange range, std::int32_t frame) const {
  if (piece.frame == frame) return piece_place(piece, range);
  auto inner = piece.frame;
  while (frames_[static_cast<std::size_t>(inner)].parent != frame) {
    inner = frames_[static_cast<std::size_t>(inner)].parent;
  }
  return frames_[static_cast<std::size_t>(inner)].use;
}

Span EximText::place_in_frame(TextRange range, std::int32_t frame) const {
  if (pieces_.empty()) return {};
  if (range.start >= text_.size()) return end_of(piece_place_in_frame(pieces_.back(), range, frame));
  const auto first = piece_at(range.start);
  if (range.empty()) {
    return start_of(piece_place_in_frame(pieces_[first], text_range(range.start, range.start + 1), frame));
  }
  const auto last = piece_at(range.end - 1);
  const auto from = piece_place_in_frame(pieces_[first], range, frame);
  return first == last ? from : joined(from, piece_place_in_frame(pieces_[last], range, frame));
}

std::int32_t EximText::common_of(std::int32_t a, std::int32_t b) const {
  // A parent's index is smaller than its children's.
  while (a != b) {
    auto& later = a > b ? a : b;
    later = frames_[static_cast<std::size_t>(later)].parent;
  }
  return a;
}

std::int32_t EximText::common_frame(TextRange range) const {
  if (frames_.empty() || pieces_.empty()) return -1;
  if (range.start >= text_.size()) return pieces_.back().frame;
  const auto first = piece_at(range.start);
  if (range.empty()) return pieces_[first].frame;
  const auto last = piece_at(range.end - 1);
  auto frame = pieces_[first].frame;
  for (auto i = first + 1; i <= last && frame >= 0; ++i) frame = common_of(frame, pieces_[i].frame);
  return frame;
}

Span EximText::place(TextRange range) const { return place_in_frame(range, common_frame(range)); }

Span EximText::use_place(TextRange range) const { return place_in_frame(range, -1); }

bool EximText::is_verbatim(TextRange range) const {
  if (range.empty()) return true;
  const auto first = piece_at(range.start);
  const auto last = piece_at(range.end - 1);
  for (auto i = first; i <= last; ++i) {
    if (!pieces_[i].verbatim || pieces_[i].frame != pieces_[first].frame) return false;
    if (pieces_[i].place.file != pieces_[first].place.file) return false;
  }
  return place(range).range.size() == range.size();
}

std::int32_t EximText::child_of(std::int32_t frame, std::int32_t ancestor) const {
  if (frame == ancestor) return -1;
  while (frames_[static_cast<std::size_t>(frame)].parent != ancestor) {
    frame = frames_[static_cast<std::size_t>(frame)].parent;
  }
  return frame;
}

bool EximText::splits(std::uint32_t offset, std::int32_t frame) const {
  if (offset == 0 || offset >= text_.size()) return false;
  const auto left = piece_at(offset - 1);
  const auto right = piece_at(offset);
  if (left == right && !pieces_[left].verbatim) return true;
  // Bytes beyond the range may stem from outside the macro that the range lies in.
  if (common_of(pieces_[left].frame, frame) != frame || common_of(pieces_[right].frame, frame) != frame) return false;
  const auto use = child_of(pieces_[right].frame, frame);
  return use >= 0 && use == child_of(pieces_[left].frame, frame);
}

std::optional<Span> EximText::edit_place(TextRange range) const {
  if (pieces_.empty()) return std::nullopt;
  const auto frame = common_frame(range);
  if (range.empty()) {
    if (splits(range.start, frame)) return std::nullopt;
    // Behind the byte before it rather than before the next: there it belongs to what it is appended to.
    if (range.start == 0) return place(range);
    const auto before = place({range.start - 1, range.start});
    return Span{before.file, {before.range.end, before.range.end}};
  }
  if (splits(range.start, frame) || splits(range.end, frame)) return std::nullopt;
  const auto last = piece_at(range.end - 1);
  const auto file = piece_place_in_frame(pieces_[piece_at(range.start)], range, frame).file;
  std::uint32_t reached = 0;
  for (auto i = piece_at(range.start); i <= last; ++i) {
    const auto part = piece_place_in_frame(pieces_[i], range, frame);
    if (part.file != file || part.range.start < reached) return std::nullopt;
    if (!pieces_[i].verbatim && pieces_[i].frame == frame && part.range.empty()) return std::nullopt;
    reached = part.range.start;
  }
  return place_in_frame(range, frame);
}

bool EximText::from_macro(TextRange range) const {
  if (frames_.empty() || range.empty()) return false;
  const auto last = piece_at(range.end - 1);
  for (auto i = piece_at(range.start); i <= last; ++i) {
    if (pieces_[i].frame >= 0) return true;
  }
  return false;
}

EximText EximText::slice(TextRange range) const {
  EximText part;
  if (range.empty()) {
    // An empty part still knows its place, so that "nothing stands here" can be pointed at.
    if (!pieces_.empty()) part.push({0, 0, place(range), true, -1}, {});
    return part;
  }
  const auto first = piece_at(range.start);
  const auto last = piece_at(range.end - 1);
  bool framed = false;
  for (auto i = first; i <= last; ++i) {
    const auto& piece = pieces_[i];
    const TextRange inside{std::max(range.start, piece.start), std::min(range.end, piece.start + piece.length)};
    part.push({0, 0, piece_place(piece, inside), piece.verbatim, piece.frame}, view(inside));
    framed = framed || piece.frame >= 0;
  }
  if (framed) part.frames_ = frames_;
  return part;
}

TextRange EximText::trimmed_range(TextRange range) const {
  while (!range.empty() && is_exim_blank(text_[range.start])) ++range.start;
  while (!range.empty() && is_exim_blank(text_[range.end - 1])) --range.end;
  return range;
}

void EximText::push(Piece piece, std::string_view text) {
  // A place without bytes is kept only as long as the text is empty.
  if (text_.empty()) pieces_.clear();
  if (text.empty() && !pieces_.empty()) return;
  piece.start = static_cast<std::uint32_t>(text_.size());
  piece.length = static_cast<std::uint32_t>(text.size());
  text_ += text;
  if (!pieces_.empty()) {
    auto& before = pieces_.back();
    const bool adjoining = before.verbatim && piece.verbatim && before.frame == piece.frame &&
                           before.place.file == piece.place.file && before.place.range.end == piece.place.range.start;
    if (adjoining) {
      before.length += piece.length;
      before.place.range.end = piece.place.range.end;
      return;
    }
  }
  pieces_.push_back(piece);
}

void EximText::append_verbatim(std::string_view text, Span place) { push({0, 0, place, true, -1}, text); }

void EximText::append_derived(std::string_view text, Span place) { push({0, 0, place, false, -1}, text); }

void EximText::append(const EximText& other) {
  const auto base = static_cast<std::int32_t>(frames_.size());
  for (auto frame : other.frames_) {
    if (frame.parent >= 0) frame.parent += base;
    frames_.push_back(frame);
  }
  for (const auto& piece : other.pieces_) {
    push({0, 0, piece.place, piece.verbatim, piece.frame < 0 ? -1 : piece.frame + base},
         other.view({piece.start, piece.start + piece.length}));
  }
}

void EximText::replace(const std::vector<TextRange>& ranges, const EximText& replacement) {
  EximText result;
  result.frames_ = frames_;
  std::uint32_t done = 0;
  const auto keep = [&](std::uint32_t until) {
    if (done >= until) return;
    const auto last = piece_at(until - 1);
    for (auto i = piece_at(done); i <= last; ++i) {
      const auto& piece = pieces_[i];
      const TextRange inside{std::max(done, piece.start), std::min(until, piece.start + piece.length)};
      result.push({0, 0, piece_place(piece, inside), piece.verbatim, piece.frame}, view(inside));
    }
  };
  for (const auto range : ranges) {
    keep(range.start);
    done = range.end;
    if (replacement.empty()) continue;
    const auto frame = common_frame(range);
    const auto use = static_cast<std::int32_t>(result.frames_.size());
    result.frames_.push_back({place_in_frame(range, frame), frame});
    for (auto inner : replacement.frames_) {
      inner.parent = inner.parent < 0 ? use : inner.parent + use + 1;
      result.frames_.push_back(inner);
    }
    for (const auto& piece : replacement.pieces_) {
      result.push({0, 0, piece.place, piece.verbatim, piece.frame < 0 ? use : piece.frame + use + 1},
                  replacement.view({piece.start, piece.start + piece.length}));
    }
  }
  keep(static_cast<std::uint32_t>(text_.size()));
  if (result.empty() && !ranges.empty()) result.push({0, 0, place(ranges.front()), true, -1}, {});
  *this = std::move(result);
}

}  // namespace relaylint
