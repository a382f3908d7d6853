// SPDX-License-Identifier: MIT
// The one odd prctl(2): how a policy that is in force makes itself known. Shared by the filter and the question.
#pragma once

#include <cstdint>

namespace landshim {

/// The option: no kernel has it ("LSHM"). A bare kernel answers EINVAL.
constexpr std::uint32_t kIdentityOption = 0x4c53484d;

/// The answers, as errno values that no kernel uses: "a policy of landshim", "the policy of this identity".
constexpr int kAnswerSome = 3977;
constexpr int kAnswerThis = 3978;

/// arg3 says which question is asked; for one identity its low and high half stand in arg1 and arg2,
/// 32 bits each, so that 32-bit programs can ask as well.
constexpr std::uint32_t kAskSome = 1;
constexpr std::uint32_t kAskThis = 2;

}  // namespace landshim
