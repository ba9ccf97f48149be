// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/files.h"
#include "volseg/plan/fingerprint.h"
#include "volseg/plan/recipe.h"

namespace volseg::plan {

enum class NormalizationScheme {
  kCt,  ///< clip to the data set's foreground 0.5 and 99.5 percentile, then its mean and deviation
  kZScore,         ///< mean and deviation of the case
  kZScoreNonZero,  ///< mean and deviation of the case's non-zero voxels; others stay 0
  kNone,
};

/// Normalisation of one channel.
struct Normalization {
  NormalizationScheme scheme = NormalizationScheme::kZScore;
  IntensityStatistics statistics;  ///< used by kCt
};

/// One resolution of the U-Net.
struct Stage {
  int64_t features = 32;
  std::array<int64_t, 3> kernel{3, 3, 3};
  std::array<int64_t, 3> stride{1, 1, 1};  ///< of the stage's first convolution
  int64_t encoder_convolutions = 2;
  int64_t decoder_convolutions = 2;  ///< unused in the last stage
};

/// The network, in the terms of nnU-Net's PlainConvUNet.
struct NetworkPlan {
  int64_t input_channels = 1;
  int64_t output_channels = 2;  ///< classes, plus background with softmax
  std::vector<Stage> stages;
  bool deep_supervision = true;
};

enum class OutputKind {
  kSoftmax,  ///< one class a voxel, channel 0 is background
  kSigmoid,  ///< classes may overlap, one channel each
};

/// Everything that prepare, train and predict must agree on. Arrays are in plan axis order: plan
/// axis i is array axis axis_order[i] of an image; the coarsest spacing comes first.
struct Plan {
  int64_t version = 1;
  std::string recipe;
  std::array<int, 3> axis_order{0, 1, 2};
  std::array<double, 3> spacing_mm{1, 1, 1};
  core::Shape3 median_shape{};  ///< of cropped cases at spacing_mm
  core::Shape3 patch_shape{};
  int64_t batch_size = 2;
  bool batch_dice = false;
  OutputKind output = OutputKind::kSoftmax;
  std::vector<std::string> class_names;
  std::vector<Normalization> normalization;  ///< per channel
  NetworkPlan network;
  double estimated_feature_elements = 0;  ///< nnU-Net's memory model
  std::vector<std::string> notes;         ///< choices in words, for people
};

/// nnU-Net's 3d_fullres rules (constants in docs/design/plan.md); a recipe with
/// `fit_one_patch` grows the spacing until the median case fits one patch.
/// @throws Error(kShape) when there are no cases
[[nodiscard]] Plan make_plan(const Fingerprint& fingerprint, const Recipe& recipe);

/// Readable JSON (docs/formats/plan.md), and back. @throws Error(kFormat) with the key path
[[nodiscard]] std::string to_json(const Plan& plan);
[[nodiscard]] Plan parse_plan(std::string_view json, std::string_view name);
[[nodiscard]] Plan read_plan(const std::filesystem::path& path);

}  // namespace volseg::plan
