// SPDX-License-Identifier: MIT
#include "shim/command/kernel_denials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "shim/command/denial.h"
#include "shim/command/ground.h"
#include "shim/command/tracee.h"
#include "shim/descriptor.h"

namespace landshim::command {

namespace {

constexpr Rights kMaking = kMakeChar | kMakeDir | kMakeReg | kMakeSock | kMakeFifo | kMakeBlock | kMakeSym;
constexpr Rights kEntries = kMaking | kRemoveDir | kRemoveFile | kRefer;

// A verb for the first right that is among those denied, and which others go with it.
struct Verb {
  Rights leads;
  Rights with;
  const char* what;
};
constexpr Verb kVerbs[] = {
    {kExecute, kReadFile, "exec"}, {kWriteFile, kReadFile | kTruncate, "write"}, {kTruncate, kReadFile, "truncate"}, {kReadFile, 0, "read"},      {kReadDir, 0, "list"},
    {kRemoveDir | kRemoveFile, 0, "remove"}, {kMaking | kRefer, 0, "create"},    {kResolveUnix, 0, "unix"},        {kIoctlDev, 0, "call"},
};

class Teller {
 public:
  Teller(const KernelEvent& event, std::string_view call, const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds) : event_(event), call_(call), policy_(policy), plan_(plan), grounds_(grounds) {}

  std::vector<Untold> run() {
    // Of a rename or link that both directories would allow: the file would be freer in its new place.
    if (event_.call.error == EXDEV && (event_.denials.front().fs & ~kEntries) != 0) return moved(), std::move(out_);
    for (const KernelDenial& denial : event_.denials) tell(denial);
    return std::move(out_);
  }

 private:
  void tell(const KernelDenial& denial) {
    if (denial.fs != 0) return files(denial);
    if (denial.net != 0) return port(denial);
    if ((denial.scopes & kScopeSignal) != 0) return add(denial, "call", named("kill") + " " + std::to_string(denial.process), denied_signal(policy_), {});
    if ((denial.scopes & kScopeAbstractUnix) != 0) return judge(denial, "unix", denial.path, {.abstract_unix = true});
    // What no rule can allow.
    const std::string other = denial.process != 0 ? " " + std::to_string(denial.process) : denial.path.empty() ? "" : " " + denial.path;
    Verdict always;
    always.error = event_.call.error != 0 ? event_.call.error : EPERM;
    always.reasons = {{"always: Landlock denies it to every program that it holds (" + denial.blockers + ")", {}}};
    add(denial, "call", named("call") + other, always, {});
  }

  std::string named(const char* otherwise) const { return call_.empty() ? otherwise : std::string(call_); }

  void files(const KernelDenial& denial) {
    Rights left = denial.fs;
    for (const Verb& verb : kVerbs) {
      if ((left & verb.leads) == 0) continue;
      const Rights rights = left & (verb.leads | verb.with);
      left &= ~rights;
      KernelDenial part = denial;
      part.fs = rights;
      judge(part, verb.what, verb.leads == kIoctlDev ? "ioctl " + denial.path : denial.path, wanting(denial, rights));
    }
  }

  void moved() {
    const KernelDenial& from = event_.denials.front();
    Rights gained = from.fs;
    for (const KernelDenial& to : event_.denials)
      if (&to != &from) gained &= ~to.fs;
    if (gained == 0) gained = from.fs;
    judge({}, "call", named("rename"), wanting(from, gained), "in its new place the file would gain " + words(gained) + ", which " + from.path + " does not give: ");
  }

  void port(const KernelDenial& denial) {
    const bool binds = (denial.net & (kBindTcp | kBindUdp)) != 0;
    const bool udp = (denial.net & (kBindUdp | kConnectSendUdp)) != 0;
    judge(denial, binds ? "bind" : "connect", std::to_string(denial.port) + (udp ? "/udp" : ""), {.net = denial.net, .port = denial.port});
  }

  // No files: it is not there any more, or lies where nobody outside can look.
  Access wanting(const KernelDenial& denial, Rights rights) const {
    const std::string root = event_.call.process > 0 ? "/proc/" + std::to_string(event_.call.process) + "/root" : "";
    for (const std::string& path : {root + denial.path, denial.path}) {
      const Descriptor opened(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      struct stat info {};
      if (opened.get() < 0 || fstat(opened.get(), &info) != 0 || info.st_ino != denial.inode) continue;
      const Result<Found> found = found_at(opened.get());
      if (!found) continue;
      if (Result<Wanted> wanted = wanted_of(*found, rights)) return {.files = {std::move(*wanted)}};
    }
    return {};
  }

  void judge(const KernelDenial& denial, const char* what, std::string target, const Access& access, const std::string& before = {}) {
    const bool known = !access.files.empty() || access.net != 0 || access.abstract_unix;
    add(denial, what, std::move(target), known ? verdict(policy_, plan_, grounds_, access) : Verdict{}, access, before);
  }

  void add(const KernelDenial& denial, const char* what, std::string target, const Verdict& found, const Access& access, const std::string& before = {}) {
    Untold out{{}, denial};
    DeniedEvent& event = out.denial.event;
    event = {.pid = event_.call.process, .program = event_.call.program, .what = what, .target = std::move(target), .kernel = true, .followed = false};
    event.error = event_.call.error != 0 ? event_.call.error : found.error != 0 ? found.error : EACCES;
    // A file may have come to another place since, or been opened before its name was granted.
    if (found.allowed) out.denial.why = before + "the rules would allow it as it is now";
    else if (found.error == 0) out.denial.why = before + "what it is about cannot be looked at any more";
    else out.denial.why = before + why_denied(plan_, found, access);
    if (!found.allowed) add_verdict(event, plan_, found);
    out_.push_back(std::move(out));
  }

  const KernelEvent& event_;
  const std::string_view call_;
  const Policy& policy_;
  const Plan& plan_;
  const std::vector<Ground>& grounds_;
  std::vector<Untold> out_{};
};

}  // namespace

std::vector<KernelDenial> records_of(const Plan& plan, const Wish& wish, const Verdict& denied) {
  std::vector<KernelDenial> out;
  if (wish.signals) {
    const int named = std::atoi(wish.target.c_str() + wish.target.rfind(' ') + 1);
    const int process = Tracee(named).process();
    out.push_back({.scopes = kScopeSignal, .process = process != 0 ? process : named});
    return out;
  }
  if (denied.error == EACCES)
    for (const Wanted& wanted : wish.access.files) {
      const Rights rights = wanted.rights & plan.ruleset.handled_fs;
      if (wanted.chain.empty() || wanted.path != denied.path) continue;
      out.push_back({.fs = rights, .path = wanted.path, .inode = wanted.chain.front().inode});
      // What may be made and not written is there already when it is opened.
      if (wish.target != wanted.path && (rights & kMakeReg) != 0) out.push_back({.fs = rights & kOnFiles, .path = wish.target});
    }
  if (denied.error == EACCES && wish.access.net != 0) out.push_back({.net = wish.access.net, .port = wish.access.port});
  if (denied.error == EPERM && wish.access.abstract_unix) out.push_back({.scopes = kScopeAbstractUnix, .path = wish.target});
  return out;
}

std::vector<Untold> untold(const KernelEvent& event, std::string_view call, const Policy& policy, const Plan& plan, const std::vector<Ground>& grounds) {
  if (event.denials.empty()) return {};
  return Teller(event, call, policy, plan, grounds).run();
}

}  // namespace landshim::command
