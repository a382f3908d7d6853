// SPDX-License-Identifier: MIT
// The libraries that are found, against those that the loader of this host finds: it is the oracle, for programs that
// are trusted.
#include "shim/command/libraries.h"

#include <ctime>
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace landshim::command {
namespace {

using tests::Scratch;
using Names = std::vector<std::string>;
using Paths = std::set<std::string>;

Object object_of(const std::string& file) {
  const std::optional<Object> object = read_object(file);
  INFO(file);
  REQUIRE(object);
  return *object;
}

std::string real(const std::string& path) { return std::filesystem::canonical(path).string(); }

Paths found(const std::string& file, const std::string& search = "") {
  const Result<Names> names = find_libraries(file, object_of(file), search);
  REQUIRE(names);
  Paths out;
  for (const std::string& name : *names) {
    CHECK(name.starts_with('/'));
    out.insert(real(name));
  }
  out.insert(real(object_of(file).loader));
  return out;
}

// Every path that stands before " (0x".
Paths listed(const std::string& file, const std::string& search = "") {
  const tests::Outcome outcome = tests::run({{object_of(file).loader, "--list", file}, {{"LD_LIBRARY_PATH", search}}, {}});
  INFO(file << "\n" << outcome.out << outcome.err);
  REQUIRE(outcome.status == 0);
  Paths out;
  for (std::size_t at = 0; (at = outcome.out.find(" (0x", at)) != std::string::npos; ++at) {
    const std::size_t begin = outcome.out.find_last_of(" \t", at - 1) + 1;
    if (outcome.out[begin] == '/') out.insert(real(outcome.out.substr(begin, at - begin)));
  }
  return out;
}

bool compiles() {
  if (tests::run({{"sh", "-c", "command -v gcc"}, {}, {}}).status == 0) return true;
  tests::skip("needs gcc");
  return false;
}

// Programs and libraries made in a place of their own, by the script.
void make_files(const Scratch& place, const std::string& script) {
  tests::Start start{{"sh", "-ec", script}, {}, {}};
  start.directory = place.path();
  const tests::Outcome outcome = tests::run(start);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
}

// prog needs liba, and liba needs libb; liba and libb lie in one/, another libb in two/.
constexpr const char* kMake = R"sh(
mkdir bin one two
echo 'int b(void) { return 1; }' | gcc -x c -shared -fPIC -o one/libb.so -
cp one/libb.so two/libb.so
echo 'int b(void); int a(void) { return b(); }' | gcc -x c -shared -fPIC $A -o one/liba.so - -Lone -lb
echo 'int a(void); int main(void) { return a(); }' | gcc -x c $P -o bin/prog - -Lone -la -Wl,-rpath-link,one
)sh";

}  // namespace

TEST_CASE("the libraries of this host's programs are those that their loader lists", "[libraries]") {
  Names programs{"/bin/sh", "/bin/ls", "/usr/bin/env", "/proc/self/exe"};
  for (const char* more : {"/usr/bin/perl", "/usr/bin/gcc", "/usr/bin/git", "/usr/bin/python3", "/usr/bin/gdb", "/usr/bin/make"})
    if (std::filesystem::exists(more)) programs.push_back(more);
  for (const std::string& program : programs) {
    INFO(program);
    const Paths theirs = listed(real(program));
    CHECK(theirs.size() >= 2);
    CHECK(found(real(program)) == theirs);
  }
}

TEST_CASE("DT_RPATH, DT_RUNPATH, $ORIGIN and LD_LIBRARY_PATH lead where they lead the loader", "[libraries]") {
  if (!compiles()) return;
  struct Row {
    const char* program;   // options that link it
    const char* library;   // and liba.so
    const char* search;    // directories beneath the place
    const char* b;         // whose libb.so it is; empty: none is found
  };
  constexpr const char* kOld = "-Wl,--disable-new-dtags";
  const std::string old_one = std::string(kOld) + " -Wl,-rpath,\\$ORIGIN/../one";
  const std::string new_one = "-Wl,--enable-new-dtags -Wl,-rpath,\\$ORIGIN/../one";
  const std::string braces = "-Wl,--enable-new-dtags -Wl,-rpath,\\${ORIGIN}/../one:/nowhere";
  const Row rows[] = {
      {old_one.c_str(), "", "", "one"},
      {old_one.c_str(), "", "two", "one"},
      {new_one.c_str(), "", "two", "two"},
      {new_one.c_str(), "", "", ""},
      {new_one.c_str(), "-Wl,--enable-new-dtags -Wl,-rpath,\\$ORIGIN", "", "one"},
      {braces.c_str(), "-Wl,--enable-new-dtags -Wl,-rpath,\\$ORIGIN/../two", "one", "one"},
      {old_one.c_str(), "-Wl,--enable-new-dtags -Wl,-rpath,\\$ORIGIN/../two", "", "two"},
      {old_one.c_str(), "-Wl,--disable-new-dtags -Wl,-rpath,\\$ORIGIN/../two", "", "two"},
  };
  for (const Row& row : rows) {
    INFO(row.program << " | " << row.library << " | " << row.search);
    const Scratch place;
    make_files(place, "P=\"" + std::string(row.program) + "\" A=\"" + row.library + "\"\n" + kMake);
    const std::string program = place / "bin/prog";
    const std::string search = *row.search == '\0' ? "" : place / row.search;
    Paths ours = found(program, search);
    CHECK(ours.count(real(place / "one/liba.so")) == 1);
    for (const std::string directory : {"one", "two"}) CHECK(ours.count(real(place / directory + "/libb.so")) == (directory == row.b ? 1 : 0));
    if (*row.b != '\0') CHECK(ours == listed(program, search));
  }
}

TEST_CASE("a file that is no library of the program's kind is not found as one", "[libraries]") {
  const Scratch place;
  const std::string self = real("/proc/self/exe");
  Object program = object_of(self);
  program.runpath = place.path();
  program.needed = {"secret", "alien.so", "fifo.so", "libc.so.6"};
  place.file("secret", "top secret\n");
  std::string alien = tests::contents(*found(self).begin());
  alien[18] = 3;  // e_machine: EM_386
  alien[19] = 0;
  place.file("alien.so", alien);
  tests::run({{"mkfifo", place / "fifo.so"}, {}, {}});
  const Result<Names> names = find_libraries(self, program, "");
  REQUIRE(names);
  CHECK_FALSE(names->empty());
  for (const std::string& name : *names) CHECK_FALSE(name.starts_with(place.path()));
}

TEST_CASE("a file that names directories without end is refused, soon", "[libraries]") {
  const std::string self = real("/proc/self/exe");
  Object program = object_of(self);
  for (int i = 0; i < 30'000; ++i) program.runpath += "x:";
  program.needed.clear();
  for (int i = 0; i < 4'000; ++i) program.needed.push_back("lib" + std::to_string(i) + ".so");
  const std::clock_t begin = std::clock();
  const Result<Names> names = find_libraries(self, program, "");
  CHECK(std::clock() - begin < 30 * CLOCKS_PER_SEC);
  REQUIRE_FALSE(names);
  CHECK(names.error().what == "its libraries are named in more than 1000000 places");
}

}  // namespace landshim::command
