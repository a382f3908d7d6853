// SPDX-License-Identifier: MIT
// After bpf_check_classic() of net/core/filter.c and seccomp_check_filter() of kernel/seccomp.c.
#include "tests/support/simulator.h"

#include <linux/bpf_common.h>

#include <cstring>
#include <stdexcept>

namespace landshim::tests {

namespace {

constexpr std::uint32_t kScratchWords = 16;  // BPF_MEMWORDS

bool alu_operation(std::uint16_t code) {
  switch (BPF_OP(code)) {
    case BPF_ADD: case BPF_SUB: case BPF_MUL: case BPF_DIV: case BPF_OR: case BPF_AND: case BPF_LSH: case BPF_RSH: case BPF_XOR: return true;
    case BPF_NEG: return BPF_SRC(code) == BPF_K;
    default: return false;
  }
}

bool known(const sock_filter& op) {
  switch (BPF_CLASS(op.code)) {
    case BPF_LD: return op.code == (BPF_LD | BPF_W | BPF_ABS) || op.code == (BPF_LD | BPF_W | BPF_LEN) || op.code == (BPF_LD | BPF_IMM) || op.code == (BPF_LD | BPF_MEM);
    case BPF_LDX: return op.code == (BPF_LDX | BPF_W | BPF_LEN) || op.code == (BPF_LDX | BPF_IMM) || op.code == (BPF_LDX | BPF_MEM);
    case BPF_ST: return op.code == BPF_ST;
    case BPF_STX: return op.code == BPF_STX;
    case BPF_ALU: return (op.code & ~0xffU) == 0 && alu_operation(op.code);
    case BPF_JMP:
      if (op.code == (BPF_JMP | BPF_JA)) return true;
      return BPF_OP(op.code) == BPF_JEQ || BPF_OP(op.code) == BPF_JGT || BPF_OP(op.code) == BPF_JGE || BPF_OP(op.code) == BPF_JSET;
    case BPF_RET: return op.code == (BPF_RET | BPF_K) || op.code == (BPF_RET | BPF_A);
    case BPF_MISC: return op.code == (BPF_MISC | BPF_TAX) || op.code == (BPF_MISC | BPF_TXA);
    default: return false;
  }
}

std::string fault_at(const Program& program, std::size_t i) {
  const sock_filter& op = program[i];
  const std::string here = "instruction " + std::to_string(i);
  const std::size_t left = program.size() - i - 1;
  if (!known(op)) return here + ": unknown code " + std::to_string(op.code);
  if (op.code == (BPF_LD | BPF_W | BPF_ABS) && (op.k % 4 != 0 || op.k + 4 > sizeof(seccomp_data))) return here + ": loads from outside the data";
  if ((op.code == (BPF_LD | BPF_MEM) || op.code == (BPF_LDX | BPF_MEM) || op.code == BPF_ST || op.code == BPF_STX) && op.k >= kScratchWords) return here + ": no such scratch word";
  if (op.code == (BPF_ALU | BPF_DIV | BPF_K) && op.k == 0) return here + ": divides by zero";
  if ((op.code == (BPF_ALU | BPF_LSH | BPF_K) || op.code == (BPF_ALU | BPF_RSH | BPF_K)) && op.k >= 32) return here + ": shifts too far";
  if (BPF_CLASS(op.code) != BPF_JMP) return {};
  if (op.code == (BPF_JMP | BPF_JA)) return op.k < left ? "" : here + ": jumps out of the program";
  return op.jt < left && op.jf < left ? "" : here + ": jumps out of the program";
}

std::uint32_t calculated(std::uint16_t operation, std::uint32_t a, std::uint32_t operand) {
  switch (operation) {
    case BPF_ADD: return a + operand;
    case BPF_SUB: return a - operand;
    case BPF_MUL: return a * operand;
    case BPF_DIV: return operand == 0 ? throw std::runtime_error("divided by zero") : a / operand;
    case BPF_OR: return a | operand;
    case BPF_AND: return a & operand;
    case BPF_XOR: return a ^ operand;
    case BPF_LSH: return a << (operand & 31);
    case BPF_RSH: return a >> (operand & 31);
    case BPF_NEG: return 0U - a;
    default: throw std::runtime_error("unknown arithmetic");
  }
}

bool jumps(std::uint16_t operation, std::uint32_t a, std::uint32_t operand) {
  switch (operation) {
    case BPF_JEQ: return a == operand;
    case BPF_JGT: return a > operand;
    case BPF_JGE: return a >= operand;
    case BPF_JSET: return (a & operand) != 0;
    default: throw std::runtime_error("unknown jump");
  }
}

}  // namespace

std::string refused_because(const Program& program) {
  if (program.empty()) return "the program is empty";
  if (program.size() > BPF_MAXINSNS) return "the program is too long";
  for (std::size_t i = 0; i < program.size(); ++i)
    if (std::string fault = fault_at(program, i); !fault.empty()) return fault;
  if (BPF_CLASS(program.back().code) != BPF_RET) return "the last instruction does not return";
  return {};
}

std::vector<std::size_t> unreachable(const Program& program) {
  std::vector<bool> reached(program.size() + 1);
  reached[0] = true;
  // Jumps only go forward: one pass sees every path.
  for (std::size_t i = 0; i < program.size(); ++i) {
    const sock_filter& op = program[i];
    if (!reached[i] || BPF_CLASS(op.code) == BPF_RET) continue;
    if (op.code == (BPF_JMP | BPF_JA)) {
      reached.at(i + 1 + op.k) = true;
    } else if (BPF_CLASS(op.code) == BPF_JMP) {
      reached.at(i + 1 + op.jt) = true;
      reached.at(i + 1 + op.jf) = true;
    } else {
      reached[i + 1] = true;
    }
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < program.size(); ++i)
    if (!reached[i]) out.push_back(i);
  return out;
}

std::uint32_t simulate(const Program& program, const seccomp_data& data, std::vector<std::uint64_t>* reached) {
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  std::uint32_t scratch[kScratchWords] = {};
  if (reached != nullptr) reached->resize(program.size());
  for (std::size_t i = 0;; ++i) {
    const sock_filter& op = program.at(i);
    if (reached != nullptr) ++(*reached)[i];
    const std::uint32_t operand = BPF_SRC(op.code) == BPF_X ? x : op.k;
    switch (BPF_CLASS(op.code)) {
      case BPF_LD:
      case BPF_LDX: {
        std::uint32_t value = op.k;
        if (op.code == (BPF_LD | BPF_W | BPF_ABS)) {
          if (op.k % 4 != 0 || op.k + 4 > sizeof data) throw std::runtime_error("a load from outside the data");
          std::memcpy(&value, reinterpret_cast<const char*>(&data) + op.k, sizeof value);
        } else if (BPF_MODE(op.code) == BPF_LEN) {
          value = sizeof data;
        } else if (BPF_MODE(op.code) == BPF_MEM) {
          value = scratch[op.k % kScratchWords];
        } else if (BPF_MODE(op.code) != BPF_IMM) {
          throw std::runtime_error("an unknown load");
        }
        (BPF_CLASS(op.code) == BPF_LD ? a : x) = value;
        break;
      }
      case BPF_ST: scratch[op.k % kScratchWords] = a; break;
      case BPF_STX: scratch[op.k % kScratchWords] = x; break;
      case BPF_ALU: a = calculated(BPF_OP(op.code), a, operand); break;
      case BPF_JMP:
        if (op.code == (BPF_JMP | BPF_JA)) i += op.k;
        else i += jumps(BPF_OP(op.code), a, operand) ? op.jt : op.jf;
        break;
      case BPF_RET: return op.code == (BPF_RET | BPF_A) ? a : op.k;
      case BPF_MISC:
        if (op.code == (BPF_MISC | BPF_TAX)) x = a;
        else a = x;
        break;
      default: throw std::runtime_error("an unknown instruction");
    }
  }
}

std::string answer_words(std::uint32_t returned) {
  const std::string data = std::to_string(returned & SECCOMP_RET_DATA);
  switch (returned & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW: return "ALLOW";
    case SECCOMP_RET_LOG: return "LOG";
    case SECCOMP_RET_TRACE: return "TRACE " + data;
    case SECCOMP_RET_ERRNO: return "ERRNO " + data;
    case SECCOMP_RET_TRAP: return "TRAP";
    case SECCOMP_RET_KILL_THREAD: return "KILL_THREAD";
    case SECCOMP_RET_KILL_PROCESS: return "KILL_PROCESS";
    default: return "unknown action";
  }
}

}  // namespace landshim::tests
