// SPDX-License-Identifier: MIT
// A row closes a call that ordinary programs can do without, or that would undo what a section of the policy says.
// The table has no pointers, so that the host process relocates nothing for it.
#include "shim/closures.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cerrno>
#include <iterator>

#include "config/syscall_table.h"

namespace landshim {

namespace {

constexpr std::uint32_t kMsgFastOpen = 0x20000000;  // tcp(7)
constexpr std::uint32_t kSetIds = S_ISUID | S_ISGID;
// O_TMPFILE is this bit with O_DIRECTORY; either way a mode is read. open(2).
constexpr std::uint32_t kCreating = O_CREAT | 020000000;
// clone(2): CLONE_NEWCGROUP is younger than some headers. The flags are the first argument but on s390 and cris.
constexpr std::uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x02000000;
constexpr std::uint32_t kCloneNewTime = 0x80;
constexpr std::uint8_t kCloneFlags = 0;
// PER_LINUX32, UNAME26, ADDR_NO_RANDOMIZE: <linux/personality.h>.
constexpr std::uint32_t kPersonalities = 0x0008 | 0x0020000 | 0x0040000;

constexpr std::uint32_t kReadImpliesExec = 0x0400000;
constexpr std::uint32_t kNoexecSeal = 0x0008;  // <linux/memfd.h>
constexpr std::uint32_t kWriteAndExecute = PROT_WRITE | PROT_EXEC;

constexpr Test bits(std::uint8_t arg, std::uint32_t mask) { return {arg, Compare::kAnyBit, true, 0, mask}; }
constexpr Test equal(std::uint8_t arg, std::uint32_t value) { return {arg, Compare::kEqual, true, value, 0}; }
constexpr Test not_equal(std::uint8_t arg, std::uint32_t value) { return {arg, Compare::kNotEqual, true, value, 0}; }
constexpr Test masked(std::uint8_t arg, std::uint32_t mask, std::uint32_t value) { return {arg, Compare::kMaskedEqual, true, value, mask}; }

constexpr ClosureRow kRows[] = {
    // TCP Fast Open sends data without connect(2): past Landlock's connect_tcp. Flags: tcp(7).
    {"sendto", Closure::kFastOpen, EOPNOTSUPP, 1, {bits(3, kMsgFastOpen)}},
    {"sendmsg", Closure::kFastOpen, EOPNOTSUPP, 1, {bits(2, kMsgFastOpen)}},
    {"sendmmsg", Closure::kFastOpen, EOPNOTSUPP, 1, {bits(3, kMsgFastOpen)}},
    // TCP_ULP can turn a TCP socket into one of SMC, which Landlock does not look at. The name is behind a pointer.
    {"setsockopt", Closure::kUpperLayers, ENOPROTOOPT, 2, {equal(1, 6), equal(2, 31)}},
    // io_uring does what the filter forbids to calls. enter as well: a ring may be inherited.
    {"io_uring_setup", Closure::kIoUringNetwork, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kIoUringNetwork, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kIoUringNetwork, ENOSYS, 0, {}},
    {"io_uring_setup", Closure::kIoUringUnix, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kIoUringUnix, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kIoUringUnix, ENOSYS, 0, {}},
    {"io_uring_setup", Closure::kIoUringMetadata, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kIoUringMetadata, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kIoUringMetadata, ENOSYS, 0, {}},
    {"io_uring_setup", Closure::kIoUring, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kIoUring, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kIoUring, ENOSYS, 0, {}},
    {"listen", Closure::kListen, EACCES, 0, {}},
    {"io_uring_setup", Closure::kListen, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kListen, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kListen, ENOSYS, 0, {}},
    {"shmget", Closure::kSysv, EACCES, 0, {}},
    {"shmat", Closure::kSysv, EACCES, 0, {}},
    {"shmdt", Closure::kSysv, EACCES, 0, {}},
    {"shmctl", Closure::kSysv, EACCES, 0, {}},
    {"semget", Closure::kSysv, EACCES, 0, {}},
    {"semop", Closure::kSysv, EACCES, 0, {}},
    {"semtimedop", Closure::kSysv, EACCES, 0, {}},
    {"semtimedop_time64", Closure::kSysv, EACCES, 0, {}},
    {"semctl", Closure::kSysv, EACCES, 0, {}},
    {"msgget", Closure::kSysv, EACCES, 0, {}},
    {"msgsnd", Closure::kSysv, EACCES, 0, {}},
    {"msgrcv", Closure::kSysv, EACCES, 0, {}},
    {"msgctl", Closure::kSysv, EACCES, 0, {}},
    {"ipc", Closure::kSysv, EACCES, 0, {}},
    {"mq_open", Closure::kMqueue, EACCES, 0, {}},
    {"mq_unlink", Closure::kMqueue, EACCES, 0, {}},
    // On a mounted mqueue open(2) gives such a descriptor as well.
    {"mq_timedsend", Closure::kMqueue, EACCES, 0, {}},
    {"mq_timedsend_time64", Closure::kMqueue, EACCES, 0, {}},
    {"mq_timedreceive", Closure::kMqueue, EACCES, 0, {}},
    {"mq_timedreceive_time64", Closure::kMqueue, EACCES, 0, {}},
    {"mq_notify", Closure::kMqueue, EACCES, 0, {}},
    {"mq_getsetattr", Closure::kMqueue, EACCES, 0, {}},
    {"add_key", Closure::kKeyring, EPERM, 0, {}},
    {"request_key", Closure::kKeyring, EPERM, 0, {}},
    {"keyctl", Closure::kKeyring, EPERM, 0, {}},
    // <linux/fscrypt.h>: ADD and REMOVE_ENCRYPTION_KEY, whose keys are those of a file system and of all who use it.
    {"ioctl", Closure::kKeyring, EPERM, 1, {equal(1, 0xc0506617)}},
    {"ioctl", Closure::kKeyring, EPERM, 1, {equal(1, 0xc0406618)}},
    // A thread id is a number as well: only 0, oneself, is left.
    {"sched_setaffinity", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    {"sched_setscheduler", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    {"sched_setparam", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    {"sched_setattr", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    {"setpriority", Closure::kScheduling, EPERM, 1, {not_equal(1, 0)}},
    {"ioprio_set", Closure::kScheduling, EPERM, 1, {not_equal(1, 0)}},
    // Of a group or a user, 0 means all that are in the caller's: PRIO_PROCESS and IOPRIO_WHO_PROCESS alone mean oneself.
    {"setpriority", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    {"ioprio_set", Closure::kScheduling, EPERM, 1, {not_equal(0, 1)}},
    {"prlimit64", Closure::kScheduling, EPERM, 1, {not_equal(0, 0)}},
    // Setting a limit of another process kills it as surely as a signal. Reading limits stays: no new limit, a null pointer.
    {"prlimit64", Closure::kLimitsOfOthers, EPERM, 2, {not_equal(0, 0), {2, Compare::kNotEqual, false, 0, 0}}},
    // Landlock has no right for metadata and seccomp sees no paths: closed for every file.
    {"chmod", Closure::kModesAndTimes, EPERM, 0, {}},
    {"fchmod", Closure::kModesAndTimes, EPERM, 0, {}},
    {"fchmodat", Closure::kModesAndTimes, EPERM, 0, {}},
    {"fchmodat2", Closure::kModesAndTimes, EPERM, 0, {}},
    {"utime", Closure::kModesAndTimes, EPERM, 0, {}},
    {"utimes", Closure::kModesAndTimes, EPERM, 0, {}},
    {"futimesat", Closure::kModesAndTimes, EPERM, 0, {}},
    {"utimensat", Closure::kModesAndTimes, EPERM, 0, {}},
    {"utimensat_time64", Closure::kModesAndTimes, EPERM, 0, {}},
    {"chown", Closure::kOwner, EPERM, 0, {}},
    {"lchown", Closure::kOwner, EPERM, 0, {}},
    {"fchown", Closure::kOwner, EPERM, 0, {}},
    {"fchownat", Closure::kOwner, EPERM, 0, {}},
    {"chown32", Closure::kOwner, EPERM, 0, {}},
    {"lchown32", Closure::kOwner, EPERM, 0, {}},
    {"fchown32", Closure::kOwner, EPERM, 0, {}},
    // cp, install and sed copy access control lists where they can, and go on with chmod only after this answer: setxattr(2).
    {"setxattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"lsetxattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"fsetxattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"setxattrat", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"removexattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"lremovexattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"fremovexattr", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"removexattrat", Closure::kAttributes, EOPNOTSUPP, 0, {}},
    {"file_setattr", Closure::kAttributes, EPERM, 0, {}},
    // <linux/fs.h>, both word sizes: SETFLAGS, FSSETXATTR, SETVERSION, ENABLE_VERITY, SETFSLABEL, SET_ENCRYPTION_POLICY.
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40086602)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40046602)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x401c5820)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40087602)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40047602)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40806685)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x41009432)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x800c6613)}},
    // Of single file systems: EXT4_IOC_SETVERSION, FAT_IOCTL_SET_ATTRIBUTES, BTRFS_IOC_SUBVOL_SETFLAGS,
    // BTRFS_IOC_SET_RECEIVED_SUBVOL, BCHFS_IOC_REINHERIT_ATTRS.
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40086604)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40046604)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x40047211)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0x4008941a)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0xc0c89425)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {equal(1, 0xc0c09425)}},
    {"ioctl", Closure::kAttributes, EPERM, 1, {masked(1, 0xffff, 0xbc40)}},
    // Directories made, copied and removed, with all that is in them, on a descriptor for reading: Landlock has no hook
    // there. <linux/btrfs.h>: SUBVOL_CREATE, SNAP_CREATE, SNAP_DESTROY and their V2; bcachefs; OCFS2_IOC_REFLINK. The
    // answer is that of other file systems: programs go on with plain directories.
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x5000940e)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x50009418)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x50009401)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x50009417)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x5000940f)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x5000943f)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {equal(1, 0x40186f04)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {masked(1, 0xffff, 0xbc10)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {masked(1, 0xffff, 0xbc11)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {masked(1, 0xffff, 0xbc1d)}},
    {"ioctl", Closure::kSubvolumes, ENOTTY, 1, {masked(1, 0xffff, 0xbc1e)}},
    // A set-user-ID file lends its owner's rights to whoever starts it outside. openat2 hides its mode behind a pointer.
    {"chmod", Closure::kSetId, EPERM, 1, {bits(1, kSetIds)}},
    {"fchmod", Closure::kSetId, EPERM, 1, {bits(1, kSetIds)}},
    {"creat", Closure::kSetId, EPERM, 1, {bits(1, kSetIds)}},
    {"mkdir", Closure::kSetId, EPERM, 1, {bits(1, kSetIds)}},
    {"mknod", Closure::kSetId, EPERM, 1, {bits(1, kSetIds)}},
    {"fchmodat", Closure::kSetId, EPERM, 1, {bits(2, kSetIds)}},
    {"fchmodat2", Closure::kSetId, EPERM, 1, {bits(2, kSetIds)}},
    {"mkdirat", Closure::kSetId, EPERM, 1, {bits(2, kSetIds)}},
    {"mknodat", Closure::kSetId, EPERM, 1, {bits(2, kSetIds)}},
    {"open", Closure::kSetId, EPERM, 2, {bits(1, kCreating), bits(2, kSetIds)}},
    {"openat", Closure::kSetId, EPERM, 2, {bits(2, kCreating), bits(3, kSetIds)}},
    {"openat2", Closure::kSetId, ENOSYS, 0, {}},
    // Stands in for TRUNCATE below Landlock ABI 3. Access mode 3 asks for no right and truncates as well: open(2).
    {"truncate", Closure::kTruncation, EACCES, 0, {}},
    {"truncate64", Closure::kTruncation, EACCES, 0, {}},
    {"open", Closure::kTruncation, EACCES, 1, {masked(1, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY)}},
    {"open", Closure::kTruncation, EACCES, 1, {masked(1, O_TRUNC | O_ACCMODE, O_TRUNC | O_ACCMODE)}},
    {"openat", Closure::kTruncation, EACCES, 1, {masked(2, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY)}},
    {"openat", Closure::kTruncation, EACCES, 1, {masked(2, O_TRUNC | O_ACCMODE, O_TRUNC | O_ACCMODE)}},
    {"open_by_handle_at", Closure::kTruncation, EACCES, 1, {masked(2, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY)}},
    {"open_by_handle_at", Closure::kTruncation, EACCES, 1, {masked(2, O_TRUNC | O_ACCMODE, O_TRUNC | O_ACCMODE)}},
    {"openat2", Closure::kTruncation, ENOSYS, 0, {}},
    {"io_uring_setup", Closure::kTruncation, ENOSYS, 0, {}},
    {"io_uring_enter", Closure::kTruncation, ENOSYS, 0, {}},
    {"io_uring_register", Closure::kTruncation, ENOSYS, 0, {}},
    {"memfd_create", Closure::kMemfd, EACCES, 0, {}},
    {"memfd_secret", Closure::kMemfd, EACCES, 0, {}},
    // MFD_NOEXEC_SEAL, Linux 6.3: such a file can never be executed.
    {"memfd_create", Closure::kMemfdExec, EACCES, 1, {masked(1, kNoexecSeal, 0)}},
    // Made so at once, or made executable later. READ_IMPLIES_EXEC would do the latter to every mapping.
    {"mmap", Closure::kWriteExecute, EACCES, 1, {masked(2, kWriteAndExecute, kWriteAndExecute)}},
    {"mmap2", Closure::kWriteExecute, EACCES, 1, {masked(2, kWriteAndExecute, kWriteAndExecute)}},
    {"mprotect", Closure::kWriteExecute, EACCES, 1, {bits(2, PROT_EXEC)}},
    {"pkey_mprotect", Closure::kWriteExecute, EACCES, 1, {bits(2, PROT_EXEC)}},
    {"shmat", Closure::kWriteExecute, EACCES, 1, {bits(2, SHM_EXEC)}},
    {"personality", Closure::kWriteExecute, EPERM, 2, {bits(0, kReadImpliesExec), not_equal(0, 0xffffffff)}},
    {"execve", Closure::kExecve, EACCES, 0, {}},
    {"execveat", Closure::kExecve, EACCES, 0, {}},
    {"init_module", Closure::kModules, EPERM, 0, {}},
    {"finit_module", Closure::kModules, EPERM, 0, {}},
    {"delete_module", Closure::kModules, EPERM, 0, {}},
    {"create_module", Closure::kModules, EPERM, 0, {}},
    {"get_kernel_syms", Closure::kModules, EPERM, 0, {}},
    {"query_module", Closure::kModules, EPERM, 0, {}},
    {"kexec_load", Closure::kBoot, EPERM, 0, {}},
    {"kexec_file_load", Closure::kBoot, EPERM, 0, {}},
    {"reboot", Closure::kBoot, EPERM, 0, {}},
    {"swapon", Closure::kBoot, EPERM, 0, {}},
    {"swapoff", Closure::kBoot, EPERM, 0, {}},
    {"acct", Closure::kBoot, EPERM, 0, {}},
    {"quotactl", Closure::kBoot, EPERM, 0, {}},
    {"quotactl_fd", Closure::kBoot, EPERM, 0, {}},
    {"syslog", Closure::kBoot, EPERM, 0, {}},
    {"sethostname", Closure::kBoot, EPERM, 0, {}},
    {"setdomainname", Closure::kBoot, EPERM, 0, {}},
    {"vhangup", Closure::kBoot, EPERM, 0, {}},
    {"settimeofday", Closure::kClocks, EPERM, 0, {}},
    {"clock_settime", Closure::kClocks, EPERM, 0, {}},
    {"clock_settime64", Closure::kClocks, EPERM, 0, {}},
    {"clock_adjtime", Closure::kClocks, EPERM, 0, {}},
    {"clock_adjtime64", Closure::kClocks, EPERM, 0, {}},
    {"adjtimex", Closure::kClocks, EPERM, 0, {}},
    {"stime", Closure::kClocks, EPERM, 0, {}},
    {"mount", Closure::kMounts, EPERM, 0, {}},
    {"umount", Closure::kMounts, EPERM, 0, {}},
    {"umount2", Closure::kMounts, EPERM, 0, {}},
    {"pivot_root", Closure::kMounts, EPERM, 0, {}},
    {"chroot", Closure::kMounts, EPERM, 0, {}},
    {"fsopen", Closure::kMounts, ENOSYS, 0, {}},
    {"fsconfig", Closure::kMounts, ENOSYS, 0, {}},
    {"fsmount", Closure::kMounts, ENOSYS, 0, {}},
    {"fspick", Closure::kMounts, ENOSYS, 0, {}},
    {"move_mount", Closure::kMounts, ENOSYS, 0, {}},
    {"open_tree", Closure::kMounts, ENOSYS, 0, {}},
    {"open_tree_attr", Closure::kMounts, ENOSYS, 0, {}},
    {"mount_setattr", Closure::kMounts, ENOSYS, 0, {}},
    // clone3 hides its flags behind a pointer; the C library falls back to clone. CLONE_NEWTIME is a signal number there.
    {"clone3", Closure::kNamespaces, ENOSYS, 0, {}},
    {"clone", Closure::kNamespaces, EPERM, 1, {bits(kCloneFlags, kNewNamespaces)}},
    {"unshare", Closure::kNamespaces, EPERM, 1, {bits(0, kNewNamespaces | kCloneNewTime)}},
    {"setns", Closure::kNamespaces, EPERM, 0, {}},
    {"bpf", Closure::kTracing, EPERM, 0, {}},
    {"perf_event_open", Closure::kTracing, EPERM, 0, {}},
    {"userfaultfd", Closure::kTracing, EPERM, 0, {}},
    {"fanotify_init", Closure::kTracing, EPERM, 0, {}},
    {"fanotify_mark", Closure::kTracing, EPERM, 0, {}},
    // <asm-generic/ioctls.h>. The kernel compares 32 bits: TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD.
    {"ioctl", Closure::kTerminal, EPERM, 1, {equal(1, 0x5412)}},
    {"ioctl", Closure::kTerminal, EPERM, 1, {equal(1, 0x541c)}},
    {"ioctl", Closure::kTerminal, EPERM, 1, {equal(1, 0x541d)}},
    {"ioctl", Closure::kTerminal, EPERM, 1, {equal(1, 0x5423)}},
    {"name_to_handle_at", Closure::kHandles, EPERM, 0, {}},
    {"open_by_handle_at", Closure::kHandles, EPERM, 0, {}},
    // Left: asking, and what turns randomisation of addresses off for oneself, as debuggers do. personality(2).
    {"personality", Closure::kPersonality, EPERM, 2, {{0, Compare::kAnyBit, true, 0, ~kPersonalities}, not_equal(0, 0xffffffff)}},
    {"ioperm", Closure::kMachine, EPERM, 0, {}},
    {"iopl", Closure::kMachine, EPERM, 0, {}},
    {"modify_ldt", Closure::kMachine, EPERM, 0, {}},
    {"vm86", Closure::kMachine, EPERM, 0, {}},
    {"vm86old", Closure::kMachine, EPERM, 0, {}},
    {"pciconfig_iobase", Closure::kMachine, EPERM, 0, {}},
    {"pciconfig_read", Closure::kMachine, EPERM, 0, {}},
    {"pciconfig_write", Closure::kMachine, EPERM, 0, {}},
    {"_sysctl", Closure::kObsolete, ENOSYS, 0, {}},
    {"afs_syscall", Closure::kObsolete, ENOSYS, 0, {}},
    {"bdflush", Closure::kObsolete, ENOSYS, 0, {}},
    {"break", Closure::kObsolete, ENOSYS, 0, {}},
    {"ftime", Closure::kObsolete, ENOSYS, 0, {}},
    {"getpmsg", Closure::kObsolete, ENOSYS, 0, {}},
    {"gtty", Closure::kObsolete, ENOSYS, 0, {}},
    {"idle", Closure::kObsolete, ENOSYS, 0, {}},
    {"lock", Closure::kObsolete, ENOSYS, 0, {}},
    {"lookup_dcookie", Closure::kObsolete, ENOSYS, 0, {}},
    {"mpx", Closure::kObsolete, ENOSYS, 0, {}},
    {"nfsservctl", Closure::kObsolete, ENOSYS, 0, {}},
    {"prof", Closure::kObsolete, ENOSYS, 0, {}},
    {"profil", Closure::kObsolete, ENOSYS, 0, {}},
    {"putpmsg", Closure::kObsolete, ENOSYS, 0, {}},
    {"security", Closure::kObsolete, ENOSYS, 0, {}},
    {"sgetmask", Closure::kObsolete, ENOSYS, 0, {}},
    {"ssetmask", Closure::kObsolete, ENOSYS, 0, {}},
    {"stty", Closure::kObsolete, ENOSYS, 0, {}},
    {"sysfs", Closure::kObsolete, ENOSYS, 0, {}},
    {"tuxcall", Closure::kObsolete, ENOSYS, 0, {}},
    {"ulimit", Closure::kObsolete, ENOSYS, 0, {}},
    {"uselib", Closure::kObsolete, ENOSYS, 0, {}},
    {"ustat", Closure::kObsolete, ENOSYS, 0, {}},
    {"vserver", Closure::kObsolete, ENOSYS, 0, {}},
};

constexpr SyscallPlaces<&ClosureRow::call, ClosureRow, std::size(kRows)> kPlaces(kRows);

constexpr ClosureWords kWords[] = {
    {"[network] connect_tcp", "TCP Fast Open, which reaches a port without connecting"},
    {"[network] smc = deny", "upper layers of TCP sockets (TCP_ULP), of which SMC is one"},
    {"[network] access", "io_uring, which sees no filter"},
    {"[network] unix = deny", "io_uring, which sees no filter"},
    {"[network] listen = deny", "listening sockets"},
    {"[ipc] sysv = deny", "System V shared memory, semaphores and queues"},
    {"[ipc] mqueue = deny", "POSIX message queues"},
    {"[ipc] keyring = deny", "the kernel's key rings, and the keys of encrypted file systems"},
    {"[ipc] scheduling = deny", "priority, affinity and limits of processes named by number"},
    {"always", "setting the limits of another process, which can kill it"},
    {"[filesystem] metadata = deny", "changing modes and times of files"},
    {"[filesystem] metadata", "changing the owner of files"},
    {"[filesystem] metadata", "changing extended attributes and flags of files"},
    {"[filesystem] metadata", "io_uring, which sees no filter"},
    {"[filesystem]", "making and removing subvolumes (btrfs, bcachefs, ocfs2)"},
    {"always", "set-user-ID and set-group-ID bits in any mode; openat2"},
    {"[filesystem], for Landlock's TRUNCATE", "truncating files that may only be read, and truncate() anywhere"},
    {"[process] memfd = deny", "files in memory (memfd_create, memfd_secret)"},
    {"[process] memfd = noexec", "files in memory that could be executed"},
    {"[process] write_execute = deny", "memory that is writable and executable, or made executable later"},
    {"[process] execve = deny", "starting any program"},
    {"[syscalls] profile = default", "kernel modules"},
    {"[syscalls] profile = default", "kexec, reboot, swap, accounting, quota, the kernel log, host names"},
    {"[syscalls] profile = default", "setting clocks"},
    {"[syscalls] profile = default", "mounts and chroot"},
    {"[syscalls] profile = default", "new namespaces; clone3"},
    {"[syscalls] profile = default", "bpf, perf, userfaultfd, fanotify"},
    {"[syscalls] profile = default", "io_uring"},
    {"[syscalls] profile = default", "terminal injection (TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD)"},
    {"[syscalls] profile = default", "file handles"},
    {"[syscalls] profile = default", "personalities that weaken memory protection"},
    {"[syscalls] profile = default", "I/O ports, LDT, vm86"},
    {"[syscalls] profile = default", "calls that nothing has used for decades"},
};
static_assert(sizeof kWords / sizeof kWords[0] == kClosures);

}  // namespace

std::span<const ClosureRow> closure_rows() { return kRows; }

std::size_t place(const ClosureRow& row) { return kPlaces.places[&row - kRows]; }

const ClosureWords& words(Closure closure) { return kWords[static_cast<std::size_t>(closure)]; }

Condition condition(const Test& test) { return {test.arg, test.op, test.narrow, test.value, test.mask}; }

}  // namespace landshim
