// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/random.h"

#include <cmath>
#include <numbers>

namespace volseg::core {

namespace {

constexpr uint32_t kMultiplierA = 0xD2511F53;
constexpr uint32_t kMultiplierB = 0xCD9E8D57;
constexpr uint32_t kKeyStepA = 0x9E3779B9;
constexpr uint32_t kKeyStepB = 0xBB67AE85;

constexpr uint32_t low_word(uint64_t value) { return static_cast<uint32_t>(value); }
constexpr uint32_t high_word(uint64_t value) { return static_cast<uint32_t>(value >> 32); }

// SplitMix64's finaliser: close inputs give unrelated keys.
uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

}  // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product_a = uint64_t{kMultiplierA} * counter[0];
    const uint64_t product_b = uint64_t{kMultiplierB} * counter[2];
    counter = {high_word(product_b) ^ counter[1] ^ key[0], low_word(product_b),
               high_word(product_a) ^ counter[3] ^ key[1], low_word(product_a)};
    key = {key[0] + kKeyStepA, key[1] + kKeyStepB};
  }
  return counter;
}

CounterRandom::CounterRandom(uint64_t seed, uint64_t epoch, uint64_t index, uint32_t stream) {
  const uint64_t key = mix(seed + 0x9E3779B97F4A7C15ULL) ^ mix(mix(epoch) + stream);
  key_ = {low_word(key), high_word(key)};
  counter_ = {0, stream, low_word(index), high_word(index)};
}

void CounterRandom::refill() {
  words_ = philox4x32(counter_, key_);
  ++counter_[0];
  used_ = 0;
}

uint32_t CounterRandom::next_uint32() {
  if (used_ == 4) {
    refill();
  }
  return words_[static_cast<size_t>(used_++)];
}

uint64_t CounterRandom::next_uint64() {
  const uint64_t high = next_uint32();
  return (high << 32) | next_uint32();
}

double CounterRandom::uniform() { return static_cast<double>(next_uint64() >> 11) * 0x1.0p-53; }

double CounterRandom::uniform(double low, double high) { return low + (high - low) * uniform(); }

int64_t CounterRandom::below(int64_t count) {
  const auto range = static_cast<uint64_t>(count);
  const uint64_t reject_from = UINT64_MAX - UINT64_MAX % range;
  uint64_t value = next_uint64();
  while (value >= reject_from) {
    value = next_uint64();
  }
  return static_cast<int64_t>(value % range);
}

double CounterRandom::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace volseg::core
