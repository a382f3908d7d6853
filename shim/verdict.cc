// SPDX-License-Identifier: MIT
// The order is the kernel's: the filter answers before a path is looked up, mounts before Landlock.
#include "shim/verdict.h"

#include <algorithm>
#include <cerrno>

namespace landshim {

namespace {

bool has(const std::vector<FileId>& chain, const FileId& id) { return std::find(chain.begin(), chain.end(), id) != chain.end(); }

bool beneath(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/' || directory.ends_with('/'));
}

bool covers(const Ground& ground, const Wanted& wanted) { return !ground.path.empty() && beneath(wanted.path, ground.path); }

class Judge {
 public:
  Judge(const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds, const Access& access) : policy_(policy), plan_(plan), grounds_(grounds), access_(access) {}

  Verdict run() {
    out_.allowed = true;
    for (const CallMade& call : access_.calls)
      if (!filtered(call)) return std::move(out_);
    for (const Wanted& wanted : access_.files)
      if (!seen(wanted) || !writable(wanted) || !ruled(wanted)) return std::move(out_);
    if (access_.net != 0 && !port_ruled()) return std::move(out_);
    if (access_.abstract_unix) abstract_unix();
    return std::move(out_);
  }

 private:
  bool deny(int error, Reason reason, std::vector<std::string> to_allow) {
    out_.allowed = false;
    out_.error = error;
    out_.reasons = {std::move(reason)};
    out_.to_allow = std::move(to_allow);
    return false;
  }

  bool deny_nearest(Reason nearest, std::vector<std::string> to_allow) {
    out_.nearest = true;
    deny(EACCES, nearest, std::move(to_allow));
    if (nearest.words.empty()) out_.reasons.clear();
    return false;
  }

  // --- system calls ---

  bool filtered(const CallMade& call) {
    CallAnswer answered = answer(policy_, plan_, call);
    if (answered.allowed && !answered.some_arguments) return true;
    const bool makes_socket = call.name == "socket" && !call.any_arguments;
    if (makes_socket && access_.net != 0) answered.to_allow = port_lines();
    if (makes_socket && access_.net == 0) add_unix_lines(answered.to_allow);
    deny(answered.error, std::move(answered.reason), std::move(answered.to_allow));
    out_.signal = answered.signal;
    out_.allowed = answered.allowed;
    out_.some_arguments = answered.some_arguments;
    return answered.allowed;
  }

  // Which socket is to be reached may need a line as well.
  void add_unix_lines(std::vector<std::string>& lines) {
    Judge rest(policy_, plan_, grounds_, access_);
    for (const Wanted& wanted : access_.files)
      if (!rest.ruled(wanted)) lines = std::move(rest.out_.to_allow);
    if (access_.abstract_unix && (plan_.ruleset.scoped & kScopeAbstractUnix) != 0) lines.push_back("[ipc] abstract_unix = allow");
  }

  // --- files ---

  bool entered(Namespace which) const { return plan_.namespaces.enter[static_cast<std::size_t>(which)]; }

  // Mounts lie over a path: another name of the same file stays as it was.
  bool seen(const Wanted& wanted) {
    std::size_t at = plan_.ruleset.paths.size();
    for (const PlannedPath& path : plan_.namespaces.hide) {
      const Ground& ground = grounds_[at++];
      if (!covers(ground, wanted)) continue;
      out_.hidden = wanted.path == ground.path;
      out_.path = wanted.path;
      return deny(out_.hidden ? 0 : ENOENT, {"[namespaces] hide = " + path.path, path.origin}, {});
    }
    if (plan_.namespaces.private_tmp)
      for (; at < grounds_.size(); ++at)
        if (covers(grounds_[at], wanted) && wanted.path != grounds_[at].path) return not_seen(wanted, policy_.private_tmp.origin, "private_tmp");
    const std::string_view process = "/proc/";
    if (entered(Namespace::kPid) && entered(Namespace::kMount) && wanted.path.starts_with(process) && wanted.path[process.size()] >= '0' && wanted.path[process.size()] <= '9')
      return not_seen(wanted, policy_.namespaces[static_cast<std::size_t>(Namespace::kPid)].origin, "pid");
    return true;
  }

  bool not_seen(const Wanted& wanted, Origin origin, const char* key) {
    out_.path = wanted.path;
    return deny(ENOENT, {std::string("[namespaces] ") + key + " = yes", origin}, {std::string("[namespaces] ") + key + " = no"});
  }

  bool writable(const Wanted& wanted) {
    if (!wanted.changes || !plan_.namespaces.read_only) return true;
    for (std::size_t i = 0; i < plan_.ruleset.paths.size(); ++i) {
      const PlannedPath& path = plan_.ruleset.paths[i];
      if (opens_files(path) && (path.path == "/" || covers(grounds_[i], wanted))) return true;
    }
    out_.path = wanted.path;
    return deny(EROFS, {"[namespaces] mounts read-only what no line makes writable", plan_.namespaces.origin}, file_lines(wanted, wanted.rights & plan_.ruleset.handled_fs));
  }

  // As the kernel: up the tree, the rights of all rules on the way together. landlock(7).
  bool ruled(const Wanted& wanted) {
    Rights missing = wanted.rights & plan_.ruleset.handled_fs;
    const PlannedPath* nearest = nullptr;
    for (const FileId& id : wanted.chain) {
      for (std::size_t i = 0; missing != 0 && i < plan_.ruleset.paths.size(); ++i) {
        if (grounds_[i].rights == 0 || grounds_[i].id != id) continue;
        const PlannedPath& path = plan_.ruleset.paths[i];
        if (nearest == nullptr) nearest = &path;
        if ((grounds_[i].rights & missing) == 0) continue;
        missing &= ~grounds_[i].rights;
        const Reason reason{words(path), path.origin};
        if (std::find(out_.reasons.begin(), out_.reasons.end(), reason) == out_.reasons.end()) out_.reasons.push_back(reason);
      }
    }
    if (missing == 0) return true;
    out_.path = wanted.path;
    const Reason taken = taken_out(wanted.path);
    if (!taken.words.empty()) return deny(EACCES, taken, {});
    return deny_nearest(nearest != nullptr ? Reason{words(*nearest), nearest->origin} : Reason{}, file_lines(wanted, missing));
  }

  // A wider rule that `except` took the path out of. Items with variables or patterns are not told apart here.
  Reason taken_out(const std::string& path) const {
    for (const PathItem& item : policy_.except_items)
      if (beneath(path, item.text)) return {"except = " + item.text, item.origin};
    return {};
  }

  // Never a line that the policy could not be started with: a policy file may not be writable.
  std::vector<std::string> file_lines(const Wanted& wanted, Rights missing) const {
    for (const Grant& grant : wanted.grants) {
      const auto holds_it = [&](const Source& source) { return has(source.chain, grant.id); };
      if ((missing & kChanging) != 0 && std::any_of(plan_.sources.begin(), plan_.sources.end(), holds_it)) continue;
      if (wanted.device && (missing & (kChanging | kIoctlDev)) != 0) return {"[filesystem] device = " + grant.path};
      // No wider word has these.
      if (missing == kMakeChar || missing == kMakeBlock) return {std::string("[filesystem] ") + (missing == kMakeChar ? "make_char" : "make_block") + " = " + grant.path};
      if (missing == kResolveUnix) return {"[network] connect_unix = " + grant.path};
      const char* word = (missing & kChanging) == 0 ? ((missing & kExecute) != 0 ? "read_exec" : "read") : (missing & kRead) == 0 ? "write" : "read_write";
      return {std::string("[filesystem] ") + word + " = " + grant.path};
    }
    return private_lines(wanted, missing);
  }

  // The policy lies in a directory for temporary files: what is created there can be the program's own.
  std::vector<std::string> private_lines(const Wanted& wanted, Rights missing) const {
    constexpr Rights kMade = kWrite & ~(kRemoveFile | kRemoveDir);
    for (const char* directory : kCoveredByPrivateTmp) {
      if (wanted.path != directory || (missing & kChanging) == 0 || (missing & ~kMade) != 0) continue;
      std::vector<std::string> lines{std::string("[filesystem] read_write = ") + directory};
      if (!plan_.namespaces.private_tmp) lines.push_back("[namespaces] private_tmp = yes");
      return lines;
    }
    return {};
  }

  // --- network ---

  const Ports& ports() const {
    switch (access_.net) {
      case kBindTcp: return policy_.bind_tcp;
      case kConnectTcp: return policy_.connect_tcp;
      case kBindUdp: return policy_.bind_udp;
      default: return policy_.connect_udp;
    }
  }

  const char* port_key() const { return access_.net == kBindTcp ? "bind_tcp" : access_.net == kConnectTcp ? "connect_tcp" : access_.net == kBindUdp ? "bind_udp" : "connect_udp"; }

  bool port_ruled() {
    const bool ruled = (plan_.ruleset.handled_net & access_.net) != 0;
    const auto granted = std::find_if(plan_.ruleset.ports.begin(), plan_.ruleset.ports.end(), [&](const PlannedPort& port) { return port.port == access_.port && (port.rights & access_.net) != 0; });
    if (ruled && granted == plan_.ruleset.ports.end()) return deny_nearest({ports().written() ? port_key() : "", ports().origin}, port_lines());
    const bool connects = (access_.net & (kConnectTcp | kConnectSendUdp)) != 0;
    if (connects && entered(Namespace::kNetwork)) {
      const Origin origin = policy_.namespaces[static_cast<std::size_t>(Namespace::kNetwork)].origin;
      return deny(ENETUNREACH, {"[namespaces] network = yes", origin}, {"[namespaces] network = no"});
    }
    if (ruled) out_.reasons.push_back({std::string(port_key()) + " = " + std::to_string(access_.port), granted->origin});
    else if (ports().any) out_.reasons.push_back({std::string(port_key()) + " = *", ports().origin});
    else if (policy_.udp.written() && (access_.net & (kBindUdp | kConnectSendUdp)) != 0) out_.reasons.push_back({"udp = allow", policy_.udp.origin});
    else if (policy_.network.written()) out_.reasons.push_back({"access = " + std::string(policy_.network.value == NetworkAccess::kAll ? "all" : "rules"), policy_.network.origin});
    return true;
  }

  // What a policy would have to say; where its lines contradict a line of it, they stand in that line's place.
  std::vector<std::string> port_lines() const {
    std::vector<std::string> lines;
    if (policy_.network.written() && policy_.network.value == NetworkAccess::kNone) lines.push_back("[network] access = rules");
    const bool udp = (access_.net & (kBindUdp | kConnectSendUdp)) != 0;
    const std::string port = std::to_string(access_.port);
    if ((abi_row(plan_.ruleset.abi).net & access_.net) != 0 && !(udp && policy_.udp.written())) lines.push_back(std::string("[network] ") + port_key() + " = " + port);
    else if (udp) lines.push_back("[network] udp = allow");
    else lines.insert(lines.end(), {"[network] connect_tcp = *", "[network] bind_tcp = *"});
    return lines;
  }

  // In another network namespace the socket is not found, and nothing is asked of Landlock.
  void abstract_unix() {
    if (entered(Namespace::kNetwork)) deny(ECONNREFUSED, {"[namespaces] network = yes", policy_.namespaces[static_cast<std::size_t>(Namespace::kNetwork)].origin}, {"[namespaces] network = no"});
    else if ((plan_.ruleset.scoped & kScopeAbstractUnix) != 0) deny(EPERM, {"[ipc] abstract_unix = deny", policy_.abstract_unix.origin}, {"[ipc] abstract_unix = allow"});
  }

  const Policy& policy_;
  const Plan& plan_;
  const std::vector<Ground>& grounds_;
  const Access& access_;
  Verdict out_{};
};

}  // namespace

Verdict verdict(const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds, const Access& access) { return Judge(policy, plan, grounds, access).run(); }

}  // namespace landshim
