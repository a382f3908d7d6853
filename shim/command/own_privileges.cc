// SPDX-License-Identifier: MIT
#include "shim/command/own_privileges.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace landshim::command {

std::string own_privileges(const std::string& program) {
  struct stat info {};
  struct statvfs mount {};
  if (stat(program.c_str(), &info) != 0 || statvfs(program.c_str(), &mount) != 0) return {};
  if ((mount.f_flag & ST_NOSUID) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return {};
  std::string out;
  const auto add = [&](const char* what) { out += (out.empty() ? "" : " and ") + std::string(what); };
  if ((info.st_mode & S_ISUID) != 0 && info.st_uid != geteuid()) add("the set-user-ID bit");
  // Without the group's right to execute, the bit means mandatory locking: inode(7).
  if ((info.st_mode & S_ISGID) != 0 && (info.st_mode & S_IXGRP) != 0 && info.st_gid != getegid()) add("the set-group-ID bit");
  // Root has its capabilities without those of files: capabilities(7).
  if (geteuid() != 0 && has_file_capabilities(program)) add("its file capabilities");
  return out;
}

bool has_file_capabilities(const std::string& program) { return getxattr(program.c_str(), "security.capability", nullptr, 0) > 0; }

}  // namespace landshim::command
