// SPDX-License-Identifier: MIT
#include "config/rights.h"

#include "config/keys.h"

namespace landshim {

namespace {

constexpr RightName kSingle[] = {
    {"execute", kExecute},         {"write_file", kWriteFile}, {"read_file", kReadFile},   {"read_dir", kReadDir},
    {"remove_dir", kRemoveDir},    {"remove_file", kRemoveFile}, {"make_char", kMakeChar}, {"make_dir", kMakeDir},
    {"make_reg", kMakeReg},        {"make_sock", kMakeSock},   {"make_fifo", kMakeFifo},   {"make_block", kMakeBlock},
    {"make_sym", kMakeSym},        {"refer", kRefer},          {"truncate", kTruncate},    {"ioctl_dev", kIoctlDev},
    {"resolve_unix", kResolveUnix},
};

// Widest first, so that words() takes the largest that fits.
constexpr RightName kComposite[] = {
    {"read_write_exec", kReadWriteExec}, {"read_write", kReadWrite}, {"write", kWrite}, {"read_exec", kReadExec},
    {"device", kDevice},                 {"read", kRead},
};

}  // namespace

std::span<const RightName> all_rights() { return kSingle; }

std::optional<Rights> find_right(std::string_view word) {
  for (const RightName& name : kComposite)
    if (is(word, name.word)) return name.right;
  for (const RightName& name : kSingle)
    if (is(word, name.word)) return name.right;
  return std::nullopt;
}

std::string words(Rights rights) {
  std::string out;
  const auto add = [&](const RightName& name) {
    if (!out.empty()) out += ", ";
    out += name.word;
    rights &= ~name.right;
  };
  for (const RightName& name : kComposite)
    if ((rights & name.right) == name.right) add(name);
  for (const RightName& name : kSingle)
    if ((rights & name.right) != 0) add(name);
  return out.empty() ? "nothing" : out;
}

}  // namespace landshim
