// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "volseg/report/case_picture.h"

namespace volseg::report::internal {

/// A case as draw_planes and draw_thumbnail take it.
struct CaseView {
  Overlay overlay;
  SliceOptions slices;
};
[[nodiscard]] CaseView view_case(const LabelledImage& shown, const CasePictureOptions& options);

/// Masks that have a voxel in a plane through `position` across one of `axes`, by index.
[[nodiscard]] std::vector<size_t> masks_in_planes(const std::vector<mask::RunMask>& masks,
                                                  const core::Shape3& position,
                                                  const std::vector<size_t>& axes);

/// Names and colours of classes by index; numbers before the names count from 1.
[[nodiscard]] std::vector<LegendEntry> legend_of(const std::vector<size_t>& classes,
                                                 const std::vector<std::string>& class_names,
                                                 bool numbered);

}  // namespace volseg::report::internal
