// SPDX-License-Identifier: MIT
// Door 1: the constructor of liblandshim.so. It runs before main, and with -z initfirst before the constructors of
// every library: main starts under the policy, or the process ends with status 125. No way out in between.
#include <link.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "shim/host.h"
#include "shim/restrict.h"

namespace landshim {

namespace {

constexpr std::string_view kPolicyVariable = "LANDSHIM_POLICY=";
constexpr std::string_view kPreloadVariable = "LD_PRELOAD=";

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
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// The loader's name is the entry itself, or for an entry without a slash the place where it was found.
bool is_own_entry(const std::string& entry, const std::string& own) {
  if (entry == own) return true;
  if (entry.find('/') == std::string::npos) return entry == base_name(own);
  return entry.find('$') != std::string::npos ? std::strcmp(base_name(entry), base_name(own)) == 0 : same_file(entry.c_str(), own.c_str());
}

// Takes the own entry out of LD_PRELOAD, in the memory where the variable stands: children inherit the policy from the
// kernel, and would read it under itself. Other entries stay, in their order; separators are as ld.so(8) has them.
void leave_preload(char** environment, const std::string& own) {
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kPreloadVariable.data(), kPreloadVariable.size()) != 0) continue;
    char* const value = *variable + kPreloadVariable.size();
    const std::string_view old = value;
    std::string left;
    for (std::size_t at = 0; at < old.size();) {
      const std::size_t end = std::min(old.find_first_of(" :", at), old.size());
      const std::string entry(old.substr(at, end - at));
      const std::size_t next = std::min(end + 1, old.size());
      if (!is_own_entry(entry, own)) left += old.substr(at, next - at);
      at = next;
    }
    while (!left.empty() && (left.back() == ' ' || left.back() == ':') && left.size() < old.size()) left.pop_back();
    std::memset(value, 0, old.size());
    std::memcpy(value, left.data(), left.size());
    if (!left.empty()) return;
    for (char** rest = variable; *rest != nullptr; ++rest) rest[0] = rest[1];
    return;
  }
}

// A relative name means another file once the program changes its directory.
void make_policy_absolute(char** environment, const std::string& path) {
  // The only memory that outlives the constructor: the environment of the program points to it.
  static char kept[kPolicyVariable.size() + PATH_MAX];
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kPolicyVariable.data(), kPolicyVariable.size()) != 0) continue;
    if (path == *variable + kPolicyVariable.size()) return;
    if (path.size() >= PATH_MAX) return;  // no file of this name can be opened
    std::memcpy(kept, kPolicyVariable.data(), kPolicyVariable.size());
    std::memcpy(kept + kPolicyVariable.size(), path.c_str(), path.size() + 1);
    *variable = kept;
    return;
  }
}

void hold(char** environment) {
  Surroundings surroundings;
  surroundings.environment = environment;
  surroundings.privileged = getauxval(AT_SECURE) != 0;
  const char* named = variable(surroundings, "LANDSHIM_POLICY");
  // The kernel is asked first, whatever the environment says.
  const InForce before = ask_in_force(0);
  Objects objects;
  dl_iterate_phdr(note_object, &objects);
  if (named == nullptr || *named == '\0') {
    if (before == InForce::kNothing) refuse({"no policy: LANDSHIM_POLICY is not set; set it to a policy file or a profile, or take liblandshim.so out of LD_PRELOAD"});
    return leave_preload(environment, objects.own);
  }
  Loaded loaded = load(named, surroundings);
  if (!loaded.faults.empty()) refuse(loaded.faults.front());
  const std::string path = loaded.policy.sources.front().path;
  if (before == InForce::kNothing || ask_in_force(loaded.policy.identity) != InForce::kThisPolicy) {
    surroundings.shim = absolute(objects.own);
    if (loaded.policy.runtime.value != Runtime::kNone) {
      surroundings.mapped = std::move(objects.files);
      for (std::string& file : surroundings.mapped) file = absolute(file);
    }
    const Result<std::vector<std::string>> lines = restrict_this_process(std::move(loaded), surroundings);
    if (!lines) refuse(lines.error());
    for (const std::string& line : *lines) say(line);
  }
  leave_preload(environment, objects.own);
  make_policy_absolute(environment, path);
}

// glibc passes the three arguments of main and has not set environ yet; musl passes none and has.
__attribute__((constructor)) void start(int, char**, char** arguments_environment) {
  const int kept_errno = errno;
  char** const environment = environ != nullptr ? environ : arguments_environment;
  hold(environment);
  errno = kept_errno;
}

}  // namespace

}  // namespace landshim
