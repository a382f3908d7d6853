// SPDX-License-Identifier: MIT
// What the doors that the loader opens have in common. Linked into each library, not into the engine: it looks for
// the library that it is part of.
#include "shim/arrive.h"

#include <link.h>
#include <sys/auxv.h>

#include <cerrno>
#include <cstring>

#include "config/raw_call.h"
#include "shim/enforce.h"
#include "shim/environment.h"
#include "shim/host.h"
#include "shim/kernel.h"
#include "shim/namespaces.h"
#include "shim/restrict.h"

namespace landshim {

namespace {

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
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && here >= begin && here - begin < segment.p_memsz) objects.own = name;
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

// A relative name means another file once the program changes its directory.
void make_policy_absolute(char** environment, const std::string& path) {
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kPolicyVariable.data(), kPolicyVariable.size()) != 0) continue;
    if (path == *variable + kPolicyVariable.size()) return;
    // The only memory that outlives the arrival, since the environment points to it. Not malloc: see edit_environment().
    const std::string text = std::string(kPolicyVariable) + path;
    void* kept = kernel::map_memory(text.size() + 1);
    if (kept == nullptr) refuse({"no memory to make LANDSHIM_POLICY absolute", {}, ENOMEM});
    *variable = static_cast<char*>(std::memcpy(kept, text.c_str(), text.size() + 1));
    return;
  }
}

}  // namespace

void arrive(char** environment, const Arrival& arrival) {
  Surroundings surroundings;
  surroundings.environment = environment;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  const char* named = variable(surroundings, "LANDSHIM_POLICY");
  // The kernel is asked first, whatever the environment says.
  const InForce before = ask_in_force(0);
  Objects objects;
  dl_iterate_phdr(note_object, &objects);
  if (named == nullptr || *named == '\0') {
    if (before == InForce::kNothing)
      refuse({std::string("no policy: LANDSHIM_POLICY is not set; set it to a policy file or a profile, or take ") + base_name(objects.own) + " out of " + arrival.variable});
    return leave_list(environment, arrival, objects.own);
  }
  Loaded loaded = load(named, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  // The own entry leaves room there.
  const std::size_t room = count_variables(environment);
  leave_list(environment, arrival, objects.own);
  make_policy_absolute(environment, loaded.policy.sources.front().path);
  if (before == InForce::kNothing || ask_in_force(loaded.policy.identity) != InForce::kThisPolicy) {
    surroundings.shim = absolute(objects.own);
    if (loaded.policy.runtime.value == Runtime::kProgram && !arrival.libraries_loaded)
      refuse({std::string("runtime = program: ") + arrival.variable + " comes before the program's libraries are known; write runtime = host, or use LD_PRELOAD or landshim run", where(loaded.policy, loaded.policy.runtime.origin)});
    if (loaded.policy.runtime.value != Runtime::kNone) {
      surroundings.mapped = std::move(objects.files);
      for (std::string& file : surroundings.mapped) file = absolute(file);
    }
    const Result<Plan> plan = make_plan(std::move(loaded), surroundings, Door{});
    if (!plan) refuse(plan.error());
    if (const Result<Done> done = edit_environment(plan->environment, environment, room); !done) refuse(done.error());
    if (const Result<Done> done = enter_namespaces(*plan); !done) refuse(done.error());
    if (const Result<Done> done = enforce(*plan); !done) refuse(done.error());
    for (const std::string& line : loss_lines(*plan)) say(line);
  }
}

}  // namespace landshim
