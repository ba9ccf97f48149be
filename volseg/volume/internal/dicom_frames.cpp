// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_frames.h"

#include <string>

#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

std::optional<DicomItem> DicomFrameGroups::find(DicomTag group) const {
  std::optional<DicomItem> own = frame_.first_item(group);
  return own ? own : shared_.first_item(group);
}

void check_frame_count(int64_t frames, std::string_view name) {
  if (frames < 1) {
    refuse(ErrorKind::kFormat, name,
           "the DICOM file declares " + std::to_string(frames) + " frames; expected 1 or more");
  }
}

void for_each_frame(const DicomElements& elements, int64_t frames, std::string_view name,
                    const std::function<void(int64_t, const DicomFrameGroups&)>& visit) {
  check_frame_count(frames, name);
  const DicomItem shared = elements.first_item(DicomTag::kSharedGroups).value_or(DicomItem());
  int64_t described = 0;
  elements.for_each_item(DicomTag::kFrameGroups, [&](const DicomItem& frame) {
    if (described < frames) {
      visit(described, DicomFrameGroups(frame, shared));
    }
    ++described;
  });
  if (described > 0 && described != frames) {
    refuse(ErrorKind::kFormat, name,
           "the DICOM file declares " + std::to_string(frames) + " frames and describes " +
               std::to_string(described));
  }
  if (described == 0 && frames > kMostPlainFrames) {
    refuse(ErrorKind::kLimit, name,
           "the DICOM file declares " + std::to_string(frames) +
               " frames and describes none of them; volseg reads up to " +
               std::to_string(kMostPlainFrames) + " such frames");
  }
  for (int64_t index = described; index < frames; ++index) {
    const DicomItem nothing;
    visit(index, DicomFrameGroups(nothing, shared));
  }
}

}  // namespace volseg::volume::internal
