#pragma once
// What the items of an Exim list are, and the steps that they come to. Internal to exim_list.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "lint/policy.hpp"
#include "parsers/support/exim_list.hpp"
#include "parsers/support/exim_networks.hpp"

namespace relaylint {

/// One test of a list: where the condition holds, the list's answer is `yes`. Steps are tested in order.
struct EximStep {
  Condition condition{};
  bool yes = true;
  /// An empty step answers nothing, but its sense counts at the end of the list.
  bool empty = false;
};

/// Turns items into steps, one after the other.
class EximItemReader {
 public:
  EximItemReader(EximSubject subject, const EximListContext& context, std::vector<Note>& broken);

  /// An item of the list itself. A file is read, and its lines are items.
  void add(const EximItem& item);
  /// Nothing after this can be reached: an item failed the whole list.
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::vector<EximStep>& steps() { return steps_; }

 private:
  /// What an item, or a line of a file, says. `place` is what findings point at, with its `!`.
  struct Said {
    EximText text{};
    Span place{};
    bool yes = true;
    bool in_file = false;
  };
  enum class OnUnknown { FailList, Include, Ignore };

  void read_file(const Said& said);
  void one(const Said& said);
  void host(const Said& said);
  void host_address(const Said& said, AddressSet set);
  void host_lookup(const Said& said, const EximLookup& lookup);
  void host_name(const Said& said);
  void host_names(const Said& said, PatternSet names);
  void host_ident(const Said& said, std::size_t at);
  void host_malformed(const Said& said, const std::string& why);
  bool host_keyword(const Said& said);
  void needs_name(const Said& said);
  void domain(const Said& said);
  void address(const Said& said);
  void address_at(const Said& said, std::size_t at);
  void address_lookup(const Said& said, const EximLookup& lookup);
  void per_domain_users(const Said& said);
  void local_part(const Said& said);
  void named(const Said& said, std::string_view name);

  void push(ConditionKind kind, const Said& said);
  void push_empty(const Said& said);
  void push_patterns(const std::vector<Pattern>& patterns, const Said& said);
  void push_failure(const Said& said, const EximKeys& keys);
  EximKeys keys_of(const Said& said, const EximLookup& lookup) const;
  [[nodiscard]] ConditionKind subject_in(PatternSet patterns) const;
  void broken(const Said& said, std::string why);

  EximSubject subject_;
  const EximListContext& context_;
  std::vector<Note>& broken_;
  std::vector<EximStep> steps_;
  OnUnknown on_unknown_ = OnUnknown::FailList;
  Span on_unknown_place_{};
  bool names_needed_ = false;  ///< clients without a name are dealt with already
  bool finished_ = false;
};

}  // namespace relaylint
