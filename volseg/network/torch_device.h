// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "volseg/network/device.h"

namespace volseg::network {

/// The same device in LibTorch's terms.
[[nodiscard]] c10::Device to_torch(const ComputeDevice& device);
/// Type in which the network's activations are held on this device.
[[nodiscard]] c10::ScalarType compute_type(const ComputeDevice& device);

}  // namespace volseg::network
