// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_points.h"

#include <algorithm>
#include <utility>

#include "volseg/score/internal/surface_elements.h"

namespace volseg::score::internal {

namespace {

// Codes of equal area are points of one kind.
void weigh_by_area(const std::array<double, 3>& spacing_mm, SurfacePoints& points) {
  const std::array<double, kCornerCodes> areas_mm2 = element_areas_mm2(spacing_mm);
  points.weight_of_kind.clear();
  points.kind_of_code.reserve(areas_mm2.size());
  for (const double area_mm2 : areas_mm2) {
    auto known = std::find(points.weight_of_kind.begin(), points.weight_of_kind.end(), area_mm2);
    points.kind_of_code.push_back(static_cast<uint8_t>(known - points.weight_of_kind.begin()));
    if (known == points.weight_of_kind.end()) {
      points.weight_of_kind.push_back(area_mm2);
    }
  }
}

}  // namespace

SurfacePoints surface_points(BitRows mask, const std::array<double, 3>& spacing_mm,
                             SurfaceDefinition definition) {
  SurfacePoints found;
  if (definition == SurfaceDefinition::kVoxel) {
    found.points = surface_voxels(mask);
    return found;
  }
  found.points = surface_corners(mask);
  if (definition == SurfaceDefinition::kElement) {
    weigh_by_area(spacing_mm, found);
    found.mask = std::move(mask);
  }
  return found;
}

}  // namespace volseg::score::internal
