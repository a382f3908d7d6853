// SPDX-License-Identifier: MIT
// starter COMMANDS: starts each in every round, in random order, and prints what it took: "NUMBER NANOSECONDS FAULTS".
// Rounds are asked for on standard input, "ROUNDS SEED" a line. starter --burst N PROGRAM: starts it N times, and ends.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

struct Command {
  std::string directory;
  std::vector<std::string> environment;
  std::vector<std::string> words;
};

// Lines: "command", then "directory D", "variable NAME=VALUE" and "word WORD" of it.
bool read_commands(const char* file, std::vector<Command>& commands) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string kind = line.substr(0, blank);
    const std::string rest = line.substr(std::min(blank + 1, line.size()));
    if (kind == "command") commands.emplace_back();
    else if (commands.empty()) return false;
    else if (kind == "directory") commands.back().directory = rest;
    else if (kind == "variable") commands.back().environment.push_back(rest);
    else if (kind == "word") commands.back().words.push_back(rest);
    else return false;
  }
  return in.eof() && !commands.empty() && std::all_of(commands.begin(), commands.end(), [](const Command& each) { return !each.words.empty(); });
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// vfork(2) and not posix_spawn(3): a filter that answers ENOSYS to clone3(2) would cost that one a second call.
int run(char* const* words, char* const* environment, rusage& used) {
  const pid_t child = vfork();
  if (child == 0) {
    execve(words[0], words, environment);
    _exit(127);
  }
  int status = -1;
  if (child < 0 || wait4(child, &status, 0, &used) != child) return -1;
  return status;
}

long now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

int burst(int times, char** words) {
  rusage used{};
  for (int i = 0; i < times; ++i)
    if (run(words, environ, used) != 0) return 1;
  return 0;
}

// Its own ends of the pipes, so that commands find /dev/null and nothing needs to be done for each.
FILE* aside(int descriptor, const char* mode) {
  const int kept = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (kept < 0 || null < 0 || dup2(null, descriptor) < 0) return nullptr;
  close(null);
  return fdopen(kept, mode);
}

class Starter {
 public:
  Starter(std::vector<Command>& commands, FILE* out) : commands_(commands), out_(out) {
    for (Command& command : commands) {
      words_.push_back(pointers(command.words));
      environments_.push_back(pointers(command.environment));
      order_.push_back(order_.size());
    }
  }

  bool rounds(int count, unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < count; ++i) {
      std::shuffle(order_.begin(), order_.end(), random);
      for (const std::size_t which : order_)
        if (!sample(which)) return false;
    }
    std::fputs("done\n", out_);
    std::fflush(out_);
    return true;
  }

 private:
  bool sample(std::size_t which) {
    if (const std::string& directory = commands_[which].directory; !directory.empty() && chdir(directory.c_str()) != 0) return false;
    rusage used{};
    const long from = now();
    const int status = run(words_[which].data(), environments_[which].data(), used);
    const long to = now();
    if (status != 0) {
      std::fprintf(stderr, "starter: %s, command %zu, ended with %d\n", words_[which][0], which, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
      return false;
    }
    std::fprintf(out_, "%zu %ld %ld\n", which, to - from, used.ru_minflt);
    return true;
  }

  std::vector<Command>& commands_;
  FILE* out_;
  std::vector<std::vector<char*>> words_;
  std::vector<std::vector<char*>> environments_;
  std::vector<std::size_t> order_;
};

}  // namespace

int main(int count, char** words) {
  if (count == 4 && std::strcmp(words[1], "--burst") == 0) return burst(std::atoi(words[2]), words + 3);
  std::vector<Command> commands;
  if (count != 2 || !read_commands(words[1], commands)) {
    std::fprintf(stderr, "usage: starter COMMANDS | starter --burst N PROGRAM\n");
    return 2;
  }
  FILE* in = aside(STDIN_FILENO, "r");
  FILE* out = aside(STDOUT_FILENO, "w");
  if (in == nullptr || out == nullptr) return 1;
  Starter starter(commands, out);
  int rounds = 0;
  unsigned seed = 0;
  while (std::fscanf(in, "%d %u", &rounds, &seed) == 2)
    if (!starter.rounds(rounds, seed)) return 1;
  return 0;
}
