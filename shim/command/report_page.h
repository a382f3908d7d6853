// SPDX-License-Identifier: MIT
// A record as one page that needs nothing else: the files of shim/command/report with the record in them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "shim/command/run_record.h"

namespace landshim::command {

/// shim/command/report/page.*, and what the page's Content-Security-Policy knows its style and its script by: base64 of
/// their SHA-256.
struct PageParts {
  std::string_view html;
  std::string_view style;
  std::string_view script;
  std::string_view style_hash;
  std::string_view script_hash;
};
const PageParts& page_parts();

/// The record as page.js reads it. Control characters, characters that turn the direction of a text or are not seen, and
/// bytes that are no UTF-8 are escaped, and no '<' is left in it.
std::string record_json(const Record& record);

std::string page_of(const Record& record, const PageParts& parts);

}  // namespace landshim::command
