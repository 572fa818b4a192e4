// Gathers the files of one qmail installation: from its folder, its control folder, or any one of its files.

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/qmail/control.hpp"
#include "parsers/qmail/qmail.hpp"
#include "parsers/qmail/shell.hpp"
#include "parsers/qmail/superserver.hpp"

namespace relaylint::qmail {
namespace {

constexpr std::array<std::string_view, 6> kTelling = {"rcpthosts",   "locals",        "virtualdomains",
                                                      "percenthack", "morercpthosts", "morercpthosts.cdb"};
constexpr std::array<std::string_view, 26> kControl = {
    "me",           "defaultdomain",     "defaulthost",         "plusdomain",
    "idhost",       "envnoathost",       "localiphost",         "smtpgreeting",
    "bouncehost",   "badmailfrom",       "smtproutes",          "queuelifetime",
    "helohost",     "timeoutsmtpd",      "databytes",           "relayhosts",
    "relaydomains", "relayclients",      "relaymailfrom",       "ldapserver",
    "ldapbasedn",   "concurrencyremote", "concurrencyincoming", "doublebounceto",
    "bouncefrom",   "tcp.smtp"};
constexpr std::array<std::string_view, 5> kRules = {"tcp.smtp", "rules.smtpd", "tcp.qmtp", "tcp.qmqp",
                                                    "tcprules.smtpd"};

bool is_run_script(std::string_view name) { return name == "run" || name == "rc" || name.starts_with("run."); }

/// A file's part in the installation is told by its name.
bool is_rules_name(std::string_view name) { return std::find(kRules.begin(), kRules.end(), name) != kRules.end(); }

class Gatherer final : public ScriptContext {
 public:
  Gatherer(QmailDocument& document, SourceSet& sources) : document_(document), sources_(sources) {}

  void run();

  std::optional<std::pair<FileId, std::string_view>> source(const Word& name) override;
  Variable look_up(const Word& directory, std::string_view variable) override;

 private:
  void find_folders();
  void read_control();
  void read_beside(const std::string& folder);
  void read_alias(const std::string& folder);
  void take(const std::string& path);
  void add_services(std::vector<Service> services);
  std::optional<FileId> open(const std::string& path);
  void read_hosts_allow();

  QmailDocument& document_;
  SourceSet& sources_;
  std::string base_;     ///< what lies around the control folder; empty where that may not be looked at
  std::string control_;  ///< empty where none was found
  std::vector<std::string> taken_{};
};

std::optional<FileId> Gatherer::open(const std::string& path) {
  const Reference reference = sources_.open(path);
  if (reference.status == ReferenceStatus::Found) return reference.file;
  if (reference.status != ReferenceStatus::Missing && reference.status != ReferenceStatus::NotAFile) {
    document_.problems.push_back({{document_.main(), {}}, path + " " + reference.reason, false});
  }
  return std::nullopt;
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_control_folder(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return is_telling_control_name(name); }) ||
         (holds(names, "me") && std::any_of(names.begin(), names.end(), [](const std::string& name) {
            return name != "me" && is_control_name(name);
          }));
}

void Gatherer::find_folders() {
  const SourceFile& main = sources_.file(document_.main());
  if (!main.present()) {  // a folder
    const std::string& folder = main.path();
    const std::vector<std::string> names = sources_.list(folder);
    if (holds(names, "control")) {
      base_ = folder;
      control_ = join_path(folder, "control");
    } else {
      control_ = folder;
      if (base_name(folder) == "control") base_ = directory_of(folder);
    }
    return;
  }
  const std::string folder = directory_of(main.path());
  if (is_control_name(base_name(main.path())) && !is_rules_name(base_name(main.path()))) {
    control_ = folder;
    if (base_name(folder) == "control") base_ = directory_of(folder);
    return;
  }
  base_ = folder;
  const std::vector<std::string> names = sources_.list(folder);
  if (holds(names, "control")) {
    control_ = join_path(folder, "control");
  } else if (is_control_folder(names)) {
    control_ = folder;
    if (base_name(folder) == "control") base_ = directory_of(folder);
  }
}

void Gatherer::read_control() {
  if (control_.empty()) return;
  document_.control_seen = true;
  document_.control_names = sources_.list(control_);
  for (const std::string_view name : kTelling) {
    const Reference reference = sources_.open(join_path(control_, name));
    const bool there = reference.status == ReferenceStatus::Found || reference.status == ReferenceStatus::Missing;
    if (there) document_.control_files.emplace(name, reference.file);
    if (!there) {
      document_.problems.push_back({{document_.main(), {}}, reference.path + " " + reference.reason, true});
    }
  }
  for (const std::string_view name : kControl) {
    if (is_rules_name(name) || !holds(document_.control_names, name)) continue;
    if (const std::optional<FileId> file = open(join_path(control_, name)))
      document_.control_files.emplace(name, *file);
  }
  // The one file that the daemon will not start without.
  if (!document_.control_files.contains("me")) {
    const Reference reference = sources_.open(join_path(control_, "me"));
    if (reference.status == ReferenceStatus::Missing) document_.control_files.emplace("me", reference.file);
  }
}

void Gatherer::add_services(std::vector<Service> services) {
  for (Service& service : services) document_.services.push_back(std::move(service));
}

void Gatherer::take(const std::string& path) {
  if (holds(taken_, path)) return;
  taken_.push_back(path);
  const std::string name(base_name(path));
  if (is_rules_name(name)) {
    RulesFile rules;
    rules.name = name;
    if (const std::optional<FileId> file = open(path)) {
      rules.text = file;
      rules.parsed = parse_tcp_rules(sources_.file(*file).bytes());
    }
    const std::string folder = directory_of(path);
    if (holds(sources_.list(folder), name + ".cdb")) rules.compiled = open(path + ".cdb");
    if (rules.text || rules.compiled) document_.rules.push_back(std::move(rules));
    return;
  }
  const std::optional<FileId> file = open(path);
  if (!file) return;
  const std::string_view bytes = sources_.file(*file).bytes();
  if (is_run_script(name)) {
    const Script script = parse_script(bytes, *file);
    if (script.problem) document_.problems.push_back(*script.problem);
    add_services(services_of(script, *file, *this));
  } else if (name == "inetd.conf") {
    add_services(inetd_services(bytes, *file, *this));
  } else if (name.ends_with(".service")) {
    add_services(systemd_services(bytes, *file, *this));
  } else if (bytes.find("qmail-") != std::string_view::npos && bytes.find("service") != std::string_view::npos) {
    add_services(xinetd_services(bytes, *file));
  }
}

void Gatherer::read_beside(const std::string& folder) {
  for (const std::string& name : sources_.list(folder)) {
    const std::string path = join_path(folder, name);
    const bool known = is_rules_name(name) || is_run_script(name) || name == "inetd.conf" || name == "xinetd.conf" ||
                       name.ends_with(".service");
    const bool compiled_only =
        name.ends_with(".cdb") && is_rules_name(std::string_view(name).substr(0, name.size() - 4));
    if (known) take(path);
    if (compiled_only) take(path.substr(0, path.size() - 4));
    if (name == "xinetd.d" || name == "supervise" || name == "service") {
      for (const std::string& inner : sources_.list(path)) {
        if (name == "xinetd.d") {
          take(join_path(path, inner));
        } else {
          const std::string script = join_path(join_path(path, inner), "run");
          if (sources_.reader().kind(script) == FileKind::Regular) take(script);
        }
      }
    }
  }
}

void Gatherer::read_alias(const std::string& folder) {
  const std::vector<std::string> names = sources_.list(folder);
  document_.alias_seen = !names.empty();
  for (const std::string& name : names) {
    if (!name.starts_with(".qmail")) continue;
    const std::optional<FileId> file = open(join_path(folder, name));
    if (!file) continue;
    std::string extension = name.size() > 7 && name[6] == '-' ? name.substr(7) : std::string();
    std::replace(extension.begin(), extension.end(), ':', '.');
    document_.forwards.push_back(read_dot_qmail(sources_.file(*file).bytes(), *file, extension));
  }
}

void Gatherer::read_hosts_allow() {
  if (base_.empty() || !holds(sources_.list(base_), "hosts.allow")) return;
  const std::optional<FileId> file = open(join_path(base_, "hosts.allow"));
  if (!file) return;
  for (Service& service : document_.services) {
    if (service.tcpserver || !service.access.empty()) continue;
    service.access = hosts_allow_rules(sources_.file(*file).bytes(), *file, service.name);
  }
}

std::optional<std::pair<FileId, std::string_view>> Gatherer::source(const Word& name) {
  const Reference reference = sources_.refer(name.text, name.span.file);
  if (reference.status != ReferenceStatus::Found) return std::nullopt;
  return std::pair{reference.file, sources_.file(reference.file).bytes()};
}

Variable Gatherer::look_up(const Word& directory, std::string_view variable) {
  Variable result;
  const std::string folder = sources_.resolve(directory.text, directory.span.file);
  const std::vector<std::string> names = directory.known ? sources_.list(folder) : std::vector<std::string>{};
  if (names.empty()) {
    result.state = Variable::State::Opaque;
    result.span = directory.span;
    result.text = "what " + directory.text + " holds for envdir is not at hand";
    return result;
  }
  if (!holds(names, variable)) return result;
  const std::optional<FileId> file = open(join_path(folder, variable));
  if (!file) return result;
  const std::string_view bytes = sources_.file(*file).bytes();
  result.span = {*file, {0, static_cast<std::uint32_t>(bytes.size())}};
  if (bytes.empty()) {
    result.state = Variable::State::Unset;  // envdir(8): an empty file takes the variable away
    return result;
  }
  result.state = Variable::State::Set;
  const std::optional<TextRange> line = first_line(bytes);
  result.value = line ? bytes.substr(line->start, line->size()) : "";
  result.text = std::string(variable) + "=" + result.value;
  return result;
}

void Gatherer::run() {
  find_folders();
  read_control();
  const SourceFile& main = sources_.file(document_.main());
  if (main.present() && !is_control_name(base_name(main.path()))) take(main.path());
  if (!control_.empty()) read_beside(control_);
  if (!base_.empty() && base_ != control_) {
    read_beside(base_);
    read_alias(join_path(base_, "alias"));
  }
  if (main.present() && document_.services.empty() && document_.rules.empty() && !document_.control_seen) {
    // A file of another name that the user says is one of qmail's.
    const std::string_view bytes = main.bytes();
    if (bytes.starts_with("#!")) {
      const Script script = parse_script(bytes, document_.main());
      add_services(services_of(script, document_.main(), *this));
    } else if (bytes.find("qmail-smtpd") != std::string_view::npos) {
      add_services(xinetd_services(bytes, document_.main()));
      if (document_.services.empty()) add_services(inetd_services(bytes, document_.main(), *this));
    } else {
      RulesFile rules;
      rules.name = base_name(main.path());
      rules.text = document_.main();
      rules.parsed = parse_tcp_rules(bytes);
      document_.rules.push_back(std::move(rules));
    }
  }
  read_hosts_allow();
}

}  // namespace

bool is_telling_control_name(std::string_view name) {
  return std::find(kTelling.begin(), kTelling.end(), name) != kTelling.end();
}

bool is_control_name(std::string_view name) {
  return is_telling_control_name(name) || std::find(kControl.begin(), kControl.end(), name) != kControl.end();
}

std::optional<FileId> QmailDocument::control(std::string_view name) const {
  const auto found = control_files.find(name);
  return found == control_files.end() ? std::nullopt : std::optional<FileId>(found->second);
}

std::optional<std::string_view> QmailDocument::bytes_of(std::string_view name) const {
  const std::optional<FileId> file = control(name);
  if (!file || !sources().file(*file).present()) return std::nullopt;
  return sources().file(*file).bytes();
}

void QmailDocument::for_each_leaf(FileId file, const LeafVisitor& visit) const {
  for_each_line_leaf(sources().file(file).bytes(), "#", visit);
}

std::unique_ptr<Document> parse(SourceSet& sources, FileId main) {
  auto document = std::make_unique<QmailDocument>(sources, main);
  Gatherer(*document, sources).run();
  return document;
}

}  // namespace relaylint::qmail
