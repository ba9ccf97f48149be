// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_layout.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace volseg::report::internal {

namespace {

constexpr double kLeaningCosine = 0.3826834323650898;  // of 67.5 degrees to the other axis

// World axes in NIfTI's order: 0 to the right (R), 1 to the front (A), 2 to the head (S).
constexpr std::array<char, 3> kPositive{'R', 'A', 'S'};
constexpr std::array<char, 3> kNegative{'L', 'P', 'I'};

struct PlaneView {
  size_t fixed;
  size_t horizontal;
  size_t vertical;
};
constexpr std::array<PlaneView, 3> kViews{{{2, 0, 1}, {1, 0, 2}, {0, 1, 2}}};

// The array axis that runs along each world axis, each used once, and its sign.
struct AxisMatch {
  std::array<size_t, 3> array_axis{0, 1, 2};
  std::array<bool, 3> positive{true, true, true};
};

AxisMatch match_axes(const std::array<double, 9>& direction) {
  AxisMatch best;
  double best_sum = -1;
  std::array<size_t, 3> order{0, 1, 2};
  do {
    double sum = 0;
    for (size_t world = 0; world < 3; ++world) {
      sum += std::abs(direction[world * 3 + order[world]]);
    }
    if (sum > best_sum) {
      best_sum = sum;
      best.array_axis = order;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  for (size_t world = 0; world < 3; ++world) {
    best.positive[world] = direction[world * 3 + best.array_axis[world]] >= 0;
  }
  return best;
}

std::array<double, 3> extents_mm(const volume::Header& header) {
  std::array<double, 3> extents{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const double spacing = header.geometry.spacing_mm[axis];
    const bool usable = std::isfinite(spacing) && spacing > 0;
    extents[axis] = static_cast<double>(header.shape[axis]) * (usable ? spacing : 1);
  }
  return extents;
}

double index_at(double place, int64_t pixels, int64_t extent, bool flip) {
  const double index = place * static_cast<double>(extent) / static_cast<double>(pixels) - 0.5;
  return flip ? static_cast<double>(extent - 1) - index : index;
}

// The world direction in which the index along an array axis grows, or falls.
std::array<double, 3> axis_direction(const std::array<double, 9>& direction, size_t axis,
                                     bool growing) {
  const double sign = growing ? 1 : -1;
  return {sign * direction[axis], sign * direction[3 + axis], sign * direction[6 + axis]};
}

void set_letters(Plane& plane, const std::array<double, 9>& direction) {
  const auto toward = [&](size_t axis, bool growing) {
    return letters_of(axis_direction(direction, axis, growing));
  };
  plane.left = toward(plane.horizontal_axis, plane.flip_horizontal);
  plane.right = toward(plane.horizontal_axis, !plane.flip_horizontal);
  plane.top = toward(plane.vertical_axis, plane.flip_vertical);
  plane.bottom = toward(plane.vertical_axis, !plane.flip_vertical);
}

}  // namespace

double Plane::column_index(double x, const core::Shape3& shape) const {
  return index_at(x, width, shape[horizontal_axis], flip_horizontal);
}

double Plane::row_index(double y, const core::Shape3& shape) const {
  return index_at(y, height, shape[vertical_axis], flip_vertical);
}

bool orientation_known(const volume::Geometry& geometry) {
  const bool neither_form =
      geometry.nifti && geometry.nifti->qform_code == 0 && geometry.nifti->sform_code == 0;
  return geometry.known && !neither_form;
}

std::string letters_of(const std::array<double, 3>& direction) {
  const double length = std::hypot(direction[0], direction[1], direction[2]);
  if (!(length > 0) || !std::isfinite(length)) {
    return "";
  }
  std::array<size_t, 3> order{0, 1, 2};
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](size_t axis) { return std::abs(direction[axis]); });
  std::string letters;
  for (const size_t axis : order) {
    if (letters.empty() || std::abs(direction[axis]) > kLeaningCosine * length) {
      letters += direction[axis] > 0 ? kPositive[axis] : kNegative[axis];
    }
  }
  return letters;
}

PlaneLayout lay_out_planes(const volume::Header& header, int64_t panel_edge_pixels) {
  const bool known = header.geometry.known;
  const AxisMatch match = known ? match_axes(header.geometry.direction) : AxisMatch{};
  const std::array<double, 3> extents = extents_mm(header);
  PlaneLayout layout;
  layout.pixels_per_mm =
      static_cast<double>(panel_edge_pixels) / *std::max_element(extents.begin(), extents.end());
  const auto pixels = [&](size_t axis) {
    return std::max<int64_t>(1, std::llround(extents[axis] * layout.pixels_per_mm));
  };
  for (size_t i = 0; i < 3; ++i) {
    const PlaneView& view = kViews[i];
    Plane& plane = layout.planes[i];
    plane.fixed_axis = match.array_axis[view.fixed];
    plane.horizontal_axis = match.array_axis[view.horizontal];
    plane.vertical_axis = match.array_axis[view.vertical];
    plane.width = pixels(plane.horizontal_axis);
    plane.height = pixels(plane.vertical_axis);
    if (known) {
      plane.flip_horizontal = match.positive[view.horizontal];
      plane.flip_vertical = match.positive[view.vertical];
    }
    if (orientation_known(header.geometry)) {
      set_letters(plane, header.geometry.direction);
    }
  }
  return layout;
}

Plane lay_out_finest_plane(const volume::Header& header, int64_t panel_edge_pixels) {
  const PlaneLayout layout = lay_out_planes(header, panel_edge_pixels);
  const std::array<double, 3> extents = extents_mm(header);
  const auto spacing_mm = [&](const Plane& plane) {
    return extents[plane.fixed_axis] / static_cast<double>(header.shape[plane.fixed_axis]);
  };
  Plane finest = layout.planes[0];
  for (const Plane& plane : layout.planes) {
    constexpr double kClearlyLarger = 1.01;
    if (spacing_mm(plane) > kClearlyLarger * spacing_mm(finest)) {
      finest = plane;
    }
  }
  const double across = extents[finest.horizontal_axis];
  const double down = extents[finest.vertical_axis];
  const double pixels_per_mm = static_cast<double>(panel_edge_pixels) / std::max(across, down);
  finest.width = std::max<int64_t>(1, std::llround(across * pixels_per_mm));
  finest.height = std::max<int64_t>(1, std::llround(down * pixels_per_mm));
  return finest;
}

}  // namespace volseg::report::internal
