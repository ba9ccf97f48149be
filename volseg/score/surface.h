// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "volseg/mask/run_mask.h"

namespace volseg::score {

/// What the surface of a mask is. Everything outside the image counts as outside the mask, so that
/// an object at the border has a surface there.
enum class SurfaceDefinition : uint8_t {
  /// Centres of the voxels that share a face with a voxel outside; each counts 1. As MedPy, MONAI.
  kVoxel,
  /// Corners between eight voxels of which some, but not all, are inside; each weighs the area of
  /// the contour between them. As the surface-distance package and the Medical Segmentation
  /// Decathlon, whose published evaluation is the same code.
  kElement,
  /// The corners of kElement, each counting 1.
  kBoundary,
};

/// How surfaces are compared.
struct SurfaceSettings {
  SurfaceDefinition definition = SurfaceDefinition::kVoxel;
  std::vector<double> percentiles = {95};   ///< of the Hausdorff distance, 0 to 100
  std::vector<double> tolerances_mm = {1};  ///< of the surface Dice, 0 or more
};

/// Distances between the surfaces of one class in one case. A directed distance leads from a point
/// of one surface to the nearest of the other.
struct SurfaceScore {
  double hausdorff_mm = 0;  ///< the largest directed distance
  /// For each percentile: the larger one of the two directed distances at it.
  std::vector<double> hausdorff_percentiles_mm;
  double truth_to_prediction_mm = 0;  ///< mean directed distance, weighted
  double prediction_to_truth_mm = 0;  ///< the same the other way
  double symmetric_average_mm = 0;    ///< mean over both directions' distances together
  /// For each tolerance: the fraction of both surfaces that lies within it of the other one.
  std::vector<double> surface_dice;
  double truth_size = 0;       ///< area [mm^2] (kElement), else points
  double prediction_size = 0;  ///< the same of the prediction
};

/// Compares the surfaces of two masks. Distances are exact; the result depends neither on the
/// image around the masks nor on threads. std::nullopt when either mask is empty.
/// @param spacing_mm  of array axes (0, 1, 2), each > 0
/// @throws Error(kShape) when the masks' shapes differ; Error(kUsage) on a spacing, percentile or
/// tolerance out of range
[[nodiscard]] std::optional<SurfaceScore> score_surface(const mask::RunMask& truth,
                                                        const mask::RunMask& prediction,
                                                        const std::array<double, 3>& spacing_mm,
                                                        const SurfaceSettings& settings);

}  // namespace volseg::score
