// SPDX-License-Identifier: MIT
#include "shim/lint.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

// A policy on a made-up machine, where every path is a directory that no link leads to.
struct World {
  std::string text;
  Policy policy;
  Plan plan;
  std::vector<Result<Survey>> surveys;
  Facts facts;
  bool faults = false;

  explicit World(const std::string& text_, int abi = 10) : text(text_), policy(made_up_policy(text_)), plan(compile(policy, made_up_host(abi)).plan) {
    for (const PlannedPath& path : plan.ruleset.paths) {
      surveys.push_back(Survey{false, true, path.rights});
      facts.paths.push_back({path.path, path.path, Kind::kDirectory, false, false, {}, {}});
    }
    facts.homes = {"/home/u"};
    facts.texts = {text};
  }

  PathFacts& at(const std::string& path) {
    for (std::size_t i = 0; i < plan.ruleset.paths.size(); ++i)
      if (plan.ruleset.paths[i].path == path) return facts.paths[i];
    throw std::runtime_error("no rule on " + path);
  }

  void is_file(const std::string& path) {
    for (std::size_t i = 0; i < plan.ruleset.paths.size(); ++i) {
      if (plan.ruleset.paths[i].path != path) continue;
      facts.paths[i].kind = Kind::kFile;
      surveys[i] = Survey{false, false, plan.ruleset.paths[i].rights & kOnFiles};
    }
  }

  void is_missing(const std::string& path) {
    at(path).kind = Kind::kMissing;
    for (std::size_t i = 0; i < plan.ruleset.paths.size(); ++i)
      if (plan.ruleset.paths[i].path == path) surveys[i] = Survey{true, false, 0};
  }

  std::vector<Finding> findings() const { return lint(policy, plan, surveys, facts, faults); }
};

std::string shown(const Finding& finding) {
  return std::to_string(finding.origin.line) + ": " + std::string(level_name(code_info(finding.code).level)) + " " + code_name(finding.code) + ": " + finding.message + "; " + finding.remedy;
}

std::vector<std::string> all(const World& world) {
  std::vector<std::string> out;
  for (const Finding& finding : world.findings()) out.push_back(shown(finding));
  return out;
}

std::vector<std::string> of(const World& world, Code code) {
  std::vector<std::string> out;
  for (const Finding& finding : world.findings())
    if (finding.code == code) out.push_back(shown(finding));
  return out;
}

using Machine = void (*)(World&);

void as_made_up(World&) {}

// A policy with the finding, what is said of it, and another just beside that has it not.
struct Case {
  Code code;
  std::string policy;
  std::string said;
  std::string beside;
  Machine machine = as_made_up;
  Machine machine_beside = as_made_up;
  int abi = 10;
};

const std::string kHost = "[filesystem]\nruntime = host\n";
const std::string kClient = "[network]\nconnect_tcp = 443\nunix = deny\n";

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {Code::kUnknownAllow, "# landshim: allow LS099\n" + kHost,
       "1: warning LS004: LS099: there is no finding of this code; landshim check --list has them",
       "# landshim: allow LS042\n" + kHost},
      {Code::kUnknownAllow, "# landshim: allow LS001\n" + kHost,
       "1: warning LS004: LS001 is a fault, which no comment can allow; mend the line",
       "# landshim allows much\n" + kHost},
      {Code::kUnknownAllow, kHost + "; landshim: allow\nread = /srv\n",
       "3: warning LS004: landshim: allow names no code; write one such as LS012; landshim check --list has them",
       kHost + "; landshim: allowed\nread = /srv\n"},
      {Code::kIdleAllow, kHost + "# landshim: allow LS012\nread_exec = /srv\n",
       "3: note LS005: allows LS012, which is not found in line 4; remove it from the comment",
       kHost + "# landshim: allow LS012\nread_write_exec = /srv\n"},
      {Code::kIdleAllow, "# landshim: allow LS041\n" + kHost,
       "1: note LS005: allows LS041, which is not found in line 2; remove it from the comment",
       "# landshim: allow LS041\n[filesystem]\nread = /srv\n"},
      {Code::kWritesStarted, kHost + "write = /etc/cron.d\n",
       "3: warning LS011: write = /etc/cron.d: programs that no policy holds start what is written there; grant a place from which nobody else starts anything",
       kHost + "write = /var/lib/app\n"},
      {Code::kWritesStarted, kHost + "read_write = /home/u/.bashrc\n",
       "3: warning LS011: read_write = /home/u/.bashrc: programs that no policy holds start what is written there; grant a place from which nobody else starts anything",
       kHost + "read = /home/u/.bashrc\n"},
      {Code::kWritesStarted, kHost + "read_write = /home/u/.config\n",
       "3: warning LS011: read_write = /home/u/.config covers /home/u/.config/fish: programs that no policy holds start what is written there; grant a place from which nobody else starts anything",
       kHost + "read_write = /home/u/.cache\n"},
      {Code::kWritesStarted, kHost + "read_write = /srv/bin/new\n",
       "3: warning LS011: read_write = /srv/bin/new lies in /srv/bin: programs that no policy holds start what is written there; grant a place from which nobody else starts anything",
       kHost + "read_write = /srv/bindings\n", [](World& world) { world.facts.search_path = {"/srv/bin"}; }, [](World& world) { world.facts.search_path = {"/srv/bin"}; }},
      {Code::kWriteExecute, kHost + "read_write_exec = /srv/app\n",
       "3: warning LS012: write and execute on /srv/app: what is written there can be run; grant read_exec and write on different trees",
       kHost + "read_exec = /srv/app\nread_write = /srv/data\n"},
      {Code::kWriteExecute, kHost + "read_write = /srv/app/data\nread_exec = /srv/app\n",
       "3: warning LS012: write on /srv/app/data, where line 4 grants execute on /srv/app: what is written there can be run; grant read_exec and write on different trees",
       kHost + "read_write = /srv/app/data\nread = /srv/app\n"},
      {Code::kWriteExecute, kHost + "read_write = /srv\nread_exec = /srv/app\n",
       "3: warning LS012: write on /srv, and execute on /srv/app in it (line 4): what is written there can be run; grant read_exec and write on different trees",
       kHost + "read_write = /srv\nread_exec = /srvs/app\n"},
      {Code::kWriteExecute, "[policy]\nmode = readonly\n[filesystem]\nread_write = /srv\n",
       "4: warning LS012: write on /srv, where line 2 grants execute on /: what is written there can be run; grant read_exec and write on different trees",
       "[policy]\nmode = workspace-write\nworkspace = /srv\n"},
      {Code::kWriteExecute, kHost + "write = /usr\n",
       "3: warning LS012: write on /usr, and execute on /usr/bin in it (line 2): what is written there can be run (and 9 more in this line); grant read_exec and write on different trees",
       kHost + "device = /usr/device\n"},
      {Code::kProc, kHost + "read = /proc\n",
       "3: warning LS013: read = /proc: the command lines and states of other processes can be read; grant files such as /proc/cpuinfo, or pid = yes in [namespaces]",
       kHost + "read = /proc/cpuinfo\n"},
      {Code::kProc, kHost + "write = /proc/sys/net\n",
       "3: warning LS013: write = /proc/sys/net: what is written there sets the kernel and processes; grant the file that the program needs",
       kHost + "read = /proc/sys/net\n"},
      {Code::kProc, kHost + "read = /proc/1\n",
       "3: warning LS013: read = /proc/1: the command lines and states of other processes can be read; grant files such as /proc/cpuinfo, or pid = yes in [namespaces]",
       kHost + "read = /procurement\n"},
      {Code::kSys, kHost + "write = /sys/fs/cgroup\n",
       "3: warning LS014: write = /sys/fs/cgroup: what is written there sets devices, power and control groups; grant the file that the program needs",
       kHost + "read = /sys\n"},
      {Code::kDev, kHost + "device = /dev\n",
       "3: warning LS015: device = /dev: every device of this machine, disks and terminals among them; name the devices that the program needs, such as /dev/null",
       kHost + "device = /dev/null\n"},
      {Code::kDev, kHost + "read = /dev/sda\n",
       "3: warning LS015: read = /dev/sda: memory, disks, keyboards or other terminals stand behind it; name the devices that the program needs, such as /dev/null",
       kHost + "read = /dev/shm\n"},
      {Code::kRun, kHost + "read = /run\n",
       "3: warning LS016: read = /run: sockets and secrets of all services lie there; grant what the program needs of it",
       kHost + "read = /run/app\n"},
      {Code::kRun, kHost + "read = /run/user/1000\n",
       "3: warning LS016: read = /run/user/1000: sockets and secrets of all services lie there; grant what the program needs of it",
       kHost + "read = /run/user/1000/app\n"},
      {Code::kHome, kHost + "read = /home\n",
       "3: warning LS017: read = /home: all of the home directory /home/u, keys, tokens and histories among it, can be read; grant the directories in it that the program needs, or give it a home of its own",
       kHost + "read = /home/u/notes\n"},
      {Code::kHome, kHost + "read_write = /home/u\n",
       "3: warning LS017: read_write = /home/u: all of the home directory /home/u, what starts at login among it, can be changed; grant the directories in it that the program needs, or give it a home of its own",
       kHost + "read_dir = /home/u\n"},
      {Code::kHome, "[policy]\nmode = workspace-write\nworkspace = /home/u\n",
       "3: warning LS017: workspace = /home/u: all of the home directory /home/u, what starts at login among it, can be changed; grant the directories in it that the program needs, or give it a home of its own",
       "[policy]\nmode = workspace-write\nworkspace = /home/u/project\n"},
      {Code::kSecret, kHost + "read = /home/u/.ssh\n",
       "3: warning LS018: read = /home/u/.ssh: keys or passwords lie here; grant what lies beside it, or take it out with except",
       kHost + "read = /home/u/.ssh/known_hosts, /home/u/.ssh/id.pub\n"},
      {Code::kSecret, kHost + "read = /home/other/.aws/credentials\n",
       "3: warning LS018: read = /home/other/.aws/credentials: keys or passwords lie here; grant what lies beside it, or take it out with except",
       kHost + "read = /home/other/.awstats\n"},
      {Code::kSecret, kHost + "read = /etc/shadow\n",
       "3: warning LS018: read = /etc/shadow: keys or passwords lie here; grant what lies beside it, or take it out with except",
       kHost + "read = /etc\n"},
      {Code::kSecret, kHost + "read = /home/u/.config\n",
       "3: warning LS018: read = /home/u/.config covers /home/u/.config/gcloud, where keys or passwords lie; grant what lies beside it, or take it out with except",
       kHost + "read = /home/u/.config\n", [](World& world) { world.facts.secrets = {"/home/u/.config/gcloud"}; }},
      {Code::kWritesLandshim, kHost + "write = /srv/tools\n",
       "3: warning LS019: write = /srv/tools makes /srv/tools/bin/landshim writable, which puts this policy in force; grant less, or install landshim elsewhere",
       kHost + "write = /srv/tool\n", [](World& world) { world.facts.landshim = {"/srv/tools/bin/landshim"}; }, [](World& world) { world.facts.landshim = {"/srv/tools/bin/landshim"}; }},
      {Code::kWritesPolicies, kHost + "write = /srv/etc\n",
       "3: warning LS020: write = /srv/etc makes /srv/etc/landshim writable, where profiles are looked for; grant less: a program that writes policies loosens its next start",
       kHost + "read = /srv/etc\n", [](World& world) { world.facts.policy_places = {"/srv/etc/landshim"}; }, [](World& world) { world.facts.policy_places = {"/srv/etc/landshim"}; }},
      {Code::kConnectsService, kHost + "[network]\nconnect_unix = /run/docker.sock\n",
       "4: warning LS021: connect_unix = /run/docker.sock reaches Docker, which no policy holds and which acts for whoever connects; remove it, or put a proxy between that lets through what the program needs",
       kHost + "[network]\nconnect_unix = /run/postgresql/.s.PGSQL.5432\n"},
      {Code::kConnectsService, kHost + "[network]\nconnect_unix = /home/u/.gnupg/S.gpg-agent.ssh\n",
       "4: warning LS021: connect_unix = /home/u/.gnupg/S.gpg-agent.ssh reaches the GnuPG agent, which no policy holds and which acts for whoever connects; remove it, or put a proxy between that lets through what the program needs",
       kHost + "[network]\nconnect_unix = /home/u/.gnupg/S.dirmngr\n"},
      {Code::kConnectsService, kHost + "[network]\nconnect_unix = /srv/agents\n",
       "4: warning LS021: connect_unix = /srv/agents reaches the SSH agent, which no policy holds and which acts for whoever connects; remove it, or put a proxy between that lets through what the program needs",
       kHost + "[network]\nconnect_unix = /srv/agents\n", [](World& world) { world.facts.sockets = {{"/srv/agents/s", "the SSH agent", false}}; }},
      {Code::kReachesService, kHost + "[network]\nunix = allow\n",
       "4: warning LS022: UNIX sockets are not ruled, and these services can be reached: Docker (/run/docker.sock); write unix = own and connect_unix, or unix = deny",
       kHost + "[network]\nunix = own\n", [](World& world) { world.facts.sockets = {{"/run/docker.sock", "Docker", false}}; },
       [](World& world) { world.facts.sockets = {{"/run/docker.sock", "Docker", false}}; }},
      {Code::kReachesService, kHost + "[network]\nconnect_tcp = 443\nlisten = deny\n",
       "4: warning LS022: this kernel cannot rule UNIX sockets (unix = own needs Landlock ABI 9), and these services can be reached: D-Bus (/a), X11 (/b), Docker (/c) and 2 more; write unix = deny",
       kHost + kClient,
       [](World& world) { world.facts.sockets = {{"/a", "D-Bus", false}, {"/b", "X11", false}, {"/c", "Docker", false}, {"/d", "Podman", false}, {"/e", "snapd", false}}; },
       [](World& world) { world.facts.sockets = {{"/a", "D-Bus", false}}; }, 7},
      {Code::kPlantedLink, kHost + "read_write = /srv\nread_exec = /srv/tools\n",
       "4: warning LS023: read_exec = /srv/tools lies in /srv, which line 3 makes writable: the program can put a link in its place, and the next start is refused; keep it out of what the program writes",
       kHost + "write_file = /srv\nread_exec = /srv/tools\n"},
      {Code::kPlantedLink, kHost + "read_write = /srv\nread = -/srv/data\n",
       "4: warning LS023: read = /srv/data lies in /srv, which line 3 makes writable: the program can put a link in its place, and the next start is refused; remove it: the wider rule grants as much",
       kHost + "read_write = /srv\nread = -/srvdata\n", [](World& world) { world.is_missing("/srv/data"); }, [](World& world) { world.is_missing("/srvdata"); }},
      {Code::kRepository, kHost + "read_write = /srv/project\n",
       "3: note LS024: read_write = /srv/project: git runs the hooks in its .git, and what .git/config names, for whoever uses it later; take it out with except = /srv/project/.git, or look at both before using git there",
       kHost + "read = /srv/project\n", [](World& world) { world.at("/srv/project").repository = true; }, [](World& world) { world.at("/srv/project").repository = true; }},
      {Code::kReadsAll, "[policy]\nmode = readonly\n" + kClient,
       "4: warning LS025: everything can be read (line 2) and the network is open: what is read can be sent; list what the program may read, or close the network",
       "[policy]\nmode = readonly\n[network]\nbind_tcp = 8080\nunix = deny\n"},
      {Code::kReadsAll, "[filesystem]\nread_exec = /\n[network]\naccess = all\n",
       "4: warning LS025: everything can be read (line 2) and the network is open: what is read can be sent; list what the program may read, or close the network",
       "[filesystem]\nread_exec = /usr\n[network]\naccess = all\n"},
      {Code::kReplacesSocket, kHost + "read_write = /srv/tmp\n",
       "3: note LS026: read_write = /srv/tmp holds the socket of tmux, /srv/tmp/s: another can be put in its place, for others to connect to; grant a directory of its own, or private_tmp = yes in [namespaces]",
       kHost + "read_write = /srv/tmp\n", [](World& world) { world.facts.sockets = {{"/srv/tmp/s", "tmux", true}}; }, [](World& world) { world.facts.sockets = {{"/srv/tmp/s", "tmux", false}}; }},
      {Code::kShadowed, kHost + "read = /srv\nread = /srv/data\n",
       "4: note LS030: read = /srv/data does nothing: line 3 grants as much on /srv; remove it",
       kHost + "read = /srv\nread_exec = /srv/data\n"},
      {Code::kShadowed, kHost + "read_exec = /usr/bin/tar\n",
       "3: note LS030: read_exec = /usr/bin/tar does nothing: line 2 grants as much on /usr/bin; remove it",
       kHost + "read_exec = /opt/bin/tar\n"},
      {Code::kShadowed, "[policy]\nmode = readonly\n[filesystem]\nread = /srv\n",
       "4: note LS030: read = /srv does nothing: line 2 grants as much on /; remove it",
       "[policy]\nmode = readonly\n[filesystem]\nread_write = /srv\n"},
      {Code::kShadowed, kHost + "read = /srv\nread_dir = /srv\n",
       "4: note LS030: read_dir = /srv does nothing: line 3 grants as much on /srv; remove it",
       kHost + "read = /srv\nmake_dir = /srv\n"},
      {Code::kNearlyThere, kHost + "read = -/etc/hosst\n",
       "3: note LS031: read = /etc/hosst is missing, and /etc/hosts is there; correct the name, if that was meant",
       kHost + "read = -/etc/hosst\n", [](World& world) { world.is_missing("/etc/hosst"); world.at("/etc/hosst").near = "/etc/hosts"; }, [](World& world) { world.is_missing("/etc/hosst"); }},
      {Code::kTwice, kHost + "read = /srv\nread = /srv\n",
       "4: note LS032: read = /srv was granted already, in line 3; remove one of the two",
       kHost + "read = /srv\nread = /srv2\n"},
      {Code::kTwice, kHost + "read = /srv, /srv\n",
       "3: note LS032: read = /srv was granted already, in this line; remove one of the two",
       kHost + "read = /srv\nwrite = /srv\n"},
      {Code::kTwice, kHost + kClient + "connect_tcp = 400-500\n",
       "6: note LS032: connect_tcp = 400-500 was granted already, in line 4; remove one of the two",
       kHost + kClient + "bind_tcp = 443\n"},
      {Code::kTwice, kHost + "[environment]\nkeep = PATH, HOME\nkeep = PATH\n",
       "5: note LS032: keep = PATH was written already, in line 4; remove one of the two",
       kHost + "[environment]\nkeep = PATH, HOME\nunset = PATH\n"},
      {Code::kIdleLine, kHost + "[network]\nbind_tcp = 8080\nlisten = deny\n",
       "4: note LS033: bind_tcp grants ports that listen = deny (line 5) keeps from being offered; remove one of the two",
       kHost + "[network]\nbind_tcp = 8080\nlisten = allow\n"},
      {Code::kIdleLine, kHost + "[network]\nconnect_tcp = *, 443\nunix = deny\n",
       "4: note LS033: connect_tcp = 443 does nothing beside connect_tcp = *; remove one of the two",
       kHost + "[network]\nconnect_tcp = *\nbind_tcp = 443\nunix = deny\n"},
      {Code::kIdleLine, kHost + "[ipc]\nabstract_unix = allow\n",
       "4: note LS033: abstract_unix = allow does nothing: no UNIX socket can be made (unix = deny); remove it, or write unix = own in [network]",
       kHost + "[network]\nunix = own\n[ipc]\nabstract_unix = allow\n"},
      {Code::kHidden, kHost + "read = /srv/data\n[namespaces]\nhide = -/srv\n",
       "3: warning LS034: read = /srv/data is hidden by [namespaces]: the program finds nothing there, or does not start; remove the rule, or hide less",
       kHost + "read = /srv/data\n[namespaces]\nhide = -/srv/date\n"},
      {Code::kHidden, kHost + "read = /tmp/x\n[namespaces]\nprivate_tmp = yes\n",
       "3: warning LS034: read = /tmp/x is hidden by [namespaces]: the program finds nothing there, or does not start; remove the rule, or hide less",
       kHost + "read_write = /tmp\n[namespaces]\nprivate_tmp = yes\n"},
      {Code::kLowPort, kHost + "[network]\nbind_tcp = 80\nunix = deny\n[process]\ncapabilities = none\n",
       "4: warning LS035: bind_tcp = 80 takes net_bind_service, which capabilities (line 7) drops; write capabilities = net_bind_service, or a port from 1024",
       kHost + "[network]\nbind_tcp = 1024, 0\nunix = deny\n[process]\ncapabilities = none\n"},
      {Code::kLowPort, kHost + "[network]\nbind_tcp = 80\nunix = deny\n[process]\ncapabilities = chown\nuser = 0\n",
       "4: warning LS035: bind_tcp = 80 takes net_bind_service, which capabilities (line 7) drops; write capabilities = net_bind_service, or a port from 1024",
       kHost + "[network]\nbind_tcp = 80\nunix = deny\n[process]\ncapabilities = none\n", as_made_up, [](World& world) { world.facts.first_free_port = 80; }},
      {Code::kLoader, "[filesystem]\nread_exec = /opt/tool\n",
       "2: warning LS040: /opt/tool/run needs /lib64/ld.so to start, which no line makes executable; write runtime = program or host, or read_exec = /lib64/ld.so",
       "[filesystem]\nread_exec = /opt/tool, /lib64\n", [](World& world) { world.at("/opt/tool").programs = {{"/opt/tool/run", {"/lib64/ld.so"}}}; },
       [](World& world) { world.at("/opt/tool").programs = {{"/opt/tool/run", {"/lib64/ld.so"}}}; }},
      {Code::kNothingStarts, "[filesystem]\nread = /srv\n",
       "0: note LS041: no line makes a program executable: landshim run starts nothing, and what a preload holds starts nothing else; write runtime = program or host, or name programs and their loader in read_exec",
       kHost + "read = /srv\n"},
      {Code::kThroughLink, kHost + "read = /srv/current\n",
       "3: note LS042: read = /srv/current is a link to /data/releases/7, and the rule is on that, as it is at start; name the target, or its directory if the link changes",
       kHost + "read = /sbin2\n", [](World& world) { world.at("/srv/current").real = "/data/releases/7"; world.at("/srv/current").link = true; },
       [](World& world) { world.at("/sbin2").real = "/usr/sbin2"; world.at("/sbin2").link = true; }},
      {Code::kReplacedFile, kHost + "read_write = /srv/app.json\n",
       "3: note LS043: read_write = /srv/app.json is a file: a program that writes a new one and renames it, or keeps a journal beside it, is refused; grant its directory, if the program does so",
       kHost + "read_write = /srv/app.log\n", [](World& world) { world.is_file("/srv/app.json"); }, [](World& world) { world.is_file("/srv/app.log"); }},
      {Code::kReplacedFile, kHost + "write_file = /srv/app.db\n",
       "3: note LS043: write_file = /srv/app.db is a file: a program that writes a new one and renames it, or keeps a journal beside it, is refused; grant its directory, if the program does so",
       kHost + "write_file = /srv/app.db\nread_write = /srv\n", [](World& world) { world.is_file("/srv/app.db"); }, [](World& world) { world.is_file("/srv/app.db"); }},
      {Code::kOwnProc, kHost + "read = /proc/self\n",
       "3: note LS044: read = /proc/self is the process that reads the policy, not the ones that it starts; grant it in the knowledge that only the first process has it",
       kHost + "read = /proc/selfish\n"},
      {Code::kUnsupportedWarn, "[policy]\nunsupported = warn\n" + kHost,
       "2: warning LS050: unsupported = warn: the program starts even where what the policy writes cannot be enforced; write unsupported = fail once the policy is tried",
       "[policy]\nunsupported = fail\n" + kHost},
      {Code::kUnsupportedWarn, "[policy]\nunsupported = warn\n" + kHost + "[network]\nconnect_udp = 53\nunix = deny\n",
       "2: warning LS050: unsupported = warn: the program starts even where what the policy writes cannot be enforced; here 2 demands are lost; write unsupported = fail once the policy is tried",
       kHost, as_made_up, as_made_up, 7},
      {Code::kNoProfile, kHost + "[syscalls]\nprofile = none\n",
       "4: warning LS051: profile = none leaves open what ordinary programs never need: modules, mounts, namespaces, bpf, io_uring; keep the default, and allow by name the calls that the program needs",
       kHost + "[syscalls]\nprofile = strict\n"},
      {Code::kMetadata, kHost + "metadata = allow\n",
       "3: note LS052: metadata = allow: owner and attributes of any file can be changed, as far as the user may, in and out of what is granted; write metadata = modes, which is what compilers, tar and git need",
       kHost + "metadata = modes\n"},
      {Code::kFilesAlone, "[policy]\nmode = full-access\n",
       "2: warning LS053: mode = full-access: no file is closed, this policy and landshim among them; list files, or begin with mode = readonly or workspace-write",
       "[policy]\nmode = readonly\n"},
      {Code::kFilesAlone, "[filesystem]\naccess = all\n",
       "2: warning LS053: access = all: no file is closed, this policy and landshim among them; list files, or begin with mode = readonly or workspace-write",
       "[filesystem]\naccess = rules\nruntime = host\n"},
      {Code::kNetworkAlone, kHost + "[network]\naccess = all\n",
       "4: warning LS054: access = all: every port, protocol and service of the network, those of this machine among them; list ports: connect_tcp = 443; * is any port and still closes the rest",
       kHost + "[network]\naccess = rules\nunix = deny\n"},
      {Code::kListens, kHost + "[network]\nconnect_tcp = 443\n",
       "4: note LS055: a client may also offer a random TCP port, by listen(2) without bind(2); write listen = deny, or unix = deny if it needs no UNIX sockets",
       kHost + kClient},
      {Code::kListens, kHost + "[network]\nconnect_tcp = 443\nudp = allow\n",
       "4: note LS055: a client may also offer a random TCP port, by listen(2) without bind(2); write listen = deny, or unix = deny if it needs no UNIX sockets",
       kHost + "[network]\nconnect_tcp = 443\nlisten = allow\n"},
      {Code::kKeptSecrets, kHost + kClient,
       "4: note LS056: the network is open, and by their names these variables of the environment hold secrets: API_TOKEN, Db_Password; write keep, or unset, in [environment]; name in keep what the program needs",
       kHost + kClient + "[environment]\nkeep = PATH, API_TOKEN\n", [](World& world) { world.facts.variables = {"PATH", "API_TOKEN", "Db_Password", "MONKEY", "GNUPGHOME"}; },
       [](World& world) { world.facts.variables = {"PATH", "API_TOKEN", "Db_Password"}; }},
      {Code::kKeptSecrets, kHost + kClient + "[environment]\nkeep = *\nunset = DB_*\n",
       "4: note LS056: the network is open, and by their names these variables of the environment hold secrets: SSH_KEY; write keep, or unset, in [environment]; name in keep what the program needs",
       kHost, [](World& world) { world.facts.variables = {"SSH_KEY", "DB_SECRET"}; }, [](World& world) { world.facts.variables = {"SSH_KEY"}; }},
      {Code::kCapabilities, kHost + "[process]\ncapabilities = all\nuser = 0\n",
       "4: warning LS057: capabilities = all: with it a program can get around this policy or take over the machine; keep those that the program needs, such as net_bind_service",
       kHost + "[process]\ncapabilities = net_bind_service\nuser = 0\n"},
      {Code::kCapabilities, kHost + "[process]\ncapabilities = sys_admin, chown, bpf\nuser = 0\n",
       "4: warning LS057: capabilities = sys_admin, bpf: with it a program can get around this policy or take over the machine; keep those that the program needs, such as net_bind_service",
       kHost + "[process]\ncapabilities = none\n"},
      {Code::kStaysRoot, kHost + "[process]\ncapabilities = net_bind_service\n",
       "4: note LS058: capabilities are kept and no user is named: started by root, the program stays root; write user = NAME, the owner of what it needs",
       kHost + "[process]\ncapabilities = net_bind_service\nuser = 65534\n"},
      {Code::kOpensCalls, kHost + "[syscalls]\nbpf = allow\n",
       "4: warning LS059: bpf opens what the profile closes: bpf, perf, userfaultfd, fanotify; allow the one call that the program needs, if by its arguments",
       kHost + "[syscalls]\nbpf = deny ENOSYS\n"},
      {Code::kOpensCalls, kHost + "[syscalls]\n@mount = log\n",
       "4: warning LS059: @mount opens what the profile closes: mounts and chroot; allow the one call that the program needs, if by its arguments",
       kHost + "[syscalls]\nptrace = allow\nunshare = allow if arg0 == 0\n"},
      {Code::kUmask, kHost + "[process]\numask = 000\n",
       "4: note LS060: umask: what the program creates can be written by every user of this machine; write umask = 022 or 077",
       kHost + "[process]\numask = 002\n"},
  };
  return kCases;
}

}  // namespace

TEST_CASE("each kind of finding is found where it is, told in these words, and not found just beside", "[lint]") {
  for (const Case& one : cases()) {
    INFO(code_name(one.code) << " in\n" << one.policy);
    World world(one.policy, one.abi);
    one.machine(world);
    CHECK(of(world, one.code) == std::vector<std::string>{one.said});
    World beside(one.beside, one.abi);
    one.machine_beside(beside);
    INFO("beside\n" << one.beside);
    CHECK(of(beside, one.code) == std::vector<std::string>{});
  }
}

TEST_CASE("no kind of finding is without a case, and every code has its words", "[lint]") {
  std::set<Code> tried;
  for (const Case& one : cases()) tried.insert(one.code);
  unsigned last = 0;
  for (const CodeInfo& info : all_codes()) {
    INFO(code_name(info.code));
    CHECK((tried.contains(info.code) || info.level == Level::kError));
    CHECK(static_cast<unsigned>(info.code) > last);
    last = static_cast<unsigned>(info.code);
    CHECK(find_code(code_name(info.code)) == info.code);
    CHECK(&code_info(info.code) == &info);
    for (const std::string text : {info.title, info.meaning, info.example, info.remedy}) CHECK_FALSE(text.empty());
    for (const std::string text : {info.meaning, info.remedy}) CHECK(text.back() == '.');
    CHECK(std::string(info.title).back() != '.');
  }
  CHECK(code_name(Code::kWriteExecute) == "LS012");
  for (const char* unknown : {"", "LS", "LS000", "LS999", "ls012", "LS12", "LS0012", "012", "LS012 "}) CHECK_FALSE(find_code(unknown));
}

TEST_CASE("the example of every code has its finding", "[lint]") {
  for (const CodeInfo& info : all_codes()) {
    INFO(code_name(info.code) << "\n" << info.example);
    if (info.level == Level::kError) continue;  // no plan comes of it: tests/live tries them
    World world(std::string(info.example) + "\n", 10);
    world.facts.homes = {"/root"};
    world.facts.landshim = {"/usr/local/bin/landshim"};
    world.facts.policy_places = {"/etc/landshim"};
    world.facts.sockets = {{"/tmp/tmux-0/default", "tmux", true}};
    world.facts.variables = {"API_TOKEN"};
    for (PathFacts& path : world.facts.paths) {
      if (path.real == "/srv/project") path.repository = true;
      if (path.real == "/opt/tool") path.programs = {{"/opt/tool/run", {"/lib64/ld-linux-x86-64.so.2"}}};
    }
    if (info.code == Code::kNearlyThere) {
      world.is_missing("/etc/hosst");
      world.at("/etc/hosst").near = "/etc/hosts";
    }
    if (info.code == Code::kThroughLink) {
      world.at("/etc/mtab").real = "/proc/self/mounts";
      world.at("/etc/mtab").link = true;
    }
    if (info.code == Code::kReplacedFile) world.is_file("/srv/app.json");
    CHECK(of(world, info.code).size() == 1);
  }
}

TEST_CASE("a policy that grants what it needs and no more has no finding", "[lint]") {
  World world(kHost + "read = /srv/site, /etc/hosts\nread_write = /srv/out\ndevice = /dev/null\nread = -/etc/ssl/openssl.cnf\n[network]\nconnect_tcp = 443\nbind_tcp = 8080\nunix = deny\n[process]\ncapabilities = none\n[environment]\nkeep = PATH, LC_*\n");
  world.facts.sockets = {{"/run/docker.sock", "Docker", true}};
  world.facts.secrets = {"/home/u/.ssh"};
  world.facts.variables = {"API_TOKEN"};
  CHECK(all(world) == std::vector<std::string>{});
  for (const char* mode : {"readonly", "workspace-write\nworkspace = /srv/project"}) CHECK(all(World("[policy]\nmode = " + std::string(mode) + "\n")) == std::vector<std::string>{});
}

TEST_CASE("findings come in the order of the lines, those of one line by code", "[lint]") {
  const World world("[filesystem]\nread_write_exec = /home/u, /proc\n[process]\numask = 0\n[policy]\nunsupported = warn\n");
  std::vector<std::string> heads;
  for (const std::string& line : all(world)) heads.push_back(line.substr(0, line.find(": ", 3)));
  CHECK(heads == std::vector<std::string>{"2: warning LS012", "2: warning LS013", "2: warning LS017", "4: note LS060", "6: warning LS050"});
}

TEST_CASE("a line of many rules is told once, with their number", "[lint]") {
  const World world(kHost + "read_write_exec = /srv/a, /srv/b, /srv/c\n");
  CHECK(all(world) == std::vector<std::string>{"3: warning LS012: write and execute on /srv/a: what is written there can be run (and 2 more in this line); grant read_exec and write on different trees"});
}

TEST_CASE("a comment above a line allows its findings, with a reason behind the codes", "[lint]") {
  const std::string line = "read_write_exec = /srv/a\n";
  for (const char* comment : {"# landshim: allow LS012\n", "; landshim: allow LS012\n", "  #landshim:allow LS012\n", "# landshim: allow LS012, LS043 the tests run what is built\n", "# landshim: allow LS043 LS012\r\n",
                              "# landshim: allow LS012\n# Built and run here.\n", "# Built and run here.\n# landshim: allow LS012\n", "# landshim: allow LS012 as LS099 is\n"}) {
    INFO(comment);
    CHECK(all(World(kHost + comment + line)) == std::vector<std::string>{});
  }
  CHECK(of(World(kHost + line + "# landshim: allow LS012\n"), Code::kWriteExecute).size() == 1);
  CHECK(of(World(kHost + "# landshim: allow LS012\n\n" + line), Code::kWriteExecute).size() == 1);
  CHECK(of(World(kHost + "# landshim: allow LS012\nread = /srv/b\n" + line), Code::kWriteExecute).size() == 1);
  CHECK(of(World(kHost + "# landshim: allow LS013\n" + line), Code::kWriteExecute).size() == 1);
  // Another line has it still.
  CHECK(of(World(kHost + "# landshim: allow LS012\n" + line + "read_write_exec = /srv/b\n"), Code::kWriteExecute).size() == 1);
}

TEST_CASE("what is found of the policy as a whole is allowed above its first section", "[lint]") {
  const std::string policy = "[filesystem]\nread = /srv\n";
  CHECK(of(World(policy), Code::kNothingStarts).size() == 1);
  CHECK(all(World("# landshim: allow LS041\n" + policy)) == std::vector<std::string>{});
  CHECK(all(World("# A preload.\n# landshim: allow LS041\n\n" + policy)) == std::vector<std::string>{});
  CHECK(of(World("[filesystem]\n# landshim: allow LS041\nread = /srv\n"), Code::kNothingStarts).size() == 1);
}

TEST_CASE("a comment that allows what another machine may have is no finding", "[lint]") {
  const std::string comment = "# landshim: allow LS018\n";
  CHECK(all(World(kHost + comment + "read = /home/u/.config\n")) == std::vector<std::string>{});
  World missing(kHost + "# landshim: allow LS012\nread_write_exec = -/srv/a\n");
  missing.is_missing("/srv/a");
  CHECK(all(missing) == std::vector<std::string>{});
  // Beside faults nobody knows what would be found.
  World faulty(kHost + "# landshim: allow LS012\nread = /srv\n");
  faulty.faults = true;
  CHECK(all(faulty) == std::vector<std::string>{});
}

TEST_CASE("beside faults nothing is said of what is absent", "[lint]") {
  World world("[filesystem]\nread_exec = /opt/tool\nread_write_exec = /srv\n");
  world.at("/opt/tool").programs = {{"/opt/tool/run", {"/lib64/ld.so"}}};
  world.faults = true;
  CHECK(of(world, Code::kLoader).empty());
  CHECK(of(world, Code::kWriteExecute).size() == 1);
  World nothing("[filesystem]\nread = /srv\n");
  nothing.faults = true;
  CHECK(all(nothing) == std::vector<std::string>{});
  World network(kHost + "[network]\nconnect_tcp = 443\n", 7);
  network.facts.sockets = {{"/run/docker.sock", "Docker", false}};
  network.facts.variables = {"API_TOKEN"};
  CHECK(all(network).size() == 3);
  network.faults = true;
  CHECK(all(network) == std::vector<std::string>{});
}

TEST_CASE("what the policy hides or takes out is not within reach", "[lint]") {
  World hidden(kHost + "read = /home/u/.config\n[namespaces]\nhide = -/home/u/.config/gcloud\n");
  hidden.facts.secrets = {"/home/u/.config/gcloud"};
  CHECK(of(hidden, Code::kSecret).empty());
  World control(kHost + "read = /home/u/.config\n");
  control.facts.secrets = {"/home/u/.config/gcloud"};
  CHECK(of(control, Code::kSecret).size() == 1);
  World sockets(kHost + "[network]\nunix = allow\n[namespaces]\nprivate_tmp = yes\n");
  sockets.facts.sockets = {{"/tmp/.X11-unix/X0", "X11", true}};
  CHECK(of(sockets, Code::kReachesService).empty());
}

TEST_CASE("with runtime = program nothing is said of loaders, which come with the program", "[lint]") {
  World world("[filesystem]\nruntime = program\nread_exec = /opt/tool\n");
  world.at("/opt/tool").programs = {{"/opt/tool/run", {"/lib64/ld.so"}}};
  CHECK(all(world) == std::vector<std::string>{});
}

TEST_CASE("a pattern of which some matches are granted elsewhere is no idle rule", "[lint]") {
  const std::string pattern = "read = /etc/passw*, /etc/grou[p]\n";
  CHECK(of(World(kHost + "read = /etc\n" + pattern), Code::kShadowed).size() == 1);
  CHECK(of(World(kHost + "read_exec = /etc/passwd\n" + pattern), Code::kShadowed).empty());
}
