// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "volseg/dataset/internal/pack_reach.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/segmentation.h"

namespace volseg::dataset::internal {

/// One class of a DICOM segmentation on the grid of an image.
struct ClassRuns {
  std::string class_name;
  int64_t number = 0;  ///< smallest segment number of the class
  mask::RunMask mask;
  LabelReach reach = {};  ///< where the mask was brought onto another grid
};

/// Masks of a segmentation by class: segments of one label become one class, which is their union.
/// A dense copy of one segment's slices at a time.
/// @param image  grid that the frames lie on. @throws as volume::Segmentation::mask_on
[[nodiscard]] std::vector<ClassRuns> masks_on(const volume::Segmentation& segmentation,
                                              const volume::Header& image);
/// The same from the segmentation's own grid, nearest voxels; both geometries must be known.
[[nodiscard]] std::vector<ClassRuns> masks_resampled(const volume::Segmentation& segmentation,
                                                     const volume::Header& image);

/// A sentence on segments that share a label; nothing when all differ.
[[nodiscard]] std::optional<std::string> shared_labels(const volume::Segmentation& segmentation);

}  // namespace volseg::dataset::internal
