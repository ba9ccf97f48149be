// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/batch_stream.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::sample {

// Threads take slots in order: all of one batch, then those of the next, at most `ahead` batches
// ahead.
struct BatchStream::State {
  struct Entry {
    Batch batch;
    uint64_t epoch = 0;
    uint64_t step = 0;
    int64_t slots_taken = 0;
    int64_t slots_drawn = 0;
    std::exception_ptr failure;
  };

  const PatchSampler& sampler;
  int64_t batch_size = 1;
  int64_t steps_per_epoch = 1;
  size_t ahead = 1;
  int64_t next_step = 0;  // over all epochs, of the next batch to begin
  std::mutex mutex;
  std::condition_variable work_changed;
  std::condition_variable batch_changed;
  std::deque<Entry> entries;  // a deque keeps entries in place while others come and go at its ends
  std::vector<Batch> spare;
  bool stopping = false;
  double waited_s = 0;
  std::vector<std::thread> threads;

  explicit State(const PatchSampler& source) : sampler(source) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { stop(); }

  [[nodiscard]] bool has_work() const {
    return entries.size() < ahead || entries.back().slots_taken < batch_size;
  }

  [[nodiscard]] Batch take_batch() {
    if (spare.empty()) {
      return sampler.make_batch();
    }
    Batch batch = std::move(spare.back());
    spare.pop_back();
    return batch;
  }

  // A batch for which there is no memory counts as drawn and failed.
  void begin_batch() {
    Entry& entry = entries.emplace_back();
    entry.epoch = static_cast<uint64_t>(next_step / steps_per_epoch);
    entry.step = static_cast<uint64_t>(next_step % steps_per_epoch);
    ++next_step;
    try {
      entry.batch = take_batch();
    } catch (...) {
      entry.failure = std::current_exception();
      entry.slots_taken = batch_size;
      entry.slots_drawn = batch_size;
      batch_changed.notify_all();
    }
  }

  std::exception_ptr draw(Entry& entry, int64_t slot) const {
    try {
      sampler.draw(entry.epoch, entry.step, slot, entry.batch);
      return nullptr;
    } catch (...) {
      return std::current_exception();
    }
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      work_changed.wait(lock, [&] { return stopping || has_work(); });
      if (stopping) {
        return;
      }
      if (entries.empty() || entries.back().slots_taken == batch_size) {
        begin_batch();
      }
      if (entries.back().slots_taken < batch_size) {
        draw_slot(entries.back(), lock);
      }
    }
  }

  void draw_slot(Entry& entry, std::unique_lock<std::mutex>& lock) {
    const int64_t slot = entry.slots_taken++;
    lock.unlock();
    const std::exception_ptr failure = draw(entry, slot);
    lock.lock();
    if (failure && !entry.failure) {
      entry.failure = failure;
    }
    if (++entry.slots_drawn == batch_size) {
      batch_changed.notify_all();
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    work_changed.notify_all();
    for (std::thread& thread : threads) {
      thread.join();
    }
    threads.clear();
  }
};

BatchStream::BatchStream(const PatchSampler& sampler, int64_t epoch, int64_t step,
                         int64_t steps_per_epoch, int threads, int64_t ahead)
    : state_(std::make_unique<State>(sampler)) {
  if (epoch < 0 || step < 0 || steps_per_epoch < 1) {
    throw Error(ErrorKind::kUsage, "sample.stream",
                "epoch " + std::to_string(epoch) + ", step " + std::to_string(step) + ", " +
                    std::to_string(steps_per_epoch) +
                    " steps an epoch: expected none negative and at least 1 step an epoch");
  }
  state_->batch_size = sampler.options().batch_size;
  state_->steps_per_epoch = steps_per_epoch;
  state_->ahead = static_cast<size_t>(std::max<int64_t>(ahead, 1));
  state_->next_step = epoch * steps_per_epoch + step;
  for (int i = 0; i < std::max(threads, 1); ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work(); });
  }
}

BatchStream::~BatchStream() = default;

Batch BatchStream::next() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(state_->mutex);
  state_->batch_changed.wait(lock, [&] {
    return !state_->entries.empty() && state_->entries.front().slots_drawn == state_->batch_size;
  });
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
  state_->waited_s += waited.count();
  if (state_->entries.front().failure) {
    std::rethrow_exception(state_->entries.front().failure);
  }
  Batch batch = std::move(state_->entries.front().batch);
  state_->entries.pop_front();
  lock.unlock();
  state_->work_changed.notify_all();
  return batch;
}

void BatchStream::give_back(Batch batch) {
  const SamplerOptions& options = state_->sampler.options();
  const bool fits =
      batch.batch_size == options.batch_size && batch.patch_shape == options.patch_shape;
  const std::lock_guard lock(state_->mutex);
  if (fits && state_->spare.size() < state_->ahead) {
    state_->spare.push_back(std::move(batch));
  }
}

double BatchStream::waited_s() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waited_s;
}

}  // namespace volseg::sample
