// SPDX-License-Identifier: MIT
// What the tables of names claim, held against the kernel's headers, libseccomp and systemd.
#include "config/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/close_range.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/kcmp.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/loop.h>
#include <linux/membarrier.h>
#include <linux/mempolicy.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace landshim {
namespace {

bool has(const std::vector<std::string_view>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool strictly_ascending(const std::vector<std::string_view>& names) {
  return std::adjacent_find(names.begin(), names.end(), [](auto a, auto b) { return a >= b; }) == names.end();
}

/// The narrow bits of a call that must be there.
unsigned narrow(std::string_view call) {
  INFO(call);
  const SyscallName* found = find_syscall(call);
  REQUIRE(found != nullptr);
  return found->narrow;
}

/// Standard output of a command, line by line; empty when it cannot run.
std::vector<std::string> lines_of(const char* command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command, "re"), pclose);
  std::vector<std::string> lines;
  std::array<char, 256> line{};
  while (pipe && std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
    lines.emplace_back(line.data());
    while (!lines.back().empty() && lines.back().back() == '\n') lines.back().pop_back();
  }
  return lines;
}

TEST_CASE("the calls are sorted, named once, and every one is found", "[syscalls]") {
  std::vector<std::string_view> names;
  for (const SyscallName& call : all_syscalls()) {
    names.emplace_back(call.name);
    CHECK(find_syscall(call.name) == &call);
    CHECK(call.narrow < 64);
  }
  CHECK(names.size() > 500);
  CHECK(strictly_ascending(names));
}

TEST_CASE("a name that no architecture has is not found", "[syscalls]") {
  for (const std::string_view name : {"", "a", "opem", "open ", "Open", "openat22", "zzz", "@mount"})
    CHECK(find_syscall(name) == nullptr);
  CHECK(find_syscall(std::string_view("open\0", 5)) == nullptr);
}

TEST_CASE("every call that libseccomp knows by number has its name in the table", "[syscalls]") {
  constexpr std::uint32_t kArchitectures[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_AARCH64, SCMP_ARCH_ARM};
  for (const std::uint32_t arch : kArchitectures) {
    int known = 0;
    for (int number = 0; number <= 500; ++number) {
      const std::unique_ptr<char, void (*)(void*)> name(seccomp_syscall_resolve_num_arch(arch, number), std::free);
      if (!name) continue;
      ++known;
      INFO(name.get() << " of architecture " << arch);
      CHECK(find_syscall(name.get()) != nullptr);
    }
    CHECK(known > 250);
  }
}

TEST_CASE("the calls that came after libseccomp's tables are known", "[syscalls]") {
  for (const std::string_view name :
       {"cachestat", "fchmodat2", "map_shadow_stack", "futex_wake", "futex_wait", "futex_requeue", "statmount",
        "listmount", "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "mseal", "setxattrat", "getxattrat",
        "listxattrat", "removexattrat", "open_tree_attr", "file_getattr", "file_setattr", "listns", "rseq_slice_yield",
        "uretprobe", "uprobe", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "memfd_secret", "process_mrelease",
        "quotactl_fd", "futex_waitv", "set_mempolicy_home_node"}) {
    INFO(name);
    CHECK(find_syscall(name) != nullptr);
  }
}

TEST_CASE("the calls of one architecture alone are known", "[syscalls]") {
  for (const std::string_view name :
       {"arch_prctl", "modify_ldt", "iopl", "ioperm", "vm86", "vm86old", "socketcall", "ipc", "set_thread_area",
        "_llseek", "_newselect", "mmap2", "chown32", "fcntl64", "futex_time64", "sched_rr_get_interval_time64", "arm_fadvise64_64",
        "sync_file_range2", "arm_sync_file_range", "cacheflush", "breakpoint", "usr26", "usr32", "set_tls", "get_tls",
        "riscv_hwprobe", "s390_pci_mmio_read", "umount", "umount2", "oldolduname", "sigreturn"}) {
    INFO(name);
    CHECK(find_syscall(name) != nullptr);
  }
}

TEST_CASE("an argument is narrow exactly where the kernel reads 32 bits of it", "[syscalls]") {
  CHECK(narrow("socket") == 0b111);
  CHECK(narrow("socketpair") == 0b0111);
  CHECK(narrow("ioctl") == 0b011);          // unsigned int, unsigned int, unsigned long
  CHECK(narrow("fcntl") == 0b011);          // the same
  CHECK(narrow("prctl") == 0b00001);        // int, then unsigned long
  CHECK(narrow("arch_prctl") == 0b01);      // int, unsigned long
  CHECK(narrow("personality") == 0b1);      // unsigned int, though personality(2) says unsigned long
  CHECK(narrow("clone") == 0b000001);       // flags are unsigned long, and the kernel takes lower_32_bits() of them
  CHECK(narrow("clone3") == 0);             // pointer, size_t
  CHECK(narrow("unshare") == 0);            // unsigned long, though unshare(2) says int
  CHECK(narrow("setns") == 0b11);
  CHECK(narrow("mmap") == 0b010000);        // prot and flags are unsigned long; the descriptor goes to fget(unsigned int)
  CHECK(narrow("mprotect") == 0);
  CHECK(narrow("pkey_mprotect") == 0b1000);
  CHECK(narrow("mremap") == 0);
  CHECK(narrow("madvise") == 0b100);
  CHECK(narrow("open") == 0b110);
  CHECK(narrow("openat") == 0b1101);
  CHECK(narrow("openat2") == 0b0001);
  CHECK(narrow("kill") == 0b11);
  CHECK(narrow("tgkill") == 0b111);
  CHECK(narrow("ptrace") == 0);             // request and pid are long
  CHECK(narrow("prlimit64") == 0b0011);
  CHECK(narrow("setpriority") == 0b111);
  CHECK(narrow("read") == 0b001);
  CHECK(narrow("pread64") == 0b0001);
  CHECK(narrow("lseek") == 0b101);
  CHECK(narrow("mount") == 0);              // flags are unsigned long
  CHECK(narrow("umount2") == 0b10);
  CHECK(narrow("reboot") == 0b0111);
  CHECK(narrow("bpf") == 0b101);
  CHECK(narrow("seccomp") == 0b011);
  CHECK(narrow("sendto") == 0b101001);
  CHECK(narrow("keyctl") == 0b00001);
  CHECK(narrow("add_key") == 0b10000);      // key_serial_t is the fifth
  CHECK(narrow("shmget") == 0b101);         // key_t, size_t, int
  CHECK(narrow("semctl") == 0b0111);
  CHECK(narrow("memfd_create") == 0b10);
  CHECK(narrow("kexec_load") == 0);
  CHECK(narrow("kexec_file_load") == 0b00011);
  CHECK(narrow("io_submit") == 0);          // aio_context_t, long
  CHECK(narrow("io_uring_setup") == 0b01);
  CHECK(narrow("futex") == 0b100110);
  CHECK(narrow("fanotify_mark") == 0b01011);  // the mask is 64 bits
  CHECK(narrow("fallocate") == 0b0011);
  CHECK(narrow("mknodat") == 0b1101);
  CHECK(narrow("setuid") == 0b1);
  CHECK(narrow("getrandom") == 0b100);
  CHECK(narrow("perf_event_open") == 0b01110);  // flags are unsigned long
  CHECK(narrow("ioperm") == 0b100);
  CHECK(narrow("iopl") == 0b1);
  CHECK(narrow("landlock_create_ruleset") == 0b100);
  CHECK(narrow("landlock_add_rule") == 0b1011);
  CHECK(narrow("setxattrat") == 0b000101);
  CHECK(narrow("file_setattr") == 0b10001);
  CHECK(narrow("mseal") == 0);
  CHECK(narrow("getpid") == 0);
}

TEST_CASE("every group has members, and every member is a call", "[syscalls]") {
  const std::vector<std::string_view> groups = all_groups();
  CHECK(groups.size() == 30);
  for (const std::string_view group : groups) {
    INFO(group);
    CHECK(group.front() == '@');
    const std::vector<std::string_view> members = group_members(group);
    CHECK(!members.empty());
    CHECK(std::set<std::string_view>(members.begin(), members.end()).size() == members.size());
    for (const std::string_view member : members) {
      INFO(member);
      CHECK(find_syscall(member) != nullptr);
    }
  }
  CHECK(std::set<std::string_view>(groups.begin(), groups.end()).size() == groups.size());
}

TEST_CASE("a word that is no group has no members", "[syscalls]") {
  for (const std::string_view word : {"", "@", "mount", "@moun", "@mountx", "@mount ", "chroot", "@default @sandbox"})
    CHECK(group_members(word).empty());
}

TEST_CASE("a group within a group gives its members", "[syscalls]") {
  const std::vector<std::string_view> privileged = group_members("@privileged");
  for (const std::string_view part : {"@chown", "@clock", "@module", "@raw-io", "@reboot", "@swap"})
    for (const std::string_view member : group_members(part)) CHECK(has(privileged, member));
  const std::vector<std::string_view> service = group_members("@system-service");
  for (const std::string_view member : group_members("@sandbox")) CHECK(has(service, member));  // by way of @default
  CHECK(!has(service, "mount"));
  CHECK(!has(service, "ptrace"));
}

TEST_CASE("new calls stand in the groups that fit them", "[syscalls]") {
  CHECK(has(group_members("@file-system"), "fchmodat2"));
  CHECK(has(group_members("@file-system"), "setxattrat"));
  CHECK(has(group_members("@file-system"), "file_setattr"));
  CHECK(has(group_members("@file-system"), "statmount"));
  CHECK(has(group_members("@mount"), "open_tree"));
  CHECK(has(group_members("@mount"), "open_tree_attr"));
  CHECK(has(group_members("@default"), "futex_waitv"));
  CHECK(has(group_members("@default"), "futex_wait"));
  CHECK(has(group_members("@default"), "mseal"));
  CHECK(has(group_members("@sandbox"), "landlock_restrict_self"));
}

TEST_CASE("@known is every call", "[syscalls]") {
  const std::vector<std::string_view> known = group_members("@known");
  REQUIRE(known.size() == all_syscalls().size());
  CHECK(known.front() == all_syscalls().front().name);
  CHECK(known.back() == all_syscalls().back().name);
}

TEST_CASE("the groups hold whatever systemd puts in them", "[syscalls]") {
  const std::vector<std::string> lines = lines_of("systemd-analyze --no-pager syscall-filter 2>/dev/null");
  if (lines.empty()) {
    if (std::getenv("LANDSHIM_MUST_RUN") != nullptr) FAIL("systemd-analyze is missing");
    WARN("skipped: no systemd-analyze");
    return;
  }
  std::string group;
  std::vector<std::string_view> ours;
  int members = 0;
  for (const std::string& line : lines) {
    // "@group", then its indented members; "#" opens a remark, and what the running kernel has beyond the groups.
    if (line.starts_with('#')) group.clear();
    if (line.starts_with('@')) {
      group = line;
      ours = group_members(group);
      INFO(group);
      CHECK(!ours.empty());
    }
    const std::size_t start = line.find_first_not_of(' ');
    if (group.empty() || start == 0 || start == std::string::npos || line[start] == '#') continue;
    const std::string member = line.substr(start);
    INFO(member << " of " << group);
    ++members;
    if (member.starts_with('@'))
      for (const std::string_view call : group_members(member)) CHECK(has(ours, call));
    else
      CHECK(has(ours, member));
  }
  CHECK(members > 900);
}

TEST_CASE("the constants are sorted, named once, and every one is found", "[syscalls]") {
  const std::vector<std::string_view> names = all_constants();
  CHECK(names.size() > 1000);
  CHECK(strictly_ascending(names));
  for (const std::string_view name : names) CHECK(find_constant(name).has_value());
}

TEST_CASE("a constant that Linux has not is not found", "[syscalls]") {
  for (const std::string_view name : {"", "AF", "AF_", "AF_PACKETS", "af_packet", "O_TRUNC ", "ZZZ", "EPERM", "open"})
    CHECK(!find_constant(name).has_value());
}

#define CHECK_SAME(name) CHECK(find_constant(#name) == static_cast<std::uint64_t>(name))

TEST_CASE("constants of files and memory are the system's", "[syscalls]") {
  CHECK_SAME(O_RDONLY);
  CHECK_SAME(O_WRONLY);
  CHECK_SAME(O_RDWR);
  CHECK_SAME(O_CREAT);
  CHECK_SAME(O_EXCL);
  CHECK_SAME(O_TRUNC);
  CHECK_SAME(O_APPEND);
  CHECK_SAME(O_CLOEXEC);
  CHECK_SAME(O_DIRECTORY);
  CHECK_SAME(O_NOFOLLOW);
  CHECK_SAME(O_PATH);
  CHECK_SAME(O_TMPFILE);
  CHECK_SAME(AT_FDCWD);
  CHECK_SAME(AT_EMPTY_PATH);
  CHECK_SAME(AT_SYMLINK_NOFOLLOW);
  CHECK_SAME(AT_REMOVEDIR);
  CHECK_SAME(S_IFMT);
  CHECK_SAME(S_IFCHR);
  CHECK_SAME(S_IFBLK);
  CHECK_SAME(S_ISUID);
  CHECK_SAME(S_ISGID);
  CHECK_SAME(F_DUPFD);
  CHECK_SAME(F_SETFL);
  CHECK_SAME(F_SETOWN);
  CHECK_SAME(F_SETLEASE);
  CHECK_SAME(F_ADD_SEALS);
  CHECK_SAME(F_SETPIPE_SZ);
  CHECK_SAME(RENAME_EXCHANGE);
  CHECK_SAME(RENAME_WHITEOUT);
  CHECK_SAME(FALLOC_FL_PUNCH_HOLE);
  CHECK_SAME(FICLONE);
  CHECK_SAME(FICLONERANGE);
  CHECK_SAME(FIDEDUPERANGE);
  CHECK_SAME(FIFREEZE);
  CHECK_SAME(FS_IOC_GETFLAGS);
  CHECK_SAME(FS_IOC_SETFLAGS);
  CHECK_SAME(FS_IOC_SETVERSION);
  CHECK_SAME(FS_IOC_FSSETXATTR);
  CHECK_SAME(FS_IOC_SETFSLABEL);
  CHECK_SAME(FS_IOC32_SETFLAGS);
  CHECK_SAME(LOOP_CTL_ADD);
  CHECK_SAME(PROT_NONE);
  CHECK_SAME(PROT_READ);
  CHECK_SAME(PROT_WRITE);
  CHECK_SAME(PROT_EXEC);
  CHECK_SAME(MAP_SHARED);
  CHECK_SAME(MAP_PRIVATE);
  CHECK_SAME(MAP_FIXED);
  CHECK_SAME(MAP_ANONYMOUS);
  CHECK_SAME(MAP_GROWSDOWN);
  CHECK_SAME(MAP_HUGETLB);
  CHECK_SAME(MADV_DONTNEED);
  CHECK_SAME(MADV_MERGEABLE);
  CHECK_SAME(MFD_CLOEXEC);
  CHECK_SAME(MFD_ALLOW_SEALING);
  CHECK_SAME(SHM_EXEC);
  CHECK_SAME(IPC_CREAT);
  CHECK_SAME(MPOL_BIND);
}

TEST_CASE("constants of sockets are the system's", "[syscalls]") {
  CHECK_SAME(AF_UNSPEC);
  CHECK_SAME(AF_UNIX);
  CHECK_SAME(AF_LOCAL);
  CHECK_SAME(AF_INET);
  CHECK_SAME(AF_INET6);
  CHECK_SAME(AF_NETLINK);
  CHECK_SAME(AF_PACKET);
  CHECK_SAME(AF_ALG);
  CHECK_SAME(AF_VSOCK);
  CHECK_SAME(AF_BLUETOOTH);
  CHECK_SAME(AF_XDP);
  CHECK_SAME(PF_INET);
  CHECK_SAME(SOCK_STREAM);
  CHECK_SAME(SOCK_DGRAM);
  CHECK_SAME(SOCK_RAW);
  CHECK_SAME(SOCK_SEQPACKET);
  CHECK_SAME(SOCK_CLOEXEC);
  CHECK_SAME(SOCK_NONBLOCK);
  CHECK_SAME(IPPROTO_IP);
  CHECK_SAME(IPPROTO_TCP);
  CHECK_SAME(IPPROTO_UDP);
  CHECK_SAME(IPPROTO_UDPLITE);
  CHECK_SAME(IPPROTO_SCTP);
  CHECK_SAME(IPPROTO_DCCP);
  CHECK_SAME(IPPROTO_RAW);
  CHECK_SAME(MSG_FASTOPEN);
  CHECK_SAME(MSG_OOB);
  CHECK_SAME(MSG_NOSIGNAL);
  CHECK_SAME(SOL_SOCKET);
  CHECK_SAME(SO_BINDTODEVICE);
  CHECK_SAME(SO_ATTACH_FILTER);
  CHECK_SAME(NETLINK_ROUTE);
  CHECK_SAME(NETLINK_AUDIT);
  CHECK_SAME(NETLINK_NETFILTER);
  CHECK_SAME(NETLINK_KOBJECT_UEVENT);
  CHECK_SAME(NETLINK_GENERIC);
  CHECK_SAME(SYS_SOCKET);
  CHECK_SAME(SYS_SENDMMSG);
  CHECK_SAME(EPOLL_CTL_ADD);
  CHECK_SAME(EPOLL_CLOEXEC);
  CHECK(find_constant("IPPROTO_MPTCP") == 262U);
}

TEST_CASE("constants of processes and namespaces are the system's", "[syscalls]") {
  CHECK_SAME(CLONE_VM);
  CHECK_SAME(CLONE_THREAD);
  CHECK_SAME(CLONE_NEWNS);
  CHECK_SAME(CLONE_NEWUSER);
  CHECK_SAME(CLONE_NEWPID);
  CHECK_SAME(CLONE_NEWNET);
  CHECK_SAME(CLONE_NEWIPC);
  CHECK_SAME(CLONE_NEWUTS);
  CHECK_SAME(CLONE_NEWCGROUP);
  CHECK_SAME(CLONE_NEWTIME);
  CHECK_SAME(CLONE_IO);
  CHECK_SAME(CLONE_INTO_CGROUP);
  CHECK_SAME(CSIGNAL);
  CHECK_SAME(NS_GET_USERNS);
  CHECK_SAME(SIGKILL);
  CHECK_SAME(SIGSTOP);
  CHECK_SAME(SIGSYS);
  CHECK_SAME(RLIMIT_NOFILE);
  CHECK_SAME(RLIMIT_AS);
  CHECK_SAME(PRIO_PROCESS);
  CHECK_SAME(PRIO_MIN);
  CHECK_SAME(SCHED_FIFO);
  CHECK_SAME(SCHED_RR);
  CHECK_SAME(SCHED_DEADLINE);
  CHECK_SAME(SCHED_RESET_ON_FORK);
  CHECK_SAME(CLOCK_REALTIME);
  CHECK_SAME(CLOCK_BOOTTIME);
  CHECK_SAME(PTRACE_TRACEME);
  CHECK_SAME(PTRACE_ATTACH);
  CHECK_SAME(PTRACE_SEIZE);
  CHECK_SAME(PTRACE_POKETEXT);
  CHECK_SAME(PTRACE_GET_SYSCALL_INFO);
  CHECK_SAME(ADDR_NO_RANDOMIZE);
  CHECK_SAME(READ_IMPLIES_EXEC);
  CHECK_SAME(PER_LINUX32);
  CHECK_SAME(PER_BSD);
  CHECK_SAME(KCMP_FILE);
  CHECK_SAME(FUTEX_WAIT);
  CHECK_SAME(FUTEX_LOCK_PI2);
  CHECK_SAME(FUTEX_PRIVATE_FLAG);
  CHECK_SAME(MEMBARRIER_CMD_GLOBAL);
  CHECK_SAME(CLOSE_RANGE_CLOEXEC);
  CHECK_SAME(PR_SET_NO_NEW_PRIVS);
  CHECK_SAME(PR_SET_SECCOMP);
  CHECK_SAME(PR_SET_DUMPABLE);
  CHECK_SAME(PR_SET_MM);
  CHECK_SAME(PR_SET_PTRACER);
  CHECK_SAME(PR_SET_PTRACER_ANY);
  CHECK_SAME(PR_CAP_AMBIENT);
  CHECK_SAME(PR_SET_SPECULATION_CTRL);
  CHECK_SAME(PR_SET_SYSCALL_USER_DISPATCH);
  CHECK_SAME(PR_SET_VMA);
}

TEST_CASE("constants of terminals and of the machine are the system's", "[syscalls]") {
  CHECK_SAME(TIOCSTI);
  CHECK_SAME(TIOCLINUX);
  CHECK_SAME(TIOCSCTTY);
  CHECK_SAME(TIOCGWINSZ);
  CHECK_SAME(TIOCSETD);
  CHECK_SAME(TIOCCONS);
  CHECK_SAME(TIOCGPTPEER);
  CHECK_SAME(TCGETS);
  CHECK_SAME(TCSETS);
  CHECK_SAME(TCFLSH);
  CHECK_SAME(FIONREAD);
  CHECK_SAME(FIOCLEX);
  CHECK_SAME(SIOCSIFADDR);
  CHECK_SAME(MS_BIND);
  CHECK_SAME(MS_REMOUNT);
  CHECK_SAME(MS_NOSUID);
  CHECK_SAME(MS_PRIVATE);
  CHECK_SAME(SECCOMP_SET_MODE_FILTER);
  CHECK_SAME(SECCOMP_FILTER_FLAG_NEW_LISTENER);
  CHECK_SAME(SECCOMP_RET_KILL_PROCESS);
  CHECK_SAME(KEYCTL_JOIN_SESSION_KEYRING);
  CHECK_SAME(KEYCTL_WATCH_KEY);
  CHECK_SAME(KEY_SPEC_SESSION_KEYRING);
  CHECK_SAME(LINUX_REBOOT_MAGIC1);
  CHECK_SAME(LINUX_REBOOT_CMD_RESTART);
  CHECK_SAME(LINUX_REBOOT_CMD_CAD_ON);
  CHECK_SAME(KEXEC_ON_CRASH);
  CHECK_SAME(BPF_PROG_LOAD);
  CHECK_SAME(BPF_LINK_CREATE);
  CHECK_SAME(IORING_REGISTER_RESTRICTIONS);
  CHECK_SAME(IORING_ENTER_GETEVENTS);
  CHECK(find_constant("GRND_RANDOM") == 2U);
  CHECK(find_constant("MNT_DETACH") == 2U);
  CHECK(find_constant("UMOUNT_NOFOLLOW") == 8U);
  CHECK(find_constant("IN_NONBLOCK") == static_cast<std::uint64_t>(O_NONBLOCK));
  CHECK(find_constant("EFD_CLOEXEC") == static_cast<std::uint64_t>(O_CLOEXEC));
}

TEST_CASE("a constant below zero fills 64 bits, and a high bit stays where it is", "[syscalls]") {
  CHECK(find_constant("AT_FDCWD") == 0xffff'ffff'ffff'ff9c);
  CHECK(find_constant("KEY_SPEC_THREAD_KEYRING") == 0xffff'ffff'ffff'ffff);
  CHECK(find_constant("MS_NOUSER") == 0x8000'0000);
  CHECK(find_constant("CLONE_IO") == 0x8000'0000);
  CHECK(find_constant("IN_ONESHOT") == 0x8000'0000);
  CHECK(find_constant("O_LARGEFILE") != 0U);  // the kernel's, not glibc's
  int below_zero = 0;
  for (const std::string_view name : all_constants())
    if (find_constant(name).value_or(0) >> 63 != 0) ++below_zero;
  CHECK(below_zero == 13);
}

TEST_CASE("an error goes from its name to its number and back", "[syscalls]") {
  for (int number = 1; number < 4096; ++number) {
    const std::string_view name = errno_name(number);
    if (name.empty()) continue;
    INFO(name);
    CHECK(find_errno(name) == number);
  }
  CHECK(find_errno("EPERM") == EPERM);
  CHECK(find_errno("EACCES") == EACCES);
  CHECK(find_errno("ENOSYS") == ENOSYS);
  CHECK(find_errno("EHWPOISON") == EHWPOISON);
  CHECK(find_errno("E2BIG") == E2BIG);
}

TEST_CASE("every error that the C library can describe has a name", "[syscalls]") {
  for (int number = 1; number < 256; ++number) {
    const char* described = strerrorname_np(number);
    INFO(number);
    CHECK(errno_name(number).empty() == (described == nullptr));
  }
}

TEST_CASE("of two names for one error the usual comes back", "[syscalls]") {
  CHECK(find_errno("EWOULDBLOCK") == EAGAIN);
  CHECK(find_errno("ENOTSUP") == EOPNOTSUPP);
  CHECK(find_errno("EDEADLOCK") == EDEADLK);
  CHECK(errno_name(EWOULDBLOCK) == "EAGAIN");
  CHECK(errno_name(ENOTSUP) == "EOPNOTSUPP");
  CHECK(errno_name(EDEADLOCK) == "EDEADLK");
}

TEST_CASE("what is no error has neither name nor number", "[syscalls]") {
  for (const int number : {0, -1, -EPERM, 41, 134, 4095, 65536 + EPERM}) CHECK(errno_name(number).empty());
  for (const std::string_view name : {"", "E", "EPER", "EPERMS", "eperm", "1", "ERESTARTSYS"}) CHECK(!find_errno(name));
}

}  // namespace
}  // namespace landshim
