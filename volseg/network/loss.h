// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "volseg/plan/plan.h"

namespace volseg::network {

struct LossOptions {
  plan::OutputKind output = plan::OutputKind::kSoftmax;
  bool batch_dice = false;  ///< Dice over the batch's voxels together, not sample by sample
};

/// Weights of the heads, finest first: 1, 1/2, 1/4, ..., the coarsest 0 when there are several;
/// their sum is 1.
[[nodiscard]] std::vector<double> head_weights(size_t heads);

/// nnU-Net's loss: cross-entropy minus soft Dice without background (softmax), or binary
/// cross-entropy minus soft Dice (sigmoid); smoothed by 1e-5; weighted over the heads. Computed in
/// float32.
/// @param logits  finest first, each (N, K, D, H, W) of its resolution
/// @param labels  uint8 (N, 1, D, H, W) with values [0, K) for softmax, (N, K, D, H, W) of 0 and 1
/// for
///                sigmoid; taken at the nearest voxel for lower resolutions
[[nodiscard]] at::Tensor segmentation_loss(const std::vector<at::Tensor>& logits,
                                           const at::Tensor& labels, const LossOptions& options);

}  // namespace volseg::network
