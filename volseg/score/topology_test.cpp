// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/topology.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/mask/set_algebra.h"
#include "volseg/score/internal/neighbourhood.h"
#include "volseg/score/internal/reference_score_test.h"

namespace volseg::score {
namespace {

using mask::RunMask;
using reference::Dense;

constexpr std::array<ThinningRule, 2> kRules = {ThinningRule::kExact, ThinningRule::kScikitImage};

internal::Neighbourhood around(const Dense& voxels, const core::Shape3& index) {
  internal::Neighbourhood found = 0;
  for (int bit = 0; bit < 27; ++bit) {
    const bool is_inside = reference::at(voxels, index[0] + bit / 9 - 1, index[1] + bit / 3 % 3 - 1,
                                         index[2] + bit % 3 - 1) != 0;
    found |= is_inside ? 1U << bit : 0;
  }
  return found;
}

bool may_go(internal::Neighbourhood voxels) {
  return !internal::is_line_end(voxels) && internal::is_simple(voxels);
}

// Every voxel of the volume is looked at from every side until nothing changes.
class PlainThinner {
 public:
  PlainThinner(Dense& voxels, ThinningRule rule) : voxels_(voxels), rule_(rule) {}

  void thin() {
    constexpr std::array<std::array<int64_t, 2>, 6> kSides = {
        {{1, -1}, {1, 1}, {2, 1}, {2, -1}, {0, 1}, {0, -1}}};
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      for (const auto& [axis, step] : kSides) {
        const bool may_be_flat = rule_ == ThinningRule::kExact || axis == 0;
        if (!may_be_flat || voxels_.shape()[axis] > 1) {
          has_changed = thin_from(axis, step) || has_changed;
        }
      }
    }
  }

 private:
  bool thin_from(int64_t axis, int64_t step) {
    std::vector<core::Shape3> marked;
    const core::Shape3& shape = voxels_.shape();
    for (int64_t i = 0; i < voxels_.size(); ++i) {  // axis 2 fastest
      const core::Shape3 voxel = {i / (shape[1] * shape[2]), i / shape[2] % shape[1], i % shape[2]};
      core::Shape3 side = voxel;
      side[axis] += step;
      const bool is_border = voxels_(voxel[0], voxel[1], voxel[2]) != 0 &&
                             reference::at(voxels_, side[0], side[1], side[2]) == 0;
      if (is_border && may_go(around(voxels_, voxel))) {
        marked.push_back(voxel);
      }
    }
    bool has_changed = false;
    for (const auto& [a, b, c] : marked) {
      const internal::Neighbourhood near = around(voxels_, {a, b, c});
      if (rule_ == ThinningRule::kExact ? may_go(near) : internal::has_connected_neighbours(near)) {
        voxels_(a, b, c) = 0;
        has_changed = true;
      }
    }
    return has_changed;
  }

  Dense& voxels_;
  ThinningRule rule_;
};

Dense draw(core::CounterRandom& random, const core::Shape3& shape, uint64_t trial) {
  return trial % 2 == 0 ? reference::draw_noise(random, shape, static_cast<double>(trial % 11) / 10)
                        : reference::draw_boxes(random, shape, 1 + random.below(8));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kTrials = 40;
#else
constexpr uint64_t kTrials = 400;
#endif

TEST(Skeleton, equals_plain_thinning_on_random_masks) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    core::CounterRandom random(7, 0, trial);
    Dense voxels = draw(random, reference::draw_shape(random, 12), trial);
    const RunMask mask = reference::runs_of(voxels);
    const ThinningRule rule = kRules[trial / 2 % 2];
    PlainThinner(voxels, rule).thin();
    EXPECT_EQ(skeletonize(mask, rule), reference::runs_of(voxels)) << trial;
  }
}

struct Topology {
  size_t objects = 0;
  size_t background_parts = 0;
  int64_t euler_number = 0;
  friend bool operator==(const Topology&, const Topology&) = default;
};

// Cells of the mask, each once; a cell of voxel index i along an axis lies at 2 i, 2 i + 1, 2 i
// + 2.
int64_t euler_number(const Dense& voxels) {
  core::Shape3 shape = voxels.shape();
  for (int64_t& extent : shape) {
    extent = 2 * extent + 1;
  }
  Dense cells(shape, core::Order::kFortran, 0);
  reference::for_each_index(voxels.shape(), [&](int64_t a, int64_t b, int64_t c) {
    for (int64_t cell = 0; voxels(a, b, c) != 0 && cell < 27; ++cell) {
      cells(2 * a + cell / 9, 2 * b + cell / 3 % 3, 2 * c + cell % 3) = 1;
    }
  });
  int64_t number = 0;
  reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
    const int64_t sign = (a + b + c) % 2 == 0 ? 1 : -1;
    number += cells(a, b, c) != 0 ? sign : 0;
  });
  return number;
}

// With background all around, as outside the volume.
Topology topology_of(const Dense& voxels) {
  const core::Shape3& shape = voxels.shape();
  Dense padded({shape[0] + 2, shape[1] + 2, shape[2] + 2}, core::Order::kFortran, 0);
  reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
    padded(a + 1, b + 1, c + 1) = voxels(a, b, c);
  });
  const RunMask mask = reference::runs_of(padded);
  const auto count = [](const RunMask& part, mask::Connectivity connectivity) {
    return mask::connected_components(part, connectivity).sizes_voxels.size();
  };
  return {count(mask, mask::Connectivity::k26),
          count(mask::complement_of(mask), mask::Connectivity::k6), euler_number(voxels)};
}

TEST(Skeleton, keeps_objects_tunnels_and_cavities) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    core::CounterRandom random(8, 0, trial);
    const Dense voxels = draw(random, reference::draw_shape(random, 12), trial);
    const RunMask skeleton = skeletonize(reference::runs_of(voxels));
    EXPECT_EQ(topology_of(reference::dense_of(skeleton)), topology_of(voxels)) << trial;
    EXPECT_TRUE(mask::difference_of(skeleton, reference::runs_of(voxels)).runs.empty());
  }
}

TEST(Skeleton, is_thin) {
  for (uint64_t trial = 0; trial < kTrials; ++trial) {
    core::CounterRandom random(9, 0, trial);
    const core::Shape3 shape = {2 + random.below(11), 2 + random.below(11), 2 + random.below(11)};
    const Dense left =
        reference::dense_of(skeletonize(reference::runs_of(draw(random, shape, trial))));
    reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
      if (left(a, b, c) != 0) {
        EXPECT_FALSE(may_go(around(left, {a, b, c}))) << trial;
      }
    });
  }
}

// A box inside a volume, with `margin` voxels of background before it.
RunMask box_of(const core::Shape3& extents, int64_t margin, const core::Shape3& shape) {
  Dense voxels(shape, core::Order::kFortran, 0);
  reference::for_each_index(extents, [&](int64_t a, int64_t b, int64_t c) {
    voxels(a + margin, b + margin, c + margin) = 1;
  });
  return reference::runs_of(voxels);
}

TEST(Skeleton, of_a_bar_is_its_middle_line) {
  const RunMask skeleton = skeletonize(box_of({15, 3, 3}, 2, {19, 7, 8}));
  ASSERT_EQ(skeleton.runs.size(), 1U);
  EXPECT_EQ(skeleton.runs[0].start % 19, 2);
  EXPECT_EQ(skeleton.runs[0].length, 15);
  EXPECT_EQ(skeleton.runs[0].start / 19 % 7, 3);
  EXPECT_EQ(skeleton.runs[0].start / 19 / 7, 3);
}

TEST(Skeleton, of_a_cube_is_not_empty_unless_as_scikit_image) {
  const RunMask cube = box_of({4, 4, 4}, 2, {8, 8, 8});
  EXPECT_EQ(
      mask::connected_components(skeletonize(cube), mask::Connectivity::k26).sizes_voxels.size(),
      1U);
  EXPECT_TRUE(skeletonize(cube, ThinningRule::kScikitImage).runs.empty());
}

TEST(Skeleton, does_not_depend_on_the_volume_around) {
  for (uint64_t trial = 0; trial < 100; ++trial) {
    core::CounterRandom random(10, 0, trial);
    const core::Shape3 shape = {2 + random.below(9), 2 + random.below(9), 2 + random.below(9)};
    const Dense voxels = draw(random, shape, trial);
    Dense large({shape[0] + 5, shape[1] + 4, shape[2] + 70}, core::Order::kFortran, 0);
    reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
      large(a + 2, b + 3, c + 61) = voxels(a, b, c);
    });
    const Dense near = reference::dense_of(skeletonize(reference::runs_of(voxels)));
    const Dense far = reference::dense_of(skeletonize(reference::runs_of(large)));
    reference::for_each_index(shape, [&](int64_t a, int64_t b, int64_t c) {
      ASSERT_EQ(near(a, b, c), far(a + 2, b + 3, c + 61)) << trial;
    });
  }
}

TEST(Skeleton, of_little_is_the_same) {
  for (const ThinningRule rule : kRules) {
    for (const RunMask& mask : {RunMask{{4, 3, 2}, {}}, RunMask{{4, 3, 2}, {{5, 1}}},
                                RunMask{{1, 1, 1}, {{0, 1}}}, RunMask{{9, 3, 2}, {{10, 7}}}}) {
      EXPECT_EQ(skeletonize(mask, rule), mask);
    }
  }
}

TEST(Skeleton, of_a_full_volume_is_one_object) {
  const RunMask full{{9, 7, 5}, {{0, 315}}};
  const RunMask skeleton = skeletonize(full);
  EXPECT_EQ(topology_of(reference::dense_of(skeleton)), (Topology{1, 1, 1}));
  EXPECT_LT(mask::area(skeleton), 20);
}

TEST(CentrelineDice, equals_values_computed_by_hand) {
  const RunMask truth{{12, 1, 1}, {{0, 8}}};
  const RunMask prediction{{12, 1, 1}, {{2, 10}}};
  const CentrelineScore score = score_centrelines(truth, prediction);
  EXPECT_EQ(score.truth_skeleton_voxels, 8);
  EXPECT_EQ(score.truth_skeleton_in_prediction_voxels, 6);
  EXPECT_EQ(score.prediction_skeleton_voxels, 10);
  EXPECT_EQ(score.prediction_skeleton_in_truth_voxels, 6);
  EXPECT_DOUBLE_EQ(*topology_precision(score), 0.6);
  EXPECT_DOUBLE_EQ(*topology_sensitivity(score), 0.75);
  EXPECT_DOUBLE_EQ(*centreline_dice(score), 2 * 0.6 * 0.75 / 1.35);
}

TEST(CentrelineDice, of_empty_masks) {
  const RunMask empty{{5, 4, 3}, {}};
  const RunMask full{{5, 4, 3}, {{0, 60}}};
  EXPECT_EQ(centreline_dice(score_centrelines(full, full)), 1.0);
  EXPECT_FALSE(centreline_dice(score_centrelines(empty, empty)).has_value());
  const CentrelineScore missed = score_centrelines(full, empty);
  EXPECT_EQ(centreline_dice(missed), 0.0);
  EXPECT_EQ(topology_sensitivity(missed), 0.0);
  EXPECT_FALSE(topology_precision(missed).has_value());
  EXPECT_EQ(centreline_dice(score_centrelines(empty, full)), 0.0);
  const RunMask first{{5, 4, 3}, {{0, 1}}};
  const RunMask last{{5, 4, 3}, {{59, 1}}};
  EXPECT_EQ(centreline_dice(score_centrelines(first, last)), 0.0);
  EXPECT_THROW((void)score_centrelines(empty, {{3, 4, 5}, {}}), Error);
}

TEST(Components, are_counted_on_both_sides) {
  const RunMask truth{{3, 3, 3}, {{0, 1}, {13, 1}, {26, 1}}};
  const RunMask prediction{{3, 3, 3}, {}};
  EXPECT_EQ(betti_0_error(count_components(truth, prediction)), 1);
  const ComponentCounts counts = count_components(prediction, truth, mask::Connectivity::k6);
  EXPECT_EQ(counts.truth, 0);
  EXPECT_EQ(counts.prediction, 3);
  EXPECT_EQ(betti_0_error(counts), 3);
  EXPECT_EQ(betti_0_error(count_components(prediction, prediction)), 0);
}

}  // namespace
}  // namespace volseg::score
