// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/core/threads.h"

namespace volseg::app {

/// A token that Ctrl-C (SIGINT) and SIGTERM request; a second signal ends the program at once.
const core::CancelToken& cancel_on_interrupt();

}  // namespace volseg::app
