// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/patch_reader.h"

#include <algorithm>
#include <array>
#include <limits>

#include "volseg/core/error.h"
#include "volseg/sample/internal/label_region.h"

namespace volseg::sample::internal {

namespace {

// The two case voxels around each position along one axis; a voxel outside has weight 0.
struct AxisCorners {
  std::vector<int32_t> low;
  std::vector<int32_t> high;
  std::vector<float> low_weight;
  std::vector<float> high_weight;

  explicit AxisCorners(size_t count)
      : low(count), high(count), low_weight(count), high_weight(count) {}

  void find(const std::vector<float>& positions, int64_t extent) {
    const auto count = static_cast<int32_t>(extent);
    const auto limit = static_cast<float>(count);
    for (size_t i = 0; i < positions.size(); ++i) {
      const float position = std::min(std::max(positions[i], -1.0F), limit);
      const int32_t floor = static_cast<int32_t>(position + 1.0F) - 1;
      const float fraction = position - static_cast<float>(floor);
      low[i] = std::min(std::max(floor, 0), count - 1);
      high[i] = std::min(floor + 1, count - 1);
      low_weight[i] = floor >= 0 && floor < count ? 1.0F - fraction : 0.0F;
      high_weight[i] = floor + 1 < count ? fraction : 0.0F;
    }
  }
};

using Corners = std::array<AxisCorners, 3>;

void interpolate_row(const core::ArrayView<const float>& image, const Corners& corners,
                     float* row) {
  const auto& [first, second, third] = corners;
  for (size_t i = 0; i < third.low.size(); ++i) {
    const float* low_plane = image.data + first.low[i] * image.strides[0];
    const float* high_plane = image.data + first.high[i] * image.strides[0];
    const int64_t low_row = second.low[i] * image.strides[1];
    const int64_t high_row = second.high[i] * image.strides[1];
    const int32_t low = third.low[i];
    const int32_t high = third.high[i];
    const auto along = [&](const float* values) {
      return third.low_weight[i] * values[low] + third.high_weight[i] * values[high];
    };
    const auto across = [&](const float* plane) {
      return second.low_weight[i] * along(plane + low_row) +
             second.high_weight[i] * along(plane + high_row);
    };
    row[i] = first.low_weight[i] * across(low_plane) + first.high_weight[i] * across(high_plane);
  }
}

// Offsets of the nearest voxels in a Fortran-order map of `box`; -1 outside of it.
void find_nearest(const RowPositions& positions, const mask::Box& box, int32_t* offsets) {
  std::array<float, 3> origin{};
  std::array<float, 3> limit{};
  for (size_t axis = 0; axis < 3; ++axis) {
    // Half a voxel to round and one more so that truncation rounds down from -1 on.
    origin[axis] = 1.5F - static_cast<float>(box.begin[axis]);
    limit[axis] = static_cast<float>(box.extents[axis] + 1);
  }
  const auto extent_0 = static_cast<int32_t>(box.extents[0]);
  const auto extent_1 = static_cast<int32_t>(box.extents[1]);
  const auto index = [&](size_t axis, size_t i) {
    const float moved = positions[axis][i] + origin[axis];
    return static_cast<int32_t>(std::min(std::max(moved, 0.0F), limit[axis])) - 1;
  };
  for (size_t i = 0; i < positions[0].size(); ++i) {
    const int32_t a = index(0, i);
    const int32_t b = index(1, i);
    const int32_t c = index(2, i);
    const bool inside = a >= 0 && b >= 0 && c >= 0 && a < extent_0 && b < extent_1 &&
                        c < static_cast<int32_t>(box.extents[2]);
    offsets[i] = inside ? a + extent_0 * (b + extent_1 * c) : -1;
  }
}

// Interpolates every channel and notes the nearest voxel of each patch voxel.
void interpolate_images(const prepare::PreparedImage& image, const PatchMapping& mapping,
                        const mask::Box& box, float* images, int32_t* nearest) {
  const core::Shape3& patch = mapping.patch_shape();
  const int64_t patch_voxels = core::voxel_count(patch);
  const auto length = static_cast<size_t>(patch[2]);
  ElasticWalk walk(mapping.change().elastic);
  RowPositions positions;
  Corners corners{AxisCorners(length), AxisCorners(length), AxisCorners(length)};
  for (int64_t row = 0; row < patch[0] * patch[1]; ++row) {
    mapping.row(row / patch[1], row % patch[1], walk, positions);
    for (size_t axis = 0; axis < 3; ++axis) {
      corners[axis].find(positions[axis], image.mapping.prepared_shape[axis]);
    }
    for (int64_t channel = 0; channel < image.channels; ++channel) {
      interpolate_row(image.channel(channel), corners,
                      images + channel * patch_voxels + row * patch[2]);
    }
    find_nearest(positions, box, nearest + row * patch[2]);
  }
}

// One row of a patch copied from row voxels [begin, begin + length) of the case, 0 outside.
void copy_row(const float* source, int64_t extent, int64_t begin, int64_t length, bool backwards,
              float* row) {
  const int64_t first = std::clamp<int64_t>(-begin, 0, length);
  const int64_t last = std::clamp<int64_t>(extent - begin, first, length);
  if (source == nullptr || first == last) {
    std::fill_n(row, length, 0.0F);
    return;
  }
  std::fill_n(row, backwards ? length - last : first, 0.0F);
  if (backwards) {
    std::reverse_copy(source + begin + first, source + begin + last, row + length - last);
    std::fill_n(row + length - first, first, 0.0F);
  } else {
    std::copy(source + begin + first, source + begin + last, row + first);
    std::fill_n(row + last, length - last, 0.0F);
  }
}

void copy_images(const prepare::PreparedImage& image, const PatchMapping& mapping, float* images) {
  const core::Shape3& patch = mapping.patch_shape();
  const core::Shape3& begin = mapping.begin();
  const std::array<bool, 3>& mirrored = mapping.change().mirrored;
  const core::Shape3& shape = image.mapping.prepared_shape;
  const int64_t rows = patch[0] * patch[1];
  for (int64_t number = 0; number < image.channels * rows; ++number) {
    const core::ArrayView<const float> channel = image.channel(number / rows);
    const int64_t row = number % rows;
    const int64_t row_a = row / patch[1];
    const int64_t row_b = row % patch[1];
    const int64_t a = begin[0] + (mirrored[0] ? patch[0] - 1 - row_a : row_a);
    const int64_t b = begin[1] + (mirrored[1] ? patch[1] - 1 - row_b : row_b);
    const bool inside = a >= 0 && a < shape[0] && b >= 0 && b < shape[1];
    copy_row(inside ? &channel(a, b, 0) : nullptr, shape[2], begin[2], patch[2], mirrored[2],
             images + number * patch[2]);
  }
}

// A patch in which mirrored axes run backwards, so that plain writing mirrors.
core::ArrayView<uint8_t> mirrored_view(uint8_t* values, const core::Shape3& patch,
                                       const std::array<bool, 3>& mirrored) {
  core::ArrayView<uint8_t> view{values, patch, core::dense_strides(patch, core::Order::kC)};
  for (size_t axis = 0; axis < 3; ++axis) {
    if (mirrored[axis]) {
      view.data += (patch[axis] - 1) * view.strides[axis];
      view.strides[axis] = -view.strides[axis];
    }
  }
  return view;
}

// Paints the classes of one label channel into `voxels`, which holds zeros; false when it stays
// empty.
bool paint_channel(const CaseLabels& labels, size_t channel, const mask::Box& box,
                   core::ArrayView<uint8_t> voxels) {
  const bool softmax = labels.output == plan::OutputKind::kSoftmax;
  const size_t first = softmax ? 0 : channel;
  const size_t last = softmax ? labels.masks.size() : channel + 1;
  bool painted = false;
  for (size_t i = first; i < last; ++i) {
    if (intersects(labels.bounds[i], box)) {
      paint_box(labels.masks[i], box, static_cast<uint8_t>(softmax ? i + 1 : 1), voxels);
      painted = true;
    }
  }
  return painted;
}

size_t label_channels(const CaseLabels& labels) {
  return labels.output == plan::OutputKind::kSoftmax ? 1 : labels.masks.size();
}

void copy_labels(const CaseLabels& labels, const PatchMapping& mapping, uint8_t* values) {
  const core::Shape3& patch = mapping.patch_shape();
  const int64_t patch_voxels = core::voxel_count(patch);
  const mask::Box box{mapping.begin(), patch};
  for (size_t channel = 0; channel < label_channels(labels); ++channel) {
    uint8_t* first = values + static_cast<int64_t>(channel) * patch_voxels;
    std::fill_n(first, patch_voxels, uint8_t{0});
    paint_channel(labels, channel, box, mirrored_view(first, patch, mapping.change().mirrored));
  }
}

void gather_labels(const CaseLabels& labels, const mask::Box& box, const int32_t* nearest,
                   int64_t patch_voxels, uint8_t* values) {
  core::Array<uint8_t> region(box.extents, core::Order::kFortran);
  bool dirty = true;
  for (size_t channel = 0; channel < label_channels(labels); ++channel) {
    uint8_t* first = values + static_cast<int64_t>(channel) * patch_voxels;
    if (dirty) {
      std::fill_n(region.data(), region.size(), uint8_t{0});
    }
    dirty = paint_channel(labels, channel, box, region.view());
    if (!dirty) {
      std::fill_n(first, patch_voxels, uint8_t{0});
      continue;
    }
    const uint8_t* map = region.data();
    for (int64_t i = 0; i < patch_voxels; ++i) {
      first[i] = nearest[i] < 0 ? uint8_t{0} : map[nearest[i]];
    }
  }
}

}  // namespace

void read_patch(const prepare::PreparedImage& image, const CaseLabels& labels,
                const PatchMapping& mapping, float* images, uint8_t* label_values) {
  if (!mapping.change().interpolates) {
    copy_images(image, mapping, images);
    copy_labels(labels, mapping, label_values);
    return;
  }
  const mask::Box box = clip(mapping.source_box(), image.mapping.prepared_shape);
  if (core::voxel_count(box.extents) > std::numeric_limits<int32_t>::max()) {
    throw Error(ErrorKind::kLimit, "sample.draw",
                "patch of " + core::to_string(mapping.patch_shape()) + ": it covers a box of " +
                    core::to_string(box.extents) +
                    " voxels; expected below 2^31; use a smaller patch");
  }
  const int64_t patch_voxels = core::voxel_count(mapping.patch_shape());
  core::Buffer nearest(patch_voxels * static_cast<int64_t>(sizeof(int32_t)));
  auto* offsets = reinterpret_cast<int32_t*>(nearest.data());
  interpolate_images(image, mapping, box, images, offsets);
  gather_labels(labels, box, offsets, patch_voxels, label_values);
}

}  // namespace volseg::sample::internal
