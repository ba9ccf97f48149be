// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "volseg/volume/internal/dicom_elements.h"

namespace volseg::volume::internal {

/// Most frames of a file that does not describe each of them.
inline constexpr int64_t kMostPlainFrames = 65536;

/// The functional groups of one frame: what a file says of it, else of all of its frames.
class DicomFrameGroups {
 public:
  DicomFrameGroups(const DicomItem& frame, const DicomItem& shared)
      : frame_(frame), shared_(shared) {}

  /// The content of one group, such as DicomTag::kPlanePosition.
  [[nodiscard]] std::optional<DicomItem> find(DicomTag group) const;

 private:
  const DicomItem& frame_;
  const DicomItem& shared_;
};

/// @throws Error(kFormat) unless a file declares a frame
void check_frame_count(int64_t frames, std::string_view name);

/// Calls `visit` for each frame of a file, in order; frames without groups find nothing.
/// @param frames  number of frames that the file declares
/// @throws Error(kFormat) when another number of frames is described; Error(kLimit)
void for_each_frame(const DicomElements& elements, int64_t frames, std::string_view name,
                    const std::function<void(int64_t, const DicomFrameGroups&)>& visit);

}  // namespace volseg::volume::internal
