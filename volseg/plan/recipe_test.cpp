// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/recipe.h"

#include <gtest/gtest.h>

#include "volseg/core/error.h"

namespace volseg::plan {
namespace {

std::string message_of(std::string_view yaml) {
  try {
    (void)apply_yaml(recipe_named("nnunet"), yaml);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.message();
  }
  return "accepted";
}

TEST(Recipe, is_found_by_name) {
  for (const std::string& name : recipe_names()) {
    EXPECT_EQ(recipe_named(name).name, name);
  }
  EXPECT_EQ(recipe_named("quick").optimizer, Optimizer::kAdamW);
  EXPECT_TRUE(recipe_named("quick").fit_one_patch);
  EXPECT_EQ(recipe_named("nnunet").epochs, 1000);
  EXPECT_THROW((void)recipe_named("slow"), Error);
}

TEST(Recipe, comes_back_from_yaml_unchanged) {
  const std::string quick = to_yaml(recipe_named("quick"));
  EXPECT_EQ(to_yaml(apply_yaml(recipe_named("nnunet"), quick)), quick);
  EXPECT_NE(quick, to_yaml(recipe_named("nnunet")));
}

TEST(Recipe, keeps_what_the_yaml_leaves_out) {
  const Recipe recipe = apply_yaml(recipe_named("nnunet"),
                                   "epochs: 7\naugmentation:\n  gamma_high: 2\n"
                                   "  mirror_axes: [true, false, true]\n");
  EXPECT_EQ(recipe.epochs, 7);
  EXPECT_EQ(recipe.steps_per_epoch, 250);
  EXPECT_EQ(recipe.augmentation.gamma_high, 2);
  EXPECT_EQ(recipe.augmentation.gamma_low, 0.7);
  EXPECT_EQ(recipe.augmentation.mirror_axes, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(apply_yaml(recipe, "").epochs, 7);
}

TEST(Recipe, names_the_nearest_of_an_unknown_key) {
  EXPECT_NE(message_of("epoch: 3").find("the nearest is \"epochs\""), std::string::npos);
  EXPECT_NE(message_of("augmentation: {gama_low: 1}").find("\"augmentation.gamma_low\""),
            std::string::npos);
}

TEST(Recipe, states_the_range_of_a_value) {
  EXPECT_EQ(message_of("batch_size: -1"),
            "key \"batch_size\": found \"-1\"; expected a whole number from 0 to 65536");
  EXPECT_NE(message_of("momentum: .nan").find("from 0 to 1"), std::string::npos);
  EXPECT_NE(message_of("epochs: 1.5").find("a whole number"), std::string::npos);
  EXPECT_NE(message_of("deep_supervision: 3").find("true or false"), std::string::npos);
  EXPECT_NE(message_of("optimizer: adam").find("sgd_nesterov or adamw"), std::string::npos);
  EXPECT_NE(message_of("augmentation: {mirror_axes: [true]}").find("a list of three"),
            std::string::npos);
  EXPECT_NE(message_of("augmentation: {gamma_low: 3}").find("at most gamma_high"),
            std::string::npos);
  EXPECT_NE(message_of("augmentation: 3").find("keys with values"), std::string::npos);
  EXPECT_NE(message_of("a: [").find("not YAML"), std::string::npos);
  EXPECT_NE(message_of("fit_one_patch: true").find("patch_voxels"), std::string::npos);
}

}  // namespace
}  // namespace volseg::plan
