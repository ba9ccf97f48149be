// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/threads.h"

namespace volseg::network {

class UNet;

/// An image as a network sees it: float32 (channel, axis 0, 1, 2), last fastest.
struct ImageView {
  const float* values = nullptr;
  int64_t channels = 1;
  core::Shape3 shape{};
};

/// Finished rows [begin, end) of axis 0: blended logits (row, axis 1, axis 2, channel), channel
/// fastest.
struct LogitSlab {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t channels = 0;
  const float* values = nullptr;
};

struct SlidingWindowOptions {
  core::Shape3 patch_shape{};
  double step_fraction = 0.5;  ///< of the patch, between windows
  bool mirror = false;         ///< average over all mirrored inputs
  const core::CancelToken* cancel = nullptr;
  std::function<void(int64_t done, int64_t total)> on_window = {};  ///< after each window
};

/// First voxels of the windows along one axis: ceil((extent - patch) / step) + 1 of them, spread
/// evenly. One that starts at a negative voxel when the patch is larger than the extent.
[[nodiscard]] std::vector<int64_t> window_starts(int64_t extent, int64_t patch,
                                                 double step_fraction);

/// Blending weights of each window along one axis: a Gaussian of deviation patch / 8, divided by
/// the sum over the windows at each voxel, so that weights add up to 1.
[[nodiscard]] std::vector<std::vector<float>> window_weights(const std::vector<int64_t>& starts,
                                                             int64_t extent, int64_t patch);

/// Runs the network over windows in the order of axis 0 and hands over each slab as soon as no
/// later window touches it; memory holds one patch depth of logits.
/// @throws Error(kCancelled), Error(kUsage) when the patch does not fit the network's strides
/// @source nnU-Net's sliding window; the weights are separable, hence normalised per axis
void for_each_logit_slab(const UNet& network, const ImageView& image,
                         const SlidingWindowOptions& options,
                         const std::function<void(const LogitSlab&)>& consume);

}  // namespace volseg::network
