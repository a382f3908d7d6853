// SPDX-License-Identifier: MIT
#include "config/items.h"

namespace landshim {

namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

// Means nothing but itself, wherever it stands in an item. Letters are told first.
bool plain(char c) { return c > ';' || (!blank(c) && c != '"' && c != ',' && c != ';' && c != '#'); }

Result<std::vector<std::string>> split(std::string_view value, bool at_commas) {
  std::vector<std::string> out;
  std::string item;
  std::size_t solid = 0;  // length of the item up to its last character that is no unquoted blank
  bool quoted = false;
  const auto finish = [&] {
    item.resize(solid);
    out.push_back(std::move(item));
    item.clear();
    solid = 0;
    return !out.back().empty();
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted) {
      if (c == '"') {
        quoted = false;
        continue;
      }
      if (c == '\\') {
        if (++i == value.size() || (value[i] != '"' && value[i] != '\\'))
          return Error{"inside quotes a backslash stands only before a quote or another backslash; write \\\\ for one"};
      }
      item += value[i];
      solid = item.size();
      continue;
    }
    if (c == '"') {
      quoted = true;
      continue;
    }
    if (at_commas && c == ',') {
      if (!finish()) return Error{"an empty item before a comma; remove the comma, or quote what it belongs to"};
      continue;
    }
    if ((c == ';' || c == '#') && (i == 0 || blank(value[i - 1])))
      return Error{std::string("a comment stands on a line of its own; quote the value if it has a '") + c + "' after a blank"};
    if (blank(c) && item.empty()) continue;
    std::size_t end = i + 1;
    while (!blank(c) && end < value.size() && plain(value[end])) ++end;
    item += value.substr(i, end - i);
    i = end - 1;
    if (!blank(c)) solid = item.size();
  }
  if (quoted) return Error{"a quote is not closed"};
  if (!finish()) return Error{out.size() == 1 ? "the value is empty; remove the line or give it a value" : "an empty item after the last comma; remove the comma"};
  return out;
}

}  // namespace

Result<std::vector<std::string>> items(std::string_view value) { return split(value, true); }

Result<std::string> single_item(std::string_view value) {
  Result<std::vector<std::string>> all = split(value, false);
  if (!all) return all.error();
  return std::move(all->front());
}

}  // namespace landshim
