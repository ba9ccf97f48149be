// SPDX-License-Identifier: Apache-2.0
// Cubic B-spline interpolation as a recursive filter and four taps, axis by axis.
// Source: Unser, Aldroubi and Eden 1993, "B-spline signal processing: part II". Linear in voxels.
#include "volseg/prepare/internal/resample_window.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

namespace volseg::prepare {
namespace {

// Lines are filtered side by side: 16 floats are one cache line of the source.
constexpr int64_t kLanes = 16;
constexpr float kPole = -0.26794919243112270647F;
constexpr float kGain = 6;
constexpr int64_t kTasksARange = 4;

/// Lines along `axis`, taken in blocks of kLanes neighbours on `lane_axis`.
struct Pass {
  core::ArrayView<const float> source;
  core::ArrayView<float> target;
  int axis;
  int lane_axis;
  int outer_axis;
  AxisMap map;
  bool cubic;

  [[nodiscard]] int64_t blocks() const { return (source.shape[lane_axis] + kLanes - 1) / kLanes; }
};

/// Memory of one thread: a padded block of lines and its result.
struct Workspace {
  explicit Workspace(const Pass& pass)
      : line(static_cast<size_t>((pass.source.shape[pass.axis] + 2 * kPadding) * kLanes)),
        result(static_cast<size_t>(pass.target.shape[pass.axis] * kLanes)) {}
  std::vector<float> line;
  std::vector<float> result;
};

/// Copies between rows of kLanes floats and lines of an array, in the array's own memory order.
template <typename Copy>
void for_each_element(int64_t count, int64_t lanes, int64_t step, int64_t lane_step, Copy copy) {
  const bool lanes_inside = std::abs(lane_step) < std::abs(step);
  const int64_t outer = lanes_inside ? count : lanes;
  const int64_t inner = lanes_inside ? lanes : count;
  for (int64_t i = 0; i < outer; ++i) {
    for (int64_t j = 0; j < inner; ++j) {
      lanes_inside ? copy(i, j) : copy(j, i);
    }
  }
}

void load(const Pass& pass, const float* source, int64_t lanes, float* line) {
  const int64_t count = pass.source.shape[pass.axis];
  const int64_t step = pass.source.strides[pass.axis];
  const int64_t lane_step = pass.source.strides[pass.lane_axis];
  float* inside = line + kPadding * kLanes;
  for_each_element(count, lanes, step, lane_step, [&](int64_t index, int64_t lane) {
    inside[index * kLanes + lane] = source[index * step + lane * lane_step];
  });
  for (int64_t pad = 0; pad < kPadding; ++pad) {
    std::copy_n(inside, kLanes, line + pad * kLanes);
    std::copy_n(inside + (count - 1) * kLanes, kLanes, inside + (count + pad) * kLanes);
  }
}

void store(const Pass& pass, const float* result, int64_t lanes, float* target) {
  const int64_t count = pass.target.shape[pass.axis];
  const int64_t step = pass.target.strides[pass.axis];
  const int64_t lane_step = pass.target.strides[pass.lane_axis];
  for_each_element(count, lanes, step, lane_step, [&](int64_t index, int64_t lane) {
    target[index * step + lane * lane_step] = result[index * kLanes + lane];
  });
}

/// Samples to B-spline coefficients of the line whose edge values go on for ever.
void filter(int64_t rows, float* line) {
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    line[lane] *= kGain / (1 - kPole);
  }
  for (int64_t row = 1; row < rows; ++row) {
    float* here = line + row * kLanes;
    const float* before = here - kLanes;
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      here[lane] = kGain * here[lane] + kPole * before[lane];
    }
  }
}

void filter_back(int64_t rows, const float* last_sample, float* line) {
  float* last = line + (rows - 1) * kLanes;
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    const float settled = kGain * last_sample[lane] / (1 - kPole);
    last[lane] = -kPole * (settled / (1 - kPole) + (last[lane] - settled) / (1 - kPole * kPole));
  }
  for (int64_t row = rows - 2; row >= 0; --row) {
    float* here = line + row * kLanes;
    const float* after = here + kLanes;
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      here[lane] = kPole * (after[lane] - here[lane]);
    }
  }
}

template <int kTaps>
void interpolate(const AxisMap& map, const float* line, float* result) {
  for (size_t target = 0; target < map.first.size(); ++target) {
    const float* taps = line + map.first[target] * kLanes;
    const std::array<float, 4> weights = map.weights[target];
    float* out = result + static_cast<int64_t>(target) * kLanes;
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      float sum = weights[0] * taps[lane];
      for (int tap = 1; tap < kTaps; ++tap) {
        sum += weights[tap] * taps[tap * kLanes + lane];
      }
      out[lane] = sum;
    }
  }
}

void run_block(const Pass& pass, int64_t task, Workspace& workspace) {
  const int64_t outer = task / pass.blocks();
  const int64_t lane = task % pass.blocks() * kLanes;
  const int64_t lanes = std::min(kLanes, pass.source.shape[pass.lane_axis] - lane);
  core::Shape3 start{};
  start[pass.outer_axis] = outer;
  start[pass.lane_axis] = lane;
  float* line = workspace.line.data();
  float* result = workspace.result.data();
  load(pass, &pass.source(start[0], start[1], start[2]), lanes, line);
  if (pass.cubic) {
    const int64_t rows = pass.source.shape[pass.axis] + 2 * kPadding;
    std::array<float, kLanes> last_sample;
    std::copy_n(line + (rows - 1) * kLanes, kLanes, last_sample.begin());
    filter(rows, line);
    filter_back(rows, last_sample.data(), line);
  }
  switch (pass.map.taps) {
    case 1:
      interpolate<1>(pass.map, line, result);
      break;
    case 2:
      interpolate<2>(pass.map, line, result);
      break;
    default:
      interpolate<4>(pass.map, line, result);
  }
  store(pass, result, lanes, &pass.target(start[0], start[1], start[2]));
}

core::Array<float> run_pass(core::ArrayView<const float> source, int axis, AxisMap map, bool cubic,
                            const core::ThreadPool* pool) {
  core::Shape3 shape = source.shape;
  shape[axis] = static_cast<int64_t>(map.first.size());
  core::Array<float> target(shape, core::Order::kC);
  int lane_axis = axis == 2 ? 1 : 2;
  int outer_axis = 3 - axis - lane_axis;
  if (std::abs(source.strides[outer_axis]) < std::abs(source.strides[lane_axis])) {
    std::swap(lane_axis, outer_axis);
  }
  const Pass pass{source, target.view(), axis, lane_axis, outer_axis, std::move(map), cubic};
  const auto work = [&](int64_t begin, int64_t end) {
    Workspace workspace(pass);
    for (int64_t task = begin; task < end; ++task) {
      run_block(pass, task, workspace);
    }
  };
  const int64_t tasks = source.shape[outer_axis] * pass.blocks();
  if (pool == nullptr) {
    work(0, tasks);
  } else {
    pool->for_ranges(tasks, kTasksARange, work);
  }
  return target;
}

bool keeps(const AxisWindow& window) {
  return window.source_size == window.target_size && window.source_begin == window.target_begin &&
         window.source_count == window.target_count;
}

/// Axes that change, the one that shrinks most first, so that later passes see the fewest voxels.
std::vector<int> axes_to_change(const std::array<AxisWindow, 3>& windows) {
  std::vector<int> axes;
  for (int axis = 0; axis < 3; ++axis) {
    if (!keeps(windows[axis])) {
      axes.push_back(axis);
    }
  }
  const auto growth = [&](int axis) {
    return static_cast<double>(windows[axis].target_count) /
           static_cast<double>(windows[axis].source_count);
  };
  std::ranges::stable_sort(axes, {}, growth);
  return axes;
}

}  // namespace

core::Array<float> resample_window(core::ArrayView<const float> values,
                                   const std::array<AxisWindow, 3>& windows,
                                   const std::array<Sampling, 3>& samplings,
                                   const core::ThreadPool* pool) {
  const std::vector<int> axes = axes_to_change(windows);
  if (axes.empty()) {
    return run_pass(values, 2, axis_map(windows[2], Sampling::kNearest), false, pool);
  }
  core::Array<float> result;
  core::ArrayView<const float> source = values;
  for (const int axis : axes) {
    core::Array<float> next = run_pass(source, axis, axis_map(windows[axis], samplings[axis]),
                                       samplings[axis] == Sampling::kCubic, pool);
    result = std::move(next);
    source = std::as_const(result).view();
  }
  return result;
}

}  // namespace volseg::prepare
