// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "volseg/network/device.h"
#include "volseg/plan/plan.h"

namespace volseg::network {

/// A parameter and its name in nnU-Net's state dictionary.
struct NamedTensor {
  std::string name;
  at::Tensor value;
};

/// nnU-Net's PlainConvUNet: stages of convolution, instance normalisation and LeakyReLU, strided
/// convolutions down, transposed convolutions up, one 1x1x1 head for each decoder stage. Parameters
/// are named as in dynamic_network_architectures, such as
/// `encoder.stages.0.0.convs.0.conv.weight`, and are float32; the arithmetic is done in the type of
/// the input.
/// @source Isensee et al. 2021, nnU-Net
class UNet {
 public:
  /// He initialisation for LeakyReLU (slope 0.01), zero biases; equal seeds give equal weights.
  /// @throws Error(kUsage) when the plan's network cannot be built, naming the stage
  UNet(const plan::NetworkPlan& plan, uint64_t seed, const ComputeDevice& device);

  /// @param images  (N, C, D, H, W), float32 or bfloat16; extents are multiples of total_stride()
  /// @return logits (N, K, D, H, W) at full resolution first; with `all_heads` those of every lower
  ///         decoder stage follow, finest first
  [[nodiscard]] std::vector<at::Tensor> forward(const at::Tensor& images, bool all_heads) const;

  /// In the order of the state dictionary.
  [[nodiscard]] const std::vector<NamedTensor>& parameters() const { return parameters_; }
  [[nodiscard]] const plan::NetworkPlan& plan() const { return plan_; }
  [[nodiscard]] const ComputeDevice& device() const { return device_; }
  /// Product of the strides along each axis.
  [[nodiscard]] core::Shape3 total_stride() const;

 private:
  struct Convolution {
    at::Tensor weight, bias, norm_weight, norm_bias;
    std::vector<int64_t> stride, padding;
  };
  struct UpConvolution {
    at::Tensor weight, bias;
    std::vector<int64_t> stride;
  };
  struct Head {
    at::Tensor weight, bias;
  };

  at::Tensor add_parameter(const std::string& name, const std::vector<int64_t>& shape,
                           double deviation, double value);
  Convolution add_convolution(const std::string& name, int64_t inputs, const plan::Stage& stage,
                              bool strided);
  void add_encoder();
  void add_decoder();
  static at::Tensor apply(const Convolution& convolution, const at::Tensor& x);

  plan::NetworkPlan plan_;
  uint64_t seed_;
  ComputeDevice device_;
  std::vector<NamedTensor> parameters_;
  std::vector<std::vector<Convolution>> encoder_, decoder_;  // decoder_[0] is the coarsest
  std::vector<UpConvolution> up_;
  std::vector<Head> heads_;
};

}  // namespace volseg::network
