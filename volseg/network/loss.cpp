// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros_like.h>

namespace volseg::network {

namespace {

constexpr double kSmooth = 1e-5;
constexpr double kLeastDenominator = 1e-8;

// Mean over the classes, and over the samples unless they count together.
at::Tensor soft_dice(const at::Tensor& probabilities, const at::Tensor& targets, bool batch_dice) {
  std::vector<int64_t> axes{2, 3, 4};
  if (batch_dice) {
    axes.insert(axes.begin(), 0);
  }
  const at::Tensor both = (probabilities * targets).sum(axes);
  const at::Tensor sizes = probabilities.sum(axes) + targets.sum(axes);
  return ((2 * both + kSmooth) / (sizes + kSmooth).clamp_min(kLeastDenominator)).mean();
}

at::Tensor softmax_loss(const at::Tensor& logits, const at::Tensor& labels, bool batch_dice) {
  const at::Tensor log_probabilities = at::log_softmax(logits, 1);
  const at::Tensor index = labels.to(at::kLong);
  const at::Tensor cross_entropy = -log_probabilities.gather(1, index).mean();
  const at::Tensor targets = at::zeros_like(logits).scatter_(1, index, 1.0);
  const int64_t classes = logits.size(1) - 1;
  const at::Tensor dice = soft_dice(log_probabilities.narrow(1, 1, classes).exp(),
                                    targets.narrow(1, 1, classes), batch_dice);
  return cross_entropy - dice;
}

at::Tensor sigmoid_loss(const at::Tensor& logits, const at::Tensor& labels, bool batch_dice) {
  const at::Tensor targets = labels.to(at::kFloat);
  const at::Tensor cross_entropy = at::binary_cross_entropy_with_logits(logits, targets);
  return cross_entropy - soft_dice(at::sigmoid(logits), targets, batch_dice);
}

// nnU-Net's targets: the voxel whose centre is nearest, as resize of order 0 takes it.
at::Tensor labels_like(const at::Tensor& labels, const at::Tensor& logits) {
  at::Tensor result = labels;
  for (int64_t axis = 2; axis < 5; ++axis) {
    const int64_t factor = labels.size(axis) / logits.size(axis);
    if (factor > 1) {
      result = result.slice(axis, factor / 2, std::nullopt, factor);
    }
  }
  return result;
}

}  // namespace

std::vector<double> head_weights(size_t heads) {
  std::vector<double> weights;
  double sum = 0;
  for (size_t i = 0; i < heads; ++i) {
    const bool unused = heads > 1 && i + 1 == heads;
    weights.push_back(unused ? 0.0 : 1.0 / static_cast<double>(size_t{1} << i));
    sum += weights.back();
  }
  for (double& weight : weights) {
    weight /= sum;
  }
  return weights;
}

at::Tensor segmentation_loss(const std::vector<at::Tensor>& logits, const at::Tensor& labels,
                             const LossOptions& options) {
  const std::vector<double> weights = head_weights(logits.size());
  at::Tensor total;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (weights[i] == 0) {
      continue;
    }
    const at::Tensor values = logits[i].to(at::kFloat);
    const at::Tensor targets = labels_like(labels, values);
    const at::Tensor loss = options.output == plan::OutputKind::kSoftmax
                                ? softmax_loss(values, targets, options.batch_dice)
                                : sigmoid_loss(values, targets, options.batch_dice);
    total = total.defined() ? total + weights[i] * loss : weights[i] * loss;
  }
  return total;
}

}  // namespace volseg::network
