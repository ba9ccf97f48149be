// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/internal/topology.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace volseg::plan {
namespace {

constexpr double kSmallestEdge = 4;
constexpr double kSimilarSpacing = 2;

using Axes = std::array<bool, 3>;

/// Axes that can be halved once more; none when halving stops.
Axes axes_to_halve(const std::array<double, 3>& spacing, const std::array<double, 3>& size) {
  double finest = std::numeric_limits<double>::infinity();
  for (int axis = 0; axis < 3; ++axis) {
    if (size[axis] >= 2 * kSmallestEdge) {
      finest = std::min(finest, spacing[axis]);
    }
  }
  Axes halved{};
  for (int axis = 0; axis < 3; ++axis) {
    halved[axis] = size[axis] >= 2 * kSmallestEdge && spacing[axis] / finest < kSimilarSpacing;
  }
  if (std::ranges::count(halved, true) == 1) {
    const auto only = std::ranges::find(halved, true) - halved.begin();
    if (size[only] < 3 * kSmallestEdge) {
      return {};
    }
  }
  return halved;
}

double product(const core::Shape3& shape) {
  return static_cast<double>(shape[0]) * static_cast<double>(shape[1]) *
         static_cast<double>(shape[2]);
}

}  // namespace

Topology network_topology(const std::array<double, 3>& spacing_mm,
                          const std::array<double, 3>& patch, int most_stages) {
  Topology topology;
  topology.strides = {{1, 1, 1}};
  topology.multiples = {1, 1, 1};
  std::array<double, 3> spacing = spacing_mm;
  std::array<double, 3> size = patch;
  std::array<int64_t, 3> kernel{1, 1, 1};
  while (static_cast<int>(topology.strides.size()) < most_stages) {
    const Axes halved = axes_to_halve(spacing, size);
    if (std::ranges::count(halved, true) == 0) {
      break;
    }
    const double finest = std::ranges::min(spacing);
    std::array<int64_t, 3> stride{1, 1, 1};
    for (int axis = 0; axis < 3; ++axis) {
      if (spacing[axis] / finest < kSimilarSpacing) {
        kernel[axis] = 3;
      }
      if (!halved[axis]) {
        continue;
      }
      stride[axis] = 2;
      topology.multiples[axis] *= 2;
      spacing[axis] *= 2;
      size[axis] = std::ceil(size[axis] / 2);
    }
    topology.kernels.push_back(kernel);
    topology.strides.push_back(stride);
  }
  topology.kernels.push_back({3, 3, 3});
  for (int axis = 0; axis < 3; ++axis) {
    const auto multiple = static_cast<double>(topology.multiples[axis]);
    topology.patch[axis] = static_cast<int64_t>(std::ceil(patch[axis] / multiple) * multiple);
  }
  return topology;
}

NetworkPlan network_of(const Topology& topology, const Recipe& recipe, int64_t input_channels,
                       int64_t output_channels) {
  NetworkPlan network{.input_channels = input_channels,
                      .output_channels = output_channels,
                      .stages = {},
                      .deep_supervision = recipe.deep_supervision};
  int64_t features = recipe.base_features;
  for (size_t stage = 0; stage < topology.strides.size(); ++stage) {
    network.stages.push_back({.features = std::min(features, recipe.most_features),
                              .kernel = topology.kernels[stage],
                              .stride = topology.strides[stage]});
    features = std::min(2 * features, recipe.most_features);
  }
  return network;
}

double feature_elements(const NetworkPlan& network, const core::Shape3& patch) {
  double elements = 0;
  core::Shape3 size = patch;
  for (size_t index = 0; index < network.stages.size(); ++index) {
    const Stage& stage = network.stages[index];
    for (int axis = 0; axis < 3; ++axis) {
      size[axis] /= stage.stride[axis];
    }
    const double map = static_cast<double>(stage.features) * product(size);
    elements += static_cast<double>(stage.encoder_convolutions) * map;
    const bool has_decoder = index + 1 < network.stages.size();
    if (has_decoder) {
      elements += static_cast<double>(stage.decoder_convolutions + 1) * map;
    }
  }
  return elements + static_cast<double>(network.output_channels) * product(patch);
}

}  // namespace volseg::plan
