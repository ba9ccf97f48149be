// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/prepare/internal/resample_window.h"
#include "volseg/prepare/prepare_image.h"

namespace volseg::prepare {
namespace {

constexpr float kInside = 0.5F;
constexpr int64_t kMargin = 2;

/// The part of the crop that a class touches, in array axes of the image; extents 0 without one.
mask::Box touched_box(const mask::RunMask& mask, const mask::Box& crop) {
  mask::Box box = mask::bounding_box(mask);
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t crop_end = crop.begin[axis] + crop.extents[axis];
    const int64_t begin = std::max(box.begin[axis] - kMargin, crop.begin[axis]);
    const int64_t end = std::min(box.begin[axis] + box.extents[axis] + kMargin, crop_end);
    if (box.extents[axis] == 0 || end <= begin) {
      return {};
    }
    box.begin[axis] = begin;
    box.extents[axis] = end - begin;
  }
  return box;
}

std::array<AxisWindow, 3> windows_of(const mask::Box& box, const GridMapping& mapping) {
  std::array<AxisWindow, 3> windows;
  for (int axis = 0; axis < 3; ++axis) {
    const int array_axis = mapping.axis_order[axis];
    AxisWindow& window = windows[axis];
    window.source_size = mapping.crop.extents[array_axis];
    window.target_size = mapping.prepared_shape[axis];
    window.source_begin = box.begin[array_axis] - mapping.crop.begin[array_axis];
    window.source_count = box.extents[array_axis];
    const auto [first, last] = target_range(window.source_size, window.target_size,
                                            window.source_begin, window.source_count);
    window.target_begin = first;
    window.target_count = last - first;
  }
  return windows;
}

/// 0 and 1 for the voxels of a box, in array axes.
core::Array<float> as_float(const mask::RunMask& mask, const mask::Box& box) {
  core::Array<uint8_t> bytes(box.extents, core::Order::kFortran);
  mask::crop(mask, box, bytes.view());
  core::Array<float> values(box.extents, core::Order::kFortran);
  std::copy_n(bytes.data(), bytes.size(), values.data());
  return values;
}

void append_run(std::vector<mask::Run>& runs, int64_t start, int64_t length) {
  if (!runs.empty() && runs.back().start + runs.back().length == start) {
    runs.back().length += length;
  } else {
    runs.push_back({start, length});
  }
}

/// Adds the runs of the values of at least one half in row (b, c), which starts at voxel `start`.
void append_row(const core::Array<float>& values, int64_t b, int64_t c, int64_t start,
                std::vector<mask::Run>& runs) {
  for (int64_t a = 0; a < values.shape()[0]; ++a) {
    if (values(a, b, c) >= kInside) {
      append_run(runs, start + a, 1);
    }
  }
}

/// Runs over the whole prepared grid of the window's values of at least one half.
mask::RunMask runs_of(const core::Array<float>& values, const std::array<AxisWindow, 3>& windows,
                      const core::Shape3& shape) {
  mask::RunMask mask{shape, {}};
  const core::Shape3& extents = values.shape();
  for (int64_t c = 0; c < extents[2]; ++c) {
    for (int64_t b = 0; b < extents[1]; ++b) {
      const int64_t row =
          windows[0].target_begin +
          shape[0] * (windows[1].target_begin + b + shape[1] * (windows[2].target_begin + c));
      append_row(values, b, c, row, mask.runs);
    }
  }
  return mask;
}

mask::RunMask prepare_mask(const mask::RunMask& mask, const GridMapping& mapping) {
  const mask::Box box = touched_box(mask, mapping.crop);
  if (box.extents[0] == 0) {
    return {mapping.prepared_shape, {}};
  }
  const std::array<AxisWindow, 3> windows = windows_of(box, mapping);
  for (const AxisWindow& window : windows) {
    if (window.target_count == 0) {
      return {mapping.prepared_shape, {}};
    }
  }
  const core::Array<float> values = as_float(mask, box);
  const core::Shape3& strides = values.view().strides;
  const std::array<int, 3>& order = mapping.axis_order;
  const core::ArrayView<const float> view{
      values.data(),
      {box.extents[order[0]], box.extents[order[1]], box.extents[order[2]]},
      {strides[order[0]], strides[order[1]], strides[order[2]]}};
  std::array<Sampling, 3> samplings{Sampling::kLinear, Sampling::kLinear, Sampling::kLinear};
  if (mapping.nearest_axis >= 0) {
    samplings[mapping.nearest_axis] = Sampling::kNearest;
  }
  return runs_of(resample_window(view, windows, samplings, nullptr), windows,
                 mapping.prepared_shape);
}

/// The part of `mask` that is not taken yet; all of it is taken afterwards.
mask::RunMask take_free(const mask::RunMask& mask, std::vector<bool>& taken) {
  mask::RunMask free{mask.shape, {}};
  for (const mask::Run& run : mask.runs) {
    for (int64_t voxel = run.start; voxel < run.start + run.length; ++voxel) {
      if (!taken[voxel]) {
        append_run(free.runs, voxel, 1);
      }
      taken[voxel] = true;
    }
  }
  return free;
}

}  // namespace

std::vector<mask::RunMask> prepare_masks(const std::vector<mask::RunMask>& masks,
                                         const GridMapping& mapping, plan::OutputKind output,
                                         const core::ThreadPool* pool) {
  for (const mask::RunMask& mask : masks) {
    if (mask.shape == mapping.image_shape) {
      continue;
    }
    throw Error(ErrorKind::kShape, "prepare.masks",
                fmt::format("a mask has shape {}; its image has {}", core::to_string(mask.shape),
                            core::to_string(mapping.image_shape)));
  }
  std::vector<mask::RunMask> prepared(masks.size());
  std::optional<core::ThreadPool> own;
  if (pool == nullptr) {
    pool = &own.emplace(1);
  }
  pool->for_each(std::ssize(masks),
                 [&](int64_t index) { prepared[index] = prepare_mask(masks[index], mapping); });
  if (output == plan::OutputKind::kSigmoid) {
    return prepared;
  }
  std::vector<bool> taken(static_cast<size_t>(core::voxel_count(mapping.prepared_shape)));
  for (mask::RunMask& mask : std::ranges::reverse_view(prepared)) {
    mask = take_free(mask, taken);
  }
  return prepared;
}

}  // namespace volseg::prepare
