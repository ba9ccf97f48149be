// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "volseg/core/array.h"

// The two masks that every figure is stated on. Both have the same extents and are the same on
// every machine.
namespace volseg::benchmarks {

inline constexpr core::Shape3 kMaskShape = {512, 512, 300};

/// A hash of a voxel's position, evenly spread over 64 bits (the finaliser of SplitMix64).
inline uint64_t hash_of(uint64_t position) {
  uint64_t bits = position + 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

/// Squared distance from an ellipsoid's centre, 1 on its surface.
inline double ellipsoid_distance(const core::Shape3& index, const std::array<double, 3>& centre) {
  constexpr std::array<double, 3> kRadii = {87, 142, 109};
  double distance = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const double offset = (static_cast<double>(index[axis]) - centre[axis]) / kRadii[axis];
    distance += offset * offset;
  }
  return distance;
}

/// A voxel of two ellipsoids with a noisy surface and round holes.
inline bool is_lung(const core::Shape3& index) {
  constexpr int64_t kHoleSpacing = 31;
  constexpr int64_t kHoleRadius = 5;
  const double distance = std::min(ellipsoid_distance(index, {150, 256, 150}),
                                   ellipsoid_distance(index, {362, 256, 150}));
  if (distance > 1.03) {
    return false;
  }
  int64_t from_hole = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t offset = index[axis] % kHoleSpacing - kHoleSpacing / 2;
    from_hole += offset * offset;
  }
  if (from_hole < kHoleRadius * kHoleRadius) {
    return false;
  }
  const int64_t position = index[0] + kMaskShape[0] * (index[1] + kMaskShape[1] * index[2]);
  const double noise =
      static_cast<double>(hash_of(static_cast<uint64_t>(position)) >> 11) / (1ULL << 53);
  return distance < 0.97 + 0.06 * noise;
}

/// lungs: 10.7 M voxels in 0.23 M runs, as a radiologist's mask.
inline core::Array<uint8_t> make_lungs(core::Order order) {
  core::Array<uint8_t> mask(kMaskShape, order, uint8_t{0});
  for (int64_t c = 0; c < kMaskShape[2]; ++c) {
    for (int64_t b = 0; b < kMaskShape[1]; ++b) {
      for (int64_t a = 0; a < kMaskShape[0]; ++a) {
        mask(a, b, c) = is_lung({a, b, c}) ? 1 : 0;
      }
    }
  }
  return mask;
}

/// salt: every voxel a coin toss, 19.7 M runs, the worst case.
inline core::Array<uint8_t> make_salt(core::Order order) {
  core::Array<uint8_t> mask(kMaskShape, order);
  int64_t position = 0;
  for (int64_t c = 0; c < kMaskShape[2]; ++c) {
    for (int64_t b = 0; b < kMaskShape[1]; ++b) {
      for (int64_t a = 0; a < kMaskShape[0]; ++a, ++position) {
        mask(a, b, c) = static_cast<uint8_t>(hash_of(static_cast<uint64_t>(position)) & 1);
      }
    }
  }
  return mask;
}

/// organs: a label map of 117 classes in cells with noisy borders, as of a whole body.
inline core::Array<int32_t> make_organs(core::Order order) {
  constexpr int64_t kCell = 29;
  constexpr uint64_t kClasses = 117;
  core::Array<int32_t> labels(kMaskShape, order);
  for (int64_t c = 0; c < kMaskShape[2]; ++c) {
    for (int64_t b = 0; b < kMaskShape[1]; ++b) {
      for (int64_t a = 0; a < kMaskShape[0]; ++a) {
        const auto noise = static_cast<int64_t>(hash_of(static_cast<uint64_t>(b + 512 * c)) % 3);
        const int64_t cell = (a + noise) / kCell + 32 * (b / kCell + 32 * (c / kCell));
        const uint64_t bits = hash_of(static_cast<uint64_t>(cell));
        labels(a, b, c) = bits >> 62 == 0 ? static_cast<int32_t>(1 + bits % kClasses) : 0;
      }
    }
  }
  return labels;
}

}  // namespace volseg::benchmarks
