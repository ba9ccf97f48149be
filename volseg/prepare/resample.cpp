// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/prepare/internal/resample_window.h"

namespace volseg::prepare {
namespace {

struct Range {
  float lowest;
  float highest;
};

void require_shapes(const core::Shape3& from, const core::Shape3& to, int nearest_axis) {
  if (nearest_axis < -1 || nearest_axis > 2) {
    throw Error(ErrorKind::kUsage, "prepare.resample",
                "nearest_axis " + std::to_string(nearest_axis) + "; expected -1, 0, 1 or 2");
  }
  if (std::ranges::min(from) >= 1 && std::ranges::min(to) >= 1) {
    return;
  }
  throw Error(ErrorKind::kShape, "prepare.resample",
              "from " + core::to_string(from) + " to " + core::to_string(to) +
                  "; expected extents of at least 1");
}

Range range_of(core::ArrayView<const float> values) {
  Range range{values(0, 0, 0), values(0, 0, 0)};
  std::array<int, 3> axes{0, 1, 2};
  std::ranges::sort(axes, std::greater<>(),
                    [&](int axis) { return std::abs(values.strides[axis]); });
  const int64_t step = values.strides[axes[2]];
  for (int64_t i = 0; i < values.shape[axes[0]]; ++i) {
    for (int64_t j = 0; j < values.shape[axes[1]]; ++j) {
      const float* row = values.data + i * values.strides[axes[0]] + j * values.strides[axes[1]];
      for (int64_t k = 0; k < values.shape[axes[2]]; ++k) {
        range.lowest = std::min(range.lowest, row[k * step]);
        range.highest = std::max(range.highest, row[k * step]);
      }
    }
  }
  return range;
}

void clip(core::ArrayView<float> values, Range range) {
  for (int64_t i = 0; i < values.shape[0]; ++i) {
    for (int64_t j = 0; j < values.shape[1]; ++j) {
      float* row = &values(i, j, 0);
      for (int64_t k = 0; k < values.shape[2]; ++k) {
        float& value = row[k * values.strides[2]];
        value = std::clamp(value, range.lowest, range.highest);
      }
    }
  }
}

template <typename T>
core::ArrayView<T> slice_of(core::ArrayView<T> values, int axis, int64_t index) {
  core::Shape3 begin{};
  core::Shape3 extents = values.shape;
  begin[axis] = index;
  extents[axis] = 1;
  return values.box(begin, extents);
}

/// Keeps the spline within the values it came from: those of the slice with a nearest axis.
void clip_overshoot(core::ArrayView<const float> source, core::ArrayView<float> target,
                    int nearest_axis, const core::ThreadPool& pool) {
  if (nearest_axis < 0) {
    std::vector<Range> ranges(static_cast<size_t>(source.shape[0]));
    pool.for_each(source.shape[0],
                  [&](int64_t index) { ranges[index] = range_of(slice_of(source, 0, index)); });
    const Range whole{std::ranges::min_element(ranges, {}, &Range::lowest)->lowest,
                      std::ranges::max_element(ranges, {}, &Range::highest)->highest};
    pool.for_each(target.shape[0], [&](int64_t index) { clip(slice_of(target, 0, index), whole); });
    return;
  }
  const AxisWindow window{.source_size = source.shape[nearest_axis],
                          .target_size = target.shape[nearest_axis]};
  pool.for_each(target.shape[nearest_axis], [&](int64_t index) {
    const auto nearest = static_cast<int64_t>(std::floor(source_position(window, index) + 0.5));
    const int64_t origin = std::clamp<int64_t>(nearest, 0, window.source_size - 1);
    clip(slice_of(target, nearest_axis, index), range_of(slice_of(source, nearest_axis, origin)));
  });
}

}  // namespace

core::Array<float> resample(core::ArrayView<const float> values, const core::Shape3& shape,
                            Interpolation interpolation, int nearest_axis,
                            const core::ThreadPool* pool) {
  require_shapes(values.shape, shape, nearest_axis);
  const bool cubic = interpolation == Interpolation::kCubic;
  std::array<AxisWindow, 3> windows;
  std::array<Sampling, 3> samplings;
  for (int axis = 0; axis < 3; ++axis) {
    windows[axis] = {.source_size = values.shape[axis],
                     .target_size = shape[axis],
                     .source_begin = 0,
                     .source_count = values.shape[axis],
                     .target_begin = 0,
                     .target_count = shape[axis]};
    samplings[axis] = axis == nearest_axis ? Sampling::kNearest
                      : cubic              ? Sampling::kCubic
                                           : Sampling::kLinear;
  }
  core::Array<float> result = resample_window(values, windows, samplings, pool);
  if (!cubic || shape == values.shape) {
    return result;
  }
  if (pool != nullptr) {
    clip_overshoot(values, result.view(), nearest_axis, *pool);
  } else {
    clip_overshoot(values, result.view(), nearest_axis, core::ThreadPool(1));
  }
  return result;
}

}  // namespace volseg::prepare
