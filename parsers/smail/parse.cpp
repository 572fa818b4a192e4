// From the files to the last word on each attribute. What makes smail stop with a config error is a fatal Problem.

#include <algorithm>
#include <memory>

#include "parsers/smail/smail.hpp"

namespace relaylint::smail {
namespace {

constexpr std::size_t kMaxProblems = 1000;
constexpr std::string_view kAllow = "smtp_remote_allow";

TextRange range(std::size_t start, std::size_t end) {
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
}

/// Reads one file into the document.
class Reading {
 public:
  Reading(SmailDocument& document, FileId file)
      : document_(document), file_(file), bytes_(document.sources().file(file).bytes()) {}

  void run();

 private:
  void take_entry(const Item& item);
  void take_error(const ParsedEntry& entry, const JoinedText& joined);
  void check_type(const Attribute& attribute, const ParsedEntry& entry, TextRange name);
  void take_assignment(const Attribute& attribute, Assignment assignment);
  void look_for_swallowed(const ParsedEntry& entry, const JoinedText& joined);
  void look_for_version(TextRange text);
  [[nodiscard]] Assignment assignment_of(const Item& item, ParsedEntry entry, const JoinedText& joined) const;
  void fatal(TextRange at, std::string message) {
    if (document_.problems.size() < kMaxProblems) document_.problems.push_back({{file_, at}, std::move(message), true});
  }
  [[nodiscard]] TextRange source(const JoinedText& joined, TextRange at) const {
    return at.empty() ? range(joined.source(at.start), joined.source(at.start))
                      : range(joined.source(at.start), joined.source(at.end - 1) + 1);
  }

  SmailDocument& document_;
  FileId file_;
  std::string_view bytes_;
  bool after_entry_ = false;
  bool comment_continues_ = false;  ///< the line before is a comment, behind an entry, and ends in a backslash
};

void Reading::look_for_version(TextRange text) {
  if (document_.named_version) return;
  if (std::optional<NamedVersion> named = version_in_text(bytes_.substr(text.start, text.size()))) {
    document_.named_version_at = {file_, range(text.start + named->at, text.start + named->at + named->version.size())};
    document_.named_version = std::move(named->version);
  }
}

/// The value as it was meant: up to a comment or the end of its line, if quotes around it are all that is missing.
void Reading::take_error(const ParsedEntry& entry, const JoinedText& joined) {
  const std::string_view text = joined.view();
  fatal(range(joined.source(entry.error_at), joined.source(entry.error_at)),
        "smail stops reading here with a config error: " + std::string(message_of(entry.error)));
  if (entry.error != ParsedEntry::Error::AfterValue || entry.quoted) return;
  if (text.substr(entry.name.start, entry.name.size()) != kAllow) return;
  std::size_t end = std::min(text.size(), text.find_first_of("#\n", entry.value.start));
  const std::size_t last = text.find_last_not_of(" \t\r", end - 1);
  end = last == std::string_view::npos ? end : last + 1;
  const std::string_view meant = text.substr(entry.value.start, end - entry.value.start);
  if (meant.find_first_of("\"\\=") != std::string_view::npos) return;
  document_.unquoted_allow = Span{file_, source(joined, range(entry.value.start, end))};
}

void Reading::check_type(const Attribute& attribute, const ParsedEntry& entry, TextRange name) {
  const std::string quoted = "`" + std::string(attribute.name) + "`";
  if (attribute.type == AttributeType::Boolean && entry.has_value) {
    fatal(name, "smail stops reading here with a config error: " + quoted +
                    " is a boolean, which takes no value (write +" + std::string(attribute.name) + " or -" +
                    std::string(attribute.name) + ")");
  } else if (attribute.type == AttributeType::Value && !entry.has_value && entry.sign != '-') {
    fatal(name, "smail stops reading here with a config error: " + quoted + " is no boolean and needs a value");
  }
}

Assignment Reading::assignment_of(const Item& item, ParsedEntry entry, const JoinedText& joined) const {
  Assignment assignment;
  assignment.file = file_;
  assignment.whole = item.whole;
  assignment.name = source(joined, entry.name);
  assignment.text = range(item.text.start, assignment.name.end);
  assignment.sign = entry.sign;
  assignment.quoted = entry.quoted;
  assignment.doubtful = comment_continues_;
  if (!entry.has_value) return assignment;
  assignment.value = source(joined, entry.value);
  assignment.text.end = std::max(assignment.text.end, assignment.value.end);
  assignment.content = entry.quoted ? range(assignment.value.start + 1, assignment.value.end - 1) : assignment.value;
  for (std::uint32_t& at : entry.decoded.at) at = joined.source(at);
  assignment.at = std::move(entry.decoded.at);
  assignment.text_value = std::move(entry.decoded.text);
  return assignment;
}

void Reading::take_assignment(const Attribute& attribute, Assignment assignment) {
  if (attribute.later && !document_.later_attribute) document_.later_attribute = Span{file_, assignment.name};
  if (attribute.name == "smtp_banner" && assignment.text_value) look_for_version(assignment.value);
  const auto [place, is_new] = document_.attributes.try_emplace(attribute.key(), assignment);
  if (is_new) return;
  if (attribute.key() == kAllow) document_.overridden_allow.push_back(place->second);
  place->second = std::move(assignment);
}

void Reading::look_for_swallowed(const ParsedEntry& entry, const JoinedText& joined) {
  const std::string_view text = joined.view();
  const std::size_t tail = entry.has_value ? entry.value.end : entry.name.end;
  const std::size_t found = text.find(kAllow, tail);
  if (found == std::string_view::npos || document_.swallowed_allow) return;
  const std::uint32_t at = joined.source(found);
  const TextRange line = document_.sources().file(file_).line_at(at);
  const std::size_t first = bytes_.find_first_not_of(" \t", line.start);
  if (first == at) document_.swallowed_allow = Span{file_, range(at, at + kAllow.size())};
}

void Reading::take_entry(const Item& item) {
  const JoinedText joined(bytes_, item.text);
  ParsedEntry entry = parse_entry(joined.view());
  if (entry.error != ParsedEntry::Error::None) return take_error(entry, joined);
  const std::string_view name = joined.view().substr(entry.name.start, entry.name.size());
  look_for_swallowed(entry, joined);
  const Attribute* attribute = find_attribute(name);
  if (attribute == nullptr) {
    if (!document_.unknown_name) document_.unknown_name = Span{file_, source(joined, entry.name)};
    return;
  }
  check_type(*attribute, entry, source(joined, entry.name));
  take_assignment(*attribute, assignment_of(item, std::move(entry), joined));
}

void Reading::run() {
  for (std::uint32_t at = 0; at < bytes_.size();) {
    const Item item = next_item(bytes_, at);
    at = item.whole.end;
    if (item.kind == LeafKind::Comment) {
      look_for_version(item.whole);
      std::string_view text = bytes_.substr(item.whole.start, item.whole.size());
      while (text.ends_with('\n')) text.remove_suffix(1);
      comment_continues_ = after_entry_ && text.ends_with('\\');
    } else if (item.kind == LeafKind::Directive) {
      take_entry(item);
      after_entry_ = true;
      comment_continues_ = false;
    } else {
      comment_continues_ = false;
    }
  }
}

/// Where an absolute name lies outside what may be read, and where a relative one is missing, its values are not at
/// hand.
void read_second_file(SmailDocument& document) {
  const Assignment* named = document.find("second_config_file");
  if (named == nullptr || !named->text_value || named->text_value->empty() || *named->text_value == "-") return;
  const Span place = named->span(named->value);
  const Reference second = document.sources().refer(*named->text_value, named->file);
  if (second.status != ReferenceStatus::Found) {
    document.missing_file =
        Note{place, "`" + *named->text_value + "`, whose values override those of this file, " + second.reason};
    return;
  }
  if (second.file == document.main()) return;
  document.last_file = second.file;
  Reading(document, second.file).run();
}

}  // namespace

void SmailDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  const std::string_view bytes = sources().file(file).bytes();
  for (std::uint32_t at = 0; at < bytes.size();) {
    const Item item = next_item(bytes, at);
    at = item.whole.end;
    Leaf leaf{item.kind, item.whole};
    if (item.kind == LeafKind::Directive) {
      const JoinedText joined(bytes, item.text);
      const ParsedEntry entry = parse_entry(joined.view());
      const auto mapped = [&](TextRange part) {
        return part.empty() ? TextRange{} : range(joined.source(part.start), joined.source(part.end - 1) + 1);
      };
      leaf.kind = entry.error == ParsedEntry::Error::None ? LeafKind::Directive : LeafKind::Error;
      leaf.name = mapped(entry.name);
      leaf.value = mapped(entry.value);
    }
    visit(leaf);
  }
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<SmailDocument>(sources, main);
  document->last_file = main;
  Reading(*document, main).run();
  read_second_file(*document);
  return document;
}

}  // namespace relaylint::smail
