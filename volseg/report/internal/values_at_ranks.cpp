// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/values_at_ranks.h"

#include <array>
#include <bit>
#include <utility>

namespace volseg::report::internal {

namespace {

constexpr uint32_t kHalfBits = 16;
constexpr size_t kHalves = size_t{1} << kHalfBits;
constexpr uint8_t kNoSlot = 255;

using Counts = std::vector<int64_t>;

// Integers in the order of their floats; -0 and 0 are one.
uint32_t key_of(float value) {
  const auto bits = std::bit_cast<uint32_t>(value + 0.0F);
  return bits ^ ((bits >> 31) != 0 ? ~uint32_t{0} : uint32_t{1} << 31);
}

float value_of(uint32_t key) {
  return std::bit_cast<float>(key ^ ((key >> 31) != 0 ? uint32_t{1} << 31 : ~uint32_t{0}));
}

Counts count_upper_halves(std::span<const float> values) {
  // Neighbours are often equal; in tables of their own they need not wait for each other.
  constexpr size_t kTables = 4;
  std::vector<Counts> tables(kTables, Counts(kHalves));
  for (size_t i = 0; i < values.size(); ++i) {
    ++tables[i % kTables][key_of(values[i]) >> kHalfBits];
  }
  for (size_t table = 1; table < kTables; ++table) {
    for (size_t half = 0; half < kHalves; ++half) {
      tables[0][half] += tables[table][half];
    }
  }
  return std::move(tables[0]);
}

// Moves `half` to the entry that holds the rank and takes off what stands before it.
void seek(const Counts& counts, int64_t& rank, uint32_t& half) {
  while (rank >= counts[half]) {
    rank -= counts[half];
    ++half;
  }
}

}  // namespace

std::vector<float> values_at_ranks(std::span<const float> values, std::span<const int64_t> ranks) {
  const Counts upper = count_upper_halves(values);
  std::vector<std::pair<uint32_t, int64_t>> places;  // upper half, rank among those that share it
  std::vector<uint8_t> slots(kHalves, kNoSlot);
  std::vector<Counts> lower;
  for (const int64_t rank : ranks) {
    auto& [half, rest] = places.emplace_back(0, rank);
    seek(upper, rest, half);
    if (slots[half] == kNoSlot) {
      slots[half] = static_cast<uint8_t>(lower.size());
      lower.emplace_back(kHalves);
    }
  }
  for (const float value : values) {
    const uint32_t key = key_of(value);
    if (const uint8_t slot = slots[key >> kHalfBits]; slot != kNoSlot) {
      ++lower[slot][key & (kHalves - 1)];
    }
  }
  std::vector<float> found;
  for (auto& [half, rest] : places) {
    uint32_t low = 0;
    seek(lower[slots[half]], rest, low);
    found.push_back(value_of(half << kHalfBits | low));
  }
  return found;
}

}  // namespace volseg::report::internal
