// SPDX-License-Identifier: MIT
// What landshim export prints, tried in the sandboxes that it is for: crun, bubblewrap, systemd's own reader.
#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <unistd.h>

#include "tests/support/json.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

Outcome export_as(const std::vector<std::string>& words) {
  std::vector<std::string> command{built("landshim"), "export"};
  command.insert(command.end(), words.begin(), words.end());
  return run({command, {}, {}});
}

void check_ends(const Outcome& outcome, int status, const std::string& words) {
  INFO("status " << outcome.status << "\nstdout: " << outcome.out << "\nstderr: " << outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(one_line(outcome.err, "landshim: "));
  CHECK(outcome.err.find(words) != std::string::npos);
}

// A place with something to read, something to write, and something that no rule grants.
struct World {
  const std::string& readable() const { return readable_place; }
  const std::string& writable() const { return writable_place; }
  std::string policy() const { return "[filesystem]\nruntime = host\nread_exec = " + built("tests") + "\nread = " + readable() + "\nread_write = " + writable() + "\ndevice = /dev/null\n"; }
  std::vector<std::string> attempts() const {
    return {"read=" + readable() + "/file", "write=" + readable() + "/file", "create=" + readable() + "/new", "create=" + writable() + "/new", "read=" + writable() + "/file", "read=" + secret, "write=/dev/null", "connect=9", "packet"};
  }
  Scratch scratch{};
  Scratch outside{};
  std::string readable_place = scratch.directory("readable");
  std::string writable_place = scratch.directory("writable");
  std::string file = scratch.file("readable/file", "x");
  std::string other = scratch.file("writable/file", "x");
  std::string secret = outside.file("secret", "x");
};

// Which of the attempts worked, in order.
std::string worked(const Outcome& outcome) {
  std::string out;
  for (const std::string& line : lines_of(outcome.out))
    if (line != "main") out += line.ends_with(" 0") ? '+' : '-';
  return out;
}

constexpr const char* kMeant = "+--++-+--";

// The filter of a policy, as seccomp(2) takes it.
std::string filter_of(const std::string& policy_file) {
  const Outcome made = run({{built("landshim"), "filter", "--bpf", policy_file}, {}, {}});
  REQUIRE(made.status == 0);
  REQUIRE(made.out.size() % sizeof(sock_filter) == 0);
  REQUIRE_FALSE(made.out.empty());
  return made.out;
}

// Starts systemd as the first process of namespaces and of a control group of its own, with the units of $1 alone, and
// ends with try.service.
constexpr const char* kBoot = R"sh(
mount -t tmpfs none /run && mkdir /run/group && mount -t cgroup2 none /run/group || exit 90
group=/run/group/landshim-test-$$
mkdir "$group" || exit 90
boot='mount -t tmpfs none /run && mount -t tmpfs none /sys/fs && mkdir /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup &&
  exec env -i container=test PATH=/usr/bin:/bin SYSTEMD_UNIT_PATH="$0" SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=warning /lib/systemd/systemd --system --unit=try.service'
sh -c 'echo 0 >"$0/cgroup.procs" && exec unshare --kill-child -pfmuinC --mount-proc sh -c "$1" "$2"' "$group" "$boot" "$1"
status=$?
find "$group" -depth -type d -exec rmdir {} +
exit $status
)sh";

bool can_start(const std::vector<std::string>& command) { return run({command, {}, {}}).status == 0; }

}  // namespace

TEST_CASE("landshim export used wrongly says so in one line and ends with 2", "[live][export]") {
  const Scratch scratch;
  const std::string policy = scratch.file("policy.ini", base_policy());
  check_ends(export_as({}), 2, "export: FORMAT is missing");
  check_ends(export_as({"systemd"}), 2, "export: POLICY is missing");
  check_ends(export_as({"sytemd", policy}), 2, "no such format; there are oci, systemd, bubblewrap, seatbelt; did you mean 'systemd'?");
  check_ends(export_as({"--null", "oci", policy}), 2, "--null is for bubblewrap");
  check_ends(export_as({"oci", policy, policy}), 2, "one argument too many");
  check_ends(export_as({"oci", scratch / "none.ini"}), 1, "none.ini: the policy cannot be read");
  check_ends(export_as({"oci", scratch.file("bad.ini", "[filesystem]\nraed = /\n")}), 1, "bad.ini:2: raed: no such key");
}

TEST_CASE("landshim export ends with 1 where something is lost, and with 0 where that is said to be fine", "[live][export]") {
  REQUIRE_ABI(4);
  const Scratch scratch;
  const std::string lossy = scratch.file("lossy.ini", base_policy() + "[network]\nconnect_tcp = 443\n");
  const Outcome told = export_as({"systemd", lossy});
  CHECK(told.status == 1);
  CHECK(told.err.empty());
  CHECK(told.out.find("# wider: " + lossy + ":") != std::string::npos);
  CHECK(export_as({"--lossy", "systemd", lossy}).out == told.out);
  CHECK(export_as({"--lossy", "systemd", lossy}).status == 0);
  const Outcome json = export_as({"--json", "systemd", lossy});
  CHECK(json.status == 1);
  const auto document = json_of(json.out);
  CHECK(document["format"] == "systemd");
  CHECK(document["losses"].size() >= 1);
  for (const auto& lost : document["losses"]) CHECK(told.out.find("# " + lost["effect"].get<std::string>() + ": " + lost["where"].get<std::string>() + ": " + lost["what"].get<std::string>() + "\n") != std::string::npos);
  // Everything may be read and executed, nothing written: bubblewrap can say that.
  const std::string exact = scratch.file("exact.ini", "[filesystem]\nread_exec = /usr, /etc\n");
  const Outcome kept = export_as({"bubblewrap", exact});
  INFO(kept.out);
  CHECK(kept.status == 0);
  CHECK(json_of(export_as({"--json", "bubblewrap", exact}).out)["losses"].empty());
}

TEST_CASE("bubblewrap with the exported words lets a program do what landshim lets it do", "[live][export]") {
  REQUIRE_ABI(1);
  if (!can_start({"bwrap", "--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "true"})) return skip("bubblewrap cannot start here");
  const World world;
  std::vector<std::string> command{witness()};
  for (const std::string& attempt : world.attempts()) command.push_back(attempt);
  const std::string policy = world.outside.file("policy.ini", world.policy());
  CHECK(worked(run_by_command(world.policy(), {command, {}, {}})) == kMeant);
  const std::string box = world.outside.file("box", export_as({"--lossy", "bubblewrap", policy}).out);
  const std::string filter = world.outside.file("filter", filter_of(policy));
  std::vector<std::string> boxed{"sh", "-c", "exec sh \"$0\" \"$@\" 9<" + filter, box};
  boxed.insert(boxed.end(), command.begin(), command.end());
  const Outcome held = run({boxed, {}, {}});
  INFO(held.err << held.out);
  CHECK(worked(held) == kMeant);
  CHECK(contents(world.file) == "x");
  CHECK_FALSE(exists(world.readable() + "/new"));
  // Without its filter it does not start at all.
  boxed[2] = "exec sh \"$0\" \"$@\" 9<&-";
  const Outcome without = run({boxed, {}, {}});
  CHECK(without.status != 0);
  CHECK(without.out.empty());
  // The same as words, and the control: what is not bound is not there.
  const std::string words = world.outside.file("words", export_as({"--lossy", "--null", "bubblewrap", policy}).out);
  std::vector<std::string> by_words{"sh", "-c", "exec bwrap --args 8 \"$0\" \"$@\" 8<" + words + " 9<" + filter};
  by_words.insert(by_words.end(), command.begin(), command.end());
  CHECK(worked(run({by_words, {}, {}})) == kMeant);
  CHECK(worked(run({command, {}, {}})).substr(0, 7) == "+++++++");
}

TEST_CASE("crun with the exported container lets a program do what landshim lets it do", "[live][export][root]") {
  REQUIRE_ABI(5);
  const World world;
  const std::string policy = world.outside.file("policy.ini", world.policy());
  const std::string bundle = world.outside.directory("bundle");
  world.outside.directory("bundle/rootfs/dev");
  // Control groups are none of its business here, and not every host has them as crun wants them.
  const std::string start = "mount -t tmpfs none /sys/fs/cgroup && exec crun --cgroup-manager=disabled --root " + world.outside.directory("state") + " run -b " + bundle + " landshim-test-" + std::to_string(getpid());
  const auto contained = [&](Json config, const std::vector<std::string>& command) {
    config["process"]["args"] = command;
    config["process"]["cwd"] = "/";
    if (!config["process"].contains("user")) config["process"]["user"] = {{"uid", 0}, {"gid", 0}};
    world.outside.file("bundle/config.json", text_of(config));
    return run({{"unshare", "-m", "sh", "-c", start}, {}, {}});
  };
  std::vector<std::string> command{built("tests/witness-static")};
  for (const std::string& attempt : world.attempts()) command.push_back(attempt);
  // The control: a container that shows everything.
  const Json open{{"ociVersion", "1.0.2"}, {"process", {{"noNewPrivileges", true}}}, {"root", {{"path", "rootfs"}}}, {"linux", {{"namespaces", {{{"type", "mount"}}}}}},
                  {"mounts", {{{"destination", built("tests")}, {"type", "bind"}, {"source", built("tests")}, {"options", {"rbind"}}}, {{"destination", "/tmp"}, {"type", "bind"}, {"source", "/tmp"}, {"options", {"rbind"}}}}}};
  const Outcome control = contained(open, {built("tests/witness-static"), "read=" + world.secret, "create=" + world.readable() + "/control"});
  if (control.out != "main\nread 0\ncreate 0\n") return skip("crun cannot start a container here: " + control.err);
  const Json exported = json_of(export_as({"--lossy", "oci", policy}).out);
  const Outcome held = contained(exported, command);
  INFO(held.err << held.out);
  CHECK(worked(held) == kMeant);
  CHECK(contents(world.file) == "x");
  CHECK_FALSE(exists(world.readable() + "/new"));
  CHECK(exists(world.writable() + "/new"));
  // A mount without execution, and a filter that is in force.
  CHECK(run({{"cp", built("tests/witness-static"), world.writable() + "/copy"}, {}, {}}).status == 0);
  const Outcome more = contained(exported, {built("tests/witness-static"), "exec=" + world.writable() + "/copy", "status=Seccomp", "status=NoNewPrivs"});
  INFO(more.err);
  CHECK(more.out.find("exec 13\n") != std::string::npos);
  CHECK(run({{world.writable() + "/copy"}, {}, {}}).out == "main\n");
}

TEST_CASE("crun takes the filters of policies of every kind", "[live][export][root]") {
  REQUIRE_ABI(5);
  const Scratch scratch;
  const std::string bundle = scratch.directory("bundle");
  scratch.directory("bundle/rootfs/dev");
  const std::string start = "mount -t tmpfs none /sys/fs/cgroup && exec crun --cgroup-manager=disabled --root " + scratch.directory("state") + " run -b " + bundle + " landshim-filter-" + std::to_string(getpid());
  for (const char* more : {"[syscalls]\nprofile = strict\n", "[network]\nconnect_tcp = 443\nudp = allow\n", "[syscalls]\nkill = kill if arg1 == 9\npersonality = log\n@swap = trap\n", "[process]\nwrite_execute = deny\nmemfd = noexec\n"}) {
    INFO(more);
    const std::string policy = scratch.file("policy.ini", "[filesystem]\nread_exec = " + built("tests") + "\n" + more);
    Json config = json_of(export_as({"--lossy", "oci", policy}).out);
    const auto started = [&] {
      config["process"]["args"] = {built("tests/witness-static"), "read=/nothing"};
      config["process"]["cwd"] = "/";
      config["process"]["user"] = {{"uid", 0}, {"gid", 0}};
      scratch.file("bundle/config.json", text_of(config));
      return run({{"unshare", "-m", "sh", "-c", start}, {}, {}});
    };
    const Outcome held = started();
    const Json seccomp = config["linux"]["seccomp"];
    config["linux"].erase("seccomp");
    const Outcome control = started();
    if (control.out != "main\nread 2\n") return skip("crun cannot start a container here: " + control.err);
    INFO(held.err);
    CHECK(held.out == "main\nread 2\n");
  }
}

TEST_CASE("a service of systemd with the exported directives does what landshim lets it do", "[live][export][root]") {
  REQUIRE_ABI(5);
  const World world;
  const std::string units = world.outside.directory("units");
  const std::string said = world.outside / "said";
  const auto serve = [&](const std::string& directives, const std::vector<std::string>& command) {
    std::string unit = "[Unit]\nDefaultDependencies=no\nSuccessAction=exit-force\nFailureAction=exit-force\n" + directives + "Type=oneshot\nStandardOutput=truncate:" + said + "\nExecStart=";
    for (const std::string& word : command) unit += "\"" + word + "\" ";
    world.outside.file("units/try.service", unit + "\n");
    Outcome outcome = run({{"unshare", "-m", "sh", "-c", kBoot, "sh", units}, {}, {}});
    outcome.out = exists(said) ? contents(said) : "";
    return outcome;
  };
  const std::string program = built("tests/witness-static");
  const Outcome control = serve("[Service]\n", {program, "read=" + world.secret, "create=" + world.readable() + "/control", "status=Seccomp"});
  if (control.out != "main\nread 0\ncreate 0\nstatus 0\n") return skip("systemd cannot start a service here: " + control.err);
  std::vector<std::string> command{program};
  for (const std::string& attempt : world.attempts()) command.push_back(attempt);
  const std::string policy = world.outside.file("policy.ini", world.policy());
  const std::string directives = export_as({"--lossy", "systemd", policy}).out;
  const Outcome held = serve(directives, command);
  INFO(held.err << held.out << directives);
  CHECK(worked(held) == kMeant);
  CHECK(contents(world.file) == "x");
  CHECK_FALSE(exists(world.readable() + "/new"));
  CHECK(exists(world.writable() + "/new"));
  CHECK(run({{"cp", program, world.writable() + "/copy"}, {}, {}}).status == 0);
  CHECK(serve(directives, {program, "exec=" + world.writable() + "/copy"}).out == "main\nexec 13\n");
  CHECK(run({{world.writable() + "/copy"}, {}, {}}).out == "main\n");
  // A mount that is read-only would let a device be written.
  const std::string devices = world.outside.file("devices.ini", "[filesystem]\nread_exec = " + built("tests") + "\nread = /dev\n");
  const std::vector<std::string> open_devices{program, "read=/dev/null", "write=/dev/kmsg"};
  CHECK(serve("[Service]\n", open_devices).out == "main\nread 0\nwrite 0\n");
  CHECK(run_by_command(contents(devices), {open_devices, {}, {}}).out == "main\nread 0\nwrite 13\n");
  CHECK(serve(export_as({"--lossy", "systemd", devices}).out, open_devices).out == "main\nread 0\nwrite 1\n");
  // A list of what is allowed, with sockets among it: the port is closed, the socket is not.
  const std::string strict = world.outside.file("strict.ini", world.policy() + "[network]\nconnect_tcp = 9\n[syscalls]\nprofile = strict\n");
  const Outcome listed = serve(export_as({"--lossy", "systemd", strict}).out, {program, "read=" + world.file, "connect=9", "packet"});
  INFO(listed.err << listed.out);
  CHECK(listed.out == "main\nread 0\nconnect 111\npacket 97\n");
}

TEST_CASE("systemd reads the exported directives as they are meant", "[live][export]") {
  REQUIRE_ABI(4);
  if (!can_start({"systemd-analyze", "--version"})) return skip("systemd-analyze is not installed");
  const Scratch scratch;
  const auto verify = [&](const std::string& directives) {
    const std::string unit = scratch.file("landshim-test.service", "[Unit]\nDescription=x\n" + directives + "ExecStart=/bin/true\n");
    return run({{"systemd-analyze", "verify", unit}, {}, {}});
  };
  if (const Outcome control = verify("[Service]\n"); control.status != 0 || !control.err.empty()) return skip("systemd-analyze cannot verify here: " + control.err);
  CHECK(verify("[Service]\nNoSuchDirective=yes\n").err.find("Unknown key") != std::string::npos);
  const std::string odd = scratch.directory("a % b");
  for (const std::string& more : {std::string("[network]\nbind_tcp = 80, 8000-8010\nudp = allow\n"), std::string("[process]\nwrite_execute = deny\numask = 077\nnice = 5\n[limits]\nopen_files = 64\ncpu_time = 90s\n[environment]\nset = \"A=b c%d\"\n"),
                                  std::string("[syscalls]\nprofile = strict\n"), "[filesystem]\nread_exec = \"" + odd + "\"\n"}) {
    const std::string policy = scratch.file("policy.ini", base_policy() + more);
    const Outcome read = verify(export_as({"--lossy", "systemd", policy}).out);
    INFO(more << read.err);
    CHECK(read.status == 0);
    // Calls that it is too old to know.
    for (const std::string& line : lines_of(read.err)) CHECK(line.find("Failed to parse system call, ignoring: ") != std::string::npos);
  }
}
