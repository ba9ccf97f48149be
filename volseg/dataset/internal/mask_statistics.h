// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_mask.h"

namespace volseg::dataset::internal {

/// Sums over the runs of several masks.
struct RunTotals {
  int64_t runs = 0;
  int64_t voxels = 0;  ///< of all masks
  int64_t longest = 1;
};
[[nodiscard]] RunTotals totals_of(std::span<const mask::RunMask> masks);

/// Neighbouring voxels along an axis of which one is in the mask, when the runs are read as an
/// array of `shape`, which needs not be the mask's own. Linear in runs.
[[nodiscard]] int64_t count_boundary_faces(const mask::RunMask& mask, const core::Shape3& shape);

/// An order of axes that fits the masks far better than their own.
struct AxisOrder {
  std::array<int, 3> axes{};  ///< axis of the stored array that each axis of the better one is
  core::Shape3 shape{};
  int64_t faces = 0;         ///< boundary faces when read so
  int64_t stored_faces = 0;  ///< boundary faces as stored
};
/// The permutation with the fewest boundary faces over all masks, when that is a third or less of
/// what the stored order gives. Counts every face in each of the six orders.
[[nodiscard]] std::optional<AxisOrder> find_axis_order(std::span<const mask::RunMask> masks);
/// As find_axis_order, unless the masks are too small to tell or a sample of their runs shows that
/// no other order can fit so much better.
[[nodiscard]] std::optional<AxisOrder> suspect_axis_order(std::span<const mask::RunMask> masks,
                                                          const RunTotals& totals);

/// A length of axis 0 that fits the masks far better than their own.
struct OtherLine {
  int64_t length = 0;
  double fraction = 0;         ///< of voxels with a neighbour in the next line of that length
  double stored_fraction = 0;  ///< of voxels with a neighbour in the next line as stored
};
/// The length from 2 to 4,096 at which lines fit best, when 0.6 or more of the voxels and twice as
/// many as stored have a neighbour in the next line. Looks at a sample of 512 runs.
[[nodiscard]] std::optional<OtherLine> suspect_other_line(std::span<const mask::RunMask> masks,
                                                          const RunTotals& totals);

}  // namespace volseg::dataset::internal
