#pragma once
// How qmail reads its control files, envelope addresses and constant databases. Sources: control.c, constmap.c,
// qmail-smtpd.c (addrparse) of qmail 1.03; the cdb structure as its author published it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lint/source.hpp"

namespace relaylint::qmail {

/// One entry of a control file that holds a list (control_readfile).
struct ControlEntry {
  std::string_view text;  ///< the key as qmail compares it: a carriage return and leading blanks are part of it
  TextRange range{};      ///< of `text`
  TextRange line{};       ///< the whole line, with its ending
};

using EntryVisitor = std::function<void(const ControlEntry&)>;

/// The entries in file order. A line ends at LF; spaces, tabs and LFs at its end are cut off; `#` in column 1 makes it a comment;
/// a NUL ends an entry and starts the next. Nothing is stored.
void for_each_entry(std::string_view bytes, const EntryVisitor& visit);

/// The value of a control file that holds one line (control_readline): the first line without spaces and tabs at its end.
/// `#` is not special. Nothing where that is empty.
std::optional<TextRange> first_line(std::string_view bytes);

/// The envelope address as qmail-smtpd takes it from RCPT (addrparse): a source route is dropped, quotes are removed, a backslash
/// takes the next character as it is. `address` is what stands between the angle brackets.
std::string parse_address(std::string_view address);

/// Position of the last `@`, or the length of the address where there is none.
std::size_t at_sign(std::string_view address);

/// A record of a constant database.
struct CdbRecord {
  std::string_view key;
  std::string_view data;
  TextRange range{};  ///< of key and data together
};

/// Visits the records of a cdb in file order; false where the bytes are not a cdb (some records may have been visited). Bounded by
/// the size of the file.
bool for_each_record(std::string_view bytes, const std::function<void(const CdbRecord&)>& visit);

}  // namespace relaylint::qmail
