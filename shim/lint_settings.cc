// SPDX-License-Identifier: MIT
// Single values: switches that open much, and those that do nothing.
#include <fnmatch.h>

#include <algorithm>

#include "config/values.h"
#include "shim/lint_parts.h"

namespace landshim {

namespace {

// capabilities(7): each of these is root by another name, or sees past Landlock (CAP_PERFMON skips its ptrace check).
constexpr int kPowerful[] = {2, 16, 17, 19, 21, 32, 33, 38, 39};
constexpr int kNetBindService = 10;
constexpr std::uint32_t kFirstOpenPort = 1024;

constexpr const char* kSecretNames[] = {"*TOKEN*", "*SECRET*", "*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*API_KEY*", "*APIKEY*", "*ACCESS_KEY*", "*PRIVATE_KEY*", "*_KEY", "*CREDENTIAL*"};

struct NamedPorts {
  const char* word;
  const Ports& ports;
};

class Settings {
 public:
  explicit Settings(Lint& lint) : lint_(lint), policy_(lint.policy) {}

  void run() {
    switches();
    network();
    for (const NamedPorts& named : {NamedPorts{"connect_tcp", policy_.connect_tcp}, NamedPorts{"bind_tcp", policy_.bind_tcp}, NamedPorts{"connect_udp", policy_.connect_udp}, NamedPorts{"bind_udp", policy_.bind_udp}}) {
      repeated_ports(named);
      low_port(named);
    }
    variables("keep", policy_.keep_variables);
    variables("unset", policy_.unset_variables);
    variables("set", policy_.set_variables);
    kept_secrets();
    capabilities();
    opened_calls();
  }

 private:
  void switches() {
    if (policy_.unsupported.written() && policy_.unsupported.value == Unsupported::kWarn) {
      const std::size_t lost = lint_.plan.given_up.size();
      lint_.found(Code::kUnsupportedWarn, policy_.unsupported.origin, "unsupported = warn: the program starts even where what the policy writes cannot be enforced" + (lost == 0 ? "" : "; here " + std::to_string(lost) + (lost == 1 ? " demand is lost" : " demands are lost")),
                  "write unsupported = fail once the policy is tried");
    }
    if (policy_.call_profile.written() && policy_.call_profile.value == CallProfile::kNone)
      lint_.found(Code::kNoProfile, policy_.call_profile.origin, "profile = none leaves open what ordinary programs never need: modules, mounts, namespaces, bpf, io_uring", "keep the default, and allow by name the calls that the program needs");
    if (policy_.metadata.written() && policy_.metadata.value == Metadata::kAllow)
      lint_.found(Code::kMetadata, policy_.metadata.origin, "metadata = allow: owner and attributes of any file can be changed, as far as the user may, in and out of what is granted", "write metadata = modes, which is what compilers, tar and git need");
    const bool by_mode = policy_.mode.value == Mode::kFullAccess;
    if (by_mode || policy_.file_access.value == FileAccess::kAll)
      lint_.found(Code::kFilesAlone, by_mode ? policy_.mode.origin : policy_.file_access.origin, std::string(by_mode ? "mode = full-access" : "access = all") + ": no file is closed, this policy and landshim among them", "list files, or begin with mode = readonly or workspace-write");
    if (policy_.umask.written() && (policy_.umask.value & 2) == 0)
      lint_.found(Code::kUmask, policy_.umask.origin, "umask: what the program creates can be written by every user of this machine", "write umask = 022 or 077");
  }

  bool goes_out() const { return lint_.network.access == NetworkAccess::kAll || policy_.connect_tcp.granted() || (lint_.network.access != NetworkAccess::kNone && lint_.network.udp); }

  void network() {
    if (lint_.network.access == NetworkAccess::kAll)
      lint_.found(Code::kNetworkAlone, policy_.network.origin, "access = all: every port, protocol and service of the network, those of this machine among them", "list ports: connect_tcp = 443; * is any port and still closes the rest");
    const bool may_listen = lint_.network.access == NetworkAccess::kRules && lint_.network.listen && !policy_.listen.written();
    if (may_listen && !lint_.faults && policy_.connect_tcp.granted() && !policy_.bind_tcp.granted())
      lint_.found(Code::kListens, policy_.connect_tcp.origin, "a client may also offer a random TCP port, by listen(2) without bind(2)", "write listen = deny, or unix = deny if it needs no UNIX sockets");
    if (policy_.listen.written() && policy_.listen.value == Permission::kDeny && policy_.bind_tcp.granted())
      lint_.found(Code::kIdleLine, policy_.bind_tcp.origin, "bind_tcp grants ports that listen = deny (" + lint_.line(policy_.listen.origin, policy_.bind_tcp.origin, "") + ") keeps from being offered", "remove one of the two");
    if (policy_.abstract_unix.written() && policy_.abstract_unix.value == Permission::kAllow && lint_.network.unix_sockets == UnixAccess::kDeny)
      lint_.found(Code::kIdleLine, policy_.abstract_unix.origin, "abstract_unix = allow does nothing: no UNIX socket can be made (unix = deny)", "remove it, or write unix = own in [network]");
  }

  void repeated_ports(const NamedPorts& named) {
    const std::vector<PortRange>& ranges = named.ports.ranges;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const std::string shown = std::string(named.word) + " = " + std::to_string(ranges[i].first) + (ranges[i].first == ranges[i].last ? "" : "-" + std::to_string(ranges[i].last));
      if (named.ports.any) {
        lint_.found(Code::kIdleLine, ranges[i].origin, shown + " does nothing beside " + named.word + " = *", "remove one of the two");
        continue;
      }
      const auto other = std::find_if(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(i), [&](const PortRange& range) { return range.first <= ranges[i].last && ranges[i].first <= range.last; });
      if (other != ranges.begin() + static_cast<std::ptrdiff_t>(i))
        lint_.found(Code::kTwice, ranges[i].origin, shown + " was granted already, in " + lint_.line(other->origin, ranges[i].origin, ""), "remove one of the two");
    }
  }

  void low_port(const NamedPorts& named) {
    const bool dropped = policy_.capabilities.value == Keep::kNone || (policy_.capabilities.value == Keep::kListed && ((policy_.kept_capabilities >> kNetBindService) & 1) == 0);
    if (!policy_.capabilities.written() || !dropped || !std::string_view(named.word).starts_with("bind")) return;
    const std::uint32_t free = std::min(lint_.facts.first_free_port, kFirstOpenPort);
    for (const PortRange& range : named.ports.ranges)
      if (range.first != 0 && range.first < free)
        lint_.found(Code::kLowPort, range.origin, std::string(named.word) + " = " + std::to_string(range.first) + " takes net_bind_service, which capabilities (" + lint_.line(policy_.capabilities.origin, range.origin, "") + ") drops", "write capabilities = net_bind_service, or a port from " + std::to_string(free));
  }

  void variables(const char* word, const std::vector<VariableItem>& items) {
    for (std::size_t i = 0; i < items.size(); ++i)
      for (std::size_t k = 0; k < i; ++k) {
        if (items[k].text != items[i].text) continue;
        lint_.found(Code::kTwice, items[i].origin, std::string(word) + " = " + items[i].text + " was written already, in " + lint_.line(items[k].origin, items[i].origin, ""), "remove one of the two");
        break;
      }
  }

  static bool matches(const std::vector<std::string>& patterns, const std::string& name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
  }

  void kept_secrets() {
    if (!goes_out() || lint_.faults) return;
    const PlannedEnvironment& environment = lint_.plan.environment;
    std::string named;
    for (const std::string& name : lint_.facts.variables) {
      const bool secret = std::any_of(std::begin(kSecretNames), std::end(kSecretNames), [&](const char* pattern) { return fnmatch(pattern, name.c_str(), FNM_CASEFOLD) == 0; });
      // Kept by its full name: meant.
      const bool meant = std::find(environment.keep.begin(), environment.keep.end(), name) != environment.keep.end();
      if (!secret || meant || (!environment.keep.empty() && !matches(environment.keep, name)) || matches(environment.unset, name)) continue;
      named += (named.empty() ? "" : ", ") + name;
    }
    if (!named.empty())
      lint_.found(Code::kKeptSecrets, network_line(policy_), "the network is open, and by their names these variables of the environment hold secrets: " + named, "write keep, or unset, in [environment]; name in keep what the program needs");
  }

  void capabilities() {
    if (!policy_.capabilities.written() || policy_.capabilities.value == Keep::kNone) return;
    const Origin at = policy_.capabilities.origin;
    std::string powerful;
    for (const int number : kPowerful)
      if (policy_.capabilities.value == Keep::kListed && ((policy_.kept_capabilities >> number) & 1) != 0) powerful += (powerful.empty() ? "" : ", ") + std::string(capability_name(number));
    if (policy_.capabilities.value == Keep::kAll) powerful = "all";
    if (!powerful.empty()) lint_.found(Code::kCapabilities, at, "capabilities = " + powerful + ": with it a program can get around this policy or take over the machine", "keep those that the program needs, such as net_bind_service");
    if (!policy_.user.written()) lint_.found(Code::kStaysRoot, at, "capabilities are kept and no user is named: started by root, the program stays root", "write user = NAME, the owner of what it needs");
  }

  // What a line opens that the profile closes, group by group.
  void opened_calls() {
    if (policy_.call_profile.value == CallProfile::kNone) return;
    std::vector<std::pair<const CallLine*, std::vector<Closure>>> opened;
    for (const CallLine& line : policy_.call_lines) {
      if (line.action.kind > ActionKind::kTrace || !line.all_of.empty()) continue;
      if (opened.empty() || opened.back().first->origin != line.origin) opened.push_back({&line, {}});
      std::vector<Closure>& closures = opened.back().second;
      for (const ClosureRow& row : closure_rows())
        if (row.closure >= kFirstOfProfile && line.call == row.call && std::find(closures.begin(), closures.end(), row.closure) == closures.end()) closures.push_back(row.closure);
    }
    for (const auto& [line, closures] : opened) {
      std::string what;
      for (const Closure closure : closures) what += (what.empty() ? "" : "; ") + std::string(landshim::words(closure).closes);
      if (!what.empty()) lint_.found(Code::kOpensCalls, line->origin, line->word + " opens what the profile closes: " + what, "allow the one call that the program needs, if by its arguments");
    }
  }

  Lint& lint_;
  const Policy& policy_;
};

}  // namespace

void lint_settings(Lint& lint) { Settings(lint).run(); }

}  // namespace landshim
