// SPDX-License-Identifier: MIT
// A start of bubblewrap (bwrap(1), 0.8): as a script for sh(1), or as words for its --args.
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

#include "config/values.h"
#include "shim/command/convert.h"
#include "shim/command/export.h"
#include "shim/command/mounts.h"

namespace landshim::command {

namespace {

constexpr int kFilterDescriptor = 9;
constexpr const char* kLimitWords[kLimitCount] = {"as", "data", "stack", "fsize", "core", "memlock", "cpu", "nofile", "nproc"};
constexpr int kSigKill = 9;

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// A variable that a shell can name.
bool is_name(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_pattern(const std::string& text) { return text.find_first_of("*?[\\") != std::string::npos; }

class Bubblewrap {
 public:
  Bubblewrap(const Look& look, bool words) : look_(look), words_(words), network_(network_choice(look.policy)), losses_(look) {}

  Exported run() {
    common_losses(look_, true, losses_);
    files();
    namespaces();
    process();
    environment();
    network();
    outside_losses(look_, own_processes(look_), losses_);
    if (look_.plan.filter.used) option({"--seccomp", std::to_string(kFilterDescriptor)});
    return {words_ ? as_words() : as_script(), std::move(losses_.all())};
  }

 private:
  struct Option {
    std::vector<std::string> words;
    std::string raw;   ///< of a script: as it stands
  };
  void option(std::vector<std::string> words) { options_.push_back({std::move(words), {}}); }

  void files() {
    if (!restricts_files(look_.policy)) {
      option({"--dev-bind", "/", "/"});
      if (look_.plan.namespaces.private_tmp)
        for (const char* directory : {"/tmp", "/var/tmp"}) option({"--perms", "1777", "--tmpfs", directory});
    } else {
      mounts_ = plan_mounts(look_, {false, false}, losses_);
      for (const Mount& mount : mounts_) show(mount);
      for (const Mount& mount : mounts_) links(mount);
    }
    for (const PlannedPath& path : look_.plan.namespaces.hide) hide(path);
  }

  void show(const Mount& mount) {
    if (mount.path == "/proc" && own_processes(look_)) return option({"--proc", "/proc"});
    if (mount.empty) {
      option({"--perms", "1777", "--tmpfs", mount.path});
      if (!mount.writable) option({"--remount-ro", mount.path});
      return;
    }
    // A device stays one only where it is bound as such; a bind that is read-only closes no device.
    std::string how = mount.devices ? "--dev-bind" : mount.writable ? "--bind" : "--ro-bind";
    if (mount.missing_ok) how += "-try";
    option({how, mount.path, mount.path});
    if (mount.devices && !mount.writable && mount.directory) option({"--remount-ro", mount.path});
  }

  bool covered(const std::string& path) const {
    return std::any_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) { return !mount.missing && beneath(path, mount.path); });
  }

  // Where a rule names a link, the program will look for it there.
  void links(const Mount& mount) {
    for (const std::string& name : mount.names)
      for (const Link& link : links_on_the_way(name)) {
        if (covered(link.path) || std::find(linked_.begin(), linked_.end(), link.path) != linked_.end()) continue;
        linked_.push_back(link.path);
        option({"--symlink", link.target, link.path});
      }
  }

  void hide(const PlannedPath& path) {
    struct stat info {};
    if (stat(path.path.c_str(), &info) != 0) return losses_.wider(path.origin, "hide = " + path.path + ": it is missing now, and is not hidden when it comes");
    if (S_ISDIR(info.st_mode)) option({"--tmpfs", path.path, "--remount-ro", path.path});
    else option({"--ro-bind", "/dev/null", path.path});
  }

  void namespaces() {
    const auto enters = [&](Namespace one) { return look_.plan.namespaces.enter[static_cast<std::size_t>(one)]; };
    const std::pair<bool, const char*> rows[] = {{enters(Namespace::kUser), "--unshare-user"}, {own_processes(look_), "--unshare-pid"},     {own_network(look_), "--unshare-net"},
                                                 {enters(Namespace::kIpc), "--unshare-ipc"},   {enters(Namespace::kUts), "--unshare-uts"}, {enters(Namespace::kCgroup), "--unshare-cgroup"}};
    for (const auto& [wanted, word] : rows)
      if (wanted) option({word});
  }

  void process() {
    const PlannedProcess& process = look_.plan.process;
    for (const Origin origin : {process.uid.origin, process.gid.origin, process.gids.origin})
      if (origin.written()) losses_.wider(origin, "user, group and groups: start bwrap as that user");
    option({"--cap-drop", "ALL"});
    for (int i = 0; i < kCapabilityCount; ++i)
      if (((process.capabilities >> i) & 1) != 0) option({"--cap-add", "CAP_" + upper(capability_name(i))});
    if (process.parent_death_signal.written()) {
      option({"--die-with-parent"});
      if (process.parent_death_signal.value != kSigKill) losses_.narrower(process.parent_death_signal.origin, "parent_death_signal: bwrap knows SIGKILL alone");
    }
    if (!process.close.empty()) losses_.wider(look_.policy.inherit_fds_origin, "inherit_fds: bwrap passes on what it inherits");
    if (process.nice.written()) losses_.wider(process.nice.origin, "nice: no word for it");
    if (process.oom_score_adj.written()) losses_.wider(process.oom_score_adj.origin, "oom_score_adj: no word for it");
    if (look_.plan.group.used) losses_.wider(look_.plan.group.origin, "memory_max, cpu_quota and tasks_max: no word for them; systemd-run --scope has them");
    if (!words_) return;
    if (process.umask.written()) losses_.wider(process.umask.origin, "umask: set it before bwrap is started");
    for (const PlannedLimit& limit : process.limits) losses_.wider(limit.origin, std::string(kLimitWords[static_cast<std::size_t>(limit.limit)]) + ": limits are set before bwrap is started, such as by prlimit(1)");
  }

  void environment() {
    const PlannedEnvironment& environment = look_.plan.environment;
    const bool clears = !environment.keep.empty() || std::find(environment.unset.begin(), environment.unset.end(), "*") != environment.unset.end();
    if (clears) option({"--clearenv"});
    for (const VariableItem& item : look_.policy.keep_variables) {
      if (is_unset(look_, item.text)) continue;
      if (!is_name(item.text) || words_) losses_.narrower(item.origin, "keep = " + item.text + ": " + (is_name(item.text) ? "add --setenv with its value" : "no name of a variable; name each"));
      else options_.push_back({{}, "${" + item.text + "+--setenv " + item.text + " \"$" + item.text + "\"}"});
    }
    for (const VariableItem& item : look_.policy.unset_variables) {
      if (clears) continue;
      if (is_pattern(item.text)) losses_.wider(item.origin, "unset = " + item.text + ": a pattern; name each variable");
      else option({"--unsetenv", item.text});
    }
    for (const std::string& set : environment.set) option({"--setenv", set.substr(0, set.find('=')), set.substr(set.find('=') + 1)});
  }

  void network() {
    const Policy& policy = look_.policy;
    const NetRights handled = look_.plan.ruleset.handled_net;
    const bool tcp = policy.connect_tcp.granted() || policy.bind_tcp.granted();
    const std::tuple<const Ports&, NetRights, const char*, bool> rows[] = {{policy.connect_tcp, kConnectTcp, "connect_tcp", tcp},
                                                                           {policy.bind_tcp, kBindTcp, "bind_tcp", tcp},
                                                                           {policy.connect_udp, kConnectSendUdp, "connect_udp", network_.udp},
                                                                           {policy.bind_udp, kBindUdp, "bind_udp", network_.udp}};
    for (const auto& [ports, right, word, open] : rows)
      if (network_.access == NetworkAccess::kRules && (handled & right) != 0 && open) losses_.wider(ports.origin, std::string(word) + " by port: every port can be used");
  }

  std::string as_words() const {
    std::string out;
    for (const Option& one : options_)
      for (const std::string& word : one.words) out += word + std::string(1, '\0');
    return out;
  }

  std::string as_script() {
    std::string out = "#!/bin/sh\n# " + printable(look_.plan.name) + ", for bubblewrap. Start it with the command's words: sh FILE COMMAND [ARGUMENT]...\n";
    if (look_.plan.filter.used)
      out += "# Descriptor " + std::to_string(kFilterDescriptor) + " is the filter of system calls, without which bwrap does not start:\n#   landshim filter --bpf " + printable(shell_quoted({look_.plan.sources.front().shown})) +
             " >filter; sh FILE COMMAND 9<filter\n";
    for (const std::string& line : loss_lines(losses_.all())) out += "# " + line + "\n";
    const PlannedProcess& process = look_.plan.process;
    if (process.umask.written()) {
      std::string octal;
      for (int shift = 6; shift >= 0; shift -= 3) octal += static_cast<char>('0' + ((process.umask.value >> shift) & 7));
      out += "umask " + octal + "\n";
    }
    out += "exec ";
    if (!process.limits.empty()) {
      out += "prlimit";
      for (const PlannedLimit& limit : process.limits) out += std::string(" --") + kLimitWords[static_cast<std::size_t>(limit.limit)] + "=" + number(limit.soft) + ":" + number(limit.hard);
      out += " \\\n  ";
    }
    out += "bwrap \\\n";
    for (const Option& one : options_) out += "  " + (one.raw.empty() ? shell_quoted(one.words) : one.raw) + " \\\n";
    return out + "  -- \"$@\"\n";
  }

  static std::string number(std::uint64_t value) { return value == kUnlimited ? "unlimited" : std::to_string(value); }

  const Look& look_;
  bool words_;
  NetworkChoice network_;
  Losses losses_;
  std::vector<Mount> mounts_{};
  std::vector<std::string> linked_{};
  std::vector<Option> options_{};
};

}  // namespace

Exported export_bubblewrap(const Look& look, bool words) { return Bubblewrap(look, words).run(); }

}  // namespace landshim::command
