// SPDX-License-Identifier: MIT
// Every system call between the start of landshim and main is made to fail, one at a time and in several ways: either
// main never runs, or it runs exactly as confined as without the fault.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

constexpr const char* kFirstQuestion = "prctl(0x4c53484d";  // shim/identity.h: the shim begins with it
constexpr const char* kMark = "prctl(0x6d61696e";           // tests/victims/witness.cc: main begins with it
constexpr unsigned kWorkers = 2;

struct Fault {
  std::string call;
  int nth;  // of this call, counted in each process from its start
  std::string error;
};

// Something outside that listens, so that an open door would show.
struct Listener {
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 4096) != 0 || getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) port = 0;
    else port = ntohs(address.sin_port);
  }
  ~Listener() { close(fd); }
  int fd;
  int port;
};

// A policy of every section, and a world outside it.
struct World {
  World() {
    rules.directory("a, b");
    rules.file("one.txt", "1");
    rules.file("two.txt", "2");
    rules.file("more.ini", "[ipc]\nsysv = deny\nsignals = allow\n[network]\nbind_tcp = 0\n");
    rules.file("policy.ini",
               "[policy]\nversion = 1\nname = every section\nmode = strict\ninclude = more.ini, -missing.ini\n"
               "[filesystem]\nruntime = program\nread = ${POLICY_DIR}/*.txt, -/nowhere/*, \"${POLICY_DIR}/a, b\"\nread = ${LANDSHIM_TEST_NOT_SET:-/usr/share}\n"
               "read_write = " + inside.path() + "\ndevice = /dev/null, -/dev/tty\nmetadata = deny\nmake_dir = " + inside.path() + "\n"
               "[network]\nconnect_tcp = 1-9\nunix = deny\nlisten = deny\nnetlink = allow\n"
               "[ipc]\nkeyring = deny\nscheduling = deny\n"
               "[syscalls]\nprofile = default\nptrace = deny EPERM\n@swap = kill\npersonality = deny if arg0 & 0x8 == 0x8\n-vm86 = deny\n");
    attempts = {"read=" + outside.file("secret", "x"), "write=" + outside.path() + "/secret", "create=" + outside.path() + "/new",
                "chmod=" + outside.path() + "/secret", "exec=/bin/true", "connect=" + std::to_string(listener.port), "packet", "inject", "trace-parent"};
  }
  std::string policy() const { return rules / "policy.ini"; }
  std::vector<std::string> witness_command() const {
    std::vector<std::string> out{witness()};
    out.insert(out.end(), attempts.begin(), attempts.end());
    return out;
  }

  Scratch rules;
  Scratch inside;
  Scratch outside;
  Listener listener;
  std::vector<std::string> attempts;
};

// What every attempt answers under the policy of World; 25 or 0 without one.
constexpr const char* kConfined = "main\nread 13\nwrite 13\ncreate 13\nchmod 1\nexec 13\nconnect 13\npacket 13\ninject 1\ntrace-parent 1\n";

std::vector<std::string> command_of(const World& world, bool by_preload) {
  std::vector<std::string> out;
  if (by_preload) out = {"-E", "LD_PRELOAD=" + shim(), "-E", "LANDSHIM_POLICY=" + world.policy()};
  else out = {built("landshim"), "run", "-p", world.policy(), "--"};
  for (const std::string& word : world.witness_command()) out.push_back(word);
  return out;
}

Outcome traced(const std::string& log, std::vector<std::string> options, const std::vector<std::string>& command) {
  std::vector<std::string> words{"strace", "-f", "-o", log};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), command.begin(), command.end());
  return run({words, {}, {}});
}

// "123 openat(..." of a log: the process and the call. Empty: no call begins in this line.
std::pair<std::string, std::string> call_of(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ', line.find(' '));
  const std::size_t end = line.find('(');
  if (begin == std::string::npos || end == std::string::npos || end <= begin || line[begin] == '<' || line[begin] == '+' || line[begin] == '-') return {};
  return {line.substr(0, line.find(' ')), line.substr(begin, end - begin)};
}

// The calls of all processes before main, from the shim's first on (`by_preload`) or from the start of landshim.
std::vector<std::pair<std::string, int>> calls_before_main(const std::string& log, bool by_preload) {
  std::map<std::pair<std::string, std::string>, int> seen;
  std::vector<std::pair<std::string, int>> out;
  bool begun = !by_preload;
  for (const std::string& line : lines_of(log)) {
    const auto call = call_of(line);
    if (call.second.empty()) continue;
    if (line.find(kMark) != std::string::npos) return begun ? out : std::vector<std::pair<std::string, int>>{};
    const int nth = ++seen[call];
    if (line.find(kFirstQuestion) != std::string::npos) begun = true;
    const std::pair<std::string, int> which{call.second, nth};
    // strace's own execve; an end that does not end; and close(2), which closes even where it answers an error, as no
    // injected fault does: landshim run would wait for the end of a pipe that it still holds.
    const bool lies = (call.second == "execve" && nth == 1) || call.second == "exit_group" || (!by_preload && call.second == "close");
    if (begun && !lies && std::find(out.begin(), out.end(), which) == out.end()) out.push_back(which);
  }
  return {};
}

std::vector<Fault> faults_of(const std::vector<std::pair<std::string, int>>& calls, const std::vector<std::string>& errors) {
  std::vector<Fault> out;
  for (const auto& [call, nth] : calls)
    for (const std::string& error : errors) out.push_back({call, nth, error});
  return out;
}

struct Tally {
  std::mutex lock;
  int struck = 0;
  int refused = 0;
  int died = 0;
  int confined = 0;
  std::vector<std::string> bad;
};

void try_fault(const World& world, const Fault& fault, bool by_preload, const std::string& log, Tally& tally) {
  const std::string injected = "inject=" + fault.call + ":error=" + fault.error + ":when=" + std::to_string(fault.nth);
  const Outcome outcome = traced(log, {"-e", "trace=" + fault.call, "-e", injected}, command_of(world, by_preload));
  const bool struck = contents(log).find("(INJECTED)") != std::string::npos;
  const bool ran = outcome.out.find("main") != std::string::npos;
  const bool ended = outcome.signal != 0 || outcome.status == 125 || (!by_preload && outcome.status != 0);
  const bool good = ran ? outcome.status == 0 && outcome.out == kConfined : ended && outcome.out.empty();
  // A write that fails says nothing; everything else is told in one line. The loader that run asks may speak before it.
  const std::vector<std::string> said = lines_of(outcome.err);
  const bool told = outcome.status != 125 || fault.call == "write" || (by_preload ? one_line(outcome.err, "landshim: ") : !said.empty() && said.back().rfind("landshim: ", 0) == 0);
  const std::lock_guard<std::mutex> guard(tally.lock);
  if (!good || !told || outcome.timed_out)
    tally.bad.push_back(injected + ": status " + std::to_string(outcome.status) + " signal " + std::to_string(outcome.signal) + "\n" + outcome.out + outcome.err);
  if (!struck) return;
  ++tally.struck;
  ++(ran ? tally.confined : outcome.signal != 0 ? tally.died : tally.refused);
}

int try_all(const World& world, bool by_preload, const std::vector<std::string>& errors) {
  const std::string log = world.inside / "log";
  const Outcome plain = traced(log, {}, command_of(world, by_preload));
  INFO(plain.err);
  REQUIRE(plain.status == 0);
  REQUIRE(plain.out == kConfined);
  const std::vector<Fault> faults = faults_of(calls_before_main(contents(log), by_preload), errors);
  REQUIRE(!faults.empty());
  Tally tally;
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < kWorkers; ++i)
    workers.emplace_back([&, own = log + std::to_string(i)] {
      for (std::size_t at; (at = next++) < faults.size();) try_fault(world, faults[at], by_preload, own, tally);
    });
  for (std::thread& worker : workers) worker.join();
  std::cout << (by_preload ? "preload" : "run") << ": " << tally.struck << " faults: " << tally.refused << " refused, " << tally.died << " ended by a signal, " << tally.confined << " confined\n";
  for (const std::string& bad : tally.bad) FAIL_CHECK(bad);
  CHECK(tally.struck == tally.refused + tally.died + tally.confined);
  CHECK(tally.refused > 0);
  CHECK(tally.confined > 0);
  return tally.struck;
}

bool can_trace(const World& world) {
  const Outcome outcome = traced(world.inside / "log", {}, {"/bin/true"});
  return outcome.status == 0;
}

}  // namespace

TEST_CASE("without a policy everything that faults must not open is open", "[live][faults]") {
  const World world;
  const Outcome outcome = run({world.witness_command(), {}, {}});
  CHECK(outcome.status == 0);
  const std::string as_root = geteuid() == 0 ? "packet 0\n" : "packet 1\n";
  CHECK(outcome.out.find("main\nread 0\nwrite 0\ncreate 0\nchmod 0\nexec 0\nconnect 0\n" + as_root + "inject 25\n") == 0);
  CHECK(exists(world.outside / "new"));
}

TEST_CASE("no failing system call lets a program start outside its policy", "[live][faults]") {
  REQUIRE_ABI(6);
  const World world;
  if (!can_trace(world)) return skip("needs strace, and leave to trace");
  CHECK(try_all(world, true, {"EPERM", "ENOMEM", "EMFILE", "ENOSYS", "EINTR", "EIO", "EACCES", "ENOENT"}) >= 400);
  CHECK_FALSE(exists(world.outside / "new"));
}

TEST_CASE("no failing system call lets landshim run start a program outside its policy", "[live][faults]") {
  REQUIRE_ABI(6);
  const World world;
  if (!can_trace(world)) return skip("needs strace, and leave to trace");
  CHECK(try_all(world, false, {"EPERM", "ENOMEM", "EINTR", "ENOENT"}) >= 400);
  CHECK_FALSE(exists(world.outside / "new"));
}
