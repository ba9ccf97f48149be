// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "volseg/mask/run_mask.h"

namespace volseg::dataset::internal {

/// Memory of run lists that are done with, for those of the next rows: the first touch of fresh
/// memory costs more than parsing into it. Safe to share by threads.
class SpareRuns {
 public:
  /// A run list of no particular content.
  [[nodiscard]] std::vector<mask::Run> take() {
    const std::scoped_lock lock(mutex_);
    if (spare_.empty()) {
      return {};
    }
    std::vector<mask::Run> runs = std::move(spare_.back());
    spare_.pop_back();
    held_runs_ -= runs.capacity();
    return runs;
  }

  /// Keeps the memory of `runs` while all that is kept stays within 64 MiB.
  void give(std::vector<mask::Run> runs) {
    constexpr size_t kMostRuns = (size_t{64} << 20) / sizeof(mask::Run);
    const std::scoped_lock lock(mutex_);
    if (held_runs_ + runs.capacity() <= kMostRuns) {
      held_runs_ += runs.capacity();
      spare_.push_back(std::move(runs));
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<mask::Run>> spare_;
  size_t held_runs_ = 0;
};

}  // namespace volseg::dataset::internal
