// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_segments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "volseg/dataset/internal/pack_resample.h"
#include "volseg/mask/set_algebra.h"

namespace volseg::dataset::internal {

namespace {

using volume::Header;
using volume::SegmentSlab;

mask::RunMask runs_of(const SegmentSlab& slab, const Header& image) {
  mask::RunMask mask{image.shape, {}};
  if (slab.voxels.size() == 0) {
    return mask;
  }
  mask.runs = mask::encode<uint8_t>(slab.voxels.view()).runs;
  const int64_t before = image.shape[0] * image.shape[1] * slab.first_slice;
  for (mask::Run& run : mask.runs) {
    run.start += before;
  }
  return mask;
}

ClassRuns resampled_runs(const SegmentSlab& slab, const Header& grid, const Header& image) {
  ClassRuns result{.class_name = {}, .mask = {image.shape, {}}};
  if (slab.voxels.size() == 0) {
    return result;
  }
  core::Array<int32_t> labels(slab.voxels.shape());
  std::copy_n(slab.voxels.data(), slab.voxels.size(), labels.data());
  volume::Geometry from = grid.geometry;
  const double shift_mm = from.spacing_mm[2] * static_cast<double>(slab.first_slice);
  for (size_t row = 0; row < 3; ++row) {
    from.origin_mm[row] += shift_mm * from.direction[row * 3 + 2];
  }
  const core::Array<int32_t> resampled =
      resample_nearest(std::as_const(labels).view(), from, image.shape, image.geometry);
  result.mask = mask::encode<int32_t>(resampled.view());
  for (const auto& [label, reach] :
       reach_of(std::as_const(labels).view(), from, resampled.view(), image.geometry)) {
    result.reach += reach;
  }
  return result;
}

std::vector<ClassRuns> by_class(const volume::Segmentation& segmentation,
                                const std::function<ClassRuns(size_t)>& runs_of_segment) {
  std::vector<ClassRuns> classes;
  for (size_t index = 0; index < segmentation.segments().size(); ++index) {
    const volume::Segment& segment = segmentation.segments()[index];
    ClassRuns runs = runs_of_segment(index);
    const auto same = std::ranges::find(classes, segment.label, &ClassRuns::class_name);
    if (same == classes.end()) {
      classes.push_back({segment.label, segment.number, std::move(runs.mask), runs.reach});
    } else {
      same->mask = mask::union_of(same->mask, runs.mask);
      same->reach += runs.reach;
    }
  }
  return classes;
}

}  // namespace

std::vector<ClassRuns> masks_on(const volume::Segmentation& segmentation, const Header& image) {
  return by_class(segmentation, [&](size_t segment) {
    return ClassRuns{.class_name = {},
                     .mask = runs_of(segmentation.mask_on(image, segment), image)};
  });
}

std::vector<ClassRuns> masks_resampled(const volume::Segmentation& segmentation,
                                       const Header& image) {
  const Header& grid = segmentation.grid();
  return by_class(segmentation, [&](size_t segment) {
    return resampled_runs(segmentation.mask_on(grid, segment), grid, image);
  });
}

std::optional<std::string> shared_labels(const volume::Segmentation& segmentation) {
  std::map<std::string, std::vector<int64_t>> numbers_of_label;
  for (const volume::Segment& segment : segmentation.segments()) {
    numbers_of_label[segment.label].push_back(segment.number);
  }
  std::vector<std::string> shared;
  for (const auto& [label, numbers] : numbers_of_label) {
    if (numbers.size() > 1) {
      shared.push_back(fmt::format("{} of \"{}\"", fmt::join(numbers, ", "), label));
    }
  }
  if (shared.empty()) {
    return std::nullopt;
  }
  return fmt::format("segments {} become one class each", fmt::join(shared, "; "));
}

}  // namespace volseg::dataset::internal
