// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace volseg::volume {

/// One compressed frame of a DICOM file, as plain values: the decoder lies in a library of its own,
/// libvolseg_jpeg_codec, which is opened when a file needs it. Loading GDCM with every start of the
/// program would take as long as all other libraries together.
struct JpegFrame {
  const std::byte* stream = nullptr;  ///< JPEG, JPEG-LS or JPEG 2000
  size_t stream_bytes = 0;
  const char* transfer_syntax = "";  ///< UID
  uint32_t rows = 0;
  uint32_t columns = 0;
  uint16_t bits_allocated = 0;
  uint16_t bits_stored = 0;
  uint16_t high_bit = 0;
  bool is_signed = false;
};

/// Decodes a frame into `size_bytes` bytes of pixels; false when that is not possible.
using DecodeJpeg = bool (*)(const JpegFrame& frame, std::byte* pixels, size_t size_bytes);
inline constexpr const char* kDecodeJpegEntry = "volseg_decode_jpeg";

}  // namespace volseg::volume
