// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "volseg/sample/patch_sampler.h"

namespace volseg::sample {

/// Draws batches ahead of the training loop on its own threads, in the order of (epoch, step).
class BatchStream {
 public:
  /// Starts drawing at (epoch, step). @param ahead  batches kept ready, at least 1
  BatchStream(const PatchSampler& sampler, int64_t epoch, int64_t step, int64_t steps_per_epoch,
              int threads, int64_t ahead);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  /// The next batch; an exception of a drawing thread is thrown here. Batches given back are
  /// reused.
  [[nodiscard]] Batch next();
  void give_back(Batch batch);
  /// Seconds that `next` has waited so far.
  [[nodiscard]] double waited_s() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace volseg::sample
