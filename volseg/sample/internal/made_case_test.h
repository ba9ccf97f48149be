// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/random.h"
#include "volseg/mask/run_mask.h"
#include "volseg/plan/recipe.h"
#include "volseg/prepare/case_store.h"
#include "volseg/sample/patch_sampler.h"

namespace volseg::sample {

/// An augmentation that changes nothing.
inline plan::Augmentation no_change() {
  plan::Augmentation augmentation;
  for (double* probability : {&augmentation.rotation_probability, &augmentation.scaling_probability,
                              &augmentation.noise_probability, &augmentation.brightness_probability,
                              &augmentation.contrast_probability, &augmentation.gamma_probability,
                              &augmentation.gamma_inverted_probability}) {
    *probability = 0;
  }
  augmentation.mirror_axes = {false, false, false};
  return augmentation;
}

/// A mask of the box [begin, begin + extents).
inline mask::RunMask box_mask(const core::Shape3& shape, const core::Shape3& begin,
                              const core::Shape3& extents) {
  core::Array<uint8_t> voxels(shape, core::Order::kFortran, uint8_t{0});
  for (int64_t a = begin[0]; a < begin[0] + extents[0]; ++a) {
    for (int64_t b = begin[1]; b < begin[1] + extents[1]; ++b) {
      for (int64_t c = begin[2]; c < begin[2] + extents[2]; ++c) {
        voxels(a, b, c) = 1;
      }
    }
  }
  return mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
}

/// A case of random values; class 0 is a small box, class 1 a single voxel, class 2 is absent.
inline prepare::PreparedCase made_case(const core::Shape3& shape, uint64_t seed,
                                       int64_t channels = 2) {
  prepare::PreparedCase made;
  made.name = "case_" + std::to_string(seed);
  made.image.channels = channels;
  made.image.mapping.prepared_shape = shape;
  const int64_t count = core::voxel_count(shape) * channels;
  made.image.values = core::Buffer(count * static_cast<int64_t>(sizeof(float)));
  core::CounterRandom random(seed, 0, 0);
  auto* values = reinterpret_cast<float*>(made.image.values.data());
  std::generate_n(values, count, [&] { return static_cast<float>(random.uniform(0.5, 2)); });
  made.masks.push_back(box_mask(shape, {1, 2, 1}, {3, 2, 4}));
  made.masks.push_back(box_mask(shape, {shape[0] - 1, 0, shape[2] - 2}, {1, 1, 1}));
  made.masks.push_back({.shape = shape, .runs = {}});
  return made;
}

inline std::span<const float> images_of(const Batch& batch) {
  return {reinterpret_cast<const float*>(batch.images.data()),
          static_cast<size_t>(batch.images.size_bytes()) / sizeof(float)};
}

inline std::span<const uint8_t> labels_of(const Batch& batch) {
  return {reinterpret_cast<const uint8_t*>(batch.labels.data()),
          static_cast<size_t>(batch.labels.size_bytes())};
}

inline bool same_contents(const Batch& first, const Batch& second) {
  return std::ranges::equal(images_of(first), images_of(second)) &&
         std::ranges::equal(labels_of(first), labels_of(second));
}

}  // namespace volseg::sample
