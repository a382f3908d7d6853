// SPDX-License-Identifier: MIT
// Linux 5.9: seccomp_unotify(2). The listener is this process's alone. When this process ends, what is asked fails with
// ENOSYS: nothing opens.
#include "shim/command/follow.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

#include "config/command_rules.h"
#include "config/syscalls.h"
#include "shim/call_reason.h"
#include "shim/command/denial.h"
#include "shim/command/ground.h"
#include "shim/command/output.h"
#include "shim/filter.h"
#include "shim/followed_calls.h"
#include "shim/identity.h"
#include "shim/survey.h"

namespace landshim::command {

namespace {

constexpr int kMaxErrno = 4095;
constexpr std::size_t kMaxRemembered = 32'000'000;  // bytes of events that are not told again
constexpr LogEvents kAlways = kAllLogEvents;
constexpr std::uint64_t kRecords = ~std::uint64_t{0};  // among numbers of processes
constexpr int kMaxAncestors = 100'000;  // more processes than there are numbers for

// SECCOMP_IOCTL_NOTIF_SET_FLAGS with SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6: both sides on one processor.
constexpr unsigned long kSetFlags = _IOW('!', 4, std::uint64_t);
constexpr std::uint64_t kWakeHere = 1;

void add_names(CallTable table, std::map<int, std::string_view>& out) {
  for (const SyscallName& call : all_syscalls())
    if (const int number = call_number(table, call.name); number >= 0) out.emplace(number, call.name);
}

pid_t parent_of(pid_t process) {
  const std::string stat = Tracee(process).text_of("stat");
  const std::size_t name_end = stat.rfind(')');
  return name_end == stat.npos || name_end + 4 > stat.size() ? 0 : static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
}

// A rule on /proc/self means the process that becomes the command.
void turn_to(pid_t command, std::vector<Ground>& grounds) {
  const std::string own = "/proc/" + std::to_string(getpid());
  for (Ground& ground : grounds)
    if (ground.path == own || ground.path.starts_with(own + "/")) ground.path = "/proc/" + std::to_string(command) + ground.path.substr(own.size());
}

// What the rules are on, as a process sees it: in a mount namespace of its own a path may mean another file.
void bind_anew(pid_t thread, const std::vector<PlannedPath>& rules, std::vector<Ground>& grounds) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    Ground& ground = grounds[i];
    const std::string path = ground.path.empty() ? rules[i].path : ground.path;
    struct stat info {};
    if (stat(("/proc/" + std::to_string(thread) + "/root" + path).c_str(), &info) != 0) {
      ground = Ground{};
      continue;
    }
    ground = {{info.st_dev, info.st_ino}, S_ISDIR(info.st_mode) ? rules[i].rights : rules[i].rights & kOnFiles, path};
  }
}

// The program of a process that hides it still has the name that ps(1) shows.
std::string short_name(const Tracee& tracee) {
  const std::string program = tracee.program();
  if (!program.empty()) return program.substr(program.rfind('/') + 1);
  std::string name = tracee.text_of("comm");
  std::erase(name, '\n');
  return name;
}

std::string hex_number(std::uint64_t number) {
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(number));
  return out;
}

std::pair<pid_t, std::string> key_of(const Event& event) {
  const std::string between(1, '\0');
  if (const auto* const open = std::get_if<OpenEvent>(&event)) return {open->pid, open->access + between + open->path};
  if (const auto* const change = std::get_if<ChangeEvent>(&event)) return {change->pid, change->what + between + change->path + between + change->to};
  if (const auto* const network = std::get_if<NetworkEvent>(&event))
    return {network->pid, network->what + between + network->family + between + network->address + between + std::to_string(network->port.value_or(0)) + between + network->path};
  return {};
}

// Of an entry, with what keeps it in its place.
std::size_t weight(const std::string& key) { return key.size() + 100; }

// What the command may wait to see closed: standard input and output, and what came through execve(2).
void let_go_of_inherited() {
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO})
    if (null.get() < 0 || dup2(null.get(), fd) < 0) close(fd);
  std::vector<int> inherited;
  DIR* const open_files = opendir("/proc/self/fd");
  if (open_files == nullptr) return;
  while (const dirent* entry = readdir(open_files))
    if (const int fd = std::atoi(entry->d_name); fd > STDERR_FILENO && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) inherited.push_back(fd);
  closedir(open_files);
  for (const int fd : inherited) close(fd);
}

// The command fails with this process: neither a reader that is gone nor a limit on files ends it. end_as() undoes it.
void outlive_limits() {
  for (const int number : {SIGPIPE, SIGXFSZ}) signal(number, SIG_IGN);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

struct Follower::Asking {
  std::uint64_t id;
  pid_t thread;
  seccomp_data data;
  std::uint32_t answer;   // of the policy's filter
};

LogEvents Telling::told() const {
  LogEvents out = lines ? kLogDenial : 0;
  for (const Log& log : logs) out = static_cast<LogEvents>(out | log.events());
  return out;
}

Result<Done> Telling::add_log(const Policy& policy) {
  if (!policy.log.used()) return Done{};
  landshim::Log settings = policy.log;
  // For people, after what the program says itself.
  if (settings.to == LogTo::kStandardError && settings.format.value == LogFormat::kText && (settings.events.value & kLogDenial) != 0) {
    settings.events.value = static_cast<LogEvents>(settings.events.value & ~kLogDenial);
    lines = true;
  }
  Result<Log> log = Log::open(settings);
  if (!log) return Error{log.error().what, where(policy, settings.file.origin), log.error().os_error};
  logs.push_back(std::move(*log));
  return Done{};
}

Follower::Follower(Sides& sides, Telling telling, Loaded loaded, const Surroundings& surroundings)
    : sides_(sides), telling_(std::move(telling)), free_(telling_.needs.get() >= 0), policy_(loaded.policy), loaded_(std::move(loaded)), surroundings_(surroundings) {}

// While the other side puts the same plan in force.
void Follower::begin(pid_t command) {
  own_ = getpid();
  command_ = command;
  // Its end alone is not enough while this process has it too.
  sides_.giver = Handover(Descriptor());
  let_go_of_inherited();
  outlive_limits();
  waiting_ = above_standard(Descriptor(epoll_create1(EPOLL_CLOEXEC)));
  if (kernel_ && !wait_for(kernel_->descriptor(), kRecords)) kernel_.reset();
  if (waiting_.get() < 0 || !wait_for(sides_.taker.descriptor()) || !sides_.taker.greet(kernel_.has_value())) give_up();
  if (getrandom(&run_, sizeof run_, GRND_NONBLOCK) != sizeof run_) run_ = static_cast<std::uint64_t>(own_);
  seccomp_notif_sizes sizes{};
  syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0U, &sizes);
  asked_.resize(std::max<std::size_t>(sizes.seccomp_notif, sizeof(seccomp_notif)));
  answered_.resize(std::max<std::size_t>(sizes.seccomp_notif_resp, sizeof(seccomp_notif_resp)));
  add_names(CallTable::kNative, names_[0]);
  if (audit_arch(CallTable::kCompat) != 0) add_names(CallTable::kCompat, names_[1]);
  // A fault in it is the other side's to tell.
  Result<Plan> plan = make_plan(std::move(*loaded_), surroundings_, {true, true});
  loaded_.reset();
  if (!plan) return;
  plan_ = std::move(*plan);
  grounds_ = grounds_of(*plan_, survey(*plan_).paths);
  turn_to(command, grounds_);
  // What a program opens is there for it, whatever lies over it for others.
  plan_->namespaces.hide.clear();
  plan_->namespaces.private_tmp = false;
  plan_->namespaces.enter[static_cast<std::size_t>(Namespace::kPid)] = false;
}

bool Follower::wait_for(int fd, std::uint64_t what) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = what;
  return epoll_ctl(waiting_.get(), EPOLL_CTL_ADD, fd, &wanted) == 0;
}

// The other side sees it, and so does each call that is asked.
void Follower::give_up() {
  over_ = true;
  listener_.reset();
  sides_.taker.close();
}

int Follower::descriptor() const { return over_ ? -1 : waiting_.get(); }

bool Follower::serve() {
  epoll_event ready[16];
  const int count = epoll_wait(waiting_.get(), ready, std::size(ready), 0);
  for (int i = 0; i < count; ++i) {
    if (ready[i].data.u64 == kRecords) take(kernel_->read());
    else if (const auto process = static_cast<pid_t>(ready[i].data.u64); process != 0) end_of(process);
    else if (listener_.get() >= 0) answer();
    else take_listener();
  }
  return !failed_;
}

void Follower::take_listener() {
  listener_ = sides_.taker.receive();
  if (listener_.get() < 0) {
    over_ = sides_.taker.descriptor() < 0;
    return;
  }
  truth_ = sides_.taker.truth();
  ioctl(listener_.get(), kSetFlags, kWakeHere);
  if (!wait_for(listener_.get())) return give_up();
  if (!plan_ || free()) return;
  PolicyEvent event{plan_->name, hex_number(plan_->filter.identity), plan_->ruleset.used ? plan_->ruleset.abi : 0, {}, telling_.command, getuid()};
  for (const Loss& loss : plan_->given_up) event.given_up.push_back(loss.what);
  write(kLogPolicy, event, now());
  if (sides_.taker.from_within()) begin_within();
}

// The program that the library holds was started before.
void Follower::begin_within() {
  started_ = true;
  bind_anew(command_, plan_->ruleset.paths, grounds_);
  if (kernel_) kernel_->made_by(command_);
  const Tracee tracee(command_);
  if ((telling_.told() & kLogExec) != 0) tell_start({command_, tracee.parent(), tracee.program(), telling_.command, tracee.link_of("cwd")});
}

void Follower::tell_start(const StartEvent& start) {
  // Another process had this number.
  if (processes_.add(start.pid, waiting_.get())) forget(start.pid);
  write(kLogExec, marked(start), now());
}

void Follower::forget(pid_t process) {
  const auto at = told_of_.find(process);
  if (at == told_of_.end()) return;
  for (const std::string& key : at->second) remembered_ -= weight(key);
  told_of_.erase(at);
}

void Follower::end_of(pid_t process) {
  write(kLogExec, processes_.take(process), now());
  forget(process);
}

void Follower::answer() {
  std::fill(asked_.begin(), asked_.end(), '\0');
  std::fill(answered_.begin(), answered_.end(), '\0');
  auto* const asked = reinterpret_cast<seccomp_notif*>(asked_.data());
  auto* const answered = reinterpret_cast<seccomp_notif_resp*>(answered_.data());
  if (ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, asked) != 0) {
    // The process has gone, or all have.
    if (!someone_left()) give_up();
    return;
  }
  const Asking asking{asked->id, static_cast<pid_t>(asked->pid), asked->data, run_filter(truth_, asked->data)};
  try {
    look(asking);
  } catch (const std::exception&) {
    ++starved_;
  }
  answered->id = asking.id;
  const std::uint32_t action = free() ? SECCOMP_RET_ALLOW : asking.answer & SECCOMP_RET_ACTION_FULL;
  if (action == SECCOMP_RET_ALLOW) answered->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  else answered->error = action == SECCOMP_RET_ERRNO ? -static_cast<int>(std::min<std::uint32_t>(asking.answer & SECCOMP_RET_DATA, kMaxErrno)) : -ENOSYS;
  // It fails when the process has gone.
  if (ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, answered) != 0) return;
}

bool Follower::waits(std::uint64_t id) const { return ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

bool Follower::inside(pid_t process) const {
  for (int i = 0; i < kMaxAncestors && process > 1 && process != own_; ++i) {
    if (process == command_) return true;
    const pid_t parent = parent_of(process);
    // What lost its parent is this process's.
    if (parent == own_) return true;
    process = parent;
  }
  return false;
}

// By the names of the directories above, each still what its rule is on. Never yes where verdict() says no.
bool Follower::granted(const std::string& path, Rights rights) const {
  if (plan_->namespaces.used) return false;
  Rights missing = rights & plan_->ruleset.handled_fs;
  for (std::size_t i = 0; missing != 0 && i < plan_->ruleset.paths.size(); ++i) {
    const Ground& ground = grounds_[i];
    if ((ground.rights & missing) == 0 || ground.path.empty() || !path.starts_with(ground.path)) continue;
    if (path.size() > ground.path.size() && path[ground.path.size()] != '/' && ground.path != "/") continue;
    struct stat info {};
    if (stat(ground.path.c_str(), &info) == 0 && FileId{info.st_dev, info.st_ino} == ground.id) missing &= ~ground.rights;
  }
  return missing == 0;
}

void Follower::look(const Asking& asking) {
  const bool compat = asking.data.arch != audit_arch(CallTable::kNative);
  const auto known = names_[compat ? 1 : 0].find(asking.data.nr);
  Called call{.name = known == names_[compat ? 1 : 0].end() ? std::string_view() : known->second, .compat = compat};
  std::copy(std::begin(asking.data.args), std::end(asking.data.args), call.arguments);
  if (call.name == "exit_group") return processes_.note_status(Tracee(asking.thread).process(), static_cast<int>(call.arguments[0]));
  if (!plan_) ++unseen_;
  if (!plan_ || (!started_ && call.name != "execve")) return;
  if (!started_) bind_anew(asking.thread, plan_->ruleset.paths, grounds_);
  if (!started_ && kernel_) kernel_->made_by(Tracee(asking.thread).process());
  started_ = true;
  const std::uint32_t action = asking.answer & SECCOMP_RET_ACTION_FULL;
  if (free() && action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG && action != SECCOMP_RET_ERRNO) return look_at_denied(asking, call, EPERM);
  if (action == SECCOMP_RET_ERRNO) {
    look_at_denied(asking, call, static_cast<int>(asking.answer & SECCOMP_RET_DATA));
    // Free, it goes on to what the rules say of it.
    if (!free()) return;
  }
  look_at_wishes(asking, call);
}

// By the filter.
void Follower::look_at_denied(const Asking& asking, const Called& call, int error) {
  // Programs take it for a kernel that lacks the call. The others ask whether a policy is in force.
  if (error == ENOSYS || error == kAnswerSome || error == kAnswerThis) return;
  // Which it puts to use is seen later.
  if (free_ && call.name == "socket" && static_cast<std::uint32_t>(call.arguments[0]) == AF_UNIX) return;
  CallMade made{.name = call.name};
  std::copy(std::begin(call.arguments), std::end(call.arguments), made.arguments);
  CallAnswer answered = call.name.empty() ? CallAnswer{} : landshim::answer(policy_, *plan_, made);
  Verdict verdict;
  verdict.error = error;
  if (!answered.reason.words.empty()) verdict.reasons = {std::move(answered.reason)};
  verdict.to_allow = std::move(answered.to_allow);
  if (free()) {
    const std::string program = short_name(Tracee(asking.thread));
    if (!waits(asking.id)) return;
    const std::string what = "call " + (call.name.empty() ? "number " + std::to_string(asking.data.nr) : std::string(call.name));
    if (verdict.to_allow.empty()) needs_.add_impossible(what, program);
    else needs_.add_lines(verdict.to_allow, what, program);
    return;
  }
  const std::string target = call.name.empty() ? "number " + std::to_string(asking.data.nr) : std::string(call.name);
  note(asking, {{.what = "call", .target = target, .error = error}, why_denied(*plan_, verdict, {})}, verdict);
}

// By Landlock, or the mounts.
void Follower::look_at_wishes(const Asking& asking, const Called& call) {
  if (call.name == "landlock_restrict_self") return kernel_ ? kernel_->nested() : void();
  if (call.name == "seccomp") return note(asking, {{.what = "call", .target = "seccomp", .error = EBUSY}, "a listener of its own, and the kernel knows one alone: not followed it would work"}, {});
  const Tracee tracee(asking.thread);
  const Wishes wishes = wishes_of(tracee, call, {*plan_, [this](pid_t process) { return inside(process); }, [this](const std::string& path, Rights rights) { return granted(path, rights); }, free_, free_ ? LogEvents{} : telling_.told(), tracee.process() == command_});
  const bool starved = wishes.unseen == EMFILE || wishes.unseen == ENFILE;
  if (starved) ++starved_;
  if (wishes.unseen != 0 && wishes.unseen != ESRCH && !starved && waits(asking.id)) ++unseen_;
  bool told = false;
  if (free()) {
    const std::string program = short_name(tracee);
    const std::optional<Credentials> who = tracee.credentials();
    if (!who || !waits(asking.id)) return;
    for (const Wish& wish : wishes.all)
      if (wish.possible(*who)) gather(wish, program);
    return;
  }
  for (const Wish& wish : wishes.all) {
    if (wish.error == EXDEV && told) continue;
    Verdict found = verdict(policy_, *plan_, grounds_, wish.access);
    if (wish.signals) found = denied_signal(policy_);
    if (found.allowed || found.hidden) continue;
    const std::optional<Credentials> who = tracee.credentials();
    if (!who && waits(asking.id)) ++starved_;
    const bool possible = who && wish.possible(*who);
    if (kernel_ && !possible) kernel_->excuse(tracee.program(), records_of(*plan_, wish, found));
    if (!possible) continue;
    note(asking, {{.what = wish.what, .target = wish.target, .error = wish.error != 0 ? wish.error : found.error}, why_denied(*plan_, found, wish.access)}, found, records_of(*plan_, wish, found));
    told = true;
  }
  if (told || wishes.deeds.empty()) return;
  const std::optional<Credentials> who = tracee.credentials();
  if (who && waits(asking.id)) tell(wishes.deeds, *who);
}

void Follower::tell(const std::vector<Deed>& deeds, const Credentials& who) {
  for (const Deed& deed : deeds) {
    if (!deed.possible(who)) continue;
    if (const auto* const start = std::get_if<StartEvent>(&deed.event)) {
      tell_start(*start);
      continue;
    }
    write(std::holds_alternative<NetworkEvent>(deed.event) ? kLogNetwork : kLogFile, deed.event, now(), is_repeated(deed.event));
  }
}

// Whether it starts with landshim in place or not.
StartEvent Follower::marked(StartEvent start) const {
  std::string line;
  for (std::size_t i = 0; i < start.arguments.size(); ++i) line += (i == 0 ? "" : " ") + start.arguments[i];
  const Result<std::vector<const CommandRule*>> rules = matching(policy_, line);
  if (!rules) return start;
  for (const CommandRule* rule : *rules) start.rules.push_back(rule->name);
  start.destructive = narrowing(*rules).destructive;
  return start;
}

// By a process, the same twice.
bool Follower::is_repeated(const Event& event) {
  const auto [pid, key] = key_of(event);
  if (remembered_ > kMaxRemembered) {
    told_of_.clear();
    remembered_ = 0;
  }
  const bool added = told_of_[pid].insert(key).second;
  if (added) remembered_ += weight(key);
  return !added;
}

// What the plan does not grant of it. A policy without a network rules no ports, and grants none.
void Follower::gather(const Wish& wish, const std::string& program) {
  if (wish.signals) {
    if ((plan_->ruleset.scoped & kScopeSignal) != 0) needs_.add_lines({"[ipc] signals = allow"}, wish.target, program);
    return;
  }
  if (wish.unix_socket) {
    const CallAnswer made = landshim::answer(policy_, *plan_, {.name = "socket", .arguments = {AF_UNIX, SOCK_STREAM, 0}});
    if (!made.allowed && !made.to_allow.empty()) needs_.add_lines(made.to_allow, "unix " + wish.target, program);
    return;
  }
  for (const Wanted& wanted : wish.access.files) {
    const Verdict found = verdict(policy_, *plan_, grounds_, {.files = {wanted}});
    if (found.allowed) continue;
    const bool entry = std::string_view(wish.what) == "create" || std::string_view(wish.what) == "remove";
    const std::string name = entry && wish.target.size() > wanted.path.size() ? wish.target.substr(wish.target.rfind('/') + 1) : "";
    needs_.add_file(wanted, entry || (wanted.rights & kReadDir) != 0, name, program);
  }
  const bool networked = network_choice(policy_).access != NetworkAccess::kNone;
  Access rest = wish.access;
  rest.files.clear();
  if (rest.net != 0 && (!networked || !verdict(policy_, *plan_, grounds_, rest).allowed)) needs_.add_port(rest.net, rest.port, program);
  if (rest.abstract_unix) needs_.add_lines({"[ipc] abstract_unix = allow"}, "unix " + wish.target, program);
}

void Follower::note(const Asking& asking, Denial denial, const Verdict& verdict, const std::vector<KernelDenial>& records) {
  add_verdict(denial.event, *plan_, verdict);
  const Tracee tracee(asking.thread);
  denial.event.pid = tracee.process();
  denial.event.program = tracee.program();
  // All that was read is of that process, if it waits still.
  if (!waits(asking.id)) return;
  tell(denial, records);
}

timespec Follower::now() {
  timespec out{};
  clock_gettime(CLOCK_REALTIME, &out);
  return out;
}

void Follower::write(LogEvents kind, const Event& event, const timespec& when, bool repeated) {
  bool wrote = false;
  for (Log& log : telling_.logs) {
    if ((log.events() & kind) == 0 || (repeated && !log.all())) continue;
    const int error = log.write({when.tv_sec, when.tv_nsec / 1000, run_}, event);
    wrote = wrote || error == 0;
    if (error == 0) continue;
    ++lost_;
    if (log.stops() && !failed_) say(text({log.shown() + ": the log cannot be written, and so the command was ended (on_error = stop)", where(policy_, policy_.log.file.origin), error}));
    failed_ = failed_ || log.stops();
  }
  events_ += wrote ? 1 : 0;
}

bool Follower::finish(int status) {
  status_ = status;
  if (free()) {
    needs_.unseen += lost_ + unseen_ + starved_;
    // Nothing at all: the command was not started.
    if (started_) write_all(telling_.needs.get(), as_text(needs_));
    telling_.needs.reset();
    return true;
  }
  take_last();
  agree();
  if (telling_.lines)
    for (const std::string& line : denials_.lines()) say(printable(line));
  if (unseen_ > 0) say(std::to_string(unseen_) + " calls could not be looked at: who made them hides its memory (not dumpable: prctl(2))");
  if (starved_ > 0) say(std::to_string(starved_) + " calls could not be looked at: descriptors or memory ran out here (ulimit -n)");
  if (over_ || !someone_left()) close_logs();
  return !failed_;
}

// Those that ended last, the command among them. The kernel says that nobody is left to ask before it says who ended.
void Follower::take_last() {
  constexpr int kMoment = 1000;  // milliseconds
  epoll_event ready{};
  while (!failed_ && epoll_wait(waiting_.get(), &ready, 1, over_ && !processes_.empty() ? kMoment : 0) == 1) serve();
}

void Follower::close_logs() {
  for (const Denial& denial : denials_.all())
    if (denial.event.again > 0) write(kLogDenial, denial.event, now());
  const std::uint64_t lost = lost_ + unseen_ + starved_ + denials_.dropped();
  if (lost > 0) write(kAlways, LostEvent{lost, "not looked at, too many, or not written"}, now());
  if (WIFEXITED(status_)) write(kAlways, SummaryEvent{WEXITSTATUS(status_), {}, denials_.count(), events_}, now());
  else write(kAlways, SummaryEvent{{}, WTERMSIG(status_), denials_.count(), events_}, now());
  telling_.logs.clear();
}

bool Follower::someone_left() const {
  pollfd calls{listener_.get(), POLLIN, 0};
  return listener_.get() >= 0 && poll(&calls, 1, 0) >= 0 && (calls.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

// What the command leaves behind runs on as it would unfollowed, so somebody has to answer.
void Follower::leave() {
  if (over_ || !someone_left()) return;
  if (fork() == 0) stay();
}

void Follower::stay() {
  // Of the terminal, the directory and the standard error nothing is held. The signals stay blocked.
  setsid();
  if (chdir("/") != 0 || dup2(STDIN_FILENO, STDERR_FILENO) < 0) close(STDERR_FILENO);
  pollfd calls{waiting_.get(), POLLIN, 0};
  while (!over_) {
    calls.revents = 0;
    if (poll(&calls, 1, -1) < 0 && errno != EINTR) break;
    // What asks from here on fails.
    if (calls.revents != 0 && !serve()) break;
  }
  take_last();
  close_logs();
  _exit(0);
}

}  // namespace landshim::command
