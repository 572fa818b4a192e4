// Applying edits, and the proof of contract.md 5.3: a format of a few words, whose rewrite each test replaces by what
// it needs: an honest one, and every way of getting it wrong.

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/engine.hpp"
#include "rules/registry.hpp"
#include "tests/support/examine.hpp"

using namespace relaylint;
using namespace relaylint::test;

namespace {

/// One word of a line after its keyword.
struct Word {
  Span span;
  std::string text;
};

Span line_span(const SourceFile& file, FileId id, std::size_t offset) {
  TextRange range = file.line_at(static_cast<std::uint32_t>(offset));
  if (range.end < file.bytes().size()) ++range.end;
  return {id, range};
}

/// Lowers the lines of a file:
///   local DOMAIN      delivered here
///   trust NET...      may relay
///   trust-file NAME   the networks in that file may relay; without the file, everybody
///   open              everybody may relay
///   login             whoever has valid credentials may relay
///   puzzle            something that nobody understands may let relay
///   broken            the server does not start
class TinyLowering {
 public:
  explicit TinyLowering(const Document& document) : document_(document) {
    policy_.product = "tiny";
    list_ = policy_.add_list("rules", Action::Refuse);
    file(document.main());
    policy_.listeners.push_back({.name = "smtp", .stages = {{"rcpt", list_, true}}});
  }
  RelayPolicy take() { return std::move(policy_); }

 private:
  void file(FileId id) {
    const std::string_view bytes = document_.sources().file(id).bytes();
    for (std::size_t start = 0; start < bytes.size();) {
      const Span whole = line_span(document_.sources().file(id), id, start);
      line(words(whole), whole);
      start = whole.range.end;
    }
  }

  std::vector<Word> words(Span line) const {
    const std::string_view text = document_.sources().slice(line);
    std::vector<Word> found;
    for (std::size_t start = text.find_first_not_of(" \n"); start != std::string_view::npos;) {
      const std::size_t end = std::min(text.find_first_of(" \n", start), text.size());
      const auto at = static_cast<std::uint32_t>(line.range.start + start);
      found.push_back({{line.file, {at, at + static_cast<std::uint32_t>(end - start)}},
                       std::string(text.substr(start, end - start))});
      start = text.find_first_not_of(" \n", end);
    }
    return found;
  }

  void line(const std::vector<Word>& words, Span whole) {
    if (words.empty()) return;
    const std::string& keyword = words.front().text;
    DecisionList& rules = policy_.list(list_);
    if (keyword == "local") {
      policy_.local_domains.add(PatternKind::Exact, words.at(1).text, words.at(1).span);
      PatternSet domain;
      domain.add(PatternKind::Exact, words.at(1).text, words.at(1).span);
      rules.clauses.push_back(accept_when({{Recipient{domain, AddressPart::Domain}, whole}}, whole));
    } else if (keyword == "trust") {
      trust({words.begin() + 1, words.end()}, whole);
    } else if (keyword == "trust-file") {
      trust_file(words.at(1), whole);
    } else if (keyword == "open") {
      rules.clauses.push_back(accept_when({}, whole));
      rules.clauses.back().is_switch = true;
    } else if (keyword == "login") {
      rules.clauses.push_back(accept_when({{Authenticated{}, whole}}, whole));
    } else if (keyword == "puzzle") {
      rules.clauses.push_back(accept_when({opaque("a puzzle", whole, false)}, whole));
    } else if (keyword == "broken") {
      policy_.unloadable = Note{whole, "broken is broken"};
    }
  }

  void trust(const std::vector<Word>& networks, Span whole) {
    AddressSet all;
    std::vector<AddressItem> items;
    for (const Word& word : networks) {
      const auto set = AddressSet::parse(word.text);
      REQUIRE(set);
      all = all.unite(*set);
      items.push_back({*set, word.span});
    }
    policy_.list(list_).clauses.push_back(accept_when({client_in(all, whole, items)}, whole));
  }

  void trust_file(const Word& name, Span whole) {
    const Reference reference = document_.sources().refer(name.text, document_.main());
    if (reference.status == ReferenceStatus::Missing) {
      policy_.list(list_).clauses.push_back(accept_when({}, whole));
      return;
    }
    REQUIRE(reference.status == ReferenceStatus::Found);
    const SourceFile& file = document_.sources().file(reference.file);
    trust(words({reference.file, {0, static_cast<std::uint32_t>(file.bytes().size())}}), whole);
  }

  const Document& document_;
  RelayPolicy policy_;
  ListId list_{};
};

using Rewrite = std::function<std::optional<Fix>(const Document&, const PolicyChange&)>;

Rewrite& the_rewrite() {
  static Rewrite rewrite;
  return rewrite;
}

const Format kTiny = {
    .id = "tiny",
    .title = "a format for tests",
    .product = "tiny",
    .file_names = {},
    .comment_starts = "#",
    .detect = [](std::string_view, std::string_view) { return Detection::No; },
    .detect_directory = nullptr,
    .parse = [](SourceSet& sources, FileId main) { return std::make_unique<Document>(sources, main); },
    .lower = [](const Document& document, const LowerOptions&) { return TinyLowering(document).take(); },
    .rewrite = [](const Document& document, const RelayPolicy&, const PolicyChange& change) -> std::optional<Fix> {
      return the_rewrite() ? the_rewrite()(document, change) : std::nullopt;
    },
    .after_fix = {},
    .replay = {},
};

/// Takes the whole line of the statement at fault out.
std::optional<Fix> drop_line(const Document& document, const PolicyChange& change) {
  const SourceFile& file = document.sources().file(change.clause_span.file);
  const Span line = line_span(file, change.clause_span.file, change.clause_span.range.start);
  return Fix{"drop it", Applicability::Safe, {{line, ""}}, {}};
}

/// Takes the networks at fault out, each with the blank before it.
std::optional<Fix> drop_items(const Document&, const PolicyChange& change) {
  Fix fix{"drop them", Applicability::Safe, {}, {}};
  for (Span item : change.items) {
    item.range.start -= 1;
    fix.edits.push_back({item, ""});
  }
  return fix.edits.empty() ? std::nullopt : std::optional<Fix>(fix);
}

/// The whole main file replaced by another text.
Rewrite replace_all_by(std::string text, Applicability applicability = Applicability::Safe) {
  return [text = std::move(text), applicability](const Document& document, const PolicyChange&) {
    const auto size = static_cast<std::uint32_t>(document.sources().file(document.main()).bytes().size());
    return Fix{"replace all", applicability, {{{document.main(), {0, size}}, text}}, {}};
  };
}

struct Fixed {
  FixResult result;
  std::string text;  ///< of the main file afterwards

  [[nodiscard]] std::string objections() const {
    std::string all;
    for (const std::string& one : result.unproved) all += one + "\n";
    return all;
  }
  [[nodiscard]] bool refused_because(std::string_view reason) const {
    return result.files.empty() && result.fixed.empty() && objections().find(reason) != std::string::npos;
  }
};

Fixed fix_files(
    const Files& files, const Rewrite& rewrite, bool unsafe = false,
    const std::function<bool(const Finding&)>& wanted = [](const Finding&) { return true; }) {
  the_rewrite() = rewrite;
  MemoryReader reader(files);
  const EngineOptions options = all_rules_on();
  Target target;
  target.path = "main";
  target.format = &kTiny;
  target.allowed = {"."};
  const Configuration configuration = examine(target, reader, options);
  FixOptions fix_options;
  fix_options.unsafe = unsafe;
  Fixed fixed;
  fixed.result = fix_configuration(configuration, reader, options, fix_options, wanted);
  const auto written = fixed.result.files.find("main");
  fixed.text = written == fixed.result.files.end() ? files.at("main") : *written->second;
  return fixed;
}

Fixed fix_text(const std::string& text, const Rewrite& rewrite, bool unsafe = false) {
  return fix_files({{"main", text}}, rewrite, unsafe);
}

/// A SourceSet of one file for tests of apply_edits.
struct OneFile {
  MemoryReader reader;
  SourceSet sources{reader, "", {"."}};
  FileId id;
  explicit OneFile(const std::string& text) : id(sources.add("f", std::make_shared<const std::string>(text))) {}

  [[nodiscard]] Edit edit(std::uint32_t start, std::uint32_t end, std::string text) const {
    return {{id, {start, end}}, std::move(text)};
  }
  [[nodiscard]] std::string after(const std::vector<Edit>& edits) const {
    const PatchedFiles files = apply_edits(sources, edits);
    return files.empty() ? "(nothing changed)" : *files.at("f");
  }
};

const std::string kOpen =
    "local corp.example\n"
    "trust 127.0.0.0/8 ::1 10.0.0.0/8 0.0.0.0/0\n"
    "login\n";

/// Two mistakes, and what is left without them.
const std::string kTwoFixed = "trust 127.0.0.0/8 ::1\nlocal corp.example\n";
const std::string kTwo = "trust 0.0.0.0/0\n" + kTwoFixed + "open\n";

}  // namespace

// --- edits ------------------------------------------------------------------------------------------------------

TEST_CASE("edits: in any order, and every other byte stays") {
  const OneFile file(std::string("a\0b\r\n\xFF z", 8));
  CHECK(file.after({file.edit(7, 8, "Z"), file.edit(0, 1, "A")}) == std::string("A\0b\r\n\xFF Z", 8));
  CHECK(file.after({file.edit(8, 8, "!"), file.edit(0, 0, "?"), file.edit(1, 2, "")}) == "?ab\r\n\xFF z!");
}

TEST_CASE("edits: one that is asked for twice is made once") {
  const OneFile file("abc");
  CHECK(file.after({file.edit(1, 1, "x"), file.edit(1, 1, "x")}) == "axbc");
  CHECK(file.after({file.edit(0, 2, ""), file.edit(0, 2, "")}) == "c");
}

TEST_CASE("edits: neighbours do not disturb each other") {
  const OneFile file("abcd");
  CHECK(file.after({file.edit(1, 2, "B"), file.edit(2, 3, "C")}) == "aBCd");
  CHECK(file.after({file.edit(1, 2, ""), file.edit(2, 2, "+")}) == "a+cd");
}

TEST_CASE("edits: a change that changes nothing is no change, a file that is created is one") {
  const OneFile file("abc");
  CHECK(apply_edits(file.sources, std::vector<Edit>{file.edit(1, 2, "b")}).empty());
  MemoryReader reader;
  SourceSet sources(reader, "", {"."});
  const FileId missing = sources.open("rcpthosts").file;
  REQUIRE_FALSE(sources.file(missing).present());
  const PatchedFiles created = apply_edits(sources, std::vector<Edit>{{{missing, {0, 0}}, ""}});
  REQUIRE(created.size() == 1);
  CHECK(created.begin()->first == "rcpthosts");
  CHECK(created.begin()->second->empty());
}

// --- fixing -----------------------------------------------------------------------------------------------------

TEST_CASE("fix: an honest one is proved, and a second run has nothing to do") {
  const Fixed fixed = fix_text(kOpen, drop_items);
  CHECK(fixed.objections().empty());
  CHECK(fixed.text == "local corp.example\ntrust 127.0.0.0/8 ::1 10.0.0.0/8\nlogin\n");
  REQUIRE(fixed.result.fixed.size() == 1);
  CHECK(fixed.result.fixed.front().rule == "RL003");
  REQUIRE(fixed.result.after);
  CHECK(fixed.result.after->verdict.state == VerdictState::Closed);
  CHECK(fixed.result.order == std::vector<std::string>{"main"});
  CHECK(fix_text(fixed.text, drop_items).result.files.empty());
}

TEST_CASE("fix: two mistakes far apart are mended in one go, two at one place one after the other") {
  CHECK(fix_text(kTwo, drop_line).text == kTwoFixed);
  // Both want to put something at the very same place; the second is made again from the new text.
  const Rewrite at_the_top = [](const Document& document, const PolicyChange& change) {
    std::optional<Fix> fix = drop_line(document, change);
    fix->edits.push_back({{document.main(), {0, 0}}, "# " + std::string(1, 'a' + char(change.kind)) + "\n"});
    return fix;
  };
  const Fixed fixed = fix_text("\n" + kTwo, at_the_top);
  CHECK(fixed.objections().empty());
  CHECK(fixed.result.fixed.size() == 2);
  CHECK(fixed.text.find("\n\n" + kTwoFixed) != std::string::npos);
  CHECK(fixed.text.size() == kTwoFixed.size() + 9);
}

TEST_CASE("fix: one edit that cures two findings is made once") {
  const Rewrite both = [](const Document& document, const PolicyChange&) {
    const std::string_view bytes = document.sources().file(document.main()).bytes();
    const auto size = static_cast<std::uint32_t>(bytes.size());
    return Fix{"cure both", Applicability::Safe, {{{document.main(), {0, size}}, kTwoFixed}}, {}};
  };
  const Fixed fixed = fix_text(kTwo, both);
  CHECK(fixed.text == kTwoFixed);
  CHECK(fixed.result.fixed.size() == 2);
  CHECK(fixed.objections().empty());
}

TEST_CASE("fix: only what is wanted, and nothing unsafe unless asked for") {
  const Rewrite unsafe = [](const Document& document, const PolicyChange& change) {
    std::optional<Fix> fix = drop_line(document, change);
    fix->applicability = Applicability::Unsafe;
    return fix;
  };
  CHECK(fix_text("open\n", unsafe).result.files.empty());
  CHECK(fix_text("open\n", unsafe).objections().empty());
  CHECK(fix_text("open\n", unsafe, true).text.empty());
  const Fixed unwanted = fix_files({{"main", "open\n"}}, drop_line, false, [](const Finding&) { return false; });
  CHECK(unwanted.result.files.empty());
  const Rewrite display = [](const Document&, const PolicyChange&) {
    return Fix{"upgrade", Applicability::Display, {}, {"upgrade"}};
  };
  CHECK(fix_text("open\n", display, true).result.files.empty());
  CHECK(fix_text("open\n", display, true).objections().empty());
}

TEST_CASE("fix: files are written in an order in which no state in between relays more") {
  // Until `nets` is there, trusting what it says trusts everybody.
  const Rewrite move_to_file = [](const Document& document, const PolicyChange& change) {
    const FileId nets = document.sources().refer("nets", document.main()).file;
    return Fix{"move",
               Applicability::Safe,
               {{change.clause_span, "trust-file nets\n"}, {{nets, {0, 0}}, "127.0.0.0/8 ::1\n"}},
               {}};
  };
  const Fixed fixed = fix_files({{"main", "trust 127.0.0.0/8 ::1 1.0.0.0/8\n"}}, move_to_file);
  CHECK(fixed.objections().empty());
  CHECK(fixed.text == "trust-file nets\n");
  CHECK(fixed.result.order == std::vector<std::string>{"nets", "main"});
}

// --- sabotage ---------------------------------------------------------------------------------------------------

TEST_CASE("proof: a fix that changes nothing is refused") {
  CHECK(fix_text(kOpen, replace_all_by(kOpen)).refused_because("its edits change nothing"));
}

TEST_CASE("proof: a fix that changes something else is refused") {
  CHECK(fix_text(kOpen, replace_all_by("# " + kOpen.substr(0, 5) + "\n" + kOpen))
            .refused_because("the finding would still be there"));
}

TEST_CASE("proof: a fix that opens another hole is refused") {
  // Only IPv4 relayed before; now IPv6 does, too.
  CHECK(fix_text(kOpen, replace_all_by("local corp.example\nlogin\nopen\n"))
            .refused_because("it would newly relay mail"));
  // Only two networks relayed before; the canonical client was in one of them and still is.
  CHECK(fix_text("trust 198.0.0.0/7\n", replace_all_by("trust 127.0.0.1 198.0.0.0/6\n"))
            .refused_because("it would newly relay mail to victim@elsewhere.example from 196.0.0.0"));
}

TEST_CASE("proof: a fix that only gives the hole another name is refused") {
  CHECK(
      fix_text("trust 0.0.0.0/0 ::/0\n", replace_all_by("open\n")).refused_because("strangers would still be relayed"));
}

TEST_CASE("proof: a safe fix keeps what contract.md 5.2 protects, an unsafe one need not") {
  const auto refused = [](const std::string& text, std::string_view reason) {
    CAPTURE(text);
    CHECK(fix_text(kOpen, replace_all_by(text)).refused_because(reason));
    const Fixed unsafe = fix_text(kOpen, replace_all_by(text, Applicability::Unsafe), true);
    CHECK(unsafe.text == text);
    CHECK(unsafe.objections().empty());
  };
  refused("local corp.example\ntrust ::1 10.0.0.0/8\nlogin\n", "it would refuse mail from loopback (127.0.0.1)");
  refused("local corp.example\ntrust 127.0.0.0/8 10.0.0.0/8\nlogin\n", "it would refuse mail from loopback (::1)");
  refused("local corp.example\ntrust 127.0.0.0/8 ::1\nlogin\n",
          "it would refuse mail from 10.0.0.1, which the file names");
  refused("trust 127.0.0.0/8 ::1 10.0.0.0/8\nlogin\n", "it would refuse mail to corp.example, which the file names");
  refused("local corp.example\ntrust 127.0.0.0/8 ::1 10.0.0.0/8\n", "it would refuse mail with valid credentials");
}

TEST_CASE("proof: a fix that stops the server is refused") {
  const Fixed fixed = fix_text(kOpen, replace_all_by("broken\n" + kOpen, Applicability::Unsafe), true);
  CHECK(fixed.refused_because("the server would not load the patched file: broken is broken"));
}

TEST_CASE("proof: a fix whose result cannot be decided is refused") {
  const Fixed fixed = fix_text(kOpen, replace_all_by("local corp.example\npuzzle\n", Applicability::Unsafe), true);
  CHECK(fixed.refused_because("what the patched file does could not be decided: a puzzle"));
}

TEST_CASE("proof: edits of one fix that overlap or leave the file are refused") {
  const Rewrite overlapping = [](const Document& document, const PolicyChange&) {
    return Fix{"overlap", Applicability::Safe, {{{document.main(), {0, 4}}, ""}, {{document.main(), {2, 5}}, "#"}}, {}};
  };
  CHECK(fix_text("open\n", overlapping).refused_because("its edits overlap"));
  const Rewrite beyond = [](const Document& document, const PolicyChange&) {
    return Fix{"beyond", Applicability::Safe, {{{document.main(), {0, 99}}, ""}}, {}};
  };
  CHECK(fix_text("open\n", beyond).refused_because("its edits leave the file"));
}

TEST_CASE("proof: one wrong fix does not keep the right ones from being made") {
  const Rewrite half = [](const Document& document, const PolicyChange& change) {
    if (change.kind == PolicyChange::Kind::DropItems) return drop_line(document, change);
    return std::optional<Fix>(Fix{
        "wrong", Applicability::Safe, {{{change.clause_span.file, change.clause_span.range}, "open # still\n"}}, {}});
  };
  const Fixed fixed = fix_text(kTwo, half);
  CHECK(fixed.text == kTwoFixed + "open\n");
  REQUIRE(fixed.result.fixed.size() == 1);
  CHECK(fixed.result.fixed.front().rule == "RL003");
  CHECK(fixed.objections().find("RL002: wrong: not written") != std::string::npos);
}

TEST_CASE("proof: fixes that never end are given up") {
  // Each round drops the line and adds a worse one: the proof ends it, at the latest the bound on rounds does.
  const Rewrite restless = [](const Document& document, const PolicyChange& change) {
    const std::string_view bytes = document.sources().slice(change.clause_span);
    std::optional<Fix> fix = drop_line(document, change);
    fix->edits.front().text = bytes.find("1.0") != std::string_view::npos ? "trust 2.0.0.0/8\n" : "trust 1.0.0.0/8\n";
    return fix;
  };
  const Fixed fixed = fix_text("trust 1.0.0.0/8\n", restless);
  CHECK(fixed.refused_because("it would newly relay mail"));
}
