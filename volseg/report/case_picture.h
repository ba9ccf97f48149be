// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"
#include "volseg/report/slices.h"

namespace volseg::report {

/// One image with a mask for each class; without masks the list is empty.
struct LabelledImage {
  std::string name;
  volume::Volume image;
  std::vector<mask::RunMask> masks;
};

/// The image and the masks of a row. @throws as Dataset::load_volume and load_masks
[[nodiscard]] LabelledImage load_labelled_image(const dataset::Dataset& dataset,
                                                const dataset::Row& row);

struct CasePictureOptions {
  /// Class whose middle the planes go through: without one, or where the case lacks it, the largest
  /// of the case, else the middle of the image.
  std::optional<size_t> class_index{};
  bool only_class = false;  ///< draw the masks of `class_index` only
  bool filled = false;      ///< translucent fill as well as outlines
  /// Class numbers in the masks and in the legend; without a choice where more than eight classes
  /// are seen, which no palette keeps apart for everybody.
  std::optional<bool> numbered{};
  std::optional<core::Shape3> position{};   ///< instead of the middle of a class
  std::optional<IntensityWindow> window{};  ///< as SliceOptions
  int64_t channel = 0;
  int64_t panel_edge_pixels = 400;
};

/// Three planes of a case with outlines and a legend of the classes that they show.
/// @throws Error as draw_planes
[[nodiscard]] Picture draw_case(const LabelledImage& shown,
                                const std::vector<std::string>& class_names,
                                const CasePictureOptions& options);

/// One thumbnail for each row with its name, in lines, and a legend of the classes that are seen. A
/// case without `class_index` says so. Reads each case once, one in memory per thread.
/// @param rows  at most kMostThumbnails, of this dataset
/// @throws Error(kUsage) on other numbers of rows, or thumbnails of more than kMostSheetPixels in
/// all; Error as draw_planes
[[nodiscard]] Picture draw_contact_sheet(const dataset::Dataset& dataset,
                                         const std::vector<const dataset::Row*>& rows,
                                         const CasePictureOptions& options,
                                         const core::WorkOptions& work);
inline constexpr size_t kMostThumbnails = 300;
inline constexpr int64_t kMostSheetPixels = 30'000'000;  ///< of all thumbnails

}  // namespace volseg::report
