// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/loss.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

namespace volseg::network {
namespace {

TEST(HeadWeights, halve_and_leave_out_the_coarsest) {
  EXPECT_EQ(head_weights(1), std::vector<double>{1.0});
  EXPECT_EQ(head_weights(3), (std::vector<double>{2.0 / 3, 1.0 / 3, 0.0}));
}

TEST(SegmentationLoss, equals_a_value_worked_out_by_hand) {
  // Two voxels, labels 1 and 0; probabilities of class 1 are 0.8 and 0.25.
  const at::Tensor logits = at::zeros({1, 2, 1, 1, 2});
  logits.select(1, 1).copy_(
      at::tensor({static_cast<float>(std::log(4.0)), static_cast<float>(std::log(1.0 / 3))}));
  const at::Tensor labels = at::zeros({1, 1, 1, 1, 2}, at::kByte);
  labels.fill_(0).flatten()[0] = 1;
  const double entropy = -(std::log(0.8) + std::log(0.75)) / 2;
  const double dice = (2 * 0.8 + 1e-5) / (1.05 + 1 + 1e-5);
  const double loss = segmentation_loss({logits}, labels, {}).item<double>();
  EXPECT_NEAR(loss, entropy - dice, 1e-6);
}

TEST(SegmentationLoss, sigmoid_counts_every_class) {
  const at::Tensor logits = at::zeros({1, 2, 1, 1, 2});
  const at::Tensor labels = at::zeros({1, 2, 1, 1, 2}, at::kByte);
  labels.select(1, 0).fill_(1);
  const double dice = ((2 * 1.0 + 1e-5) / (1 + 2 + 1e-5) + 1e-5 / (1 + 1e-5)) / 2;
  const LossOptions options{.output = plan::OutputKind::kSigmoid};
  EXPECT_NEAR(segmentation_loss({logits}, labels, options).item<double>(), std::log(2.0) - dice,
              1e-6);
}

TEST(SegmentationLoss, batch_dice_pools_samples) {
  const at::Tensor logits = at::randn({2, 3, 2, 3, 4});
  const at::Tensor labels = at::randint(0, 3, {2, 1, 2, 3, 4}).to(at::kByte);
  const LossOptions apart{.output = plan::OutputKind::kSoftmax, .batch_dice = false};
  const LossOptions together{.output = plan::OutputKind::kSoftmax, .batch_dice = true};
  const auto sample = [&](int64_t i, const LossOptions& options) {
    return segmentation_loss({logits.narrow(0, i, 1)}, labels.narrow(0, i, 1), options)
        .item<double>();
  };
  EXPECT_NEAR(segmentation_loss({logits}, labels, apart).item<double>(),
              (sample(0, apart) + sample(1, apart)) / 2, 1e-5);
  EXPECT_NEAR(sample(0, apart), sample(0, together), 1e-6);
  EXPECT_NE(segmentation_loss({logits}, labels, apart).item<double>(),
            segmentation_loss({logits}, labels, together).item<double>());
}

TEST(SegmentationLoss, lower_heads_see_the_nearest_labels) {
  // Label 1 exactly at the voxels that a factor of 2 takes: odd indices.
  const at::Tensor labels = at::zeros({1, 1, 4, 4, 4}, at::kByte);
  labels.slice(2, 1, std::nullopt, 2)
      .slice(3, 1, std::nullopt, 2)
      .slice(4, 1, std::nullopt, 2)
      .fill_(1);
  const at::Tensor fine = at::zeros({1, 2, 4, 4, 4});
  const at::Tensor coarse = at::zeros({1, 2, 2, 2, 2});
  coarse.select(1, 1).fill_(20);
  const at::Tensor unused = at::zeros({1, 2, 1, 1, 1});
  const double with_fine = segmentation_loss({fine}, labels, {}).item<double>();
  const double both = segmentation_loss({fine, coarse, unused}, labels, {}).item<double>();
  EXPECT_NEAR(both, with_fine * 2 / 3 + (0.0 - 1.0) / 3, 1e-4);
}

}  // namespace
}  // namespace volseg::network
