// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "volseg/core/array.h"

// What this machine's memory gives one core, measured in the process whose figures it bounds.
namespace volseg::benchmarks {

/// Seconds that this thread has worked, whatever else the machine does.
inline double thread_time_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds of the fastest of `repeats` calls, in this thread's time.
template <typename Work>
double fastest_s(int repeats, Work work) {
  double best_s = 1e30;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const double begin_s = thread_time_s();
    work();
    best_s = std::min(best_s, thread_time_s() - begin_s);
  }
  return best_s;
}

/// Reads every byte, in order, with the widest registers.
void read_once(core::ArrayView<const uint8_t> bytes);

/// std::memset over every byte.
void memset_once(core::ArrayView<uint8_t> bytes);

}  // namespace volseg::benchmarks
