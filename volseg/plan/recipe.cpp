// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "volseg/core/error.h"

namespace volseg::plan {
namespace {

Recipe nnunet_recipe() {
  Recipe recipe;
  recipe.name = "nnunet";
  return recipe;
}

// Mild, since a few minutes of training do not get past strong changes.
Augmentation quick_augmentation() {
  return {.rotation_probability = 1,
          .rotation_degrees = 8,
          .scaling_probability = 1,
          .scaling_low = 0.92,
          .scaling_high = 1.08,
          .axis_scaling_fraction = 0.04,
          .translation_fraction = 0.02,
          .elastic_probability = 0.8,
          .elastic_magnitude_voxels = 2.5,
          .elastic_spacing_voxels = 16,
          .noise_probability = 0.2,
          .noise_deviation = 0.15,
          .brightness_probability = 0.3,
          .contrast_probability = 0.3,
          .contrast_low = 0.7,
          .contrast_high = 1.3,
          .gamma_probability = 0.4,
          .gamma_inverted_probability = 0,
          .gamma_low = 0.67,
          .gamma_high = 1.5,
          .mirror_axes = {false, false, false}};
}

Recipe quick_recipe() {
  Recipe recipe;
  recipe.name = "quick";
  recipe.fit_one_patch = true;
  recipe.patch_voxels = 520'000;
  recipe.base_features = 16;
  recipe.most_features = 256;
  recipe.most_stages = 5;
  recipe.batch_size = 1;
  recipe.optimizer = Optimizer::kAdamW;
  recipe.learning_rate = 3e-3;
  recipe.weight_decay = 1e-2;
  recipe.warmup_steps = 20;
  recipe.epochs = 12;
  recipe.steps_per_epoch = 25;
  recipe.validation_every_epochs = 3;
  recipe.validation_patches = 0;
  recipe.weight_average_decay = 0.98;
  recipe.augmentation = quick_augmentation();
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
    if (recipe.name == name) {
      return recipe.make();
    }
  }
  throw Error(ErrorKind::kUsage, "plan.recipe",
              fmt::format("recipe \"{}\": there is none of that name; expected one of: {}", name,
                          fmt::join(recipe_names(), ", ")));
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kRecipes));
  for (const NamedRecipe& recipe : kRecipes) {
    names.emplace_back(recipe.name);
  }
  return names;
}

}  // namespace volseg::plan
