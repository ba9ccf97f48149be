// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/plan/plan.h"
#include "volseg/plan/recipe.h"

namespace volseg::plan {

/// Kernels and strides of each resolution, and the patch padded so that every stride divides it.
struct Topology {
  std::vector<std::array<int64_t, 3>> kernels;
  std::vector<std::array<int64_t, 3>> strides;
  core::Shape3 multiples{};  ///< 2^(times an axis is halved)
  core::Shape3 patch{};
};

/// Which axes each stage halves: those of at least 8 voxels whose spacing is within a factor 2 of
/// the finest.
/// @source nnU-Net v2, get_pool_and_conv_props
[[nodiscard]] Topology network_topology(const std::array<double, 3>& spacing_mm,
                                        const std::array<double, 3>& patch, int most_stages);

/// The network of a topology; channel counts are set by the caller.
[[nodiscard]] NetworkPlan network_of(const Topology& topology, const Recipe& recipe,
                                     int64_t input_channels, int64_t output_channels);

/// Elements of all convolutions' outputs for one patch of a batch.
/// @source dynamic_network_architectures, PlainConvUNet::compute_conv_feature_map_size
[[nodiscard]] double feature_elements(const NetworkPlan& network, const core::Shape3& patch);

}  // namespace volseg::plan
