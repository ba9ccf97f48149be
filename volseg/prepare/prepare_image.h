// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/threads.h"
#include "volseg/mask/run_mask.h"
#include "volseg/plan/plan.h"
#include "volseg/volume/volume.h"

namespace volseg::prepare {

/// How a prepared grid lies in the image it came from; enough to bring a prediction back.
struct GridMapping {
  core::Shape3 image_shape{};              ///< of the image as stored, array axes
  mask::Box crop;                          ///< box around non-zero voxels, array axes
  std::array<int, 3> axis_order{0, 1, 2};  ///< plan axis i is array axis axis_order[i]
  core::Shape3 prepared_shape{};           ///< plan axes
  int nearest_axis = -1;  ///< plan axis that was sampled at the nearest voxel, or -1
};

/// A network-ready image: cropped, transposed to plan axes, normalised, resampled.
struct PreparedImage {
  int64_t channels = 1;
  core::Buffer values;  ///< float32, (channel, plan axis 0, 1, 2), last fastest
  GridMapping mapping;

  [[nodiscard]] core::ArrayView<float> channel(int64_t index);
  [[nodiscard]] core::ArrayView<const float> channel(int64_t index) const;
};

/// Applies a plan to an image. @throws Error(kShape) when its channel count differs from the plan's
[[nodiscard]] PreparedImage prepare_image(const volume::Volume& image, const plan::Plan& plan,
                                          std::string_view name,
                                          const core::ThreadPool* pool = nullptr);

/// Masks on the prepared grid (shape in plan axes): each class is resampled linearly and keeps the
/// voxels of at least 0.5. With softmax output a voxel belongs to one class: where two have exactly
/// 0.5, or the masks overlapped, the later class wins, as nnU-Net does.
/// @throws Error(kShape) when a mask's shape is not the mapping's image shape
[[nodiscard]] std::vector<mask::RunMask> prepare_masks(const std::vector<mask::RunMask>& masks,
                                                       const GridMapping& mapping,
                                                       plan::OutputKind output,
                                                       const core::ThreadPool* pool = nullptr);

}  // namespace volseg::prepare
