// SPDX-License-Identifier: MIT
#include "config/result.h"

#include <cerrno>

#include "config/syscalls.h"

namespace landshim {

namespace {

struct Words {
  char text[44];
  int os_error;
};

// Own words, since strerror(3) would load a message catalogue into the host process.
constexpr Words kWords[] = {
    {"no such file or directory", ENOENT},
    {"permission denied", EACCES},
    {"not permitted", EPERM},
    {"a part of the path is no directory", ENOTDIR},
    {"is a directory", EISDIR},
    {"too many symbolic links", ELOOP},
    {"name too long", ENAMETOOLONG},
    {"no descriptor left in this process", EMFILE},
    {"no descriptor left in the system", ENFILE},
    {"out of memory", ENOMEM},
    {"input/output error", EIO},
    {"the kernel does not have this call", ENOSYS},
    {"not supported", EOPNOTSUPP},
    {"invalid argument", EINVAL},
    {"interrupted", EINTR},
    {"too many layers", E2BIG},
};

}  // namespace

std::string os_words(int os_error) {
  std::string name(errno_name(os_error));
  if (name.empty()) name = "errno " + std::to_string(os_error);
  for (const Words& words : kWords)
    if (words.os_error == os_error) return words.text + (" (" + name + ")");
  return name;
}

namespace {

// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 show a text in another order than it has.
bool turns_direction(std::string_view bytes, std::size_t at) {
  if (at + 2 >= bytes.size() || bytes[at] != '\xe2') return false;
  const auto second = static_cast<unsigned char>(bytes[at + 1]);
  const auto third = static_cast<unsigned char>(bytes[at + 2]);
  return second == 0x80 ? third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae) : second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

}  // namespace

std::string printable(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    // U+0080 to U+009F, the C1 controls, drive terminals as well; in UTF-8 they are C2 80 to C2 9F.
    const auto is_c1 = [&](std::size_t at) { return bytes[at] == '\xc2' && at + 1 < bytes.size() && static_cast<unsigned char>(bytes[at + 1]) < 0xa0; };
    const bool c1 = is_c1(i) || (i > 0 && is_c1(i - 1));
    const bool turns = turns_direction(bytes, i) || (i > 0 && turns_direction(bytes, i - 1)) || (i > 1 && turns_direction(bytes, i - 2));
    if (byte >= 0x20 && byte != 0x7f && !c1 && !turns) {
      out += bytes[i];
      continue;
    }
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string text(const Error& error) {
  std::string out;
  if (!error.where.empty()) out += printable(error.where) + ": ";
  out += printable(error.what);
  if (error.os_error != 0) out += ": " + os_words(error.os_error);
  return out;
}

}  // namespace landshim
