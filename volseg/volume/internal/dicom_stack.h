// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/volume/internal/dicom_slice.h"

namespace volseg::volume::internal {

/// Slices of one series in their order along the normal, and the grid that they make.
struct DicomStack {
  std::vector<DicomSlice> slices;
  Geometry geometry;
  std::vector<std::string> notes;  ///< missing, repeated and unevenly spaced slices, tilt
};

/// Orders the slices of one series, which have one size and orientation, by position along the
/// normal; without positions by instance number. Of slices at one position the first is kept.
/// @throws Error(kUnsupported) when every position occurs several times
[[nodiscard]] DicomStack stack_slices(std::vector<DicomSlice> slices);

}  // namespace volseg::volume::internal
