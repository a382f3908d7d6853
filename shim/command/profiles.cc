// SPDX-License-Identifier: MIT
#include "shim/command/profiles.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

#include "config/keys.h"
#include "config/load.h"
#include "shim/command/command.h"
#include "shim/command/json.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

constexpr std::string_view kOwnPlace = "with the command";
constexpr std::size_t kNameWidth = 22;

/// A profile in one of its places.
struct Placed {
  std::string place;  ///< a path, or kOwnPlace
  std::string text;
  std::string fault;  ///< why it cannot be read
};

/// By name, in the order in which they are looked for: the first is used.
using Profiles = std::map<std::string, std::vector<Placed>>;

Placed read_profile(const std::filesystem::path& path) {
  Placed out{path.string(), {}, {}};
  std::error_code missing;
  if (!std::filesystem::is_regular_file(path, missing)) {
    out.fault = "is no file that can be read";
    return out;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) out.fault = "cannot be read";
  out.text.assign(std::istreambuf_iterator<char>(file), {});
  return out;
}

Profiles all_profiles() {
  Surroundings surroundings;
  surroundings.environment = environ;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  Profiles out;
  for (const std::string& place : profile_places("", surroundings)) {
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(place).parent_path(), unreadable))
      if (entry.path().extension() == ".ini") out[entry.path().stem().string()].push_back(read_profile(entry.path()));
  }
  for (const OwnProfile& own : own_profiles()) out[std::string(own.name)].push_back({std::string(kOwnPlace), std::string(own.text), {}});
  return out;
}

// The first line that is a comment; empty: the text begins otherwise.
std::string description(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    if (line[first] != ';' && line[first] != '#') return {};
    const std::size_t begin = line.find_first_not_of(" \t;#", first);
    const std::size_t end = line.find_last_not_of(" \t\r");
    return begin == std::string::npos ? "" : line.substr(begin, end + 1 - begin);
  }
  return {};
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

Json as_json(const std::string& name, const std::vector<Placed>& places, bool with_text) {
  const Placed& used = places.front();
  Json out = {{"name", name}, {"place", used.place}, {"description", description(used.text)}, {"shadows", Json::array()}};
  for (std::size_t i = 1; i < places.size(); ++i) out["shadows"].push_back(places[i].place);
  out["fault"] = used.fault.empty() ? Json(nullptr) : Json(used.fault);
  if (with_text) out["text"] = used.text;
  return out;
}

int list(const Profiles& profiles, bool with_json) {
  if (with_json) {
    Json out = Json::array();
    for (const auto& [name, places] : profiles) out.push_back(as_json(name, places, false));
    return print_json(out) ? 0 : 1;
  }
  std::string out;
  for (const auto& [name, places] : profiles) {
    const Placed& used = places.front();
    out += padded(printable(name), kNameWidth) + (used.fault.empty() ? printable(description(used.text)) : used.fault) + "\n";
    if (used.place != kOwnPlace) out += padded("", kNameWidth) + printable(used.place) + "\n";
    for (std::size_t i = 1; i < places.size(); ++i) out += padded("", kNameWidth) + "in place of the one " + (places[i].place == kOwnPlace ? "" : "at ") + printable(places[i].place) + "\n";
  }
  return print(out) ? 0 : 1;
}

// A terminal must not be driven by a file; whatever else reads it gets the bytes.
std::string for_reader(const std::string& text) {
  if (isatty(STDOUT_FILENO) != 1) return text;
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += printable(line) + "\n";
  return out;
}

int show(const Profiles& profiles, const std::string& name, bool with_json) {
  const auto found = profiles.find(name);
  if (found == profiles.end()) {
    Nearest nearest(name);
    for (const auto& [other, places] : profiles) nearest.offer(other);
    say(text({"there is no profile " + name + (nearest.best().empty() ? "; see landshim profiles" : "; did you mean '" + std::string(nearest.best()) + "'?"), {}, 0}));
    return 1;
  }
  const Placed& used = found->second.front();
  if (!used.fault.empty()) {
    say(text({"the profile " + used.fault, used.place, 0}));
    return 1;
  }
  if (with_json) return print_json(as_json(name, found->second, true)) ? 0 : 1;
  return print(for_reader(used.text)) ? 0 : 1;
}

struct Request {
  std::optional<std::string> name;
  bool json = false;
};

}  // namespace

std::string_view own_profile(std::string_view name) {
  for (const OwnProfile& profile : own_profiles())
    if (profile.name == name) return profile.text;
  return {};
}

void add_profiles(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "profiles", "list the profiles, or print one");
  auto request = std::make_shared<Request>();
  words.add_option("NAME", request->name, "the profile to print");
  words.add_flag("--json", request->json, "as JSON");
  words.action(status, [request] {
    if (request->name && request->name->empty()) return misused("profiles: the name is empty");
    const Profiles profiles = all_profiles();
    return request->name ? show(profiles, *request->name, request->json) : list(profiles, request->json);
  });
}

}  // namespace landshim::command
