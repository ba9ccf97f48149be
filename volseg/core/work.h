// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "volseg/core/progress.h"
#include "volseg/core/threads.h"

namespace volseg::core {

/// How a long piece of work runs: on how many threads, where it reports, and what may stop it.
struct WorkOptions {
  int threads = 0;                   ///< 0: one per core
  ProgressSink* progress = nullptr;  ///< null: no reports
  const CancelToken* cancel = nullptr;
};

/// Calls `work(i)` for each i in [0, count) on threads of its own and reports each as one unit of
/// `stage`. @throws what `work` throws first; Error(kCancelled)
void for_each_reported(const WorkOptions& options, const std::string& stage, int64_t count,
                       const std::string& unit, const std::function<void(int64_t)>& work);

}  // namespace volseg::core
