// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/intensity_window.h"

#include <gtest/gtest.h>

#include <cmath>

#include "volseg/core/error.h"

namespace volseg::report {
namespace {

core::Array<float> ramp(float lowest, float step) {
  core::Array<float> values({10, 20, 5}, core::Order::kC);
  for (int64_t i = 0; i < values.size(); ++i) {
    values.data()[i] = lowest + step * static_cast<float>(i);
  }
  return values;
}

TEST(WindowOf, lies_around_the_level) {
  EXPECT_EQ(window_of(400, 40), (IntensityWindow{-160, 240}));
  EXPECT_THROW(static_cast<void>(window_of(0, 40)), Error);
  EXPECT_THROW(static_cast<void>(window_of(std::nan(""), 40)), Error);
}

TEST(WindowNamed, knows_the_usual_windows_of_ct) {
  EXPECT_EQ(window_named("lung"), (IntensityWindow{-1350, 150}));
  EXPECT_EQ(window_named("bone"), (IntensityWindow{-500, 1300}));
  EXPECT_EQ(window_named("brain"), (IntensityWindow{0, 80}));
  EXPECT_EQ(window_named("soft-tissue"), (IntensityWindow{-160, 240}));
  for (const std::string& name : window_names()) {
    EXPECT_NO_THROW(static_cast<void>(window_named(name)));
  }
  EXPECT_THROW(static_cast<void>(window_named("liverr")), Error);
}

TEST(DefaultWindow, is_soft_tissue_for_ct_only) {
  const core::Array<float> ct = ramp(-1000, 2);
  EXPECT_EQ(default_window(volume::DataType::kInt16, ct), window_named("soft-tissue"));
  EXPECT_EQ(default_window(volume::DataType::kFloat32, ct), percentile_window(ct.view()));
  const core::Array<float> mri = ramp(1, 1);
  EXPECT_EQ(default_window(volume::DataType::kInt16, mri), (IntensityWindow{6, 996}));
}

TEST(PercentileWindow, leaves_zeros_out_and_is_never_empty) {
  core::Array<float> values({4, 5, 6}, core::Order::kC, 0.0F);
  EXPECT_EQ(percentile_window(values.view()), (IntensityWindow{0, 1}));
  values(1, 2, 3) = 7;
  EXPECT_EQ(percentile_window(values.view()), (IntensityWindow{7, 8}));
}

}  // namespace
}  // namespace volseg::report
