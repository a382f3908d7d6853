// SPDX-License-Identifier: MIT
// Every kind of fault and finding, in the words of landshim check --explain.
#include <algorithm>
#include <iterator>

#include "shim/lint.h"

namespace landshim {

namespace {

constexpr CodeInfo kCodes[] = {
    {Code::kPolicyFault, Level::kError, false, "a fault of the policy",
     "The policy says something that the language does not have, or contradicts itself.\n"
     "Nothing is enforced and nothing starts before it is mended.",
     "[filesystem]\nraed = /usr",
     "The message says what would be right."},
    {Code::kMachineFault, Level::kError, true, "this machine cannot enforce it",
     "What a policy writes is a demand. This kernel, or the privileges of this start, cannot meet it,\n"
     "so that landshim run would refuse.",
     "[network]\nconnect_udp = 53",
     "Use a kernel that can, or unsupported = warn in [policy], which lets the demand go."},
    {Code::kPlaceFault, Level::kError, true, "a path, user or group that is not there",
     "A path cannot be found or opened, a variable in it is not set, or it may not be granted as written\n"
     "(a rule that makes the policy writable); or a user or group does not exist.",
     "[filesystem]\nread = /no/such/place",
     "Correct it. A leading '-' accepts that a path is missing."},
    {Code::kUnknownAllow, Level::kWarning, false, "a comment allows what there is not",
     "A comment such as '# landshim: allow LS012' takes the finding away from the line below it. This one\n"
     "names no code, one that does not exist, or a fault, which cannot be allowed.",
     "# landshim: allow LS099\n[filesystem]\nruntime = host",
     "landshim check --list has the codes."},
    {Code::kIdleAllow, Level::kNote, false, "a comment allows what is not found",
     "The line below the comment does not have this finding (any more). Left there, the comment would hide\n"
     "it from whoever changes the line later. Findings that depend on the machine are not asked for this.",
     "[filesystem]\n# landshim: allow LS012\nruntime = host",
     "Remove the code from the comment."},
    {Code::kWritesStarted, Level::kWarning, true, "what others start is writable",
     "Programs that no policy holds are started from here, or read here what to start: program and library\n"
     "directories, those in PATH, cron, systemd, shell and editor settings. What a held program writes there\n"
     "runs free later.",
     "[filesystem]\nwrite = /etc/cron.d",
     "Grant a directory from which nobody else starts anything."},
    {Code::kWriteExecute, Level::kWarning, false, "write and execute on one tree",
     "What is written there can be run: what the program downloads or unpacks, too. It runs under the same\n"
     "policy, so this is no way out; but a policy that keeps the two apart leaves an attacker only the\n"
     "programs that you chose. A build that runs its own results needs it: allow it there by a comment.",
     "[filesystem]\nread_write_exec = /srv/app",
     "Grant read_exec and write on different trees."},
    {Code::kProc, Level::kWarning, false, "/proc",
     "Landlock keeps memory and environment of processes outside from the program, but /proc tells more: all\n"
     "command lines, with the passwords in them, and who runs what. Writing there sets the kernel, as far as\n"
     "the user may.",
     "[filesystem]\nread = /proc",
     "Grant the files that the program reads, such as /proc/cpuinfo and /proc/meminfo; or pid = yes in\n"
     "[namespaces], where /proc shows what the program started."},
    {Code::kSys, Level::kWarning, false, "/sys is writable",
     "Devices, drivers, power and control groups are set there.",
     "[filesystem]\nwrite = /sys",
     "Grant the file that the program needs."},
    {Code::kDev, Level::kWarning, false, "all devices, or raw ones",
     "The whole of /dev, or devices behind which memory, disks, keyboards or other terminals stand: past all\n"
     "file rules, as far as the user may open them.",
     "[filesystem]\ndevice = /dev",
     "Name the devices that the program needs: /dev/null, /dev/urandom, /dev/dri."},
    {Code::kRun, Level::kWarning, false, "/run",
     "The sockets, locks and secrets of all services lie in /run, those of the user in /run/user.",
     "[filesystem]\nread = -/run",
     "Grant what the program needs of it."},
    {Code::kHome, Level::kWarning, true, "a whole home directory",
     "Keys, tokens, browser profiles, histories and mail lie in a home directory; written, the files that the\n"
     "user's shell and desktop start from.",
     "[filesystem]\nread = /home",
     "Grant the directories in it that the program needs, or give it a home of its own: set = HOME=PATH in\n"
     "[environment]."},
    {Code::kSecret, Level::kWarning, true, "keys, tokens or passwords",
     "The rule names or covers a place in which keys, tokens, cookies or passwords are kept, such as .ssh,\n"
     ".gnupg, .aws, .config/gcloud, a browser profile or /etc/shadow.",
     "[filesystem]\nread = -/root/.ssh",
     "Grant what lies beside it, or take it out with except. Let an agent or a proxy hold the key."},
    {Code::kWritesLandshim, Level::kWarning, true, "landshim itself is writable",
     "The rule makes the command, its libraries or the loader writable. Whoever changes them decides what the\n"
     "next start enforces.",
     "[filesystem]\nwrite = -/usr/local",
     "Grant less, or install landshim elsewhere."},
    {Code::kWritesPolicies, Level::kWarning, true, "policies are writable",
     "Profiles are looked for in this directory. A held program that can write one there loosens its own next\n"
     "start, or that of another. A policy that makes itself writable is a fault already.",
     "[filesystem]\nwrite = -/etc/landshim",
     "Grant less."},
    {Code::kConnectsService, Level::kWarning, true, "a service that acts for others",
     "connect_unix names the socket of a service that no policy holds and that does what it is asked: Docker\n"
     "and its like start containers with any directory, D-Bus and systemd start programs, X11 sees the keyboard\n"
     "and other windows, agents sign with keys.",
     "[network]\nconnect_unix = -/run/docker.sock",
     "Remove it, or put a proxy between that lets through what the program needs."},
    {Code::kReachesService, Level::kWarning, true, "services can be reached",
     "UNIX sockets are not ruled, by unix = allow or since the kernel is older than Landlock ABI 9, and on this\n"
     "machine services that act for others (see LS021) can be reached.",
     "[network]\nunix = allow",
     "unix = deny holds on every kernel. From ABI 9 on, unix = own with connect_unix lets through what is named."},
    {Code::kPlantedLink, Level::kWarning, false, "a rule in a place that the program writes",
     "A rule on a link is a rule on its target, and paths are looked up at every start. Once the program has put\n"
     "a link in the place of this path, no program starts under this policy: landshim follows no link that a\n"
     "held program could turn. With a missing path, the program decides whether there is a rule at all.",
     "[filesystem]\nread_write = /srv\nread_exec = -/srv/tools",
     "Where the wider rule grants as much, remove this one. Else move the place out of what is written."},
    {Code::kRepository, Level::kNote, true, "git hooks are writable",
     "git runs the hooks in .git/hooks, and programs that .git/config names, for whoever uses the repository\n"
     "later: outside of the policy.",
     "[filesystem]\nread_write = /srv/project",
     "Take .git out with except, or look at both before git is used there."},
    {Code::kReadsAll, Level::kWarning, false, "everything is read, and the network is open",
     "Each half is ordinary. Together they let the program send out whatever the user can read: keys, mail,\n"
     "other projects.",
     "[policy]\nmode = readonly\n[network]\nconnect_tcp = 443\nunix = deny",
     "List what the program may read (mode = strict), or close the network."},
    {Code::kReplacesSocket, Level::kNote, true, "a service's socket can be replaced",
     "The rule makes the directory writable in which the socket of a service lies. The program can put its own\n"
     "in that place, and others then speak to it.",
     "[policy]\nmode = workspace-write",
     "Grant a directory of its own (TMPDIR), or private_tmp = yes in [namespaces]."},
    {Code::kShadowed, Level::kNote, true, "a rule that does nothing",
     "Another rule grants as much, on this path or above it. Landlock adds rules up: a narrower one takes\n"
     "nothing away.",
     "[filesystem]\nread = /srv\nread = /srv/data",
     "Remove it. To take a path out of a wider rule, write except."},
    {Code::kNearlyThere, Level::kNote, true, "a missing path, and a likely one",
     "The leading '-' accepts that the path is missing, so a slip of the pen passes unseen. An entry beside it\n"
     "differs by one letter.",
     "[filesystem]\nread = -/etc/hosst",
     "Correct the name, if the other was meant."},
    {Code::kTwice, Level::kNote, false, "written twice",
     "The same path with the same rights, the same port, or the same variable.",
     "[network]\nconnect_tcp = 443, 443\nunix = deny",
     "Remove one of the two."},
    {Code::kIdleLine, Level::kNote, false, "a line that nothing can use",
     "Another line leaves this one without effect: ports to bind beside listen = deny, a port beside *,\n"
     "abstract UNIX sockets where no UNIX socket can be made.",
     "[network]\nbind_tcp = 8080\nlisten = deny\nunix = deny",
     "Remove one of the two."},
    {Code::kHidden, Level::kWarning, false, "a rule on what is hidden",
     "hide or private_tmp in [namespaces] puts something empty over this path before rules are made. A path\n"
     "that may not be missing then refuses the start; another grants nothing.",
     "[filesystem]\nread = /srv/data\n[namespaces]\nhide = -/srv",
     "Remove the rule, or hide less."},
    {Code::kLowPort, Level::kWarning, true, "a port that needs a dropped capability",
     "Binding ports below 1024 (ip_unprivileged_port_start) takes net_bind_service, and capabilities drops it.",
     "[network]\nbind_tcp = 80\nunix = deny\n[process]\ncapabilities = none",
     "Keep net_bind_service, or take a higher port."},
    {Code::kLoader, Level::kWarning, true, "a program without its loader",
     "Executing takes execute on the program and on what the kernel loads for it: the interpreter of a script,\n"
     "the loader of a dynamic program. Without it the start fails with 'Permission denied'.",
     "[filesystem]\nread_exec = /opt/tool",
     "runtime = program grants the loader and libraries of the program that landshim starts, runtime = host\n"
     "those of all; or name the loader in read_exec and the library directories in read."},
    {Code::kNothingStarts, Level::kNote, false, "nothing can be started",
     "No rule grants execute, so landshim run ends with 126. A preload has its program started already: there\n"
     "the policy means that the program starts no other, and loads no library later.",
     "[filesystem]\nread = /srv",
     "Write runtime = program or host, or name programs and their loader in read_exec."},
    {Code::kThroughLink, Level::kNote, true, "a rule through a link",
     "The path is a symbolic link to another directory. The rule is on its target, as it is at start: where the\n"
     "link is changed later (current -> releases/7), the program is left with the old target.",
     "[filesystem]\nread = /etc/mtab",
     "Name the target, or the directory that holds all targets."},
    {Code::kReplacedFile, Level::kNote, true, "a writable file that programs replace",
     "Editors, package managers and databases write a new file and rename it over the old one, or keep a\n"
     "journal beside it. A rule on the file alone refuses that, and it stays with the old file when others\n"
     "replace it. Files that are only appended to, such as logs, are fine.",
     "[filesystem]\nread_write = /srv/app.json",
     "Grant the directory, if the program does so."},
    {Code::kOwnProc, Level::kNote, false, "/proc/self of the first process",
     "A rule binds to what a path names at start. /proc/self is then the process that puts the policy in force;\n"
     "what it starts has a directory of its own, which the rule does not cover.",
     "[filesystem]\nread = /proc/self",
     "Leave it where the first process alone needs it; pid = yes in [namespaces] with read = /proc serves all."},
    {Code::kUnsupportedWarn, Level::kWarning, false, "losses are accepted",
     "With unsupported = warn the program starts even where the kernel cannot enforce what the policy writes.\n"
     "That is for trying a policy out.",
     "[policy]\nunsupported = warn\n[filesystem]\nruntime = host",
     "Write unsupported = fail, the default, once it is tried."},
    {Code::kNoProfile, Level::kWarning, false, "no profile of system calls",
     "profile = none leaves open what ordinary programs never need and attackers of the kernel do: modules,\n"
     "mounts, namespaces, bpf, perf, userfaultfd, io_uring, terminal injection.",
     "[syscalls]\nprofile = none\n[filesystem]\nruntime = host",
     "Keep the default, and allow by name the calls that the program needs."},
    {Code::kMetadata, Level::kNote, false, "owner and attributes are open",
     "Landlock has no right for metadata, so metadata = allow opens that of every file, granted or not.",
     "[filesystem]\nruntime = host\nmetadata = allow",
     "metadata = modes is what compilers, tar and git need; deny what most others do."},
    {Code::kFilesAlone, Level::kWarning, false, "no file is closed",
     "mode = full-access and access = all leave files alone: the program reads and writes all that the user\n"
     "may, this policy and landshim among it.",
     "[policy]\nmode = full-access",
     "List files, or begin with mode = readonly or workspace-write."},
    {Code::kNetworkAlone, Level::kWarning, false, "the network is left alone",
     "access = all opens every port, protocol and address family.",
     "[network]\naccess = all\n[filesystem]\nruntime = host",
     "connect_tcp = * opens every TCP port and still closes the ways around."},
    {Code::kListens, Level::kNote, false, "a client may listen",
     "Landlock rules bind(2); a socket that listens without it gets a random port. A client does not need that.",
     "[network]\nconnect_tcp = 443\n[filesystem]\nruntime = host",
     "listen = deny closes it, the program's own UNIX servers too; so does unix = deny."},
    {Code::kKeptSecrets, Level::kNote, true, "secrets in the environment",
     "By their names, variables of the present environment hold tokens, keys or passwords; the policy leaves\n"
     "them to the program and opens the network.",
     "[network]\nconnect_tcp = 443\nunix = deny",
     "List what the program needs in keep of [environment]. A name written there in full is taken as meant."},
    {Code::kCapabilities, Level::kWarning, false, "powerful capabilities",
     "Each of sys_admin, sys_ptrace, sys_module, sys_rawio, dac_read_search, bpf, perfmon, mac_admin and\n"
     "mac_override gets around this policy or is as good as root; all keeps every one that the start has.",
     "[process]\ncapabilities = all\n[filesystem]\nruntime = host",
     "Keep those that the program needs, such as net_bind_service."},
    {Code::kStaysRoot, Level::kNote, false, "the program stays root",
     "The policy keeps capabilities, so it is meant for a start by root, and it names no user to change to.\n"
     "Root owns much without any capability.",
     "[process]\ncapabilities = net_bind_service\n[filesystem]\nruntime = host",
     "Write user = NAME: an ordinary user keeps the capabilities that are listed."},
    {Code::kOpensCalls, Level::kWarning, false, "calls that the profile closes",
     "A line of [syscalls] allows, without condition, calls that the profile closes for what they can do to the\n"
     "kernel or around the filter.",
     "[syscalls]\nio_uring_setup = allow\n[filesystem]\nruntime = host",
     "Allow the one call that the program needs rather than a group, by its arguments where that will do."},
    {Code::kUmask, Level::kNote, false, "files that everybody may write",
     "With this umask, what the program creates can be written by every user of the machine.",
     "[process]\numask = 000\n[filesystem]\nruntime = host",
     "Write umask = 022, or 077."},
};

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo& code_info(Code code) {
  return *std::find_if(std::begin(kCodes), std::end(kCodes) - 1, [code](const CodeInfo& info) { return info.code == code; });
}

std::string code_name(Code code) {
  const std::string number = std::to_string(static_cast<unsigned>(code));
  return "LS" + std::string(3 - std::min<std::size_t>(number.size(), 3), '0') + number;
}

std::optional<Code> find_code(std::string_view name) {
  for (const CodeInfo& info : kCodes)
    if (name == code_name(info.code)) return info.code;
  return std::nullopt;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kNote: return "note";
    case Level::kWarning: return "warning";
    case Level::kError: return "error";
  }
  return {};
}

}  // namespace landshim
