// SPDX-License-Identifier: MIT
#include "shim/watcher.h"

#include <sys/stat.h>

#include <cerrno>

#include "config/raw_call.h"
#include "shim/kernel.h"
#include "shim/place.h"
#include "shim/restrict.h"

namespace landshim {

namespace {

// As it is built, as it is installed, and where the library lies elsewhere.
std::string find_command(const std::string& library) {
  const std::string directory = library.substr(0, library.rfind('/'));
  for (const std::string& place : {directory + "/landshim", directory + "/../bin/landshim", std::string(LANDSHIM_PREFIX "/bin/landshim")}) {
    struct stat info {};
    if (raw_status(place.c_str(), info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0111) != 0) return place;
  }
  return {};
}

// What the loader is told brings code of others: it belongs to the program, which is held, and not to its follower.
struct Variables {
  std::vector<const char*> of_loader;
  std::vector<const char*> others;  // and a null
};

Variables sorted(const char* const* environment) {
  Variables out;
  for (; *environment != nullptr; ++environment) (std::string_view(*environment).starts_with("LD_") ? out.of_loader : out.others).push_back(*environment);
  out.others.push_back(nullptr);
  return out;
}

Error failed(const Plan& plan, std::string what, int result) { return {"file = " + plan.log.file.value + ": " + std::move(what), place(plan, plan.log.file.origin), -result}; }

}  // namespace

Result<Handover> start_watcher(const Plan& plan, const Watched& watched, const char* const* arguments, const char* const* environment) {
  const std::string command = find_command(watched.library);
  if (command.empty()) return failed(plan, "a log needs the command landshim, which is neither beside the library nor in ../bin; install it, or use landshim run", 0);
  int ends[2] = {-1, -1};
  if (const int result = kernel::make_sockets(ends); result < 0) return failed(plan, "a log needs a pair of sockets", result);
  Descriptor watching(kernel::above_standard(ends[0]));
  Descriptor watched_end(kernel::above_standard(ends[1]));
  if (watching.get() < 0 || watched_end.get() < 0) return failed(plan, "a log needs two descriptors more", watching.get() < 0 ? watching.get() : watched_end.get());
  const std::uint64_t mask = kernel::block_signals();
  const int child = kernel::fork_process();
  if (child < 0) {
    kernel::set_signal_mask(mask);
    if (child == -ENOTSUP) return failed(plan, "the program cannot go on in a process of its own, which a log needs, since the kernel does not tell what its C library keeps (CONFIG_CHECKPOINT_RESTORE); use landshim run", 0);
    return failed(plan, "a log needs a process more", child);
  }
  if (child == 0) {
    kernel::set_signal_mask(mask);
    watching.reset();
    char ready = 0;
    // It has said why.
    if (kernel::receive(watched_end.get(), {&ready, 1}) != 1) kernel::end(kRefused);
    Handover out(std::move(watched_end));
    out.recorded = ready != 0;
    return Result<Handover>(std::move(out));
  }
  // The signals stay held back for the command to take.
  if (const int kept = kernel::keep_on_exec(watching.get()); kept < 0) refuse(failed(plan, "a log needs a descriptor that stays open", kept));
  std::vector<std::string> words{command, "watch", std::to_string(watching.get()), std::to_string(child), std::to_string(watched.identity), watched.policy, watched.library, watched.program, std::to_string(watched.mapped.size())};
  words.insert(words.end(), watched.mapped.begin(), watched.mapped.end());
  const Variables variables = sorted(environment);
  words.push_back(std::to_string(variables.of_loader.size()));
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  pointers.insert(pointers.end(), variables.of_loader.begin(), variables.of_loader.end());
  for (; *arguments != nullptr; ++arguments) pointers.push_back(*arguments);
  pointers.push_back(nullptr);
  watched_end.reset();
  refuse(failed(plan, command + ": the command cannot be started", kernel::execute(command.c_str(), pointers.data(), variables.others.data())));
}

}  // namespace landshim
