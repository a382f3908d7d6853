// SPDX-License-Identifier: MIT
#pragma once

namespace landshim {

/// How the loader brought the library in.
struct Arrival {
  const char* variable;    ///< the variable of ld.so(8) that names it: LD_PRELOAD or LD_AUDIT
  bool libraries_loaded;   ///< the program's libraries are mapped already
  char* const* words;      ///< of this start, null at the end; null: the loader does not tell
};

/// Puts the policy that LANDSHIM_POLICY names in force, if it is not yet, with what its rules of [command NAME] ask for, and
/// takes the library out of its variable where there are none; or ends the process with status 125, or 126 where a rule
/// denies it. `environment` is edited where it stands.
void arrive(char** environment, const Arrival& arrival);

}  // namespace landshim
