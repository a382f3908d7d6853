// SPDX-License-Identifier: MIT
// Of several filters the strictest answer counts, and an errno is stricter than asking: seccomp(2). So the policy's own
// filter has to ask in place of its errnos.
#include "shim/followed_calls.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "shim/call_plan.h"
#include "shim/filter.h"
#include "shim/identity.h"

namespace landshim {

namespace {

// Stands for "ask" until the program is assembled: no policy denies with an errno of 0.
constexpr Action kAsk{ActionKind::kDeny, 0};

enum class When : std::uint8_t { kAlways, kFiles, kConnect, kBind, kSend, kSignal, kNever };

struct FollowedCall {
  char name[23];
  When when;          // its denials, where the plan can refuse it
  LogEvents events;   // of which it tells where it succeeds
};

// A follower begins when the command's program is executed, whatever it tells of.
constexpr LogEvents kAny = kAllLogEvents & ~kLogPolicy;

// What Landlock can refuse, and what else changes files or reaches out; openat2 is closed in every policy. socketcall is
// all of those of sockets in the 32-bit table.
constexpr FollowedCall kFollowed[] = {
    {"execve", When::kFiles, kAny},             {"execveat", When::kFiles, kLogExec},       {"open", When::kFiles, kLogFile},           {"openat", When::kFiles, kLogFile},
    {"creat", When::kFiles, kLogFile},          {"mkdir", When::kFiles, kLogFile},          {"mkdirat", When::kFiles, kLogFile},        {"mknod", When::kFiles, kLogFile},
    {"mknodat", When::kFiles, kLogFile},        {"symlink", When::kFiles, kLogFile},        {"symlinkat", When::kFiles, kLogFile},      {"link", When::kFiles, kLogFile},
    {"linkat", When::kFiles, kLogFile},         {"rename", When::kFiles, kLogFile},         {"renameat", When::kFiles, kLogFile},       {"renameat2", When::kFiles, kLogFile},
    {"unlink", When::kFiles, kLogFile},         {"unlinkat", When::kFiles, kLogFile},       {"rmdir", When::kFiles, kLogFile},          {"truncate", When::kFiles, kLogFile},
    {"truncate64", When::kFiles, kLogFile},     {"ftruncate", When::kNever, kLogFile},      {"ftruncate64", When::kNever, kLogFile},    {"chmod", When::kNever, kLogFile},
    {"fchmod", When::kNever, kLogFile},         {"fchmodat", When::kNever, kLogFile},       {"fchmodat2", When::kNever, kLogFile},      {"chown", When::kNever, kLogFile},
    {"fchown", When::kNever, kLogFile},         {"lchown", When::kNever, kLogFile},         {"fchownat", When::kNever, kLogFile},       {"chown32", When::kNever, kLogFile},
    {"fchown32", When::kNever, kLogFile},       {"lchown32", When::kNever, kLogFile},       {"utime", When::kNever, kLogFile},          {"utimes", When::kNever, kLogFile},
    {"futimesat", When::kNever, kLogFile},      {"utimensat", When::kNever, kLogFile},      {"utimensat_time64", When::kNever, kLogFile}, {"connect", When::kConnect, kLogNetwork},
    {"socketcall", When::kConnect, kLogNetwork}, {"bind", When::kBind, kLogNetwork},        {"listen", When::kNever, kLogNetwork},      {"sendto", When::kSend, kLogNetwork},
    {"sendmsg", When::kSend, kLogNetwork},      {"sendmmsg", When::kSend, kLogNetwork},     {"kill", When::kSignal, 0},                 {"tkill", When::kSignal, 0},
    {"tgkill", When::kSignal, 0},               {"rt_sigqueueinfo", When::kSignal, 0},      {"rt_tgsigqueueinfo", When::kSignal, 0},    {"pidfd_send_signal", When::kSignal, 0},
    {"seccomp", When::kAlways, 0},              {"landlock_restrict_self", When::kAlways, 0}, {"exit_group", When::kNever, kLogExec},
};

bool can_be_refused(const Plan& plan, When when) {
  const Ruleset& rules = plan.ruleset;
  const bool reaches_unix = (rules.scoped & kScopeAbstractUnix) != 0 || (rules.handled_fs & kResolveUnix) != 0;
  switch (when) {
    case When::kAlways: return true;
    // The right to link and rename across directories alone is handled to be granted everywhere.
    case When::kFiles: return (rules.handled_fs & ~(kResolveUnix | kRefer)) != 0 || plan.namespaces.read_only;
    case When::kConnect: return reaches_unix || rules.handled_net != 0;
    // Of UNIX sockets as well: bind(2) makes a file.
    case When::kBind: return (rules.handled_net & (kBindTcp | kBindUdp)) != 0 || (rules.handled_fs & kMakeSock) != 0 || plan.namespaces.read_only;
    case When::kSend: return reaches_unix || (rules.handled_net & kConnectSendUdp) != 0;
    case When::kSignal: return (rules.scoped & kScopeSignal) != 0;
    case When::kNever: return false;
  }
  return true;
}

// Which arguments are worth asking for; none: all of them.
std::vector<Condition> worth_asking(std::string_view call) {
  // A destination is given.
  if (call == "sendto") return {{4, Compare::kNotEqual, false, 0, 0}};
  // SECCOMP_SET_MODE_FILTER with a listener, of which there can be one alone.
  if (call == "seccomp") return {{0, Compare::kEqual, true, SECCOMP_SET_MODE_FILTER, 0}, {1, Compare::kAnyBit, false, 0, SECCOMP_FILTER_FLAG_NEW_LISTENER}};
  return {};
}

PlannedCall asking(const PlannedCall& call, const std::vector<Condition>& conditions) {
  PlannedCall out{call.call, {}, call.otherwise};
  const auto add = [&](const CallRule& rule) {
    if (rule.action.kind != ActionKind::kAllow) return;
    CallRule asked{kAsk, rule.all_of};
    asked.all_of.insert(asked.all_of.end(), conditions.begin(), conditions.end());
    out.rules.push_back(std::move(asked));
  };
  for (const CallRule& rule : call.rules) {
    add(rule);
    if (rule.action.kind != ActionKind::kAllow || !conditions.empty()) out.rules.push_back(rule);
  }
  if (!conditions.empty()) add({call.otherwise, {}});
  else if (call.otherwise.kind == ActionKind::kAllow) out.otherwise = kAsk;
  return out;
}

bool is_asked_for(const Plan& plan, const FollowedCall& call, Following following, LogEvents told) {
  if ((call.events & told) != 0) return true;
  if (following == Following::kFree) return call.when != When::kNever;
  return (told & kLogDenial) != 0 && can_be_refused(plan, call.when);
}

Filter with_followed_calls(const Plan& plan, Filter filter, Following following, LogEvents told) {
  for (const FollowedCall& followed : kFollowed) {
    if (!is_asked_for(plan, followed, following, told)) continue;
    const auto at = std::lower_bound(filter.calls.begin(), filter.calls.end(), followed.name, [](const PlannedCall& a, std::string_view b) { return a.call < b; });
    const bool planned = at != filter.calls.end() && at->call == followed.name;
    PlannedCall call = asking(planned ? *at : PlannedCall{followed.name, {}, filter.otherwise}, worth_asking(followed.name));
    if (planned) *at = std::move(call);
    else filter.calls.insert(at, std::move(call));
  }
  return filter;
}

bool is_return(const sock_filter& op) { return BPF_CLASS(op.code) == BPF_RET; }

}  // namespace

Result<FollowedFilter> followed_filter(const Plan& plan, Following following, LogEvents told) {
  if (!plan.filter.used) return Error{"a followed run needs a kernel with seccomp filters"};
  // Its calls are not spelled out: asked of none of them, the program would be free.
  if (plan.filter.ready != nullptr) return Error{"a filter made beforehand cannot be followed: this is a bug in landshim"};
  FollowedFilter out;
  Result<std::vector<sock_filter>> truth = assemble(plan.filter);
  if (!truth) return truth.error();
  out.truth = std::move(*truth);
  Result<std::vector<sock_filter>> loaded = assemble(with_followed_calls(plan, plan.filter, following, told));
  if (!loaded) return Error{"a followed run: " + loaded.error().what};
  out.loaded = std::move(*loaded);
  // In the 32-bit table a followed call of sockets may close the multiplexer before it, with ENOSYS too.
  const bool multiplexed = plan.filter.compat && (following == Following::kFree || (told & (kLogNetwork | kLogDenial)) != 0);
  for (sock_filter& op : out.loaded) {
    const std::uint32_t action = op.k & SECCOMP_RET_ACTION_FULL;
    if (!is_return(op) || action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG) continue;
    if (following == Following::kFree && action != SECCOMP_RET_ERRNO) op.k = SECCOMP_RET_USER_NOTIF;
    if (action != SECCOMP_RET_ERRNO) continue;
    const std::uint32_t error = op.k & SECCOMP_RET_DATA;
    const bool identity = error == kAnswerSome || error == kAnswerThis;
    const bool absent = error == ENOSYS && !multiplexed;
    const bool denial = error != 0 && !(error == ENOSYS && multiplexed);
    if (denial && following == Following::kHeld && (told & kLogDenial) == 0) continue;
    if (following == Following::kFree ? !absent : !identity && !absent) op.k = SECCOMP_RET_USER_NOTIF;
  }
  return out;
}

std::uint32_t run_filter(std::span<const sock_filter> program, const seccomp_data& call) {
  std::uint32_t loaded = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& op = program[at];
    switch (op.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (op.k > sizeof call - sizeof loaded) return SECCOMP_RET_KILL_PROCESS;
        std::memcpy(&loaded, reinterpret_cast<const char*>(&call) + op.k, sizeof loaded);
        break;
      case BPF_ALU | BPF_AND | BPF_K: loaded &= op.k; break;
      case BPF_JMP | BPF_JA: at += op.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += loaded == op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JGT | BPF_K: at += loaded > op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += loaded >= op.k ? op.jt : op.jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: at += (loaded & op.k) != 0 ? op.jt : op.jf; break;
      case BPF_RET | BPF_K: return op.k;
      default: return SECCOMP_RET_KILL_PROCESS;
    }
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace landshim
