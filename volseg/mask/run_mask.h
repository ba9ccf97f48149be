// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/random.h"

namespace volseg::mask {

/// Voxels [start, start + length) of the Fortran-order flattening, counted from 0.
struct Run {
  int64_t start = 0;
  int64_t length = 0;
  friend bool operator==(const Run&, const Run&) = default;
};

/// A binary mask as runs over the Fortran order of an array: axis 0 is fastest. Canonical:
/// ascending, not touching, no empty run, all inside the shape.
struct RunMask {
  core::Shape3 shape{};
  std::vector<Run> runs;
  friend bool operator==(const RunMask&, const RunMask&) = default;
};

/// A box of voxels: begin and extents along axes (0, 1, 2).
struct Box {
  core::Shape3 begin{};
  core::Shape3 extents{};
  friend bool operator==(const Box&, const Box&) = default;
};

/// Runs of the voxels that differ from 0, for either memory order; linear in voxels. T: bool, the
/// integers of 8 to 64 bits, float, double.
/// @throws Error(kFormat) with the voxel's index on a NaN, which is neither inside nor outside
template <typename T>
[[nodiscard]] RunMask encode(core::ArrayView<const T> voxels);

/// Writes 1 inside the mask and 0 outside; shapes must be equal, strides are free.
/// @throws Error(kShape)
void decode(const RunMask& mask, core::ArrayView<uint8_t> voxels);

/// Writes 1 or 0 for the voxels of `box` into `voxels`, whose shape is the box's extents; the part
/// of the box outside the mask's shape is 0. Cost: about one binary search for each row of the box
/// plus its runs.
void crop(const RunMask& mask, const Box& box, core::ArrayView<uint8_t> voxels);

/// One label and its voxels.
struct LabelRuns {
  int32_t label = 0;
  RunMask mask;
};
/// Every label except 0, ascending, in one pass over the map.
[[nodiscard]] std::vector<LabelRuns> encode_labels(core::ArrayView<const int32_t> labels);

/// Writes `label` into the voxels of the mask, leaves the others. @throws Error(kShape)
void paint(const RunMask& mask, int32_t label, core::ArrayView<int32_t> labels);

/// Writes each label into the voxels of its mask and 0 elsewhere, in one pass over the map; where
/// masks overlap, the last one counts. @throws Error(kShape)
void decode_labels(const std::vector<LabelRuns>& masks, core::ArrayView<int32_t> labels);

/// Number of voxels.
[[nodiscard]] int64_t area(const RunMask& mask);
/// Smallest box around the mask; extents 0 when it is empty.
[[nodiscard]] Box bounding_box(const RunMask& mask);
/// Number of voxels in both; shapes must be equal. @throws Error(kShape)
[[nodiscard]] int64_t intersection_area(const RunMask& first, const RunMask& second);

/// Draws voxels uniformly from a mask, in constant time on average.
class VoxelSampler {
 public:
  explicit VoxelSampler(const RunMask& mask);
  [[nodiscard]] bool empty() const { return area() == 0; }
  [[nodiscard]] int64_t area() const { return runs_.back().voxels_before; }
  /// Indices along axes (0, 1, 2) of a uniformly drawn voxel; the mask must not be empty.
  [[nodiscard]] core::Shape3 draw(core::CounterRandom& random) const;

 private:
  struct CountedRun {
    int64_t voxels_before = 0;  // in the runs before this one
    int64_t start = 0;
  };

  void index_runs();

  core::Shape3 shape_;
  std::vector<CountedRun> runs_;  // one more than the mask has, which ends the last
  // Voxel v of the mask lies in a run from run_of_part_[v >> part_bits_] up to that of the next
  // part.
  std::vector<int64_t> run_of_part_;
  int part_bits_ = 0;
};

}  // namespace volseg::mask
