// SPDX-License-Identifier: MIT
#pragma once

namespace landshim {

/// How the loader brought the library in.
struct Arrival {
  const char* variable;    ///< the variable of ld.so(8) that names it: LD_PRELOAD or LD_AUDIT
  bool libraries_loaded;   ///< the program's libraries are mapped already
};

/// Puts the policy that LANDSHIM_POLICY names in force, if it is not yet, and takes the library out of its variable;
/// or ends the process with status 125. `environment` is edited where it stands.
void arrive(char** environment, const Arrival& arrival);

}  // namespace landshim
