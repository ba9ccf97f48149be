// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// The geometry that orientation fields describe: the sform when its code is above 0, else the
/// qform, else spacing alone, which is known only when no pixdim was repaired. Lengths become
/// millimetres.
/// @param notes  receives a sentence for each oddity
[[nodiscard]] Geometry geometry_of(NiftiForms forms, std::vector<std::string>& notes);

/// Orientation fields to write: the ones that were read when they still describe `geometry`, else
/// new ones in millimetres.
[[nodiscard]] NiftiForms forms_of(const Geometry& geometry);

}  // namespace volseg::volume::internal
