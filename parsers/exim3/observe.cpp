// Facts that decide nothing, but that the user should know: README.md, "What is told besides".

#include <algorithm>

#include "parsers/exim3/exim3.hpp"
#include "parsers/support/exim_list.hpp"

namespace relaylint::exim3 {

namespace {

class Observer {
 public:
  Observer(const Exim3Document& document, RelayPolicy& policy) : document_(document), policy_(policy) {}

  void run(const Authenticated& credentials) {
    observe_capitals();
    observe_blocklists();
    const auto* auth = find("host_auth_accept_relay");
    if (auth != nullptr && credentials.check == CredentialCheck::Impossible) {
      advise(auth->span, "no authenticator is set up, so no client can authenticate and this lets nobody relay");
    }
    if (const auto* hack = find("percent_hack_domains"); hack != nullptr && !hack->value.text.empty()) {
      advise(
          hack->span,
          "the percent hack is tested again here, but a host behind this one that honours `%` may relay for anybody");
    }
    if (const auto* senders = find("sender_address_relay");
        senders != nullptr && !document_.is_on("relay_match_host_or_sender")) {
      if (find("host_accept_relay") == nullptr && find("host_auth_accept_relay") == nullptr &&
          find("tls_host_accept_relay") == nullptr) {
        advise(senders->span, "this restricts which senders may relay, and no host may: it lets nobody relay");
      }
    }
  }

  void advise(Span span, std::string text) {
    policy_.observations.push_back({ObservationKind::Advice, span, std::move(text), std::nullopt});
  }

  /// A setting in capitals is the definition of a macro that nothing uses.
  void observe_capitals() {
    for (const auto& line : document_.lines.lines) {
      if (line.kind != EximLineKind::Macro) continue;
      const auto text = line.text.view();
      const auto option = parse_exim_option(text);
      if (!option) continue;
      const auto written = text.substr(option->name_range.start, option->name_range.size());
      const auto meant = exim_option_in_capitals(written, main_options());
      if (!meant) continue;
      const auto name = std::string(written);
      const bool malformed = !line.problem.empty();
      const auto message =
          malformed ? "`" + name +
                          "` in capitals is a malformed macro to Exim, which does not load the file; the setting is `" +
                          *meant + "`"
                    : "`" + name + "` in capitals defines a macro: Exim does not set `" + *meant + "` by it";
      const auto place = line.text.use_place(option->name_range);
      policy_.observations.push_back({ObservationKind::IneffectiveProtection, place, message,
                                      PolicyChange{PolicyChange::Kind::Correct, line.span, {place}}});
    }
  }

  void observe_blocklists() {
    const auto* zones = find("rbl_domains");
    if (zones == nullptr) return;
    for (const auto& item : split_exim_list(zones->value.text).items) {
      const auto text = item.text.view();
      const auto slash = std::min(text.find('/'), text.size());
      if (slash == 0) continue;
      policy_.observations.push_back(
          {ObservationKind::DnsBlocklist, item.span, std::string(text.substr(0, slash)), std::nullopt});
    }
  }

 private:
  [[nodiscard]] const Setting* find(std::string_view name) const { return document_.find(name); }

  const Exim3Document& document_;
  RelayPolicy& policy_;
};

}  // namespace

void observe(const Exim3Document& document, const Authenticated& credentials, RelayPolicy& policy) {
  Observer(document, policy).run(credentials);
}

}  // namespace relaylint::exim3
