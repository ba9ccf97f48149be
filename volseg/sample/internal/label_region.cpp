// SPDX-License-Identifier: Apache-2.0
#include "volseg/sample/internal/label_region.h"

#include <algorithm>
#include <vector>

namespace volseg::sample::internal {

namespace {

// Paints the part of one run that lies in one row of axis 0; `begin` counts from the row's first
// voxel.
struct RowPainter {
  const mask::Box& box;
  const core::ArrayView<uint8_t>& voxels;
  uint8_t value;

  void paint(int64_t begin, int64_t end, int64_t b, int64_t c) const {
    const int64_t row_b = b - box.begin[1];
    const int64_t row_c = c - box.begin[2];
    if (row_b < 0 || row_b >= box.extents[1] || row_c < 0 || row_c >= box.extents[2]) {
      return;
    }
    const int64_t first = std::max<int64_t>(begin - box.begin[0], 0);
    const int64_t last = std::min(end - box.begin[0], box.extents[0]);
    uint8_t* row = voxels.data + row_b * voxels.strides[1] + row_c * voxels.strides[2];
    for (int64_t a = first; a < last; ++a) {
      row[a * voxels.strides[0]] = value;
    }
  }
};

}  // namespace

mask::Box clip(const mask::Box& box, const core::Shape3& shape) {
  mask::Box clipped;
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t begin = std::max<int64_t>(box.begin[axis], 0);
    const int64_t end = std::min(box.begin[axis] + box.extents[axis], shape[axis]);
    if (end <= begin) {
      return {};
    }
    clipped.begin[axis] = begin;
    clipped.extents[axis] = end - begin;
  }
  return clipped;
}

bool intersects(const mask::Box& first, const mask::Box& second) {
  for (size_t axis = 0; axis < 3; ++axis) {
    const int64_t begin = std::max(first.begin[axis], second.begin[axis]);
    const int64_t end = std::min(first.begin[axis] + first.extents[axis],
                                 second.begin[axis] + second.extents[axis]);
    if (end <= begin) {
      return false;
    }
  }
  return true;
}

void paint_box(const mask::RunMask& mask, const mask::Box& box, uint8_t value,
               core::ArrayView<uint8_t> voxels) {
  const mask::Box inside = clip(box, mask.shape);
  if (inside.extents[0] == 0) {
    return;
  }
  const int64_t rows = mask.shape[1];
  const int64_t length = mask.shape[0];
  const int64_t first_voxel = (inside.begin[2] * rows + inside.begin[1]) * length;
  const int64_t last_row =
      (inside.begin[2] + inside.extents[2] - 1) * rows + inside.begin[1] + inside.extents[1] - 1;
  const int64_t end_voxel = (last_row + 1) * length;
  const RowPainter painter{box, voxels, value};
  auto run = std::partition_point(mask.runs.begin(), mask.runs.end(), [&](const mask::Run& each) {
    return each.start + each.length <= first_voxel;
  });
  for (; run != mask.runs.end() && run->start < end_voxel; ++run) {
    int64_t row = std::max(run->start, first_voxel) / length;
    int64_t begin = std::max(run->start, first_voxel) - row * length;
    int64_t left = std::min(run->start + run->length, end_voxel) - (row * length + begin);
    while (left > 0) {
      const int64_t end = std::min(begin + left, length);
      painter.paint(begin, end, row % rows, row / rows);
      left -= end - begin;
      begin = 0;
      ++row;
    }
  }
}

}  // namespace volseg::sample::internal
