// SPDX-License-Identifier: MIT
// What a program that is held can prepare for its next start under the same policy: nothing that would make it wider.
#include <catch2/catch.hpp>

#include <cerrno>
#include <filesystem>

#include "tests/live/files.h"
#include "tests/victims/witness.h"

using namespace landshim::tests;

namespace {

// What check tells beside is not what keeps a program from starting.
std::string faults(const std::string& told) {
  std::string out;
  for (const std::string& line : lines_of(told))
    if (line.find(": warning LS") == std::string::npos && line.find(": note LS") == std::string::npos) out += line + "\n";
  return out;
}

// A home with a secret, a workspace and a directory for temporary files; the policy lies out of reach of all three.
struct Place {
  Scratch policies;
  Scratch scratch;
  std::string home = scratch.directory("home", 0777);
  std::string work = scratch.directory("work", 0777);
  std::string temporary = scratch.directory("temporary", 0777);
  std::string secret = scratch.file("home/secret", "secret", 0666);
  std::string policy = policies / "policy.ini";

  void write(const std::string& text) const { policies.file("policy.ini", text); }

  Start started(const std::string& code, const std::string& directory) const {
    Start start{{"/bin/sh", "-c", code}, {{"HOME", home}, {"TMPDIR", temporary}}, {"XDG_CONFIG_HOME"}};
    start.directory = directory.empty() ? work : directory;
    return start;
  }
  Outcome start(const std::string& code, const std::string& directory = {}) const { return run_with(policy, started(code, directory)); }

  Outcome landshim(Words words, const std::string& directory = {}) const {
    Start start = started({}, directory);
    words.insert(words.begin(), built("landshim"));
    start.command = std::move(words);
    return run(start);
  }

  // By both doors, and by check, in the same words.
  void check_refused(int line, const std::string& message) const {
    const std::string expected = "landshim: " + policy + ":" + std::to_string(line) + ": " + message + "\n";
    const Outcome preload = start("cat " + secret + "; echo changed > " + secret);
    CHECK(preload.status == 125);
    CHECK(preload.out.empty());
    CHECK(preload.err == expected);
    const Outcome command = landshim({"run", "-p", policy, "--", "/bin/cat", secret});
    CHECK(command.status == 125);
    CHECK(command.out.empty());
    CHECK(command.err == expected);
    const Outcome checked = landshim({"check", policy});
    CHECK(checked.status == 1);
    CHECK(faults(checked.err) == expected);
    CHECK(contents(secret) == "secret");
  }

  void check_starts(const std::string& code = ":") const {
    const Outcome outcome = start(code);
    INFO("stdout: " << outcome.out << "\nstderr: " << outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
  }
};

std::string can_turn(const std::string& link, const std::string& target) {
  return ": the program that is held can turn the link " + link + ", which leads to " + target + " now; if that is meant, name " + target + " itself, else mend the link or grant less";
}

std::string can_create(const std::string& file, const std::string& shown, const std::string& more = "") {
  return ": this lets the program that is held create " + file + ", and so choose what " + shown + " means at its next start; name a file elsewhere by its path, " + more + "or grant less";
}

const std::string kWorkspaceWrite = "[policy]\nmode = workspace-write\n";

}  // namespace

TEST_CASE("a program cannot put a profile before the one that holds it", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string profile = place.home + "/.config/landshim/workspace.ini";
  const Words plant{"run", "-p", "workspace", "--", "/bin/sh", "-c", "mkdir -p ~/.config/landshim && printf '[policy]\\nmode = full-access\\n' > ~/.config/landshim/workspace.ini"};
  for (const char* deepest : {"", ".config", ".config/landshim"}) {
    std::filesystem::create_directories(place.home + "/" + deepest);
    for (const std::string& directory : {place.home, place.home + "/" + deepest}) {
      INFO(deepest << " from " << directory);
      const Outcome outcome = place.landshim(plant, directory);
      CHECK(outcome.status == 125);
      CHECK(outcome.err == "landshim: profile workspace:4: mode: " + (directory.ends_with('/') ? place.home : directory) + can_create(profile, "profile workspace", "start in another directory, ") + "\n");
      CHECK_FALSE(exists(profile));
    }
  }
  const Outcome beside = place.landshim(plant, place.work);
  CHECK(beside.status == 2);
  CHECK(beside.err.find("Permission denied") != std::string::npos);
  CHECK_FALSE(exists(profile));
  CHECK(place.landshim({"run", "-p", "workspace", "--", "/bin/sh", "-c", "echo new > new"}, place.work).status == 0);
  CHECK(contents(place.work + "/new") == "new\n");
  // Without a policy it can.
  CHECK(run(place.started(plant.back(), {})).status == 0);
  CHECK(exists(profile));
}

TEST_CASE("a program cannot write an include that was missing", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string local = place.work + "/local.ini";
  const std::string include = "[policy]\ninclude = -" + local + "\n";
  const std::string plant = "printf '[filesystem]\\nread_write = " + place.home + "\\nexcept = " + local + "\\n' > " + local;
  place.write(include + "[filesystem]\nruntime = host\nread_write = " + place.work + "\n");
  place.check_refused(5, "read_write = " + place.work + can_create(local, "the missing include"));
  place.write("[policy]\nmode = workspace-write\ninclude = -" + local + "\n");
  place.check_refused(2, "mode: " + place.work + can_create(local, "the missing include", "start in another directory, "));
  CHECK(place.start(plant).status == 125);
  CHECK_FALSE(exists(local));
  // Taken out of what is writable it may be missing: the program cannot create it.
  std::filesystem::create_directory(place.work + "/sub");
  place.write(include + "[filesystem]\nruntime = host\nread_write = " + place.work + "\nexcept = -" + local + "\n");
  place.check_starts();
  CHECK(place.start(plant).err.find("Permission denied") != std::string::npos);
  CHECK_FALSE(exists(local));
  place.check_starts("echo new > sub/new");
  // In a place that nobody writes it is no fault, nor is a writable directory beside its own.
  place.write("[policy]\ninclude = -" + place.home + "/local.ini\n[filesystem]\nruntime = host\nread_write = " + place.work + "\n");
  place.check_starts("echo new > new");
}

TEST_CASE("a profile that an include found nowhere cannot be created either", "[live][next-start]") {
  const Place place;
  place.write("[policy]\ninclude = -extra-of-a-test\n[filesystem]\nruntime = host\nread_write = " + place.home + "\n");
  place.check_refused(5, "read_write = " + place.home + can_create(place.home + "/.config/landshim/extra-of-a-test.ini", "profile extra-of-a-test"));
}

TEST_CASE("a workspace that a program turns into a link does not open where it leads", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string inner = place.temporary + "/work";
  std::filesystem::create_directory(inner);
  std::filesystem::permissions(inner, std::filesystem::perms::all);
  place.write(kWorkspaceWrite + "workspace = " + inner + "\n");
  place.check_starts("cd " + inner + " && mv ../work ../old && ln -s " + place.home + " ../work");
  REQUIRE(std::filesystem::is_symlink(inner));
  place.check_refused(3, "workspace = " + inner + can_turn(inner, place.home));
}

TEST_CASE("a path beneath a writable one that becomes a link does not open where it leads", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string bin = place.work + "/bin";
  const std::string base = "[filesystem]\nruntime = host\nread_write = " + place.work + "\n";
  std::filesystem::create_directory(bin);
  std::filesystem::permissions(bin, std::filesystem::perms::all);
  place.write(base + "read_exec = " + bin + "\n");
  place.check_starts("rmdir bin && ln -s / bin");
  place.check_refused(4, "read_exec = " + bin + can_turn(bin, "/"));
  // A link in the middle of the way, and one behind a link that is nobody's.
  std::filesystem::remove(bin);
  place.write(base + "read = -" + place.work + "/a/b\n");
  place.check_starts("ln -s " + place.scratch.path() + " a");
  place.check_starts();
  place.write(base + "read = -" + place.work + "/a/home\n");
  place.check_refused(4, "read = " + place.work + "/a/home" + can_turn(place.work + "/a", place.home));
  std::filesystem::create_directory_symlink(place.work + "/a", place.policies / "outer");
  place.write(base + "read = " + place.policies / "outer/home" + "\n");
  place.check_refused(4, "read = " + place.policies / "outer/home" + can_turn(place.work + "/a", place.home));
  // A pattern.
  place.write(base + "read = -" + place.work + "/*/home\n");
  place.check_refused(4, "read = " + place.work + "/a/home" + can_turn(place.work + "/a", place.home));
}

TEST_CASE("links are seen where an outer sandbox forbids openat2", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string link = place.work + "/link";
  std::filesystem::create_directory_symlink(place.home, link);
  std::filesystem::create_directory(place.work + "/real");
  const std::string base = "[filesystem]\nruntime = host\nread_write = " + place.work + "\n";
  for (const char* error : {"ENOSYS", "EPERM"}) {
    const std::string outer = place.policies.file("outer.ini", std::string("[policy]\nmode = full-access\n[syscalls]\nopenat2 = deny ") + error + "\n");
    const auto inside = [&](const std::string& line) {
      place.write(base + line + "\n");
      return place.landshim({"run", "-p", outer, "--", built("landshim"), "run", "-p", place.policy, "--", "/bin/cat", place.secret});
    };
    INFO(error);
    CHECK(inside("read = " + place.work + "/real").err.find("Permission denied") != std::string::npos);
    CHECK(inside("read = " + place.home).out == "secret");
    const Outcome refused = inside("read = " + link);
    CHECK(refused.status == 125);
    CHECK(refused.err == "landshim: " + place.policy + ":4: read = " + link + can_turn(link, place.home) + "\n");
  }
}

TEST_CASE("a directory of PATH that becomes a link is no part of the host", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  place.write("[filesystem]\nruntime = host\nread_write = " + place.work + "\n");
  place.check_starts("ln -s " + place.home + " bin");
  Start start = place.started("cat " + place.secret, {});
  start.environment["PATH"] = "/usr/bin:/bin:" + place.work + "/bin";
  const Outcome outcome = run_with(place.policy, start);
  CHECK(outcome.status == 125);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "landshim: " + place.policy + ":2: runtime: " + place.work + "/bin" + can_turn(place.work + "/bin", place.home) + "\n");
}

TEST_CASE("except and hide do not follow links that the program can turn", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string link = place.work + "/link";
  const std::string base = "[filesystem]\nruntime = host\nread_write = " + place.work + "\n";
  std::filesystem::create_directory_symlink(place.home, link);
  // The rule on the link is given to what lies beside the exception, whose paths have no link any more.
  place.write(base + "read = " + link + "\nexcept = " + place.home + "/none\n");
  std::filesystem::create_directory(place.home + "/none");
  place.check_refused(4, "read = " + link + can_turn(link, place.home));
  place.write(base + "read = " + place.home + "\nexcept = " + link + "/secret\n");
  place.check_refused(5, "except = " + link + "/secret" + can_turn(link, place.secret));
  place.write(base + "read = " + place.home + "\nexcept = -" + link + "/later\n");
  place.check_refused(5, "except = " + link + "/later" + can_turn(link, place.home + "/later"));
  if (run({{"/usr/bin/unshare", "-rm", "true"}, {}, {}}).status == 0) {
    place.write(base + "[namespaces]\nhide = " + link + "/secret\n");
    place.check_refused(5, "hide = " + link + "/secret" + can_turn(link, place.secret));
  } else {
    skip("needs user namespaces");
  }
}

TEST_CASE("links that give nothing, and links that the program cannot turn, are as good as none", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string base = "[filesystem]\nruntime = host\nread_write = " + place.work + "\n";
  std::filesystem::create_directory(place.work + "/tree");
  std::filesystem::create_symlink("tree", place.work + "/inside");
  std::filesystem::create_symlink(place.home, place.work + "/outside");
  std::filesystem::create_symlink(place.home, place.scratch / "fixed");
  for (const std::string& line : Words{"read_exec = " + place.work + "/inside",                                           // what the program could copy there
                                  "read = " + place.work + "/outside, " + place.home,                               // granted by its own name
                                  "read_exec = " + place.work + "/outside/secret\nread = /\nread_exec = " + place.home,  // or by that of a directory above
                                  "read = " + place.scratch / "fixed",                                               // a link in a place that stays as it is
                                  "device = /dev\nread = /proc/self/exe, /proc/self/cwd, /bin, /lib64"}) {
    INFO(line);
    place.write(base + line + "\n");
    place.check_starts("echo new > new");
    const Outcome checked = place.landshim({"check", place.policy});
    CHECK(faults(checked.err).empty());
    CHECK(checked.status == 0);
  }
  // More than is granted by another name is refused.
  place.write(base + "read_exec = " + place.work + "/outside\nread = " + place.home + "\n");
  place.check_refused(4, "read_exec = " + place.work + "/outside" + can_turn(place.work + "/outside", place.home));
  place.write(base + "read_write = " + place.work + "/outside\nread = " + place.home + "\n");
  place.check_refused(4, "read_write = " + place.work + "/outside" + can_turn(place.work + "/outside", place.home));
  // Two such links do not stand up for each other.
  std::filesystem::create_symlink(place.home, place.work + "/other");
  place.write(base + "read = " + place.work + "/outside\nread = " + place.work + "/other\n");
  CHECK(place.start(":").status == 125);
  CHECK(faults(place.landshim({"check", place.policy}).err) == "landshim: " + place.policy + ":4: read = " + place.work + "/outside" + can_turn(place.work + "/outside", place.home) + "\nlandshim: " + place.policy +
                                                           ":5: read = " + place.work + "/other" + can_turn(place.work + "/other", place.home) + "\n");
  // Where nothing can be renamed no link can be turned.
  place.write("[filesystem]\nruntime = host\nread = " + place.work + "/outside\nwrite_file = " + place.work + "\n");
  place.check_starts("cat outside/secret");
}

TEST_CASE("everything writable: no link of the host stands in the way", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  const std::string work = place.work;
  place.write("[filesystem]\nruntime = host\nread_write_exec = /\nexcept = " + place.policies.path() + "\n");
  place.check_starts("echo new > new");
}

TEST_CASE("what is hidden cannot be moved away from what hides it", "[live][namespaces][hide][next-start]") {
  if (run({{"/usr/bin/unshare", "-rm", "true"}, {}, {}}).status != 0) return skip("needs user namespaces");
  const Place place;
  const std::string base = "[filesystem]\nruntime = host\nread_write = " + place.work + "\n[namespaces]\nhide = ";
  std::filesystem::create_directories(place.work + "/a/b/secret");
  place.scratch.file("work/a/b/secret/key", "key");
  place.scratch.file("work/a/b/file", "key");
  for (const std::string& hidden : {place.work + "/a/b", place.work + "/a/b/secret", place.work + "/a/b/file"}) {
    place.write(base + hidden + "\n");
    place.check_refused(5, "hide = " + hidden + ": the program that is held can rename " + place.work + "/a, and what is hidden beneath it shows at its next start; hide " + place.work + "/a itself, or grant less");
  }
  place.write(base + place.work + "/a\n");
  const Outcome outcome = place.start("ls a; mv a c; mkdir -p a/b");
  CHECK(outcome.status != 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("Device or resource busy") != std::string::npos);
  CHECK(exists(place.work + "/a/b/secret/key"));
  CHECK(place.start("ls a").out.empty());
  CHECK(run(place.started("ls a", {})).out == "b\n");
}

// Open, as landshim.ini(5) says: the directories above a link are known by the way that the rule names.
TEST_CASE("a link that is named through one mount can be turned through another", "[live][root][landlock][next-start]") {
  REQUIRE_ABI(3);
  if (!is_root()) return skip("only root mounts");
  const Place place;
  const std::string held = place.scratch.directory("work/held");
  const std::string other = place.scratch.directory("other");
  const std::string fine = place.scratch.directory("fine");
  const std::string library = "LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + place.policy;
  const auto starts = [&](const std::string& link) {
    place.write(base_policy() + "read_write = " + place.work + "\nread = " + link + "\n");
    const std::string look = library + " /bin/cat " + place.secret + "; ";
    return run({{"unshare", "-m", "/bin/sh", "-c",
                 "mount --bind " + held + " " + other + " && ln -sfn " + fine + " " + held + "/link; " + look + library + " /bin/ln -sfn " + place.home + " " + held + "/link; " + look}, {}, {}});
  };
  // The control: by the way that the program can change it is noticed, before anything is done.
  const Outcome direct = starts(held + "/link");
  CHECK(direct.out.empty());
  CHECK(lines_of(direct.err).size() == 3);
  CHECK(direct.err.find("can turn the link " + held + "/link") != std::string::npos);
  CHECK(std::filesystem::read_symlink(held + "/link") == fine);
  const Outcome through = starts(other + "/link");
  CHECK(through.err == "/bin/cat: " + place.secret + ": Permission denied\n");
  CHECK(through.out == "secret");
  CHECK(std::filesystem::read_symlink(held + "/link") == place.home);
}

// Open, as landshim.ini(5) says: a policy is known by the path that was named.
TEST_CASE("a policy is widened by a second name in a writable directory", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  place.write(base_policy() + "read_write = " + place.work + "\n");
  const std::string widen = "echo 'read = " + place.secret + "' >> ";
  // The control: by its own name it cannot be written.
  CHECK(place.start(widen + place.policy).err == "/bin/sh: 1: cannot create " + place.policy + ": Permission denied\n");
  CHECK(place.start("cat " + place.secret).err == "cat: " + place.secret + ": Permission denied\n");
  std::filesystem::create_hard_link(place.policy, place.work + "/twin");
  CHECK(place.start("cat " + place.secret).out.empty());
  place.check_starts(widen + "twin");
  CHECK(place.start("cat " + place.secret).out == "secret");
}

TEST_CASE("a policy is widened by a second mount in a writable directory", "[live][root][landlock][next-start]") {
  REQUIRE_ABI(3);
  if (!is_root()) return skip("only root mounts");
  const Place place;
  const std::string mounted = place.scratch.directory("work/mounted");
  place.write(base_policy() + "read_write = " + place.work + "\n");
  const std::string held = "LD_PRELOAD=" + shim() + " LANDSHIM_POLICY=" + place.policy + " ";
  const std::string look = held + "/bin/cat " + place.secret + "; ";
  const Outcome outcome = run({{"unshare", "-m", "/bin/sh", "-c",
                                "mount --bind " + place.policies.path() + " " + mounted + " && " + look + held + "/bin/sh -c 'echo \"read = " + place.secret + "\" >> " + mounted + "/policy.ini'; " + look}, {}, {}});
  CHECK(outcome.err == "/bin/cat: " + place.secret + ": Permission denied\n");
  CHECK(outcome.out == "secret");
}

TEST_CASE("a library of landshim in a writable directory can be taken away", "[live][landlock][next-start]") {
  REQUIRE_ABI(3);
  const Place place;
  place.write(base_policy() + "read_write = " + place.work + "\n");
  const std::string library = place.work + "/library.so";
  std::filesystem::copy_file(shim(), library);
  const auto said = [&](const std::string& code) {
    Start start = place.started(code, {});
    start.environment["LANDSHIM_POLICY"] = place.policy;
    start.environment["LD_PRELOAD"] = library;
    return run(start);
  };
  CHECK(said("cat " + place.secret).out.empty());
  CHECK(said("rm " + library).status == 0);
  CHECK(said("cat " + place.secret).out == "secret");
}
