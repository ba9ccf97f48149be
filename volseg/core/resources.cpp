// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/resources.h"

#include <sys/resource.h>

namespace volseg::core {

int64_t peak_memory_bytes() {
  constexpr int64_t kBytesPerUnit = 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * kBytesPerUnit;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace volseg::core
