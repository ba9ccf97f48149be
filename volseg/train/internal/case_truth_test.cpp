// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/case_truth.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace volseg::train::internal {
namespace {

constexpr core::Shape3 kShape = {1, 1, 3};

prepare::PreparedCase prepared_with(const std::vector<std::vector<mask::Run>>& runs) {
  prepare::PreparedCase prepared;
  prepared.image.mapping.prepared_shape = kShape;
  for (const std::vector<mask::Run>& each : runs) {
    prepared.masks.push_back({kShape, each});
  }
  return prepared;
}

double soft_dice(double both, double sizes) { return (2 * both + 1e-5) / (sizes + 1e-5); }

TEST(CaseTruth, gives_the_training_loss_of_a_softmax) {
  // Voxels: background, class 0, class 1; logits by voxel over background and the classes.
  const std::array<float, 9> logits{2, 0, 1, 0, 3, 1, 1, 0, 0.5F};
  const prepare::PreparedCase prepared = prepared_with({{{1, 1}}, {{2, 1}}});
  CaseTruth truth(prepared, plan::OutputKind::kSoftmax);
  DiceCounts counts(2);
  truth.compare({.begin = 0, .end = 1, .channels = 3, .values = logits.data()}, counts);
  std::array<std::array<double, 3>, 3> p{};
  double entropy = 0;
  for (size_t v = 0; v < 3; ++v) {
    const double sum =
        std::exp(logits[3 * v]) + std::exp(logits[3 * v + 1]) + std::exp(logits[3 * v + 2]);
    for (size_t c = 0; c < 3; ++c) {
      p[v][c] = std::exp(logits[3 * v + c]) / sum;
    }
    entropy -= std::log(p[v][v]) / 3;
  }
  const double first = soft_dice(p[1][1], p[0][1] + p[1][1] + p[2][1] + 1);
  const double second = soft_dice(p[2][2], p[0][2] + p[1][2] + p[2][2] + 1);
  EXPECT_NEAR(truth.loss(), entropy - (first + second) / 2, 1e-6);
  EXPECT_EQ(counts[0].both, 1);
  EXPECT_EQ(counts[1].both, 0);
  EXPECT_EQ(counts[1].truth, 1);
}

TEST(CaseTruth, gives_the_training_loss_of_sigmoids) {
  const std::array<float, 6> logits{-1, 2, 3, 0.5F, -2, 1};
  const prepare::PreparedCase prepared = prepared_with({{{1, 2}}, {{0, 1}}});
  CaseTruth truth(prepared, plan::OutputKind::kSigmoid);
  DiceCounts counts(2);
  truth.compare({.begin = 0, .end = 1, .channels = 2, .values = logits.data()}, counts);
  const std::array<std::array<bool, 2>, 3> present{{{false, true}, {true, false}, {true, false}}};
  double entropy = 0;
  std::array<double, 2> both{};
  std::array<double, 2> sizes{};
  for (size_t v = 0; v < 3; ++v) {
    for (size_t c = 0; c < 2; ++c) {
      const double p = 1 / (1 + std::exp(-logits[2 * v + c]));
      entropy -= std::log(present[v][c] ? p : 1 - p) / 6;
      both[c] += present[v][c] ? p : 0;
      sizes[c] += p + (present[v][c] ? 1 : 0);
    }
  }
  const double dice = (soft_dice(both[0], sizes[0]) + soft_dice(both[1], sizes[1])) / 2;
  EXPECT_NEAR(truth.loss(), entropy - dice, 1e-6);
}

}  // namespace
}  // namespace volseg::train::internal
