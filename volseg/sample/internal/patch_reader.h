// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/plan/plan.h"
#include "volseg/prepare/case_store.h"
#include "volseg/sample/internal/spatial.h"

namespace volseg::sample::internal {

/// The masks of a case with what is known of them beforehand.
struct CaseLabels {
  const std::vector<mask::RunMask>& masks;
  const std::vector<mask::Box>& bounds;  ///< bounding box of each mask
  plan::OutputKind output = plan::OutputKind::kSoftmax;
};

/// Reads one patch of a case through a mapping. Images are interpolated linearly with 0 outside the
/// case; labels are those of the nearest voxel, background outside. Whole-voxel changes copy values
/// unchanged.
/// @param images  (channel, patch axes), last fastest
/// @param labels  (label channel, patch axes), last fastest; softmax: one channel of class numbers
/// from 1
void read_patch(const prepare::PreparedImage& image, const CaseLabels& labels,
                const PatchMapping& mapping, float* images, uint8_t* label_values);

}  // namespace volseg::sample::internal
