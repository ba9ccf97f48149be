// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/patch_sampler.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/sample/internal/draw_key.h"
#include "volseg/sample/internal/intensity.h"
#include "volseg/sample/internal/patch_reader.h"
#include "volseg/sample/internal/spatial.h"

namespace volseg::sample {

namespace {

constexpr size_t kMostSoftmaxClasses = 255;

void check_options(const SamplerOptions& options) {
  const core::Shape3& patch = options.patch_shape;
  if (*std::min_element(patch.begin(), patch.end()) < 1 || options.batch_size < 1) {
    throw Error(ErrorKind::kUsage, "sample.open",
                "patch " + core::to_string(patch) + ", batch size " +
                    std::to_string(options.batch_size) + ": expected each at least 1");
  }
  const plan::Augmentation& set = options.augmentation;
  if (set.scaling_low <= 0 || set.scaling_high < set.scaling_low ||
      std::abs(set.axis_scaling_fraction) >= 1) {
    throw Error(ErrorKind::kUsage, "sample.open",
                "augmentation: scaling from " + std::to_string(set.scaling_low) + " to " +
                    std::to_string(set.scaling_high) + ", axis scaling " +
                    std::to_string(set.axis_scaling_fraction) +
                    "; expected 0 < scaling_low <= scaling_high and axis scaling below 1");
  }
}

void check_case(const prepare::PreparedCase& prepared, const prepare::PreparedCase& first) {
  const core::Shape3& shape = prepared.image.mapping.prepared_shape;
  if (prepared.image.channels != first.image.channels ||
      prepared.masks.size() != first.masks.size()) {
    throw Error(ErrorKind::kShape, "sample.open",
                "case " + prepared.name + ": " + std::to_string(prepared.image.channels) +
                    " channels and " + std::to_string(prepared.masks.size()) +
                    " classes; expected as case " + first.name + ": " +
                    std::to_string(first.image.channels) + " and " +
                    std::to_string(first.masks.size()));
  }
  for (const mask::RunMask& mask : prepared.masks) {
    if (mask.shape != shape) {
      throw Error(ErrorKind::kShape, "sample.open",
                  "case " + prepared.name + ": a mask of " + core::to_string(mask.shape) +
                      "; expected the image's " + core::to_string(shape));
    }
  }
}

// The allowed begins of a patch along one axis: inside the case, or centred when the case is
// shorter.
std::pair<int64_t, int64_t> begin_range(int64_t extent, int64_t patch) {
  if (extent <= patch) {
    const int64_t centred = -((patch - extent) / 2);
    return {centred, centred};
  }
  return {0, extent - patch};
}

}  // namespace

PatchSampler::PatchSampler(const std::vector<prepare::PreparedCase>& cases, SamplerOptions options)
    : options_(std::move(options)) {
  check_options(options_);
  if (cases.empty()) {
    throw Error(ErrorKind::kUsage, "sample.open", "no cases: expected at least one to draw from");
  }
  if (options_.output == plan::OutputKind::kSoftmax &&
      cases.front().masks.size() > kMostSoftmaxClasses) {
    throw Error(ErrorKind::kLimit, "sample.open",
                std::to_string(cases.front().masks.size()) +
                    " classes: expected at most 255 with softmax; use sigmoid output");
  }
  for (const prepare::PreparedCase& prepared : cases) {
    check_case(prepared, cases.front());
    CaseSource source{.prepared = &prepared, .voxel_samplers = {}, .bounds = {}};
    for (const mask::RunMask& mask : prepared.masks) {
      source.bounds.push_back(mask::bounding_box(mask));
      mask::VoxelSampler voxels(mask);
      if (!voxels.empty()) {
        source.voxel_samplers.push_back(std::move(voxels));
      }
    }
    sources_.push_back(std::move(source));
  }
}

Batch PatchSampler::make_batch() const {
  const prepare::PreparedCase& first = *sources_.front().prepared;
  Batch batch;
  batch.batch_size = options_.batch_size;
  batch.channels = first.image.channels;
  batch.label_channels =
      options_.output == plan::OutputKind::kSoftmax ? 1 : static_cast<int64_t>(first.masks.size());
  batch.patch_shape = options_.patch_shape;
  const int64_t voxels = core::voxel_count(options_.patch_shape) * options_.batch_size;
  batch.images = core::Buffer(voxels * batch.channels * static_cast<int64_t>(sizeof(float)));
  batch.labels = core::Buffer(voxels * batch.label_channels);
  return batch;
}

bool PatchSampler::is_forced(int64_t slot, core::CounterRandom& random) const {
  const double fraction = options_.foreground_fraction;
  if (options_.batch_size == 1) {
    return random.chance(fraction);
  }
  const double random_slots = static_cast<double>(options_.batch_size) * (1 - fraction);
  return static_cast<double>(slot) >= std::nearbyint(random_slots);
}

core::Shape3 PatchSampler::draw_begin(const CaseSource& source, int64_t slot,
                                      core::CounterRandom& random) const {
  const core::Shape3& shape = source.prepared->image.mapping.prepared_shape;
  const bool forced = is_forced(slot, random) && !source.voxel_samplers.empty();
  core::Shape3 center{};
  if (forced) {
    const auto classes = static_cast<int64_t>(source.voxel_samplers.size());
    center = source.voxel_samplers[static_cast<size_t>(random.below(classes))].draw(random);
  }
  core::Shape3 begin{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t extent = options_.patch_shape[axis];
    const auto [low, high] = begin_range(shape[axis], extent);
    begin[axis] = forced ? std::clamp(center[axis] - extent / 2, low, high)
                         : low + random.below(high - low + 1);
  }
  return begin;
}

void PatchSampler::draw(uint64_t epoch, uint64_t step, int64_t slot, Batch& batch) const {
  const internal::DrawKey key{
      .seed = options_.seed,
      .epoch = epoch,
      .index = step * static_cast<uint64_t>(options_.batch_size) + static_cast<uint64_t>(slot)};
  core::CounterRandom random = key.random(internal::Stream::kChoice);
  const auto count = static_cast<int64_t>(sources_.size());
  const CaseSource& source = sources_[static_cast<size_t>(random.below(count))];
  const core::Shape3 begin = draw_begin(source, slot, random);
  internal::SpatialChange change;
  if (options_.augment) {
    change = internal::draw_spatial_change(options_.augmentation, options_.patch_shape, key);
  }
  const internal::PatchMapping mapping(begin, options_.patch_shape, change);
  const int64_t voxels = core::voxel_count(options_.patch_shape);
  auto* images = reinterpret_cast<float*>(batch.images.data()) + slot * batch.channels * voxels;
  auto* labels =
      reinterpret_cast<uint8_t*>(batch.labels.data()) + slot * batch.label_channels * voxels;
  internal::read_patch(source.prepared->image,
                       {source.prepared->masks, source.bounds, options_.output}, mapping, images,
                       labels);
  for (int64_t channel = 0; options_.augment && channel < batch.channels; ++channel) {
    const std::span<float> values(images + channel * voxels, static_cast<size_t>(voxels));
    internal::change_intensities(values, options_.augmentation, key, channel);
  }
}

}  // namespace volseg::sample
