// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/patch_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/sample/internal/made_case_test.h"

namespace volseg::sample {
namespace {

constexpr core::Shape3 kCaseShape{9, 12, 14};
constexpr core::Shape3 kPatchShape{4, 5, 6};

SamplerOptions plain_options() {
  SamplerOptions options;
  options.patch_shape = kPatchShape;
  options.augmentation = no_change();
  options.seed = 3;
  return options;
}

// The value or label of a case, 0 outside of it.
struct Reference {
  const prepare::PreparedCase& source;

  [[nodiscard]] bool inside(const core::Shape3& at) const {
    const core::Shape3& shape = source.image.mapping.prepared_shape;
    return at[0] >= 0 && at[1] >= 0 && at[2] >= 0 && at[0] < shape[0] && at[1] < shape[1] &&
           at[2] < shape[2];
  }
  [[nodiscard]] float value(int64_t channel, const core::Shape3& at) const {
    return inside(at) ? source.image.channel(channel)(at[0], at[1], at[2]) : 0.0F;
  }
  [[nodiscard]] uint8_t label(const core::Shape3& at) const {
    uint8_t found = 0;
    for (size_t i = 0; inside(at) && i < source.masks.size(); ++i) {
      core::Array<uint8_t> voxels(source.image.mapping.prepared_shape);
      mask::decode(source.masks[i], voxels.view());
      if (voxels(at[0], at[1], at[2]) != 0) {
        found = static_cast<uint8_t>(i + 1);
      }
    }
    return found;
  }
};

core::Shape3 patch_voxel(int64_t number, const core::Shape3& patch) {
  return {number / (patch[1] * patch[2]), number / patch[2] % patch[1], number % patch[2]};
}

// True when the first channel of slot 0 is the crop at `begin` with the given axes mirrored.
bool is_crop(const Batch& batch, const prepare::PreparedCase& source, const core::Shape3& begin,
             const std::array<bool, 3>& mirrored) {
  const Reference reference{source};
  const core::Shape3& patch = batch.patch_shape;
  const int64_t count = core::voxel_count(patch);
  for (int64_t i = 0; i < count * batch.channels; ++i) {
    core::Shape3 at = patch_voxel(i % count, patch);
    for (size_t axis = 0; axis < 3; ++axis) {
      at[axis] = begin[axis] + (mirrored[axis] ? patch[axis] - 1 - at[axis] : at[axis]);
    }
    if (images_of(batch)[static_cast<size_t>(i)] != reference.value(i / count, at)) {
      return false;
    }
  }
  return true;
}

std::optional<core::Shape3> find_crop(const Batch& batch, const prepare::PreparedCase& source,
                                      const std::array<bool, 3>& mirrored = {}) {
  const core::Shape3& shape = source.image.mapping.prepared_shape;
  for (int64_t number = 0; number < core::voxel_count(shape); ++number) {
    const core::Shape3 begin = patch_voxel(number, shape);
    if (is_crop(batch, source, begin, mirrored)) {
      return begin;
    }
  }
  return std::nullopt;
}

void expect_labels(const Batch& batch, const prepare::PreparedCase& source,
                   const core::Shape3& begin, const std::array<bool, 3>& mirrored) {
  const Reference reference{source};
  const core::Shape3& patch = batch.patch_shape;
  for (int64_t i = 0; i < core::voxel_count(patch); ++i) {
    core::Shape3 at = patch_voxel(i, patch);
    for (size_t axis = 0; axis < 3; ++axis) {
      at[axis] = begin[axis] + (mirrored[axis] ? patch[axis] - 1 - at[axis] : at[axis]);
    }
    EXPECT_EQ(labels_of(batch)[static_cast<size_t>(i)], reference.label(at)) << i;
  }
}

class PatchSamplerOfOneCase : public ::testing::Test {
 protected:
  PatchSamplerOfOneCase() { cases_.push_back(made_case(kCaseShape, 1)); }
  std::vector<prepare::PreparedCase> cases_;
};

TEST_F(PatchSamplerOfOneCase, without_changes_gives_a_crop_inside_the_case) {
  const PatchSampler sampler(cases_, plain_options());
  Batch batch = sampler.make_batch();
  for (uint64_t step = 0; step < 3; ++step) {
    sampler.draw(0, step, 0, batch);
    const std::optional<core::Shape3> begin = find_crop(batch, cases_[0]);
    ASSERT_TRUE(begin.has_value());
    for (size_t axis = 0; axis < 3; ++axis) {
      EXPECT_LE((*begin)[axis] + kPatchShape[axis], kCaseShape[axis]);
    }
    expect_labels(batch, cases_[0], *begin, {});
  }
}

TEST_F(PatchSamplerOfOneCase, mirroring_only_flips_values_and_labels) {
  for (size_t axis = 0; axis < 3; ++axis) {
    SamplerOptions options = plain_options();
    options.augmentation.mirror_axes[axis] = true;
    const PatchSampler sampler(cases_, options);
    Batch batch = sampler.make_batch();
    std::array<bool, 3> mirrored{};
    mirrored[axis] = true;
    int flipped = 0;
    for (uint64_t step = 0; step < 12; ++step) {
      sampler.draw(1, step, 1, batch);
      sampler.draw(1, step, 0, batch);
      const bool plain = find_crop(batch, cases_[0]).has_value();
      const std::optional<core::Shape3> begin = find_crop(batch, cases_[0], mirrored);
      ASSERT_NE(plain, begin.has_value());
      if (begin) {
        expect_labels(batch, cases_[0], *begin, mirrored);
        ++flipped;
      }
    }
    EXPECT_GT(flipped, 1);
    EXPECT_LT(flipped, 11);
  }
}

TEST_F(PatchSamplerOfOneCase, last_third_of_a_batch_contains_foreground) {
  SamplerOptions options = plain_options();
  options.batch_size = 6;
  options.patch_shape = {1, 1, 1};
  const PatchSampler sampler(cases_, options);
  Batch batch = sampler.make_batch();
  int random_foreground = 0;
  for (uint64_t step = 0; step < 50; ++step) {
    for (int64_t slot = 0; slot < options.batch_size; ++slot) {
      sampler.draw(0, step, slot, batch);
    }
    for (size_t slot = 4; slot < 6; ++slot) {
      EXPECT_GT(labels_of(batch)[slot], 0);
    }
    random_foreground += static_cast<int>(4 - std::ranges::count(labels_of(batch).first(4), 0));
  }
  EXPECT_LT(random_foreground, 20);
}

TEST_F(PatchSamplerOfOneCase, draws_present_classes_equally_often_whatever_their_size) {
  SamplerOptions options = plain_options();
  options.patch_shape = {1, 1, 1};
  options.foreground_fraction = 1;
  options.batch_size = 1;
  const PatchSampler sampler(cases_, options);
  Batch batch = sampler.make_batch();
  std::array<int, 4> counts{};
  for (uint64_t step = 0; step < 1000; ++step) {
    sampler.draw(0, step, 0, batch);
    ++counts[labels_of(batch)[0]];
  }
  EXPECT_EQ(counts[0] + counts[3], 0);
  EXPECT_NEAR(counts[1], 500, 80);
}

TEST_F(PatchSamplerOfOneCase, forces_by_chance_when_a_batch_has_one_sample) {
  SamplerOptions options = plain_options();
  options.patch_shape = {1, 1, 1};
  options.foreground_fraction = 0.5;
  options.batch_size = 1;
  const PatchSampler sampler(cases_, options);
  Batch batch = sampler.make_batch();
  int foreground = 0;
  for (uint64_t step = 0; step < 1000; ++step) {
    sampler.draw(0, step, 0, batch);
    foreground += labels_of(batch)[0] > 0 ? 1 : 0;
  }
  EXPECT_NEAR(foreground, 508, 80);
}

TEST_F(PatchSamplerOfOneCase, centres_a_case_that_is_smaller_than_the_patch) {
  SamplerOptions options = plain_options();
  options.patch_shape = {13, 16, 21};
  const PatchSampler sampler(cases_, options);
  Batch batch = sampler.make_batch();
  for (int64_t slot = 0; slot < 2; ++slot) {
    sampler.draw(0, 0, slot, batch);
  }
  EXPECT_TRUE(is_crop(batch, cases_[0], {-2, -2, -3}, {}));
  expect_labels(batch, cases_[0], {-2, -2, -3}, {});
}

TEST_F(PatchSamplerOfOneCase, sigmoid_gives_one_label_channel_a_class) {
  SamplerOptions options = plain_options();
  options.patch_shape = kCaseShape;
  options.output = plan::OutputKind::kSigmoid;
  cases_[0].masks[2] = cases_[0].masks[0];
  const PatchSampler sampler(cases_, options);
  Batch batch = sampler.make_batch();
  ASSERT_EQ(batch.label_channels, 3);
  sampler.draw(0, 0, 0, batch);
  const auto count = static_cast<size_t>(core::voxel_count(kCaseShape));
  for (size_t channel = 0; channel < 3; ++channel) {
    core::Array<uint8_t> expected(kCaseShape, core::Order::kC);
    mask::decode(cases_[0].masks[channel], expected.view());
    EXPECT_TRUE(std::equal(expected.data(), expected.data() + count,
                           labels_of(batch).data() + channel * count));
  }
}

TEST_F(PatchSamplerOfOneCase, rejects_what_it_cannot_draw_from) {
  const std::vector<prepare::PreparedCase> none;
  EXPECT_THROW(PatchSampler(none, plain_options()), Error);
  SamplerOptions options = plain_options();
  options.patch_shape[1] = 0;
  EXPECT_THROW(PatchSampler(cases_, options), Error);
  options = plain_options();
  options.augmentation.scaling_low = 0;
  EXPECT_THROW(PatchSampler(cases_, options), Error);
  cases_.push_back(made_case(kCaseShape, 2, 1));
  EXPECT_THROW(PatchSampler(cases_, plain_options()), Error);
}

}  // namespace
}  // namespace volseg::sample
