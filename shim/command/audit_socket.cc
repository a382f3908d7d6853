// SPDX-License-Identifier: MIT
#include "shim/command/audit_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <utility>

#include "shim/command/stand_by.h"
#include "shim/kernel.h"

namespace landshim::command {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostAtOnce = 256;                        // records
constexpr int kBuffer = 8 << 20;                        // a storm of some thousand denials
constexpr std::size_t kLongest = 16384;                 // a record has 8970 bytes at most: MAX_AUDIT_MESSAGE_LENGTH
constexpr auto kLongestDrain = std::chrono::seconds(1);
constexpr int kSilence = 20;                            // milliseconds

// Of a machine's records those of three types come in: SO_ATTACH_FILTER.
bool choose_records(int fd) {
  const auto is = [](int type, unsigned char to_accept) { return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(static_cast<std::uint16_t>(type)), to_accept, 0); };
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)), is(kDenialRecord, 3), is(kDomainRecord, 2), is(kCallRecord, 1), BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(steps)), steps};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

Descriptor open_audit(std::uint32_t groups) {
  Descriptor out = above_standard(Descriptor(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT)));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (out.get() >= 0 && groups != 0 && !choose_records(out.get())) out.reset();
  if (out.get() >= 0 && bind(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) out.reset();
  return out;
}

// In a domain that ends with this process. What is denied before execve(2) is always recorded.
[[noreturn]] void be_denied() {
  const int ruleset = kernel::create_ruleset(1, kReadDir, 0, 0);
  if (ruleset < 0 || kernel::set_no_new_privs() < 0 || kernel::restrict_self(ruleset, 0) < 0) _exit(1);
  _exit(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 ? 0 : 1);
}

bool waits_for(int fd, int milliseconds) {
  pollfd ready{fd, POLLIN, 0};
  return poll(&ready, 1, milliseconds) > 0;
}

}  // namespace

std::optional<AuditSocket::Status> AuditSocket::status() {
  const Descriptor asked = open_audit(0);
  const nlmsghdr question{sizeof question, AUDIT_GET, NLM_F_REQUEST, 1, 0};
  if (asked.get() < 0 || send(asked.get(), &question, sizeof question, 0) != sizeof question) return std::nullopt;
  alignas(nlmsghdr) std::array<char, kLongest> answer;
  const ssize_t size = waits_for(asked.get(), 1000) ? recv(asked.get(), answer.data(), answer.size(), 0) : -1;
  nlmsghdr header{};
  audit_status found{};
  // Older kernels tell less of it at its end.
  if (size < static_cast<ssize_t>(sizeof header + offsetof(audit_status, backlog))) return std::nullopt;
  std::memcpy(&header, answer.data(), sizeof header);
  std::memcpy(&found, answer.data() + sizeof header, std::min(sizeof found, static_cast<std::size_t>(size) - sizeof header));
  if (header.nlmsg_type != AUDIT_GET) return std::nullopt;
  return Status{found.enabled != 0, found.lost};
}

std::optional<AuditSocket> AuditSocket::at_hand() {
  if (kernel::landlock_abi() < kRecordingAbi) return std::nullopt;
  const std::optional<Status> now = status();
  if (!now || !now->enabled) return std::nullopt;
  AuditSocket out;
  out.records_ = open_audit(1U << (AUDIT_NLGRP_READLOG - 1));
  if (out.records_.get() < 0) return std::nullopt;
  if (setsockopt(out.records_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kBuffer, sizeof kBuffer) != 0) setsockopt(out.records_.get(), SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  out.lost_before_ = now->lost;
  return out;
}

void AuditSocket::read(const Take& take) {
  alignas(nlmsghdr) std::array<char, kLongest> record;
  for (int i = 0; i < kMostAtOnce; ++i) {
    sockaddr_nl from{};
    socklen_t length = sizeof from;
    const ssize_t size = recvfrom(records_.get(), record.data(), record.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0 && errno == ENOBUFS) ++overruns_;
    if (size < 0 && (errno == ENOBUFS || errno == EINTR)) continue;
    if (size < 0) return;
    // From the kernel alone.
    if (from.nl_pid != 0 || size < static_cast<ssize_t>(sizeof(nlmsghdr))) continue;
    nlmsghdr header{};
    std::memcpy(&header, record.data(), sizeof header);
    std::optional<KernelRecord> known = parse_record(header.nlmsg_type, {record.data() + sizeof header, static_cast<std::size_t>(size) - sizeof header});
    if (known) take(std::move(*known));
  }
}

void AuditSocket::drain(const Take& take) {
  const auto until = Clock::now() + kLongestDrain;
  while (Clock::now() < until && waits_for(records_.get(), kSilence)) read(take);
}

bool AuditSocket::proves(const Take& take) {
  const pid_t child = fork();
  if (child == 0) be_denied();
  if (child < 0) return false;
  bool seen = false;
  const Take looking = [&](KernelRecord record) {
    const auto* const domain = std::get_if<KernelDomain>(&record.of);
    seen = seen || (domain != nullptr && domain->process == child);
    take(std::move(record));
  };
  const auto until = Clock::now() + kLongestDrain;
  while (!seen && Clock::now() < until)
    if (waits_for(records_.get(), kSilence)) read(looking);
  waitpid(child, nullptr, 0);
  return seen;
}

std::uint64_t AuditSocket::lost() {
  const std::optional<Status> now = status();
  // Switched off in between.
  if (!now || !now->enabled) return overruns_ + 1;
  return overruns_ + (now->lost - lost_before_);
}

}  // namespace landshim::command
