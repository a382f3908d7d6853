// SPDX-License-Identifier: MIT
// Program files that want to run code, or to be granted something, before their policy is in force. Made here, by gcc.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "tests/live/files.h"

using namespace landshim::tests;

namespace {

constexpr const char* kRuntimes[] = {"host", "program"};

bool compiles() {
  if (run({{"sh", "-c", "command -v gcc"}, {}, {}}).status == 0) return true;
  skip("needs gcc");
  return false;
}

// A directory of its own with what the attempts need, and a loader of the host.
class Place {
 public:
  Place() {
    secret = home_.file("secret", "top secret\n");
    marker = work_ / "marker";
    chmod(work_.path().c_str(), 0777);
  }

  // Compiles C: `text` to the file `name`, with more options. "MARKER" in the text is the path of the marker.
  std::string compile(const std::string& name, const std::string& text, std::vector<std::string> options) const {
    std::vector<std::string> words{"gcc", "-w", "-DMARKER=\"" + marker + "\"", "-o", home_ / name, home_.file(name + ".c", text)};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = run({words, {}, {}});
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
    return home_ / name;
  }

  std::string operator/(const std::string& name) const { return home_ / name; }
  std::string policy(const std::string& runtime, const std::string& more = "") const { return rules_.file("policy.ini", "[filesystem]\nruntime = " + runtime + "\n" + more); }

  // As `landshim run` under a policy file.
  Outcome held(const std::string& policy_file, const std::string& program, std::vector<int> keep = {}) const {
    Start start{{built("landshim"), "run", "-p", policy_file, "--", program}, {{"SECRET", "in the environment"}}, {}};
    start.keep = std::move(keep);
    return run(start);
  }

  std::string secret;
  std::string marker;

 private:
  Scratch home_;
  Scratch work_;
  Scratch rules_;
};

// Makes the marker, prints the variable SECRET, and writes to descriptor 9.
constexpr const char* kEarlyCode = R"(
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
unsigned la_version(unsigned version) { return version; }
__attribute__((constructor)) static void early(void) {
  close(open(MARKER, O_CREAT | O_WRONLY, 0600));
  if (getenv("SECRET")) dprintf(1, "%s\n", getenv("SECRET"));
  write(9, "leaked", 6);
}
)";

constexpr const char* kProgram = "int main(void) { return 7; }\n";

std::string loader_of_host() {
  for (const char* path : {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"})
    if (exists(path)) return path;
  throw std::runtime_error("this host has no loader of glibc");
}

void check_not_granted(const Place& place, const std::string& program, const std::string& loader, const std::string& why) {
  for (const char* runtime : kRuntimes) {
    const Outcome outcome = place.held(place.policy(runtime), program);
    INFO(runtime << "\n" << outcome.out << outcome.err);
    CHECK(outcome.status == 125);
    CHECK(outcome.err == "landshim: runtime cannot grant what " + program + " needs: its loader " + loader + " " + why);
    CHECK(outcome.out.empty());
    CHECK_FALSE(exists(place.marker));
  }
}

constexpr const char* kNoneOfTheSystem = "is none of the system's: named ld-..., and with every directory above it writable by root alone; leave runtime out and grant its files by name\n";

}  // namespace

TEST_CASE("audit modules that a program's file names run under its policy, and not before it", "[live][command][hostile]") {
  if (!compiles()) return;
  for (const std::string option : {"--audit", "--depaudit"}) {
    const Place place;
    const std::string module = place.compile("module.so", kEarlyCode, {"-shared", "-fPIC"});
    const std::string program = place.compile("program", kProgram, {"-Wl," + option + "=" + module});
    // The control: to be listed by its loader is enough.
    run({{loader_of_host(), "--list", program}, {}, {}});
    CHECK(exists(place.marker));
    for (const char* runtime : kRuntimes) {
      std::filesystem::remove(place.marker);
      const int leak = open((place.marker + "-leak").c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
      REQUIRE(leak >= 0);
      const int nine = leak == 9 ? leak : dup2(leak, 9);
      const Outcome outcome = place.held(place.policy(runtime, "[process]\ninherit_fds = 0-2\n[environment]\nunset = SECRET\n"), program, {nine});
      close(leak);
      if (nine != leak) close(nine);
      INFO(option << " " << runtime << "\n" << outcome.err);
      CHECK(outcome.status == 7);
      CHECK(outcome.out.empty());
      CHECK_FALSE(exists(place.marker));
      CHECK(contents(place.marker + "-leak").empty());
      std::filesystem::remove(place.marker + "-leak");
      // A policy that is refused after all has started nothing either.
      const Outcome refused = place.held(place.policy(runtime, "read = " + (place / "nothing") + "\n"), program);
      CHECK(refused.status == 125);
      CHECK(refused.out.empty());
      CHECK_FALSE(exists(place.marker));
    }
  }
}

TEST_CASE("a loader of the program's own is refused, and never runs", "[live][command][hostile]") {
  if (!compiles()) return;
  const Place place;
  const std::string loader = place.compile("ld-own.so.1", std::string(kEarlyCode) + kProgram, {"-static"});
  const std::string program = place.compile("program", kProgram, {"-Wl,--dynamic-linker=" + loader});
  run({{loader, "--list", program}, {}, {}});
  CHECK(exists(place.marker));
  std::filesystem::remove(place.marker);
  check_not_granted(place, program, loader, kNoneOfTheSystem);
  std::filesystem::remove(loader);
  check_not_granted(place, program, loader, "cannot be looked at; leave runtime out and grant its files by name: no such file or directory (ENOENT)\n");
}

TEST_CASE("a secret that a program names as its loader is not granted", "[live][command][hostile]") {
  if (!compiles()) return;
  const Place place;
  std::filesystem::create_symlink(place.secret, place / "ld-link.so.1");
  for (const std::string& loader : {place.secret, place / "ld-link.so.1", std::string("/etc/passwd")}) {
    INFO(loader);
    check_not_granted(place, place.compile("program", kProgram, {"-Wl,--dynamic-linker=" + loader}), loader, kNoneOfTheSystem);
  }
}

TEST_CASE("a secret that a script names as its interpreter is not granted to sh", "[live][command][hostile]") {
  const Scratch home;
  const std::string secret = home.file("secret", "top secret\n", 0755);
  const std::string script = home.file("script", "#!" + secret + "\nwhile read -r line; do echo \"$line\"; done < " + secret + "\n", 0755);
  CHECK(run({{"/bin/sh", script}, {}, {}}).out == "top secret\n");
  for (const char* runtime : kRuntimes) {
    const Outcome outcome = run_by_command(std::string("[filesystem]\nruntime = ") + runtime + "\nread_exec = /bin, /usr/bin, /lib, /lib64, /usr/lib\n", {{script}, {}, {}});
    INFO(outcome.err);
    CHECK(outcome.status == 126);
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("a secret that a program names as its library is not granted", "[live][command][hostile]") {
  if (!compiles()) return;
  const Place place;
  std::filesystem::create_directory(place / "private");
  place.compile("private/libx.so", "int x(void) { return 0; }\n", {"-shared", "-fPIC"});
  const std::string reads = "#include <stdio.h>\n#include <errno.h>\nint x(void);\nint main(void) { if (fopen(\"" + (place / "private/libx.so") + "\", \"r\")) return x(); return errno; }\n";
  const std::string program = place.compile("program", reads, {place / "private/libx.so"});
  CHECK(run({{program}, {}, {}}).status == 0);
  // No library any more: to the loader neither, so the program cannot start; and landshim must not have granted it.
  std::ofstream(place / "private/libx.so") << "top secret\n";
  const Outcome explained = place.held(place.policy("host", "read = " + (place / "private/libx.so") + "\n"), program);
  CHECK(explained.err.find("file too short") != std::string::npos);
  for (const char* runtime : kRuntimes) {
    const Outcome outcome = place.held(place.policy(runtime), program);
    CHECK(outcome.status == 127);
    CHECK(outcome.err.find("Permission denied") != std::string::npos);
  }
}
