// SPDX-License-Identifier: MIT
// Wrappers for packages: each starts its program under its policy or not at all, also when landshim has gone since.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "config/surroundings.h"
#include "shim/command/command.h"
#include "shim/command/held_start.h"
#include "shim/command/options.h"
#include "shim/command/output.h"
#include "shim/command/quoting.h"
#include "shim/command/target.h"
#include "shim/restrict.h"

namespace landshim::command {

namespace {

struct Request {
  std::string policy;
  std::string program;
  std::string out;
  std::string kind = "run";
  bool force = false;
};

constexpr const char* kTop =
    "#!/bin/sh\n"
    "# Made by landshim wrap. Starts a program under a policy, or ends with 125 and starts nothing.\n"
    "set -u\n";

constexpr const char* kRefuse =
    "refuse() {\n"
    "  printf 'landshim: %s; %s was not started\\n' \"$1\" \"$program\" >&2\n"
    "  exit 125\n"
    "}\n";

// What stands on the disk when the wrapper is written may be gone when it is started.
constexpr const char* kRun =
    "[ -x \"$landshim\" ] || refuse \"$landshim cannot be started\"\n"
    "exec \"$landshim\" run -p \"$policy\" -- \"$program\" \"$@\"\n";

// The loader ignores a library that it cannot load. So two proofs are asked for. A shell with the library and a policy
// that does not exist must refuse. And in the shell that becomes the program, the library has taken itself out of
// LD_PRELOAD before its first line: where the variable still stands, nothing holds that shell.
constexpr const char* kCarrier =
    "[ -r \"$library\" ] || refuse \"$library cannot be read\"\n"
    "status=0\n"
    "LANDSHIM_POLICY=/nonexistent/landshim.ini LD_PRELOAD=$library /bin/sh -c : </dev/null >/dev/null 2>&1 || status=$?\n"
    "[ \"$status\" -eq 125 ] || refuse \"the loader does not take in $library\"\n"
    "export LANDSHIM_POLICY=\"$policy\" LD_PRELOAD=\"$library\"\n"
    "exec /bin/sh -c '\n"
    "if [ -n \"${LD_PRELOAD+set}\" ]; then\n"
    "  printf \"landshim: the loader did not take in %s; %s was not started\\n\" \"$LD_PRELOAD\" \"$1\" >&2\n"
    "  exit 125\n"
    "fi\n"
    "exec \"$@\"' \"$0\" \"$program\" \"$@\"\n";

// ld.so(8) starts no program that lacks a needed library, and the library starts none without a policy.
constexpr const char* kNeeded =
    "export LANDSHIM_POLICY=\"$policy\"\n"
    "exec \"$program\" \"$@\"\n";

std::string assignment(const char* name, const std::string& value) { return std::string(name) + "=" + shell_quoted(value) + "\n"; }

Result<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  if (file) out << file.rdbuf();
  if (!file) return Error{"the program cannot be read", path, 0};
  return out.str();
}

// patchelf(1), found in PATH: its exit status, 127 without it.
int patchelf(const std::vector<std::string>& words, std::string& said) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return kCannotStart;
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    const sigset_t waiting = signals_that_end();
    sigprocmask(SIG_UNBLOCK, &waiting, nullptr);
    std::vector<char*> arguments{const_cast<char*>("patchelf")};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(kNotFound);
  }
  close(ends[1]);
  char buffer[4096];
  for (ssize_t got; child > 0 && ((got = read(ends[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR));)
    if (got > 0) said.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : kCannotStart;
}

Result<Done> add_needed(const std::string& library, const std::string& file, const std::string& program) {
  std::string said;
  const int status = patchelf({"--add-needed", library, file}, said);
  if (status == kNotFound) return Error{"--kind needed writes with patchelf, which is not in PATH; install it, or take --kind run"};
  if (status != 0) return Error{"patchelf cannot make the library a needed one; is this a dynamic ELF program?", program, 0};
  said.clear();
  if (patchelf({"--print-needed", file}, said) != 0 || ("\n" + said).find("\n" + library + "\n") == std::string::npos)
    return Error{"patchelf did not make the library a needed one", program, 0};
  if (said.clear(); patchelf({"--print-interpreter", file}, said) != 0) return Error{"this program is static, and no loader would look for a library; take --kind run", program, 0};
  return Done{};
}

class Wrapper {
 public:
  Wrapper(const Request& request, const GoodPolicy& policy, std::string program) : request_(request), policy_(policy), program_(std::move(program)) {}

  /// Whether the policy can be held this way, here.
  Result<Done> fits() {
    if (request_.kind == "run") return Done{};
    if (const Result<Done> fits = fits_library(policy_, Library::kPreload); !fits) return fits.error();
    Result<std::string> library = proved_library(Library::kPreload);
    if (!library) return library.error();
    library_ = std::move(*library);
    const Policy& policy = policy_.policy;
    if (request_.kind != "carrier") return Done{};
    if (policy.runtime.value == Runtime::kProgram) return Error{"runtime = program would grant the files of the carrier, not of the program; write runtime = host, or take --kind run", where(policy, policy.runtime.origin), 0};
    if (policy.execve.value == Permission::kDeny) return Error{"execve = deny would keep the carrier from becoming the program; take --kind needed", where(policy, policy.execve.origin), 0};
    return Done{};
  }

  Result<Done> write() {
    std::error_code ignored;
    if (std::filesystem::equivalent(request_.out, program_, ignored)) return Error{"the wrapper would take the place of the program that it starts; give another name", request_.out, 0};
    if (request_.kind == "run") return write_run();
    return request_.kind == "carrier" ? write_carrier() : write_needed();
  }

 private:
  Result<Done> write_run() {
    char command[PATH_MAX];
    if (realpath(program_of_this_process().c_str(), command) == nullptr) return Error{"where this command is cannot be told; is /proc mounted?", {}, errno};
    return write_script(assignment("landshim", command) + assignment("policy", policy_.path) + assignment("program", program_) + kRefuse + kRun);
  }

  Result<Done> write_carrier() {
    return write_script(assignment("library", library_) + assignment("policy", policy_.path) + assignment("program", program_) + kRefuse + kCarrier);
  }

  // The copy lies beside the wrapper that names its policy.
  Result<Done> write_needed() {
    const std::string copy = std::filesystem::absolute(request_.out).string() + ".held";
    const Result<std::string> bytes = contents(program_);
    if (!bytes) return bytes.error();
    if (!bytes->starts_with("\177ELF")) return Error{"this is no ELF program, and a script cannot need a library; take --kind run", program_, 0};
    if (!request_.force && std::filesystem::exists(std::filesystem::symlink_status(copy))) return Error{"the file exists; give another name, or --force", copy, 0};
    NewFile program(copy);
    if (Result<Done> done = program.write_text(*bytes, 0755); !done) return done;
    if (Result<Done> done = add_needed(library_, program.draft(), program_); !done) return done;
    // Without the wrapper the copy refuses to start: it is the first to be there.
    if (Result<Done> done = program.place(request_.force); !done) return done;
    return write_script(assignment("policy", policy_.path) + assignment("program", copy) + kNeeded);
  }

  Result<Done> write_script(const std::string& text) {
    NewFile file(request_.out);
    if (Result<Done> done = file.write_text(kTop + text, 0755); !done) return done;
    return file.place(request_.force);
  }

  const Request& request_;
  const GoodPolicy& policy_;
  std::string program_;
  std::string library_{};
};

int wrap(const Request& request) {
  if (request.out.empty()) return misused("wrap: --output: the name is empty");
  const std::optional<GoodPolicy> policy = good_policy(request.policy);
  if (!policy) return kRefused;
  const Result<std::string> program = find_program(request.program);
  if (!program) {
    say(text(program.error()));
    return program.error().os_error == ENOENT ? kNotFound : kCannotStart;
  }
  Wrapper wrapper(request, *policy, *program);
  if (const Result<Done> fits = wrapper.fits(); !fits) {
    say(text(fits.error()));
    return kRefused;
  }
  const Result<Done> written = wrapper.write();
  if (written) return 0;
  say(text(written.error()));
  return 1;
}

}  // namespace

void add_wrap(CLI::App& app, int& status) {
  Subcommand words = add_subcommand(app, "wrap", "write a wrapper that starts a program under a policy, or not at all");
  auto request = std::make_shared<Request>();
  words.add_option("POLICY", request->policy, "the policy").required();
  words.add_option("PROGRAM", request->program, "the program that it starts").required();
  words.add_option("-o,--output", request->out, "the wrapper").value_name("OUT").required();
  words.add_option("--kind", request->kind, "what holds the program").value_name("KIND").one_of({"run", "carrier", "needed"});
  words.add_flag("--force", request->force, "write over a file that exists");
  words.action(status, [request] { return wrap(*request); });
}

}  // namespace landshim::command
