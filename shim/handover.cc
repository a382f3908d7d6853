// SPDX-License-Identifier: MIT
#include "shim/handover.h"

#include <linux/seccomp.h>

#include <atomic>
#include <cerrno>

#include "shim/filter.h"
#include "shim/kernel.h"

namespace landshim {

namespace {

constexpr int kNotYet = 0;
constexpr int kCarried = -1;
constexpr int kLost = -2;
constexpr long kMoment = 50'000;  // nanoseconds

// Nothing is allocated and no lock is taken: this process began in the middle of another.
[[noreturn]] void carry(std::atomic<int>& listener, int end, int from) {
  int fd = kNotYet;
  while ((fd = listener.load(std::memory_order_acquire)) == kNotYet) {
    if (!kernel::is_there(from)) kernel::end(1);
    kernel::sleep(kMoment);
  }
  --fd;
  const bool sent = kernel::send_descriptor(end, fd) == 0;
  // Also those of the process that is followed, unless it has executed a program by now, which closed them: with one left
  // there, its calls would wait for ever once the follower has gone.
  kernel::close(fd);
  kernel::close(end);
  listener.store(sent ? kCarried : kLost, std::memory_order_release);
  kernel::end(sent ? 0 : 1);
}

bool goes_on(const FollowedFilter& filter, std::string_view call) {
  return run_filter(filter.loaded, {call_number(CallTable::kNative, call), audit_arch(CallTable::kNative), 0, {}}) == SECCOMP_RET_ALLOW;
}

}  // namespace

struct Handover::Shared {
  std::atomic<int> listener;  // kNotYet, one more than its number in the process that is followed, or what became of it
};

Result<Done> Handover::start_courier() {
  void* const memory = kernel::map_shared(sizeof(Shared));
  if (memory == nullptr) return Error{"a followed run needs memory that two processes share", {}, ENOMEM};
  shared_ = static_cast<Shared*>(memory);
  const int own = kernel::process_number();
  const int courier = kernel::clone_beside();
  if (courier < 0) return Error{"a followed run needs a process more", {}, -courier};
  if (courier == 0) carry(shared_->listener, end_.get(), own);
  return Done{};
}

Result<Done> Handover::load(const FollowedFilter& filter) {
  const auto* const text = reinterpret_cast<const char*>(filter.truth.data());
  const int told_truth = kernel::send(end_.get(), {text, filter.truth.size() * sizeof(sock_filter)});
  if (told_truth < 0) return Error{"the follower cannot be told the filter", {}, -told_truth};
  const int listener = kernel::load_asking_filter(filter.loaded);
  if (listener == -EBUSY) return Error{"this process is followed already, and the kernel knows one follower alone"};
  if (listener < 0) return Error{"the filter that asks the follower cannot be loaded", {}, -listener};
  // The courier closes it here as well.
  end_.release();
  // From here on every call may ask, and be answered only once the courier has been there.
  shared_->listener.store(listener + 1, std::memory_order_release);
  // Nothing of the program runs while the descriptor is here: whoever keeps it answers his own calls.
  const bool sleeps = goes_on(filter, "nanosleep");
  int carried = kNotYet;
  while ((carried = shared_->listener.load(std::memory_order_acquire)) > kNotYet)
    if (sleeps) kernel::sleep(kMoment);
  if (goes_on(filter, "munmap")) kernel::unmap_memory(shared_, sizeof(Shared));
  if (carried == kLost) return Error{"the descriptor on which is asked did not get to the follower", {}, 0};
  return Done{};
}

}  // namespace landshim
