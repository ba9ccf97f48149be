// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/sliding_window.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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

using Index = std::array<int64_t, 3>;

template <typename Visit>
void for_each_index(const core::Shape3& shape, const Visit& visit) {
  for (int64_t n = 0; n < core::voxel_count(shape); ++n) {
    visit(Index{n / (shape[1] * shape[2]), n / shape[2] % shape[1], n % shape[2]});
  }
}

int64_t offset(const Index& index, const core::Shape3& shape) {
  return (index[0] * shape[1] + index[1]) * shape[2] + index[2];
}

/// Blends every window into full-size sums, one voxel at a time.
class PlainBlend {
 public:
  PlainBlend(const UNet& network, const core::Shape3& shape, const core::Shape3& patch)
      : network_(network), shape_(shape), patch_(patch), image_(wave(shape)) {
    core::Shape3 windows{};
    for (size_t axis = 0; axis < 3; ++axis) {
      starts_[axis] = window_starts(shape[axis], patch[axis], 0.5);
      weights_[axis] = window_weights(starts_[axis], shape[axis], patch[axis]);
      windows[axis] = std::ssize(starts_[axis]);
    }
    sums_.resize(image_.size() * kChannels, 0.0);
    for_each_index(windows, [&](const Index& window) { add(window); });
  }
  [[nodiscard]] const std::vector<double>& sums() const { return sums_; }

 private:
  static constexpr int64_t kChannels = 3;

  // Calls visit(index in the patch, index in the image) for the voxels inside the image.
  template <typename Visit>
  void for_inside(const Index& window, const Visit& visit) const {
    for_each_index(patch_, [&](const Index& in) {
      Index at{};
      bool inside = true;
      for (size_t axis = 0; axis < 3; ++axis) {
        at[axis] = starts_[axis][static_cast<size_t>(window[axis])] + in[axis];
        inside = inside && at[axis] >= 0 && at[axis] < shape_[axis];
      }
      if (inside) {
        visit(in, at);
      }
    });
  }

  void add(const Index& window) {
    std::vector<float> input(static_cast<size_t>(core::voxel_count(patch_)), 0.0F);
    for_inside(window, [&](const Index& in, const Index& at) {
      input[static_cast<size_t>(offset(in, patch_))] =
          image_[static_cast<size_t>(offset(at, shape_))];
    });
    const at::Tensor images =
        at::from_blob(input.data(), {1, 1, patch_[0], patch_[1], patch_[2]}, at::kFloat);
    const at::Tensor logits = network_.forward(images, false).front().contiguous();
    for_inside(window, [&](const Index& in, const Index& at) {
      double weight = 1;
      for (size_t axis = 0; axis < 3; ++axis) {
        weight *= weights_[axis][static_cast<size_t>(window[axis])][static_cast<size_t>(in[axis])];
      }
      for (int64_t c = 0; c < kChannels; ++c) {
        sums_[static_cast<size_t>(offset(at, shape_) * kChannels + c)] +=
            weight *
            logits.const_data_ptr<float>()[c * core::voxel_count(patch_) + offset(in, patch_)];
      }
    });
  }

  const UNet& network_;
  core::Shape3 shape_;
  core::Shape3 patch_;
  std::vector<float> image_;
  std::array<std::vector<int64_t>, 3> starts_;
  std::array<std::vector<std::vector<float>>, 3> weights_;
  std::vector<double> sums_;
};

TEST(ForEachLogitSlab, blends_windows_as_a_plain_sum_does) {
  const UNet network(small_plan(), 5, {});
  const core::Shape3 shape{11, 6, 9};
  const core::Shape3 patch{4, 8, 4};
  const auto found = run(network, shape, {.patch_shape = patch});
  const c10::NoGradGuard no_gradients;
  const PlainBlend expected(network, shape, patch);
  ASSERT_EQ(found.size(), expected.sums().size());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected.sums()[i], 1e-4) << i;
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
