// SPDX-License-Identifier: MIT
// The kernel's view of a seccomp program, without the kernel: a checker and an interpreter of classic BPF.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <string>
#include <vector>

namespace landshim::tests {

using Program = std::vector<sock_filter>;

/// Why the kernel would refuse to load this program: its length, an instruction that seccomp(2) does not take, a jump
/// out of the program, an end that does not return. Empty: it would take it.
std::string refused_because(const Program& program);

/// The instructions that no path from the first one reaches.
std::vector<std::size_t> unreachable(const Program& program);

/// What the program returns (SECCOMP_RET_*). Throws where refused_because() would have spoken. `reached`, when given,
/// counts how often each instruction ran.
std::uint32_t simulate(const Program& program, const seccomp_data& data, std::vector<std::uint64_t>* reached = nullptr);

/// "ALLOW", "ERRNO 13", ...
std::string answer_words(std::uint32_t returned);

}  // namespace landshim::tests
