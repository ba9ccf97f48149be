// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/bandwidth.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>

namespace volseg::benchmarks {

namespace {

constexpr int64_t kAtOnce = 4;  // lines, each combined on its own
using Line = uint64_t __attribute__((vector_size(64)));

uint64_t combine(const Line (&lines)[kAtOnce]) {
  const Line all = lines[0] | lines[1] | lines[2] | lines[3];
  uint64_t combined = 0;
  for (int lane = 0; lane < 8; ++lane) {
    combined |= all[lane];
  }
  return combined;
}

// The processor's widest registers are chosen when the program starts.
__attribute__((target_clones("avx512f", "avx2", "default"))) uint64_t read_lines(
    const uint8_t* bytes, int64_t count) {
  Line lines[kAtOnce] = {};
  for (int64_t i = 0; i + kAtOnce * 64 <= count; i += kAtOnce * 64) {
    for (int64_t part = 0; part < kAtOnce; ++part) {
      lines[part] |= *reinterpret_cast<const Line*>(bytes + i + 64 * part);
    }
  }
  return combine(lines);
}

}  // namespace

void read_once(core::ArrayView<const uint8_t> bytes) {
  benchmark::DoNotOptimize(read_lines(bytes.data, bytes.size()));
}

void memset_once(core::ArrayView<uint8_t> bytes) {
  std::memset(bytes.data, 0, static_cast<size_t>(bytes.size()));
  benchmark::ClobberMemory();
}

}  // namespace volseg::benchmarks
