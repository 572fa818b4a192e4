// From logical lines to settings, drivers and rewriting rules; README.md, "The file".

#include <algorithm>
#include <cctype>

#include "parsers/exim3/exim3.hpp"

namespace relaylint::exim3 {

namespace {

/// Sections in their fixed order, each ended by `end`.
enum class Section { Main, Transports, Directors, Routers, Retry, Rewrite, Authenticators, Beyond };

bool is_driver_section(Section section) {
  return section == Section::Transports || section == Section::Directors || section == Section::Routers ||
         section == Section::Authenticators;
}

class Parser {
 public:
  explicit Parser(Exim3Document& document) : document_(document) {}

  void run() {
    const auto& bytes = document_.sources().file(document_.main()).bytes();
    const auto size = static_cast<std::uint32_t>(bytes.size());
    document_.main_end = {document_.main(), {size, size}};
    for (const auto& line : document_.lines.lines) {
      if (line.kind != EximLineKind::Statement) continue;
      if (line.doubt >= 0) unreadable(line);
      if (is_exim3_end(line.text.view())) {
        end_section(line);
      } else {
        statement(line);
      }
    }
  }

 private:
  void fatal(Span span, std::string message) { document_.problems.push_back({span, std::move(message), true}); }

  void unreadable(const EximLine& line) {
    document_.problems.push_back({line.span, document_.lines.doubt_of(line)->reason, true});
  }

  void end_section(const EximLine& line) {
    if (section_ == Section::Main) document_.main_end = line.span;
    if (section_ != Section::Beyond) section_ = static_cast<Section>(static_cast<int>(section_) + 1);
    driver_ = nullptr;
  }

  void statement(const EximLine& line) {
    if (section_ == Section::Main) return main_setting(line);
    if (is_driver_section(section_)) return driver_line(line);
    if (section_ == Section::Rewrite) return rewrite_rule(line);
    if (section_ == Section::Beyond) {
      document_.problems.push_back({line.span, "nothing is read after the last section's end", false});
    }
  }

  static Setting setting_of(const EximLine& line, EximOption option) {
    Setting setting;
    setting.value = read_exim_string(line.text, option.value_range);
    setting.option = std::move(option);
    setting.line = line.text;
    setting.span = line.span;
    return setting;
  }

  void main_setting(const EximLine& line) {
    const auto text = line.text.view();
    auto option = parse_exim_option(text);
    if (!option) return fatal(line.span, "this is no setting of Exim 3");
    const auto type = main_option(option->name);
    if (!type) {
      return fatal(line.text.use_place(option->name_range),
                   "`" + option->name + "` is no setting of Exim 3, which does not load a file with an unknown one");
    }
    if (const auto why = complaint(*option, *type, text); !why.empty()) return fatal(line.span, why);
    auto setting = setting_of(line, std::move(*option));
    if (!setting.value.error.empty()) return fatal(line.span, setting.value.error);
    const auto [first, added] = document_.by_name.emplace(setting.option.name, document_.settings.size());
    if (!added) return fatal(line.span, "`" + first->first + "` is set for the second time, which Exim refuses");
    document_.settings.push_back(std::move(setting));
  }

  /// Why Exim refuses the setting; empty where it does not.
  static std::string complaint(const EximOption& option, OptionType type, std::string_view text) {
    if (type == OptionType::Boolean && !exim_bool(option, text)) {
      return "this is no valid value for the boolean setting `" + option.name + "`";
    }
    if (type != OptionType::String) return {};
    if (option.negated) return "a negation prefix stands before `" + option.name + "`, which is not boolean";
    if (!option.has_value) return "`=` is missing after `" + option.name + "`";
    return {};
  }

  void driver_line(const EximLine& line) {
    const auto text = line.text.view();
    if (text.back() == ':' && text.find('=') == std::string_view::npos) {
      auto& drivers = drivers_of_section();
      drivers.push_back({std::string(text.substr(0, text.size() - 1)), line.span, {}});
      driver_ = &drivers.back();
      return;
    }
    auto option = parse_exim_option(text);
    if (!option || driver_ == nullptr) {
      document_.problems.push_back({line.span, "this is neither a driver's name nor a setting of one", false});
      return;
    }
    driver_->settings.push_back(setting_of(line, std::move(*option)));
    driver_->span.range.end = std::max(driver_->span.range.end, line.span.range.end);
  }

  std::vector<Driver>& drivers_of_section() {
    switch (section_) {
      case Section::Transports:
        return document_.transports;
      case Section::Directors:
        return document_.directors;
      case Section::Authenticators:
        return document_.authenticators;
      default:
        return routers_;
    }
  }

  /// The end of the word, or quoted string, that starts at `at`.
  static std::size_t end_of_word(std::string_view text, std::size_t at) {
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
      }
      return std::min(at + 1, text.size());
    }
    while (at < text.size() && !is_exim_blank(text[at])) ++at;
    return at;
  }

  void rewrite_rule(const EximLine& line) {
    const auto text = line.text.view();
    std::size_t at = 0;
    const auto next = [&] {
      while (at < text.size() && is_exim_blank(text[at])) ++at;
      const auto start = at;
      at = end_of_word(text, at);
      return read_exim_string(line.text, text_range(start, at)).text;
    };
    RewriteRule rule;
    rule.pattern = next();
    rule.replacement = next();
    rule.flags = next().str();
    rule.span = line.span;
    if (rule.replacement.empty()) {
      document_.problems.push_back({line.span, "this rewriting rule has no replacement", true});
      return;
    }
    document_.rewrites.push_back(std::move(rule));
  }

  Exim3Document& document_;
  Section section_ = Section::Main;
  Driver* driver_ = nullptr;
  std::vector<Driver> routers_;  // they route what was accepted already
};

}  // namespace

std::string Setting::text() const {
  constexpr std::size_t kLongest = 100;
  if (line.size() <= kLongest) return line.str();
  return line.str().substr(0, kLongest) + "…";
}

const Setting* Driver::find(std::string_view option) const {
  for (const auto& setting : settings) {
    if (setting.option.name == option) return &setting;
  }
  return nullptr;
}

std::string_view Driver::text(std::string_view option) const {
  const auto* setting = find(option);
  return setting == nullptr ? std::string_view() : setting->value.text.view();
}

void Exim3Document::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  for_each_exim_leaf(lines, sources().file(file), file, visit);
}

const Setting* Exim3Document::find(std::string_view option) const {
  const auto found = by_name.find(option);
  return found == by_name.end() ? nullptr : &settings[found->second];
}

bool Exim3Document::is_on(std::string_view option) const {
  const auto* setting = find(option);
  return setting != nullptr && exim_bool(setting->option, setting->line.view()).value_or(false);
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<Exim3Document>(sources, main);
  document->lines = read_exim_lines(sources, {&main, 1}, EximDialect::Exim3);
  document->problems = document->lines.problems;
  Parser(*document).run();
  std::stable_sort(document->problems.begin(), document->problems.end(),
                   [](const Problem& a, const Problem& b) { return a.span < b.span; });
  return document;
}

}  // namespace relaylint::exim3
