// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/intensity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace volseg::sample::internal {

namespace {

constexpr double kLeastDivisor = 1e-7;

struct Moments {
  double mean = 0;
  double deviation = 0;
  float lowest = 0;
  float highest = 0;
};

// Four sums at a time hide the latency of addition.
Moments measure(std::span<const float> values) {
  std::array<double, 4> sums{};
  std::array<double, 4> squares{};
  const double pivot = values[0];
  Moments moments{.lowest = values[0], .highest = values[0]};
  for (size_t i = 0; i < values.size(); ++i) {
    const double distance = values[i] - pivot;
    sums[i % 4] += distance;
    squares[i % 4] += distance * distance;
    moments.lowest = std::min(moments.lowest, values[i]);
    moments.highest = std::max(moments.highest, values[i]);
  }
  const auto count = static_cast<double>(values.size());
  const double mean = (sums[0] + sums[1] + sums[2] + sums[3]) / count;
  const double square = (squares[0] + squares[1] + squares[2] + squares[3]) / count;
  moments.mean = pivot + mean;
  moments.deviation = std::sqrt(std::max(0.0, square - mean * mean));
  return moments;
}

void stretch(std::span<float> values, double factor, double offset) {
  const auto scale = static_cast<float>(factor);
  const auto shift = static_cast<float>(offset);
  for (float& value : values) {
    value = value * scale + shift;
  }
}

// Half of the draws lie below 1 and half above, where the range has both.
double draw_factor(core::CounterRandom& random, double low, double high) {
  const bool below = random.chance(0.5);
  if (low < 1 && (below || high <= 1)) {
    return random.uniform(low, std::min(high, 1.0));
  }
  return random.uniform(std::max(low, 1.0), high);
}

// (0, 1] from the upper 24 bits, so that its logarithm is finite.
float open_uniform(uint32_t word) { return static_cast<float>((word >> 8) + 1) * 0x1.0p-24F; }

// Whether a change is applied is drawn once for all channels, how strongly for each of them.
std::optional<core::CounterRandom> drawn(const DrawKey& key, Stream stream, double probability,
                                         int64_t channel) {
  if (!key.random(stream).chance(probability)) {
    return std::nullopt;
  }
  return key.random(stream, channel + 1);
}

}  // namespace

void add_noise(std::span<float> values, double deviation, core::CounterRandom random) {
  const auto scale = static_cast<float>(deviation);
  constexpr auto kFullTurn = static_cast<float>(2 * std::numbers::pi);
  for (size_t i = 0; i < values.size(); i += 2) {
    const float radius = scale * std::sqrt(-2.0F * std::log(open_uniform(random.next_uint32())));
    const float angle = kFullTurn * open_uniform(random.next_uint32());
    values[i] += radius * std::cos(angle);
    if (i + 1 < values.size()) {
      values[i + 1] += radius * std::sin(angle);
    }
  }
}

void change_contrast(std::span<float> values, double factor) {
  const Moments before = measure(values);
  stretch(values, factor, before.mean * (1 - factor));
  for (float& value : values) {
    value = std::min(std::max(value, before.lowest), before.highest);
  }
}

void change_gamma(std::span<float> values, double gamma, bool inverted) {
  const Moments before = measure(values);
  const float range = before.highest - before.lowest;
  const auto scale = static_cast<float>(1 / std::max<double>(range, kLeastDivisor));
  const auto exponent = static_cast<float>(gamma);
  const float sign = inverted ? -1.0F : 1.0F;
  const float zero = inverted ? before.highest : before.lowest;
  for (float& value : values) {
    const float unit = std::max(0.0F, (value - zero) * sign * scale);
    value = zero + sign * range * std::pow(unit, exponent);
  }
  const Moments after = measure(values);
  const double factor = before.deviation / std::max(after.deviation, kLeastDivisor);
  stretch(values, factor, before.mean - after.mean * factor);
}

void change_intensities(std::span<float> values, const plan::Augmentation& augmentation,
                        const DrawKey& key, int64_t channel) {
  const plan::Augmentation& set = augmentation;
  if (auto random = drawn(key, Stream::kNoise, set.noise_probability, channel)) {
    const double deviation = random->uniform(0, set.noise_deviation);
    add_noise(values, deviation, *random);
  }
  if (auto random = drawn(key, Stream::kBrightness, set.brightness_probability, channel)) {
    stretch(values, draw_factor(*random, set.brightness_low, set.brightness_high), 0);
  }
  if (auto random = drawn(key, Stream::kContrast, set.contrast_probability, channel)) {
    change_contrast(values, draw_factor(*random, set.contrast_low, set.contrast_high));
  }
  if (auto random = drawn(key, Stream::kGammaInverted, set.gamma_inverted_probability, channel)) {
    change_gamma(values, draw_factor(*random, set.gamma_low, set.gamma_high), true);
  }
  if (auto random = drawn(key, Stream::kGamma, set.gamma_probability, channel)) {
    change_gamma(values, draw_factor(*random, set.gamma_low, set.gamma_high), false);
  }
}

}  // namespace volseg::sample::internal
