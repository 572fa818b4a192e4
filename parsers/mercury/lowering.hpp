#pragma once
// Internal to this folder: one MERCURY.INI on its way to a RelayPolicy.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/policy.hpp"
#include "parsers/mercury/mercury.hpp"

namespace relaylint::mercury {

/// Allow and Refuse lines as connection control: whom MercuryS turns away before he can say anything.
struct ConnectionControl {
  AddressSet refused{};   ///< by every reading
  AddressSet disputed{};  ///< refused by some readings
  AddressSet allowed{};   ///< what the Allow lines name, refused or not
  const Listed* first_refuse = nullptr;
};

/// From 4.0 on the most specific line wins; before, the first one may.
ConnectionControl control_of(const std::vector<Listed>& listed, const Edition& edition);

/// Everything that an undocumented entry (`192.168.0.0/24`, `a.b.c.d - e.f.g.h`) can be taken for; empty where it is no
/// form of address at all.
AddressSet widest_reading(std::string_view text);

class Lowering {
 public:
  Lowering(const MercuryDocument& document, const LowerOptions& options);

  RelayPolicy run();

 private:
  void domains();
  void connect_stage(ListId list);
  void undocumented_refusals(const std::function<void(std::vector<Condition>, Span)>& add);
  void rcpt_stage();
  void authentication();
  void local_senders();
  void allowed_clients();
  void access_control_file();
  void last_word();
  void unterminated_list();
  void listeners(std::vector<Stage> stages);
  [[nodiscard]] std::optional<Span> loopback_binding() const;
  [[nodiscard]] std::optional<std::uint16_t> port(std::string_view key) const;
  [[nodiscard]] std::string strict_doubt() const;
  [[nodiscard]] std::string relay_doubt() const;

  // What the user should know beside the verdict (observe.cpp).
  void observe();
  void observe_slips();
  void observe_switches();
  void observe_lists();
  void observe_blocklists();
  void observe_file();
  void advise(Span place, std::string words, std::optional<PolicyChange> change = std::nullopt) {
    policy_.observations.push_back({ObservationKind::Advice, place, std::move(words), std::move(change)});
  }

  void accept(std::vector<Condition> when, Span place, std::string words = {});
  DecisionList& rcpt() { return policy_.list(rcpt_); }
  [[nodiscard]] std::string_view text(TextRange range) const { return document_.text(range); }
  [[nodiscard]] Span span(TextRange range) const { return document_.span(range); }
  [[nodiscard]] Span span_of(const Listed& listed) const { return span(document_.ini().entries[listed.entry].value); }
  [[nodiscard]] std::string_view value_of(const Listed& listed) const {
    return text(document_.ini().entries[listed.entry].value);
  }
  /// The last line that sets a switch, as the file says it.
  [[nodiscard]] std::string statement(const Switch& setting) const {
    return std::string(text(document_.ini().entries[setting.entries.back()].statement()));
  }

  const MercuryDocument& document_;
  const Settings& settings_;
  Module module_;
  Edition edition_{};
  ConnectionControl control_{};
  RelayPolicy policy_{};
  ListId rcpt_{};
};

}  // namespace relaylint::mercury
