// SPDX-License-Identifier: MIT
// First line: the name of a call; the rest: the value of its line in [syscalls]. What is read is in the ranges that the
// filter relies on, and said in the language's own words it reads the same.
#include "config/call_line.h"
#include "config/syscalls.h"
#include "tests/fuzz/claim.h"

using namespace landshim;

namespace {

void check_action(Action action, std::string_view text) {
  if (action.kind == ActionKind::kDeny) CLAIM(action.data >= 1 && action.data <= 4095, text);
  else if (action.kind != ActionKind::kTrace) CLAIM(action.data == 0, text);
  const Result<Action> again = parse_action(words(action));
  CLAIM(again && *again == action, text);
}

void check_condition(const Condition& condition, const SyscallName* call, std::string_view text) {
  CLAIM(condition.arg <= 5, text);
  CLAIM(condition.narrow == (call != nullptr && ((call->narrow >> condition.arg) & 1) != 0), text);
  CLAIM(condition.op != Compare::kAnyBit, text);
  if (condition.narrow) CLAIM(condition.value <= 0xffffffff && condition.mask <= 0xffffffff, text);
  if (condition.op == Compare::kMaskedEqual) CLAIM((condition.value & ~condition.mask) == 0, text);
  else CLAIM(condition.mask == 0, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view call = fuzz::take_line(text);
  const Result<Action> action = parse_action(text);
  if (action) check_action(*action, text);
  const Result<CallLine> line = parse_call_line(call, text);
  if (action) CLAIM(line && line->action == *action && line->all_of.empty(), text);
  if (!line) {
    CLAIM(!line.error().what.empty() && line.error().where.empty() && line.error().os_error == 0, text);
    return 0;
  }
  CLAIM(line->call == call, text);
  CLAIM(action || !line->all_of.empty(), text);
  check_action(line->action, text);
  std::string said = words(line->action);
  for (const Condition& condition : line->all_of) {
    check_condition(condition, find_syscall(call), text);
    said += (&condition == line->all_of.data() ? " if " : " and ") + words(condition);
  }
  const Result<CallLine> again = parse_call_line(call, said);
  CLAIM(again && *again == *line, said);
  return 0;
}
