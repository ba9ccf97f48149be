// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace volseg::core {

/// One state of a long piece of work, as plain data: a terminal bar, a log and a web page all draw
/// it.
struct ProgressEvent {
  std::string stage;        ///< such as "train" or "prepare"
  int64_t done = 0;         ///< finished units
  int64_t total = 0;        ///< units in all; 0 when unknown
  std::string unit;         ///< such as "cases" or "steps"
  double elapsed_s = 0;     ///< seconds since the stage began
  double remaining_s = -1;  ///< estimated seconds left; negative when unknown
  bool finished = false;    ///< the last event of its stage
  bool failed = false;      ///< the last event of a stage that an exception ended
  std::vector<std::pair<std::string, double>> values;  ///< named figures, such as ("loss", 0.31)
};

/// Receives progress; called from any thread, one call at a time.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  virtual void update(const ProgressEvent& event) = 0;
  /// One line for a person, such as "detected: train_dataframe = train.pq".
  virtual void message(std::string_view text) = 0;
};

/// Counts one stage's work and reports to a sink; without a sink it only counts. Thread-safe.
class Progress {
 public:
  /// @param sink  may be null
  Progress(ProgressSink* sink, std::string stage, int64_t total, std::string unit);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Reports the stage as finished, or as failed while an exception unwinds.
  ~Progress();

  /// Adds finished units and reports.
  void advance(int64_t units = 1);
  /// Sets a named figure that the next report carries.
  void set(std::string_view name, double value);

 private:
  void report();

  ProgressSink* sink_;
  int exceptions_before_;
  std::mutex mutex_;
  ProgressEvent event_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace volseg::core
