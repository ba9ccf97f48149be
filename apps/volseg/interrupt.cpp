// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace volseg::app {

namespace {

constexpr int kExitInterrupted = 130;

core::CancelToken& token() {
  static core::CancelToken instance;
  return instance;
}

void on_signal(int /*signal*/) {
  if (token().requested()) {
    _exit(kExitInterrupted);
  }
  token().request();
}

}  // namespace

const core::CancelToken& cancel_on_interrupt() {
  token();
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return token();
}

}  // namespace volseg::app
