// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/dicom_slice.h"

namespace volseg::volume::internal {

/// A DICOM file at hand: its elements and what they say of its image. Stays where it is, as its
/// parts look at each other.
class DicomFile {
 public:
  /// @throws as DicomElements
  DicomFile(core::Buffer bytes, std::string name)
      : name_(std::move(name)),
        owned_(std::move(bytes)),
        elements_(owned_.bytes(), name_),
        slice_(read_dicom_slice(elements_, name_)) {}
  /// Of bytes that outlive this object.
  DicomFile(std::span<const std::byte> bytes, std::string name)
      : name_(std::move(name)),
        elements_(bytes, name_),
        slice_(read_dicom_slice(elements_, name_)) {}
  DicomFile(const DicomFile&) = delete;
  DicomFile& operator=(const DicomFile&) = delete;
  ~DicomFile() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const DicomElements& elements() const { return elements_; }
  [[nodiscard]] const DicomSlice& slice() const { return slice_; }

 private:
  std::string name_;
  core::Buffer owned_;
  DicomElements elements_;
  DicomSlice slice_;
};

}  // namespace volseg::volume::internal
