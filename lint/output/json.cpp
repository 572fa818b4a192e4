// contract.md 4: docs/schema/relaylint-v1.schema.json is the authority on keys, their order and types.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lint/output/escape.hpp"
#include "lint/output/formats.hpp"
#include "lint/version.hpp"

namespace relaylint {
namespace {

using Json = nlohmann::ordered_json;

template <typename Items, typename Convert>
Json array_of(const Items& items, const Convert& convert) {
  Json array = Json::array();
  for (const auto& item : items) array.push_back(convert(item));
  return array;
}

Json text(const std::string& bytes) { return to_utf8(bytes); }

Json place_json(const Place& place) {
  return {{"path", text(place.path)}, {"line", place.start.line}, {"column", place.start.column}};
}

Json note_json(const ReportedNote& note) {
  Json json = place_json(note.place);
  json["text"] = text(note.text);
  return json;
}

Json step_json(const ReportedStep& step) {
  Json json = place_json(step.place);
  json["text"] = text(step.text);
  json["effect"] = step.accepts ? "accepts" : "passes";
  return json;
}

Json position_json(LineColumn position, std::uint32_t offset) {
  return {{"line", position.line}, {"column", position.column}, {"offset", offset}};
}

/// What has to be done by hand is told in the title: the report has no other place for it.
std::string title_with_steps(const ReportedFix& fix) {
  std::string title = fix.title;
  for (std::size_t i = 0; i < fix.steps.size(); ++i) title += (i == 0 ? ": " : "; ") + fix.steps[i];
  return title;
}

Json fix_json(const ReportedFix& fix) {
  // Bytes that are no text cannot be said in JSON, and a reader must not apply something else.
  const bool sayable =
      std::all_of(fix.edits.begin(), fix.edits.end(), [](const ReportedEdit& edit) { return is_utf8(edit.text); });
  Json json{{"title", text(title_with_steps(fix))},
            {"applicability", to_string(sayable ? fix.applicability : Applicability::Display)}};
  json["edits"] = array_of(sayable ? fix.edits : std::vector<ReportedEdit>(), [](const ReportedEdit& edit) {
    return Json{{"path", text(edit.path)}, {"offset", edit.offset}, {"length", edit.length}, {"text", text(edit.text)}};
  });
  return json;
}

Json finding_json(const ReportedFinding& finding) {
  Json json{{"rule", finding.rule},
            {"name", finding.name},
            {"severity", to_string(finding.severity)},
            {"message", text(finding.message)}};
  json["path"] = text(finding.place.path);
  json["range"] = {{"start", position_json(finding.place.start, finding.place.start_offset)},
                   {"end", position_json(finding.place.end, finding.place.end_offset)}};
  json["fix"] = finding.fix ? fix_json(*finding.fix) : Json(nullptr);
  json["suppressed"] = nullptr;
  if (finding.suppressed) {
    json["suppressed"] = {{"reason", text(finding.suppressed->reason)}, {"expires", nullptr}};
    if (!finding.suppressed->expires.empty()) json["suppressed"]["expires"] = finding.suppressed->expires;
  }
  return json;
}

Json witness_json(const ReportedWitness& witness) {
  const Transaction& transaction = witness.transaction;
  Json json{{"client", transaction.client.text()}, {"client_name", nullptr}};
  if (transaction.client_name) json["client_name"] = text(*transaction.client_name);
  json["helo"] = text(transaction.helo);
  json["tls"] = transaction.tls;
  json["auth"] = to_string(transaction.auth);
  json["mail_from"] = text(transaction.mail_from);
  json["rcpt_to"] = text(transaction.rcpt_to);
  json["preceding"] =
      array_of(transaction.preceding, [](const std::string& recipient) { return text("RCPT TO:<" + recipient + ">"); });
  json["path"] = array_of(witness.path, step_json);
  json["replay"] = text(witness.replay);
  return json;
}

Json configuration_json(const ConfigurationReport& configuration) {
  Json json{{"path", text(configuration.path)}, {"format", configuration.format}};
  json["product"] = {{"name", configuration.product}, {"version", nullptr}};
  if (configuration.version) json["product"]["version"] = text(*configuration.version);
  json["verdict"] = to_string(configuration.verdict);
  json["witness"] = configuration.witness ? witness_json(*configuration.witness) : Json(nullptr);
  const ReportedExposure& exposure = configuration.exposure;
  json["exposure"] = {{"ipv4_addresses", exposure.ipv4_addresses}, {"ipv6_prefixes", exposure.ipv6_prefixes}};
  json["exposure"]["recipients"] = exposure.anyone ? Json("anyone") : Json(exposure.recipients);
  json["assumptions"] = array_of(configuration.assumptions, note_json);
  json["reasons"] = array_of(configuration.reasons, note_json);
  json["coverage"] = {{"bytes", configuration.bytes},
                      {"not_understood", array_of(configuration.not_understood, place_json)}};
  json["files"] = array_of(configuration.files, text);
  json["findings"] = array_of(configuration.findings, finding_json);
  json["decision"] = nullptr;
  if (configuration.decision) {
    json["decision"] = {{"outcome", to_string(configuration.decision->outcome)},
                        {"path", array_of(configuration.decision->path, step_json)}};
  }
  json["verify"] = nullptr;
  if (configuration.verification) {
    json["verify"] = {{"outcome", configuration.verification->outcome},
                      {"detail", text(configuration.verification->detail)}};
  }
  return json;
}

Json summary_json(const Summary& summary) {
  return {{"configurations", summary.configurations},
          {"open", summary.open},
          {"closed", summary.closed},
          {"unknown", summary.unknown},
          {"findings", summary.findings},
          {"fixed", summary.fixed},
          {"files", summary.files},
          {"bytes", summary.bytes}};
}

std::string dump(const Json& json, int indent) {
  return escape_json_text(json.dump(indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace

std::string write_json(const Report& report, const OutputOptions&) {
  Json json{{"schema", "relaylint/v1"}, {"tool", {{"name", "relaylint"}, {"version", version()}}}};
  json["configurations"] = array_of(report.configurations, configuration_json);
  json["summary"] = summary_json(report.summary);
  return dump(json, 2);
}

std::string write_jsonl(const Report& report, const OutputOptions&) {
  std::string out;
  for (const ConfigurationReport& configuration : report.configurations)
    out += dump(configuration_json(configuration), -1);
  return out + dump(Json{{"summary", summary_json(report.summary)}}, -1);
}

}  // namespace relaylint
