// SPDX-License-Identifier: MIT
#include "tests/support/json.h"

namespace landshim::tests {

Json json_of(const std::string& text) { return Json::parse(text); }

Json json_or_none(const std::string& text) { return Json::parse(text, nullptr, false); }

std::string text_of(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace landshim::tests
