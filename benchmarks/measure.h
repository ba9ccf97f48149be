// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "benchmarks/bandwidth.h"

namespace volseg::benchmarks {

/// Seconds of a call by the clock on the wall: for work on several threads.
template <typename Work>
double wall_time_s(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Calls `time_s`, which works once and gives its seconds, for as long as the bench asks, and
/// reports the fastest call as `best_ms`: others on the machine disturb it least. Seconds of that
/// call.
template <typename Time>
double measure_by(benchmark::State& state, Time time_s) {
  double best_s = 1e30;
  for (auto _ : state) {
    const double taken_s = time_s();
    best_s = std::min(best_s, taken_s);
    state.SetIterationTime(taken_s);
  }
  state.counters["best_ms"] = best_s * 1e3;
  return best_s;
}

/// measure_by in this thread's time.
template <typename Work>
double measure(benchmark::State& state, Work work) {
  return measure_by(state, [&] { return fastest_s(1, work); });
}

/// measure_by on the wall.
template <typename Work>
double measure_wall(benchmark::State& state, Work work) {
  return measure_by(state, [&] { return wall_time_s(work); });
}

/// A benchmark in milliseconds, timed by measure_by.
template <typename Function>
benchmark::internal::Benchmark* add(const std::string& name, Function function) {
  return benchmark::RegisterBenchmark(name.c_str(), function)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace volseg::benchmarks
