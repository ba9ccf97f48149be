// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/report/internal/canvas.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

/// The plane at `position` in grey, scaled bilinearly; a pixel that covers several voxels is their
/// mean.
[[nodiscard]] Picture draw_gray_plane(core::ArrayView<const float> values, const Plane& plane,
                                      const core::Shape3& position, const IntensityWindow& window);

/// How a mask is drawn.
struct MaskStyle {
  Color color{};
  bool dashed = false;
  bool filled = false;
  int64_t line_pixels = 1;
};

/// The pixels of a plane that a mask covers: by the voxel under a pixel's middle, or, where a pixel
/// covers several voxels, by any of them, so that thin structures stay visible.
class PixelMask {
 public:
  PixelMask(const mask::RunMask& mask, const Plane& plane, const core::Shape3& position);

  /// False outside the plane.
  [[nodiscard]] bool inside(int64_t x, int64_t y) const {
    return x >= 0 && y >= 0 && x < width_ && y < height_ &&
           pixels_[static_cast<size_t>(y * width_ + x)] != 0;
  }
  [[nodiscard]] int64_t width() const { return width_; }
  [[nodiscard]] int64_t height() const { return height_; }
  [[nodiscard]] bool empty() const { return empty_; }

 private:
  int64_t width_;
  int64_t height_;
  bool empty_ = true;
  std::vector<uint8_t> pixels_;
};

/// Draws a mask over a picture of its plane: an outline inside the mask's border, and a fill.
void draw_mask(Picture& picture, const PixelMask& pixels, const MaskStyle& style);

/// The upper left corner of a text of this size in the middle of the roomiest part of a mask; none
/// where the mask is narrower or lower than the text everywhere.
[[nodiscard]] std::optional<std::array<int64_t, 2>> place_of_text(const PixelMask& pixels,
                                                                  int64_t width, int64_t height);

}  // namespace volseg::report::internal
