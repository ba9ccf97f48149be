// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/ct_range.h"

#include <gtest/gtest.h>

namespace volseg::plan {
namespace {

core::Array<float> values_of(float lowest, float highest) {
  core::Array<float> values({3, 4, 5}, core::Order::kC, 0.0F);
  values(2, 0, 1) = lowest;
  values(0, 3, 4) = highest;
  return values;
}

TEST(SpansCtRange, needs_integers_on_both_sides_of_water) {
  EXPECT_TRUE(spans_ct_range(volume::DataType::kInt16, values_of(-201, 201)));
  EXPECT_FALSE(spans_ct_range(volume::DataType::kInt16, values_of(-200, 1000)));
  EXPECT_FALSE(spans_ct_range(volume::DataType::kInt16, values_of(-1000, 200)));
  EXPECT_FALSE(spans_ct_range(volume::DataType::kFloat32, values_of(-1000, 1000)));
}

}  // namespace
}  // namespace volseg::plan
