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

// The value of LD_PRELOAD without the own entry. Others stay, in their order; separators are as ld.so(8) has them.
std::string without_own(std::string_view value, const std::string& own) {
  std::string left;
  bool found = false;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(" :", at), value.size());
    const std::size_t next = std::min(end + 1, value.size());
    if (is_own_entry(std::string(value.substr(at, end - at)), own)) found = true;
    else left += value.substr(at, next - at);
    at = next;
  }
  while (found && !left.empty() && (left.back() == ' ' || left.back() == ':')) left.pop_back();
  return left;
}

// In the memory where the variable stands: children inherit the policy from the kernel, and would read it under itself.
void leave_preload(char** environment, const std::string& own) {
  for (char** entry = environment; *entry != nullptr;) {
    char* const value = *entry + kPreloadVariable.size();
    if (std::strncmp(*entry, kPreloadVariable.data(), kPreloadVariable.size()) != 0 || *value == '\0') {
      ++entry;
      continue;
    }
    const std::string left = without_own(value, own);
    std::memset(value, 0, std::strlen(value));
    std::memcpy(value, left.data(), left.size());
    if (!left.empty()) {
      ++entry;
      continue;
    }
    for (char** rest = entry; *rest != nullptr; ++rest) rest[0] = rest[1];
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
