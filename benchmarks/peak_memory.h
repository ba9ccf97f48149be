// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace volseg::benchmarks {

/// Bytes of a line of /proc/self/status, such as "VmHWM:".
inline int64_t status_bytes(const std::string& wanted) {
  std::ifstream status("/proc/self/status");
  std::string name;
  int64_t kibibytes = 0;
  while (status >> name && name != wanted) {
    status.ignore(1 << 16, '\n');
  }
  status >> kibibytes;
  return kibibytes * 1024;
}

/// How far the memory of this process rises above where it is now while `work` runs.
template <typename Work>
int64_t peak_bytes(Work work) {
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
  const int64_t before_bytes = status_bytes("VmRSS:");
  work();
  return status_bytes("VmHWM:") - before_bytes;
}

}  // namespace volseg::benchmarks
