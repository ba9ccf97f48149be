// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/unet.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/conv_transpose3d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <cmath>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/network/internal/norm_activation.h"
#include "volseg/network/torch_device.h"

namespace volseg::network {

namespace {

constexpr double kSlope = 0.01;

double he_deviation(int64_t fan_in) {
  return std::sqrt(2.0 / (1.0 + kSlope * kSlope)) / std::sqrt(static_cast<double>(fan_in));
}

int64_t product(const std::array<int64_t, 3>& values) { return values[0] * values[1] * values[2]; }

void check_stage(const plan::Stage& stage, size_t number, bool last) {
  bool good = stage.features >= 1 && stage.encoder_convolutions >= 1 &&
              (last || stage.decoder_convolutions >= 1);
  for (int axis = 0; axis < 3; ++axis) {
    good =
        good && stage.kernel[axis] >= 1 && stage.kernel[axis] % 2 == 1 && stage.stride[axis] >= 1;
  }
  if (!good) {
    throw Error(ErrorKind::kUsage, "network.unet",
                "network stage " + std::to_string(number) +
                    ": features, strides and convolutions must be at least 1 and kernels odd");
  }
}

void check_plan(const plan::NetworkPlan& plan) {
  if (plan.stages.size() < 2 || plan.input_channels < 1 || plan.output_channels < 1) {
    throw Error(ErrorKind::kUsage, "network.unet",
                "the network needs 2 stages, 1 input channel and 1 output channel or more; found " +
                    std::to_string(plan.stages.size()) + ", " +
                    std::to_string(plan.input_channels) + ", " +
                    std::to_string(plan.output_channels));
  }
  for (size_t i = 0; i < plan.stages.size(); ++i) {
    check_stage(plan.stages[i], i, i + 1 == plan.stages.size());
  }
}

at::Tensor as_type_of(const at::Tensor& parameter, const at::Tensor& x) {
  return parameter.to(x.scalar_type());
}

}  // namespace

UNet::UNet(const plan::NetworkPlan& plan, uint64_t seed, const ComputeDevice& device)
    : plan_(plan), seed_(seed), device_(device) {
  check_plan(plan_);
  add_encoder();
  add_decoder();
}

at::Tensor UNet::add_parameter(const std::string& name, const std::vector<int64_t>& shape,
                               double deviation, double value) {
  at::Tensor tensor = at::full(shape, value, at::kFloat);
  if (deviation > 0) {
    constexpr uint32_t kStream = 0x6E6574;
    core::CounterRandom random(seed_, 0, parameters_.size(), kStream);
    auto* values = tensor.data_ptr<float>();
    for (int64_t i = 0; i < tensor.numel(); ++i) {
      values[i] = static_cast<float>(random.normal() * deviation);
    }
  }
  tensor = tensor.to(to_torch(device_)).set_requires_grad(true);
  parameters_.push_back({name, tensor});
  return tensor;
}

UNet::Convolution UNet::add_convolution(const std::string& name, int64_t inputs,
                                        const plan::Stage& stage, bool strided) {
  const double deviation = he_deviation(inputs * product(stage.kernel));
  const auto& k = stage.kernel;
  Convolution result;
  result.weight = add_parameter(name + ".conv.weight", {stage.features, inputs, k[0], k[1], k[2]},
                                deviation, 0);
  result.bias = add_parameter(name + ".conv.bias", {stage.features}, 0, 0);
  result.norm_weight = add_parameter(name + ".norm.weight", {stage.features}, 0, 1);
  result.norm_bias = add_parameter(name + ".norm.bias", {stage.features}, 0, 0);
  for (int axis = 0; axis < 3; ++axis) {
    result.stride.push_back(strided ? stage.stride[axis] : 1);
    result.padding.push_back((k[axis] - 1) / 2);
  }
  return result;
}

void UNet::add_encoder() {
  int64_t inputs = plan_.input_channels;
  for (size_t s = 0; s < plan_.stages.size(); ++s) {
    const plan::Stage& stage = plan_.stages[s];
    const std::string name = "encoder.stages." + std::to_string(s) + ".0.convs.";
    auto& convolutions = encoder_.emplace_back();
    for (int64_t i = 0; i < stage.encoder_convolutions; ++i) {
      convolutions.push_back(add_convolution(name + std::to_string(i), inputs, stage, i == 0));
      inputs = stage.features;
    }
  }
}

void UNet::add_decoder() {
  const size_t steps = plan_.stages.size() - 1;
  for (size_t d = 0; d < steps; ++d) {
    const plan::Stage& stage = plan_.stages[steps - 1 - d];
    const std::string name = "decoder.stages." + std::to_string(d) + ".convs.";
    auto& convolutions = decoder_.emplace_back();
    for (int64_t i = 0; i < stage.decoder_convolutions; ++i) {
      const int64_t inputs = i == 0 ? 2 * stage.features : stage.features;
      convolutions.push_back(add_convolution(name + std::to_string(i), inputs, stage, false));
    }
  }
  for (size_t d = 0; d < steps; ++d) {
    const plan::Stage& below = plan_.stages[steps - d];
    const int64_t features = plan_.stages[steps - 1 - d].features;
    const std::string name = "decoder.transpconvs." + std::to_string(d);
    const auto& k = below.stride;
    UpConvolution up;
    up.weight = add_parameter(name + ".weight", {below.features, features, k[0], k[1], k[2]},
                              he_deviation(features * product(k)), 0);
    up.bias = add_parameter(name + ".bias", {features}, 0, 0);
    up.stride.assign(k.begin(), k.end());
    up_.push_back(std::move(up));
  }
  for (size_t d = 0; d < steps; ++d) {
    const int64_t features = plan_.stages[steps - 1 - d].features;
    const std::string name = "decoder.seg_layers." + std::to_string(d);
    heads_.push_back({add_parameter(name + ".weight", {plan_.output_channels, features, 1, 1, 1},
                                    he_deviation(features), 0),
                      add_parameter(name + ".bias", {plan_.output_channels}, 0, 0)});
  }
}

at::Tensor UNet::apply(const Convolution& convolution, const at::Tensor& x) {
  const at::Tensor y =
      at::conv3d(x, as_type_of(convolution.weight, x), as_type_of(convolution.bias, x),
                 convolution.stride, convolution.padding);
  return norm_activation(y, convolution.norm_weight, convolution.norm_bias, kSlope);
}

std::vector<at::Tensor> UNet::forward(const at::Tensor& images, bool all_heads) const {
  at::Tensor x = images;
  std::vector<at::Tensor> skips;
  for (const auto& stage : encoder_) {
    for (const Convolution& convolution : stage) {
      x = apply(convolution, x);
    }
    skips.push_back(x);
  }
  std::vector<at::Tensor> outputs;
  for (size_t d = 0; d < decoder_.size(); ++d) {
    x = at::conv_transpose3d(x, as_type_of(up_[d].weight, x), as_type_of(up_[d].bias, x),
                             up_[d].stride);
    x = at::cat({x, skips[skips.size() - 2 - d]}, 1);
    for (const Convolution& convolution : decoder_[d]) {
      x = apply(convolution, x);
    }
    if (all_heads || d + 1 == decoder_.size()) {
      outputs.push_back(
          at::conv3d(x, as_type_of(heads_[d].weight, x), as_type_of(heads_[d].bias, x)));
    }
  }
  return {outputs.rbegin(), outputs.rend()};
}

core::Shape3 UNet::total_stride() const {
  core::Shape3 total{1, 1, 1};
  for (const plan::Stage& stage : plan_.stages) {
    for (int axis = 0; axis < 3; ++axis) {
      total[axis] *= stage.stride[axis];
    }
  }
  return total;
}

}  // namespace volseg::network
