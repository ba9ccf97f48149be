// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/mask/run_mask.h"

namespace volseg::mask {

/// Which voxels are neighbours: those that share a face, also an edge, also a corner.
enum class Connectivity : uint8_t { k6, k18, k26 };

/// The connected parts of a mask, numbered from 0 in the order of their first voxels.
struct Components {
  core::Shape3 shape{};
  std::vector<Run> segments;          ///< the mask's runs, cut where a row along axis 0 ends
  std::vector<int64_t> component_of;  ///< of each segment
  std::vector<int64_t> sizes_voxels;  ///< of each component
};

/// Joins segments of neighbouring rows by union-find; nearly linear in runs and rows, never dense.
[[nodiscard]] Components connected_components(const RunMask& mask, Connectivity connectivity);

/// The voxels of the components for which `kept[component]` is true.
[[nodiscard]] RunMask select_components(const Components& components,
                                        const std::vector<bool>& kept);

/// The component with the most voxels, the first of equals; empty for an empty mask.
[[nodiscard]] RunMask largest_component(const RunMask& mask, Connectivity connectivity);

/// The mask without components of fewer than `fewest_voxels` voxels.
[[nodiscard]] RunMask remove_small_components(const RunMask& mask, int64_t fewest_voxels,
                                              Connectivity connectivity);

}  // namespace volseg::mask
