// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "volseg/volume/volume.h"

namespace volseg::volume::internal {

/// Pixels per unit of length, as the tags of a TIFF page give them; 0 where they lack.
struct TiffResolution {
  double x = 0;
  double y = 0;
};

/// What the description text of the first page says about the stack.
struct StackDescription {
  Geometry geometry;   ///< known when the text gives spacings in a unit of length
  int64_t images = 0;  ///< 0: not said
  int64_t channels = 1;
  int64_t times = 1;
};

/// Reads the description that ImageJ writes, or OME-XML. Resolution tags alone are not believed:
/// most writers fill in a printer's dots per inch.
[[nodiscard]] StackDescription describe_stack(std::string_view text,
                                              const TiffResolution& resolution);

/// A description as ImageJ writes it, with the spacing of slices in millimetres.
[[nodiscard]] std::string stack_description(const Header& header);

}  // namespace volseg::volume::internal
