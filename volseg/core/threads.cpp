// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/threads.h"

#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "volseg/core/error.h"

namespace volseg::core {

void CancelToken::throw_if_requested(std::string_view operation) const {
  if (requested()) {
    throw Error(ErrorKind::kCancelled, operation, "stopped on request");
  }
}

struct ThreadPool::State {
  explicit State(int threads) : arena(threads) {}
  tbb::task_arena arena;
};

ThreadPool::ThreadPool(int threads)
    : threads_(threads > 0 ? std::min(threads, tbb::info::default_concurrency())
                           : tbb::info::default_concurrency()) {
  state_ = std::make_unique<State>(threads_);
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::for_each(int64_t count, const std::function<void(int64_t)>& work,
                          const CancelToken* cancel) const {
  state_->arena.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<int64_t>(0, count, 1),
        [&](const tbb::blocked_range<int64_t>& range) {
          for (int64_t index = range.begin(); index != range.end(); ++index) {
            if (cancel != nullptr) {
              cancel->throw_if_requested("core.for_each");
            }
            work(index);
          }
        },
        tbb::simple_partitioner());
  });
}

void ThreadPool::for_ranges(int64_t count, int64_t grain,
                            const std::function<void(int64_t, int64_t)>& work) const {
  const int64_t step = std::max<int64_t>(grain, 1);
  for_each((count + step - 1) / step,
           [&](int64_t block) { work(block * step, std::min(count, (block + 1) * step)); });
}

}  // namespace volseg::core
