// SPDX-License-Identifier: MIT
// What the doors that the loader opens have in common. Linked into each library, not into the engine: it looks for
// the library that it is part of.
#include "shim/arrive.h"

#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

#include "config/raw_call.h"
#include "shim/call_plan.h"
#include "shim/enforce.h"
#include "shim/environment.h"
#include "shim/guest.h"
#include "shim/host.h"
#include "shim/kernel.h"
#include "shim/namespaces.h"
#include "shim/place.h"
#include "shim/restrict.h"
#include "shim/watcher.h"

namespace landshim {

namespace {

// Memory that is lent to a policy in the making: enough for one of some twenty lines.
constexpr std::size_t kLent = 24 << 10;

constexpr std::string_view kPolicyVariable = "LANDSHIM_POLICY=";

struct Objects {
  std::vector<std::string> files;  // what the loader has mapped, in its order, the program excepted
  std::string own;                 // the name under which the loader knows this library
};

int note_object(dl_phdr_info* info, std::size_t, void* out) {
  auto& objects = *static_cast<Objects*>(out);
  const std::string name = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  const auto here = reinterpret_cast<std::uintptr_t>(&note_object);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && here - (info->dlpi_addr + segment.p_vaddr) < segment.p_memsz) objects.own = name;
  }
  if (name.find('/') != std::string::npos) objects.files.push_back(name);
  return 0;
}

std::string absolute(const std::string& path) { return path.empty() || path[0] == '/' ? path : working_directory() + "/" + path; }

const char* base_name(std::string_view path) { return path.data() + (path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1); }

bool same_file(const char* a, const char* b) {
  struct stat x {};
  struct stat y {};
  return raw_status(a, x) == 0 && raw_status(b, y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// The loader's name is the entry itself, or for an entry without a slash the place where it was found.
bool is_own_entry(const std::string& entry, const std::string& own) {
  if (entry == own) return true;
  if (entry.find('/') == std::string::npos) return entry == base_name(own);
  return entry.find('$') != std::string::npos ? std::strcmp(base_name(entry), base_name(own)) == 0 : same_file(entry.c_str(), own.c_str());
}

// The value of LD_PRELOAD or LD_AUDIT without the own entry. Others stay, in their order; separators as in ld.so(8).
std::string without_own(std::string_view value, const std::string& own) {
  std::string left;
  bool own_is_last = false;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(" :", at), value.size());
    const std::size_t next = std::min(end + 1, value.size());
    own_is_last = is_own_entry(std::string(value.substr(at, end - at)), own);
    if (!own_is_last) left += value.substr(at, next - at);
    at = next;
  }
  while (own_is_last && !left.empty() && (left.back() == ' ' || left.back() == ':')) left.pop_back();
  return left.find_first_not_of(" :") == std::string::npos ? "" : left;
}

// In the memory where the variable stands: children inherit the policy from the kernel, and would read it under itself.
// What follows the own entry keeps its place: of LD_AUDIT the loader still has that to read.
void leave_list(char** environment, const Arrival& arrival, const std::string& own) {
  const std::string prefix = std::string(arrival.variable) + "=";
  for (char** entry = environment; *entry != nullptr;) {
    char* const value = *entry + prefix.size();
    if (std::strncmp(*entry, prefix.data(), prefix.size()) != 0 || *value == '\0') {
      ++entry;
      continue;
    }
    const std::string left = without_own(value, own);
    char* const end = value + std::strlen(value);
    std::memset(*entry, 0, static_cast<std::size_t>(end - *entry));
    if (!left.empty()) {
      const std::string text = prefix + left;
      *entry = static_cast<char*>(std::memcpy(end - text.size(), text.data(), text.size()));
      ++entry;
      continue;
    }
    for (char** rest = entry; *rest != nullptr; ++rest) rest[0] = rest[1];
  }
}

// The only memory that outlives the arrival, since the environment points to it. Not malloc: see edit_environment().
void replace(char*& variable, const std::string& text) {
  void* kept = kernel::map_memory(text.size() + 1);
  if (kept == nullptr) refuse({"no memory to make a path in the environment absolute", {}, ENOMEM});
  variable = static_cast<char*>(std::memcpy(kept, text.c_str(), text.size() + 1));
}

// A relative name means another file once the program changes its directory.
void make_policy_absolute(char** environment, const std::string& path) {
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kPolicyVariable.data(), kPolicyVariable.size()) != 0) continue;
    if (path != *variable + kPolicyVariable.size()) replace(*variable, std::string(kPolicyVariable) + path);
    return;
  }
}

// Rules of [command NAME] are for what the program starts as well: the library stays listed, by a name that leads to it
// from every directory. What the loader still reads of LD_AUDIT stays where it is.
void stay_in_list(char** environment, const Arrival& arrival, const std::string& own) {
  if (own.find('/') == std::string::npos || own[0] == '/') return;
  const std::string prefix = std::string(arrival.variable) + "=";
  for (char** variable = environment; *variable != nullptr; ++variable) {
    const std::string_view value = *variable;
    if (!value.starts_with(prefix)) continue;
    std::string text = prefix;
    for (std::size_t at = prefix.size(); at < value.size();) {
      const std::size_t end = std::min(value.find_first_of(" :", at), value.size());
      const std::string entry(value.substr(at, end - at));
      text += is_own_entry(entry, own) ? absolute(own) : entry;
      text += value.substr(end, 1);
      at = end + 1;
    }
    replace(*variable, text);
  }
}

// execve(2): the kernel lays the words of a start before its environment, and their number before them. rtld-audit(7)
// passes none, and /proc may be out of reach. Null: something else stands there.
char* const* words_before(char* const* environment) {
  char* const* const end = environment - 1;
  if (*end != nullptr) return nullptr;
  for (std::uintptr_t count = 0;; ++count) {
    const char* const word = *(end - 1 - count);
    if (reinterpret_cast<std::uintptr_t>(word) == count) return end - count;
    if (word == nullptr) return nullptr;
  }
}

// The words joined by blanks, as rules of [command NAME] are held against them.
std::string command_line(char* const* words) {
  if (words == nullptr) refuse({"the words of this start do not stand before its environment, and [command NAME] cannot be held against them; use landshim run"});
  std::string out;
  for (char* const* word = words; *word != nullptr; ++word) out += (word == words ? "" : " ") + std::string(*word);
  return out;
}

// The layers that rules of [command NAME] ask for; ends the process where one denies it.
std::vector<Plan> layers_of(const Policy& policy, const std::string& line, const Surroundings& surroundings) {
  const Result<std::vector<const CommandRule*>> rules = matching(policy, line);
  if (!rules) refuse(rules.error());
  const Narrowing found = narrowing(*rules);
  if (found.denied != nullptr) {
    say(text(denial(policy, *found.denied, line)));
    kernel::end(kDenied);
  }
  Result<std::vector<Plan>> layers = make_layers(policy, found, surroundings, {false, false, true});
  if (!layers) refuse(layers.error());
  return std::move(*layers);
}

Plan plan_of(Loaded loaded, Surroundings& surroundings, const Objects& objects, const Arrival& arrival) {
  const Policy& policy = loaded.policy;
  surroundings.shim = absolute(objects.own);
  if (policy.runtime.value == Runtime::kProgram && !arrival.libraries_loaded)
    refuse({std::string("runtime = program: ") + arrival.variable + " comes before the program's libraries are known; write runtime = host, or use LD_PRELOAD or landshim run", where(policy, policy.runtime.origin)});
  if (policy.runtime.value != Runtime::kNone)
    for (const std::string& file : objects.files) surroundings.mapped.push_back(absolute(file));
  // Who follows the calls of a program has to know them.
  const bool ready_filter = !policy.log.used();
  Result<Plan> plan = make_plan(std::move(loaded), surroundings, {false, false, ready_filter});
  if (!plan) refuse(plan.error());
  return std::move(*plan);
}

void say_losses(const Plan& plan) {
  for (const std::string& line : loss_lines(plan)) say(line);
}

void enforce_or_refuse(const Plan& plan) {
  if (const Result<Done> done = enforce(plan); !done) refuse(done.error());
  say_losses(plan);
}

// For a policy with a log: from here on this is a child of the process that was started.
std::optional<Handover> follower_for(const Plan& plan, const Surroundings& surroundings, const std::string& policy, char** environment, char* const* words) {
  if (!plan.log.used()) return std::nullopt;
  const char* const nothing[] = {nullptr};
  if (surroundings.privileged) refuse({"file = " + plan.log.file.value + ": a privileged start has no log, since who started it could look at the follower; remove [audit], or use landshim run", place(plan, plan.log.file.origin), 0});
  Result<Handover> out = start_watcher(plan, {surroundings.shim, program_of_this_process(), surroundings.mapped, policy, plan.filter.identity}, words == nullptr ? nothing : words, environment);
  if (!out) refuse(out.error());
  return std::move(*out);
}

// The one file of a policy that is in force already, told before it is parsed.
std::optional<std::string> alone_in_force(std::string_view named, const Surroundings& surroundings) {
  std::optional<LoneFile> file = lone_file(named, surroundings);
  if (!file || ask_in_force(file->identity) != InForce::kThisPolicy) return std::nullopt;
  return std::move(file->path);
}

// Whether memory can be unmapped under the filter of a plan, which may end a program for that.
bool may_unmap(const Plan& plan) {
  if (!plan.filter.used) return true;
  const std::vector<PlannedCall>& calls = plan.filter.calls;
  // None that was made beforehand closes it.
  if (plan.filter.ready != nullptr && std::none_of(calls.begin(), calls.end(), [](const PlannedCall& each) { return each.call == "munmap"; })) return true;
  const PlannedCall call = planned_call(plan.filter, "munmap");
  return call.rules.empty() && call.otherwise.kind == ActionKind::kAllow;
}

// False: what is in force now may end a program that unmaps memory. Not inlined: its memory would lie between the caller
// and what that calls.
[[gnu::noinline]] bool put_in_force(char** environment, const Arrival& arrival, Surroundings surroundings, const Objects& objects, const char* named, bool held) {
  alignas(16) char memory[kLent];  // of the stack, whose pages the program will use itself
  lend_memory(memory);
  Loaded loaded = load(named, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  const bool has_rules = !loaded.policy.commands.empty();
  std::vector<Plan> layers;
  char* const* const words = arrival.words == nullptr ? words_before(environment) : arrival.words;
  if (has_rules) layers = layers_of(loaded.policy, command_line(words), surroundings);
  const std::size_t room = count_variables(environment);
  const std::string path = loaded.policy.sources.front().path;
  make_policy_absolute(environment, path);
  std::optional<Plan> plan;
  if (!held || ask_in_force(loaded.policy.identity) != InForce::kThisPolicy) plan = plan_of(std::move(loaded), surroundings, objects, arrival);
  // Where no filter answers for the policy, what the program starts would put it in force once more, each time.
  if (has_rules && (!plan || plan->filter.used)) stay_in_list(environment, arrival, objects.own);
  else leave_list(environment, arrival, objects.own);
  // What holds already is not known by its calls.
  bool unmaps = !held && std::all_of(layers.begin(), layers.end(), may_unmap);
  if (plan) {
    unmaps = unmaps && may_unmap(*plan);
    std::optional<Handover> handover = follower_for(*plan, surroundings, path, environment, words);
    // The entry that has left the list leaves room.
    if (const Result<Done> done = edit_environment(plan->environment, environment, room); !done) refuse(done.error());
    if (const Result<Done> done = enter_namespaces(*plan); !done) refuse(done.error());
    if (handover) {
      if (const Result<Done> done = enforce_followed(*plan, layers, *handover); !done) refuse(done.error());
      say_losses(*plan);
      for (const Plan& layer : layers) say_losses(layer);
      return unmaps;
    }
    enforce_or_refuse(*plan);
  }
  for (const Plan& layer : layers) enforce_or_refuse(layer);
  return unmaps;
}

}  // namespace

void arrive(char** environment, const Arrival& arrival) {
  // The kernel is asked first, whatever the environment says.
  const bool held = ask_in_force(0) != InForce::kNothing;
  // The first touch of a page of the stack costs more than most calls do: what will be used is mapped at once. Not under
  // a filter, which may end a program for a call that only saves time.
  constexpr std::size_t kCalls = 20 << 10;
  if (!held) kernel::map_ahead(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - kLent - kCalls, kLent + kCalls);
  constexpr std::size_t kMemory = 1 << 10;
  alignas(16) char memory[kMemory];
  lend_memory(memory);
  Surroundings surroundings;
  surroundings.environment = environment;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  Objects objects;
  dl_iterate_phdr(note_object, &objects);
  const char* named = variable(surroundings, "LANDSHIM_POLICY");
  if (named == nullptr || *named == '\0') {
    if (held) return leave_list(environment, arrival, objects.own);
    refuse({std::string("no policy: LANDSHIM_POLICY is not set; set it to a policy file or a profile, or take ") + base_name(objects.own) + " out of " + arrival.variable});
  }
  if (held)
    if (const std::optional<std::string> path = alone_in_force(named, surroundings)) {
      make_policy_absolute(environment, *path);
      return leave_list(environment, arrival, objects.own);
    }
  if (put_in_force(environment, arrival, surroundings, objects, named, held)) unmap_memory();
}

}  // namespace landshim
