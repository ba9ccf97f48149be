// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/internal/grid_return.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace volseg::predict::internal {
namespace {

constexpr int64_t kChannels = 3;

prepare::GridMapping mapping() {
  prepare::GridMapping mapping;
  mapping.image_shape = {9, 11, 14};
  mapping.crop = {{1, 2, 3}, {7, 8, 10}};
  mapping.axis_order = {2, 0, 1};
  mapping.prepared_shape = {4, 9, 5};
  return mapping;
}

std::vector<float> logits_for(const core::Shape3& shape) {
  std::vector<float> values(static_cast<size_t>(core::voxel_count(shape) * kChannels));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = std::sin(static_cast<float>(i * i % 97));
  }
  return values;
}

// Linear interpolation of all eight neighbours, without any of the unit's shortcuts.
float value_at(const std::vector<float>& logits, const prepare::GridMapping& m,
               const core::Shape3& image_index, int64_t channel) {
  core::Shape3 low{};
  std::array<double, 3> fraction{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto from = static_cast<size_t>(m.axis_order[axis]);
    const double inside = static_cast<double>(image_index[from] - m.crop.begin[from]) + 0.5;
    const auto prepared = static_cast<double>(m.prepared_shape[axis]);
    const double at = std::clamp(
        inside * prepared / static_cast<double>(m.crop.extents[from]) - 0.5, 0.0, prepared - 1);
    low[axis] = static_cast<int64_t>(std::floor(at));
    fraction[axis] = at - std::floor(at);
  }
  double sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    int64_t index = 0;
    double weight = 1;
    for (size_t axis = 0; axis < 3; ++axis) {
      const bool high = (corner >> axis) % 2 == 1;
      const int64_t at = std::min(low[axis] + (high ? 1 : 0), m.prepared_shape[axis] - 1);
      index = index * m.prepared_shape[axis] + at;
      weight *= high ? fraction[axis] : 1 - fraction[axis];
    }
    sum += weight * logits[static_cast<size_t>(index * kChannels + channel)];
  }
  return static_cast<float>(sum);
}

void feed(GridReturn& target, const std::vector<float>& logits, const core::Shape3& shape,
          const std::vector<int64_t>& ends) {
  int64_t begin = 0;
  for (const int64_t end : ends) {
    target.consume(
        {begin, end, kChannels, logits.data() + begin * shape[1] * shape[2] * kChannels});
    begin = end;
  }
}

template <typename Check>
void for_each_voxel(const core::Shape3& shape, const Check& check) {
  for (int64_t a = 0; a < shape[0]; ++a) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t c = 0; c < shape[2]; ++c) {
        check(core::Shape3{a, b, c});
      }
    }
  }
}

bool in_crop(const prepare::GridMapping& m, const core::Shape3& index) {
  bool inside = true;
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t offset = index[axis] - m.crop.begin[axis];
    inside = inside && offset >= 0 && offset < m.crop.extents[axis];
  }
  return inside;
}

TEST(GridReturn, labels_equal_a_plain_interpolation_whatever_the_slabs) {
  const core::ThreadPool pool(2);
  const prepare::GridMapping m = mapping();
  const auto logits = logits_for(m.prepared_shape);
  for (const auto& ends :
       {std::vector<int64_t>{4}, std::vector<int64_t>{1, 2, 3, 4}, std::vector<int64_t>{3, 4}}) {
    GridReturn target(m, plan::OutputKind::kSoftmax, kChannels, core::Order::kFortran, pool);
    feed(target, logits, m.prepared_shape, ends);
    for_each_voxel(m.image_shape, [&](const core::Shape3& at) {
      const int32_t found = target.labels()(at[0], at[1], at[2]);
      if (!in_crop(m, at)) {
        EXPECT_EQ(found, 0);
        return;
      }
      float largest = -10;
      for (int64_t c = 0; c < kChannels; ++c) {
        largest = std::max(largest, value_at(logits, m, at, c));
      }
      EXPECT_NEAR(value_at(logits, m, at, found), largest, 1e-5);
    });
  }
}

TEST(GridReturn, overlapping_classes_are_cut_at_one_half) {
  const core::ThreadPool pool(1);
  const prepare::GridMapping m = mapping();
  const auto logits = logits_for(m.prepared_shape);
  GridReturn target(m, plan::OutputKind::kSigmoid, kChannels, core::Order::kC, pool);
  feed(target, logits, m.prepared_shape, {2, 4});
  ASSERT_EQ(target.classes().size(), 3U);
  for_each_voxel(m.image_shape, [&](const core::Shape3& at) {
    for (int64_t c = 0; c < kChannels; ++c) {
      const float value = in_crop(m, at) ? value_at(logits, m, at, c) : -1.0F;
      if (std::abs(value) > 1e-5) {
        EXPECT_EQ(target.classes()[static_cast<size_t>(c)](at[0], at[1], at[2]), value > 0 ? 1 : 0);
      }
    }
  });
}

TEST(GridReturn, a_nearest_axis_is_not_interpolated) {
  const core::ThreadPool pool(1);
  prepare::GridMapping m;
  m.image_shape = {6, 1, 2};
  m.crop = {{0, 0, 0}, m.image_shape};
  m.prepared_shape = {2, 1, 2};
  m.nearest_axis = 0;
  GridReturn target(m, plan::OutputKind::kSigmoid, 1, core::Order::kC, pool);
  const std::vector<float> logits{1, 1, -100, -100};
  target.consume({0, 2, 1, logits.data()});
  for (int64_t a = 0; a < 6; ++a) {
    EXPECT_EQ(target.classes()[0](a, 0, 1), a < 3 ? 1 : 0) << a;
  }
}

}  // namespace
}  // namespace volseg::predict::internal
