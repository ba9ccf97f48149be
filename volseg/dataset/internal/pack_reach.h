// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// How many voxels of a label arrive on the grid of an image.
struct LabelReach {
  int64_t voxels = 0;          ///< on the label's own grid
  int64_t outside_voxels = 0;  ///< of these, with the centre outside the image's grid
  int64_t kept_voxels = 0;     ///< on the image's grid

  LabelReach& operator+=(const LabelReach& more);
};

/// Reach by a name for messages, such as "label 3".
using ReachOfName = std::map<std::string, LabelReach>;

/// The two grids of a mask that is brought onto its image, with names for messages.
struct GridPair {
  const std::string& label_file;
  const volume::Header& labels;
  const std::string& image_file;
  const volume::Header& image;
};

/// Reach of every label but 0. Linear in voxels of both grids.
/// @param from       where the labels lie, known
/// @param resampled  what resample_nearest made of them on the grid `to`
[[nodiscard]] std::map<int32_t, LabelReach> reach_of(core::ArrayView<const int32_t> labels,
                                                     const volume::Geometry& from,
                                                     core::ArrayView<const int32_t> resampled,
                                                     const volume::Geometry& to);

/// Warnings about labels of which a part is lost.
/// @throws Error(kShape) with both grids when all of the mask is lost, or a label lies outside as a
///         whole
[[nodiscard]] std::vector<std::string> judge_reach(const ReachOfName& reaches,
                                                   const GridPair& grids);

}  // namespace volseg::dataset::internal
