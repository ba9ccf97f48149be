// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/plane_picture.h"

#include <algorithm>
#include <cmath>

namespace volseg::report::internal {

namespace {

constexpr int64_t kDashPixels = 4;
constexpr double kFillOpacity = 0.4;

// Places inside each pixel along one edge of a plane, as indices along the array axis.
class SampleIndices {
 public:
  template <typename IndexOf>
  SampleIndices(int64_t pixels, int64_t extent, const IndexOf& index_of)
      : count_((extent + pixels - 1) / pixels) {
    for (int64_t sample = 0; sample < pixels * count_; ++sample) {
      const double place = (static_cast<double>(sample) + 0.5) / static_cast<double>(count_);
      indices_.push_back(std::clamp(index_of(place), 0.0, static_cast<double>(extent - 1)));
    }
  }
  [[nodiscard]] int64_t count() const { return count_; }
  [[nodiscard]] double at(int64_t pixel, int64_t sample) const {
    return indices_[static_cast<size_t>(pixel * count_ + sample)];
  }

 private:
  int64_t count_;
  std::vector<double> indices_;
};

SampleIndices columns_of(const Plane& plane, const core::Shape3& shape) {
  return {plane.width, shape[plane.horizontal_axis],
          [&](double place) { return plane.column_index(place, shape); }};
}

SampleIndices rows_of(const Plane& plane, const core::Shape3& shape) {
  return {plane.height, shape[plane.vertical_axis],
          [&](double place) { return plane.row_index(place, shape); }};
}

// One plane of values, read with bilinear interpolation at (column, row).
struct PlaneValues {
  const float* origin;
  int64_t across;
  int64_t down;
  int64_t last_column;
  int64_t last_row;

  PlaneValues(core::ArrayView<const float> values, const Plane& plane, const core::Shape3& position)
      : origin(values.data + position[plane.fixed_axis] * values.strides[plane.fixed_axis]),
        across(values.strides[plane.horizontal_axis]),
        down(values.strides[plane.vertical_axis]),
        last_column(values.shape[plane.horizontal_axis] - 1),
        last_row(values.shape[plane.vertical_axis] - 1) {}

  [[nodiscard]] double at(double column, double row) const {
    const auto left = static_cast<int64_t>(column);
    const auto top = static_cast<int64_t>(row);
    const int64_t right = std::min(left + 1, last_column);
    const double share = column - static_cast<double>(left);
    const auto along = [&](int64_t number) {
      const float* line = origin + number * down;
      return std::lerp(static_cast<double>(line[left * across]),
                       static_cast<double>(line[right * across]), share);
    };
    return std::lerp(along(top), along(std::min(top + 1, last_row)),
                     row - static_cast<double>(top));
  }
};

template <typename Visit>
void for_samples(const SampleIndices& columns, const SampleIndices& rows, int64_t x, int64_t y,
                 const Visit& visit) {
  for (int64_t down = 0; down < rows.count(); ++down) {
    for (int64_t across = 0; across < columns.count(); ++across) {
      visit(columns.at(x, across), rows.at(y, down));
    }
  }
}

bool side_edge(const PixelMask& pixels, int64_t x, int64_t y, int64_t reach) {
  return !pixels.inside(x - reach, y) || !pixels.inside(x + reach, y);
}

bool level_edge(const PixelMask& pixels, int64_t x, int64_t y, int64_t reach) {
  return !pixels.inside(x, y - reach) || !pixels.inside(x, y + reach);
}

bool is_line(const PixelMask& pixels, int64_t x, int64_t y, const MaskStyle& style) {
  const bool side = side_edge(pixels, x, y, style.line_pixels);
  if (!side && !level_edge(pixels, x, y, style.line_pixels)) {
    return false;
  }
  return !style.dashed || (side ? y : x) / (kDashPixels * style.line_pixels) % 2 == 0;
}

// For each pixel how far the mask reaches to its nearer side along the row, or along the column;
// 0 outside the mask.
std::vector<int64_t> clearance(const PixelMask& pixels, bool along_row) {
  const int64_t lines = along_row ? pixels.height() : pixels.width();
  const int64_t length = along_row ? pixels.width() : pixels.height();
  std::vector<int64_t> reach(static_cast<size_t>(lines * length));
  for (int64_t line = 0; line < lines; ++line) {
    const auto inside = [&](int64_t at) {
      return along_row ? pixels.inside(at, line) : pixels.inside(line, at);
    };
    const auto place = [&](int64_t at) {
      return static_cast<size_t>(along_row ? line * length + at : at * lines + line);
    };
    int64_t run = 0;
    for (int64_t at = 0; at < length; ++at) {
      run = inside(at) ? run + 1 : 0;
      reach[place(at)] = run;
    }
    run = 0;
    for (int64_t at = length - 1; at >= 0; --at) {
      run = inside(at) ? run + 1 : 0;
      reach[place(at)] = std::min(reach[place(at)], run);
    }
  }
  return reach;
}

}  // namespace

Picture draw_gray_plane(core::ArrayView<const float> values, const Plane& plane,
                        const core::Shape3& position, const IntensityWindow& window) {
  Picture picture = blank_picture(plane.width, plane.height, kBackground);
  const PlaneValues plane_values(values, plane, position);
  const SampleIndices columns = columns_of(plane, values.shape);
  const SampleIndices rows = rows_of(plane, values.shape);
  const auto samples = static_cast<double>(columns.count() * rows.count());
  for (int64_t i = 0; i < plane.width * plane.height; ++i) {
    double sum = 0;
    for_samples(columns, rows, i % plane.width, i / plane.width,
                [&](double column, double row) { sum += plane_values.at(column, row); });
    const double share = (sum / samples - window[0]) / (window[1] - window[0]);
    const double gray = std::clamp(share, 0.0, 1.0) * 255;
    std::fill_n(picture.pixels.begin() + i * 3, 3, static_cast<uint8_t>(std::lround(gray)));
  }
  return picture;
}

PixelMask::PixelMask(const mask::RunMask& mask, const Plane& plane, const core::Shape3& position)
    : width_(plane.width),
      height_(plane.height),
      pixels_(static_cast<size_t>(plane.width * plane.height)) {
  mask::Box box{{0, 0, 0}, mask.shape};
  box.begin[plane.fixed_axis] = position[plane.fixed_axis];
  box.extents[plane.fixed_axis] = 1;
  core::Array<uint8_t> voxels(box.extents);
  mask::crop(mask, box, voxels.view());
  empty_ = std::all_of(voxels.data(), voxels.data() + voxels.size(),
                       [](uint8_t voxel) { return voxel == 0; });
  if (empty_) {
    return;
  }
  const SampleIndices columns = columns_of(plane, mask.shape);
  const SampleIndices rows = rows_of(plane, mask.shape);
  for (int64_t i = 0; i < width_ * height_; ++i) {
    uint8_t covered = 0;
    for_samples(columns, rows, i % width_, i / width_, [&](double column, double row) {
      core::Shape3 at{};
      at[plane.horizontal_axis] = std::llround(column);
      at[plane.vertical_axis] = std::llround(row);
      covered |= voxels(at[0], at[1], at[2]);
    });
    pixels_[static_cast<size_t>(i)] = covered;
  }
}

void draw_mask(Picture& picture, const PixelMask& pixels, const MaskStyle& style) {
  if (pixels.empty()) {
    return;
  }
  for (int64_t i = 0; i < pixels.width() * pixels.height(); ++i) {
    const int64_t x = i % pixels.width();
    const int64_t y = i / pixels.width();
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

std::optional<std::array<int64_t, 2>> place_of_text(const PixelMask& pixels, int64_t width,
                                                    int64_t height) {
  const std::vector<int64_t> across = clearance(pixels, true);
  const std::vector<int64_t> along = clearance(pixels, false);
  double most_room = 1;
  std::vector<int64_t> roomiest;
  for (int64_t i = 0; i < pixels.width() * pixels.height(); ++i) {
    const auto at = static_cast<size_t>(i);
    const double room = std::min(static_cast<double>(2 * across[at]) / static_cast<double>(width),
                                 static_cast<double>(2 * along[at]) / static_cast<double>(height));
    if (room > most_room) {
      most_room = room;
      roomiest.clear();
    }
    if (room == most_room) {
      roomiest.push_back(i);
    }
  }
  if (roomiest.empty()) {
    return std::nullopt;
  }
  const int64_t middle = roomiest[roomiest.size() / 2];
  return std::array{middle % pixels.width() - width / 2, middle / pixels.width() - height / 2};
}

}  // namespace volseg::report::internal
