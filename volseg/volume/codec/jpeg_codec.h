// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "volseg/volume/internal/dicom_slice.h"

namespace volseg::volume {

/// Decodes a JPEG, JPEG-LS or JPEG 2000 stream, which is all of one frame, into its pixels; false
/// when that is not possible. The decoder lies in a library of its own, libvolseg_jpeg_codec, which
/// is opened when a file needs it: loading GDCM with every start of the program would take as long
/// as all other libraries together.
using DecodeJpeg = bool (*)(const internal::DicomSlice& slice, std::span<const std::byte> stream,
                            const char* transfer_syntax, std::span<std::byte> pixels);
inline constexpr const char* kDecodeJpegEntry = "volseg_decode_jpeg";

}  // namespace volseg::volume
