#pragma once
// Every place that a judged configuration names.

#include <functional>
#include <string_view>

#include "lint/engine.hpp"

namespace relaylint::test {

/// `whose` says what the span belongs to, for messages.
using SpanVisitor = std::function<void(Span span, std::string_view whose)>;

void for_each_span(const Configuration& configuration, const SpanVisitor& visit);

/// Every list that a stage, a clause or a condition names.
void for_each_list_reference(const RelayPolicy& policy, const std::function<void(ListId)>& visit);

}  // namespace relaylint::test
