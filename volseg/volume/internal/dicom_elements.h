// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"
#include "volseg/volume/internal/dicom_walk.h"

namespace volseg::volume::internal {

/// Group and element of a DICOM attribute in one number.
enum class DicomTag : uint32_t {
  kTransferSyntax = 0x0002'0010,
  kCharacterSet = 0x0008'0005,
  kSopClass = 0x0008'0016,
  kInstanceUid = 0x0008'0018,
  kModality = 0x0008'0060,
  kSeriesDescription = 0x0008'103E,
  kReferencedSeries = 0x0008'1115,
  kReferencedInstanceUid = 0x0008'1155,
  kReferencedFrame = 0x0008'1160,
  kSourceImage = 0x0008'2112,
  kDerivationImage = 0x0008'9124,
  kSliceThickness = 0x0018'0050,
  kSliceSpacing = 0x0018'0088,
  kSeriesUid = 0x0020'000E,
  kSeriesNumber = 0x0020'0011,
  kInstanceNumber = 0x0020'0013,
  kPosition = 0x0020'0032,
  kOrientation = 0x0020'0037,
  kPlanePosition = 0x0020'9113,
  kPlaneOrientation = 0x0020'9116,
  kSamplesPerPixel = 0x0028'0002,
  kPhotometric = 0x0028'0004,
  kFrames = 0x0028'0008,
  kRows = 0x0028'0010,
  kColumns = 0x0028'0011,
  kPixelSpacing = 0x0028'0030,
  kBitsAllocated = 0x0028'0100,
  kBitsStored = 0x0028'0101,
  kHighBit = 0x0028'0102,
  kPixelRepresentation = 0x0028'0103,
  kIntercept = 0x0028'1052,
  kSlope = 0x0028'1053,
  kPixelMeasures = 0x0028'9110,
  kValueTransformation = 0x0028'9145,
  kSegmentationType = 0x0062'0001,
  kSegments = 0x0062'0002,
  kSegmentNumber = 0x0062'0004,
  kSegmentLabel = 0x0062'0005,
  kSegmentIdentification = 0x0062'000A,
  kReferencedSegment = 0x0062'000B,
  kMostFractionalValue = 0x0062'000E,
  kFrameOffsets = 0x3004'000C,
  kDoseScaling = 0x3004'000E,
  kSharedGroups = 0x5200'9229,
  kFrameGroups = 0x5200'9230,
  kExtendedOffsets = 0x7FE0'0001,
  kPixelData = 0x7FE0'0010
};

/// True for a file with DICOM's preamble and signature.
[[nodiscard]] bool is_dicom(std::span<const std::byte> bytes);

/// The elements of one level: those of a file, or of an item of a sequence in it.
class DicomItem {
 public:
  DicomItem() = default;

  [[nodiscard]] bool has(DicomTag tag) const { return find(tag) != nullptr; }
  /// Text without padding; empty when the element is absent.
  [[nodiscard]] std::string text(DicomTag tag) const;
  /// An unsigned number of two bytes.
  [[nodiscard]] std::optional<int64_t> word(DicomTag tag) const;
  /// The decimal numbers of a text; nothing unless there are exactly `count`. May hold NaN.
  [[nodiscard]] std::optional<std::vector<double>> numbers(DicomTag tag, size_t count) const;
  /// All of them.
  [[nodiscard]] std::vector<double> numbers(DicomTag tag) const;
  /// The value as it lies in the file; empty when the element is absent.
  [[nodiscard]] std::span<const std::byte> bytes(DicomTag tag) const;

  /// Calls `visit` with each item of a sequence, in order; not at all when it is absent. An item is
  /// read when it is visited, so that memory does not grow with their number.
  /// @throws Error(kFormat) on damage
  void for_each_item(DicomTag sequence, const std::function<void(const DicomItem&)>& visit) const;
  /// The first item of a sequence; nothing when there is none.
  [[nodiscard]] std::optional<DicomItem> first_item(DicomTag sequence) const;

 protected:
  DicomItem(std::span<const std::byte> file, std::string_view name) : file_(file), name_(name) {}

  [[nodiscard]] const DicomValue* find(DicomTag tag) const;

  std::span<const std::byte> file_;
  std::string_view name_;
  bool big_endian_ = false;
  DicomValues values_;
};

/// The elements of one DICOM file. Every length is checked against the bytes at hand and nesting is
/// at most 32 deep; no text of an element enters a message.
class DicomElements : public DicomItem {
 public:
  /// Keeps views of `bytes` and `name`, which must outlive this object and the items in it.
  /// @throws Error(kFormat) on damage, Error(kLimit) on nesting, Error(kUnsupported)
  DicomElements(std::span<const std::byte> bytes, std::string_view name);

  [[nodiscard]] const std::string& transfer_syntax() const { return transfer_syntax_; }
  [[nodiscard]] bool big_endian() const { return big_endian_; }
  /// Pixel data as they are; empty when absent or in fragments.
  [[nodiscard]] std::span<const std::byte> pixels() const { return bytes(DicomTag::kPixelData); }
  /// Compressed pixel data.
  [[nodiscard]] const DicomFragments& fragments() const { return fragments_; }

 private:
  void inflate_rest(size_t begin);

  core::Buffer inflated_;
  std::string transfer_syntax_;
  DicomFragments fragments_;
};

}  // namespace volseg::volume::internal
