// SPDX-License-Identifier: MIT
// A profile of the macOS sandbox (sandbox-exec(1)), in its Scheme. Apple does not document the language: operations and
// filters are those that the system's own profiles in /System/Library/Sandbox/Profiles use.
#include <algorithm>
#include <tuple>

#include "config/keys.h"
#include "config/utf8.h"
#include "shim/command/export.h"

namespace landshim::command {

namespace {

struct Operation {
  Rights right;
  const char* operation;
  const char* kind;   ///< (vnode-type ...); empty: any
};

// One right of Landlock each, by the operation and the kind of file that it is about.
constexpr Operation kOperations[] = {
    {kReadFile, "file-read-data", "REGULAR-FILE"},   {kReadFile, "file-read-data", "CHARACTER-DEVICE"}, {kReadFile, "file-read-data", "BLOCK-DEVICE"}, {kReadFile, "file-read-data", "FIFO"},
    {kReadDir, "file-read-data", "DIRECTORY"},       {kExecute, "process-exec*", ""},                   {kExecute, "file-map-executable", ""},         {kWriteFile, "file-write-data", ""},
    {kTruncate, "file-write-data", ""},              {kMakeReg, "file-write-create", "REGULAR-FILE"},   {kMakeDir, "file-write-create", "DIRECTORY"},  {kMakeSym, "file-write-create", "SYMLINK"},
    {kMakeFifo, "file-write-create", "FIFO"},        {kMakeSock, "file-write-create", "SOCKET"},        {kMakeChar, "file-write-create", "CHARACTER-DEVICE"}, {kMakeBlock, "file-write-create", "BLOCK-DEVICE"},
    {kRemoveDir, "file-write-unlink", "DIRECTORY"},  {kRemoveFile, "file-write-unlink", "REGULAR-FILE"}, {kRemoveFile, "file-write-unlink", "SYMLINK"}, {kRemoveFile, "file-write-unlink", "FIFO"},
    {kRemoveFile, "file-write-unlink", "SOCKET"},    {kIoctlDev, "file-ioctl", ""},
};

// Text as Scheme reads it.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

class Seatbelt {
 public:
  explicit Seatbelt(const Look& look) : look_(look), network_(network_choice(look.policy)), losses_(look) {}

  Exported run() {
    common_losses(look_, false, losses_);
    line("(version 1)");
    line("(deny default)");
    line("; What Landlock leaves open, and what every program of macOS needs.");
    line("(allow process-fork process-info*)");
    line("(allow sysctl-read file-read-metadata)");
    line(std::string("(allow signal") + ((look_.plan.ruleset.scoped & kScopeSignal) != 0 ? " (target same-sandbox))" : ")"));
    files();
    metadata();
    network();
    ipc();
    rest();
    std::string out = "; " + printable(look_.plan.name) + ", for sandbox-exec(1) of macOS.\n";
    for (const std::string& loss : loss_lines(losses_.all())) out += "; " + loss + "\n";
    return {out + text_, std::move(losses_.all())};
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }

  void files() {
    if (!restricts_files(look_.policy)) return line("(allow file*)\n(allow process-exec*)");
    const std::vector<PlannedPath>& paths = look_.plan.ruleset.paths;
    for (std::size_t i = 0; i < paths.size(); ++i)
      if (paths[i].key != "always") file(paths[i], *look_.surveys[i]);
  }

  void file(const PlannedPath& path, const Survey& survey) {
    const std::string rule = path.key + " = " + path.path;
    if (path.path.starts_with("${EXE}")) return losses_.narrower(path.origin, rule + ": the program is known when it starts; add it");
    if (path.pattern) return losses_.narrower(path.origin, rule + ": the pattern matches nothing now");
    const bool control = std::any_of(path.path.begin(), path.path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (control || !is_utf8(path.path)) return losses_.narrower(path.origin, rule + ": a name that is not plain text cannot be written; it is left out");
    const bool directory = survey.directory || survey.missing;
    const std::string where = (directory ? "(subpath " : "(literal ") + quoted(path.path) + ")";
    line("; " + printable(rule));
    const Rights rights = directory ? path.rights : survey.rights;
    if (rights == kResolveUnix) return line("(allow network-outbound (remote unix-socket " + std::string(directory ? "(subpath " : "(path-literal ") + quoted(path.path) + ")))");
    operations(rights, directory, where);
    if ((rights & kWrite) != 0 && (rights & kRefer) == 0 && (rights & (kMakeReg | kRemoveFile)) == (kMakeReg | kRemoveFile) && (look_.plan.ruleset.handled_fs & kRefer) != 0)
      losses_.wider(path.origin, rule + ": moving files between directories is possible as well");
    const Rights apart = kWriteFile | kTruncate;
    const bool device = !directory && (rights & kDevice) == kDevice;
    if (!device && (rights & apart) != 0 && (rights & apart) != (apart & look_.plan.ruleset.handled_fs)) losses_.wider(path.origin, rule + ": writing and truncating are one");
  }

  // Reading, and all of writing, in short; anything else right by right.
  void operations(Rights rights, bool directory, const std::string& where) {
    const Rights reading = directory ? kRead : kReadFile;
    const Rights writing = (directory ? kWrite : kWriteFile | kTruncate) & look_.plan.ruleset.handled_fs;
    std::string whole;
    if ((rights & reading) == reading) {
      whole += " file-read*";
      rights &= ~kRead;
    }
    if ((rights & writing) == writing) {
      whole += directory ? " file-write-data file-write-create file-write-unlink" : " file-write-data";
      rights &= ~kWrite;
    }
    std::vector<std::string> by_kind;
    for (const Operation& one : kOperations) {
      if ((rights & one.right) == 0) continue;
      if (one.kind[0] != '\0' && directory) by_kind.push_back("(allow " + std::string(one.operation) + " (require-all " + where + " (vnode-type " + one.kind + ")))");
      else if ((whole + " ").find(" " + std::string(one.operation) + " ") == std::string::npos) whole += " " + std::string(one.operation);
    }
    if (!whole.empty()) line("(allow" + whole + " " + where + ")");
    for (const std::string& text : by_kind) line(text);
  }

  void metadata() {
    const Metadata level = metadata_choice(look_.policy);
    if (level == Metadata::kAllow) line("(allow file-write-mode file-write-times file-write-owner file-write-flags file-write-xattr)");
    if (level == Metadata::kModes) line("(allow file-write-mode file-write-times)");
  }

  void network() {
    const Policy& policy = look_.policy;
    if (network_.access == NetworkAccess::kAll) {
      line("(allow network* system-socket)");
      return;
    }
    if (network_.access == NetworkAccess::kRules) {
      ports(policy.connect_tcp, "network-outbound (remote tcp ");
      ports(policy.bind_tcp, "network-bind network-inbound (local tcp ");
      if (policy.connect_udp.written() || policy.bind_udp.written()) {
        ports(policy.connect_udp, "network-outbound (remote udp ");
        ports(policy.bind_udp, "network-bind network-inbound (local udp ");
      } else if (network_.udp) {
        line("(allow network-outbound (remote udp \"*:*\"))");
        line("(allow network-bind network-inbound (local udp \"*:*\"))");
      }
      for (const KeyInfo& key : all_keys())
        if (key.key == Key::kFamily && policy.families[key.detail].value == Permission::kAllow) losses_.narrower(policy.families[key.detail].origin, std::string(key.word) + " = allow: a family of Linux");
    }
    if (network_.unix_sockets == UnixAccess::kAllow) line("(allow network-outbound network-bind network-inbound (remote unix-socket))");
    if (network_.unix_sockets == UnixAccess::kOwn) losses_.narrower(policy.unix_sockets.origin, "unix = own: only the listed sockets can be reached, those made inside cannot");
  }

  void ports(const Ports& ports, const char* operation) {
    if (ports.any) return line(std::string("(allow ") + operation + "\"*:*\"))");
    for (const PortRange& range : ports.ranges)
      for (std::uint32_t port = range.first; port <= range.last; ++port) {
        if (port == 0) {
          losses_.narrower(range.origin, "port 0: no word for a port of the kernel's choice");
          continue;
        }
        line(std::string("(allow ") + operation + "\"*:" + std::to_string(port) + "\"))");
      }
  }

  void ipc() {
    const Policy& policy = look_.policy;
    if (policy.sysv.value == Permission::kAllow) line("(allow ipc-sysv*)");
    line("(allow ipc-posix*)");
    losses_.wider({}, "POSIX shared memory and semaphores are open: on Linux these are files beneath /dev/shm");
  }

  // What macOS has no word for, or another.
  void rest() {
    const Policy& policy = look_.policy;
    const Plan& plan = look_.plan;
    losses_.narrower({}, "Mach services: none can be looked up; programs that need one want (allow mach-lookup (global-name ...))");
    if (plan.filter.used) losses_.wider(policy.call_profile.origin, "system calls: macOS has others, and closes none of those that explain lists");
    if (plan.process.set_capabilities) losses_.wider(policy.capabilities.origin, "capabilities: macOS has none; the superuser may do what the other rules let it");
    const std::tuple<Origin, const char*, bool> closing[] = {{policy.mqueue.origin, "mqueue", policy.mqueue.value == Permission::kDeny},
                                                             {policy.keyring.origin, "keyring", policy.keyring.value == Permission::kDeny},
                                                             {policy.scheduling.origin, "scheduling", policy.scheduling.value == Permission::kDeny},
                                                             {policy.memfd.origin, "memfd", policy.memfd.value != Memfd::kAllow},
                                                             {policy.write_execute.origin, "write_execute", policy.write_execute.value == Permission::kDeny},
                                                             {policy.call_default.origin, "default", policy.call_default.value.kind != ActionKind::kAllow},
                                                             {policy.listen.origin, "listen", policy.listen.value == Permission::kDeny},
                                                             {policy.private_tmp.origin, "private_tmp", policy.private_tmp.value}};
    for (const auto& [origin, word, closes] : closing)
      if (origin.written() && closes) losses_.wider(origin, std::string(word) + ": no word for it");
    for (const CallLine& call : policy.call_lines) losses_.wider(call.origin, call.word + ": a system call of Linux");
    const PlannedProcess& process = plan.process;
    const std::pair<Origin, const char*> settings[] = {{process.uid.origin, "user"}, {process.gid.origin, "group"}, {process.gids.origin, "groups"}, {process.umask.origin, "umask"}, {process.nice.origin, "nice"},
                                                       {process.oom_score_adj.origin, "oom_score_adj"}, {process.parent_death_signal.origin, "parent_death_signal"}, {policy.inherit_fds_origin, "inherit_fds"},
                                                       {plan.group.origin, "memory_max, cpu_quota and tasks_max"}};
    for (const auto& [origin, word] : settings)
      if (origin.written()) losses_.wider(origin, std::string(word) + ": no word for it");
    for (const Setting<bool>& one : policy.namespaces)
      if (one.value) losses_.wider(one.origin, "namespaces: a matter of Linux");
    for (const PlannedPath& path : plan.namespaces.hide) losses_.wider(path.origin, "hide = " + path.path + ": seen and used as the other rules have it");
    for (const PlannedLimit& limit : process.limits) losses_.wider(limit.origin, "limits: no word for them");
    for (const auto* list : {&policy.keep_variables, &policy.unset_variables, &policy.set_variables})
      for (const VariableItem& item : *list) losses_.wider(item.origin, item.text + ": variables are as they are inherited");
  }

  const Look& look_;
  NetworkChoice network_;
  Losses losses_;
  std::string text_{};
};

}  // namespace

Exported export_seatbelt(const Look& look) { return Seatbelt(look).run(); }

}  // namespace landshim::command
