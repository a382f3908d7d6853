// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "shim/command/command.h"
#include "shim/restrict.h"

namespace {

constexpr char kHelp[] =
    "landshim: holds an unmodified program to a policy\n"
    "\n"
    "  landshim run [-p POLICY] [--] COMMAND [ARGUMENT...]   start COMMAND under a policy (default: $LANDSHIM_POLICY)\n"
    "  landshim check FILE...                                every fault of each policy; exit status 1 if there is one\n"
    "  landshim explain POLICY                               what a policy becomes on this machine\n"
    "  landshim help | version\n"
    "\n"
    "POLICY is a file (with a '/' or ending in .ini) or the name of a profile. Without the command:\n"
    "  LANDSHIM_POLICY=policy.ini LD_PRELOAD=liblandshim.so COMMAND\n"
    "See landshim(1), landshim.ini(5), liblandshim(7).\n";

}  // namespace

namespace landshim::command {

int misused(const std::string& what) {
  say(text({what + "; see landshim help", {}, 0}));
  return kUsage;
}

bool print(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      say(landshim::text({"standard output cannot be written", {}, errno}));
      return false;
    }
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

}  // namespace landshim::command

int main(int count, char** arguments) {
  using namespace landshim::command;
  if (count < 2) return misused("a subcommand is missing: run, check or explain");
  const std::string_view word = arguments[1];
  const Arguments rest(arguments + 2, static_cast<std::size_t>(count - 2));
  if (word == "run") return run(rest);
  if (word == "check") return check(rest);
  if (word == "explain") return explain(rest);
  if (word == "help" || word == "--help" || word == "-h") return print(kHelp) ? 0 : 1;
  if (word == "version" || word == "--version" || word == "-V") return print("landshim " LANDSHIM_VERSION "\n") ? 0 : 1;
  return misused(std::string(word) + ": no such subcommand; run, check or explain");
}
