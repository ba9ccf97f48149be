// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/sliding_window.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "volseg/core/error.h"
#include "volseg/network/unet.h"

namespace volseg::network {
namespace {

plan::NetworkPlan small_plan() {
  plan::NetworkPlan plan;
  plan.output_channels = 3;
  plan.stages = {{.features = 4}, {.features = 4, .stride = {2, 2, 2}}};
  return plan;
}

std::vector<float> wave(const core::Shape3& shape) {
  std::vector<float> values(static_cast<size_t>(core::voxel_count(shape)));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(static_cast<float>(i) * 0.37F);
  }
  return values;
}

// All slabs put together, (row, axis 1, axis 2, channel).
std::vector<float> run(const UNet& network, const core::Shape3& shape,
                       const SlidingWindowOptions& options) {
  const std::vector<float> image = wave(shape);
  std::vector<float> result;
  int64_t next = 0;
  for_each_logit_slab(network, {image.data(), 1, shape}, options, [&](const LogitSlab& slab) {
    EXPECT_EQ(slab.begin, next);
    next = slab.end;
    const int64_t values = (slab.end - slab.begin) * shape[1] * shape[2] * slab.channels;
    result.insert(result.end(), slab.values, slab.values + values);
  });
  EXPECT_EQ(next, shape[0]);
  return result;
}

TEST(WindowStarts, follow_nnunet) {
  EXPECT_EQ(window_starts(10, 10, 0.5), std::vector<int64_t>{0});
  EXPECT_EQ(window_starts(7, 10, 0.5), std::vector<int64_t>{-1});
  EXPECT_EQ(window_starts(110, 64, 0.5), (std::vector<int64_t>{0, 23, 46}));
  EXPECT_EQ(window_starts(11, 10, 0.5), (std::vector<int64_t>{0, 1}));
}

TEST(WindowWeights, add_up_to_one_at_each_voxel) {
  const auto starts = window_starts(37, 16, 0.5);
  const auto weights = window_weights(starts, 37, 16);
  for (int64_t voxel = 0; voxel < 37; ++voxel) {
    double sum = 0;
    for (size_t i = 0; i < starts.size(); ++i) {
      const int64_t inside = voxel - starts[i];
      sum += inside >= 0 && inside < 16 ? weights[i][static_cast<size_t>(inside)] : 0.0F;
    }
    EXPECT_NEAR(sum, 1.0, 1e-6) << voxel;
  }
}

TEST(ForEachLogitSlab, one_window_equals_the_network) {
  const UNet network(small_plan(), 5, {});
  const core::Shape3 shape{4, 6, 8};
  const auto found = run(network, shape, {.patch_shape = shape});
  const c10::NoGradGuard no_gradients;
  std::vector<float> image = wave(shape);
  const at::Tensor input = at::from_blob(image.data(), {1, 1, 4, 6, 8}, at::kFloat)
                               .contiguous(at::MemoryFormat::ChannelsLast3d);
  const at::Tensor expected =
      network.forward(input, false).front().permute({0, 2, 3, 4, 1}).contiguous();
  ASSERT_EQ(static_cast<int64_t>(found.size()), expected.numel());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected.const_data_ptr<float>()[i], 1e-5);
  }
}

TEST(ForEachLogitSlab, blends_windows_as_a_plain_sum_does) {
  const UNet network(small_plan(), 5, {});
  const core::Shape3 shape{11, 6, 9};
  const core::Shape3 patch{4, 8, 4};
  const auto found = run(network, shape, {.patch_shape = patch});
  std::vector<double> sums(found.size(), 0.0);
  std::array<std::vector<int64_t>, 3> starts;
  std::array<std::vector<std::vector<float>>, 3> weights;
  for (size_t axis = 0; axis < 3; ++axis) {
    starts[axis] = window_starts(shape[axis], patch[axis], 0.5);
    weights[axis] = window_weights(starts[axis], shape[axis], patch[axis]);
  }
  const std::vector<float> image = wave(shape);
  const core::ArrayView<const float> view{image.data(), shape,
                                          core::dense_strides(shape, core::Order::kC)};
  const auto inside = [&](const core::Shape3& at) {
    bool result = true;
    for (size_t axis = 0; axis < 3; ++axis) {
      result = result && at[axis] >= 0 && at[axis] < shape[axis];
    }
    return result;
  };
  const auto for_patch = [&](const core::Shape3& begin, const auto& visit) {
    for (int64_t n = 0; n < core::voxel_count(patch); ++n) {
      const core::Shape3 in{n / (patch[1] * patch[2]), n / patch[2] % patch[1], n % patch[2]};
      const core::Shape3 at{begin[0] + in[0], begin[1] + in[1], begin[2] + in[2]};
      if (inside(at)) {
        visit(n, in, at);
      }
    }
  };
  const c10::NoGradGuard no_gradients;
  for (size_t w = 0; w < starts[0].size() * starts[1].size() * starts[2].size(); ++w) {
    const std::array<size_t, 3> index{w / (starts[1].size() * starts[2].size()),
                                      w / starts[2].size() % starts[1].size(),
                                      w % starts[2].size()};
    const core::Shape3 begin{starts[0][index[0]], starts[1][index[1]], starts[2][index[2]]};
    std::vector<float> window(static_cast<size_t>(core::voxel_count(patch)), 0.0F);
    for_patch(begin, [&](int64_t n, const core::Shape3&, const core::Shape3& at) {
      window[static_cast<size_t>(n)] = view(at[0], at[1], at[2]);
    });
    const at::Tensor logits =
        network
            .forward(at::from_blob(window.data(), {1, 1, patch[0], patch[1], patch[2]}, at::kFloat),
                     false)
            .front()
            .contiguous();
    for_patch(begin, [&](int64_t n, const core::Shape3& in, const core::Shape3& at) {
      const double weight = weights[0][index[0]][static_cast<size_t>(in[0])] *
                            weights[1][index[1]][static_cast<size_t>(in[1])] *
                            weights[2][index[2]][static_cast<size_t>(in[2])];
      for (int64_t c = 0; c < 3; ++c) {
        const int64_t voxel = (at[0] * shape[1] + at[1]) * shape[2] + at[2];
        sums[static_cast<size_t>(voxel * 3 + c)] +=
            weight * logits.const_data_ptr<float>()[c * core::voxel_count(patch) + n];
      }
    });
  }
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], sums[i], 1e-4) << i;
  }
}

TEST(ForEachLogitSlab, mirrored_average_of_a_mirrored_image_is_mirrored) {
  const UNet network(small_plan(), 5, {});
  const core::Shape3 shape{4, 6, 8};
  std::vector<float> image = wave(shape);
  std::vector<float> results[2];
  for (auto& result : results) {
    for_each_logit_slab(
        network, {image.data(), 1, shape}, {.patch_shape = shape, .mirror = true},
        [&](const LogitSlab& slab) { result.assign(slab.values, slab.values + image.size() * 3); });
    std::reverse(image.begin(), image.end());
  }
  for (size_t voxel = 0; voxel < image.size(); ++voxel) {
    const size_t other = image.size() - 1 - voxel;
    ASSERT_NEAR(results[0][voxel * 3], results[1][other * 3], 1e-4);
  }
}

TEST(ForEachLogitSlab, rejects_a_patch_that_does_not_fit_the_strides) {
  const UNet network(small_plan(), 5, {});
  EXPECT_THROW((void)run(network, {4, 4, 4}, {.patch_shape = {4, 3, 4}}), Error);
}

}  // namespace
}  // namespace volseg::network
