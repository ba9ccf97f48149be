// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/plan/internal/target_grid.h"
#include "volseg/plan/internal/topology.h"
#include "volseg/plan/plan.h"

namespace volseg::plan {
namespace {

using Triple = std::array<double, 3>;
using Axes = std::array<int64_t, 3>;

Fingerprint fingerprint_of(int cases, const core::Shape3& shape, const Triple& spacing_mm,
                           std::vector<std::string> classes) {
  Fingerprint fingerprint;
  fingerprint.class_names = std::move(classes);
  fingerprint.intensities.resize(1);
  for (int index = 0; index < cases; ++index) {
    fingerprint.cases.push_back({std::to_string(index), shape, shape, spacing_mm});
  }
  return fingerprint;
}

std::vector<Axes> strides_of(const Plan& plan) {
  std::vector<Axes> strides;
  for (const Stage& stage : plan.network.stages) {
    strides.push_back(stage.stride);
  }
  return strides;
}

TEST(MakePlan, gives_the_published_plan_of_hippocampus) {
  const Plan plan = make_plan(fingerprint_of(260, {36, 50, 35}, {1, 1, 1}, {"front", "back"}),
                              recipe_named("nnunet"));
  EXPECT_EQ(plan.patch_shape, (core::Shape3{40, 56, 40}));
  EXPECT_EQ(plan.batch_size, 9);
  EXPECT_EQ(plan.median_shape, (core::Shape3{36, 50, 35}));
  EXPECT_EQ(strides_of(plan), (std::vector<Axes>{{1, 1, 1}, {2, 2, 2}, {2, 2, 2}, {2, 2, 2}}));
  EXPECT_EQ(plan.network.stages.back().features, 256);
  EXPECT_EQ(plan.network.output_channels, 3);
  EXPECT_FALSE(plan.batch_dice);
  EXPECT_DOUBLE_EQ(plan.estimated_feature_elements, 19'174'400);
}

TEST(MakePlan, gives_the_published_plan_of_liver) {
  const Plan plan =
      make_plan(fingerprint_of(131, {512, 512, 482}, {0.7676, 0.7676, 1.0}, {"liver", "tumour"}),
                recipe_named("nnunet"));
  EXPECT_EQ(plan.axis_order, (std::array<int, 3>{2, 0, 1}));
  EXPECT_EQ(plan.spacing_mm, (Triple{1.0, 0.7676, 0.7676}));
  EXPECT_EQ(plan.patch_shape, (core::Shape3{128, 128, 128}));
  EXPECT_EQ(plan.batch_size, 2);
  ASSERT_EQ(plan.network.stages.size(), 6u);
  EXPECT_EQ(plan.network.stages[3].features, 256);
  EXPECT_EQ(plan.network.stages[5].features, 320);
  EXPECT_TRUE(plan.batch_dice);
}

TEST(MakePlan, gives_flat_kernels_to_a_coarse_first_axis) {
  const Plan plan =
      make_plan(fingerprint_of(32, {320, 319, 20}, {0.62, 0.62, 3.6}, {"inner", "outer"}),
                recipe_named("nnunet"));
  EXPECT_EQ(plan.axis_order, (std::array<int, 3>{2, 0, 1}));
  EXPECT_EQ(plan.patch_shape, (core::Shape3{20, 320, 256}));
  EXPECT_EQ(plan.batch_size, 2);
  ASSERT_EQ(plan.network.stages.size(), 7u);
  EXPECT_EQ(plan.network.stages[0].kernel, (Axes{1, 3, 3}));
  EXPECT_EQ(plan.network.stages[1].stride, (Axes{1, 2, 2}));
  EXPECT_EQ(plan.network.stages[3].stride, (Axes{2, 2, 2}));
  EXPECT_EQ(plan.network.stages[6].kernel, (Axes{3, 3, 3}));
}

TEST(MakePlan, uses_the_tenth_percentile_of_a_coarse_axis_with_few_voxels) {
  Fingerprint fingerprint = fingerprint_of(11, {10, 240, 200}, {10, 1.5, 1.4}, {"heart"});
  fingerprint.cases[0].spacing_mm[0] = 5;
  fingerprint.cases[1].spacing_mm[0] = 6;
  const Plan plan = make_plan(fingerprint, recipe_named("nnunet"));
  EXPECT_EQ(plan.spacing_mm, (Triple{6, 1.5, 1.4}));
}

TEST(MakePlan, keeps_the_coarse_axis_no_finer_than_the_others) {
  Fingerprint fingerprint = fingerprint_of(10, {10, 240, 200}, {10, 1.5, 1.4}, {"heart"});
  for (int index = 0; index < 3; ++index) {
    fingerprint.cases[index].spacing_mm[0] = 1;
  }
  const Plan plan = make_plan(fingerprint, recipe_named("nnunet"));
  EXPECT_EQ(plan.spacing_mm, (Triple{1.5 + 1e-5, 1.5, 1.4}));
}

TEST(MakePlan, shrinks_the_patch_with_memory) {
  const Fingerprint fingerprint = fingerprint_of(20, {256, 224, 192}, {1, 1, 1}, {"organ"});
  Recipe recipe = recipe_named("nnunet");
  const Plan large = make_plan(fingerprint, recipe);
  recipe.memory_gib = 2;
  const Plan small = make_plan(fingerprint, recipe);
  EXPECT_LE(large.estimated_feature_elements, 560e6);
  EXPECT_LE(small.estimated_feature_elements, 140e6);
  EXPECT_LT(small.patch_shape[0], large.patch_shape[0]);
}

TEST(MakePlan, shrinks_to_tiny_patches_and_ends) {
  Recipe recipe = recipe_named("nnunet");
  recipe.memory_gib = 0.1;
  recipe.base_features = 4096;
  recipe.most_features = 65536;
  const Plan plan = make_plan(fingerprint_of(2, {30, 20, 10}, {1, 1, 1}, {"organ"}), recipe);
  EXPECT_LE(plan.estimated_feature_elements, 7e6);
  EXPECT_GE(*std::ranges::min_element(plan.patch_shape), 1);
}

TEST(MakePlan, refuses_images_too_small_for_two_stages) {
  const Fingerprint small = fingerprint_of(2, {6, 7, 8}, {1, 1, 1}, {"organ"});
  EXPECT_THROW((void)make_plan(small, recipe_named("nnunet")), Error);
}

Recipe one_patch_recipe() {
  Recipe recipe = recipe_named("nnunet");
  recipe.fit_one_patch = true;
  recipe.patch_voxels = 450'000;
  recipe.base_features = 16;
  recipe.most_features = 128;
  recipe.most_stages = 4;
  recipe.batch_size = 1;
  return recipe;
}

TEST(MakePlan, fits_the_median_case_into_one_patch) {
  const Recipe recipe = one_patch_recipe();
  const Plan plan =
      make_plan(fingerprint_of(20, {181, 217, 160}, {1, 1.1, 1.3}, {"a", "b", "c", "d"}), recipe);
  const int64_t voxels = plan.patch_shape[0] * plan.patch_shape[1] * plan.patch_shape[2];
  EXPECT_LE(voxels, recipe.patch_voxels);
  EXPECT_GT(voxels, recipe.patch_voxels / 2);
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_GE(plan.patch_shape[axis], plan.median_shape[axis]);
    EXPECT_EQ(plan.patch_shape[axis] % 8, 0);
  }
  EXPECT_EQ(plan.network.stages.size(), 4u);
  EXPECT_EQ(plan.network.stages.back().features, 128);
  EXPECT_EQ(plan.batch_size, 1);
  EXPECT_GT(plan.spacing_mm[0], 1.3);
  EXPECT_FALSE(plan.batch_dice);
}

TEST(MakePlan, notes_a_patch_that_is_over_the_memory) {
  Recipe recipe = one_patch_recipe();
  recipe.memory_gib = 0.1;
  const Plan plan = make_plan(fingerprint_of(9, {90, 80, 60}, {1, 1, 1}, {"a"}), recipe);
  EXPECT_TRUE(std::ranges::any_of(plan.notes, [](const std::string& note) {
    return note.find("over the recipe's memory_gib") != std::string::npos;
  }));
}

TEST(MakePlan, keeps_the_spacing_of_small_cases) {
  const Plan plan =
      make_plan(fingerprint_of(4, {36, 50, 35}, {1, 1, 1}, {"a"}), one_patch_recipe());
  EXPECT_EQ(plan.spacing_mm, (Triple{1, 1, 1}));
  EXPECT_EQ(plan.patch_shape, (core::Shape3{40, 56, 40}));
}

TEST(MakePlan, chooses_output_by_overlap) {
  Fingerprint fingerprint = fingerprint_of(4, {36, 50, 35}, {1, 1, 1}, {"a", "b"});
  EXPECT_EQ(make_plan(fingerprint, recipe_named("quick")).output, OutputKind::kSoftmax);
  fingerprint.classes_overlap = true;
  const Plan plan = make_plan(fingerprint, recipe_named("quick"));
  EXPECT_EQ(plan.output, OutputKind::kSigmoid);
  EXPECT_EQ(plan.network.output_channels, 2);
}

TEST(MakePlan, chooses_normalization_by_content_and_crop) {
  Fingerprint fingerprint = fingerprint_of(3, {40, 50, 30}, {1, 1, 1}, {"a"});
  const Recipe recipe = recipe_named("quick");
  EXPECT_EQ(make_plan(fingerprint, recipe).normalization[0].scheme, NormalizationScheme::kZScore);
  for (CaseFingerprint& entry : fingerprint.cases) {
    entry.cropped_shape = {29, 50, 30};
  }
  EXPECT_EQ(make_plan(fingerprint, recipe).normalization[0].scheme,
            NormalizationScheme::kZScoreNonZero);
  fingerprint.looks_like_ct = true;
  fingerprint.intensities[0].mean = 71;
  const Plan plan = make_plan(fingerprint, recipe);
  EXPECT_EQ(plan.normalization[0].scheme, NormalizationScheme::kCt);
  EXPECT_EQ(plan.normalization[0].statistics.mean, 71);
}

TEST(MakePlan, rejects_no_cases_and_impossible_spacing) {
  EXPECT_THROW((void)make_plan(Fingerprint{}, recipe_named("quick")), Error);
  EXPECT_THROW(
      (void)make_plan(fingerprint_of(1, {9, 9, 9}, {1, 0, 1}, {"a"}), recipe_named("quick")),
      Error);
}

TEST(Percentile, interpolates_between_ranks) {
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 50), 2.5);
  EXPECT_DOUBLE_EQ(percentile({10, 20, 30}, 10), 12);
  EXPECT_DOUBLE_EQ(percentile({7}, 99), 7);
}

TEST(NetworkTopology, stops_at_the_stage_limit_and_at_small_edges) {
  EXPECT_EQ(network_topology({1, 1, 1}, {128, 96, 64}, 3).strides.size(), 3u);
  EXPECT_EQ(network_topology({1, 1, 1}, {7, 7, 11}, 9).strides.size(), 1u);
  EXPECT_EQ(network_topology({1, 1, 1}, {7, 7, 12}, 9).patch, (core::Shape3{7, 7, 12}));
  EXPECT_EQ(network_topology({1, 1, 1}, {7, 7, 12}, 9).multiples, (core::Shape3{1, 1, 2}));
}

}  // namespace
}  // namespace volseg::plan
