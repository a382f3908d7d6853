// SPDX-License-Identifier: MIT
#include "shim/command/object.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace landshim::command {

namespace {

// The kernel's own bound of program headers (binfmt_elf.c), and more than files have of the rest.
constexpr std::size_t kMaxHeaders = 65536;
constexpr std::size_t kMaxDynamic = 65536;
constexpr std::size_t kMaxString = 65536;

// Beyond all numbers: where no file has anything.
std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return a + b < a ? ~std::uint64_t{0} : a + b; }

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }

  bool regular() const {
    struct stat info {};
    return fd_ >= 0 && fstat(fd_, &info) == 0 && S_ISREG(info.st_mode);
  }

  // As much of it as there is.
  std::string bytes(std::uint64_t at, std::size_t size) const {
    std::string out(size, '\0');
    // The kernel refuses offsets below zero.
    const ssize_t got = pread(fd_, out.data(), size, static_cast<off_t>(at));
    out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return out;
  }

  // Up to its zero; empty when there is none.
  std::string text(std::uint64_t at) const {
    constexpr std::size_t kStep = 4096;
    std::string out;
    while (out.size() < kMaxString) {
      const std::string more = bytes(sum(at, out.size()), kStep);
      const std::size_t end = more.find('\0');
      if (end != std::string::npos) return out.append(more, 0, end);
      if (more.size() < kStep) return {};
      out += more;
    }
    return {};
  }

 private:
  int fd_;
};

template <class Row>
std::vector<Row> rows(const std::string& bytes) {
  std::vector<Row> out(bytes.size() / sizeof(Row));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size() * sizeof(Row));
  return out;
}

void add_names(std::vector<std::string>& names, const std::string& list) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(':', at), list.size());
    if (end > at) names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
}

template <class Segment, class Entry>
void read_dynamic(const File& file, std::span<const Segment> segments, const Segment& dynamic, Object& out) {
  std::vector<Entry> entries = rows<Entry>(file.bytes(dynamic.p_offset, std::min<std::uint64_t>(dynamic.p_filesz, kMaxDynamic)));
  entries.erase(std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.d_tag == DT_NULL; }), entries.end());
  const auto table = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.d_tag == DT_STRTAB; });
  if (table == entries.end()) return;
  // An address, once mapped; in the file it is where its segment begins, and so much further.
  const std::uint64_t address = table->d_un.d_ptr;
  const auto holder = std::find_if(segments.begin(), segments.end(), [&](const Segment& segment) { return segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz; });
  if (holder == segments.end()) return;
  const std::uint64_t strings = sum(holder->p_offset, address - holder->p_vaddr);
  for (const Entry& entry : entries) {
    const auto text = [&] { return file.text(sum(strings, entry.d_un.d_val)); };
    switch (entry.d_tag) {
      case DT_NEEDED: out.needed.push_back(text()); break;
      case DT_AUDIT:
      case DT_DEPAUDIT: add_names(out.needed, text()); break;
      case DT_SONAME: out.name = text(); break;
      case DT_RPATH: out.rpath = text(); break;
      case DT_RUNPATH: out.runpath = text(); break;
      default: break;
    }
  }
  std::erase(out.needed, "");
}

template <class Header, class Segment, class Entry>
std::optional<Object> read_as(const File& file) {
  const std::vector<Header> headers = rows<Header>(file.bytes(0, sizeof(Header)));
  if (headers.empty()) return {};
  const Header& header = headers.front();
  const std::size_t size = header.e_phnum * sizeof(Segment);
  if (header.e_phentsize != sizeof(Segment) || size > kMaxHeaders) return {};
  const std::vector<Segment> segments = rows<Segment>(file.bytes(header.e_phoff, size));
  if (segments.size() != header.e_phnum) return {};
  Object out;
  out.word = header.e_ident[EI_CLASS];
  out.machine = header.e_machine;
  out.shared = header.e_type == ET_DYN;
  // Of two PT_INTERP the kernel takes the first.
  const auto first = [&](std::uint32_t type) { return std::find_if(segments.begin(), segments.end(), [type](const Segment& segment) { return segment.p_type == type; }); };
  if (const auto at = first(PT_INTERP); at != segments.end()) out.loader = file.text(at->p_offset);
  if (const auto at = first(PT_DYNAMIC); at != segments.end()) read_dynamic<Segment, Entry>(file, segments, *at, out);
  return out;
}

}  // namespace

std::optional<Object> read_object(const std::string& path) {
  const File file(path);
  if (!file.regular()) return {};
  const std::string start = file.bytes(0, EI_NIDENT);
  constexpr unsigned char kOwnOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (start.size() < EI_NIDENT || !start.starts_with(ELFMAG) || start[EI_DATA] != kOwnOrder) return {};
  if (start[EI_CLASS] == ELFCLASS64) return read_as<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(file);
  if (start[EI_CLASS] == ELFCLASS32) return read_as<Elf32_Ehdr, Elf32_Phdr, Elf32_Dyn>(file);
  return {};
}

}  // namespace landshim::command
