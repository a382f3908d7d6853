// SPDX-License-Identifier: MIT
#include "shim/command/learned.h"

#include <algorithm>
#include <functional>

#include "config/items.h"
#include "config/keys.h"
#include "config/rights.h"
#include "shim/command/draft.h"

namespace landshim::command {

namespace {

constexpr std::size_t kFewFiles = 4;       // as many of one directory are named one by one
constexpr std::size_t kFewPlaces = 12;     // as many beneath one directory
constexpr std::size_t kFewPrograms = 3;
constexpr std::size_t kLineLength = 120;
constexpr std::uint16_t kDomain = 53;

// Never granted as a whole: they hold what is everybody's, or all that is somebody's.
constexpr const char* kWide[] = {"/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
                                 "/usr/local", "/usr/lib", "/usr/share", "/var/lib", "/var/tmp", "/dev/shm", "/run/user"};

constexpr Rights kExecuting = kExecute;
constexpr Rights kInDirectories = kReadDir | (kChanging & ~(kWriteFile | kTruncate));

bool beneath(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) && (path.size() == directory.size() || directory == "/" || path[directory.size()] == '/');
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool numbered(const std::string& path, std::size_t at) { return path.size() > at && path[at] >= '0' && path[at] <= '9'; }

std::string joined(const std::set<std::string>& words) {
  std::string out;
  std::size_t told = 0;
  for (const std::string& word : words) {
    if (told == kFewPrograms) return out + " and " + std::to_string(words.size() - told) + " more";
    out += (told++ == 0 ? "" : ", ") + word;
  }
  return out;
}

// What is everybody's, a home, or keys.
bool holds_much(const std::string& directory, const Neighbourhood& near) {
  const auto holds = [&](const std::string& path) { return beneath(path, directory); };
  return std::find(std::begin(kWide), std::end(kWide), directory) != std::end(kWide) || std::any_of(near.homes.begin(), near.homes.end(), holds) || std::any_of(near.secrets.begin(), near.secrets.end(), holds) || parent_of(directory) == "/home";
}

// What is granted on a path, and for whom.
struct Grant {
  Rights rights = 0;
  bool directory = false;
  bool device = false;
  bool may_be_missing = false;
  std::size_t files = 1;
  std::set<std::string> programs{};

  void add(const Grant& other) {
    rights |= other.rights;
    files += other.files;
    programs.insert(other.programs.begin(), other.programs.end());
  }
};

using Grants = std::map<std::string, Grant>;

class Grouping {
 public:
  Grouping(const Needs& needs, const Neighbourhood& near, std::vector<std::string>& uncovered) : near_(near), uncovered_(uncovered) {
    for (const auto& [path, need] : needs.files) take(path, need);
  }

  Grants run() {
    absorb();
    for (bool changed = true; changed;) {
      changed = group([this](const std::string& directory, const std::vector<std::string>& held) { return std::count_if(held.begin(), held.end(), [&](const std::string& path) { return parent_of(path) == directory; }) > static_cast<long>(kFewFiles); });
      changed = group([](const std::string&, const std::vector<std::string>& held) { return held.size() > kFewPlaces; }) || changed;
      absorb();
    }
    return std::move(grants_);
  }

 private:
  bool wide(const std::string& directory) const { return holds_much(directory, near_) || secret(directory); }

  // Keys and the like are granted file by file.
  bool secret(const std::string& path) const {
    return std::any_of(near_.secrets.begin(), near_.secrets.end(), [&](const std::string& place) { return beneath(path, place); });
  }

  void take(const std::string& path, const FileNeed& need) {
    Grant grant{.rights = need.wanted.rights, .directory = need.directory, .device = need.wanted.device, .programs = need.programs};
    constexpr std::string_view kProcesses = "/proc/";
    constexpr std::string_view kThreads = "/proc/self/task/";
    if (path.starts_with(kProcesses) && numbered(path, kProcesses.size())) return take_of_process(path, grant);
    if (path.starts_with(kThreads) && numbered(path, kThreads.size())) return add("/proc/self/task", {.rights = grant.rights, .directory = true, .programs = grant.programs});
    // The names beneath it are those of one boot.
    if (path.starts_with("/sys/fs/cgroup/") && !changes(grant)) return add("/sys/fs/cgroup", {.rights = grant.rights, .directory = true, .programs = grant.programs});
    if (near_.gone.count(path) != 0) return;
    if (!need.directory || !wide(path) || passing(path, need)) return add(path, grant);
    const Rights listing = grant.rights & kReadDir;
    if (listing != 0 && path != "/") add(path, {.rights = listing, .directory = true, .programs = grant.programs});
    if (listing != 0 && path == "/") uncovered_.push_back("list /, by " + joined(grant.programs) + ": no rule on the root is proposed");
    if ((grant.rights & ~kReadDir) != 0) take_entries(path, need);
  }

  // It has another name in each process, and a rule means the one that is there at the start. Beside those of processes
  // there are the settings of the system: writing is not granted.
  void take_of_process(const std::string& path, const Grant& grant) {
    if ((grant.rights & kRead) != 0) add("/proc", {.rights = grant.rights & kRead, .directory = true, .programs = grant.programs});
    if (!changes(grant)) return;
    const std::string what = "write " + of_any_process(path) + ", by " + joined(grant.programs) + ": a rule would open all of /proc";
    if (std::find(uncovered_.begin(), uncovered_.end(), what) == uncovered_.end()) uncovered_.push_back(what);
  }

  // Files come and go there, which is what it is for.
  bool passing(const std::string& directory, const FileNeed& need) const {
    if (directory != "/tmp" && directory != "/var/tmp" && directory != "/dev/shm") return false;
    return need.names.empty() || std::any_of(need.names.begin(), need.names.end(), [&](const std::string& name) { return !std::binary_search(near_.there.begin(), near_.there.end(), directory + "/" + name); });
  }

  // Files that the run has made in a directory that is not to be granted, as far as they are there: they can be written
  // again, and not be made again.
  void take_entries(const std::string& directory, const FileNeed& need) {
    bool all = !need.names.empty() && need.names.size() < Needs::kMostNames;
    for (const std::string& name : need.names) {
      const std::string path = (directory == "/" ? "" : directory) + "/" + name;
      const bool there = std::binary_search(near_.there.begin(), near_.there.end(), path);
      all = all && there;
      if (there) add(path, {.rights = kReadFile | kWriteFile | kTruncate, .may_be_missing = true, .programs = need.programs});
    }
    uncovered_.push_back(std::string(all ? "create again or remove what it has made in " : "create or remove in ") + directory + ", by " + joined(need.programs) + ": a rule would open all of it");
  }

  void add(const std::string& path, Grant grant) {
    const auto [at, is_new] = grants_.emplace(path, grant);
    if (!is_new) at->second.add(grant);
  }

  static bool changes(const Grant& grant) { return (grant.rights & kChanging) != 0; }

  // What lies in a directory that is granted is granted with it: what is written there is the program's own, and what is
  // only read there beside other readable things adds nothing.
  void absorb() {
    for (auto at = grants_.begin(); at != grants_.end();) {
      Grant* const above = nearest_above(at->first);
      const bool fits = above != nullptr && !secret(at->first) && !(above->rights == kReadDir && at->second.rights != kReadDir) && (changes(*above) || !changes(at->second)) && !at->second.device;
      if (!fits) {
        ++at;
        continue;
      }
      above->add(at->second);
      at = grants_.erase(at);
    }
  }

  Grant* nearest_above(const std::string& path) {
    for (std::string at = path; at != "/";) {
      at = parent_of(at);
      const auto found = grants_.find(at);
      if (found != grants_.end() && found->second.directory) return &found->second;
    }
    return nullptr;
  }

  // Where `many` finds too much beneath a directory, the directory stands for what is only read or executed there.
  bool group(const std::function<bool(const std::string&, const std::vector<std::string>&)>& many) {
    std::map<std::string, std::vector<std::string>, std::greater<>> held;
    for (const auto& [path, grant] : grants_) {
      if (changes(grant) || grant.device || secret(path) || path.starts_with("/proc") || path.starts_with("/sys") || path.starts_with("/dev")) continue;
      for (std::string at = path; at != "/";) held[at = parent_of(at)].push_back(path);
    }
    for (const auto& [directory, paths] : held) {
      if (wide(directory) || !many(directory, paths)) continue;
      Grant whole{.rights = kReadFile | kReadDir, .directory = true, .files = 0};
      for (const std::string& path : paths) {
        whole.add(grants_.at(path));
        grants_.erase(path);
      }
      add(directory, whole);
      return true;
    }
    return false;
  }

  const Neighbourhood& near_;
  std::vector<std::string>& uncovered_;
  Grants grants_{};
};

// The widest word that these rights need; single rights where no word is meant.
std::string word_for(const Grant& grant) {
  const Rights rights = grant.rights;
  if (grant.device && (rights & kChanging) != 0) return "device";
  if (rights == kReadDir && grant.directory) return "read";
  if ((rights & kMakeChar) != 0 || (rights & kMakeBlock) != 0) return (rights & kMakeChar) != 0 ? "make_char" : "make_block";
  const bool reads = (rights & kRead) != 0;
  const bool changing = (rights & kChanging) != 0;
  if ((rights & kExecuting) != 0) return changing ? "read_write_exec" : "read_exec";
  // Whoever makes files reads them sooner or later.
  if (changing && grant.directory) return "read_write";
  return changing ? (reads ? "read_write" : "write") : "read";
}

std::string purpose(const std::string& path, const Grant& grant) {
  std::string out = (grant.rights & kChanging) != 0 ? "changed" : (grant.rights & kExecuting) != 0 ? "executed" : grant.rights == kReadDir ? "listed" : "read";
  out += " by " + joined(grant.programs);
  if (path == "/proc") return out + ": of processes, whose numbers differ in each run";
  if (grant.directory && grant.files > 1) out += ": " + std::to_string(grant.files) + " places in it";
  return out;
}

void write_files(const Grants& grants, Learned& out) {
  // In the order of the language's words, then by path.
  for (const char* word : {"read", "read_exec", "write", "read_write", "read_write_exec", "device", "make_char", "make_block"})
    for (const auto& [path, grant] : grants) {
      if (word_for(grant) != word) continue;
      if (const std::string why = unfit(path); !why.empty()) {
        out.uncovered.push_back(word + std::string(" ") + path + ": its name " + (why[0] == 'n' ? "is " : "has ") + why);
        continue;
      }
      const bool listing = grant.rights == kReadDir && grant.directory;
      out.lines.push_back({Section::kFilesystem, listing ? "read_dir" : word, quoted_item((grant.may_be_missing ? "-" : "") + escaped_path(path)), purpose(path, grant)});
    }
}

bool is_read(const Needs& needs, std::initializer_list<const char*> places) {
  for (const auto& [path, need] : needs.files)
    for (const char* place : places)
      if (beneath(path, place) && (need.wanted.rights & kChanging) == 0) return true;
  return false;
}

bool asks_domain(const Needs& needs) {
  for (const auto& [port, need] : needs.ports)
    if (port.second == kDomain && (port.first == kConnectTcp || port.first == kConnectSendUdp)) return true;
  return false;
}

bool other_udp(const Needs& needs) {
  for (const auto& [port, need] : needs.ports)
    if ((port.first == kBindUdp && port.second != 0) || (port.first == kConnectSendUdp && port.second != kDomain)) return true;
  return false;
}

void write_ports(const Needs& needs, const std::set<NetRights>& rights, const char* key, bool domain, Learned& out) {
  std::string list;
  std::set<std::string> programs;
  for (const auto& [port, need] : needs.ports) {
    if (rights.count(port.first) == 0 || (domain && port.second == kDomain)) continue;
    list += (list.empty() ? "" : ", ") + std::to_string(port.second);
    programs.insert(need.programs.begin(), need.programs.end());
  }
  if (!list.empty()) out.lines.push_back({Section::kNetwork, key, list, "used by " + joined(programs)});
}

// Of several values of one key the widest, which stands last in the language's order.
void write_line(LearnedLine line, Learned& out) {
  constexpr const char* kWidening[] = {"deny", "none", "own", "rules", "modes", "allow", "all"};
  const auto width = [&](const std::string& value) { return std::find(std::begin(kWidening), std::end(kWidening), value) - std::begin(kWidening); };
  for (LearnedLine& other : out.lines) {
    if (other.section != line.section || other.key != line.key) continue;
    if (other.value == line.value) return;
    const KeyInfo* const known = find_key(line.section, line.key);
    if (known == nullptr || !known->single) continue;
    if (width(line.value) > width(other.value)) other = std::move(line);
    return;
  }
  out.lines.push_back(std::move(line));
}

// Whether a line, met as such, opens what Grouping does not.
bool opens_too_much(const std::string& value, const std::string& what, const Neighbourhood& near) {
  std::string path = value;
  std::erase(path, '"');
  if (path.starts_with('-')) path.erase(0, 1);
  const bool itself = what.ends_with(" " + path) && !what.starts_with("list ");
  const bool secret = std::any_of(near.secrets.begin(), near.secrets.end(), [&](const std::string& place) { return beneath(path, place); });
  return secret ? !itself : holds_much(path, near) && path != "/tmp" && path != "/var/tmp" && path != "/dev/shm";
}

void write_lines(const Needs& needs, bool domain, const Neighbourhood& near, Learned& out) {
  for (const auto& [lines, need] : needs.lines)
    for (const std::string& line : lines) {
      const std::size_t bracket = line.find("] ");
      const std::size_t equals = line.find(" = ");
      if (line[0] != '[' || bracket == line.npos || equals == line.npos) continue;
      const SectionInfo* const section = find_section(line.substr(1, bracket - 1));
      if (section == nullptr) continue;
      const std::string key = line.substr(bracket + 2, equals - bracket - 2);
      const std::string value = line.substr(equals + 3);
      const Result<std::string> path = single_item(value);
      if (section->section == Section::kFilesystem && opens_too_much(path ? *path : value, need.what, near)) {
        out.uncovered.push_back(need.what + ", by " + joined(need.programs) + ": " + key + " = " + value + " would open all of it");
        continue;
      }
      // The profile looks names up over TCP.
      if (section->section == Section::kNetwork && key == "udp" && domain && !other_udp(needs)) continue;
      write_line({section->section, key, value, need.what + ", by " + joined(need.programs)}, out);
    }
}

// Any other line of a network says access = rules by itself, but those of UNIX sockets: where nothing else is wanted, they
// come with access = none.
void settle_network(Learned& out) {
  const auto count = [&](auto which) { return std::count_if(out.lines.begin(), out.lines.end(), [&](const LearnedLine& line) { return line.section == Section::kNetwork && which(line); }); };
  const auto others = count([](const LearnedLine& line) { return line.key != "access" && line.key != "unix"; });
  const auto rules = count([](const LearnedLine& line) { return line.key == "access" && line.value != "none"; });
  std::erase_if(out.lines, [&](const LearnedLine& line) { return line.section == Section::kNetwork && line.key == "access" && (others > 0 ? line.value != "all" : line.value == "none" && rules > 0); });
}

// With one reason, and of one directory as many as fit on a line.
std::string lines_alike(const std::vector<LearnedLine>& lines, const std::function<bool(const LearnedLine&)>& alike) {
  std::string out;
  std::string current;
  std::string directory;
  for (const LearnedLine& line : lines) {
    if (!alike(line)) continue;
    if (out.empty() && current.empty() && !line.why.empty()) out = "# " + printable(line.why) + "\n";
    const KeyInfo* const key = find_key(line.section, line.key);
    const bool fits = key != nullptr && !key->single && parent_of(line.value) == directory && current.size() + line.value.size() + 2 <= kLineLength;
    if (!current.empty() && fits) {
      current += ", " + line.value;
      continue;
    }
    out += current.empty() ? "" : current + "\n";
    current = line.key + " = " + line.value;
    directory = parent_of(line.value);
  }
  return out + current + "\n";
}

}  // namespace

std::string of_any_process(const std::string& path) {
  constexpr std::string_view kProcesses = "/proc/";
  if (!path.starts_with(kProcesses)) return path;
  const std::size_t end = std::min(path.find('/', kProcesses.size()), path.size());
  if (!numbered(path, kProcesses.size()) && path.compare(kProcesses.size(), end - kProcesses.size(), "self") != 0) return path;
  constexpr std::string_view kTask = "/task/";
  std::string rest = path.substr(end);
  if (rest.starts_with(kTask) && numbered(rest, kTask.size())) rest = "/task/TID" + rest.substr(std::min(rest.find('/', kTask.size()), rest.size()));
  return "/proc/PID" + rest;
}

std::vector<std::string> fitting_profiles(const Needs& needs) {
  std::vector<std::string> out;
  if (asks_domain(needs)) out.emplace_back("dns");
  if (is_read(needs, {"/etc/ssl/certs", "/usr/share/ca-certificates", "/etc/ssl/openssl.cnf", "/usr/lib/ssl"})) out.emplace_back("tls");
  if (needs.files.count("/dev/tty") != 0) out.emplace_back("tty");
  const auto tmp = needs.files.find("/tmp");
  if (tmp != needs.files.end() && (tmp->second.wanted.rights & kChanging) != 0) out.emplace_back("tmp");
  const auto shared = needs.files.find("/dev/shm");
  if (shared != needs.files.end() && (shared->second.wanted.rights & kChanging) != 0) out.emplace_back("shm");
  return out;
}

Learned learned_lines(const Needs& needs, const Neighbourhood& near, const std::vector<std::string>& profiles) {
  Learned out;
  const bool domain = std::find(profiles.begin(), profiles.end(), "dns") != profiles.end();
  write_files(Grouping(needs, near, out.uncovered).run(), out);
  write_ports(needs, {kConnectTcp}, "connect_tcp", domain, out);
  write_ports(needs, {kBindTcp}, "bind_tcp", false, out);
  write_lines(needs, domain, near, out);
  settle_network(out);
  for (const auto& [what, programs] : needs.impossible) out.uncovered.push_back(what + ", by " + joined(programs) + ": no line allows it");
  return out;
}

std::string policy_text(const std::vector<LearnedLine>& lines) {
  std::string out;
  for (const SectionInfo& section : all_sections()) {
    std::string part;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto alike = [&](const LearnedLine& line) { return line.section == lines[i].section && line.key == lines[i].key && line.why == lines[i].why; };
      if (lines[i].section == section.section && std::none_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i), alike)) part += lines_alike(lines, alike);
    }
    if (!part.empty()) out += (out.empty() ? "[" : "\n[") + std::string(section.word) + "]\n" + part;
  }
  return out;
}

}  // namespace landshim::command
