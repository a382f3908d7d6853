// SPDX-License-Identifier: MIT
#pragma once

#include "shim/kernel.h"

namespace landshim {

/// A descriptor and its end. Negative: there is none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) {
    reset(other.release());
    return *this;
  }
  ~Descriptor() { reset(); }
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset(int fd = -1) {
    if (fd_ >= 0) kernel::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

}  // namespace landshim
