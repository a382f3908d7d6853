// SPDX-License-Identifier: MIT
#include "tests/escape/suite/expected.h"

#include <signal.h>

#include <cerrno>

#include "tests/escape/suite/attempts.h"
#include "tests/support/world.h"

namespace landshim::escape {

namespace {

// Lines of explain, whole.
const char* const kLooking = "seeing that a file exists, its size, owner, times and names: Landlock has no right for looking (stat, readlink, getxattr, inotify)";
const char* const kReadable = "running a file that may be read through its interpreter or loader, or mapping it as code: grant no reading of it";
const char* const kDescriptors = "using the descriptors that the program was started with, whatever they lead to: inherit_fds";
const char* const kKeptDescriptors = "using the descriptors that inherit_fds keeps, whatever they lead to";
const char* const kModes = "changing modes and times of any file the user owns: metadata = deny";
const char* const kListening = "listening on a random TCP port, by listen(2) without bind(2): listen = deny";
const char* const kUnixOnDisk = "reaching every UNIX socket on the disk whose mode allows it, such as those of D-Bus or Docker: unix = deny";
const char* const kPriorities = "changing priority and affinity of the user's other processes: scheduling = deny";
const char* const kProcesses = "seeing that a process exists, its session, priority, affinity and limits, by its number: pid = yes in [namespaces]";
const char* const kCapabilities = "using the capabilities that are left: capabilities = none";
const char* const kMemoryFiles = "executing code from a file in memory (memfd_create): memfd = noexec or deny";
const char* const kWritableCode = "making memory that is writable and executable: write_execute = deny";
const char* const kWrittenCode = "executing code written into a granted file and mapped from it, into what a program's own file asks for (a writable code segment, an executable stack), or by ptrace into a child: write_execute looks at the calls of a program alone";
const char* const kTerminals = "reading and writing the user's other terminals, beneath /dev/pts: device rules in place of mode";

const char* const kLocking = "locking a file that may be read, for which others then wait (flock, leases): grant no reading of it";
const char* const kInterfaces = "seeing the names and hardware addresses of network interfaces, by ioctl(2) on any socket: network = yes in [namespaces]";
const char* const kMachine = "seeing the machine: its name, kernel, memory, load and mounts (uname, sysinfo, listmount)";
const char* const kUsingUp = "using up memory, processor time, processes and disk: [limits]";
const char* const kUsingLeft = "using up what [limits] leave of memory, processor time, processes and disk";

// By what policies have in common.
constexpr std::uint8_t kNoNetwork = kReading | kWorkspace | kStrict | kEverything;
constexpr std::uint8_t kPorts = kClient | kServer;
constexpr std::uint8_t kWithModes = kWorkspace | kServer | kStrict;
constexpr std::uint8_t kReadOnly = kReading | kClient;
constexpr std::uint8_t kButWorkspace = kAll & ~kWorkspace;

Expected held(std::uint8_t under, const char* what, int error, std::uint8_t users = kAnyUser) { return {under, users, Kind::kContained, what, 0, error}; }
Expected since(int abi, std::uint8_t under, const char* what, int error) { return {under, kAnyUser, Kind::kContained, what, abi, error}; }
Expected open(std::uint8_t under, const char* line, std::uint8_t users = kAnyUser) { return {under, users, Kind::kOpen, line, 0, 0}; }
Expected granted(std::uint8_t under, const char* why, std::uint8_t users = kAnyUser) { return {under, users, Kind::kGranted, why, 0, 0}; }

struct Group {
  std::vector<Expected> becomes;
  std::vector<const char*> attempts;
};

const char* const kReadsAll = "mode = workspace-write reads and executes everything";
const char* const kMounts = "[namespaces] mount: mounted read-only";
const char* const kClosed = "[process] inherit_fds";
const char* const kDropped = "[process] capabilities";
const char* const kInternet = "[network]: this kind of socket";

const std::vector<Group>& groups() {
  static const std::vector<Group> all = {
      // --- reading, looking ---
      {{granted(kWorkspace, kReadsAll), held(kAll, "read_file", EACCES)},
       {"read-open", "read-openat", "read-openat-high-bits", "read-by-directory", "read-dotdot", "read-dotdot-descriptor", "read-symlink", "read-symlink-directory", "read-proc-root", "read-proc-cwd", "read-proc-thread-root",
        "read-reopen-path", "read-dev-fd", "read-chdir", "read-fchdir", "read-mapped", "read-shared-memory", "read-etc-shadow", "read-disk", "exec-loader-outside", "exec-shell-outside", "map-code-outside"}},
      {{granted(kWorkspace, kReadsAll), held(kAll, "read_dir", EACCES)}, {"list", "list-empty-path"}},
      {{granted(kWorkspace, kReadsAll), held(kEverything, kClosed, EBADF), held(kAll, "read_file", EACCES)}, {"read-inherited-directory"}},
      {{granted(kWorkspace, kReadsAll), held(kEverything, kClosed, ENOENT), held(kAll, "read_file", EACCES)}, {"read-reopen-inherited-path"}},
      {{granted(kWorkspace, kReadsAll), held(kAll, "read_file", EACCES)}, {"process-status", "process-command-line"}},
      {{held(kWorkspace, kDropped, EPERM), held(kAll, "read_file", EACCES)}, {"read-kernel-log", "read-kernel-memory"}},
      {{granted(kWorkspace, "mode = workspace-write: the pty, /dev/full"), held(kAll, "write_file", EACCES)}, {"open-terminal-device", "write-full-device"}},
      {{held(kAll, "write_file", EACCES)}, {"open-userfaultfd-device", "open-tun-device", "open-kvm-device", "write-kernel-log"}},
      {{held(kAll, "[syscalls] profile: handles", EPERM)}, {"read-handle", "write-handle", "see-handle"}},
      {{held(kAll, "openat2, always", ENOSYS)}, {"read-openat2", "write-openat2", "create-openat2", "truncate-openat2", "set-id-openat2"}},
      {{held(kAll, "[syscalls] profile: io_uring", ENOSYS)},
       {"read-ring", "read-ring-openat2", "write-ring", "create-ring", "create-ring-symlink", "link-ring", "rename-ring", "remove-ring", "truncate-ring", "setxattr-ring", "setxattr-ring-inherited", "set-id-ring",
        "tcp-connect-ring-socket", "udp-ring", "io-uring-setup", "io-uring-inherited", "io-uring-register"}},
      {{open(kAll, kLooking)},
       {"see-stat", "see-statx", "see-access", "see-readlink", "see-getxattr", "see-listxattr", "see-statfs", "see-path-descriptor", "see-chdir", "see-inotify"}},
      {{held(kStrict, "[syscalls] profile = strict", EPERM), open(kAll, kMachine)}, {"see-mounts"}},
      {{open(kAll, kMachine)}, {"see-machine", "see-load"}},
      {{granted(kEverything, "[namespaces] network: an interface of its own"), open(kAll, kInterfaces)}, {"see-interface", "see-hardware-address"}},
      {{open(kAll, kLocking)}, {"lock-readable", "lease-readable"}},
      {{open(kEverything, kUsingLeft), open(kAll, kUsingUp)}, {"use-memory", "use-processes", "use-processor"}},
      {{held(kEverything, kClosed, EBADF), open(kAll, kDescriptors)},
       {"read-inherited", "write-received", "mptcp-connect-inherited", "mptcp-bind-inherited", "udp-inherited", "unix-pair-inherited", "unix-inherited"}},
      {{held(kAll, "[syscalls] profile: mounts", EPERM)}, {"read-chroot", "read-bind", "mount-tmpfs", "unmount"}},
      {{held(kStrict, "[syscalls] profile = strict", EPERM), held(kAll, "[syscalls] profile: mounts", ENOSYS)},
       {"read-open-tree", "read-open-tree-clone", "read-moved-mount", "new-file-system", "pick-file-system", "mount-attributes"}},

      // --- writing, creating, removing ---
      {{held(kEverything, kMounts, EROFS), held(kAll, "write_file", EACCES)},
       {"read-any-access-mode", "write-open", "write-creat", "write-openat", "write-append", "write-by-directory", "write-dotdot", "write-symlink", "write-reopen-path", "write-proc-root", "write-mapped", "write-sendfile", "write-copy-range",
        "write-splice", "write-clone", "write-writev", "write-sysctl", "truncate-access-mode-3", "truncate-ftruncate", "truncate-hole", "undo-domain-write", "memory-proc-write", "process-clear-refs", "process-coredump-filter",
        "process-timer-slack", "process-out-of-memory", "process-autogroup", "write-code-proc"}},
      {{held(kEverything, kMounts, EROFS), held(kAll, "truncate", EACCES)}, {"truncate", "truncate-extend", "truncate-symlink", "truncate-descriptor", "truncate-open"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, "write_file", EACCES)}, {"write-inherited-directory"}},
      {{held(kEverything, kClosed, ENOENT), held(kAll, "write_file, truncate", EACCES)}, {"write-reopen-inherited", "truncate-inherited"}},
      {{held(kAll, "write_file", EACCES)}, {"write-fifo"}},
      {{held(kEverything, "[limits] core", EACCES), held(kAll, "make_reg", EACCES)}, {"write-core"}},
      {{granted(kWorkspace, "mode = workspace-write writes to /dev/shm"), held(kEverything, kMounts, EROFS), held(kAll, "write_file", EACCES)}, {"write-shared-memory", "exec-shared-memory"}},
      {{held(kEverything, kMounts, EROFS), held(kAll, "make_reg, make_dir, make_sym, make_fifo, make_sock, make_char", EACCES)},
       {"create-open", "create-creat", "create-mknod", "create-mkdir", "create-symlink", "create-openat", "create-read-only", "create-by-directory", "create-symlink-directory", "create-tmpfile", "create-mknodat", "create-fifo",
        "create-socket-node", "create-device", "create-mkdirat", "create-symlinkat", "make-group"}},
      {{held(kAll, "make_char, make_block", EACCES)}, {"create-device-inside", "create-disk-inside"}},
      {{held(kNoNetwork, "[network] unix = deny", EACCES), held(kAll, "make_sock", EACCES)}, {"create-bind"}},
      {{held(kReadOnly, "make_reg", EACCES), held(kAll, "refer", EXDEV)}, {"link-out", "link-out-descriptor", "link-out-read"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, kDropped, ENOENT)}, {"link-out-inherited"}},
      {{held(kEverything, kMounts, EROFS), held(kAll, "make_reg, remove_file, remove_dir", EACCES)},
       {"link-in", "link-beside", "rename-old", "rename-whiteout", "rename-granted-directory", "remove-unlink", "remove-rmdir", "remove-unlinkat", "remove-directory"}},
      {{held(kEverything, "[namespaces] mount: another mount", EXDEV), held(kAll, "refer, remove_file, remove_dir", EACCES)}, {"rename-out", "rename-out-directory", "rename-in", "rename-over", "rename-exchange", "rename-parent"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, "remove_file", EACCES)}, {"rename-by-descriptor", "remove-by-descriptor"}},

      // --- metadata ---
      {{open(kWithModes, kModes), held(kAll, "[filesystem] metadata = deny", EPERM)},
       {"chmod", "utime", "utimes", "futimesat", "chmod-fchmodat", "chmod-fchmodat2", "chmod-empty-path", "chmod-proc-fd", "chmod-inherited", "chmod-directory", "chmod-symlink", "chmod-high-bits", "chmod-socket", "utimensat",
        "utimensat-now", "utimensat-inherited", "utimensat-empty-path", "utimensat-link"}},
      {{open(kWithModes, kCapabilities, kRoot), held(kAll, "[filesystem] metadata", EPERM)}, {"chown", "lchown", "chown-fchownat", "chown-inherited", "chown-empty-path", "chown-away"}},
      {{held(kAll, "[filesystem] metadata: attributes", EOPNOTSUPP)},
       {"setxattr", "setxattr-link", "setxattr-inherited", "setxattr-at", "setxattr-proc-fd", "setxattr-list", "removexattr", "removexattr-link", "removexattr-inherited", "removexattr-at", "file-capability"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, "[filesystem] metadata: flags", EPERM)}, {"flags-inherited", "flags-high-bits", "flags-32-bit", "flags-extended"}},
      {{held(kWorkspace, "[filesystem] metadata: flags", EPERM), held(kAll, "read_file", EACCES)}, {"flags-open"}},
      {{held(kAll, "[filesystem] metadata: flags", EPERM)}, {"flags-version", "flags-file-setattr", "flags-verity"}},
      {{held(kAll, "set-user-ID bits, always", EPERM)},
       {"set-id-chmod", "set-id-open", "set-id-creat", "set-id-mknod", "set-id-mkdir", "set-id-fchmod", "set-id-fchmodat", "set-id-fchmodat2", "set-id-group", "set-id-high-bits", "set-id-openat", "set-id-openat-high-bits",
        "set-id-mknodat", "set-id-tmpfile", "set-id-forbidden-file"}},

      // --- the network ---
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "connect_tcp", EACCES)},
       {"tcp-connect", "tcp-connect-6", "tcp-connect-mapped", "tcp-connect-protocol", "tcp-connect-nonblocking", "tcp-connect-high-bits", "tcp-connect-again", "tcp-delayed-fast-open"}},
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "[network] smc: upper layers", ENOPROTOOPT)}, {"tcp-connect-smc"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, "connect_tcp", EACCES)}, {"tcp-connect-inherited"}},
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "[network] connect_tcp: fast open", EOPNOTSUPP)},
       {"tcp-fast-open-sendto", "tcp-fast-open-sendmsg", "tcp-fast-open-sendmmsg", "tcp-fast-open-high-bits", "tcp-fast-open-nonblocking"}},
      {{held(kAll, "[network] connect_tcp: fast open", EOPNOTSUPP)}, {"tcp-fast-open-inherited"}},
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "[network]: Multipath TCP", EPROTONOSUPPORT)},
       {"mptcp-connect", "mptcp-connect-6", "mptcp-connect-high-bits", "mptcp-connect-flags", "mptcp-bind", "mptcp-listen"}},
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "[network]: io_uring", ENOSYS)}, {"tcp-connect-ring", "unix-ring"}},
      {{granted(kServer, "bind_tcp names the port"), held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "bind_tcp", EACCES)}, {"tcp-bind", "tcp-bind-6", "tcp-bind-unspec"}},
      {{granted(kServer, "bind_tcp names the port"), held(kEverything, kClosed, EBADF), held(kAll, "bind_tcp", EACCES)}, {"tcp-bind-inherited"}},
      {{held(kNoNetwork, "[network] access = none", EACCES), held(kAll, "bind_tcp", EACCES)}, {"tcp-bind-ephemeral"}},
      {{open(kPorts, kListening), held(kNoNetwork, "[network] access = none, listen = deny", EACCES)}, {"tcp-listen", "tcp-listen-6", "tcp-listen-inherited"}},
      {{held(kAll, "[network] udp = deny", EACCES)}, {"udp-send", "udp-send-6", "udp-connect", "udp-flags", "udp-high-bits", "udp-bind"}},
      {{held(kAll, kInternet, EACCES)},
       {"udplite-send", "icmp-datagram", "icmp-datagram-6", "sctp-stream", "sctp-seqpacket", "dccp", "smc-protocol", "l2tp", "raw-icmp", "raw-tcp", "raw-any", "raw-6", "raw-high-bits", "packet-raw", "packet-datagram", "packet-old", "vsock",
        "vsock-datagram", "vsock-seqpacket", "xdp", "alg", "key", "bluetooth", "can", "tipc", "smc", "rds", "kcm", "qipcrtr", "nfc", "phonet", "ieee802154", "rxrpc", "pppox", "x25", "ax25", "appletalk", "mctp", "netlink-generic",
        "netlink-audit", "netlink-netfilter", "netlink-xfrm", "netlink-diag", "netlink-events", "netlink-connector", "netlink-crypto", "netlink-scsi", "netlink-fib", "netlink-selinux", "netlink-datagram", "netlink-high-bits"}},
      {{granted(kPorts, "netlink route queries come with [network]"), held(kAll, "[network] access = none", EACCES)}, {"netlink-route"}},
      {{held(kPorts, kDropped, EPERM), held(kAll, "[network] access = none", EACCES)}, {"route-change", "interface-flags"}},
      {{held(kNoNetwork, "[network] unix = deny", EACCES), since(9, kPorts, "resolve_unix", EACCES), open(kPorts, kUnixOnDisk)},
       {"unix-stream", "unix-stream-flags", "unix-stream-high-bits", "unix-stream-protocol", "unix-seqpacket", "unix-datagram-connect", "unix-datagram-send", "unix-datagram-sendmsg", "unix-datagram-sendmmsg", "unix-raw-type", "unix-symlink",
        "unix-relative", "unix-proc-directory", "unix-proc-socket", "unix-pair-connect", "unix-pair-send", "unix-pair-sendmsg", "unix-pair-sendmmsg", "unix-pair-raw-type", "unix-pair-flags", "unix-pair-high-bits"}},
      {{held(kNoNetwork, "[network] unix = deny", EACCES), held(kAll, "[ipc] abstract_unix", EPERM)}, {"unix-abstract", "unix-abstract-datagram", "unix-abstract-datagram-connect", "unix-abstract-pair", "unix-abstract-bound"}},
      {{held(kEverything, kClosed, EBADF), held(kAll, "[ipc] abstract_unix", EPERM)}, {"unix-abstract-inherited"}},

      // --- processes ---
      {{held(kAll, "[ipc] signals", EPERM)},
       {"signal-kill", "signal-probe", "signal-group", "signal-high-bits", "signal-parent", "signal-continue", "signal-tkill", "signal-tgkill", "signal-queue", "signal-queue-thread", "signal-pidfd", "signal-pidfd-group"}},
      {{held(kWorkspace, "[ipc] signals", EPERM), held(kAll, "read_dir", EACCES)}, {"signal-pidfd-proc"}},
      {{held(kAll, "[ipc] signals, in silence", 0)}, {"signal-owner", "signal-owner-group", "signal-owner-thread", "signal-owner-ioctl", "signal-own-group", "signal-everybody"}},
      {{held(kAll, "Landlock's question before ptrace(2)", EACCES)},
       {"read-process-root", "read-process-cwd", "read-process-fd", "write-process-root", "write-process-fd", "memory-proc-read", "process-environ", "process-maps", "process-auxv", "process-smaps", "process-exe", "process-readlink",
        "process-stack", "pidfd-namespace", "setns-proc"}},
      {{held(kAll, "Landlock's question before ptrace(2)", EPERM)},
       {"ptrace-attach", "ptrace-seize", "memory-read", "memory-write", "pidfd-getfd", "compare", "robust-list", "move-pages", "migrate-pages", "core-scheduling"}},
      {{held(kStrict, "[syscalls] profile = strict", EPERM), held(kAll, "Landlock's question before ptrace(2)", EACCES)}, {"advise"}},
      {{held(kAll, "[syscalls] profile: namespaces", EPERM)}, {"setns-pidfd"}},
      {{held(kAll, "[syscalls] profile: tracing", EPERM)}, {"perf-outside", "perf", "perf-processor", "bpf-map", "bpf-next", "userfaultfd", "userfaultfd-user", "fanotify", "fanotify-content"}},
      {{held(kAll, "limits of others, always", EPERM)}, {"limit-kill", "limit-files", "limit-high-bits"}},
      {{held(kEverything, "[ipc] scheduling = deny", EPERM), open(kAll, kProcesses)}, {"limit-read"}},
      {{open(kAll, kProcesses)}, {"see-affinity", "see-priority", "see-session", "see-process"}},
      {{held(kEverything, "[ipc] scheduling = deny", EPERM), held(kAll, kDropped, EPERM, kRoot), open(kAll, kPriorities)},
       {"priority", "priority-group", "priority-user", "priority-own-user", "priority-own-group", "io-priority", "io-priority-own-user", "io-priority-own-group", "affinity", "affinity-high-bits", "scheduler", "scheduler-parameters", "scheduler-attributes"}},
      {{held(kAll, kDropped, EPERM)}, {"raise-limit", "realtime"}},
      {{held(kAll, kDropped, EACCES)}, {"raise-priority", "undo-capabilities-exec"}},
      {{held(kEverything, kDropped, EPERM), open(kAll, kCapabilities)}, {"change-user", "change-group", "change-groups"}},

      // --- what processes share ---
      {{held(kAll, "[ipc] sysv", EACCES)},
       {"shared-memory", "shared-memory-by-number", "shared-memory-remove", "shared-memory-new", "semaphore", "semaphore-timed", "semaphore-set", "semaphore-find", "queue-send", "queue-receive", "queue-find", "queue-remove",
        "map-twice-system-v"}},
      {{held(kAll, "[ipc] mqueue", EACCES)}, {"mqueue-send", "mqueue-receive", "mqueue-create", "mqueue-unlink"}},
      {{held(kAll, "[ipc] keyring", EPERM)}, {"key-add", "key-read", "key-update", "key-unlink", "key-request", "key-session", "key-persistent"}},
      {{held(kAll, "[syscalls] profile: terminal", EPERM)},
       {"terminal-inject", "terminal-inject-high-bits", "terminal-inject-sign", "terminal-console-select", "terminal-console-take", "terminal-discipline", "terminal-discipline-same"}},
      {{held(kWorkspace, "[syscalls] profile: terminal", EPERM), held(kAll, "write_file", EACCES)}, {"terminal-inject-opened"}},
      {{held(kAll, kDropped, EPERM)}, {"terminal-hang-up"}},
      {{held(kAll, "[syscalls] profile: boot", EPERM)}, {"terminal-hang-up-call"}},
      {{open(kEverything, kKeptDescriptors), open(kAll, kDescriptors)}, {"terminal-write", "terminal-modes", "terminal-size"}},
      {{open(kWorkspace, kTerminals), held(kAll, "read_file, write_file", EACCES)}, {"terminal-other-write", "terminal-other-read", "terminal-other-size"}},

      // --- code ---
      {{granted(kWorkspace, kReadsAll), held(kAll, "execute", EACCES)}, {"exec", "exec-relative", "exec-symlink", "exec-descriptor", "exec-proc-fd", "exec-interpreter"}},
      {{granted(kWorkspace | kStrict, "read_write_exec of the directory"), held(kAll, "execute", EACCES)}, {"exec-readable", "exec-readable-script"}},
      {{granted(kWorkspace | kStrict, "read_write_exec of the directory"), held(kReadOnly, "make_reg", EACCES), held(kAll, "execute", EACCES)}, {"exec-written"}},
      {{open(kAll, kReadable)}, {"exec-loader", "exec-shell", "map-code"}},
      {{held(kEverything, "[process] memfd = deny", EACCES), open(kAll, kMemoryFiles)}, {"exec-memory", "exec-memory-proc", "map-twice-memory"}},
      {{held(kEverything, "[process] memfd = deny", EACCES), held(kStrict, "[syscalls] profile = strict", EPERM), granted(kAll, "memory of one's own")}, {"secret-memory"}},
      {{held(kEverything, "[process] write_execute = deny", EACCES), open(kAll, kWritableCode)}, {"map-write-execute", "map-write-execute-high-bits", "protect-execute", "protect-execute-key"}},
      {{held(kReadOnly, "write_file", EACCES), open(kEverything, kWrittenCode), open(kAll, kWritableCode)}, {"map-twice-file"}},
      {{held(kStrict, "[syscalls] profile = strict", EPERM), open(kEverything, kWrittenCode), open(kAll, kWritableCode)}, {"write-code-traced"}},
      {{held(kAll, "[syscalls] profile: personality", EPERM)}, {"protect-implied", "personality", "personality-zero", "personality-high-bits"}},
      {{held(kAll, "a foreign call table", 1000 + SIGSYS)}, {"call-table-32", "call-table-x32", "call-table-x32-open"}},

      // --- the kernel ---
      {{held(kAll, "[syscalls] profile: namespaces", EPERM)},
       {"read-own-mounts", "read-user-namespace", "read-user-namespace-chroot", "read-pivot", "tcp-connect-namespace", "namespace-user", "namespace-mount", "namespace-network", "namespace-ipc", "namespace-uts", "namespace-pid",
        "namespace-cgroup", "namespace-time", "namespace-clone", "namespace-clone-high-bits", "namespace-all", "namespace-host-name", "undo-filter-call", "undo-filter-threads", "undo-filter-listener", "undo-seccomp-mode"}},
      {{held(kAll, "[syscalls] profile: namespaces", ENOSYS)}, {"namespace-clone3"}},
      {{held(kAll, "[syscalls] profile: clocks", EPERM)}, {"clock-set", "clock-set-day", "clock-adjust", "clock-adjust-old", "clock-read"}},
      {{held(kAll, "[syscalls] profile: boot", EPERM)},
       {"host-name", "domain-name", "swap-on", "accounting", "accounting-file", "quota", "quota-descriptor", "kernel-log", "kernel-log-read", "reboot", "kexec", "kexec-file"}},
      {{held(kAll, "[syscalls] profile: modules", EPERM)}, {"module-load", "module-load-file", "module-unload"}},
      {{held(kAll, "[syscalls] profile: machine", EPERM)}, {"descriptor-table", "descriptor-table-read", "port-level", "port-permission"}},
      {{held(kStrict, "[syscalls] profile = strict", EPERM), held(kAll, "[syscalls] profile: obsolete", ENOSYS)}, {"old-ustat", "old-sysfs", "old-uselib"}},

      // --- undoing ---
      {{granted(kWorkspace, kReadsAll), held(kAll, "read_file, as before", EACCES)},
       {"undo-domain", "undo-domains", "undo-domain-child", "undo-filter", "undo-no-new-privileges", "undo-dumpable", "undo-identity", "undo-identity-forged", "undo-landshim", "undo-environment", "undo-environment-empty",
        "undo-environment-names", "undo-preload", "undo-loader", "undo-exec", "undo-child", "undo-child-vfork", "undo-child-orphan", "undo-sibling", "undo-thread", "undo-thread-raw", "undo-signal-handler", "undo-session", "undo-user",
        "undo-capabilities", "undo-traced-sibling"}},
  };
  return all;
}

constexpr Refused kRefused[] = {
    {"thread-affinity", kEverything, kAnyUser, "[ipc] scheduling = allow", EPERM},
    {"trace-child", kStrict, kAnyUser, "ptrace = allow beside profile = strict", EPERM},
    {"child-memory", kStrict, kAnyUser, "ptrace = allow beside profile = strict", EPERM},
    {"gdb", kStrict, kAnyUser, "ptrace = allow beside profile = strict", kWrongUse},
    {"strace", kStrict, kAnyUser, "ptrace = allow beside profile = strict", kWrongUse},
    {"asynchronous-io", kStrict, kAnyUser, "@aio = allow beside profile = strict", EPERM},
    {"file-in-memory", kEverything, kAnyUser, "[process] memfd = allow", EACCES},
    {"compiled-code", kEverything, kAnyUser, "[process] write_execute = allow", EACCES},
    {"compiled-code-later", kEverything, kAnyUser, "[process] write_execute = allow", EACCES},
    {"socket-pair-datagrams", kNoNetwork, kAnyUser, "[network] unix", EACCES},
    {"unix-server", kAll & ~kServer, kAnyUser, "[network] unix, and write", EACCES},
    {"unix-server-packets", kAll & ~kServer, kAnyUser, "[network] unix, and write", EACCES},
    {"unix-server-datagrams", kAll & ~kServer, kAnyUser, "[network] unix, and write", EACCES},
    {"unix-server-abstract", kNoNetwork, kAnyUser, "[network] unix", EACCES},
    {"tcp-client", kAll & ~kClient, kAnyUser, "[network] connect_tcp", EACCES},
    {"tcp-client-options", kAll & ~kClient, kAnyUser, "[network] connect_tcp", EACCES},
    {"tcp-server", kAll & ~kServer, kAnyUser, "[network] bind_tcp", EACCES},
    {"interfaces", kNoNetwork, kAnyUser, "[network] access = rules", EACCES},
    {"udp", kAll, kAnyUser, "[network] udp = allow", EACCES},
    {"posix-shared-memory", kEverything, kAnyUser, "read_write = /dev/shm", EROFS},
    {"posix-shared-memory", kButWorkspace, kAnyUser, "read_write = /dev/shm", EACCES},
    {"shell-script", kAll & ~(kWorkspace | kStrict), kAnyUser, "read_exec of the script", EACCES},
    {"change-mode", kReadOnly | kEverything, kAnyUser, "[filesystem] metadata = modes", EPERM},
    {"change-times", kReadOnly | kEverything, kAnyUser, "[filesystem] metadata = modes", EPERM},
};

// They write: nothing where nothing is writable.
constexpr const char* kWriters[] = {"write-file", "append-file", "truncate-file", "temporary-file", "replace-file", "hard-link", "symbolic-link", "named-pipe", "copy-file",
                                    "lock-record", "lock-open-file", "synchronize", "map-shared", "rename-file", "remove-file"};
constexpr Refused kNothingWritable{"", kReadOnly, kAnyUser, "write", EACCES};

}  // namespace

const Expected* expected(const std::string& attempt, Under under, Users user) {
  for (const Group& group : groups())
    for (const char* name : group.attempts) {
      if (attempt != name) continue;
      for (const Expected& one : group.becomes)
        if ((one.under & under) != 0 && (one.users & user) != 0 && tests::kernel_abi() >= one.from_abi) return &one;
    }
  return nullptr;
}

const Refused* refused(const std::string& thing, Under under, Users user) {
  for (const Refused& one : kRefused)
    if (thing == one.thing && (one.under & under) != 0 && (one.users & user) != 0) return &one;
  for (const char* writer : kWriters)
    if (thing == writer && (kNothingWritable.under & under) != 0) return &kNothingWritable;
  return nullptr;
}

std::vector<std::string> named_in_tables() {
  std::vector<std::string> out;
  for (const Group& group : groups())
    for (const char* name : group.attempts) out.emplace_back(name);
  for (const Refused& one : kRefused) out.emplace_back(one.thing);
  for (const char* writer : kWriters) out.emplace_back(writer);
  return out;
}

}  // namespace landshim::escape
