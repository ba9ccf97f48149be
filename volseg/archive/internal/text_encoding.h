// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace volseg::archive::internal {

[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Text in code page 437 as UTF-8; bytes below 0x80 stay as they are.
[[nodiscard]] std::string from_code_page_437(std::string_view bytes);

/// Equal for names that differ only by letter case or by Unicode normalisation (NFC, NFD).
[[nodiscard]] std::string folded(std::string_view utf8);

}  // namespace volseg::archive::internal
