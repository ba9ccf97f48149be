// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/plan/internal/target_grid.h"
#include "volseg/plan/internal/topology.h"
#include "volseg/plan/plan.h"

namespace volseg::plan {
namespace {

constexpr double kReferenceElements = 560e6;
constexpr double kReferenceGib = 8;
constexpr double kReferenceBatch = 2;
constexpr double kSmallestBatch = 2;
constexpr double kMostOfDataset = 0.05;
constexpr double kFirstPatchEdge = 256;
constexpr double kLowResolutionBelow = 0.25;
constexpr double kLowResolutionGain = 2;
constexpr double kNonZeroMaskBelow = 0.75;

using Triple = std::array<double, 3>;

double volume_of(const Triple& extents) { return extents[0] * extents[1] * extents[2]; }
double voxels_of(const core::Shape3& shape) {
  return volume_of({static_cast<double>(shape[0]), static_cast<double>(shape[1]),
                    static_cast<double>(shape[2])});
}

/// What does not change while sizes are tried.
struct Task {
  const Recipe& recipe;
  int64_t input_channels;
  int64_t output_channels;
  double case_count;

  [[nodiscard]] double element_budget() const {
    return kReferenceElements * recipe.memory_gib / kReferenceGib;
  }
};

/// A patch with the network that fits it.
struct Configuration {
  Topology topology;
  NetworkPlan network;
  double elements = 0;
  bool shrunk = false;
};

Configuration configure(const Task& task, const Triple& spacing, const Triple& patch) {
  Configuration result;
  result.topology = network_topology(spacing, patch, task.recipe.most_stages);
  result.network =
      network_of(result.topology, task.recipe, task.input_channels, task.output_channels);
  result.elements = feature_elements(result.network, result.topology.patch);
  return result;
}

/// The axis whose patch is largest against the median shape and can still shrink; -1 without one.
int axis_to_shrink(const Topology& topology, const Triple& median_shape) {
  int chosen = -1;
  double largest = 0;
  for (int axis = 0; axis < 3; ++axis) {
    if (topology.patch[axis] <= topology.multiples[axis]) {
      continue;
    }
    const double ratio = static_cast<double>(topology.patch[axis]) / median_shape[axis];
    if (ratio < largest) {
      continue;
    }
    largest = ratio;
    chosen = axis;
  }
  return chosen;
}

Triple to_triple(const core::Shape3& shape) {
  return {static_cast<double>(shape[0]), static_cast<double>(shape[1]),
          static_cast<double>(shape[2])};
}

core::Shape3 rounded(const Triple& extents) {
  return {std::llrint(extents[0]), std::llrint(extents[1]), std::llrint(extents[2])};
}

/// The largest patch whose estimate is within the budget.
Configuration configure_to_memory(const Task& task, const Triple& spacing,
                                  const Triple& median_shape) {
  const double edge = kFirstPatchEdge * std::cbrt(volume_of(spacing));
  Triple patch;
  for (int axis = 0; axis < 3; ++axis) {
    patch[axis] = std::min(std::nearbyint(edge / spacing[axis]), median_shape[axis]);
    patch[axis] = std::max(patch[axis], 1.0);
  }
  Configuration result = configure(task, spacing, patch);
  bool shrunk = false;
  while (result.elements > task.element_budget()) {
    const int axis = axis_to_shrink(result.topology, median_shape);
    if (axis < 0) {
      break;
    }
    Triple trial = to_triple(result.topology.patch);
    trial[axis] -= static_cast<double>(result.topology.multiples[axis]);
    // A smaller patch may be halved less often, so its own multiple decides the step.
    const Topology smaller = network_topology(spacing, trial, task.recipe.most_stages);
    patch = to_triple(result.topology.patch);
    patch[axis] -= static_cast<double>(smaller.multiples[axis]);
    result = configure(task, spacing, patch);
    shrunk = true;
  }
  result.shrunk = shrunk;
  return result;
}

/// nnU-Net would also plan a low-resolution network: the patch sees little of the median case.
bool has_low_resolution(const Task& task, const TargetGrid& grid, double patch_voxels) {
  const double full_voxels = volume_of(grid.median_shape);
  double median_voxels = full_voxels;
  Triple spacing = grid.spacing_mm;
  while (patch_voxels / median_voxels < kLowResolutionBelow) {
    spacing = coarsened(spacing);
    Triple shape;
    for (int axis = 0; axis < 3; ++axis) {
      shape[axis] = grid.spacing_mm[axis] / spacing[axis] * grid.median_shape[axis];
    }
    median_voxels = volume_of(shape);
    for (double& extent : shape) {
      extent = std::max(1.0, std::nearbyint(extent));
    }
    patch_voxels = voxels_of(configure_to_memory(task, spacing, shape).topology.patch);
  }
  return full_voxels / median_voxels >= kLowResolutionGain;
}

/// Coarsens the grid until the padded median case is within the recipe's patch.
Configuration fit_median_case(const Task& task, const Fingerprint& fingerprint, TargetGrid& grid) {
  Configuration result = configure(task, grid.spacing_mm, grid.median_shape);
  while (voxels_of(result.topology.patch) > static_cast<double>(task.recipe.patch_voxels)) {
    const Triple previous_shape = grid.median_shape;
    grid.spacing_mm = coarsened(grid.spacing_mm);
    grid.median_shape = median_shape_at(fingerprint, grid.axis_order, grid.spacing_mm);
    if (volume_of(previous_shape) == 1) {
      break;
    }
    result = configure(task, grid.spacing_mm, grid.median_shape);
  }
  return result;
}

int64_t planned_batch_size(const Task& task, const Configuration& configuration,
                           const Triple& median_shape) {
  const double by_memory =
      std::nearbyint(task.element_budget() / configuration.elements * kReferenceBatch);
  const double by_dataset =
      std::nearbyint(volume_of(median_shape) * task.case_count * kMostOfDataset /
                     voxels_of(configuration.topology.patch));
  return static_cast<int64_t>(std::max(std::min(by_memory, by_dataset), kSmallestBatch));
}

double median_fraction_kept(const Fingerprint& fingerprint) {
  std::vector<double> fractions;
  fractions.reserve(fingerprint.cases.size());
  for (const CaseFingerprint& entry : fingerprint.cases) {
    fractions.push_back(voxels_of(entry.cropped_shape) / voxels_of(entry.shape));
  }
  return percentile(std::move(fractions), 50);
}

void plan_normalization(const Fingerprint& fingerprint, Plan& plan) {
  const double kept = median_fraction_kept(fingerprint);
  NormalizationScheme scheme = NormalizationScheme::kZScore;
  std::string reason = fmt::format(
      "z-score of each case; the non-zero box keeps {:.0f} % of the "
      "median case, at least 75 %",
      100 * kept);
  if (fingerprint.looks_like_ct) {
    scheme = NormalizationScheme::kCt;
    reason =
        "CT: integers with values below -200 and above 200; clipped to the foreground's 0.5 "
        "and 99.5 percentile, then its mean and deviation";
  } else if (kept < kNonZeroMaskBelow) {
    scheme = NormalizationScheme::kZScoreNonZero;
    reason = fmt::format(
        "z-score over non-zero voxels; the non-zero box keeps {:.0f} % of the "
        "median case, less than 75 %",
        100 * kept);
  }
  for (const IntensityStatistics& statistics : fingerprint.intensities) {
    plan.normalization.push_back({scheme, statistics});
  }
  plan.notes.push_back("normalization: " + reason);
}

template <typename Values>
std::string crossed(const Values& values) {
  return fmt::format("{:.6g}", fmt::join(values, " x "));
}

void note_grid(const TargetGrid& grid, const Fingerprint& fingerprint, bool coarser, Plan& plan) {
  const auto unknown_spacings =
      std::ranges::count(fingerprint.cases, false, &CaseFingerprint::spacing_known);
  std::string spacing = fmt::format("spacing {} mm: median of {}", crossed(grid.spacing_mm),
                                    core::counted(std::ssize(fingerprint.cases), "case"));
  if (grid.coarse_axis_lowered) {
    spacing +=
        "; the coarse axis uses the 10th percentile, being over 3 times coarser with under "
        "a third of the voxels";
  }
  if (coarser) {
    spacing += fmt::format(
        "; grown in steps of 3 % until the padded median case is within the "
        "recipe's patch_voxels");
  }
  plan.notes.push_back(std::move(spacing));
  if (unknown_spacings > 0) {
    plan.notes.push_back(
        fmt::format("warning: the spacing is not known in {}, 1 mm is taken there; a column "
                    "spacing_mm of the table can tell it",
                    core::counted(unknown_spacings, "case")));
  }
  plan.notes.push_back(fmt::format("axis order {}: the coarsest array axis first",
                                   fmt::join(grid.axis_order, ", ")));
}

void note_network(const Task& task, const Configuration& configuration, const Plan& plan,
                  std::vector<std::string>& notes) {
  const double budget = task.element_budget();
  notes.push_back(fmt::format("patch {} for a median case of {}: {}",
                              core::to_string(plan.patch_shape), core::to_string(plan.median_shape),
                              configuration.shrunk
                                  ? "shrunk until the memory estimate fits"
                                  : "the median case, padded so that every stride divides it"));
  notes.push_back(
      fmt::format("memory estimate {:.1f} million feature elements a patch; {:.1f} "
                  "million hold a batch of 2 in {} GiB",
                  configuration.elements / 1e6, budget / 1e6, task.recipe.memory_gib));
  if (configuration.elements > budget) {
    notes.push_back("the memory estimate is over the recipe's memory_gib; the batch may not fit");
  }
  notes.push_back(fmt::format("network of {} stages, {} to {} features", plan.network.stages.size(),
                              plan.network.stages.front().features,
                              plan.network.stages.back().features));
  notes.push_back(task.recipe.batch_size > 0
                      ? fmt::format("batch size {}: set by the recipe", plan.batch_size)
                      : fmt::format("batch size {}: from the memory estimate, at least 2, at most "
                                    "5 % of the data set's voxels",
                                    plan.batch_size));
}

void check(const Fingerprint& fingerprint, const Recipe& recipe) {
  if (fingerprint.cases.empty()) {
    throw Error(ErrorKind::kShape, "plan.make_plan",
                "the data set has no training cases; expected at least one");
  }
  for (const CaseFingerprint& entry : fingerprint.cases) {
    const bool valid =
        std::ranges::all_of(entry.spacing_mm, [](double s) { return std::isfinite(s) && s > 0; }) &&
        std::ranges::min(entry.cropped_shape) >= 1 && std::ranges::min(entry.shape) >= 1;
    if (valid) {
      continue;
    }
    throw Error(
        ErrorKind::kShape, "plan.make_plan",
        fmt::format("case \"{}\": shape {} and spacing {} mm; expected extents of at least "
                    "1 and spacings above 0",
                    entry.name, core::to_string(entry.cropped_shape), crossed(entry.spacing_mm)));
  }
  if (recipe.fit_one_patch && recipe.patch_voxels < 1) {
    throw Error(ErrorKind::kUsage, "plan.make_plan",
                fmt::format("patch_voxels is {}; expected at least 1 with fit_one_patch",
                            recipe.patch_voxels));
  }
}

// A U-Net needs a stage to go down to; a patch that the memory made small is the recipe's own
// choice.
void check_stages(const Plan& plan) {
  const bool whole_case =
      std::ranges::equal(plan.patch_shape, plan.median_shape, std::greater_equal());
  if (plan.network.stages.size() < 2 && whole_case) {
    throw Error(
        ErrorKind::kShape, "plan.make_plan",
        fmt::format("the median case has {} voxels at the planned spacing; expected an axis "
                    "of at least 12 voxels, smaller images cannot be trained on",
                    core::to_string(plan.median_shape)));
  }
}

}  // namespace

Plan make_plan(const Fingerprint& fingerprint, const Recipe& recipe) {
  check(fingerprint, recipe);
  const bool softmax = !fingerprint.classes_overlap;
  const Task task{recipe, fingerprint.channels,
                  static_cast<int64_t>(fingerprint.class_names.size()) + (softmax ? 1 : 0),
                  static_cast<double>(fingerprint.cases.size())};
  TargetGrid grid = target_grid(fingerprint);
  const Triple target_spacing = grid.spacing_mm;
  const Configuration configuration =
      recipe.fit_one_patch ? fit_median_case(task, fingerprint, grid)
                           : configure_to_memory(task, grid.spacing_mm, grid.median_shape);
  Plan plan;
  plan.recipe = recipe.name;
  plan.axis_order = grid.axis_order;
  plan.spacing_mm = grid.spacing_mm;
  plan.median_shape = rounded(grid.median_shape);
  plan.patch_shape = configuration.topology.patch;
  plan.batch_size = recipe.batch_size > 0
                        ? recipe.batch_size
                        : planned_batch_size(task, configuration, grid.median_shape);
  plan.batch_dice = !recipe.fit_one_patch &&
                    has_low_resolution(task, grid, voxels_of(configuration.topology.patch));
  plan.output = softmax ? OutputKind::kSoftmax : OutputKind::kSigmoid;
  plan.class_names = fingerprint.class_names;
  plan.network = configuration.network;
  plan.estimated_feature_elements = configuration.elements;
  note_grid(grid, fingerprint, grid.spacing_mm != target_spacing, plan);
  note_network(task, configuration, plan, plan.notes);
  if (plan.batch_dice) {
    plan.notes.emplace_back(
        "Dice over the whole batch: a patch sees under 25 % of the median case");
  }
  plan_normalization(fingerprint, plan);
  plan.notes.emplace_back(softmax ? "output softmax: no two classes share a voxel"
                                  : "output sigmoid: classes share voxels");
  check_stages(plan);
  return plan;
}

}  // namespace volseg::plan
