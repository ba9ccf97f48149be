// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::plan {

/// Random changes of a training patch: probability of each, and its range.
struct Augmentation {
  double rotation_probability = 0.2;
  double rotation_degrees = 30;  ///< each axis in [-x, x]
  double scaling_probability = 0.2;
  double scaling_low = 0.7;  ///< of the object: below 1 shrinks it
  double scaling_high = 1.4;
  double axis_scaling_fraction = 0;  ///< extra factor of each axis in [1 - x, 1 + x]
  double translation_fraction = 0;   ///< of the patch extent, each axis in [-x, x]
  double elastic_probability = 0;
  double elastic_magnitude_voxels = 0;  ///< standard deviation of a control point's shift
  double elastic_spacing_voxels = 16;   ///< between control points
  double noise_probability = 0.1;
  double noise_deviation = 0.1;  ///< standard deviation in [0, x]
  double brightness_probability = 0.15;
  double brightness_low = 0.75;  ///< factor
  double brightness_high = 1.25;
  double contrast_probability = 0.15;
  double contrast_low = 0.75;  ///< factor about the mean, range kept
  double contrast_high = 1.25;
  double gamma_probability = 0.3;
  double gamma_inverted_probability = 0.1;  ///< on the negated image
  double gamma_low = 0.7;
  double gamma_high = 1.5;
  std::vector<bool> mirror_axes = {true, true,
                                   true};  ///< plan axes; each mirrored with probability 0.5
};

enum class Optimizer { kSgdNesterov, kAdamW };

/// How to plan and train: every figure that is not read from the data.
struct Recipe {
  std::string name;
  // Planning.
  bool fit_one_patch = false;  ///< choose a spacing at which the median case fits one patch
  int64_t patch_voxels = 0;    ///< size of that patch at most
  int64_t base_features = 32;
  int64_t most_features = 320;
  int most_stages = 14;    ///< resolutions of the network; 14 never binds in nnU-Net
  double memory_gib = 8;   ///< of the device, for nnU-Net's memory model
  int64_t batch_size = 0;  ///< 0: planned
  // Training.
  Optimizer optimizer = Optimizer::kSgdNesterov;
  double learning_rate = 0.01;
  double momentum = 0.99;
  double weight_decay = 3e-5;
  double polynomial_power = 0.9;
  int64_t warmup_steps = 0;
  double gradient_clip_norm = 12;
  int64_t epochs = 1000;
  int64_t steps_per_epoch = 250;
  int64_t validation_every_epochs = 1;
  int64_t validation_patches = 50;  ///< drawn per validation; 0: whole validation cases
  double weight_average_decay = 0;  ///< exponential moving average of weights; 0: off
  double foreground_fraction = 1.0 / 3;
  bool deep_supervision = true;
  Augmentation augmentation;
};

/// "quick" or "nnunet". @throws Error(kUsage) naming the recipes there are
[[nodiscard]] Recipe recipe_named(std::string_view name);
/// Names of all recipes.
[[nodiscard]] std::vector<std::string> recipe_names();

/// YAML with every field by the name above (lists as lists), and back; keys that are missing keep
/// the recipe's value, unknown keys are errors naming the nearest. @throws Error(kUsage)
[[nodiscard]] std::string to_yaml(const Recipe& recipe);
[[nodiscard]] Recipe apply_yaml(Recipe recipe, std::string_view yaml);

}  // namespace volseg::plan
