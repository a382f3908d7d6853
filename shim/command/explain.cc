// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "config/call_line.h"
#include "shim/command/command.h"
#include "shim/command/difference.h"
#include "shim/command/json.h"
#include "shim/command/look.h"
#include "shim/command/options.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::optional<std::string> other;
  std::optional<int> abi;
  bool json = false;
};

Json place(const Policy& policy, Origin origin) { return origin.written() ? Json(where(policy, origin)) : Json(nullptr); }

Json right_words(Rights rights) {
  Json out = Json::array();
  for (const RightName& right : all_rights())
    if ((rights & right.right) != 0) out.push_back(right.word);
  return out;
}

Json files(const Look& look) {
  static constexpr const char* kLevels[] = {"deny", "modes", "allow"};
  Json rules = Json::array();
  const std::vector<PlannedPath>& paths = look.plan.ruleset.paths;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Survey& survey = *look.surveys[i];
    rules.push_back({{"path", paths[i].path}, {"key", paths[i].key}, {"kind", survey.missing ? "missing" : survey.directory ? "directory" : "file"}, {"rights", right_words(survey.rights)}, {"where", place(look.policy, paths[i].origin)}});
  }
  return {{"restricted", restricts_files(look.policy)}, {"handled", right_words(look.plan.ruleset.handled_fs)}, {"metadata", kLevels[static_cast<std::size_t>(metadata_choice(look.policy))]}, {"rules", rules}};
}

Json ports(const Ports& ports) {
  Json out = Json::array();
  if (ports.any) out.push_back({{"first", 0}, {"last", 65535}});
  for (const PortRange& range : ports.ranges) out.push_back({{"first", range.first}, {"last", range.last}});
  return out;
}

Json network(const Look& look) {
  static constexpr const char* kAccess[] = {"none", "rules", "all"};
  static constexpr const char* kUnix[] = {"deny", "own", "allow"};
  const NetworkChoice choice = network_choice(look.policy);
  return {{"access", kAccess[static_cast<std::size_t>(choice.access)]}, {"connect_tcp", ports(look.policy.connect_tcp)}, {"bind_tcp", ports(look.policy.bind_tcp)}, {"udp", choice.udp},
          {"unix", kUnix[static_cast<std::size_t>(choice.unix_sockets)]}, {"listen", choice.listen}};
}

Json losses(const Look& look, const std::vector<Loss>& all) {
  Json out = Json::array();
  for (const Loss& loss : all) out.push_back({{"what", loss.what}, {"where", place(look.policy, loss.origin)}});
  return out;
}

Json calls(const Look& look) {
  Json closed = Json::array();
  for (std::size_t i = 0; i < kClosures; ++i)
    if (look.plan.filter.closures[i]) closed.push_back({{"what", words(static_cast<Closure>(i)).closes}, {"by", words(static_cast<Closure>(i)).demand}});
  Json lines = Json::array();
  for (const CallLine& line : look.policy.call_lines) {
    Json conditions = Json::array();
    for (const Condition& condition : line.all_of) conditions.push_back(words(condition));
    lines.push_back({{"call", line.call}, {"action", words(line.action)}, {"if", conditions}, {"where", place(look.policy, line.origin)}});
  }
  static constexpr const char* kProfiles[] = {"default", "strict", "none"};
  return {{"filter", look.plan.filter.used}, {"profile", kProfiles[static_cast<std::size_t>(look.policy.call_profile.value)]}, {"otherwise", words(look.plan.filter.otherwise)}, {"closed", closed}, {"lines", lines}};
}

Json commands(const Look& look) {
  Json out = Json::array();
  for (const CommandRule& rule : look.policy.commands) {
    const Json action = !rule.action.written() ? Json(nullptr) : rule.action.value == Permission::kDeny ? Json("deny") : Json("allow");
    out.push_back({{"name", rule.name}, {"match", rule.match.value}, {"action", action}, {"network", rule.no_network.value ? Json("none") : Json(nullptr)}, {"filesystem", rule.readonly.value ? Json("readonly") : Json(nullptr)},
                   {"destructive", rule.destructive.value}, {"where", place(look.policy, rule.origin)}});
  }
  return out;
}

Json described(const Look& look) {
  Json sources = Json::array();
  for (const Source& source : look.policy.sources) sources.push_back(source.shown);
  return {{"version", 1},
          {"policy", look.plan.name},
          {"sources", sources},
          {"landlock_abi", look.plan.ruleset.used ? Json(look.plan.ruleset.abi) : Json(nullptr)},
          {"filesystem", files(look)},
          {"network", network(look)},
          {"syscalls", calls(look)},
          {"commands", commands(look)},
          {"given_up", losses(look, look.plan.given_up)},
          {"not_enforced", losses(look, look.plan.missing)},
          {"still_possible", still_possible(look.policy, look.plan)}};
}

Json listed(const Look& look, const std::vector<Grant>& grants) {
  Json out = Json::array();
  for (const Grant& grant : grants) out.push_back({{"section", grant.section}, {"grant", grant.what}, {"where", place(look.policy, grant.origin)}});
  return out;
}

std::string told(const Look& look, const std::vector<Grant>& grants, const std::string& one, const std::string& other) {
  std::string out = printable(one) + " grants, and " + printable(other) + " does not:\n";
  for (const Grant& grant : grants) out += "  [" + grant.section + "] " + printable(grant.what) + (grant.origin.written() ? "  [" + printable(where(look.policy, grant.origin)) + "]" : "") + "\n";
  return out + (grants.empty() ? "  nothing\n" : "");
}

// Titles and refusals, where somebody looks at a terminal: https://no-color.org.
std::string coloured(const std::string& text) {
  const char* const plain = getenv("NO_COLOR");
  const char* const terminal = getenv("TERM");
  if (isatty(STDOUT_FILENO) == 0 || (plain != nullptr && *plain != '\0') || terminal == nullptr || std::string_view(terminal) == "dumb") return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    const bool title = !line.empty() && line[0] != ' ';
    const bool refused = line.find("REFUSED:") != line.npos;
    out += (title ? "\033[1m" : refused ? "\033[31m" : "") + line + (title || refused ? "\033[0m\n" : "\n");
    at = end + 1;
  }
  return out;
}

bool good(const Look& look) {
  for (const Error& fault : look.faults) say(text(fault));
  return look.faults.empty();
}

int compare(const Request& request, const Look& one) {
  const Look other = look_at({*request.other, {}, request.abi});
  if (!good(other)) return kRefused;
  const std::vector<Grant> here = only_in(one, other);
  const std::vector<Grant> there = only_in(other, one);
  const bool printed = request.json ? print_json({{"version", 1}, {"only_first", listed(one, here)}, {"only_second", listed(other, there)}})
                                    : print(told(one, here, request.policy, *request.other) + told(other, there, *request.other, request.policy));
  return printed && here.empty() && there.empty() ? 0 : 1;
}

int explain(const Request& request) {
  const Look look = look_at({request.policy, {}, request.abi});
  if (!good(look)) return request.other ? kRefused : 1;
  if (request.other) return compare(request, look);
  return (request.json ? print_json(described(look)) : print(coloured(landshim::explain(look.policy, look.plan, look.surveys)))) ? 0 : 1;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "explain", "tell what a policy becomes on this machine, and what it leaves open");
  auto request = std::make_shared<Request>();
  words.add_option("POLICY", request->policy, "the policy").required();
  words.add_option("--diff", request->other, "what POLICY grants and this one does not, and the other way round; exit status 1 if they differ").value_name("POLICY");
  words.add_option("--abi", request->abi, "as a kernel with this Landlock ABI would have it; 0: without Landlock").value_name("N").between(0, static_cast<int>(kHighestAbi));
  words.add_flag("--json", request->json, "for programs");
  words.action(status, [request] { return explain(*request); });
}

}  // namespace landshim::command
