// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/buffer.h"
#include "volseg/core/files.h"
#include "volseg/mask/run_mask.h"
#include "volseg/report/intensity_window.h"
#include "volseg/volume/volume.h"

namespace volseg::report {

/// An RGB picture, three bytes a pixel, rows from the top.
struct Picture {
  int64_t width = 0;
  int64_t height = 0;
  std::vector<uint8_t> pixels;
};

/// Masks drawn over an image, class i in the i-th colour of the palette where no colour is given.
struct Overlay {
  std::vector<mask::RunMask> masks;
  bool dashed = false;  ///< outline drawn as dashes, to tell a prediction from the truth
  bool filled = false;  ///< translucent fill as well as an outline
  std::optional<std::array<uint8_t, 3>> color{};  ///< one for all masks, such as white
};

struct SliceOptions {
  std::optional<core::Shape3> position{};   ///< voxel through which the planes go
  std::optional<IntensityWindow> window{};  ///< without one: default_window of the image
  int64_t channel = 0;                      ///< of the image
  int64_t panel_edge_pixels = 320;          ///< longest edge of one plane
  /// The number of each class, from 1, inside its masks where it fits.
  bool numbered = false;
  bool with_window = true;  ///< told below the planes; false where the image is only a ground
  std::string caption{};    ///< written below the planes
};

/// Colour of class `index` as RGB: distinct for the first 24, the first seven also for
/// colour-blind people.
[[nodiscard]] std::array<uint8_t, 3> class_color(int64_t index);

/// The voxel through the middle of a mask: the mask voxel nearest to its centroid; none when it is
/// empty.
[[nodiscard]] std::optional<core::Shape3> middle_of(const mask::RunMask& mask);

/// Three orthogonal planes side by side through one voxel, in true proportions by spacing, with
/// outlines, orientation letters where the orientation is known, and a strip below with a scale
/// bar, the window and the caption; no class legend.
/// @throws Error(kUsage) on a position, channel or panel edge out of range; Error(kShape) on a mask
/// of another shape
[[nodiscard]] Picture draw_planes(const volume::Volume& image, const std::vector<Overlay>& overlays,
                                  const SliceOptions& options);

/// One plane without a strip, in a square of the panel's edge and its letters: across the axis with
/// the largest spacing, else as the first of draw_planes. @throws as draw_planes
[[nodiscard]] Picture draw_thumbnail(const volume::Volume& image,
                                     const std::vector<Overlay>& overlays,
                                     const SliceOptions& options);

/// One line of a legend.
struct LegendEntry {
  std::string name;
  std::array<uint8_t, 3> color{};
};
/// Adds a legend in columns below a picture, broadened where a name needs it; names are cut at 40
/// letters.
[[nodiscard]] Picture with_legend(const Picture& picture, const std::vector<LegendEntry>& entries);

/// PNG bytes.
[[nodiscard]] core::Buffer encode_png(const Picture& picture);

}  // namespace volseg::report
