// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/optimizer.h"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "volseg/network/load_network.h"

namespace volseg::train::internal {

namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

std::vector<at::Tensor> gradients_of(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters) {
    // A head of weight 0 takes no part in the loss and has no gradient.
    gradients.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
  }
  return gradients;
}

}  // namespace

Optimizer::Optimizer(const plan::Recipe& recipe,
                     const std::vector<network::NamedTensor>& parameters)
    : recipe_(recipe), parameters_(parameters), groups_(2) {
  const c10::NoGradGuard no_gradients;
  const bool adam = recipe.optimizer == plan::Optimizer::kAdamW;
  groups_[0].weight_decay = recipe.weight_decay;
  groups_[1].weight_decay = adam ? 0.0 : recipe.weight_decay;
  const std::string prefix(network::kOptimizerPrefix);
  for (const network::NamedTensor& parameter : parameters_) {
    Group& group = groups_[parameter.value.dim() > 1 ? 0 : 1];
    const auto add = [&](std::vector<at::Tensor>& target, const char* kind, at::Tensor value) {
      target.push_back(value);
      state_.push_back({prefix + kind + "." + parameter.name, std::move(value)});
    };
    group.parameters.push_back(parameter.value);
    add(group.first, adam ? "first_moment" : "momentum", at::zeros_like(parameter.value));
    if (adam) {
      add(group.second, "second_moment", at::zeros_like(parameter.value));
      add(group.steps, "steps", at::zeros({}, parameter.value.options()));
    }
  }
}

void Optimizer::clip_gradients() {
  if (recipe_.gradient_clip_norm <= 0) {
    return;
  }
  std::vector<at::Tensor> gradients;
  for (const Group& group : groups_) {
    const auto some = gradients_of(group.parameters);
    gradients.insert(gradients.end(), some.begin(), some.end());
  }
  const double norm = at::stack(at::_foreach_norm(gradients)).norm().item<double>();
  const double factor = recipe_.gradient_clip_norm / (norm + 1e-6);
  if (factor < 1) {
    at::_foreach_mul_(gradients, factor);
  }
}

void Optimizer::step(double learning_rate) {
  const c10::NoGradGuard no_gradients;
  clip_gradients();
  for (Group& group : groups_) {
    const auto gradients = gradients_of(group.parameters);
    if (recipe_.optimizer == plan::Optimizer::kAdamW) {
      for (at::Tensor& steps : group.steps) {
        steps.add_(1);
      }
      at::_fused_adamw_(group.parameters, gradients, group.first, group.second, {}, group.steps,
                        learning_rate, kBeta1, kBeta2, group.weight_decay, kEpsilon, false, false);
    } else {
      at::_fused_sgd_(group.parameters, gradients, group.first, group.weight_decay,
                      recipe_.momentum, learning_rate, 0.0, true, false, false);
    }
    for (const at::Tensor& parameter : group.parameters) {
      parameter.mutable_grad().reset();
    }
  }
}

void Optimizer::store(network::TensorStore& store) const {
  for (const network::NamedTensor& tensor : state_) {
    store.add(tensor.name, tensor.value);
  }
}

void Optimizer::load(const network::WeightsFile& file) {
  for (network::NamedTensor& tensor : state_) {
    network::copy_stored(file, tensor.name, tensor.value);
  }
}

}  // namespace volseg::train::internal
