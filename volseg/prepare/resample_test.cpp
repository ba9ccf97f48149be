// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/random.h"

namespace volseg::prepare {
namespace {

core::Array<float> pattern(core::Order order) {
  core::Array<float> values({5, 4, 6}, order);
  for (int a = 0; a < 5; ++a) {
    for (int b = 0; b < 4; ++b) {
      for (int c = 0; c < 6; ++c) {
        values(a, b, c) = static_cast<float>((a * 7 + b * 5 + c * 3 + a * b * c) % 11) - 4.0F;
      }
    }
  }
  return values;
}

core::Array<float> noise(const core::Shape3& shape, core::Order order) {
  core::Array<float> values(shape, order);
  core::CounterRandom random(3, 1, 4);
  std::generate_n(values.data(), values.size(), [&] { return random.normal(); });
  return values;
}

struct Golden {
  core::Shape3 index;
  double cubic;
  double linear;
};

void expect_golden(const core::Shape3& shape, const std::vector<Golden>& golden) {
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    const core::Array<float> source = pattern(order);
    const auto cubic = resample(source.view(), shape, Interpolation::kCubic);
    const auto linear = resample(source.view(), shape, Interpolation::kLinear);
    EXPECT_EQ(cubic.shape(), shape);
    EXPECT_EQ(cubic.order(), core::Order::kC);
    for (const auto& [at, cubic_value, linear_value] : golden) {
      EXPECT_NEAR(cubic(at[0], at[1], at[2]), cubic_value, 2e-5);
      EXPECT_NEAR(linear(at[0], at[1], at[2]), linear_value, 2e-6);
    }
  }
}

// Values of scikit-image's resize(mode="edge", anti_aliasing=False), orders 3 and 1.
TEST(Resample, equals_scikit_image_where_axes_grow_and_shrink) {
  expect_golden({8, 3, 9}, {{{0, 0, 0}, -4.0, -3.166666666666666},
                            {{7, 2, 8}, 3.829097834678928, 3.4999999999999987},
                            {{3, 1, 2}, 0.20499549477143253, 0.8541666666666664},
                            {{1, 2, 3}, 1.8770975096216609, 1.8472222222222219},
                            {{4, 0, 1}, -0.23701206601660016, 1.078125}});
}

TEST(Resample, equals_scikit_image_where_an_axis_stays) {
  expect_golden({5, 7, 4}, {{{0, 0, 0}, -3.8611331564906695, -3.2500000000000004},
                            {{4, 6, 3}, 3.5932311142505515, 3.0},
                            {{3, 1, 2}, 0.6344540454182467, 0.3928571428571434},
                            {{1, 2, 3}, 5.13905548291248, 4.499999999999999},
                            {{4, 0, 1}, -1.395787442810087, -1.0}});
}

/// Linear resampling written out: eight neighbours, clamped.
float plain_linear(const core::Array<float>& source, const core::Shape3& shape,
                   const core::Shape3& at) {
  double sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    double weight = 1;
    core::Shape3 voxel;
    for (int axis = 0; axis < 3; ++axis) {
      const double size = static_cast<double>(source.shape()[axis]);
      const double position =
          (static_cast<double>(at[axis]) + 0.5) * size / static_cast<double>(shape[axis]) - 0.5;
      const double base = std::floor(position);
      const int upper = corner >> axis & 1;
      weight *= upper == 1 ? position - base : 1 - (position - base);
      voxel[axis] =
          std::clamp<int64_t>(static_cast<int64_t>(base) + upper, 0, source.shape()[axis] - 1);
    }
    sum += weight * source(voxel[0], voxel[1], voxel[2]);
  }
  return static_cast<float>(sum);
}

TEST(Resample, equals_a_plain_linear_reference) {
  const core::Array<float> source = noise({23, 37, 18}, core::Order::kFortran);
  const core::Shape3 shape{31, 20, 45};
  const auto result = resample(source.view(), shape, Interpolation::kLinear);
  for (int64_t a = 0; a < shape[0]; ++a) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t c = 0; c < shape[2]; ++c) {
        ASSERT_NEAR(result(a, b, c), plain_linear(source, shape, {a, b, c}), 1e-5);
      }
    }
  }
}

TEST(Resample, does_not_depend_on_threads_or_memory_order) {
  const core::Array<float> source = noise({33, 20, 41}, core::Order::kC);
  core::Array<float> transposed(source.shape(), core::Order::kFortran);
  for (int64_t a = 0; a < 33; ++a) {
    for (int64_t b = 0; b < 20; ++b) {
      for (int64_t c = 0; c < 41; ++c) {
        transposed(a, b, c) = source(a, b, c);
      }
    }
  }
  const core::ThreadPool pool(2);
  const core::Shape3 shape{20, 33, 50};
  const auto one = resample(source.view(), shape, Interpolation::kCubic);
  const auto two = resample(transposed.view(), shape, Interpolation::kCubic, -1, &pool);
  EXPECT_TRUE(std::equal(one.data(), one.data() + one.size(), two.data()));
}

TEST(Resample, keeps_values_when_the_shape_stays) {
  const core::Array<float> source = noise({7, 5, 9}, core::Order::kFortran);
  const auto same = resample(source.view(), source.shape(), Interpolation::kCubic);
  for (int64_t a = 0; a < 7; ++a) {
    for (int64_t b = 0; b < 5; ++b) {
      for (int64_t c = 0; c < 9; ++c) {
        ASSERT_EQ(same(a, b, c), source(a, b, c));
      }
    }
  }
}

TEST(Resample, takes_slices_of_a_nearest_axis_alone) {
  const core::Array<float> source = noise({4, 12, 15}, core::Order::kC);
  const auto result = resample(source.view(), {7, 20, 11}, Interpolation::kCubic, 0);
  const int64_t origin[] = {0, 0, 1, 2, 2, 3, 3};
  for (int64_t a = 0; a < 7; ++a) {
    const auto slice = source.view().box({origin[a], 0, 0}, {1, 12, 15});
    const auto expected = resample(slice, {1, 20, 11}, Interpolation::kCubic);
    for (int64_t b = 0; b < 20; ++b) {
      for (int64_t c = 0; c < 11; ++c) {
        ASSERT_EQ(result(a, b, c), expected(0, b, c));
      }
    }
  }
}

TEST(Resample, takes_single_voxels_and_rejects_empty_shapes) {
  const core::Array<float> source({1, 1, 1}, core::Order::kC, 3.5F);
  const auto result = resample(source.view(), {2, 3, 1}, Interpolation::kCubic);
  EXPECT_NEAR(result(1, 2, 0), 3.5F, 1e-6);
  EXPECT_THROW((void)resample(source.view(), {0, 1, 1}, Interpolation::kCubic), Error);
  EXPECT_THROW((void)resample(source.view(), {1, 1, 1}, Interpolation::kCubic, 3), Error);
}

}  // namespace
}  // namespace volseg::prepare
