#pragma once
// A qmail installation as one configuration: the control folder and what lies beside it.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/format.hpp"
#include "parsers/qmail/dotqmail.hpp"
#include "parsers/qmail/service.hpp"
#include "parsers/qmail/tcprules.hpp"

namespace relaylint::qmail {

/// A rules file of tcpserver: the text, and the compiled one where it lies beside it.
struct RulesFile {
  std::optional<FileId> text{};
  TcpRulesText parsed{};
  std::optional<FileId> compiled{};
  std::string name{};  ///< base name of the text: tcp.smtp
};

class QmailDocument final : public Document {
 public:
  using Document::Document;
  void for_each_leaf(FileId file, const LeafVisitor& visit) const override;

  /// A control file by name; where there is none, the absent file. Nothing where it may not be looked at.
  [[nodiscard]] std::optional<FileId> control(std::string_view name) const;
  /// Its bytes; nothing where it does not exist.
  [[nodiscard]] std::optional<std::string_view> bytes_of(std::string_view name) const;

  std::map<std::string, FileId, std::less<>> control_files{};
  std::vector<std::string> control_names{};  ///< entries of the control folder
  std::vector<RulesFile> rules{};
  std::vector<Service> services{};
  std::vector<DotQmail> forwards{};
  /// The folder that holds alias/ was looked at.
  bool alias_seen = false;
  /// How the recipients are taken: a control file or a folder was given, or only a file beside it (a run script).
  bool control_seen = false;
};

std::unique_ptr<Document> parse(SourceSet& sources, FileId main);
RelayPolicy lower(const Document& document, const LowerOptions& options);
std::optional<Fix> rewrite(const Document& document, const RelayPolicy& policy, const PolicyChange& change);

/// Names of control files that qmail's own daemons or well-known patches read.
bool is_control_name(std::string_view name);
/// Names of control files that decide who may relay or what is local: a folder that holds one is a control folder.
bool is_telling_control_name(std::string_view name);

}  // namespace relaylint::qmail
