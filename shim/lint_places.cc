// SPDX-License-Identifier: MIT
// Rules that reach what a program has seldom business with: by the place that they name, or that they cover.
#include <fnmatch.h>

#include <algorithm>

#include "shim/lint_parts.h"

namespace landshim {

namespace {

// In a home directory.
constexpr const char* kSecrets[] = {
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker/config.json", ".netrc", ".git-credentials", ".pgpass", ".npmrc", ".pypirc", ".vault-token", ".password-store", ".mozilla",
    ".thunderbird", ".cargo/credentials.toml", ".config/gcloud", ".config/gh", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware", ".config/rclone", ".config/sops",
    ".local/share/keyrings", ".terraform.d/credentials.tfrc.json",
};
// Anywhere. A rule above them is no finding: modes keep most users out, and /etc is read by everything.
constexpr const char* kSystemSecrets[] = {"/etc/shadow", "/etc/gshadow", "/etc/ssh", "/etc/ssl/private", "/etc/krb5.keytab", "/etc/kubernetes", "/run/secrets", "/var/lib/docker", "/proc/kcore"};

// Programs that no policy holds are started from here, or read here what to start.
constexpr const char* kStarted[] = {
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/boot",
    "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/crontab", "/var/spool/cron", "/etc/init.d", "/etc/systemd", "/etc/profile",
    "/etc/profile.d", "/etc/bash.bashrc", "/etc/environment", "/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/pam.d", "/etc/sudoers", "/etc/sudoers.d", "/etc/udev",
    "/etc/passwd", "/etc/shadow", "/etc/xdg/autostart",
};
constexpr const char* kStartedAtHome[] = {
    ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".config/fish", ".config/autostart", ".config/systemd",
    ".config/environment.d", ".pam_environment", ".xprofile", ".xsessionrc", ".local/bin", "bin", ".ssh", ".gitconfig", ".config/git", ".vimrc", ".config/nvim", ".emacs", ".emacs.d",
};

// Memory, disks, keyboards and terminals.
constexpr const char* kRawDevices[] = {
    "/dev/mem", "/dev/kmem", "/dev/port", "/dev/sd*", "/dev/hd*", "/dev/vd*", "/dev/xvd*", "/dev/nvme*", "/dev/mmcblk*", "/dev/dm-*", "/dev/md*", "/dev/loop*", "/dev/mapper", "/dev/disk",
    "/dev/input", "/dev/uinput", "/dev/vcs*", "/dev/tty[0-9]*", "/dev/console", "/dev/pts",
};

class Places {
 public:
  explicit Places(Lint& lint) : lint_(lint) {}

  void run() {
    for (const Rule& rule : lint_.rules) {
      if (rule.planned->key == "runtime" || (rule.by_mode && !rule.writes())) continue;
      const bool root = rule.real() == "/";
      const bool home = !root && whole_home(rule);
      if (!root && !home) secret(rule);
      if (rule.writes()) written(rule, home);
      if (!rule.by_mode && !rule.planned->beside) system(rule);
    }
    reads_all();
  }

 private:
  static Origin origin(const Rule& rule) { return rule.planned->origin; }

  // The part of a path beneath the home directory that it lies in; empty: in none.
  std::string_view at_home(std::string_view path) const {
    for (const std::string& home : lint_.facts.homes)
      if (covers(home, path) && path != home) return path.substr(home.size() + 1);
    if (covers("/root", path) && path != "/root") return path.substr(6);
    const std::size_t slash = path.find('/', 6);
    return path.starts_with("/home/") && slash != std::string_view::npos ? path.substr(slash + 1) : std::string_view();
  }

  // Of this user, or where others have theirs.
  std::string home_in(const std::string& tree) const {
    for (const std::string& home : lint_.facts.homes)
      if (covers(tree, home)) return home;
    if (tree == "/home" || tree == "/root" || (tree.starts_with("/home/") && tree.find('/', 6) == std::string::npos)) return tree;
    return {};
  }

  bool whole_home(const Rule& rule) {
    const std::string home = rule.directory() ? home_in(rule.real()) : "";
    if (home.empty() || (!rule.writes() && (rule.rights & kReadFile) == 0)) return false;
    const char* what = rule.writes() ? ", what starts at login among it, can be changed" : ", keys, tokens and histories among it, can be read";
    lint_.found(Code::kHome, origin(rule), Lint::words(rule) + ": all of the home directory " + home + what, "grant the directories in it that the program needs, or give it a home of its own");
    return true;
  }

  void secret(const Rule& rule) {
    if (!rule.writes() && (rule.rights & kReadFile) == 0) return;
    const std::string place = secret_at(rule.real());
    constexpr const char* kRemedy = "grant what lies beside it, or take it out with except";
    if (!place.empty() && !public_part(rule)) return lint_.found(Code::kSecret, origin(rule), Lint::words(rule) + ": keys or passwords lie here", kRemedy);
    for (const std::string& covered : lint_.facts.secrets)
      if (rule.directory() && covers(rule.real(), covered) && !lint_.hidden(covered))
        return lint_.found(Code::kSecret, origin(rule), Lint::words(rule) + " covers " + covered + ", where keys or passwords lie", kRemedy);
  }

  std::string secret_at(const std::string& path) const {
    for (const char* place : kSystemSecrets)
      if (covers(place, path)) return place;
    const std::string_view rest = at_home(path);
    for (const char* place : kSecrets)
      if (!rest.empty() && covers(place, rest)) return place;
    return {};
  }

  // What is in such places and no secret, read.
  static bool public_part(const Rule& rule) {
    const std::string& path = rule.real();
    return !rule.writes() && (path.ends_with("/known_hosts") || path.ends_with(".pub") || path.ends_with("/ssh_known_hosts") || path.ends_with("/ssh_config") || path.ends_with("/ssh_config.d"));
  }

  void written(const Rule& rule, bool home) {
    if (const std::string place = started_in(rule, home); !place.empty())
      lint_.found(Code::kWritesStarted, origin(rule), Lint::words(rule) + (place == rule.real() ? "" : (covers(place, rule.real()) ? " lies in " : " covers ") + place) + ": programs that no policy holds start what is written there",
                  "grant a place from which nobody else starts anything");
    for (const std::string& file : lint_.facts.landshim)
      if (covers(rule.real(), file)) lint_.found(Code::kWritesLandshim, origin(rule), Lint::words(rule) + " makes " + file + " writable, which puts this policy in force", "grant less, or install landshim elsewhere");
    for (const std::string& place : lint_.facts.policy_places)
      if (covers(rule.real(), place) || covers(place, rule.real()))
        lint_.found(Code::kWritesPolicies, origin(rule), Lint::words(rule) + " makes " + place + " writable, where profiles are looked for", "grant less: a program that writes policies loosens its next start");
    if (rule.facts->repository && !lint_.hidden(rule.real() + "/.git/hooks"))
      lint_.found(Code::kRepository, origin(rule), Lint::words(rule) + ": git runs the hooks in its .git, and what .git/config names, for whoever uses it later", "take it out with except = " + rule.real() + "/.git, or look at both before using git there");
  }

  std::string started_in(const Rule& rule, bool home) const {
    const std::string& real = rule.real();
    for (const char* place : kStarted)
      if (covers(real, place) || covers(place, real)) return place;
    for (const std::string& place : lint_.facts.search_path)
      if (covers(real, place) || covers(place, real)) return place;
    if (home) return {};
    const std::string_view rest = at_home(real);
    for (const char* place : kStartedAtHome)
      if (!rest.empty() && (covers(rest, place) || covers(place, rest))) return real.substr(0, real.size() - rest.size()) + place;
    return {};
  }

  void system(const Rule& rule) {
    const std::string& real = rule.real();
    if (covers("/proc/self", real))
      lint_.found(Code::kOwnProc, origin(rule), Lint::words(rule) + " is the process that reads the policy, not the ones that it starts", "grant it in the knowledge that only the first process has it");
    else if (covers("/proc", real)) proc(rule);
    if (covers("/sys", real) && rule.writes()) lint_.found(Code::kSys, origin(rule), Lint::words(rule) + ": what is written there sets devices, power and control groups", "grant the file that the program needs");
    if (covers("/dev", real)) device(rule);
    const bool user = real.starts_with("/run/user/") && real.find('/', 10) == std::string::npos;
    if (real == "/run" || real == "/run/user" || user) lint_.found(Code::kRun, origin(rule), Lint::words(rule) + ": sockets and secrets of all services lie there", "grant what the program needs of it");
  }

  void proc(const Rule& rule) {
    const std::string& real = rule.real();
    const bool process = real.size() > 6 && real[6] >= '0' && real[6] <= '9';
    if (rule.writes()) lint_.found(Code::kProc, origin(rule), Lint::words(rule) + ": what is written there sets the kernel and processes", "grant the file that the program needs");
    else if (real == "/proc" || process) lint_.found(Code::kProc, origin(rule), Lint::words(rule) + ": the command lines and states of other processes can be read", "grant files such as /proc/cpuinfo, or pid = yes in [namespaces]");
  }

  void device(const Rule& rule) {
    const std::string& real = rule.real();
    constexpr const char* kRemedy = "name the devices that the program needs, such as /dev/null";
    if (real == "/dev") return lint_.found(Code::kDev, origin(rule), Lint::words(rule) + ": every device of this machine, disks and terminals among them", kRemedy);
    for (const char* pattern : kRawDevices)
      if (fnmatch(pattern, real.c_str(), FNM_LEADING_DIR) == 0) return lint_.found(Code::kDev, origin(rule), Lint::words(rule) + ": memory, disks, keyboards or other terminals stand behind it", kRemedy);
  }

  // Each half is ordinary; together they send out what the user can read.
  void reads_all() {
    const Policy& policy = lint_.policy;
    const bool out = lint_.network.access == NetworkAccess::kAll || policy.connect_tcp.granted() || (lint_.network.access != NetworkAccess::kNone && lint_.network.udp);
    const auto all = std::find_if(lint_.rules.begin(), lint_.rules.end(), [](const Rule& rule) { return rule.real() == "/" && (rule.rights & kReadFile) != 0; });
    if (!out || all == lint_.rules.end()) return;
    const Origin at = network_line(policy);
    lint_.found(Code::kReadsAll, at, "everything can be read (" + lint_.line(origin(*all), at, "mode") + ") and the network is open: what is read can be sent", "list what the program may read, or close the network");
  }

  Lint& lint_;
};

}  // namespace

std::vector<std::string> secret_places(const std::vector<std::string>& homes) {
  std::vector<std::string> out;
  for (const std::string& home : homes)
    for (const char* place : kSecrets) out.push_back(home + "/" + place);
  return out;
}

void lint_places(Lint& lint) { Places(lint).run(); }

}  // namespace landshim
