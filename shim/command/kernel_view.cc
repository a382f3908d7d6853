// SPDX-License-Identifier: MIT
#include "shim/command/kernel_view.h"

#include <unistd.h>

#include <utility>

#include "shim/command/tracee.h"

namespace landshim::command {

void KernelView::made_by(pid_t process) {
  const std::string own = Tracee(getpid()).program();
  agreement_.made_by(process, own.substr(own.rfind('/') + 1));
}

KernelNews KernelView::news(bool all) {
  KernelNews out;
  for (KernelEvent& event : agreement_.take(all)) {
    const std::vector<std::size_t> told = agreement_.match(event);
    out.confirmed.insert(out.confirmed.end(), told.begin(), told.end());
    if (!event.denials.empty()) out.untold.push_back(std::move(event));
  }
  return out;
}

KernelNews KernelView::read() {
  records_.read([this](KernelRecord record) { agreement_.add(std::move(record)); });
  lost_ = records_.overruns();
  return news(false);
}

KernelNews KernelView::finish(bool doubted) {
  const AuditSocket::Take take = [this](KernelRecord record) { agreement_.add(std::move(record)); };
  if (doubted) proven_ = records_.proves(take);
  records_.drain(take);
  lost_ = records_.lost();
  return news(true);
}

}  // namespace landshim::command
