// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "volseg/core/error.h"

namespace volseg::plan {
namespace {

Recipe nnunet_recipe() { return {.name = "nnunet"}; }

Recipe quick_recipe() {
  Recipe recipe{.name = "quick"};
  recipe.fit_one_patch = true;
  recipe.patch_voxels = 450'000;
  recipe.base_features = 16;
  recipe.most_features = 128;
  recipe.most_stages = 4;
  recipe.batch_size = 1;
  recipe.optimizer = Optimizer::kAdamW;
  recipe.learning_rate = 3e-3;
  recipe.weight_decay = 1e-4;
  recipe.warmup_steps = 10;
  recipe.epochs = 20;
  recipe.steps_per_epoch = 25;
  recipe.validation_patches = 0;
  recipe.augmentation.rotation_probability = 0.8;
  recipe.augmentation.rotation_degrees = 15;
  recipe.augmentation.scaling_probability = 0.8;
  recipe.augmentation.scaling_low = 0.85;
  recipe.augmentation.scaling_high = 1.2;
  recipe.augmentation.axis_scaling_fraction = 0.1;
  recipe.augmentation.translation_fraction = 0.05;
  recipe.augmentation.elastic_probability = 0.5;
  recipe.augmentation.elastic_magnitude_voxels = 1.5;
  recipe.augmentation.mirror_axes = {false, false, false};
  return recipe;
}

struct NamedRecipe {
  std::string_view name;
  Recipe (*make)();
};
constexpr std::array kRecipes = {NamedRecipe{"nnunet", nnunet_recipe},
                                 NamedRecipe{"quick", quick_recipe}};

}  // namespace

Recipe recipe_named(std::string_view name) {
  for (const NamedRecipe& recipe : kRecipes) {
    if (recipe.name == name) return recipe.make();
  }
  throw Error(ErrorKind::kUsage, "plan.recipe",
              fmt::format("recipe \"{}\": there is none of that name; expected one of: {}", name,
                          fmt::join(recipe_names(), ", ")));
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const NamedRecipe& recipe : kRecipes) names.emplace_back(recipe.name);
  return names;
}

}  // namespace volseg::plan
