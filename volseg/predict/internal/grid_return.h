// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/threads.h"
#include "volseg/network/sliding_window.h"
#include "volseg/plan/plan.h"
#include "volseg/prepare/prepare_image.h"

namespace volseg::predict::internal {

/// Brings logits on a prepared grid back to the image as stored, slab by slab: linear interpolation
/// (half-voxel-centred, edges repeated), decision, transposition, place in the crop. Outside the
/// crop everything is background. Memory: one prepared row of logits besides the decisions.
class GridReturn {
 public:
  /// @param order  memory order of the decisions
  GridReturn(const prepare::GridMapping& mapping, plan::OutputKind output, int64_t channels,
             core::Order order, const core::ThreadPool& pool);

  /// Slabs must come in the order of axis 0 and leave nothing out.
  void consume(const network::LogitSlab& slab);

  /// Softmax: label 0 is background, class i is i + 1. The image's shape.
  [[nodiscard]] const core::Array<int32_t>& labels() const { return labels_; }
  /// Sigmoid: 1 where the class's probability is above one half; one array for each class.
  [[nodiscard]] const std::vector<core::Array<uint8_t>>& classes() const { return classes_; }

 private:
  /// Two prepared voxels and how much of the second.
  struct Tap {
    int64_t first = 0;
    int64_t second = 0;
    float fraction = 0;
  };
  static std::vector<Tap> taps(int64_t from, int64_t to, bool nearest);
  void return_row(int64_t row, const network::LogitSlab& slab);
  void return_line(int64_t row, int64_t line, const float* first, const float* second);
  void decide(int64_t row, int64_t line, const std::vector<float>& values);
  [[nodiscard]] const float* prepared_row(int64_t row, const network::LogitSlab& slab) const;

  prepare::GridMapping mapping_;
  plan::OutputKind output_;
  int64_t channels_;
  const core::ThreadPool& pool_;
  core::Shape3 returned_{};  // extents of the crop, plan axes
  std::vector<Tap> taps_[3];
  std::vector<float> tail_;  // last prepared row of the slab before
  int64_t next_row_ = 0;
  core::Array<int32_t> labels_;
  std::vector<core::Array<uint8_t>> classes_;
};

}  // namespace volseg::predict::internal
