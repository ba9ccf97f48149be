// SPDX-License-Identifier: Apache-2.0
// Overlap, lesions, skeletons and bootstrap. Times are the fastest repeat, in this thread's time.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/measure.h"
#include "benchmarks/test_masks.h"
#include "benchmarks/test_pairs.h"
#include "volseg/core/random.h"
#include "volseg/mask/bit_mask.h"
#include "volseg/mask/set_algebra.h"
#include "volseg/score/lesions.h"
#include "volseg/score/overlap.h"
#include "volseg/score/statistics.h"
#include "volseg/score/topology.h"

namespace volseg::benchmarks {
namespace {

using core::CounterRandom;
using mask::RunMask;
using Dense = core::Array<uint8_t>;
using Point = std::array<double, 3>;

// Sets the voxels of a ball that lie in the volume.
void draw_ball(Dense& voxels, const Point& centre, double radius) {
  const core::Shape3& shape = voxels.shape();
  core::Shape3 low{};
  core::Shape3 high{};
  for (int axis = 0; axis < 3; ++axis) {
    low[axis] = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(centre[axis] - radius)));
    high[axis] = std::min(shape[axis] - 1, static_cast<int64_t>(centre[axis] + radius));
  }
  for (int64_t c = low[2]; c <= high[2]; ++c) {
    for (int64_t b = low[1]; b <= high[1]; ++b) {
      for (int64_t a = low[0]; a <= high[0]; ++a) {
        const Point offset = {static_cast<double>(a) - centre[0],
                              static_cast<double>(b) - centre[1],
                              static_cast<double>(c) - centre[2]};
        const double distance =
            offset[0] * offset[0] + offset[1] * offset[1] + offset[2] * offset[2];
        voxels(a, b, c) |= distance <= radius * radius ? 1 : 0;
      }
    }
  }
}

// A stem that forks again and again, thinner each time, as vessels in a lung.
void draw_branch(Dense& voxels, CounterRandom& random, Point place, Point step, double radius) {
  for (int64_t i = 0; i < static_cast<int64_t>(12 * radius); ++i) {
    draw_ball(voxels, place, radius);
    double length = 0;
    for (int axis = 0; axis < 3; ++axis) {
      step[axis] += 0.15 * random.normal();
      length += step[axis] * step[axis];
    }
    for (int axis = 0; axis < 3; ++axis) {
      step[axis] /= std::sqrt(length);
      place[axis] += step[axis];
    }
  }
  if (radius > 1.2) {
    for (int fork = 0; fork < 2; ++fork) {
      Point turned = step;
      for (double& along : turned) {
        along += 0.6 * random.normal();
      }
      draw_branch(voxels, random, place, turned, 0.8 * radius);
    }
  }
}

RunMask make_vessels(uint64_t seed) {
  Dense voxels(kMaskShape, core::Order::kFortran, uint8_t{0});
  CounterRandom random(seed, 0, 0);
  draw_branch(voxels, random, {150, 256, 5}, {0, 0, 1}, 10);
  draw_branch(voxels, random, {362, 256, 5}, {0, 0, 1}, 10);
  return mask::encode(std::as_const(voxels).view());
}

// Balls on a jittered grid; each is left out with chance `missing`.
RunMask make_lesions(uint64_t seed, double missing) {
  constexpr int64_t kGrid = 16;
  Dense voxels(kMaskShape, core::Order::kFortran, uint8_t{0});
  for (int64_t c = 0; c + kGrid <= kMaskShape[2]; c += kGrid) {
    for (int64_t b = 0; b + kGrid <= kMaskShape[1]; b += kGrid) {
      for (int64_t a = 0; a + kGrid <= kMaskShape[0]; a += kGrid) {
        const auto cell = static_cast<uint64_t>(a + kMaskShape[0] * (b + kMaskShape[1] * c));
        CounterRandom same(1, 0, cell);
        CounterRandom own(seed, 1, cell);
        const double radius = same.uniform(1, 6) + own.uniform(-0.5, 0.5);
        if (!own.chance(missing)) {
          draw_ball(voxels,
                    {static_cast<double>(a) + 8 + own.uniform(-1, 1),
                     static_cast<double>(b) + 8 + own.uniform(-1, 1), static_cast<double>(c) + 8},
                    radius);
        }
      }
    }
  }
  return mask::encode(std::as_const(voxels).view());
}

void dice_of_run_pairs(benchmark::State& state) {
  std::vector<std::pair<RunMask, RunMask>> pairs;
  for (uint64_t i = 0; i < kRunPairs; ++i) {
    pairs.emplace_back(draw_runs(2 * i), draw_runs(2 * i + 1));
  }
  double sum = 0;
  const double best_s = measure(state, [&] {
    sum = 0;
    for (const auto& [truth, prediction] : pairs) {
      sum += score::dice(score::count_overlap(truth, prediction)).value_or(0);
    }
    benchmark::DoNotOptimize(sum);
  });
  state.counters["mean_dice"] = sum / kRunPairs;
  state.counters["ns_a_run"] = best_s * 1e9 / static_cast<double>(2 * kRunPairs * kRunsEach);
}

void overlap_of_bits(benchmark::State& state) {
  const auto lungs = make_lungs(core::Order::kFortran);
  const mask::BitMask truth = mask::to_bits(mask::encode(lungs.view()));
  const mask::BitMask prediction = mask::to_bits(make_vessels(1));
  const double best_s =
      measure(state, [&] { benchmark::DoNotOptimize(score::count_overlap(truth, prediction)); });
  state.counters["dense_gb_a_s"] = 2e-9 * static_cast<double>(truth.voxels()) / best_s;
}

void lesions(benchmark::State& state, double threshold) {
  const RunMask truth = make_lesions(1, 0.1);
  const RunMask prediction = make_lesions(2, 0.2);
  score::LesionScore found;
  const double best_s = measure(state, [&] {
    found = score::score_lesions(truth, prediction, {.iou_threshold_fraction = threshold});
  });
  const auto runs = static_cast<double>(truth.runs.size() + prediction.runs.size());
  state.counters["lesions"] = static_cast<double>(found.truth.size() + found.prediction.size());
  state.counters["matches"] = static_cast<double>(found.matches.size());
  state.counters["ns_a_run"] = best_s * 1e9 / runs;
}

void skeleton(benchmark::State& state, const RunMask& mask, score::ThinningRule rule) {
  RunMask found;
  const double best_s = measure(state, [&] { found = score::skeletonize(mask, rule); });
  const auto voxels = static_cast<double>(mask::area(mask));
  state.counters["voxels"] = voxels;
  state.counters["skeleton_voxels"] = static_cast<double>(mask::area(found));
  state.counters["ns_a_voxel"] = best_s * 1e9 / voxels;
}

void bootstrap(benchmark::State& state) {
  constexpr size_t kLists = 100;
  constexpr size_t kCases = 100;
  std::vector<std::vector<double>> lists(kLists, std::vector<double>(kCases));
  CounterRandom random(3, 0, 0);
  for (std::vector<double>& list : lists) {
    for (double& value : list) {
      value = random.uniform();
    }
  }
  const double best_s =
      measure(state, [&] { benchmark::DoNotOptimize(score::bootstrap_means(lists)); });
  state.counters["ms_an_interval"] = best_s * 1e3 / kLists;
}

}  // namespace
}  // namespace volseg::benchmarks

int main(int argc, char** argv) {
  using namespace volseg::benchmarks;
  using volseg::score::ThinningRule;
  add("dice_of_1000_run_pairs", dice_of_run_pairs);
  add("overlap_of_bits/lungs", overlap_of_bits);
  add("lesions/threshold_0.5", [](benchmark::State& state) { lesions(state, 0.5); });
  add("lesions/threshold_0", [](benchmark::State& state) { lesions(state, 0); });
  add("skeleton/vessels",
      [](benchmark::State& state) { skeleton(state, make_vessels(1), ThinningRule::kExact); });
  add("skeleton/vessels_as_scikit_image", [](benchmark::State& state) {
    skeleton(state, make_vessels(1), ThinningRule::kScikitImage);
  });
  add("skeleton/lungs", [](benchmark::State& state) {
    const auto lungs = make_lungs(volseg::core::Order::kFortran);
    skeleton(state, volseg::mask::encode(lungs.view()), ThinningRule::kExact);
  });
  add("bootstrap/100_lists_of_100", bootstrap);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
