// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/spatial.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "volseg/sample/internal/made_case_test.h"
#include "volseg/sample/internal/patch_reader.h"

namespace volseg::sample::internal {
namespace {

constexpr core::Shape3 kCaseShape{11, 14, 17};
constexpr core::Shape3 kPatchShape{7, 9, 12};

// Uniform cubic B-spline basis at a distance of `x` control points.
double spline(double x) {
  const double distance = std::abs(x);
  if (distance < 1) {
    return 2.0 / 3 - distance * distance + distance * distance * distance / 2;
  }
  return distance < 2 ? std::pow(2 - distance, 3) / 6 : 0;
}

// The shift of a voxel as the plain sum over all control points, control point k at (k - 1) *
// spacing.
std::array<double, 3> reference_shift(const core::Shape3& voxel, const core::Shape3& patch,
                                      double spacing, double magnitude,
                                      core::CounterRandom random) {
  core::Shape3 grid{};
  for (size_t axis = 0; axis < 3; ++axis) {
    grid[axis] = static_cast<int64_t>(static_cast<double>(patch[axis] - 1) / spacing) + 4;
  }
  std::array<double, 3> shift{};
  for (int64_t i = 0; i < 3 * core::voxel_count(grid); ++i) {
    const int64_t point = i % core::voxel_count(grid);
    const core::Shape3 at{point / (grid[1] * grid[2]), point / grid[2] % grid[1], point % grid[2]};
    double weight = magnitude * random.normal();
    for (size_t axis = 0; axis < 3; ++axis) {
      weight *=
          spline(static_cast<double>(voxel[axis]) / spacing - static_cast<double>(at[axis] - 1));
    }
    shift[static_cast<size_t>(i / core::voxel_count(grid))] += weight;
  }
  return shift;
}

double reference_value(core::ArrayView<const float> image, const std::array<double, 3>& at) {
  double sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    core::Shape3 voxel{};
    double weight = 1;
    bool inside = true;
    for (size_t axis = 0; axis < 3; ++axis) {
      voxel[axis] = static_cast<int64_t>(std::floor(at[axis])) + ((corner >> axis) & 1);
      weight *= 1 - std::abs(at[axis] - static_cast<double>(voxel[axis]));
      inside = inside && voxel[axis] >= 0 && voxel[axis] < image.shape[axis];
    }
    sum += inside ? weight * image(voxel[0], voxel[1], voxel[2]) : 0;
  }
  return sum;
}

// The label of the nearest voxel, or -1 when rounding may go either way.
int reference_label(const prepare::PreparedCase& source, const std::array<double, 3>& at) {
  core::Shape3 voxel{};
  for (size_t axis = 0; axis < 3; ++axis) {
    voxel[axis] = static_cast<int64_t>(std::floor(at[axis] + 0.5));
    if (std::abs(at[axis] + 0.5 - std::round(at[axis] + 0.5)) < 1e-4) {
      return -1;
    }
    if (voxel[axis] < 0 || voxel[axis] >= kCaseShape[axis]) {
      return 0;
    }
  }
  int label = 0;
  for (size_t i = 0; i < source.masks.size(); ++i) {
    core::Array<uint8_t> voxels(kCaseShape);
    mask::decode(source.masks[i], voxels.view());
    label = voxels(voxel[0], voxel[1], voxel[2]) != 0 ? static_cast<int>(i) + 1 : label;
  }
  return label;
}

SpatialChange turned_and_bent(double magnitude) {
  plan::Augmentation augmentation = no_change();
  augmentation.rotation_probability = 1;
  augmentation.scaling_probability = 1;
  augmentation.axis_scaling_fraction = 0.2;
  augmentation.elastic_probability = magnitude > 0 ? 1 : 0;
  SpatialChange change = draw_spatial_change(augmentation, kPatchShape, {.seed = 5});
  change.mirrored = {true, false, true};
  change.shift = {1, -3, 2};
  if (magnitude > 0) {
    change.elastic = ElasticField(kPatchShape, 4.5, magnitude, core::CounterRandom(1, 2, 3));
  }
  return change;
}

void expect_as_reference(double magnitude) {
  const prepare::PreparedCase source = made_case(kCaseShape, 4);
  const SpatialChange change = turned_and_bent(magnitude);
  const core::Shape3 begin{2, 3, 1};
  const PatchMapping mapping(begin, kPatchShape, change);
  const auto count = static_cast<size_t>(core::voxel_count(kPatchShape));
  std::vector<float> images(2 * count);
  std::vector<uint8_t> labels(count);
  std::vector<mask::Box> bounds;
  for (const mask::RunMask& mask : source.masks) {
    bounds.push_back(mask::bounding_box(mask));
  }
  read_patch(source.image, {source.masks, bounds}, mapping, images.data(), labels.data());
  for (size_t i = 0; i < count; ++i) {
    const auto number = static_cast<int64_t>(i);
    const core::Shape3 voxel{number / (kPatchShape[1] * kPatchShape[2]),
                             number / kPatchShape[2] % kPatchShape[1], number % kPatchShape[2]};
    const std::array<double, 3> shift =
        reference_shift(voxel, kPatchShape, 4.5, magnitude, core::CounterRandom(1, 2, 3));
    std::array<double, 3> at{};
    for (size_t axis = 0; axis < 3; ++axis) {
      at[axis] = static_cast<double>(begin[axis] + change.shift[axis]) +
                 static_cast<double>(kPatchShape[axis] - 1) / 2 + shift[axis];
      for (size_t k = 0; k < 3; ++k) {
        const double offset =
            static_cast<double>(voxel[k]) - static_cast<double>(kPatchShape[k] - 1) / 2;
        at[axis] += change.matrix[axis * 3 + k] * (change.mirrored[k] ? -offset : offset);
      }
    }
    for (size_t channel = 0; channel < 2; ++channel) {
      ASSERT_NEAR(images[channel * count + i],
                  reference_value(source.image.channel(static_cast<int64_t>(channel)), at), 1e-4);
    }
    const int label = reference_label(source, at);
    ASSERT_TRUE(label < 0 || label == labels[i]) << i;
  }
}

TEST(ReadPatch, turned_and_scaled_equals_a_plain_reference) { expect_as_reference(0); }

TEST(ReadPatch, bent_equals_a_plain_reference) { expect_as_reference(1.5); }

TEST(ReadPatch, far_outside_of_the_case_is_zero) {
  const prepare::PreparedCase source = made_case(kCaseShape, 4, 1);
  const SpatialChange change = turned_and_bent(0);
  const PatchMapping mapping({500, -700, 900}, kPatchShape, change);
  const auto count = static_cast<size_t>(core::voxel_count(kPatchShape));
  std::vector<float> images(count, 1);
  std::vector<uint8_t> labels(count, 1);
  const std::vector<mask::Box> bounds(source.masks.size(), {{0, 0, 0}, kCaseShape});
  read_patch(source.image, {source.masks, bounds}, mapping, images.data(), labels.data());
  EXPECT_EQ(images, std::vector<float>(count, 0));
  EXPECT_EQ(labels, std::vector<uint8_t>(count, 0));
}

TEST(DrawSpatialChange, without_probabilities_copies_voxels) {
  const SpatialChange change = draw_spatial_change(no_change(), kPatchShape, {.seed = 1});
  EXPECT_FALSE(change.interpolates);
  EXPECT_EQ(change.shift, (core::Shape3{0, 0, 0}));
  EXPECT_EQ(change.mirrored, (std::array<bool, 3>{false, false, false}));
}

TEST(DrawSpatialChange, a_flat_patch_keeps_its_first_axis) {
  plan::Augmentation augmentation = no_change();
  augmentation.rotation_probability = 1;
  augmentation.scaling_probability = 1;
  const SpatialChange flat = draw_spatial_change(augmentation, {4, 20, 16}, {.seed = 2});
  const SpatialChange cube = draw_spatial_change(augmentation, {10, 20, 16}, {.seed = 2});
  for (const size_t entry : {1U, 2U, 3U, 6U}) {
    EXPECT_EQ(flat.matrix[entry], 0);
    EXPECT_NE(cube.matrix[entry], 0);
  }
  EXPECT_EQ(flat.matrix[0], 1);
  EXPECT_NE(flat.matrix[5], 0);
}

TEST(DrawSpatialChange, scaling_below_one_shrinks_the_object) {
  plan::Augmentation augmentation = no_change();
  augmentation.scaling_probability = 1;
  augmentation.scaling_low = 0.5;
  augmentation.scaling_high = 0.5;
  const SpatialChange change = draw_spatial_change(augmentation, kPatchShape, {.seed = 2});
  EXPECT_DOUBLE_EQ(change.matrix[0], 2);
  EXPECT_DOUBLE_EQ(change.matrix[8], 2);
}

TEST(DrawSpatialChange, one_change_does_not_disturb_the_numbers_of_another) {
  plan::Augmentation augmentation = no_change();
  augmentation.translation_fraction = 0.4;
  const SpatialChange alone = draw_spatial_change(augmentation, kPatchShape, {.seed = 8});
  augmentation.rotation_probability = 1;
  const SpatialChange both = draw_spatial_change(augmentation, kPatchShape, {.seed = 8});
  EXPECT_EQ(alone.shift, both.shift);
  EXPECT_NE(alone.shift, (core::Shape3{0, 0, 0}));
}

}  // namespace
}  // namespace volseg::sample::internal
