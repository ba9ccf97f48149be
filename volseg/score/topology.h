// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "volseg/mask/components.h"
#include "volseg/mask/run_mask.h"

namespace volseg::score {

/// What a voxel that was marked for deletion must still fulfil when its turn comes.
enum class ThinningRule : uint8_t {
  kExact,        ///< all conditions again: components, tunnels and cavities are kept, always
  kScikitImage,  ///< one connected neighbourhood only, as scikit-image, ITK and ImageJ do: equal to
                 ///< scikit-image voxel for voxel, but may erase whole objects (a 4 x 4 x 4 cube)
};

/// The centre lines of a mask, one voxel wide, by deletion of border voxels from six directions in
/// turn: a voxel goes when it is no end of a line and its deletion changes neither the number of
/// objects (26-connected) nor that of tunnels nor that of cavities (6-connected background).
/// Outside the volume is background. Cost: linear in the voxels of the mask, not in its box times
/// its thickness; memory: two bits a voxel of its bounding box.
/// @source Lee, Kashyap, Chu 1994
[[nodiscard]] mask::RunMask skeletonize(const mask::RunMask& mask,
                                        ThinningRule rule = ThinningRule::kExact);

/// Centrelines of one class in one case.
struct CentrelineScore {
  int64_t truth_skeleton_voxels = 0;
  int64_t prediction_skeleton_voxels = 0;
  int64_t truth_skeleton_in_prediction_voxels = 0;
  int64_t prediction_skeleton_in_truth_voxels = 0;
};

/// Thins both masks and counts the skeletons' voxels. @throws Error(kShape) with both shapes
[[nodiscard]] CentrelineScore score_centrelines(const mask::RunMask& truth,
                                                const mask::RunMask& prediction,
                                                ThinningRule rule = ThinningRule::kExact);

/// Share of the prediction's skeleton that lies in the truth; none for an empty skeleton.
[[nodiscard]] std::optional<double> topology_precision(const CentrelineScore& score);
/// Share of the truth's skeleton that lies in the prediction; none for an empty skeleton.
[[nodiscard]] std::optional<double> topology_sensitivity(const CentrelineScore& score);
/// Harmonic mean of topology precision and sensitivity; none when both skeletons are empty, 0 when
/// one is. @source Shit et al. 2021, "clDice"
[[nodiscard]] std::optional<double> centreline_dice(const CentrelineScore& score);

/// Numbers of connected components.
struct ComponentCounts {
  int64_t truth = 0;
  int64_t prediction = 0;
};

[[nodiscard]] ComponentCounts count_components(
    const mask::RunMask& truth, const mask::RunMask& prediction,
    mask::Connectivity connectivity = mask::Connectivity::k26);
/// |components of the prediction - components of the truth|; always defined.
[[nodiscard]] int64_t betti_0_error(const ComponentCounts& counts);

}  // namespace volseg::score
