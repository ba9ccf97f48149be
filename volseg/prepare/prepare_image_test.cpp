// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/prepare_image.h"

#include <gtest/gtest.h>

#include <cmath>

#include "volseg/core/error.h"
#include "volseg/core/random.h"
#include "volseg/prepare/resample.h"

namespace volseg::prepare {
namespace {

using plan::NormalizationScheme;

constexpr core::Shape3 kShape{14, 11, 9};
constexpr mask::Box kBox{{2, 1, 3}, {9, 8, 5}};

float value_at(int64_t a, int64_t b, int64_t c) {
  return static_cast<float>(50 + (a * 31 + b * 17 + c * 7) % 40);
}

volume::Volume image_of(core::Order order) {
  core::Array<float> values(kShape, order, 0.0F);
  for (int64_t a = 0; a < kBox.extents[0]; ++a) {
    for (int64_t b = 0; b < kBox.extents[1]; ++b) {
      for (int64_t c = 0; c < kBox.extents[2]; ++c) {
        values(a + kBox.begin[0], b + kBox.begin[1], c + kBox.begin[2]) = value_at(a, b, c);
      }
    }
  }
  volume::Volume image;
  image.header.shape = kShape;
  image.header.type = volume::DataType::kFloat32;
  image.header.strides = core::dense_strides(kShape, order);
  image.header.geometry.spacing_mm = {1, 1.5, 2};
  image.data = core::Buffer::copy_of(
      std::as_bytes(std::span(values.data(), static_cast<size_t>(values.size()))));
  return image;
}

plan::Plan plan_of(const std::array<double, 3>& spacing_mm, NormalizationScheme scheme) {
  plan::Plan plan;
  plan.axis_order = {2, 0, 1};
  plan.spacing_mm = spacing_mm;
  plan.normalization = {{scheme, {}}};
  return plan;
}

TEST(PrepareImage, crops_and_transposes_in_either_memory_order) {
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    const PreparedImage prepared =
        prepare_image(image_of(order), plan_of({2, 1, 1.5}, NormalizationScheme::kNone), "image");
    EXPECT_EQ(prepared.mapping.image_shape, kShape);
    EXPECT_EQ(prepared.mapping.crop, kBox);
    EXPECT_EQ(prepared.mapping.nearest_axis, -1);
    ASSERT_EQ(prepared.mapping.prepared_shape, (core::Shape3{5, 9, 8}));
    const auto values = prepared.channel(0);
    for (int64_t a = 0; a < 9; ++a) {
      for (int64_t b = 0; b < 8; ++b) {
        for (int64_t c = 0; c < 5; ++c) {
          ASSERT_EQ(values(c, a, b), value_at(a, b, c));
        }
      }
    }
  }
}

TEST(PrepareImage, normalizes_before_it_resamples) {
  const plan::Plan plan = plan_of({1, 0.7, 2}, NormalizationScheme::kZScore);
  const PreparedImage prepared = prepare_image(image_of(core::Order::kFortran), plan, "image");
  ASSERT_EQ(prepared.mapping.prepared_shape, (core::Shape3{10, 13, 6}));
  core::Array<float> cropped({5, 9, 8}, core::Order::kC);
  double sum = 0;
  double squares = 0;
  for (int64_t c = 0; c < 5; ++c) {
    for (int64_t a = 0; a < 9; ++a) {
      for (int64_t b = 0; b < 8; ++b) {
        cropped(c, a, b) = value_at(a, b, c);
        sum += cropped(c, a, b);
        squares += cropped(c, a, b) * cropped(c, a, b);
      }
    }
  }
  const double mean = sum / 360;
  const double deviation = std::sqrt(squares / 360 - mean * mean);
  for (int64_t index = 0; index < 360; ++index) {
    cropped.data()[index] = static_cast<float>((cropped.data()[index] - mean) / deviation);
  }
  const auto expected = resample(cropped.view(), {10, 13, 6}, Interpolation::kCubic);
  const auto values = prepared.channel(0);
  for (int64_t index = 0; index < expected.size(); ++index) {
    ASSERT_NEAR(values.data[index], expected.data()[index], 1e-4);
  }
}

TEST(PrepareImage, clips_ct_and_keeps_zero_outside_a_non_zero_mask) {
  plan::Plan plan = plan_of({2, 1, 1.5}, NormalizationScheme::kCt);
  plan.normalization[0].statistics = {
      .mean = 60, .standard_deviation = 5, .percentile_00_5 = 55, .percentile_99_5 = 70};
  const auto ct = prepare_image(image_of(core::Order::kC), plan, "image");
  EXPECT_FLOAT_EQ(ct.channel(0)(0, 0, 0), -1);
  auto image = image_of(core::Order::kC);
  reinterpret_cast<float*>(image.data.data())[(4 * 11 + 3) * 9 + 5] = 0;
  plan.normalization[0].scheme = NormalizationScheme::kZScoreNonZero;
  const auto masked = prepare_image(image, plan, "image");
  EXPECT_EQ(masked.channel(0)(2, 2, 2), 0);
  double sum = 0;
  for (int64_t index = 0; index < 360; ++index) {
    sum += masked.channel(0).data[index];
  }
  EXPECT_NEAR(sum, 0, 1e-3);
}

TEST(PrepareImage, samples_a_coarse_axis_at_the_nearest_slice) {
  const auto plan = plan_of({7, 1, 1.5}, NormalizationScheme::kNone);
  const auto prepared = prepare_image(image_of(core::Order::kC), plan, "image");
  EXPECT_EQ(prepared.mapping.nearest_axis, 0);
  EXPECT_EQ(prepared.mapping.prepared_shape, (core::Shape3{1, 9, 8}));
  EXPECT_EQ(prepared.channel(0)(0, 3, 4), value_at(3, 4, 2));
}

TEST(PrepareImage, rejects_another_channel_count_and_a_grid_beyond_reason) {
  plan::Plan plan = plan_of({2, 1, 1.5}, NormalizationScheme::kNone);
  auto image = image_of(core::Order::kC);
  image.header.geometry.spacing_mm = {1e9, 1, 1};
  EXPECT_THROW((void)prepare_image(image, plan, "image"), Error);
  plan.normalization.resize(2);
  EXPECT_THROW((void)prepare_image(image_of(core::Order::kC), plan, "image"), Error);
}

mask::RunMask ellipsoid(const core::Shape3& shape, double shift) {
  mask::RunMask mask{shape, {}};
  for (int64_t voxel = 0; voxel < core::voxel_count(shape); ++voxel) {
    const double a = static_cast<double>(voxel % shape[0]) - 5 - shift;
    const double b = static_cast<double>(voxel / shape[0] % shape[1]) - 5;
    const double c = static_cast<double>(voxel / shape[0] / shape[1]) - 5;
    if (a * a + b * b + 2 * c * c > 11) {
      continue;
    }
    if (!mask.runs.empty() && mask.runs.back().start + mask.runs.back().length == voxel) {
      ++mask.runs.back().length;
    } else {
      mask.runs.push_back({voxel, 1});
    }
  }
  return mask;
}

/// The same by resampling the whole crop densely.
core::Array<float> plain(const mask::RunMask& mask, const GridMapping& mapping) {
  core::Array<uint8_t> bytes(mapping.image_shape, core::Order::kC);
  mask::decode(mask, bytes.view());
  core::Array<float> crop({5, 9, 8}, core::Order::kC);
  for (int64_t c = 0; c < 5; ++c) {
    for (int64_t a = 0; a < 9; ++a) {
      for (int64_t b = 0; b < 8; ++b) {
        crop(c, a, b) = bytes(a + kBox.begin[0], b + kBox.begin[1], c + kBox.begin[2]);
      }
    }
  }
  return resample(crop.view(), mapping.prepared_shape, Interpolation::kLinear,
                  mapping.nearest_axis);
}

TEST(PrepareMasks, equals_dense_resampling_of_each_class) {
  for (const core::Shape3& shape :
       {core::Shape3{5, 9, 8}, core::Shape3{10, 13, 6}, core::Shape3{3, 5, 17}}) {
    for (const int nearest : {-1, 0}) {
      const GridMapping mapping{kShape, kBox, {2, 0, 1}, shape, nearest};
      const std::vector<mask::RunMask> masks{
          ellipsoid(kShape, 0), ellipsoid(kShape, 3), {kShape, {}}};
      const auto prepared = prepare_masks(masks, mapping, plan::OutputKind::kSigmoid);
      ASSERT_EQ(prepared.size(), 3u);
      for (size_t index = 0; index < 3; ++index) {
        const auto expected = plain(masks[index], mapping);
        core::Array<uint8_t> actual(shape, core::Order::kC);
        mask::decode(prepared[index], actual.view());
        for (int64_t at = 0; at < expected.size(); ++at) {
          ASSERT_EQ(actual.data()[at] != 0, expected.data()[at] >= 0.5F);
        }
      }
    }
  }
}

TEST(PrepareMasks, gives_each_voxel_one_class_with_softmax) {
  const GridMapping mapping{kShape, kBox, {2, 0, 1}, {7, 12, 9}};
  const std::vector<mask::RunMask> masks{ellipsoid(kShape, 0), ellipsoid(kShape, 2)};
  const auto overlapping = prepare_masks(masks, mapping, plan::OutputKind::kSigmoid);
  const auto exclusive = prepare_masks(masks, mapping, plan::OutputKind::kSoftmax);
  const int64_t shared = mask::intersection_area(overlapping[0], overlapping[1]);
  EXPECT_GT(shared, 0);
  EXPECT_EQ(mask::intersection_area(exclusive[0], exclusive[1]), 0);
  EXPECT_EQ(exclusive[1], overlapping[1]);
  EXPECT_EQ(mask::area(exclusive[0]), mask::area(overlapping[0]) - shared);
}

TEST(PrepareMasks, rejects_a_mask_of_another_shape) {
  const GridMapping mapping{kShape, kBox, {2, 0, 1}, {7, 12, 9}};
  EXPECT_THROW((void)prepare_masks({{{1, 2, 3}, {}}}, mapping, plan::OutputKind::kSigmoid), Error);
}

}  // namespace
}  // namespace volseg::prepare
