#pragma once
// Delivery instructions (.qmail files) as far as they send mail on to an address that the sender chose. Source:
// dot-qmail(5), qmail-command(8), qmail-local.c.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/source.hpp"

namespace relaylint::qmail {

/// What a re-injecting command sends the message to.
enum class Reinjected {
  Default,  ///< "$DEFAULT": what `default` in the file's name stood for
  Local,    ///< "$LOCAL": the whole local part
  Ext,      ///< "$EXT": the local part behind the user's name
};

struct ForwardLine {
  Reinjected what = Reinjected::Default;
  Span span{};  ///< the line, without its ending
  Span word{};  ///< the variable, quotes included: a domain would stand behind it
};

struct DotQmail {
  FileId file{};
  std::string extension{};  ///< "shop-default" of .qmail-shop-default, "" of .qmail
  /// The instructions stop before the forwarding where the recipient's domain is another than this (`bouncesaying … [
  /// "@$HOST"
  /// != "@fixme" ]`).
  std::optional<std::string> only_host{};
  std::optional<ForwardLine> forward{};
  /// Commands that are taken to deliver the message themselves.
  std::vector<Span> commands{};

  /// For `…-default` files the part in front of "default" ("shop-"); nothing for others.
  [[nodiscard]] std::optional<std::string_view> prefix() const;
};

DotQmail read_dot_qmail(std::string_view bytes, FileId file, std::string_view extension);

}  // namespace relaylint::qmail
