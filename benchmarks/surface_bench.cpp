// SPDX-License-Identifier: Apache-2.0
// Surface metrics of one pair of masks, all at once: Hausdorff distance, its 95th percentile,
// average distances, surface Dice. Counter `of_transform` is the time over that of two exact
// distance transforms of the joint box, which any way through distance maps needs at least; below 1
// is faster.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/measure.h"
#include "benchmarks/test_masks.h"
#include "benchmarks/test_pairs.h"
#include "volseg/core/files.h"
#include "volseg/core/threads.h"
#include "volseg/mask/set_algebra.h"
#include "volseg/score/internal/surface_points.h"
#include "volseg/score/internal/surface_transform.h"
#include "volseg/score/overlap.h"
#include "volseg/score/surface.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace volseg::benchmarks {
namespace {

using core::Shape3;
using mask::RunMask;
using score::SurfaceDefinition;

constexpr std::array<double, 3> kSpacing = {0.7, 0.7, 1.25};

RunMask make_ball(const Shape3& shape, const Shape3& centre, int64_t radius) {
  return make_runs(shape, [&](const Shape3& index) {
    int64_t squared = 0;
    for (int axis = 0; axis < 3; ++axis) {
      squared += (index[axis] - centre[axis]) * (index[axis] - centre[axis]);
    }
    return squared <= radius * radius;
  });
}

const RunMask& lungs() {
  static const RunMask mask = make_runs(kMaskShape, is_lung);
  return mask;
}

struct Pair {
  RunMask truth;
  RunMask prediction;
  std::array<double, 3> spacing_mm = kSpacing;
};

struct NamedPair {
  std::string name;
  Pair (*make)();
};

const std::vector<NamedPair>& pairs() {
  static const std::vector<NamedPair> all = {
      {"lungs",
       [] {
         return Pair{lungs(), make_runs(kMaskShape, is_predicted_lung)};
       }},
      {"shifted_15",
       [] {
         return Pair{lungs(), moved(lungs(), {0, 15, 0})};
       }},
      {"far_blob",
       [] {
         return Pair{lungs(), mask::union_of(make_runs(kMaskShape, is_predicted_lung),
                                             make_ball(kMaskShape, {40, 40, 30}, 16))};
       }},
      {"tiny",
       [] {
         return Pair{lungs(), make_ball(kMaskShape, {150, 256, 150}, 4)};
       }},
      {"brain", [] {
         const RunMask brain = make_runs(kBrainShape, is_brain);
         return Pair{brain, moved(brain, kBrainSteps), kBrainSpacing};
       }}};
  return all;
}

const Pair& pair_of(const NamedPair& named) {
  static std::string held;
  static Pair pair;
  if (held != named.name) {
    pair = named.make();
    held = named.name;
  }
  return pair;
}

score::SurfaceSettings settings_of(SurfaceDefinition definition) {
  return {.definition = definition, .percentiles = {95}, .tolerances_mm = {1}};
}

// Both distance transforms of the joint box, every voxel of it.
void transform_once(const Pair& pair, SurfaceDefinition definition) {
  using namespace score::internal;
  const mask::Box box = joint_box(pair.truth, pair.prediction);
  for (const RunMask* mask : {&pair.truth, &pair.prediction}) {
    const SurfacePoints points =
        surface_points(crop_to_bits(*mask, box), pair.spacing_mm, definition);
    const Shape3& extents = points.points.extents();
    const RunMask everywhere{extents, {{0, core::voxel_count(extents)}}};
    const BitRows asked = crop_to_bits(everywhere, {{0, 0, 0}, extents});
    double sum = 0;
    transform_distances(points.points, asked, pair.spacing_mm,
                        [&](const TransformedLanes& lanes) { sum += lanes.squared_mm2[0]; });
    benchmark::DoNotOptimize(sum);
  }
}

void report(benchmark::State& state, const score::SurfaceScore& score) {
  state.counters["hausdorff_mm"] = score.hausdorff_mm;
  state.counters["hd95_mm"] = score.hausdorff_percentiles_mm[0];
  state.counters["assd_mm"] = score.symmetric_average_mm;
  state.counters["nsd"] = score.surface_dice[0];
  state.counters["points"] = score.truth_size + score.prediction_size;
}

void run_pair(benchmark::State& state, const NamedPair& named, SurfaceDefinition definition) {
  const Pair& pair = pair_of(named);
  std::optional<score::SurfaceScore> score;
  const double transform_s = fastest_s(2, [&] { transform_once(pair, definition); });
  const double best_s = measure(state, [&] {
    score =
        score::score_surface(pair.truth, pair.prediction, pair.spacing_mm, settings_of(definition));
  });
  state.counters["transform_ms"] = transform_s * 1e3;
  state.counters["of_transform"] = best_s / transform_s;
  report(state, *score);
}

// The atlas of the demo where it is installed, else cells of the same size.
core::Array<int32_t> make_regions() {
  const std::filesystem::path atlas = "/usr/share/mricron/templates/aal.nii.gz";
  if (std::filesystem::exists(atlas)) {
    return volume::to_labels(volume::read_volume(atlas), "atlas");
  }
  core::Array<int32_t> labels(kBrainShape);
  for (int64_t c = 0; c < kBrainShape[2]; ++c) {
    for (int64_t b = 0; b < kBrainShape[1]; ++b) {
      for (int64_t a = 0; a < kBrainShape[0]; ++a) {
        const int64_t cell = a / 33 + 6 * (b / 40) + 36 * (c / 46);
        labels(a, b, c) = static_cast<int32_t>(cell < 116 ? cell + 1 : 0);
      }
    }
  }
  return labels;
}

core::Array<int32_t> moved_labels(const core::Array<int32_t>& labels, int64_t step) {
  core::Array<int32_t> shifted(labels.shape(), labels.order(), 0);
  for (int64_t c = 0; c < labels.shape()[2]; ++c) {
    for (int64_t b = 0; b < labels.shape()[1]; ++b) {
      for (int64_t a = step; a < labels.shape()[0]; ++a) {
        shifted(a, b, c) = labels.view()(a - step, b, c);
      }
    }
  }
  return shifted;
}

void run_regions(benchmark::State& state, SurfaceDefinition definition) {
  const core::Array<int32_t> truth = make_regions();
  const core::Array<int32_t> prediction = moved_labels(truth, 1);
  const core::ThreadPool pool(2);
  std::vector<double> figures;
  measure_wall(state, [&] {
    std::array<std::vector<mask::LabelRuns>, 2> sides;
    pool.for_each(2, [&](int64_t side) {
      sides[side] = mask::encode_labels(side == 0 ? truth.view() : prediction.view());
    });
    figures.resize(sides[0].size());
    pool.for_each(static_cast<int64_t>(figures.size()), [&](int64_t i) {
      const auto score = score::score_surface(sides[0][i].mask, sides[1][i].mask, {1, 1, 1},
                                              settings_of(definition));
      figures[i] = *score::dice(score::count_overlap(sides[0][i].mask, sides[1][i].mask)) +
                   score->symmetric_average_mm;
    });
  });
  const auto classes = static_cast<double>(figures.size());
  state.counters["classes"] = classes;
  state.counters["mean_of_dice_and_assd"] =
      std::accumulate(figures.begin(), figures.end(), 0.0) / classes;
}

void add_all() {
  const std::vector<std::pair<std::string, SurfaceDefinition>> definitions = {
      {"voxel", SurfaceDefinition::kVoxel},
      {"element", SurfaceDefinition::kElement},
      {"boundary", SurfaceDefinition::kBoundary}};
  for (const NamedPair& named : pairs()) {
    for (const auto& [name, definition] : definitions) {
      add("surface/" + named.name + "/" + name,
          [&named, definition = definition](benchmark::State& state) {
            run_pair(state, named, definition);
          });
    }
  }
  for (const auto& [name, definition] : definitions) {
    add("surface/regions_2_threads/" + name,
        [definition = definition](benchmark::State& state) { run_regions(state, definition); });
  }
}

}  // namespace
}  // namespace volseg::benchmarks

int main(int argc, char** argv) {
  volseg::benchmarks::add_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
