// SPDX-License-Identifier: MIT
#include "config/result.h"

#include <cerrno>

#include "config/syscalls.h"
#include "config/utf8.h"

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
    {"no open descriptor", EBADF},
    {"no space left", ENOSPC},
    {"nobody reads it", EPIPE},
    {"the file system is read-only", EROFS},
    {"larger than a file may become", EFBIG},
    {"not a format that can be started", ENOEXEC},
    {"a program that is being written", ETXTBSY},
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

// U+0080 to U+009F, the C1 controls, drive terminals as the others do.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 show a text in another order than it has.
bool turns_direction(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xe2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  return second == 0x80 ? third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae) : second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

}  // namespace

std::string printable(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_length(bytes, at);
    const std::string_view character = bytes.substr(at, length == 0 ? 1 : length);
    at += character.size();
    if (length != 0 && !is_control(character) && !turns_direction(character)) {
      out += character;
      continue;
    }
    for (const char c : character) {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
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
