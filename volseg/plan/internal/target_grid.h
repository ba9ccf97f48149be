// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "volseg/plan/fingerprint.h"

namespace volseg::plan {

/// The grid that a data set is brought to.
struct TargetGrid {
  std::array<int, 3> axis_order{0, 1, 2};
  std::array<double, 3> spacing_mm{1, 1, 1};    ///< plan axes
  std::array<double, 3> median_shape{1, 1, 1};  ///< plan axes, at spacing_mm; may be halves
  bool coarse_axis_lowered = false;  ///< the 10th percentile replaced the median of axis 0
};

/// Median spacing, with nnU-Net's exception for one coarse axis of few voxels.
/// @param fingerprint  has at least one case
/// @source nnU-Net v2, determine_fullres_target_spacing and determine_transpose
[[nodiscard]] TargetGrid target_grid(const Fingerprint& fingerprint);

/// Median over the cases of the cropped shape at another spacing, each rounded; plan axes.
[[nodiscard]] std::array<double, 3> median_shape_at(const Fingerprint& fingerprint,
                                                    const std::array<int, 3>& axis_order,
                                                    const std::array<double, 3>& spacing_mm);

/// Spacing 3 % coarser: along the axes that are finer than half the coarsest, else along all.
[[nodiscard]] std::array<double, 3> coarsened(const std::array<double, 3>& spacing_mm);

/// Percentile with linear interpolation between ranks, as NumPy's default; values not empty.
[[nodiscard]] double percentile(std::vector<double> values, double percent);

}  // namespace volseg::plan
