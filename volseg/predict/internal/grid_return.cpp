// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/internal/grid_return.h"

#include <algorithm>
#include <cmath>

namespace volseg::predict::internal {

namespace {

// The view of the crop whose axes are the plan's.
template <typename T>
core::ArrayView<T> in_plan_axes(core::ArrayView<T> image, const prepare::GridMapping& mapping) {
  const core::ArrayView<T> box = image.box(mapping.crop.begin, mapping.crop.extents);
  core::ArrayView<T> result = box;
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto from = static_cast<size_t>(mapping.axis_order[axis]);
    result.shape[axis] = box.shape[from];
    result.strides[axis] = box.strides[from];
  }
  return result;
}

void mix(const float* first, const float* second, float fraction, int64_t count, float* result) {
  for (int64_t i = 0; i < count; ++i) {
    result[i] = first[i] + fraction * (second[i] - first[i]);
  }
}

}  // namespace

GridReturn::GridReturn(const prepare::GridMapping& mapping, plan::OutputKind output,
                       int64_t channels, core::Order order, const core::ThreadPool& pool)
    : mapping_(mapping), output_(output), channels_(channels), pool_(pool) {
  for (size_t axis = 0; axis < 3; ++axis) {
    returned_[axis] = mapping.crop.extents[static_cast<size_t>(mapping.axis_order[axis])];
    taps_[axis] = taps(mapping.prepared_shape[axis], returned_[axis],
                       static_cast<int>(axis) == mapping.nearest_axis);
  }
  if (output_ == plan::OutputKind::kSoftmax) {
    labels_ = core::Array<int32_t>(mapping.image_shape, order, 0);
  } else {
    for (int64_t i = 0; i < channels_; ++i) {
      classes_.emplace_back(mapping.image_shape, order, uint8_t{0});
    }
  }
}

std::vector<GridReturn::Tap> GridReturn::taps(int64_t from, int64_t to, bool nearest) {
  std::vector<Tap> result;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  for (int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale - 0.5;
    const double inside = std::clamp(centre, 0.0, static_cast<double>(from - 1));
    const auto first = static_cast<int64_t>(nearest ? std::floor(inside + 0.5) : inside);
    if (nearest) {
      result.push_back({first, first, 0.0F});
      continue;
    }
    result.push_back({first, std::min(first + 1, from - 1),
                      static_cast<float>(inside - static_cast<double>(first))});
  }
  return result;
}

void GridReturn::consume(const network::LogitSlab& slab) {
  while (next_row_ < returned_[0] && taps_[0][static_cast<size_t>(next_row_)].second < slab.end) {
    return_row(next_row_, slab);
    ++next_row_;
  }
  const int64_t row_values = mapping_.prepared_shape[1] * mapping_.prepared_shape[2] * channels_;
  const float* last = slab.values + (slab.end - slab.begin - 1) * row_values;
  tail_.assign(last, last + row_values);
}

const float* GridReturn::prepared_row(int64_t row, const network::LogitSlab& slab) const {
  const int64_t row_values = mapping_.prepared_shape[1] * mapping_.prepared_shape[2] * channels_;
  return row >= slab.begin ? slab.values + (row - slab.begin) * row_values : tail_.data();
}

void GridReturn::return_row(int64_t row, const network::LogitSlab& slab) {
  const Tap& tap = taps_[0][static_cast<size_t>(row)];
  const float* first = prepared_row(tap.first, slab);
  const float* second = prepared_row(tap.second, slab);
  pool_.for_each(returned_[1], [&](int64_t line) { return_line(row, line, first, second); });
}

void GridReturn::return_line(int64_t row, int64_t line, const float* first, const float* second) {
  const int64_t count = mapping_.prepared_shape[2] * channels_;
  const Tap& tap = taps_[1][static_cast<size_t>(line)];
  const float fraction = taps_[0][static_cast<size_t>(row)].fraction;
  std::vector<float> near(static_cast<size_t>(count));
  std::vector<float> far(static_cast<size_t>(count));
  mix(first + tap.first * count, second + tap.first * count, fraction, count, near.data());
  mix(first + tap.second * count, second + tap.second * count, fraction, count, far.data());
  mix(near.data(), far.data(), tap.fraction, count, near.data());
  decide(row, line, near);
}

void GridReturn::decide(int64_t row, int64_t line, const std::vector<float>& values) {
  std::vector<float> logits(static_cast<size_t>(channels_));
  const bool softmax = output_ == plan::OutputKind::kSoftmax;
  for (int64_t i = 0; i < returned_[2]; ++i) {
    const Tap& tap = taps_[2][static_cast<size_t>(i)];
    mix(values.data() + tap.first * channels_, values.data() + tap.second * channels_, tap.fraction,
        channels_, logits.data());
    if (softmax) {
      const auto largest = std::max_element(logits.begin(), logits.end()) - logits.begin();
      in_plan_axes(labels_.view(), mapping_)(row, line, i) = static_cast<int32_t>(largest);
      continue;
    }
    for (size_t c = 0; c < logits.size(); ++c) {
      in_plan_axes(classes_[c].view(), mapping_)(row, line, i) = logits[c] > 0 ? 1 : 0;
    }
  }
}

}  // namespace volseg::predict::internal
