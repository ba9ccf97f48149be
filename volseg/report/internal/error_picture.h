// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "volseg/report/internal/error_place.h"
#include "volseg/report/slices.h"
#include "volseg/score/comparison.h"

namespace volseg::report::internal {

/// Apart for colour-blind people; told in the page's legend.
inline constexpr std::array<uint8_t, 3> kTruePositiveColor{86, 180, 233};
inline constexpr std::array<uint8_t, 3> kFalsePositiveColor{240, 228, 66};
inline constexpr std::array<uint8_t, 3> kFalseNegativeColor{235, 95, 30};

/// A class of a case through its largest error.
struct ErrorPicture {
  std::string place;              ///< what the largest error is and where, for the caption
  Picture whole;                  ///< three planes of the whole volume
  std::optional<Picture> detail;  ///< the same planes around the error, where it is small
};

/// Voxels in both, in the prediction only and in the truth only, in their colours over the image's
/// first channel, or on a plain ground without one. Where nothing differs, through the middle of
/// the truth. @throws Error(kShape) when image and masks differ
[[nodiscard]] ErrorPicture draw_error(const score::ComparedCase& compared, size_t class_index,
                                      const std::optional<volume::Volume>& image);

/// The part of a volume around an error: three times its extent, at least a sixth of the longest
/// edge of the volume in mm, inside the volume. None where that is most of the volume.
[[nodiscard]] std::optional<mask::Box> detail_box(const mask::Box& error, const core::Shape3& shape,
                                                  const std::array<double, 3>& spacing_mm);

}  // namespace volseg::report::internal
