// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "volseg/network/tensor_exchange.h"
#include "volseg/network/unet.h"
#include "volseg/plan/recipe.h"

namespace volseg::train::internal {

/// SGD with Nesterov momentum, or AdamW that decays weights of two or more axes only.
class Optimizer {
 public:
  Optimizer(const plan::Recipe& recipe, const std::vector<network::NamedTensor>& parameters);

  /// Scales the gradients down to the recipe's norm, steps, and forgets the gradients.
  void step(double learning_rate);

  void store(network::TensorStore& store) const;
  void load(const network::WeightsFile& file);

 private:
  struct Group {
    std::vector<at::Tensor> parameters, first, second, steps;
    double weight_decay = 0;
  };
  void clip_gradients();

  plan::Recipe recipe_;
  std::vector<network::NamedTensor> parameters_;
  std::vector<network::NamedTensor> state_;
  std::vector<Group> groups_;
};

}  // namespace volseg::train::internal
