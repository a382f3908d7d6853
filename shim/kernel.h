// SPDX-License-Identifier: MIT
// The kernel's calls, thinly: each gives 0 or a positive result, or a negated errno. Alone sees <linux/landlock.h>.
// None goes through the C library, whose wrappers the program may define itself: config/raw_call.h.
#pragma once

#include <signal.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "config/policy.h"
#include "shim/landlock_abi.h"

struct sock_filter;

namespace landshim::kernel {

constexpr int kCapChown = 0;
constexpr int kCapSetPcap = 8;

/// landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION: the ABI, 1 or more.
int landlock_abi();

/// A new ruleset: its descriptor (O_CLOEXEC). Only as much of the attribute is sent as `abi` knows.
int create_ruleset(int abi, Rights handled_fs, NetRights handled_net, Scopes scoped);

/// Opens a path for a rule: O_PATH, following links, O_CLOEXEC.
int open_path(const char* path);

/// The same for a path without links: -ELOOP when there is one on the way, -ENOSYS or -EPERM when openat2(2) is not to
/// be had (Linux 5.6, outer filters).
int open_without_links(const char* path);
/// Opens one name in an opened directory: O_PATH, O_CLOEXEC; a link itself.
int open_entry(int directory, const char* name);
/// The same, where a link leads.
int open_behind(int directory, const char* name);
/// The text of an opened link: its size. -ENAMETOOLONG: it does not fit.
int read_link(int link, std::span<char> text);
/// Whether an opened link lies on /proc, where links are made by the kernel and need not lead where their text says.
bool is_of_proc(int link);

struct PathInfo {
  bool directory = false;
  bool link = false;
  FileId id{};
};
/// What an opened path is: fstat(2).
int describe(int fd, PathInfo& info);

int add_path_rule(int ruleset, int path, Rights rights);
int add_port_rule(int ruleset, std::uint16_t port, NetRights rights);

/// Makes the pages of writable memory that is mapped already, before they are touched: madvise(2), MADV_POPULATE_WRITE.
/// Before Linux 5.14 nothing happens.
void map_ahead(std::uintptr_t begin, std::size_t bytes);

/// prctl(2) PR_SET_NO_NEW_PRIVS.
int set_no_new_privs();

/// landlock_restrict_self(2).
int restrict_self(int ruleset, std::uint32_t flags);

/// 0 when seccomp filters with every action are to be had: SECCOMP_GET_ACTION_AVAIL, Linux 4.14.
int seccomp_available();

/// SECCOMP_SET_MODE_FILTER; `all_threads` adds SECCOMP_FILTER_FLAG_TSYNC.
int load_filter(std::span<const sock_filter> program, bool all_threads);

/// 0: this process has one thread; -EINVAL: more; other: the question is blocked. unshare(2) of CLONE_THREAD changes
/// nothing in a process of one thread and is refused in one of several.
int single_threaded();

/// The permitted set: capget(2).
std::uint64_t permitted_capabilities();

/// Takes a capability out of the bounding set, for good; -EINVAL: the kernel has no such capability.
int drop_bounding(int capability);
/// Sets permitted and effective, and inheritable, to these; ambient ones that are not among them go.
int set_capabilities(std::uint64_t permitted, std::uint64_t inheritable);
/// Makes all permitted ones effective: a start whose real user alone is root has none that is.
int use_capabilities();
/// Raises a permitted and inheritable capability into the ambient set: what it starts has it as well.
int raise_ambient(int capability);
/// PR_SET_KEEPCAPS: the next change of user leaves the permitted set.
int keep_capabilities_once();

/// Unknown where the question is blocked: -1 is nobody, setresuid(2).
struct Ids {
  std::uint32_t real = 0xffff'ffff;
  std::uint32_t effective = 0xffff'ffff;
  std::uint32_t saved = 0xffff'ffff;
};
/// getresuid(2), getresgid(2), getgroups(2).
void get_ids(Ids& users, Ids& groups, std::vector<std::uint32_t>& supplementary);

/// setgroups(2), setresgid(2), setresuid(2) of this thread: all three ids.
int set_groups(std::span<const std::uint32_t> groups);
int set_group(std::uint32_t gid);
int set_user(std::uint32_t uid);

int get_limit(Limit limit, std::uint64_t& soft, std::uint64_t& hard);
int set_limit(Limit limit, std::uint64_t soft, std::uint64_t hard);

/// close_range(2), Linux 5.9.
int close_descriptors(std::uint32_t first, std::uint32_t last);

int set_umask(int mask);
int set_nice(int nice);
int set_dumpable(bool dumpable);
int set_parent_death_signal(int number);

/// Writes a whole text to a file that is there.
int write_file(const char* path, std::string_view text);

/// mkdir(2), rmdir(2), chdir(2), and a file of no bytes that all may read.
int make_directory(const char* path);
int remove_directory(const char* path);
int enter_directory(const char* path);
int make_empty_file(const char* path);

/// unshare(2) of one or more namespaces.
int unshare_namespaces(const bool (&namespaces)[kNamespaceCount]);

/// Mounts, in a mount namespace of its own.
int make_mounts_private();
int mount_tmpfs(const char* path, const char* options, bool read_only);
int mount_proc(const char* path);
int bind(const char* from, const char* to);
int unmount(const char* path);
/// mount_setattr(2), Linux 5.12: read-only, for the mount of `path` and all beneath it.
int set_read_only(const char* path);
/// A copy of what is mounted at and beneath `path`, attached nowhere: its descriptor. open_tree(2).
int copy_tree(const char* path);
/// Mounts such a copy over `path`: move_mount(2).
int place_tree(int tree, const char* path);
/// Brings the loopback interface up.
int raise_loopback();

enum class Identity : std::uint8_t { kNone, kOther, kThis };
/// 0: no policy has it.
Identity ask_identity(std::uint64_t identity);

/// getpid(2).
int process_number();

/// Whether there is a process of this number: kill(2).
bool is_there(int process);

/// fork(2): a child, whose parent is this process. The C library of the child knows the new number of its one thread. -ENOTSUP:
/// it could not, since the kernel does not tell where that stands: PR_GET_TID_ADDRESS, CONFIG_CHECKPOINT_RESTORE.
int fork_process();
/// The same, but the new process is a child of this one's parent, and both have one table of descriptors.
int clone_beside();
/// execve(2).
int execute(const char* path, const char* const* arguments, const char* const* environment);

/// All signals are held back; gives what was held back before. rt_sigprocmask(2).
std::uint64_t block_signals();
void set_signal_mask(std::uint64_t mask);

/// A pair of sockets that keep messages apart: socketpair(2), SOCK_SEQPACKET, close-on-exec.
int make_sockets(int (&ends)[2]);
/// The same descriptor, not closed by execve(2).
int keep_on_exec(int fd);
/// The same under another number, where it has taken that of a standard stream which the caller has closed.
int above_standard(int fd);
/// A message, without SIGPIPE: 0.
int send(int socket, std::string_view message);
/// A message that carries a descriptor: SCM_RIGHTS, unix(7).
int send_descriptor(int socket, int fd);
/// Waits for a message: its size; 0: the other end is closed.
int receive(int socket, std::span<char> message);

/// nanosleep(2).
void sleep(long nanoseconds);

/// SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_NEW_LISTENER: the descriptor on which it asks.
int load_asking_filter(std::span<const sock_filter> program);

/// Memory of its own, all zero; null: there is none. `at_once`: all of it will be used.
void* map_memory(std::size_t bytes, bool at_once = false);
/// The same, shared with what is forked.
void* map_shared(std::size_t bytes);
void unmap_memory(void* memory, std::size_t bytes);

/// write(2), once.
int write(int fd, std::string_view text);

/// What a signal does, as rt_sigaction(2) has it: the handler comes first, the rest has room to spare.
struct SignalWords {
  unsigned long words[8] = {};
};
/// Sets and asks, each where it is not null.
int set_action(int signal, const SignalWords* wanted, SignalWords* before);

/// What write(2) raises beside an error: nobody reads the pipe, the file would become larger than its limit.
constexpr int kSignalsOfWriting[] = {SIGPIPE, SIGXFSZ};

/// exit_group(2).
[[noreturn]] void end(int status);

int close(int fd);

}  // namespace landshim::kernel
