// The conditions of `${if…}`.

#include "parsers/exim4/expand.hpp"

#include <algorithm>
#include <utility>

#include "lint/address.hpp"
#include "lint/pattern.hpp"
#include "lint/regex.hpp"

namespace relaylint::exim4 {
namespace {

Value of(bool yes) { return yes ? Value::Yes : Value::No; }

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// `bool`: what it takes for yes and no; everything else is an error. `bool_lax` takes everything else for yes.
Value boolean(std::string_view text, bool lax) {
  text = without_blanks(text);
  if (text.empty() || text == "0" || equals_ignoring_case(text, "false") || equals_ignoring_case(text, "no"))
    return Value::No;
  if (lax || equals_ignoring_case(text, "true") || equals_ignoring_case(text, "yes")) return Value::Yes;
  std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return Value::Error;
  return of(digits.find_first_not_of('0') != std::string_view::npos);
}

EximListKind list_kind(std::string_view condition) {
  if (condition == "match_ip") return EximListKind::Host;
  if (condition == "match_address") return EximListKind::Address;
  return condition == "match_local_part" ? EximListKind::LocalPart : EximListKind::Domain;
}

}  // namespace

/// What a condition is worth one of whose strings has no value. A forced failure goes up through all conditions.
Value Expander::failed(Value status) {
  if (status != Value::No) return status;
  forced_ = true;
  return Value::Error;
}

Value Expander::test(const Test& test) {
  const Value value = test_unsigned(test);
  if (!test.negated || (value != Value::Yes && value != Value::No)) return value;
  return value == Value::Yes ? Value::No : Value::Yes;
}

Value Expander::test_unsigned(const Test& test) {
  const std::string& name = test.name;
  if (name == "and" || name == "or") return test_all(test, name == "or");
  if (name == "def") return test_defined(test);
  if (name == "forany" || name == "forall") return test_each(test);
  if (name == "first_delivery" || name == "queue_running") return Value::No;
  if (name == "acl") {
    const auto list = frame_.site->acl_calls.find(&test);
    if (list != frame_.site->acl_calls.end()) return facts_.ask(list->second);
    return unknown(test.range, "which ACL is asked is not known").status;
  }
  if (name == "pam" || name == "pwcheck" || name == "radius" || name == "ldapauth" || name == "saslauthd") {
    assume(test.range, "the " + name + " check is taken to refuse");
    return Value::No;
  }
  std::vector<std::string> strings;
  for (const Text& argument : test.args) {
    Expansion value = expand(argument);
    if (value.status != Value::Yes) return failed(value.status);
    strings.push_back(std::move(value.text));
  }
  return test_strings(test, strings);
}

Value Expander::test_strings(const Test& test, const std::vector<std::string>& strings) {
  const std::string& name = test.name;
  if (strings.size() == 1) {
    const std::string& only = strings[0];
    if (name == "bool" || name == "bool_lax") return boolean(only, name == "bool_lax");
    if (name == "exists") return test_exists(test, only);
    const std::optional<IpAddress> address = IpAddress::parse(only);
    if (name == "isip") return of(address.has_value());
    if (name == "isip4" || name == "isip6") return of(address && address->v6 == (name == "isip6"));
  }
  if (strings.size() == 2) {
    if (name == "match") return test_match(test, strings[0], strings[1]);
    if (name.starts_with("match_")) return test_in_list(test, strings[0], strings[1]);
    if (name.starts_with("inlist")) return test_list_member(test, strings[0], strings[1]);
    if (name == "crypteq") return of(false);  // what a stranger says is not what a stored password was made of
    if (name[0] == '<' || name[0] == '>' || name[0] == '=') return test_number(test, strings[0], strings[1]);
    if (name != "inbound_srs") return test_compare(test, strings[0], strings[1]);
  }
  return unknown(test.range, "the condition " + name + " is not evaluated here").status;
}

Value Expander::test_all(const Test& test, bool any) {
  const Value stop = any ? Value::Yes : Value::No;
  Value result = any ? Value::No : Value::Yes;
  for (const Test& inner : test.tests) {
    const Value value = this->test(inner);
    if (value == stop) return value;
    if (value == Value::Error) return result == Value::Unknown ? Value::Unknown : Value::Error;
    if (value == Value::Unknown) result = Value::Unknown;
  }
  return result;
}

Value Expander::test_defined(const Test& test) {
  if (test.variable.starts_with("h_")) {
    if (frame_.where != Where::Message) return Value::No;
    return unknown(test.range, "depends on the message's headers").status;
  }
  const Expansion value = variable(test.variable, test.range);
  return value.status == Value::Yes ? of(!value.text.empty()) : value.status;
}

Value Expander::test_compare(const Test& test, const std::string& a, const std::string& b) const {
  const bool caseless = test.name.ends_with('i');
  const std::string left = caseless ? to_lower(a) : a;
  const std::string right = caseless ? to_lower(b) : b;
  const int order = left.compare(right);
  switch (test.name[0]) {
    case 'e':
      return of(order == 0);
    case 'g':
      return of(test.name[1] == 'e' ? order >= 0 : order > 0);
    default:
      return of(test.name[1] == 'e' ? order <= 0 : order < 0);
  }
}

Value Expander::test_number(const Test& test, const std::string& a, const std::string& b) {
  const std::optional<long long> left = exim_integer(a);
  const std::optional<long long> right = exim_integer(b);
  if (!left || !right) return Value::Error;
  const std::string& name = test.name;
  if (name == "=" || name == "==") return of(*left == *right);
  if (name == "<") return of(*left < *right);
  if (name == "<=") return of(*left <= *right);
  return of(name == ">" ? *left > *right : *left >= *right);
}

Value Expander::test_match(const Test& test, const std::string& subject, const std::string& pattern) {
  const auto regex = Regex::compile(pattern, false);
  if (!regex) return Value::Error;
  std::vector<std::string> groups;
  switch ((*regex)->capture(subject, groups)) {
    case Regex::Answer::No:
      return Value::No;
    case Regex::Answer::LimitHit:
      return unknown(test.range, "a regular expression takes too long here").status;
    case Regex::Answer::Yes:
      break;
  }
  if (!test.negated) {
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i] = i < groups.size() ? groups[i] : "";
  }
  return Value::Yes;
}

Value Expander::test_list_member(const Test& test, const std::string& subject, const std::string& list) {
  const bool caseless = test.name == "inlisti";
  for (const EximItem& item : split_exim_list(as_text(list, test.range)).items) {
    const std::string text = (item.negated ? "!" : "") + item.text.str();
    if (caseless ? !equals_ignoring_case(text, subject) : text != subject) continue;
    value_ = text;
    return Value::Yes;
  }
  return Value::No;
}

Value Expander::test_in_list(const Test& test, const std::string& subject, const std::string& list) {
  EximText text = as_text(list, test.range);
  if (test.name == "match_ip") {
    if (!subject.empty() && !IpAddress::parse(subject)) return Value::Error;
    const ExpressionPtr inner = make_expression(std::move(text));
    const Expansion expanded = expand(*inner);
    if (expanded.status != Value::Yes) return expanded.status;
    text = as_text(expanded.text, test.range);
  }
  return frame_.site->match(list_kind(test.name), text, subject, facts_, frame_);
}

Value Expander::test_exists(const Test& test, const std::string& path) {
  if (path.empty()) return Value::No;
  const Reference file = frame_.site->sources().refer(path, frame_.site->main());
  switch (file.status) {
    case ReferenceStatus::Found:
    case ReferenceStatus::NotAFile:
      return Value::Yes;
    case ReferenceStatus::Missing:
      return Value::No;
    default:
      if (files_are_foreign) {
        assume(test.range, path + ", which is not at hand, is taken not to exist");
        return Value::No;
      }
      return unknown(test.range, "whether " + path + " exists is not known: it " + file.reason).status;
  }
}

Value Expander::test_each(const Test& test) {
  const Expansion list = expand(test.args[0]);
  if (list.status != Value::Yes) return failed(list.status);
  const bool any = test.name == "forany";
  const std::optional<std::string> outer = item_;
  Value result = any ? Value::No : Value::Yes;
  for (const EximItem& entry : split_exim_list(as_text(list.text, test.range)).items) {
    item_ = (entry.negated ? "!" : "") + entry.text.str();
    const Value value = this->test(test.tests[0]);
    if (value == (any ? Value::Yes : Value::No) || value == Value::Error) {
      result = value == Value::Error && result == Value::Unknown ? Value::Unknown : value;
      break;
    }
    if (value == Value::Unknown) result = Value::Unknown;
  }
  item_ = outer;
  return result;
}

}  // namespace relaylint::exim4
