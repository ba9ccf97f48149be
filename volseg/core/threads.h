// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace volseg::core {

/// A request to stop, set by one thread (or a signal handler) and read by many.
class CancelToken {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept {
    return requested_.load(std::memory_order_relaxed);
  }
  /// @throws Error(kCancelled) naming `operation` once stopping was requested
  void throw_if_requested(std::string_view operation) const;

 private:
  std::atomic<bool> requested_{false};
};

/// A fixed number of worker threads. Work given to it is split by index only, so results do not
/// depend on the number of threads as long as each index writes its own output.
class ThreadPool {
 public:
  /// @param threads  0, or more than the cores available to the process: one per core
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int threads() const noexcept { return threads_; }

  /// Calls `work(i)` for each i in [0, count); returns when all are done. The first exception stops
  /// the rest and is thrown again here. @throws Error(kCancelled) when `cancel` was requested
  void for_each(int64_t count, const std::function<void(int64_t)>& work,
                const CancelToken* cancel = nullptr) const;

  /// Calls `work(begin, end)` on ranges of at most `grain` indices that cover [0, count).
  void for_ranges(int64_t count, int64_t grain,
                  const std::function<void(int64_t, int64_t)>& work) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  int threads_;
};

}  // namespace volseg::core
