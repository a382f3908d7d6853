// SPDX-License-Identifier: MIT
#include "shim/explain.h"

#include <algorithm>
#include <bitset>
#include <catch2/catch.hpp>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

struct Explained {
  Policy policy;
  Plan plan;
};

Explained on(const std::string& text, const Host& host) {
  Explained out{made_up_policy(text), {}};
  Compiled compiled = compile(out.policy, host);
  if (!compiled.refused.empty()) throw std::runtime_error(landshim::text(compiled.refused.front()));
  out.plan = std::move(compiled.plan);
  return out;
}

Explained on(const std::string& text, int abi = 10) { return on(text, made_up_host(abi)); }

// Every path a directory that takes all its rights.
std::string told(const Explained& explained) {
  std::vector<Result<Survey>> surveys;
  for (const PlannedPath& path : explained.plan.ruleset.paths) surveys.push_back(Survey{false, true, path.rights});
  return explain(explained.policy, explained.plan, surveys);
}

std::vector<std::string> open(const Explained& explained) { return still_possible(explained.policy, explained.plan); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool says(const std::vector<std::string>& lines, const std::string& start) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(start); });
}

Host without_seccomp(int abi) {
  Host host = made_up_host(abi);
  host.seccomp = false;
  host.seccomp_error = ENOSYS;
  return host;
}

const std::string kWarn = "[policy]\nunsupported = warn\n";
const std::string kReadUsr = "[filesystem]\nread = /usr\n";

}  // namespace

TEST_CASE("a plan is told in full, line by line", "[explain]") {
  const Explained explained = on(
      "[policy]\nname = a server\n[filesystem]\nread_exec = /usr\nread_write = -/srv/data\nread = /etc/hosts\n[network]\nconnect_tcp = 443, 8000-8010\nbind_tcp = 80\nunix = deny\n[ipc]\nsignals = allow\n"
      "[syscalls]\n@swap = kill\nlseek = deny EIO if arg1 > 4096 and arg2 == 0\n");
  std::vector<Result<Survey>> surveys{Survey{false, true, kReadExec}, Survey{true, false, 0}, Survey{false, false, kReadFile}, Survey{false, false, kReadFile}};
  const std::vector<std::string> got = lines_of(explain(explained.policy, explained.plan, surveys));
  const std::vector<std::string> wanted = lines_of(R"(policy a server (made-up.ini), Landlock ABI 10

Files: what no line below covers is denied (EACCES)
  read_exec                 /usr                              directory  [made-up.ini:4]
  read_write                /srv/data                         missing, which is fine  [made-up.ini:5]
  read                      /etc/hosts                        file: read_file  [made-up.ini:6]
  read_file                 /etc/passwd                       file: read_file, always granted
  metadata = modes: modes (without set-id bits) and times can be changed, attributes not

Network: by rules
  connect_tcp   443, 8000-8010  [made-up.ini:8]
  bind_tcp      80  [made-up.ini:9]
  udp           deny: no UDP socket can be made (EACCES)
  unix          deny: no new UNIX sockets but stream and seqpacket pairs (EACCES)  [made-up.ini:10]
  listen        allow

IPC
  abstract_unix deny
  signals       allow  [made-up.ini:12]
  sysv          deny
  mqueue        deny
  keyring       deny
  scheduling    allow

System calls: profile = default; what no line names: allow
  a foreign call table ends the process (SIGSYS)
  closed: TCP Fast Open, which reaches a port without connecting              [network] connect_tcp
  closed: upper layers of TCP sockets (TCP_ULP), of which SMC is one          [network] smc = deny
  closed: io_uring, which sees no filter                                      [network] access
  closed: System V shared memory, semaphores and queues                       [ipc] sysv = deny
  closed: POSIX message queues                                                [ipc] mqueue = deny
  closed: the kernel's key rings, and the keys of encrypted file systems      [ipc] keyring = deny
  closed: setting the limits of another process, which can kill it            always
  closed: changing the owner of files                                         [filesystem] metadata
  closed: changing extended attributes and flags of files                     [filesystem] metadata
  closed: io_uring, which sees no filter                                      [filesystem] metadata
  closed: making and removing subvolumes (btrfs, bcachefs, ocfs2)             [filesystem]
  closed: set-user-ID and set-group-ID bits in any mode; openat2              always
  closed: kernel modules                                                      [syscalls] profile = default
  closed: kexec, reboot, swap, accounting, quota, the kernel log, host names  [syscalls] profile = default
  closed: setting clocks                                                      [syscalls] profile = default
  closed: mounts and chroot                                                   [syscalls] profile = default
  closed: new namespaces; clone3                                              [syscalls] profile = default
  closed: bpf, perf, userfaultfd, fanotify                                    [syscalls] profile = default
  closed: io_uring                                                            [syscalls] profile = default
  closed: terminal injection (TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD)         [syscalls] profile = default
  closed: file handles                                                        [syscalls] profile = default
  closed: personalities that weaken memory protection                         [syscalls] profile = default
  closed: I/O ports, LDT, vm86                                                [syscalls] profile = default
  closed: calls that nothing has used for decades                             [syscalls] profile = default
  @swap               kill  [made-up.ini:14]
  lseek               deny EIO if arg1 > 0x1000 and arg2 == 0  [made-up.ini:15]

Still possible
  seeing that a file exists, its size, owner, times and names: Landlock has no right for looking (stat, readlink, getxattr, inotify)
  running a file that may be read through its interpreter or loader, or mapping it as code: grant no reading of it
  locking a file that may be read, for which others then wait (flock, leases): grant no reading of it
  widening its own next start, where a writable place holds landshim itself, or leads by another mount or a second hard link to a policy or to a link that a rule goes through: grant no writing there
  using the descriptors that the program was started with, whatever they lead to: inherit_fds
  changing modes and times of any file the user owns: metadata = deny
  listening on a random TCP port, by listen(2) without bind(2): listen = deny
  sending signals to processes outside: signals = deny (Landlock ABI 6)
  seeing that a process exists, its session, priority, affinity and limits, by its number: pid = yes in [namespaces]
  changing priority and affinity of the user's other processes: scheduling = deny
  seeing the names and hardware addresses of network interfaces, by ioctl(2) on any socket: network = yes in [namespaces]
  seeing the machine: its name, kernel, memory, load and mounts (uname, sysinfo, listmount)
  using up memory, processor time, processes and disk: [limits]
  system calls that are younger than this landshim: profile = strict
  executing code from a file in memory (memfd_create): memfd = noexec or deny
  making memory that is writable and executable: write_execute = deny
  with LD_PRELOAD, code that runs before or within the shim: IFUNC resolvers, audit modules, another initfirst library, functions of the program that have names of the C library: landshim run
)");
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) CHECK(got[i] == wanted[i]);
  CHECK(got.size() == wanted.size());
}

TEST_CASE("what an old kernel loses is told beside the line that meant it", "[explain]") {
  const std::string text = told(on(kWarn + "[network]\nconnect_tcp = 443\nunix = own\n[ipc]\nsignals = deny\n", 1));
  CHECK(holds(text, "policy made-up.ini, Landlock ABI 1\n"));
  CHECK(holds(text, "  connect_tcp   443 was meant, any port is in force: see below  [made-up.ini:4]\n"));
  CHECK(holds(text, "  bind_tcp      none (EACCES) was meant, any port is in force: see below\n"));
  CHECK(holds(text, "  unix          own was meant, allow is in force: see below  [made-up.ini:5]\n"));
  CHECK(holds(text, "  signals       deny was meant, allow is in force: see below  [made-up.ini:7]\n"));
  CHECK(holds(text, "  abstract_unix deny was meant, allow is in force: see below\n"));
  CHECK(holds(text, R"(
Given up (unsupported = warn)
  reaching UNIX sockets by path only where allowed needs Landlock ABI 9 (Linux 7.1); this kernel has Landlock ABI 1. Use a newer kernel  [made-up.ini:5]
  connect_tcp by port needs Landlock ABI 4 (Linux 6.7); this kernel has Landlock ABI 1. Use a newer kernel  [made-up.ini:4]
  closing bind_tcp needs Landlock ABI 4 (Linux 6.7); this kernel has Landlock ABI 1. Use a newer kernel  [made-up.ini:4]
  signals = deny needs Landlock ABI 6 (Linux 6.12); this kernel has Landlock ABI 1. Use a newer kernel  [made-up.ini:7]

Not enforced, since this kernel cannot
  renames and links across directories are refused even where writing is granted; granting them needs Landlock ABI 2 (Linux 5.19)
  ioctl on any device that can be opened is allowed; closing it needs Landlock ABI 5 (Linux 6.10)
  abstract UNIX sockets outside can be reached; abstract_unix = deny needs Landlock ABI 6 (Linux 6.12)
)"));
}

TEST_CASE("files are not said to be denied where nothing denies them", "[explain]") {
  const Explained explained = on(kWarn + kReadUsr, 0);
  const std::string text = told(explained);
  CHECK(holds(text, ", without Landlock\n"));
  CHECK(holds(text, "Files: rules were meant, none is in force: see below\n"));
  CHECK_FALSE(holds(text, "is denied"));
  CHECK(says(open(explained), "reading, writing and running every file"));
}

TEST_CASE("nothing that a filter would close is said to be closed where there is no filter", "[explain]") {
  const Explained explained = on(kWarn + kReadUsr, without_seccomp(3));
  const std::string text = told(explained);
  CHECK(holds(text, "Network: none was meant, sockets can be made: see below\n"));
  CHECK(holds(text, "  unix          deny was meant, allow is in force: see below\n"));
  CHECK(holds(text, "  listen        deny was meant, allow is in force: see below\n"));
  CHECK(holds(text, "  sysv          deny was meant, allow is in force: see below\n"));
  CHECK(holds(text, "can be changed: not in force, see below\n"));
  CHECK(holds(text, "System calls: no filter\n"));
  CHECK_FALSE(holds(text, "closed:"));
  CHECK(says(open(explained), "every system call"));
  const std::string rules = told(on(kWarn + "[network]\nudp = deny\nunix = deny\n", without_seccomp(3)));
  CHECK(holds(rules, "  udp           deny was meant, allow is in force: see below"));
  CHECK(holds(rules, "  connect_tcp   none (EACCES) was meant, any port is in force: see below\n"));
}

TEST_CASE("files and a network that are left alone are told so", "[explain]") {
  const std::string text = told(on("[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\ndefault = allow\narchitectures = native, compat\n"));
  CHECK(holds(text, "\nFiles: left alone\n"));
  CHECK(holds(text, "\nNetwork: left alone  [made-up.ini:4]\n"));
  CHECK(holds(text, "System calls: profile = none  [made-up.ini:6]; what no line names: allow  [made-up.ini:7]\n"));
  CHECK(holds(text, "a foreign call table of 32 bits is held to the same rules\n"));
  CHECK_FALSE(holds(text, "[syscalls] profile = default"));
}

TEST_CASE("a path that cannot be granted is told as refused, with the reason", "[explain]") {
  const Explained explained = on(kReadUsr);
  const std::string text = explain(explained.policy, explained.plan, {Error{"read = /usr: no such path", "made-up.ini:2", 0}, Survey{false, false, kReadFile}});
  CHECK(holds(text, "  read                      /usr                              REFUSED: read = /usr: no such path  [made-up.ini:2]\n"));
}

TEST_CASE("a name in a policy cannot forge a line or drive a terminal", "[explain]") {
  Explained explained = on(kReadUsr);
  explained.plan.name = "x\n\x1b[2J\x07";
  const std::string text = told(explained);
  CHECK(text.starts_with("policy x\\x0a\\x1b[2J\\x07 (made-up.ini)"));
  CHECK_FALSE(holds(text, "\x1b"));
}

TEST_CASE("a group is told once, not once for each of its calls", "[explain]") {
  const std::string text = told(on("[syscalls]\n@mount = kill\nread = log\nread = log if arg0 == 3\n"));
  std::size_t mounts = 0;
  for (std::size_t at = text.find("@mount"); at != std::string::npos; at = text.find("@mount", at + 1)) ++mounts;
  CHECK(mounts == 1);
  CHECK(holds(text, "  read                log  [made-up.ini:3]\n  read                log if arg0 == 3  [made-up.ini:4]\n"));
}

TEST_CASE("every closure in force is told with its words, and no other", "[explain]") {
  std::bitset<kClosures> seen;
  for (const char* text : {"", "[network]\nconnect_tcp = 443\n", "[ipc]\nscheduling = deny\n", "[network]\naccess = all\n[syscalls]\nprofile = none\n", "[policy]\nabi = 2\n",
                           "[process]\nmemfd = deny\n", "[process]\nmemfd = noexec\n", "[process]\nwrite_execute = deny\nexecve = deny\n", "[network]\naccess = all\nunix = deny\n"}) {
    const Explained explained = on(text);
    const std::string out = told(explained);
    for (std::size_t i = 0; i < kClosures; ++i) {
      const ClosureWords& said = words(static_cast<Closure>(i));
      std::string row = std::string("closed: ") + said.closes;
      INFO(row);
      std::size_t at = out.find(row);
      // Two closures may close the same for two reasons.
      while (at != std::string::npos && !out.substr(at, out.find('\n', at) - at).ends_with(std::string("  ") + said.demand)) at = out.find(row, at + 1);
      CHECK((at != std::string::npos) == explained.plan.filter.closures[i]);
    }
    seen |= explained.plan.filter.closures;
  }
  CHECK(seen.all());
}

TEST_CASE("what lines of [syscalls] open again is not said to be closed, and the lines are named", "[explain]") {
  const Explained list = on("[syscalls]\ndefault = deny\n@system-service = allow\n");
  const std::string text = told(list);
  CHECK(holds(text, "  reopened: new namespaces; clone3                                            clone3, clone, unshare, setns by made-up.ini:3\n"));
  CHECK(holds(text, "  reopened: terminal injection (TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD)       ioctl by made-up.ini:3\n"));
  CHECK(holds(text, "  reopened: file handles "));
  CHECK(holds(text, "  reopened: personalities that weaken memory protection "));
  CHECK(holds(text, "  closed: kernel modules "));
  CHECK(holds(text, "  closed: set-user-ID and set-group-ID bits in any mode; openat2 "));
  CHECK_FALSE(holds(text, "closed: terminal injection"));
  CHECK(says(open(list), "terminal injection (TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD), as far as the user may: profile = default, and no line that allows ioctl (made-up.ini:3)"));
  CHECK(says(open(list), "new namespaces; clone3, as far as the user may: profile = default, and no line that allows clone3, clone, unshare, setns (made-up.ini:3)"));
  CHECK(holds(told(on("[syscalls]\nmount = allow\npivot_root = log if arg0 == 5\n")), "  reopened: mounts and chroot                                                 mount, pivot_root by made-up.ini:2, made-up.ini:3\n"));
  CHECK(holds(told(on("[syscalls]\nprofile = strict\nbpf = allow\n")), "  reopened: bpf, perf, userfaultfd, fanotify                                  bpf by made-up.ini:3\n"));
}

TEST_CASE("a line that allows only what a closure leaves open reopens nothing", "[explain]") {
  const auto reopens = [](const std::string& line) { return holds(told(on("[syscalls]\n" + line + "\n")), "  reopened: "); };
  for (const char* line : {"ioctl = allow if arg1 == TIOCGWINSZ", "ioctl = allow if arg1 == TIOCGWINSZ and arg0 == 1", "personality = allow if arg0 == 8", "personality = allow if arg0 == 0xffffffff", "clone = allow if arg0 == 17",
                           "clone = allow if arg0 & 0x7e020000 == 0", "unshare = log if arg0 & 0xffffffff == 0", "mount = deny EIO", "mount = kill if arg3 == 0", "read = allow", "@swap = deny ENOSYS"}) {
    INFO(line);
    CHECK_FALSE(reopens(line));
  }
  for (const char* line : {"ioctl = allow if arg1 == TIOCSTI", "ioctl = allow if arg0 == 0", "ioctl = allow", "ioctl = log if arg1 & 0xff00 == 0x5400", "personality = allow if arg0 == 1", "personality = allow if arg0 > 8", "clone = allow if arg0 == CLONE_NEWUSER",
                           "clone = allow if arg0 & 0x10000000 == 0", "clone = allow if arg0 & CLONE_NEWUSER == CLONE_NEWUSER", "mount = allow if arg3 == 0", "mount = trace 1", "@swap = allow"}) {
    INFO(line);
    CHECK(reopens(line));
  }
}

TEST_CASE("each thing that stays possible is told where it does, and not where the policy closes it", "[explain]") {
  const struct {
    const char* start;
    std::string leaves_open, closes;
    int abi = 10;
  } rows[] = {
      {"seeing that a file exists", kReadUsr, "[filesystem]\naccess = all\n"},
      {"running a file that may be read", kReadUsr, "[filesystem]\naccess = all\n"},
      {"widening its own next start", "[filesystem]\nread_write = /usr\n", kReadUsr},
      {"widening its own next start", "[policy]\nmode = workspace-write\n", "[policy]\nmode = full-access\n[network]\naccess = all\n"},
      {"changing modes and times of any file", "[filesystem]\nread_write = /usr\n", "[filesystem]\nread_write = /usr\nmetadata = deny\n"},
      {"changing modes, times, owner", "[filesystem]\nread = /usr\nmetadata = allow\n", kReadUsr},
      {"changing modes, times, owner", "[policy]\nmode = full-access\n", "[policy]\nmode = full-access\n[filesystem]\nmetadata = modes\n"},
      {"listening on a random TCP port", "[network]\nconnect_tcp = 443\n", "[network]\nconnect_tcp = 443\nlisten = deny\n"},
      {"listening on a random TCP port", "[network]\nbind_tcp = 80\nunix = deny\n", "[network]\nconnect_tcp = 443\nunix = deny\n"},
      {"listening on a random TCP port", "[network]\naccess = rules\n", "[network]\naccess = none\n"},
      {"listening on a random TCP port", "[network]\nconnect_tcp = 443\n", "[network]\nconnect_tcp = 443\nbind_tcp = *\n"},
      {"sending UDP to any address", "[network]\nudp = allow\n", "[network]\nudp = deny\n"},
      {"sending UDP to any address", "[network]\nudp = allow\n", "[network]\nconnect_udp = 53\n"},
      {"sending UDP to any address", "[network]\nconnect_udp = *\nbind_udp = 0\n", "[network]\nbind_udp = 53\n"},
      {"reaching every network address", "[network]\naccess = all\n", "[network]\naccess = rules\n"},
      {"reaching and offering every TCP port", kWarn + "[network]\nconnect_tcp = 443\n", "[network]\naccess = rules\n", 3},
      {"reaching every UNIX socket on the disk", "[network]\nunix = allow\n", "[network]\nunix = own\n"},
      {"reaching every UNIX socket on the disk", "[network]\naccess = rules\n", "[network]\nunix = deny\n", 8},
      {"reaching abstract UNIX sockets", "[network]\naccess = rules\n[ipc]\nabstract_unix = allow\n", "[network]\naccess = rules\n"},
      {"reaching abstract UNIX sockets", "[network]\naccess = rules\n", "[network]\naccess = none\n", 5},
      {"sending signals to processes outside", "[ipc]\nsignals = allow\n", kReadUsr},
      {"doing through io_uring", "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nprofile = none\n", "[policy]\nmode = full-access\n[network]\naccess = all\n"},
      {"doing through io_uring", "[filesystem]\nmetadata = allow\n[network]\naccess = all\n[syscalls]\nprofile = none\n", "[network]\naccess = rules\n[syscalls]\nprofile = none\n"},
      {"system calls that are younger", kReadUsr, "[syscalls]\nprofile = strict\n"},
      {"system calls that are younger", "[syscalls]\ndefault = allow\n", "[syscalls]\ndefault = kill\n@known = allow\n"},
      {"changing priority and affinity", kReadUsr, "[ipc]\nscheduling = deny\n"},
      {"executing code from a file in memory", kReadUsr, "[process]\nmemfd = noexec\n"},
      {"executing code from a file in memory", kReadUsr, "[process]\nmemfd = deny\n"},
      {"making memory that is writable and executable", kReadUsr, "[process]\nwrite_execute = deny\n"},
      {"executing code written into a granted file", "[process]\nwrite_execute = deny\n", kReadUsr},
      {"reading and writing the user's other terminals", "[policy]\nmode = readonly\n", kReadUsr},
      {"using the descriptors that the program was started with", kReadUsr, "[process]\ninherit_fds = 0-2\n"},
      {"changing modes and times where the policy makes files writable, and of the program's own file with LD_PRELOAD or LD_AUDIT", "[filesystem]\nread_write = /usr\n[namespaces]\nmount = yes\n", "[filesystem]\nread_write = /usr\n"},
      {"changing modes and times where", "[filesystem]\nread_write = /usr\n[namespaces]\nmount = yes\n", "[filesystem]\nread_write = /usr\nmetadata = deny\n[namespaces]\nmount = yes\n"},
      {"changing all metadata where", "[filesystem]\nread_write = /usr\nmetadata = allow\n[namespaces]\nmount = yes\n", "[filesystem]\nread_write = /usr\n[namespaces]\nmount = yes\n"},
      {"new namespaces; clone3, as far as the user may: profile = default", "[syscalls]\nprofile = none\n", ""},
      {"terminal injection", "[syscalls]\nprofile = none\n", "[syscalls]\nprofile = none\nioctl = deny\n"},
      {"mounts and chroot", "[syscalls]\nprofile = strict\nmount = allow\n", "[syscalls]\nprofile = none\ndefault = deny\nread = allow\n"},
      {"doing through io_uring", "[policy]\nmode = full-access\n[network]\naccess = all\n[syscalls]\nio_uring_setup = allow\n", "[policy]\nmode = full-access\n[network]\naccess = all\nlisten = deny\n[syscalls]\n@known = allow\n"},
  };
  for (const auto& row : rows) {
    INFO(row.start << " on ABI " << row.abi);
    INFO("open: " << row.leaves_open);
    CHECK(says(open(on(row.leaves_open, row.abi)), row.start));
    INFO("closed: " << row.closes);
    CHECK_FALSE(says(open(on(row.closes, row.abi)), row.start));
  }
  // Below ABI 4 no TCP socket is made where no port is granted: there is nothing to listen on.
  CHECK(says(open(on("[network]\naccess = rules\n", 4)), "listening on a random TCP port"));
  CHECK_FALSE(says(open(on("[network]\naccess = rules\n", 3)), "listening on a random TCP port"));
  CHECK(says(open(on(kReadUsr, 5)), "sending signals to processes outside"));
  // A pid namespace needs a door that may fork.
  Host run = made_up_host(10);
  run.may_fork = true;
  run.capabilities = ~std::uint64_t{0};
  CHECK(says(open(on(kReadUsr, run)), "seeing that a process exists"));
  CHECK_FALSE(says(open(on("[namespaces]\npid = yes\n", run)), "seeing that a process exists"));
}

TEST_CASE("capabilities that are left are told, and who could have none", "[explain]") {
  Host root = made_up_host(10);
  root.capabilities = 1;  // CAP_CHOWN
  for (const char* text : {"", "[process]\ncapabilities = all\n", "[process]\ncapabilities = chown\n"}) CHECK(says(open(on(text, root)), "using the capabilities that are left"));
  CHECK_FALSE(says(open(on("[process]\ncapabilities = none\n", root)), "using the capabilities"));
  CHECK_FALSE(says(open(on("[process]\ncapabilities = all\n", made_up_host(10))), "using the capabilities"));
}

TEST_CASE("what no policy of this version closes is always told", "[explain]") {
  for (const char* text : {"", "[policy]\nmode = full-access\n", "[network]\nconnect_tcp = 443\n[syscalls]\nprofile = strict\n"}) {
    const std::vector<std::string> lines = open(on(text));
    CHECK(says(lines, "using the descriptors that the program was started with"));
    CHECK(says(lines, "with LD_PRELOAD, code that runs before or within the shim"));
  }
}

TEST_CASE("the rules of commands are told with what they do, and that they are no boundary", "[explain][commands]") {
  const std::string text =
      "[policy]\nmode = readonly\n[command fetch]\nmatch = ^git fetch\naction = allow\n[command push]\nmatch = ^git push\naction = deny\ndestructive = yes\n"
      "[command curl]\nmatch = ^curl\nnetwork = none\nfilesystem = readonly\n[command rm]\nmatch = ^rm\ndestructive = yes\n";
  const std::string words = told(on(text));
  CHECK(holds(words, "\nCommands: rules for programs that start with landshim in place, first to last; an action ends the search\n"));
  CHECK(holds(words, "  fetch               ^git fetch                        no later rule is looked at  [made-up.ini:3]\n"));
  CHECK(holds(words, "  push                ^git push                         is not started (status 126), destructive  [made-up.ini:6]\n"));
  CHECK(holds(words, "  curl                ^curl                             no network, writes no file  [made-up.ini:10]\n"));
  CHECK(holds(words, "  rm                  ^rm                               destructive  [made-up.ini:14]\n"));
  CHECK(holds(words, "These rules guard against mistakes: a program can be renamed, copied, called by a script or with other words. The other sections are the boundary.\n"));
  CHECK(says(open(on(text)), "starting what a rule of [command NAME] denies or narrows under another name"));
  CHECK_FALSE(holds(told(on("[policy]\nmode = readonly\n")), "Commands:"));
  CHECK_FALSE(says(open(on("[policy]\nmode = readonly\n")), "starting what a rule"));
}
