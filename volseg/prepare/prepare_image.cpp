// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/prepare_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/plan/nonzero_box.h"
#include "volseg/prepare/resample.h"

namespace volseg::prepare {
namespace {

using plan::NormalizationScheme;

constexpr double kAnisotropy = 3;
constexpr double kSmallestDeviation = 1e-8;

template <typename T>
std::array<T, 3> in_plan_order(const std::array<T, 3>& values, const std::array<int, 3>& order) {
  return {values[order[0]], values[order[1]], values[order[2]]};
}

/// The only coarsest axis of a spacing whose axes differ over threefold; none else.
std::optional<int> coarse_axis(const std::array<double, 3>& spacing_mm) {
  const double coarsest = std::ranges::max(spacing_mm);
  if (coarsest <= kAnisotropy * std::ranges::min(spacing_mm)) {
    return std::nullopt;
  }
  if (std::ranges::count(spacing_mm, coarsest) != 1) {
    return std::nullopt;
  }
  return static_cast<int>(std::ranges::find(spacing_mm, coarsest) - spacing_mm.begin());
}

bool is_anisotropic(const std::array<double, 3>& spacing_mm) {
  return std::ranges::max(spacing_mm) > kAnisotropy * std::ranges::min(spacing_mm);
}

int nearest_axis_of(const std::array<double, 3>& from_mm, const std::array<double, 3>& to_mm) {
  return coarse_axis(is_anisotropic(from_mm) ? from_mm : to_mm).value_or(-1);
}

/// Sums of `term` over the view, one for each plane of the slowest axis, added in plane order.
template <typename Term>
double sum_of(core::ArrayView<float> view, const core::ThreadPool& pool, Term term) {
  std::vector<double> sums(static_cast<size_t>(view.shape[0]));
  pool.for_each(view.shape[0], [&](int64_t plane) {
    double sum = 0;
    for (int64_t j = 0; j < view.shape[1]; ++j) {
      const float* row = &view(plane, j, 0);
      for (int64_t k = 0; k < view.shape[2]; ++k) {
        sum += term(row[k * view.strides[2]]);
      }
    }
    sums[plane] = sum;
  });
  double total = 0;
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

template <typename Change>
void change_each(core::ArrayView<float> view, const core::ThreadPool& pool, Change change) {
  pool.for_each(view.shape[0], [&](int64_t plane) {
    for (int64_t j = 0; j < view.shape[1]; ++j) {
      float* row = &view(plane, j, 0);
      for (int64_t k = 0; k < view.shape[2]; ++k) {
        float& value = row[k * view.strides[2]];
        value = change(value);
      }
    }
  });
}

/// The same voxels with the fastest axis last.
core::ArrayView<float> in_memory_order(core::ArrayView<float> view) {
  std::array<int, 3> axes{0, 1, 2};
  std::ranges::stable_sort(axes, std::greater<>(),
                           [&](int axis) { return std::abs(view.strides[axis]); });
  return {view.data, in_plan_order(view.shape, axes), in_plan_order(view.strides, axes)};
}

void apply_z_score(core::ArrayView<float> view, bool non_zero_only, const core::ThreadPool& pool) {
  const auto counts = [=](float value) { return !non_zero_only || value != 0; };
  const double count = sum_of(view, pool, [&](float value) { return counts(value) ? 1.0 : 0.0; });
  if (count == 0) {
    return;
  }
  const double mean =
      sum_of(view, pool, [&](float value) { return counts(value) ? value : 0.0; }) / count;
  const double squares = sum_of(view, pool, [&](float value) {
    return counts(value) ? (value - mean) * (value - mean) : 0.0;
  });
  const double deviation = std::max(std::sqrt(squares / count), kSmallestDeviation);
  change_each(view, pool, [&](float value) {
    return counts(value) ? static_cast<float>((value - mean) / deviation) : 0.0F;
  });
}

void apply_ct(core::ArrayView<float> view, const plan::IntensityStatistics& statistics,
              const core::ThreadPool& pool) {
  const double deviation = std::max(statistics.standard_deviation, kSmallestDeviation);
  const double lowest = statistics.percentile_00_5;
  const double highest = std::max(statistics.percentile_99_5, lowest);
  change_each(view, pool, [&](float value) {
    const double clipped = std::clamp(static_cast<double>(value), lowest, highest);
    return static_cast<float>((clipped - statistics.mean) / deviation);
  });
}

void normalize(core::ArrayView<float> view, const plan::Normalization& normalization,
               const core::ThreadPool& pool) {
  const core::ArrayView<float> ordered = in_memory_order(view);
  switch (normalization.scheme) {
    case NormalizationScheme::kCt:
      apply_ct(ordered, normalization.statistics, pool);
      return;
    case NormalizationScheme::kZScore:
      apply_z_score(ordered, false, pool);
      return;
    case NormalizationScheme::kZScoreNonZero:
      apply_z_score(ordered, true, pool);
      return;
    case NormalizationScheme::kNone:
      return;
  }
}

GridMapping mapping_of(const volume::Header& header, const mask::Box& crop,
                       const plan::Plan& plan) {
  GridMapping mapping{.image_shape = header.shape, .crop = crop, .axis_order = plan.axis_order};
  const auto spacing_mm = in_plan_order(header.geometry.spacing_mm, plan.axis_order);
  const core::Shape3 extents = in_plan_order(crop.extents, plan.axis_order);
  for (int axis = 0; axis < 3; ++axis) {
    const double extent =
        spacing_mm[axis] / plan.spacing_mm[axis] * static_cast<double>(extents[axis]);
    mapping.prepared_shape[axis] = std::max<int64_t>(1, std::llrint(std::min(1e12, extent)));
  }
  mapping.nearest_axis = nearest_axis_of(spacing_mm, plan.spacing_mm);
  return mapping;
}

void require_channels(const volume::Header& header, const plan::Plan& plan, std::string_view name) {
  const auto planned = static_cast<int64_t>(plan.normalization.size());
  if (header.channels == planned) {
    return;
  }
  throw Error(ErrorKind::kShape, "prepare.image",
              fmt::format("image \"{}\": {} channels; the plan expects {}", name, header.channels,
                          planned));
}

/// @throws Error(kLimit) for a spacing that would blow the grid up beyond reason
void require_size(const GridMapping& mapping, std::string_view name) {
  constexpr int64_t kMostExtent = 1 << 16;
  constexpr int64_t kMostVoxels = int64_t{1} << 34;
  const core::Shape3& shape = mapping.prepared_shape;
  if (std::ranges::max(shape) <= kMostExtent && core::voxel_count(shape) <= kMostVoxels) {
    return;
  }
  throw Error(ErrorKind::kLimit, "prepare.image",
              fmt::format("image \"{}\": its grid at the plan's spacing is {}; at most {} an axis "
                          "and {} voxels; check the image's spacing",
                          name, core::to_string(shape), kMostExtent, kMostVoxels));
}

}  // namespace

core::ArrayView<float> PreparedImage::channel(int64_t index) {
  const int64_t voxels = core::voxel_count(mapping.prepared_shape);
  return {reinterpret_cast<float*>(values.data()) + index * voxels, mapping.prepared_shape,
          core::dense_strides(mapping.prepared_shape, core::Order::kC)};
}

core::ArrayView<const float> PreparedImage::channel(int64_t index) const {
  const int64_t voxels = core::voxel_count(mapping.prepared_shape);
  return {reinterpret_cast<const float*>(values.data()) + index * voxels, mapping.prepared_shape,
          core::dense_strides(mapping.prepared_shape, core::Order::kC)};
}

PreparedImage prepare_image(const volume::Volume& image, const plan::Plan& plan,
                            std::string_view name, const core::ThreadPool* pool) {
  require_channels(image.header, plan, name);
  std::optional<core::ThreadPool> own;
  if (pool == nullptr) {
    pool = &own.emplace(1);
  }
  std::vector<core::Array<float>> channels;
  for (int64_t index = 0; index < image.header.channels; ++index) {
    channels.push_back(volume::to_float(image, index));
  }
  PreparedImage prepared;
  prepared.channels = image.header.channels;
  prepared.mapping = mapping_of(image.header, plan::nonzero_box(channels), plan);
  const GridMapping& mapping = prepared.mapping;
  require_size(mapping, name);
  const int64_t voxels = core::voxel_count(mapping.prepared_shape);
  prepared.values = core::Buffer(prepared.channels * voxels * static_cast<int64_t>(sizeof(float)));
  for (int64_t index = 0; index < prepared.channels; ++index) {
    const auto crop = channels[index].view().box(mapping.crop.begin, mapping.crop.extents);
    const core::ArrayView<float> view{crop.data, in_plan_order(crop.shape, mapping.axis_order),
                                      in_plan_order(crop.strides, mapping.axis_order)};
    normalize(view, plan.normalization[index], *pool);
    const core::Array<float> resampled =
        resample(view, mapping.prepared_shape, Interpolation::kCubic, mapping.nearest_axis, pool);
    std::copy_n(resampled.data(), voxels, prepared.channel(index).data);
    channels[index] = {};
  }
  return prepared;
}

}  // namespace volseg::prepare
