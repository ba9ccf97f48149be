// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/label_region.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/core/random.h"

namespace volseg::sample::internal {
namespace {

constexpr core::Shape3 kShape{7, 5, 9};

mask::RunMask made_mask(double density) {
  core::Array<uint8_t> voxels(kShape);
  core::CounterRandom random(1, 2, 3);
  std::generate_n(voxels.data(), voxels.size(),
                  [&] { return static_cast<uint8_t>(random.chance(density) ? 1 : 0); });
  return mask::encode(core::ArrayView<const uint8_t>(voxels.view()));
}

void expect_as_decoded(const mask::RunMask& mask, const mask::Box& box, core::Order order) {
  core::Array<uint8_t> decoded(kShape);
  mask::decode(mask, decoded.view());
  core::Array<uint8_t> painted(box.extents, order, uint8_t{7});
  paint_box(mask, box, 3, painted.view());
  for (int64_t a = 0; a < box.extents[0]; ++a) {
    for (int64_t b = 0; b < box.extents[1]; ++b) {
      for (int64_t c = 0; c < box.extents[2]; ++c) {
        const core::Shape3 at{a + box.begin[0], b + box.begin[1], c + box.begin[2]};
        const bool inside = at[0] >= 0 && at[1] >= 0 && at[2] >= 0 && at[0] < kShape[0] &&
                            at[1] < kShape[1] && at[2] < kShape[2];
        const bool set = inside && decoded(at[0], at[1], at[2]) != 0;
        ASSERT_EQ(painted(a, b, c), set ? 3 : 7);
      }
    }
  }
}

TEST(PaintBox, paints_what_decoding_gives_for_any_box_and_order) {
  const mask::Box boxes[] = {{{0, 0, 0}, kShape},      {{2, 1, 3}, {3, 2, 4}},
                             {{-2, -3, 1}, {5, 6, 2}}, {{4, 2, 6}, {6, 7, 8}},
                             {{20, 0, 0}, {2, 3, 4}},  {{-1, -1, -1}, {9, 7, 11}}};
  for (const double density : {0.0, 0.3, 0.9, 1.0}) {
    for (const mask::Box& box : boxes) {
      expect_as_decoded(made_mask(density), box, core::Order::kC);
      expect_as_decoded(made_mask(density), box, core::Order::kFortran);
    }
  }
}

TEST(Clip, of_a_box_outside_is_empty) {
  EXPECT_EQ(clip({{8, 0, 0}, {2, 2, 2}}, kShape), mask::Box{});
  EXPECT_EQ(clip({{-1, 3, 2}, {3, 9, 2}}, kShape), (mask::Box{{0, 3, 2}, {2, 2, 2}}));
}

}  // namespace
}  // namespace volseg::sample::internal
