// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/volume/codec/jpeg_codec.h"

namespace volseg::volume {

/// The decoder of libvolseg_jpeg_codec, which lies beside the library of this layer; opened at the
/// first call. @throws Error(kUnavailable)
[[nodiscard]] DecodeJpeg open_jpeg_codec();

}  // namespace volseg::volume
