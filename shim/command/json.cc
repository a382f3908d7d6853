// SPDX-License-Identifier: MIT
#include "shim/command/json.h"

namespace landshim::command {

namespace {

constexpr auto kReplaced = Json::error_handler_t::replace;

}  // namespace

Json json_of(const std::string& text, const Json::parser_callback_t& look_on) { return Json::parse(text, look_on); }

JsonMap json_map_of(std::string_view text) { return JsonMap::parse(text, nullptr, false); }

std::string json_text(const Json& document) { return document.dump(-1, ' ', false, kReplaced); }

std::string json_ascii(const Json& document) { return document.dump(-1, ' ', true, kReplaced); }

std::string json_lines(const Json& document) { return document.dump(2, ' ', false, kReplaced) + "\n"; }

}  // namespace landshim::command
