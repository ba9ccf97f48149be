// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/fingerprint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "volseg/dataset/pack.h"
#include "volseg/mask/run_text.h"
#include "volseg/plan/internal/intensities.h"
#include "volseg/plan/internal/target_grid.h"
#include "volseg/plan/nonzero_box.h"
#include "volseg/volume/formats.h"

namespace volseg::plan {
namespace {

constexpr core::Shape3 kShape{7, 5, 6};

template <typename T>
volume::Volume volume_of(volume::DataType type, core::Order order) {
  volume::Volume image;
  image.header.shape = kShape;
  image.header.type = type;
  image.header.strides = core::dense_strides(kShape, order);
  image.data = core::Buffer::zeroed(core::voxel_count(kShape) * static_cast<int64_t>(sizeof(T)));
  auto* values = reinterpret_cast<T*>(image.data.data());
  for (int64_t a = 1; a < 6; ++a) {
    for (int64_t b = 2; b < 5; ++b) {
      for (int64_t c = 0; c < 4; ++c) {
        values[a * image.header.strides[0] + b * image.header.strides[1] +
               c * image.header.strides[2]] = static_cast<T>(a * 100 + b * 10 - c * 300);
      }
    }
  }
  return image;
}

std::vector<double> expanded(const std::vector<WeightedValue>& values) {
  std::vector<double> all;
  for (const WeightedValue& entry : values) {
    all.insert(all.end(), static_cast<size_t>(entry.weight), entry.value);
  }
  return all;
}

TEST(Intensities, equal_a_plain_reference_for_either_memory_order) {
  const std::vector<mask::RunMask> masks{{kShape, {{3, 40}}}, {kShape, {{50, 9}, {80, 1}}}};
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    const auto image = volume_of<int16_t>(volume::DataType::kInt16, order);
    const auto view = image.channel<int16_t>(0);
    std::vector<double> plain;
    for (const mask::RunMask& mask : masks) {
      for (const mask::Run& run : mask.runs) {
        for (int64_t at = run.start; at < run.start + run.length; ++at) {
          plain.push_back(view(at % 7, at / 7 % 5, at / 35));
        }
      }
    }
    const Foreground foreground = join(masks);
    EXPECT_FALSE(foreground.overlaps);
    auto values = foreground_values(image, 0, {}, foreground, 0, 10);
    const auto statistics = statistics_of(values);
    std::vector<double> sorted = plain;
    std::ranges::sort(sorted);
    EXPECT_EQ(expanded(values), sorted);
    EXPECT_DOUBLE_EQ(statistics.median, percentile(plain, 50));
    EXPECT_DOUBLE_EQ(statistics.percentile_00_5, percentile(plain, 0.5));
    EXPECT_DOUBLE_EQ(statistics.percentile_99_5, percentile(plain, 99.5));
    EXPECT_DOUBLE_EQ(statistics.minimum, sorted.front());
    EXPECT_DOUBLE_EQ(statistics.maximum, sorted.back());
  }
}

TEST(Intensities, apply_the_scale_of_the_file) {
  auto image = volume_of<uint8_t>(volume::DataType::kUint8, core::Order::kC);
  image.header.scale_slope = 2;
  image.header.scale_intercept = -1024;
  const Foreground foreground = join({{kShape, {{0, 1}}}});
  EXPECT_DOUBLE_EQ(statistics_of(foreground_values(image, 0, {}, foreground, 0, 10)).mean, -1024);
}

TEST(Intensities, sample_floats_repeatably_and_near_the_truth) {
  core::Array<float> values({40, 50, 30}, core::Order::kC);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] = static_cast<float>(index % 1000);
  }
  volume::Volume image;
  image.header.type = volume::DataType::kFloat32;
  const Foreground foreground = join({{values.shape(), {{0, 60'000}}}});
  const auto drawn = foreground_values(image, 0, values.view(), foreground, 5, 20'000);
  const auto again = foreground_values(image, 0, values.view(), foreground, 5, 20'000);
  ASSERT_EQ(drawn.size(), 20'000u);
  EXPECT_EQ(expanded(drawn), expanded(again));
  const IntensityStatistics statistics = statistics_of(drawn);
  EXPECT_NEAR(statistics.mean, 499.5, 10);
  EXPECT_NEAR(statistics.standard_deviation, 288.7, 10);
  EXPECT_NEAR(statistics.percentile_99_5, 995, 3);
  const auto all = foreground_values(image, 0, values.view(), foreground, 5, 60'000);
  EXPECT_DOUBLE_EQ(statistics_of(all).mean, 499.5);
}

TEST(Foreground, sees_a_shared_voxel) {
  EXPECT_TRUE(join({{kShape, {{0, 5}}}, {kShape, {{4, 3}}}}).overlaps);
  EXPECT_FALSE(join({{kShape, {{0, 5}}}, {kShape, {{5, 3}}}}).overlaps);
  EXPECT_EQ(join({{kShape, {{0, 5}, {9, 1}}}, {kShape, {{5, 3}}}}).runs,
            (std::vector<mask::Run>{{0, 8}, {9, 1}}));
}

TEST(NonzeroBox, surrounds_every_channel_in_either_memory_order) {
  for (const core::Order order : {core::Order::kC, core::Order::kFortran}) {
    std::vector<core::Array<float>> channels;
    channels.emplace_back(kShape, order, 0.0F);
    EXPECT_EQ(nonzero_box(channels), (mask::Box{{0, 0, 0}, kShape}));
    channels[0](2, 1, 5) = -1;
    EXPECT_EQ(nonzero_box(channels), (mask::Box{{2, 1, 5}, {1, 1, 1}}));
    channels.emplace_back(kShape, order, 0.0F);
    channels[1](4, 3, 2) = 1;
    EXPECT_EQ(nonzero_box(channels), (mask::Box{{2, 1, 2}, {3, 3, 4}}));
  }
}

dataset::PredictedCase case_of(const std::string& name, core::Order order, int64_t shift) {
  const auto image = volume_of<int16_t>(volume::DataType::kInt16, order);
  dataset::PredictedCase entry;
  entry.image = name + ".npy";
  entry.image_bytes = volume::encode_volume(image, volume::FileFormat::kNpy);
  entry.run_texts = {mask::format_runs({kShape, {{10, 9}}}),
                     mask::format_runs({kShape, {{10 + shift, 5}}})};
  entry.shape = kShape;
  entry.spacing_mm = {1, 2, 3};
  return entry;
}

dataset::Dataset dataset_of(const std::string& name, int64_t shift) {
  const std::filesystem::path path = ::testing::TempDir() + "volseg_fingerprint_" + name + ".zip";
  std::vector<dataset::PredictedCase> cases;
  cases.push_back(case_of("one", core::Order::kC, shift));
  cases.push_back(case_of("two", core::Order::kFortran, 20));
  dataset::write_dataset(path, std::move(cases), {"a", "b"}, core::Overwrite::kYes);
  return dataset::Dataset::open(path);
}

TEST(Fingerprint, describes_cases_and_foreground) {
  const Fingerprint fingerprint = take_fingerprint(dataset_of("plain", 20), {.threads = 2});
  ASSERT_EQ(fingerprint.cases.size(), 2u);
  EXPECT_EQ(fingerprint.cases[0].shape, kShape);
  EXPECT_EQ(fingerprint.cases[0].cropped_shape, (core::Shape3{5, 3, 4}));
  EXPECT_EQ(fingerprint.cases[0].spacing_mm, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(fingerprint.class_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(fingerprint.classes_overlap);
  EXPECT_TRUE(fingerprint.looks_like_ct);
  EXPECT_EQ(fingerprint.intensities.size(), 1u);
}

TEST(Fingerprint, does_not_depend_on_threads_and_sees_overlap) {
  const auto dataset = dataset_of("overlap", 3);
  const Fingerprint one = take_fingerprint(dataset, {.threads = 1});
  const Fingerprint two = take_fingerprint(dataset, {.threads = 2});
  EXPECT_TRUE(one.classes_overlap);
  EXPECT_EQ(one.intensities[0].mean, two.intensities[0].mean);
  EXPECT_EQ(one.intensities[0].standard_deviation, two.intensities[0].standard_deviation);
}

}  // namespace
}  // namespace volseg::plan
