// SPDX-License-Identifier: MIT
// landshim doctor on this machine, and where parts of it are hidden.
#include <catch2/catch.hpp>

#include <filesystem>

#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

using Words = std::vector<std::string>;

Outcome doctor(Words more = {}, std::map<std::string, std::string> environment = {}) {
  Words command{built("landshim"), "doctor"};
  command.insert(command.end(), more.begin(), more.end());
  return run({command, std::move(environment), {}});
}

/// A value of the JSON that doctor gives, by Python's words for it.
std::string value_of(const Outcome& outcome, const std::string& path) {
  Start python{{"/usr/bin/python3", "-c", "import json, sys\nd = json.load(sys.stdin)\nprint(eval(sys.argv[1]))", path}, {}, {}};
  python.directory = "/";
  const Scratch scratch;
  // More than a pipe holds may be written: through a file.
  const std::string file = scratch.file("json", outcome.out);
  python.command[2] = "import json, sys\nd = json.load(open(sys.argv[2]))\nprint(eval(sys.argv[1]))";
  python.command.push_back(file);
  const Outcome said = run(python);
  INFO(said.err);
  REQUIRE(said.status == 0);
  return said.out.substr(0, said.out.find('\n'));
}

void check_table(const Outcome& outcome) {
  INFO("status " << outcome.status << ", signal " << outcome.signal << "\n" << outcome.out << outcome.err);
  CHECK((outcome.status == 0 || outcome.status == 1));
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("This machine\n") == 0);
  CHECK(outcome.out.find("\nWhat a line of a policy becomes here\n") != std::string::npos);
  const bool lacks = outcome.out.find("\nPolicies may demand what is not to be had here\n") != std::string::npos;
  CHECK(lacks == (outcome.status == 1));
  CHECK(lacks != (outcome.out.find("\nAll that policies may demand is there\n") != std::string::npos));
  for (const char c : outcome.out) REQUIRE((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

}  // namespace

TEST_CASE("landshim doctor tells what this machine can do, in a table and as JSON", "[live][doctor]") {
  const Outcome table = doctor();
  check_table(table);
  const Outcome json = doctor({"--json"});
  CHECK(json.status == table.status);
  CHECK(json.err.empty());
  CHECK(value_of(json, "d['machine']['landlock']['abi']") == std::to_string(kernel_abi()));
  CHECK(value_of(json, "d['machine']['kernel']") + "\n" == run({{"uname", "-r"}, {}, {}}).out);
  CHECK(value_of(json, "d['machine']['architecture']") + "\n" == run({{"uname", "-m"}, {}, {}}).out);
  CHECK(value_of(json, "d['machine']['in_force']['landshim']") == "False");
  CHECK(value_of(json, "d['machine']['library']['loads']") == "True");
  CHECK(value_of(json, "d['machine']['library']['path']") == std::filesystem::canonical(shim()).string());
  CHECK(value_of(json, "d['machine']['seccomp']['actions']['errno']") == "True");
  CHECK(value_of(json, "len(d['missing']) > 0") == (table.status == 1 ? "True" : "False"));
  CHECK(value_of(json, "[f['refused'] for f in d['features'] if f['demand'] == 'sysv = deny']") == "[None]");
  for (const char* name : {"kernel.core_pattern", "user.max_user_namespaces"}) {
    std::string path = std::string("/proc/sys/") + name;
    for (char& c : path) c = c == '.' ? '/' : c;
    if (exists(path)) CHECK(value_of(json, std::string("d['machine']['sysctl']['") + name + "']") + "\n" == contents(path));
  }
}

TEST_CASE("landshim doctor has tried what it says of namespaces", "[live][doctor]") {
  const Outcome json = doctor({"--json"});
  const std::pair<const char*, const char*> kNamespaces[] = {{"user", "-r"}, {"network", "-rn"}, {"ipc", "-ri"}, {"uts", "-ru"}, {"mount", "-rm"}, {"cgroup", "-rC"}};
  for (const auto& [name, flag] : kNamespaces) {
    INFO(name);
    const bool enters = run({{"unshare", flag, "true"}, {}, {}}).status == 0;
    CHECK(value_of(json, std::string("d['machine']['namespaces']['") + name + "']['enter']") == (enters ? "True" : "False"));
    // And so says a start.
    const Outcome start = run_by_command(std::string("[policy]\nmode = full-access\n[network]\naccess = all\n[namespaces]\n") + name + " = yes\n", {{"true"}, {}, {}});
    CHECK((start.status == 0) == enters);
    CHECK(value_of(json, std::string("[f['refused'] is None for f in d['features'] if f['section'] == 'namespaces' and f['key'] == '") + name + "']") == (enters ? "[True]" : "[False]"));
  }
}

TEST_CASE("what landshim doctor says of a key is what landshim check says of a policy with it", "[live][doctor]") {
  const Outcome json = doctor({"--json"});
  const Scratch scratch;
  const std::pair<const char*, const char*> kPolicies[] = {
      {"connect_tcp", "[network]\nconnect_tcp = 80\n"},     {"connect_udp", "[network]\nconnect_udp = 53\nbind_udp = *\n"}, {"unix = own", "[network]\nunix = own\n"},
      {"signals = deny", "[ipc]\nsignals = deny\n"},        {"memory_max", "[limits]\nmemory_max = 1G\n"},                  {"metadata = deny", "[filesystem]\nmetadata = deny\n"},
      {"truncate", "[filesystem]\ntruncate = /etc\n"},      {"profile = strict", "[syscalls]\nprofile = strict\n"},
  };
  for (const auto& [demand, policy] : kPolicies) {
    INFO(demand);
    const bool good = run({{built("landshim"), "check", scratch.file("policy.ini", policy)}, {}, {}}).status == 0;
    CHECK(value_of(json, std::string("[f['refused'] is None for f in d['features'] if f['demand'] == '") + demand + "']") == (good ? "[True]" : "[False]"));
  }
}

TEST_CASE("landshim doctor works as nobody", "[live][root][doctor]") {
  Start start{{built("landshim"), "doctor"}, {{"HOME", "/nonexistent"}}, {}};
  start.as_nobody = true;
  const Outcome nobody = run(start);
  check_table(nobody);
  CHECK(nobody.out.find("refused in this start: ") != std::string::npos);
  CHECK(nobody.out.find("no CAP_AUDIT_READ") != std::string::npos);
}

TEST_CASE("landshim doctor works without /proc and /sys, and says what it cannot read", "[live][doctor]") {
  if (run({{"unshare", "-r", "-m", "true"}, {}, {}}).status != 0) return skip("needs user namespaces, to hide /proc and /sys");
  const std::string hide = "mount -t tmpfs none /sys && mount -t tmpfs none /proc && exec ";
  const Outcome hidden = run({{"unshare", "-r", "-m", "sh", "-c", hide + built("landshim") + " doctor"}, {}, {}});
  check_table(hidden);
  CHECK(hidden.out.find("cannot be read (/sys/kernel/security/lsm)") != std::string::npos);
  CHECK(hidden.out.find("no cgroup 2 file system is mounted") != std::string::npos);
  CHECK(hidden.out.find("kernel.core_pattern                           not there\n") != std::string::npos);
  const Outcome json = run({{"unshare", "-r", "-m", "sh", "-c", hide + built("landshim") + " doctor --json"}, {}, {}});
  CHECK(value_of(json, "d['machine']['sysctl']['kernel.core_pattern']") == "None");
}

TEST_CASE("landshim doctor under a policy says that one is in force, and what it takes away", "[live][doctor]") {
  REQUIRE_ABI(1);
  const Outcome held = run_by_command(base_policy() + "read_exec = " + built("") + "\n", {{built("landshim"), "doctor"}, {}, {}});
  check_table(held);
  CHECK(held.out.find("a policy of landshim, no_new_privs, seccomp filters") != std::string::npos);
  CHECK(held.out.find("cannot be entered: ") != std::string::npos);
  CHECK(held.out.find("cannot be set up: the kernel does not have this call (ENOSYS)") != std::string::npos);
  CHECK(held.status == 1);
}

TEST_CASE("landshim doctor colours its table on a terminal alone, and not with NO_COLOR", "[live][doctor]") {
  const auto on_terminal = [](const std::string& before) {
    Start start{{"script", "-qec", before + built("landshim") + " doctor", "/dev/null"}, {{"TERM", "xterm"}}, {"NO_COLOR"}};
    return run(start).out;
  };
  CHECK(on_terminal("").find("\033[1mThis machine\033[0m") != std::string::npos);
  for (const char* before : {"NO_COLOR=1 ", "TERM=dumb "}) {
    const std::string said = on_terminal(before);
    CHECK(said.find("This machine") != std::string::npos);
    CHECK(said.find('\033') == std::string::npos);
  }
  CHECK(doctor({}, {{"TERM", "xterm"}}).out.find('\033') == std::string::npos);
}

TEST_CASE("landshim doctor misses a library that is not beside it", "[live][doctor]") {
  const Scratch scratch;
  std::filesystem::copy_file(built("landshim"), scratch / "landshim");
  const Outcome alone = run({{scratch / "landshim", "doctor"}, {}, {}});
  check_table(alone);
  CHECK(alone.status == 1);
  CHECK(alone.out.find("not found: liblandshim.so is neither beside this command nor in ../lib") != std::string::npos);
  scratch.file("liblandshim.so", "no library");
  const Outcome broken = run({{scratch / "landshim", "doctor"}, {}, {}});
  CHECK(broken.status == 1);
  CHECK(broken.out.find("the loader ignores it, and programs run free") != std::string::npos);
  CHECK(run({{scratch / "landshim", "doctor", "--jsn"}, {}, {}}).status == 2);
}
