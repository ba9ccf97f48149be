// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "volseg/network/device.h"
#include "volseg/network/weights.h"
#include "volseg/plan/plan.h"

namespace volseg::network {

class UNet;

/// Prefix of the averaged weights in a checkpoint, and of the optimiser's state.
inline constexpr std::string_view kAveragePrefix = "average.";
inline constexpr std::string_view kOptimizerPrefix = "optimizer.";

/// The network of a checkpoint, with its averaged weights where it has them.
/// @throws Error(kFormat) naming the first tensor that is missing or has another shape
[[nodiscard]] std::shared_ptr<const UNet> load_network(const plan::NetworkPlan& plan,
                                                       const WeightsFile& file,
                                                       const ComputeDevice& device);

}  // namespace volseg::network
