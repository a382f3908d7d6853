// SPDX-License-Identifier: MIT
// ELF files made here byte by byte, whole, bent and cut.
#include "shim/command/object.h"

#include <elf.h>
#include <sys/stat.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <random>

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace landshim::command {
namespace {

using tests::Scratch;

struct Wide {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Entry = Elf64_Dyn;
  static constexpr unsigned char kWord = ELFCLASS64;
};
struct Narrow {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Entry = Elf32_Dyn;
  static constexpr unsigned char kWord = ELFCLASS32;
};

// Header, three segments, what PT_INTERP holds, the dynamic section, its strings. The strings are mapped at 0x10000.
template <class Kind>
struct Made {
  typename Kind::Header header{};
  typename Kind::Segment segments[3]{};
  char loader[32] = "/lib/ld-made.so.1";
  typename Kind::Entry dynamic[10]{};
  char strings[96]{};

  Made() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = Kind::kWord;
    header.e_ident[EI_DATA] = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof segments[0];
    header.e_phnum = 3;
    set(0, PT_INTERP, loader, sizeof loader);
    set(1, PT_LOAD, strings, sizeof strings);
    set(2, PT_DYNAMIC, dynamic, sizeof dynamic);
    segments[1].p_vaddr = 0x10000;
    constexpr std::int64_t kTags[] = {DT_NEEDED, DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH, DT_AUDIT, DT_DEPAUDIT};
    constexpr const char* kTexts[] = {"liba.so", "libb.so", "self.so", "/r", "/run:$ORIGIN", "/audit.so:/other.so", "/dep.so"};
    std::size_t at = 1;
    for (std::size_t i = 0; i < std::size(kTags); ++i) {
      put(i, kTags[i], at);
      std::memcpy(strings + at, kTexts[i], std::strlen(kTexts[i]) + 1);
      at += std::strlen(kTexts[i]) + 1;
    }
    put(std::size(kTags), DT_STRTAB, 0x10000);
  }

  void put(std::size_t i, std::int64_t tag, std::uint64_t value) {
    dynamic[i].d_tag = static_cast<decltype(dynamic[i].d_tag)>(tag);
    dynamic[i].d_un.d_val = static_cast<decltype(dynamic[i].d_un.d_val)>(value);
  }

  void set(int i, std::uint32_t type, const void* part, std::size_t size) {
    segments[i].p_type = type;
    segments[i].p_offset = static_cast<decltype(segments[i].p_offset)>(static_cast<const char*>(part) - reinterpret_cast<const char*>(this));
    segments[i].p_filesz = static_cast<decltype(segments[i].p_filesz)>(size);
  }

  std::string bytes() const { return std::string(reinterpret_cast<const char*>(this), sizeof *this); }
};

std::optional<Object> read_bytes(const std::string& bytes) {
  const Scratch scratch;
  return read_object(scratch.file("object", bytes));
}

}  // namespace

TEMPLATE_TEST_CASE("what an ELF file of either word size says of its start is read", "[object]", Wide, Narrow) {
  const std::optional<Object> object = read_bytes(Made<TestType>().bytes());
  REQUIRE(object);
  CHECK(object->word == TestType::kWord);
  CHECK(object->machine == EM_X86_64);
  CHECK(object->shared);
  CHECK(object->loader == "/lib/ld-made.so.1");
  CHECK(object->name == "self.so");
  CHECK(object->needed == std::vector<std::string>{"liba.so", "libb.so", "/audit.so", "/other.so", "/dep.so"});
  CHECK(object->rpath == "/r");
  CHECK(object->runpath == "/run:$ORIGIN");
}

TEMPLATE_TEST_CASE("what is no ELF file of this machine's byte order, or has none of its headers whole, is nothing", "[object]", Wide, Narrow) {
  const Made<TestType> good;
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{EI_NIDENT}, sizeof good.header - 1, sizeof good.header, sizeof good.header + sizeof good.segments - 1}) CHECK_FALSE(read_bytes(good.bytes().substr(0, size)));
  Made<TestType> bent;
  bent.header.e_ident[EI_DATA] ^= 3;
  CHECK_FALSE(read_bytes(bent.bytes()));
  bent = good;
  bent.header.e_ident[EI_CLASS] = 7;
  CHECK_FALSE(read_bytes(bent.bytes()));
  bent = good;
  bent.header.e_phentsize = 1;
  CHECK_FALSE(read_bytes(bent.bytes()));
  bent = good;
  bent.header.e_phnum = 0xffff;
  CHECK_FALSE(read_bytes(bent.bytes()));
  bent = good;
  bent.header.e_phoff = static_cast<decltype(bent.header.e_phoff)>(-1);
  CHECK_FALSE(read_bytes(bent.bytes()));
}

TEMPLATE_TEST_CASE("offsets that lead out of an ELF file lead nowhere", "[object]", Wide, Narrow) {
  constexpr std::uint64_t kFar[] = {0x10000 + sizeof Made<TestType>{}.strings, 0xffff, 0x7fff'ffff, 0xffff'ffff, ~std::uint64_t{0}, std::uint64_t{1} << 63};
  for (const std::uint64_t far : kFar) {
    if (static_cast<decltype(TestType::Header::e_phoff)>(far) == 0) continue;  // no number of this word size
    Made<TestType> bent;
    bent.put(7, DT_STRTAB, far);
    const std::optional<Object> object = read_bytes(bent.bytes());
    REQUIRE(object);
    CHECK(object->needed.empty());
    CHECK(object->runpath.empty());
    bent = {};
    bent.put(0, DT_NEEDED, far);
    CHECK(read_bytes(bent.bytes())->needed.front() == "libb.so");
    bent = {};
    bent.segments[0].p_offset = static_cast<decltype(bent.segments[0].p_offset)>(far);
    CHECK(read_bytes(bent.bytes())->loader.empty());
    bent = {};
    bent.segments[2].p_offset = static_cast<decltype(bent.segments[2].p_offset)>(far);
    CHECK(read_bytes(bent.bytes())->needed.empty());
    bent = {};
    bent.segments[1].p_offset = static_cast<decltype(bent.segments[1].p_offset)>(far);
    CHECK(read_bytes(bent.bytes())->needed.empty());
  }
  // Without a zero a name has no end.
  Made<TestType> endless;
  std::memset(endless.strings, 'x', sizeof endless.strings);
  CHECK(read_bytes(endless.bytes())->needed.empty());
}

TEMPLATE_TEST_CASE("an ELF file with any bytes changed is read or refused, and nothing else", "[object]", Wide, Narrow) {
  const Scratch scratch;
  const std::string good = Made<TestType>().bytes();
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    std::string bent = good;
    for (int changes = 0; changes < 4; ++changes) bent[EI_NIDENT + random() % (bent.size() - EI_NIDENT)] = static_cast<char>(random());
    const std::optional<Object> object = read_object(scratch.file("object", bent));
    if (object) CHECK(object->needed.size() <= bent.size());
  }
}

TEST_CASE("what is no regular file is no ELF file, and is not waited for", "[object]") {
  const Scratch scratch;
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  for (const std::string& path : {scratch / "fifo", scratch.path(), scratch / "nothing", std::string("/dev/zero")}) {
    INFO(path);
    CHECK_FALSE(read_object(path));
  }
  CHECK(read_object("/proc/self/exe"));
}

}  // namespace landshim::command
