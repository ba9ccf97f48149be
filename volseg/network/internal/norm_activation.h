// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace volseg::network {

/// Instance normalisation (eps 1e-5, statistics in float32) followed by LeakyReLU.
/// @param x       (N, C, D, H, W)
/// @param weight  (C), float32; likewise `bias`
[[nodiscard]] at::Tensor norm_activation(const at::Tensor& x, const at::Tensor& weight,
                                         const at::Tensor& bias, double slope);

}  // namespace volseg::network
