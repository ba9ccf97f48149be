// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_picture.h"

#include <algorithm>
#include <cmath>

namespace volseg::report::internal {

namespace {

constexpr double kLowFraction = 0.005;
constexpr double kHighFraction = 0.995;
constexpr int64_t kMostSamples = 1 << 20;
constexpr int64_t kDashPixels = 4;
constexpr double kFillOpacity = 0.35;

double percentile(std::vector<float>& values, double fraction) {
  const auto rank = static_cast<int64_t>(std::floor(fraction * static_cast<double>(values.size())));
  const auto at = values.begin() + std::min(rank, static_cast<int64_t>(values.size()) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Two neighbours along one axis and the share of the second.
struct Neighbours {
  int64_t low = 0;
  int64_t high = 0;
  double fraction = 0;

  Neighbours(double index, int64_t extent) {
    const double clamped = std::clamp(index, 0.0, static_cast<double>(extent - 1));
    low = static_cast<int64_t>(clamped);
    high = std::min(low + 1, extent - 1);
    fraction = clamped - static_cast<double>(low);
  }
};

// The mask's voxels at every pixel of a plane, nearest neighbour.
class PixelMask {
 public:
  PixelMask(const mask::RunMask& mask, const Plane& plane, const core::Shape3& position)
      : width_(plane.width),
        height_(plane.height),
        pixels_(static_cast<size_t>(plane.width * plane.height)) {
    mask::Box box{{0, 0, 0}, mask.shape};
    box.begin[plane.fixed_axis] = position[plane.fixed_axis];
    box.extents[plane.fixed_axis] = 1;
    core::Array<uint8_t> voxels(box.extents);
    mask::crop(mask, box, voxels.view());
    for (int64_t i = 0; i < width_ * height_; ++i) {
      core::Shape3 at{};
      at[plane.horizontal_axis] = std::llround(plane.column_index(i % width_, mask.shape));
      at[plane.vertical_axis] = std::llround(plane.row_index(i / width_, mask.shape));
      for (const size_t axis : {plane.horizontal_axis, plane.vertical_axis}) {
        at[axis] = std::clamp<int64_t>(at[axis], 0, mask.shape[axis] - 1);
      }
      pixels_[static_cast<size_t>(i)] = voxels(at[0], at[1], at[2]);
    }
  }

  [[nodiscard]] bool inside(int64_t x, int64_t y) const {
    return x >= 0 && y >= 0 && x < width_ && y < height_ &&
           pixels_[static_cast<size_t>(y * width_ + x)] != 0;
  }
  [[nodiscard]] bool side_edge(int64_t x, int64_t y, int64_t reach) const {
    return !inside(x - reach, y) || !inside(x + reach, y);
  }
  [[nodiscard]] bool level_edge(int64_t x, int64_t y, int64_t reach) const {
    return !inside(x, y - reach) || !inside(x, y + reach);
  }

 private:
  int64_t width_;
  int64_t height_;
  std::vector<uint8_t> pixels_;
};

bool is_line(const PixelMask& pixels, int64_t x, int64_t y, const MaskStyle& style) {
  const bool side = pixels.side_edge(x, y, style.line_pixels);
  if (!side && !pixels.level_edge(x, y, style.line_pixels)) {
    return false;
  }
  return !style.dashed || (side ? y : x) / (kDashPixels * style.line_pixels) % 2 == 0;
}

}  // namespace

std::array<double, 2> default_window(core::ArrayView<const float> values) {
  const int64_t step = values.size() / kMostSamples + 1;
  std::vector<float> samples;
  for (int64_t i = 0; i < values.size(); i += step) {
    if (values.data[i] != 0) {
      samples.push_back(values.data[i]);
    }
  }
  if (samples.empty()) {
    return {0, 1};
  }
  const double low = percentile(samples, kLowFraction);
  const double high = percentile(samples, kHighFraction);
  return {low, high > low ? high : low + 1};
}

Picture draw_gray_plane(core::ArrayView<const float> values, const Plane& plane,
                        const core::Shape3& position, const std::array<double, 2>& window) {
  Picture picture = blank_picture(plane.width, plane.height, kBackground);
  const int64_t across = values.strides[plane.horizontal_axis];
  const int64_t down = values.strides[plane.vertical_axis];
  const float* origin = values.data + position[plane.fixed_axis] * values.strides[plane.fixed_axis];
  for (int64_t i = 0; i < plane.width * plane.height; ++i) {
    const Neighbours column(plane.column_index(i % plane.width, values.shape),
                            values.shape[plane.horizontal_axis]);
    const Neighbours row(plane.row_index(i / plane.width, values.shape),
                         values.shape[plane.vertical_axis]);
    const auto along = [&](int64_t number) {
      const float* line = origin + number * down;
      return std::lerp(static_cast<double>(line[column.low * across]),
                       static_cast<double>(line[column.high * across]), column.fraction);
    };
    const double value = std::lerp(along(row.low), along(row.high), row.fraction);
    const double gray = std::clamp((value - window[0]) / (window[1] - window[0]), 0.0, 1.0) * 255;
    std::fill_n(picture.pixels.begin() + i * 3, 3, static_cast<uint8_t>(std::lround(gray)));
  }
  return picture;
}

void draw_mask(Picture& picture, const mask::RunMask& mask, const Plane& plane,
               const core::Shape3& position, const MaskStyle& style) {
  const PixelMask pixels(mask, plane, position);
  for (int64_t i = 0; i < plane.width * plane.height; ++i) {
    const int64_t x = i % plane.width;
    const int64_t y = i / plane.width;
    if (!pixels.inside(x, y)) {
      continue;
    }
    if (is_line(pixels, x, y, style)) {
      blend(picture, x, y, style.color);
    } else if (style.filled) {
      blend(picture, x, y, style.color, kFillOpacity);
    }
  }
}

}  // namespace volseg::report::internal
