// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace volseg::volume::internal {

/// A DICOM text as UTF-8, by the character set that its file states (ISO_IR 192, ISO_IR 100, else
/// ASCII). Bytes that it cannot hold and control characters become "?".
[[nodiscard]] std::string utf8_of(std::string_view text, std::string_view character_set);

}  // namespace volseg::volume::internal
