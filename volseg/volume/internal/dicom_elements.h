// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/buffer.h"

namespace volseg::volume::internal {

/// Group and element of a DICOM attribute in one number.
enum class DicomTag : uint32_t {
  kTransferSyntax = 0x0002'0010,
  kSopClass = 0x0008'0016,
  kModality = 0x0008'0060,
  kSeriesDescription = 0x0008'103E,
  kSeriesUid = 0x0020'000E,
  kSeriesNumber = 0x0020'0011,
  kInstanceNumber = 0x0020'0013,
  kPosition = 0x0020'0032,
  kOrientation = 0x0020'0037,
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
  kPixelData = 0x7FE0'0010
};

/// True for a file with DICOM's preamble and signature.
[[nodiscard]] bool is_dicom(std::span<const std::byte> bytes);

/// The elements of one DICOM file. Every length is checked against the bytes at hand and nesting is
/// at most 32 deep; no text of an element enters a message.
class DicomElements {
 public:
  /// Keeps views of `bytes`, which must outlive this object.
  /// @throws Error(kFormat) on damage, Error(kLimit) on nesting, Error(kUnsupported)
  DicomElements(std::span<const std::byte> bytes, std::string_view name);

  /// Text without padding; empty when the element is absent.
  [[nodiscard]] std::string text(DicomTag tag) const;
  /// An unsigned number of two bytes.
  [[nodiscard]] std::optional<int64_t> word(DicomTag tag) const;
  /// The decimal numbers of a text; nothing unless there are exactly `count`. May hold NaN.
  [[nodiscard]] std::optional<std::vector<double>> numbers(DicomTag tag, size_t count) const;

  [[nodiscard]] const std::string& transfer_syntax() const { return transfer_syntax_; }
  [[nodiscard]] bool big_endian() const { return big_endian_; }
  /// Pixel data as they are; empty when absent or in fragments.
  [[nodiscard]] std::span<const std::byte> pixels() const;
  /// Fragments of compressed pixel data, the offset table left out.
  [[nodiscard]] const std::vector<std::span<const std::byte>>& fragments() const {
    return fragments_;
  }

 private:
  struct Head;
  struct Scope;

  void read_meta_group();
  void inflate_rest(size_t begin);
  [[nodiscard]] uint32_t number_at(size_t position, size_t size) const;
  [[nodiscard]] Head read_head(const Scope& scope);
  void walk_elements(const Scope& scope);
  void walk_element(const Scope& scope, const Head& head);
  void walk_sequence(const Scope& scope, bool undefined);
  void walk_fragments();
  [[noreturn]] void fail(size_t position, const std::string& what) const;

  std::span<const std::byte> bytes_;
  std::string_view name_;
  core::Buffer inflated_;
  size_t position_ = 0;
  bool big_endian_ = false;
  std::string transfer_syntax_;
  std::map<uint32_t, std::span<const std::byte>> values_;
  std::vector<std::span<const std::byte>> fragments_;
};

}  // namespace volseg::volume::internal
